/** Rounded operations on singles, which are computed as doubles: products are exact there. */
import { type Code, f32, f64, i32, type Local, seq, when } from '../wasm/index.ts';
import { type Doubles, toOdd, twoSum } from './float-exact.ts';
import { answer, type Early, isBounded, isNormal, type Operation } from './float-operation.ts';

const wide = (v: Local<'f32'>): Code<'f64'> => f64.promote(v.get());
type Singles = Local<'f32'>;

/** The operations by name. */
export const SINGLE: Readonly<Record<string, Early<'f32'>>> = {
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
