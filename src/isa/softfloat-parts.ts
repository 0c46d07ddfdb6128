/**
 * Floating-point numbers taken apart and put together: the exact half of `softfloat.ts`. A finite number
 * is sign × sig × 2^exp with an integer `sig` of any length; `round` is the only place that loses bits,
 * and the only one that raises inexact, underflow and overflow.
 */

/** Bits of fflags. */
export const FLAG = { NX: 1, UF: 2, OF: 4, DZ: 8, NV: 16 } as const;

/** Values of a rounding mode; 7 (dynamic) is resolved by the caller. */
export const RM = { RNE: 0, RTZ: 1, RDN: 2, RUP: 3, RMM: 4 } as const;

/** Where an operation leaves its flags: it only ever sets bits. */
export interface Flags {
  flags: number;
}

/** An IEEE 754 binary interchange format. */
export interface FloatFormat {
  readonly width: 32 | 64;
  /** Significant bits, the hidden one included. */
  readonly precision: number;
  /** Exponents of the leading bit of the smallest and of the largest normal number. */
  readonly minExp: number;
  readonly maxExp: number;
  readonly signBit: bigint;
  readonly infinity: bigint;
  /** The canonical NaN. */
  readonly nan: bigint;
  readonly quietBit: bigint;
  readonly fraction: bigint;
}

const format = (width: 32 | 64, precision: number): FloatFormat => {
  const maxExp = 2 ** (width - precision - 1) - 1;
  const quietBit = 1n << BigInt(precision - 2);
  const fraction = (1n << BigInt(precision - 1)) - 1n;
  const signBit = 1n << BigInt(width - 1);
  const infinity = signBit - 1n - fraction;
  const nan = infinity | quietBit;
  return { width, precision, minExp: 1 - maxExp, maxExp, signBit, infinity, nan, quietBit, fraction };
};

/** Single precision. */
export const BINARY32: FloatFormat = format(32, 24);
/** Double precision. */
export const BINARY64: FloatFormat = format(64, 53);

/** A finite number: (−1)^sign × sig × 2^exp; zero has sig 0. */
export interface Finite {
  readonly sign: boolean;
  readonly exp: number;
  readonly sig: bigint;
}

/** The sign of raw bits. */
export const signOf = (f: FloatFormat, a: bigint): boolean => (a & f.signBit) !== 0n;
/** Raw bits without the sign. */
export const magnitude = (f: FloatFormat, a: bigint): bigint => a & (f.signBit - 1n);
export const isNan = (f: FloatFormat, a: bigint): boolean => magnitude(f, a) > f.infinity;
export const isInfinite = (f: FloatFormat, a: bigint): boolean => magnitude(f, a) === f.infinity;
/** A NaN whose use is invalid. */
export const isSignaling = (f: FloatFormat, a: bigint): boolean => isNan(f, a) && (a & f.quietBit) === 0n;
/** The other sign, NaNs included. */
export const negate = (f: FloatFormat, a: bigint): bigint => a ^ f.signBit;
/** Raw bits of ±0 and ±∞. */
export const zero = (f: FloatFormat, sign: boolean): bigint => (sign ? f.signBit : 0n);
export const infinity = (f: FloatFormat, sign: boolean): bigint =>
  sign ? f.signBit | f.infinity : f.infinity;

/** Takes finite raw bits apart. */
export function unpack(f: FloatFormat, a: bigint): Finite {
  const bits = magnitude(f, a);
  const sign = signOf(f, a);
  const biased = Number(bits >> BigInt(f.precision - 1));
  if (biased === 0) return { sign, exp: f.minExp - f.precision + 1, sig: bits };
  const sig = (bits & f.fraction) | (f.fraction + 1n);
  return { sign, exp: biased - f.maxExp - f.precision + 1, sig };
}

const scratch = new Float64Array(1);
const scratchWords = new Uint32Array(scratch.buffer);

/** Number of bits of a positive integer below 2^1000. */
export function bitLength(n: bigint): number {
  scratch[0] = Number(n);
  const length = ((scratchWords[1]! >>> 20) & 0x7ff) - 1022;
  // Number() may have rounded up to the next power of two.
  return length > 53 && n >> BigInt(length - 1) === 0n ? length - 1 : length;
}

/** `n >> shift`, with the lowest bit set when something other than zero fell off. */
export function shiftSticky(n: bigint, shift: number): bigint {
  const by = BigInt(shift);
  const high = n >> by;
  return high << by === n ? high : high | 1n;
}

/** Whether a magnitude whose cut-off part compares so with one half goes up. */
function goesUp(rm: number, sign: boolean, odd: boolean, half: number): boolean {
  if (rm === RM.RNE) return half > 0 || (half === 0 && odd);
  if (rm === RM.RMM) return half >= 0;
  return rm === (sign ? RM.RDN : RM.RUP);
}

/** `sig / 2^shift` to an integer, and whether that lost anything. */
export function roundShift(
  sign: boolean,
  sig: bigint,
  shift: number,
  rm: number,
): { readonly sig: bigint; readonly exact: boolean } {
  if (shift <= 0) return { sig: sig << BigInt(-shift), exact: true };
  const by = BigInt(shift);
  const kept = sig >> by;
  const lost = sig - (kept << by);
  if (lost === 0n) return { sig: kept, exact: true };
  const half = 1n << (by - 1n);
  const side = lost > half ? 1 : lost === half ? 0 : -1;
  return { sig: goesUp(rm, sign, (kept & 1n) === 1n, side) ? kept + 1n : kept, exact: false };
}

/** Rounds an exact number to the format; `sig` must not be zero. */
export function round(f: FloatFormat, { sign, exp, sig }: Finite, rm: number, out: Flags): bigint {
  const top = exp + bitLength(sig) - 1;
  const lowest = Math.max(top, f.minExp) - f.precision + 1;
  const rounded = roundShift(sign, sig, lowest - exp, rm);
  // The hidden bit of a normal number adds one to the exponent field, and so does a carry out of the top.
  const bits = (BigInt(lowest + f.precision - 1 - f.minExp) << BigInt(f.precision - 1)) + rounded.sig;
  if (bits >= f.infinity) {
    out.flags |= FLAG.OF | FLAG.NX;
    const away = rm === RM.RNE || rm === RM.RMM || rm === (sign ? RM.RDN : RM.RUP);
    return zero(f, sign) | (away ? f.infinity : f.infinity - 1n);
  }
  if (!rounded.exact) {
    out.flags |= FLAG.NX;
    if (top < f.minExp && isTiny(f, sign, sig, exp, top, rm)) out.flags |= FLAG.UF;
  }
  return zero(f, sign) | bits;
}

/** RISC-V detects tininess after rounding: with an unbounded exponent the result would still be below normal. */
function isTiny(f: FloatFormat, sign: boolean, sig: bigint, exp: number, top: number, rm: number): boolean {
  if (top < f.minExp - 1) return true;
  return bitLength(roundShift(sign, sig, top - f.precision + 1 - exp, rm).sig) <= f.precision;
}
