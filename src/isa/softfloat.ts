/**
 * Floating point as RISC-V has it, exactly: on raw bits, with five rounding modes, sticky flags, the
 * canonical NaN and tininess after rounding. The oracle stands on it and so does the interpreter's slow
 * path. `soft64` works on bigints (either sign of the same 64 bits will do), `soft32` on numbers.
 */
import type { IntFormat } from './sem.ts';
import { add, div, fma, mul, sqrt, subtract } from './softfloat-arithmetic.ts';
import {
  BINARY32,
  BINARY64,
  FLAG,
  type Flags,
  type FloatFormat,
  infinity,
  isInfinite,
  isNan,
  isSignaling,
  magnitude,
  negate,
  RM,
  round,
  roundShift,
  shiftSticky,
  signOf,
  unpack,
  zero,
} from './softfloat-parts.ts';

/** −1, 0 or 1; operands are no NaNs. */
function compare(f: FloatFormat, a: bigint, b: bigint): number {
  const x = signOf(f, a) ? -magnitude(f, a) : magnitude(f, a);
  const y = signOf(f, b) ? -magnitude(f, b) : magnitude(f, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** minimumNumber (`wanted` −1) and maximumNumber (1) of IEEE 754-2019: a NaN loses, −0 is below +0. */
function extreme(f: FloatFormat, a: bigint, b: bigint, wanted: number, out: Flags): bigint {
  if (isSignaling(f, a) || isSignaling(f, b)) out.flags |= FLAG.NV;
  if (isNan(f, a)) return isNan(f, b) ? f.nan : b;
  if (isNan(f, b)) return a;
  const order = compare(f, a, b);
  if (order !== 0) return order === wanted ? a : b;
  return signOf(f, a) === wanted < 0 ? a : b;
}

/** Whether a comes before b, or with it; −1 or 0 as the highest order that counts. NaNs are invalid. */
function ordered(f: FloatFormat, a: bigint, b: bigint, highest: number, out: Flags): boolean {
  if (!isNan(f, a) && !isNan(f, b)) return compare(f, a, b) <= highest;
  out.flags |= FLAG.NV;
  return false;
}

function equal(f: FloatFormat, a: bigint, b: bigint, out: Flags): boolean {
  if (isSignaling(f, a) || isSignaling(f, b)) out.flags |= FLAG.NV;
  return !isNan(f, a) && !isNan(f, b) && compare(f, a, b) === 0;
}

/** The one bit of fclass, from 0 (−∞) to 9 (quiet NaN). */
function classify(f: FloatFormat, a: bigint): number {
  if (isNan(f, a)) return isSignaling(f, a) ? 1 << 8 : 1 << 9;
  const m = magnitude(f, a);
  const size = m === f.infinity ? 0 : m > f.fraction ? 1 : m !== 0n ? 2 : 3;
  return 1 << (signOf(f, a) ? size : 7 - size);
}

const LIMITS: Readonly<Record<IntFormat, readonly [least: bigint, most: bigint]>> = {
  w: [-(2n ** 31n), 2n ** 31n - 1n],
  wu: [0n, 2n ** 32n - 1n],
  l: [-(2n ** 63n), 2n ** 63n - 1n],
  lu: [0n, 2n ** 64n - 1n],
};

/** As a register holds an integer: 64 bits, words sign-extended. */
const inRegister = (v: bigint, to: IntFormat): bigint =>
  BigInt.asIntN(to === 'w' || to === 'wu' ? 32 : 64, v);

function toInt(f: FloatFormat, a: bigint, to: IntFormat, rm: number, out: Flags): bigint {
  const [least, most] = LIMITS[to];
  const outside = (v: bigint): bigint => {
    out.flags |= FLAG.NV;
    return inRegister(v, to);
  };
  if (isNan(f, a)) return outside(most);
  if (isInfinite(f, a)) return outside(signOf(f, a) ? least : most);
  const x = unpack(f, a);
  if (x.exp > 64) return outside(x.sign ? least : most);
  // Far below one, three bits tell as much as all of them.
  const sig = x.exp < -70 ? shiftSticky(x.sig, -x.exp - 3) : x.sig;
  const rounded = roundShift(x.sign, sig, x.exp < -70 ? 3 : -x.exp, rm);
  const value = x.sign ? -rounded.sig : rounded.sig;
  if (value < least) return outside(least);
  if (value > most) return outside(most);
  if (!rounded.exact) out.flags |= FLAG.NX;
  return inRegister(value, to);
}

function fromInt(f: FloatFormat, v: bigint, from: IntFormat, rm: number, out: Flags): bigint {
  const width = from === 'w' || from === 'wu' ? 32 : 64;
  const value = from === 'w' || from === 'l' ? BigInt.asIntN(width, v) : BigInt.asUintN(width, v);
  if (value === 0n) return 0n;
  return round(f, { sign: value < 0n, exp: 0, sig: value < 0n ? -value : value }, rm, out);
}

function convert(from: FloatFormat, to: FloatFormat, a: bigint, rm: number, out: Flags): bigint {
  if (isSignaling(from, a)) out.flags |= FLAG.NV;
  if (isNan(from, a)) return to.nan;
  if (isInfinite(from, a)) return infinity(to, signOf(from, a));
  const x = unpack(from, a);
  return x.sig === 0n ? zero(to, x.sign) : round(to, x, rm, out);
}

/** The operations of one format on raw bits of type `B`; `rm` is 0-4, flags are or-ed into `out`. */
export interface SoftFloat<B> {
  add(a: B, b: B, rm: number, out: Flags): B;
  sub(a: B, b: B, rm: number, out: Flags): B;
  mul(a: B, b: B, rm: number, out: Flags): B;
  div(a: B, b: B, rm: number, out: Flags): B;
  sqrt(a: B, rm: number, out: Flags): B;
  /** a × b + c, rounded once. */
  fma(a: B, b: B, c: B, rm: number, out: Flags): B;
  min(a: B, b: B, out: Flags): B;
  max(a: B, b: B, out: Flags): B;
  eq(a: B, b: B, out: Flags): boolean;
  lt(a: B, b: B, out: Flags): boolean;
  le(a: B, b: B, out: Flags): boolean;
  classify(a: B): number;
  negate(a: B): B;
  /** To the 64 bits of an integer register, as a signed bigint. */
  toInt(a: B, to: IntFormat, rm: number, out: Flags): bigint;
  fromInt(v: bigint, from: IntFormat, rm: number, out: Flags): B;
}

const softFloat = <B>(f: FloatFormat, bits: (a: B) => bigint, raw: (a: bigint) => B): SoftFloat<B> => ({
  add: (a, b, rm, out) => raw(add(f, bits(a), bits(b), rm, out)),
  sub: (a, b, rm, out) => raw(subtract(f, bits(a), bits(b), rm, out)),
  mul: (a, b, rm, out) => raw(mul(f, bits(a), bits(b), rm, out)),
  div: (a, b, rm, out) => raw(div(f, bits(a), bits(b), rm, out)),
  sqrt: (a, rm, out) => raw(sqrt(f, bits(a), rm, out)),
  fma: (a, b, c, rm, out) => raw(fma(f, bits(a), bits(b), bits(c), rm, out)),
  min: (a, b, out) => raw(extreme(f, bits(a), bits(b), -1, out)),
  max: (a, b, out) => raw(extreme(f, bits(a), bits(b), 1, out)),
  eq: (a, b, out) => equal(f, bits(a), bits(b), out),
  lt: (a, b, out) => ordered(f, bits(a), bits(b), -1, out),
  le: (a, b, out) => ordered(f, bits(a), bits(b), 0, out),
  classify: (a) => classify(f, bits(a)),
  negate: (a) => raw(negate(f, bits(a))),
  toInt: (a, to, rm, out) => toInt(f, bits(a), to, rm, out),
  fromInt: (v, from, rm, out) => raw(fromInt(f, v, from, rm, out)),
});

const bits32 = (a: number): bigint => BigInt(a >>> 0);
const bits64 = (a: bigint): bigint => BigInt.asUintN(64, a);

/** Single precision; bits as a number of either sign in, as a signed 32-bit number out. */
export const soft32: SoftFloat<number> = softFloat(BINARY32, bits32, (a) => Number(a) | 0);
/** Double precision; bits as a bigint of either sign in, unsigned out. */
export const soft64: SoftFloat<bigint> = softFloat(BINARY64, bits64, (a) => a);

/** fcvt.d.s: exact, but a signaling NaN is invalid. */
export const softWiden = (a: number, out: Flags): bigint =>
  convert(BINARY32, BINARY64, bits32(a), RM.RNE, out);
/** fcvt.s.d. */
export const softNarrow = (a: bigint, rm: number, out: Flags): number =>
  Number(convert(BINARY64, BINARY32, bits64(a), rm, out)) | 0;
