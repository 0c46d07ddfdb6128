/** Arithmetic on doubles whose errors are doubles too: what `float.ts` decides by (Dekker 1971; Knuth, volume 2). */
import { type Code, f64, i32, i64, type Local, select, seq, when } from '../wasm/index.ts';

/** Variables of a function that is being written. */
export type Doubles = Local<'f64'>;

/** sum + error = x + y, exactly. */
export const twoSum = (
  x: Doubles,
  y: Doubles,
  sum: Doubles,
  error: Doubles,
  part: Doubles,
): Code<'nothing'> =>
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
export function twoProduct(
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
export function toOdd(sum: Doubles, error: Doubles): Code<'nothing'> {
  const bits = () => i64.reinterpret(sum.get());
  const outwards = i32.eq(f64.gt(error.get(), f64.const(0)), f64.gt(sum.get(), f64.const(0)));
  const even = i64.eqz(i64.and(bits(), i64.const(1)));
  return when(
    i32.and(f64.ne(error.get(), f64.const(0)), even),
    sum.set(f64.reinterpret(i64.add(bits(), select(outwards, i64.const(1), i64.const(-1))))),
  );
}
