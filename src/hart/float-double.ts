/** Rounded operations on doubles: hardware's result, and what arithmetic without errors says of it. */
import { FLAG, type FloatType } from '../isa/index.ts';
import { layout } from '../memory/index.ts';
import { type Code, f64, i32, i64, type Local, ret, seq, when } from '../wasm/index.ts';
import { type Doubles, toOdd, twoProduct, twoSum } from './float-exact.ts';
import { opsOf } from './float-format.ts';
import { all, answer, type Early, isBounded, type Operation } from './float-operation.ts';
import { word } from './place.ts';

/** Exponents within which products and their errors are neither tiny nor huge. */
const [SMALL, LARGE] = [2 ** -480, 2 ** 480];

const within = (v: Doubles): Code<'i32'> =>
  i32.and(f64.ge(f64.abs(v.get()), f64.const(SMALL)), f64.le(f64.abs(v.get()), f64.const(LARGE)));

/** The operations by name. */
export const DOUBLE: Readonly<Record<string, Early<'f64'>>> = {
  add: (o) => {
    const [a, b] = o.operands as [Doubles, Doubles];
    const [error, part] = [o.local('f64'), o.local('f64')];
    return seq(
      twoSum(a, b, o.result, error, part),
      when(isBounded('f64', o.result.get()), answer(o, f64.ne(error.get(), f64.const(0)))),
    );
  },
  mul: (o) => {
    const [a, b] = o.operands as [Doubles, Doubles];
    const error = o.local('f64');
    const inRange = i32.and(within(a), within(b));
    return seq(
      when(
        inRange,
        seq(twoProduct(o.local, a, b, o.result, error), answer(o, f64.ne(error.get(), f64.const(0)))),
      ),
      zeroTimesFinite('f64', o),
    );
  },
  div: (o) => {
    const [a, b] = o.operands as [Doubles, Doubles];
    const [product, error] = [o.local('f64'), o.local('f64')];
    const inexact = i32.or(f64.ne(product.get(), a.get()), f64.ne(error.get(), f64.const(0)));
    return when(
      i32.and(within(a), within(b)),
      seq(
        o.result.set(f64.div(a.get(), b.get())),
        when(within(o.result), seq(twoProduct(o.local, o.result, b, product, error), answer(o, inexact))),
      ),
    );
  },
  sqrt: (o) => {
    const [a] = o.operands as [Doubles];
    const [product, error] = [o.local('f64'), o.local('f64')];
    const inexact = i32.or(f64.ne(product.get(), a.get()), f64.ne(error.get(), f64.const(0)));
    return when(
      i32.and(within(a), f64.gt(a.get(), f64.const(0))),
      seq(
        o.result.set(f64.sqrt(a.get())),
        twoProduct(o.local, o.result, o.result, product, error),
        answer(o, inexact),
      ),
    );
  },
  fma: fusedDouble,
};

/** Zero times a finite number is an exact zero. */
function zeroTimesFinite<F extends FloatType>(type: F, { operands, result }: Operation<F>): Code<'nothing'> {
  const o = opsOf(type);
  const [a, b] = operands as [Local<F>, Local<F>];
  const isZero = i32.or(o.eq(a.get(), o.const(0)), o.eq(b.get(), o.const(0)));
  const finite = isBounded(type, result.get());
  return seq(result.set(o.mul(a.get(), b.get())), when(i32.and(isZero, finite), ret(result.get())));
}

/** Whether a double is no power of two. */
const hasFraction = (v: Doubles): Code<'i32'> =>
  i64.ne(i64.shl(i64.reinterpret(v.get()), i64.const(12)), i64.const(0));

/** a × b + c rounded once: the low parts are added to odd, so that the last addition rounds as one would. */
function fusedDouble(o: Operation<'f64'>): Code<'nothing'> {
  const [a, b, c] = o.operands as [Doubles, Doubles, Doubles];
  const fresh = () => o.local('f64');
  const [p, e, part] = [fresh(), fresh(), fresh()];
  const [th, tl, vh, vl, low, lost] = [fresh(), fresh(), fresh(), fresh(), fresh(), fresh()];
  const size = () => f64.abs(c.get());
  const cWithin = i32.and(f64.ge(size(), f64.const(SMALL * SMALL)), f64.le(size(), f64.const(LARGE * LARGE)));
  const cGood = i32.or(cWithin, f64.eq(c.get(), f64.const(0)));
  const isZero = i32.or(f64.eq(a.get(), f64.const(0)), f64.eq(b.get(), f64.const(0)));
  const inexact = i32.or(f64.ne(lost.get(), f64.const(0)), f64.ne(e.get(), f64.const(0)));
  return seq(
    o.result.set(f64.add(f64.mul(a.get(), b.get()), c.get())),
    when(i32.and(isZero, isBounded('f64', o.result.get())), ret(o.result.get())),
    when(
      all(within(a), within(b), cGood),
      seq(
        twoProduct(o.local, a, b, p, e),
        // Flags apart, a shorter chain does when what the low parts lose cannot decide a tie: an error of the
        // last addition that is no power of two is not half a unit, and what is lost is less than any distance.
        when(
          i32.and(word(layout.HART_FFLAGS), i32.const(FLAG.NX)),
          seq(
            twoSum(p, c, th, tl, part),
            low.set(f64.add(tl.get(), e.get())),
            o.result.set(f64.add(th.get(), low.get())),
            lost.set(f64.sub(low.get(), f64.sub(o.result.get(), th.get()))),
            when(i32.or(f64.eq(lost.get(), f64.const(0)), hasFraction(lost)), ret(o.result.get())),
          ),
        ),
        twoSum(c, e, th, tl, part),
        twoSum(p, th, vh, vl, part),
        twoSum(tl, vl, low, lost, part),
        toOdd(low, lost),
        twoSum(vh, low, o.result, e, part),
        answer(o, inexact),
      ),
    ),
  );
}
