/**
 * Floating point for careful handlers. Where rounding is to nearest, hardware gives the result, and arithmetic
 * without errors (Dekker 1971, Knuth's TwoSum) tells whether it is exact, which is all that inexactness needs.
 * What may be invalid, overflow or underflow, and all other rounding modes, go to the host's `soft.ts`.
 *
 * No NaN comes from hardware: WebAssembly leaves its bits open, RISC-V wants the canonical one.
 */
import { FLAG, type FloatType } from '../isa/index.ts';
import { layout } from '../memory/index.ts';
import {
  type Code,
  call,
  type Func,
  f32,
  f64,
  i32,
  i64,
  type Local,
  type ModuleBuilder,
  ret,
  select,
  seq,
  type ValueType,
  when,
} from '../wasm/index.ts';
import { bitsOf, fromBits, LEAST_NORMAL, opsOf } from './float-format.ts';
import { setWord, word } from './place.ts';
import { softNumber } from './soft.ts';

export type Soft = Func<readonly ['i32', 'i64', 'i64', 'i64', 'i32'], 'i64'>;
type Doubles = Local<'f64'>;

/** Exponents within which products and their errors are neither tiny nor huge. */
const [SMALL, LARGE] = [2 ** -480, 2 ** 480];

/** Functions by the names handlers call them by. */
export type Floats = Map<string, Func<readonly ValueType[], ValueType>>;

/** Whether all hold. */
const all = (first: Code<'i32'>, ...others: Code<'i32'>[]): Code<'i32'> => others.reduce(i32.and, first);

const noteInexactIf = (inexact: Code<'i32'>): Code<'nothing'> =>
  setWord(layout.HART_FFLAGS, i32.or(word(layout.HART_FFLAGS), inexact));

/** Calls the host; operands are bits. */
export function soft(f: Soft, name: string, operands: readonly Code<'i64'>[], rm: Code<'i32'>): Code<'i64'> {
  const [a = i64.const(0), b = i64.const(0), c = i64.const(0)] = operands;
  return call(f, i32.const(softNumber(name)), a, b, c, rm);
}

const isBounded = <F extends FloatType>(type: F, v: Code<F>): Code<'i32'> => {
  const o = opsOf(type);
  return o.lt(o.abs(v), o.const(Number.POSITIVE_INFINITY));
};
const isNormal = <F extends FloatType>(type: F, v: Local<F>): Code<'i32'> => {
  const o = opsOf(type);
  return i32.and(isBounded(type, v.get()), o.gt(o.abs(v.get()), o.const(LEAST_NORMAL[type])));
};
const within = (v: Doubles): Code<'i32'> =>
  i32.and(f64.ge(f64.abs(v.get()), f64.const(SMALL)), f64.le(f64.abs(v.get()), f64.const(LARGE)));

/** sum + error = x + y, exactly. */
const twoSum = (x: Doubles, y: Doubles, sum: Doubles, error: Doubles, part: Doubles): Code<'nothing'> =>
  seq(
    sum.set(f64.add(x.get(), y.get())),
    part.set(f64.sub(sum.get(), x.get())),
    error.set(f64.add(f64.sub(x.get(), f64.sub(sum.get(), part.get())), f64.sub(y.get(), part.get()))),
  );

/** v = high + low, of 26 bits each (Veltkamp). */
const split = (v: Doubles, high: Doubles, low: Doubles): Code<'nothing'> =>
  seq(
    high.set(f64.mul(v.get(), f64.const(2 ** 27 + 1))),
    high.set(f64.sub(high.get(), f64.sub(high.get(), v.get()))),
    low.set(f64.sub(v.get(), high.get())),
  );

/** product + error = x × y, exactly, for factors that are `within`. */
function twoProduct(
  local: (type: 'f64') => Doubles,
  x: Doubles,
  y: Doubles,
  product: Doubles,
  error: Doubles,
): Code<'nothing'> {
  const [xh, xl, yh, yl] = [local('f64'), local('f64'), local('f64'), local('f64')];
  const m = (a: Doubles, b: Doubles) => f64.mul(a.get(), b.get());
  return seq(
    product.set(m(x, y)),
    split(x, xh, xl),
    split(y, yh, yl),
    error.set(f64.add(f64.add(f64.add(f64.sub(m(xh, yh), product.get()), m(xh, yl)), m(xl, yh)), m(xl, yl))),
  );
}

/** Rounds sum + error to odd: an inexact even sum steps towards its error (Boldo and Melquiond, 2008). */
function toOdd(sum: Doubles, error: Doubles): Code<'nothing'> {
  const bits = () => i64.reinterpret(sum.get());
  const outwards = i32.eq(f64.gt(error.get(), f64.const(0)), f64.gt(sum.get(), f64.const(0)));
  const even = i64.eqz(i64.and(bits(), i64.const(1)));
  return when(
    i32.and(f64.ne(error.get(), f64.const(0)), even),
    sum.set(f64.reinterpret(i64.add(bits(), select(outwards, i64.const(1), i64.const(-1))))),
  );
}

