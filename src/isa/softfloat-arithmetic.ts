/** Sums, products, quotients, roots and fused sums of products, on raw bits, rounded once. */
import {
  bitLength,
  type Finite,
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
  signOf,
  unpack,
  zero,
} from './softfloat-parts.ts';

function invalid(f: FloatFormat, out: Flags): bigint {
  out.flags |= FLAG.NV;
  return f.nan;
}

/** The NaN that comes of NaN operands. */
function fromNaNs(f: FloatFormat, out: Flags, ...operands: bigint[]): bigint {
  if (operands.some((a) => isSignaling(f, a))) out.flags |= FLAG.NV;
  return f.nan;
}

/** a + b. */
export function add(f: FloatFormat, a: bigint, b: bigint, rm: number, out: Flags): bigint {
  if (isNan(f, a) || isNan(f, b)) return fromNaNs(f, out, a, b);
  if (isInfinite(f, a)) return isInfinite(f, b) && a !== b ? invalid(f, out) : a;
  if (isInfinite(f, b)) return b;
  return sum(f, unpack(f, a), unpack(f, b), rm, out);
}

/** The rounded sum of two exact numbers. */
function sum(f: FloatFormat, x: Finite, y: Finite, rm: number, out: Flags): bigint {
  if (x.sig === 0n && y.sig === 0n) return zero(f, x.sign === y.sign ? x.sign : rm === RM.RDN);
  if (x.sig === 0n || y.sig === 0n) return round(f, x.sig === 0n ? y : x, rm, out);
  const [a, b] = nearer(f, x, y);
  const exp = Math.min(a.exp, b.exp);
  const left = a.sig << BigInt(a.exp - exp);
  const right = b.sig << BigInt(b.exp - exp);
  const total = (a.sign ? -left : left) + (b.sign ? -right : right);
  if (total === 0n) return zero(f, rm === RM.RDN);
  const sign = total < 0n;
  return round(f, { sign, exp, sig: sign ? -total : total }, rm, out);
}

/** Brings an operand that is far below the other one near it, so that no long shift is needed. */
function nearer(f: FloatFormat, x: Finite, y: Finite): readonly [Finite, Finite] {
  const xTop = x.exp + bitLength(x.sig);
  const yTop = y.exp + bitLength(y.sig);
  const [big, small] = xTop >= yTop ? [x, y] : [y, x];
  // Below every bit of the big one and below its last rounded bit: only that it is there matters.
  const floor = Math.min(big.exp, Math.max(xTop, yTop) - f.precision) - 3;
  if (Math.min(xTop, yTop) >= floor) return [x, y];
  return [big, { sign: small.sign, exp: floor, sig: 1n }];
}

/** a × b. */
export function mul(f: FloatFormat, a: bigint, b: bigint, rm: number, out: Flags): bigint {
  if (isNan(f, a) || isNan(f, b)) return fromNaNs(f, out, a, b);
  const sign = signOf(f, a) !== signOf(f, b);
  const noneZero = magnitude(f, a) !== 0n && magnitude(f, b) !== 0n;
  if (isInfinite(f, a) || isInfinite(f, b)) return noneZero ? infinity(f, sign) : invalid(f, out);
  return noneZero ? round(f, product(f, a, b), rm, out) : zero(f, sign);
}

function product(f: FloatFormat, a: bigint, b: bigint): Finite {
  const x = unpack(f, a);
  const y = unpack(f, b);
  return { sign: x.sign !== y.sign, exp: x.exp + y.exp, sig: x.sig * y.sig };
}

/** a ÷ b. */
export function div(f: FloatFormat, a: bigint, b: bigint, rm: number, out: Flags): bigint {
  if (isNan(f, a) || isNan(f, b)) return fromNaNs(f, out, a, b);
  const sign = signOf(f, a) !== signOf(f, b);
  if (isInfinite(f, a)) return isInfinite(f, b) ? invalid(f, out) : infinity(f, sign);
  if (isInfinite(f, b)) return zero(f, sign);
  const x = unpack(f, a);
  const y = unpack(f, b);
  if (y.sig === 0n) {
    if (x.sig === 0n) return invalid(f, out);
    out.flags |= FLAG.DZ;
    return infinity(f, sign);
  }
  if (x.sig === 0n) return zero(f, sign);
  const shift = f.precision + 2 + bitLength(y.sig) - bitLength(x.sig);
  const scaled = shift > 0 ? x.sig << BigInt(shift) : x.sig;
  const quotient = scaled / y.sig;
  const sticky = quotient * y.sig === scaled ? 0n : 1n;
  return round(
    f,
    { sign, exp: x.exp - y.exp - Math.max(shift, 0) - 1, sig: (quotient << 1n) | sticky },
    rm,
    out,
  );
}

/** √a. */
export function sqrt(f: FloatFormat, a: bigint, rm: number, out: Flags): bigint {
  if (isNan(f, a)) return fromNaNs(f, out, a);
  if (magnitude(f, a) === 0n) return a;
  if (signOf(f, a)) return invalid(f, out);
  if (isInfinite(f, a)) return a;
  const x = unpack(f, a);
  let shift = 2 * f.precision + 4 - bitLength(x.sig);
  if ((x.exp - shift) % 2 !== 0) shift++;
  const scaled = x.sig << BigInt(shift);
  const root = integerRoot(scaled);
  const sticky = root * root === scaled ? 0n : 1n;
  return round(f, { sign: false, exp: (x.exp - shift) / 2 - 1, sig: (root << 1n) | sticky }, rm, out);
}

/** The largest integer whose square is not above `n` (some 110 bits long, so one step of Newton's is enough). */
function integerRoot(n: bigint): bigint {
  let root = BigInt(Math.floor(Math.sqrt(Number(n))));
  root = (root + n / root) >> 1n;
  while (root * root > n) root--;
  while ((root + 1n) * (root + 1n) <= n) root++;
  return root;
}

/** a × b + c, rounded once. */
export function fma(f: FloatFormat, a: bigint, b: bigint, c: bigint, rm: number, out: Flags): bigint {
  const infinityTimesZero =
    (isInfinite(f, a) && magnitude(f, b) === 0n) || (isInfinite(f, b) && magnitude(f, a) === 0n);
  if (infinityTimesZero) out.flags |= FLAG.NV;
  if (isNan(f, a) || isNan(f, b) || isNan(f, c)) return fromNaNs(f, out, a, b, c);
  if (infinityTimesZero) return f.nan;
  if (isInfinite(f, a) || isInfinite(f, b)) {
    const big = infinity(f, signOf(f, a) !== signOf(f, b));
    return isInfinite(f, c) && c !== big ? invalid(f, out) : big;
  }
  if (isInfinite(f, c)) return c;
  return sum(f, product(f, a, b), unpack(f, c), rm, out);
}

/** a − b. */
export const subtract = (f: FloatFormat, a: bigint, b: bigint, rm: number, out: Flags): bigint =>
  add(f, a, negate(f, b), rm, out);
