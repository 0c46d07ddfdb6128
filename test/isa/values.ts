/** Operands that find mistakes: the borders of every format, and numbers near them. */
import { nextU32, type Random } from '../../src/base/index.ts';
import { below } from './random-code.ts';

const INTEGERS = [
  0n,
  1n,
  2n,
  -1n,
  -2n,
  31n,
  63n,
  64n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  -0x80000000n,
  0x100000000n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  0x123456789abcdefn,
  0x1fffffn,
  2n ** 53n + 1n,
  2n ** 24n + 1n,
];

const DOUBLES = [
  0n,
  1n,
  2n,
  0xfffffffffffffn,
  0x10000000000000n,
  0x10000000000001n,
  0x3ff0000000000000n,
  0x3ff0000000000001n,
  0x3fefffffffffffffn,
  0x4000000000000000n,
  0x3fe0000000000000n,
  0x3ff8000000000000n,
  0x4004000000000000n,
  0x7fefffffffffffffn,
  0x7ff0000000000000n,
  0x7ff8000000000000n,
  0x7ff0000000000001n,
  0x7fffffffffffffffn,
  0x41dfffffffc00000n,
  0x41e0000000000000n,
  0x41efffffffe00000n,
  0x41f0000000000000n,
  0x43e0000000000000n,
  0x43dfffffffffffffn,
  0x43f0000000000000n,
  0x47efffffe0000000n,
  0x47effffff0000000n,
  0x36a0000000000000n,
  0x380fffffffffffffn,
  0x3810000000000000n,
  0x380fffffe0000000n,
  0x3690000000000000n,
  0x1ff0000000000000n,
];

const SINGLES = [
  0, 1, 2, 0x7fffff, 0x800000, 0x800001, 0x3f800000, 0x3f800001, 0x3f7fffff, 0x40000000, 0x3f000000,
  0x3fc00000, 0x40200000, 0x7f7fffff, 0x7f800000, 0x7fc00000, 0x7f800001, 0x7fffffff, 0x4effffff, 0x4f000000,
  0x4f7fffff, 0x4f800000, 0x5effffff, 0x5f000000, 0x5f800000, 0x1f800000, 0x20000000, 0x00ffffff,
];

const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)]!;
const bits64 = (random: Random): bigint => (BigInt(nextU32(random)) << 32n) | BigInt(nextU32(random));
const boxed = (bits: number): bigint => 0xffffffff00000000n | BigInt(bits >>> 0);

export const anyInteger = (random: Random): bigint =>
  BigInt.asUintN(
    64,
    below(random, 3) > 0 ? pick(random, INTEGERS) + BigInt(below(random, 3) - 1) : bits64(random),
  );

/** Special, random, or random with a middling exponent, of either sign. */
export function anyDouble(random: Random): bigint {
  const sign = below(random, 2) === 0 ? 0n : 1n << 63n;
  const kind = below(random, 4);
  if (kind < 2) return pick(random, DOUBLES) ^ sign;
  if (kind === 2) return bits64(random);
  return sign | (BigInt(1023 - 40 + below(random, 80)) << 52n) | (bits64(random) >> 12n);
}

/** As a register holds it; now and then not boxed. */
export function anySingle(random: Random): bigint {
  const sign = below(random, 2) === 0 ? 0 : 0x80000000;
  const kind = below(random, 16);
  if (kind === 0) return bits64(random);
  if (kind < 8) return boxed(pick(random, SINGLES) ^ sign);
  if (kind < 11) return boxed(nextU32(random));
  return boxed(sign | ((127 - 20 + below(random, 40)) << 23) | (nextU32(random) >>> 9));
}