/** What the rows below are written with. */
interface Operation<F extends FloatType> {
  readonly operands: readonly Local<F>[];
  readonly local: (type: 'f64') => Doubles;
  /** Receives the result that hardware gives. */
  readonly result: Local<F>;
}
/** Code that returns early when it can. */
type Early<F extends FloatType> = (o: Operation<F>) => Code<'nothing'>;

/** Returns the result, inexact or not. */
const answer = <F extends FloatType>({ result }: Operation<F>, inexact: Code<'i32'>): Code<'nothing'> =>
  seq(noteInexactIf(inexact), ret(result.get()));

const DOUBLE: Readonly<Record<string, Early<'f64'>>> = {
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

const wide = (v: Local<'f32'>): Code<'f64'> => f64.promote(v.get());
type Singles = Local<'f32'>;

/** Singles are computed as doubles, in which their products are exact. */
const SINGLE: Readonly<Record<string, Early<'f32'>>> = {
  add: (o) => {
    const [a, b] = o.operands as [Singles, Singles];
    return viaDouble(o, seqSum(o, wide(a), wide(b)), f32.add(a.get(), b.get()));
  },
  mul: (o) => {
    const [a, b] = o.operands as [Singles, Singles];
    const product = o.local('f64');
    const exact = f64.eq(wide(o.result), product.get());
    return seq(
      product.set(f64.mul(wide(a), wide(b))),
      o.result.set(f32.demote(product.get())),
      when(i32.or(exact, isNormal('f32', o.result)), answer(o, i32.eqz(exact))),
    );
  },
  div: (o) => {
    const [a, b] = o.operands as [Singles, Singles];
    const exact = f64.eq(f64.mul(wide(o.result), wide(b)), wide(a));
    return seq(
      o.result.set(f32.div(a.get(), b.get())),
      when(i32.and(isNormal('f32', o.result), isBounded('f32', b.get())), answer(o, i32.eqz(exact))),
    );
  },
  sqrt: (o) => {
    const [a] = o.operands as [Singles];
    const exact = f64.eq(f64.mul(wide(o.result), wide(o.result)), wide(a));
    return seq(o.result.set(f32.sqrt(a.get())), when(isNormal('f32', o.result), answer(o, i32.eqz(exact))));
  },
  fma: (o) => {
    const [a, b, c] = o.operands as [Singles, Singles, Singles];
    const sum = seqSum(o, f64.mul(wide(a), wide(b)), wide(c));
    return viaDouble(o, { ...sum, set: seq(sum.set, toOdd(sum.sum, sum.error)) }, f32.demote(sum.sum.get()));
  },
};

interface Sum {
  readonly set: Code<'nothing'>;
  readonly sum: Doubles;
  readonly error: Doubles;
}

function seqSum(o: Operation<'f32'>, x: Code<'f64'>, y: Code<'f64'>): Sum {
  const [left, right, sum, error, part] = Array.from({ length: 5 }, () => o.local('f64')) as [
    Doubles,
    Doubles,
    Doubles,
    Doubles,
    Doubles,
  ];
  return { set: seq(left.set(x), right.set(y), twoSum(left, right, sum, error, part)), sum, error };
}

/** A single whose exact value is sum + error. */
function viaDouble(o: Operation<'f32'>, { set, sum, error }: Sum, result: Code<'f32'>): Code<'nothing'> {
  const exact = i32.and(f64.eq(error.get(), f64.const(0)), f64.eq(wide(o.result), sum.get()));
  return seq(
    set,
    o.result.set(result),
    when(i32.or(exact, isNormal('f32', o.result)), answer(o, i32.eqz(exact))),
  );
}

const ARITY: Readonly<Record<string, number>> = { add: 2, mul: 2, div: 2, sqrt: 1, fma: 3 };

/** An operation of one format: early in hardware, else the host. */
function defineRounded<F extends FloatType>(
  m: ModuleBuilder,
  type: F,
  name: string,
  early: Early<F>,
  host: Soft,
): Func {
  const params = [...Array<F>(ARITY[name]!).fill(type), 'i32' as const];
  return m.func(`${type}.${name}`, params, type, ({ params: locals, local }) => {
    const operands = locals.slice(0, -1) as unknown as Local<F>[];
    const rm = locals.at(-1) as Local<'i32'>;
    const operation = { operands, local: (t: 'f64') => local(t), result: local(type) };
    const bits = operands.map((v) => bitsOf(type, v));
    return seq(
      when(i32.eqz(rm.get()), early(operation)),
      fromBits(type, soft(host, `${type}.${name}`, bits, rm.get())),
    );
  });
}

/** Adds the rounded operations. */
export function defineArithmetic(m: ModuleBuilder, floats: Floats, host: Soft): void {
  for (const [name, early] of Object.entries(SINGLE))
    floats.set(
      `f32.${name}`,
      defineRounded(m, 'f32', name, early, host) as Func<readonly ValueType[], 'f32'>,
    );
  for (const [name, early] of Object.entries(DOUBLE))
    floats.set(
      `f64.${name}`,
      defineRounded(m, 'f64', name, early, host) as Func<readonly ValueType[], 'f64'>,
    );
}
