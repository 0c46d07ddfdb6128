/**
 * A fused product and sum of doubles inline, for compiled code: right when rounding is to nearest and inexactness
 * noted. `good` says whether the result is the one that a single rounding gives; if not, the helper decides.
 *
 * The product's error is found by splitting (Dekker 1971), which is exact unless the product is tiny; what overflows
 * on the way makes the result no number. The sum's error is found by the larger summand. Then what the low parts lose
 * when they are added cannot decide a tie, as long as the last addition's error is no power of two: both are multiples
 * of the low part's last bit.
 */
import { type Code, choose, f64, i32, i64, type Local, seq } from '../wasm/index.ts';

type Doubles = Local<'f64'>;

/** Below it the error of a product may not be a double. */
const TINY = 2 ** -900;
const SPLITTER = 2 ** 27 + 1;

/** Sets `result` to x × y + z, and tells whether that is sure to be right. */
export function fusedInline(
  local: () => Doubles,
  [x, y, z]: readonly [Doubles, Doubles, Doubles],
  result: Doubles,
): { readonly set: Code<'nothing'>; readonly good: Code<'i32'> } {
  const [xh, xl, yh, yl, p, e, sum, low, lost] = Array.from({ length: 9 }, local) as [
    Doubles,
    Doubles,
    Doubles,
    Doubles,
    Doubles,
    Doubles,
    Doubles,
    Doubles,
    Doubles,
  ];
  const split = (v: Doubles, high: Doubles, rest: Doubles): Code<'nothing'> =>
    seq(
      high.set(f64.mul(v.get(), f64.const(SPLITTER))),
      high.set(f64.sub(high.get(), f64.sub(high.get(), v.get()))),
      rest.set(f64.sub(v.get(), high.get())),
    );
  const m = (a: Doubles, b: Doubles) => f64.mul(a.get(), b.get());
  const without = (small: Doubles, large: Doubles) => f64.sub(small.get(), f64.sub(sum.get(), large.get()));
  const isLarger = f64.ge(f64.abs(z.get()), f64.abs(p.get()));
  const hasFraction = i64.ne(i64.shl(i64.reinterpret(lost.get()), i64.const(12)), i64.const(0));
  return {
    set: seq(
      p.set(m(x, y)),
      split(x, xh, xl),
      split(y, yh, yl),
      e.set(f64.add(f64.add(f64.add(f64.sub(m(xh, yh), p.get()), m(xh, yl)), m(xl, yh)), m(xl, yl))),
      sum.set(f64.add(p.get(), z.get())),
      low.set(f64.add(choose('f64', isLarger, without(p, z), without(z, p)), e.get())),
      result.set(f64.add(sum.get(), low.get())),
      lost.set(f64.sub(low.get(), f64.sub(result.get(), sum.get()))),
    ),
    good: i32.and(
      i32.and(
        f64.gt(f64.abs(p.get()), f64.const(TINY)),
        f64.lt(f64.abs(result.get()), f64.const(Number.POSITIVE_INFINITY)),
      ),
      i32.or(hasFraction, f64.eq(lost.get(), f64.const(0))),
    ),
  };
}
