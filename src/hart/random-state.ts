/** Random machine states for tests, drawn from where mistakes are. Not exported from the layer. */
import { nextU32, type Random } from '../base/index.ts';
import { decode, type Insn, matches, type OracleMachine, type ShortInsn } from '../isa/index.ts';

const INTEGERS: readonly bigint[] = [
  0n,
  1n,
  2n,
  0xffn,
  0x7fffn,
  0x8000n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0xffffffffffffffffn,
  0xffffffff80000000n,
  0xffffffff7fffffffn,
  0x3f_ffff_ffffn,
];
const DOUBLES: readonly bigint[] = [
  0n,
  1n,
  0xfffffffffffffn,
  0x10000000000000n,
  0x3ff0000000000000n,
  0x4000000000000000n,
  0x7fefffffffffffffn,
  0x7ff0000000000000n,
  0x7ff0000000000001n,
  0x7ff8000000000000n,
  0x7ff8000000000123n,
  0x3fe0000000000000n,
  0x43e0000000000000n,
  0x41e0000000000000n,
  0x41dfffffffc00000n,
  0x4330000000000000n,
  0x3fdfffffffffffffn,
  0x36a0000000000000n,
  0x47efffffe0000000n,
  0x380fffffffffffffn,
  0x3810000000000000n,
];
const SINGLES: readonly bigint[] = [
  0n,
  1n,
  0x7fffffn,
  0x800000n,
  0x3f800000n,
  0x40000000n,
  0x7f7fffffn,
  0x7f800000n,
  0x7f800001n,
  0x7fc00000n,
  0x7fc00123n,
  0x3f000000n,
  0x5f000000n,
  0x4f000000n,
  0x4effffffn,
  0x4b000000n,
  0x3effffffn,
  0x4f800000n,
];
/** Near the borders of the fixture's pages. */
const BORDERS = [
  0x12000, 0x13000, 0x14000, 0x20000, 0x21000, 0x22000, 0x23000, 0x24000, 0x25000, 0x40_0000_0000,
];

const BOX = 0xffffffff00000000n;
const SIGN32 = 0x80000000n;

const below = (random: Random, n: number): number => nextU32(random) % n;
const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)]!;
const word64 = (random: Random): bigint => (BigInt(nextU32(random)) << 32n) | BigInt(nextU32(random));

/** A 64-bit value: special, short, or anything. */
export function randomInteger(random: Random): bigint {
  const kind = below(random, 4);
  if (kind === 0) return pick(random, INTEGERS);
  if (kind === 1) return BigInt.asUintN(64, BigInt(below(random, 512) - 256));
  return kind === 2 ? word64(random) : word64(random) >> BigInt(below(random, 64));
}

/** An address near a border, mostly aligned to eight. */
export function randomAddress(random: Random): bigint {
  const offset = below(random, 2) === 0 ? 8 * (below(random, 9) - 4) : below(random, 33) - 16;
  return BigInt.asUintN(64, BigInt(pick(random, BORDERS) + offset));
}

/** A floating-point register: doubles, boxed singles, singles without their box. */
export function randomFloat(random: Random): bigint {
  const kind = below(random, 8);
  if (kind === 0) return pick(random, DOUBLES) | (BigInt(below(random, 2)) << 63n);
  if (kind === 1) return BOX | pick(random, SINGLES) | (below(random, 2) ? SIGN32 : 0n);
  if (kind === 2) return BOX | BigInt(nextU32(random));
  if (kind === 3) return word64(random);
  const exponent = BigInt(kind < 6 ? 1023 - 30 + below(random, 60) : 1023 - 2 + below(random, 4));
  if (kind === 4 || kind === 6)
    return (exponent << 52n) | (word64(random) & (2n ** 52n - 1n)) | (BigInt(below(random, 2)) << 63n);
  const single = ((exponent - 896n) << 23n) | BigInt(nextU32(random) & 0x7fffff);
  return BOX | single | (below(random, 2) ? SIGN32 : 0n);
}

/** All registers, flags and the rounding mode, which is nearest half of the time. */
export function randomRegisters(random: Random, machine: OracleMachine): void {
  for (let i = 1; i < 32; i++)
    machine.x[i] = below(random, 4) === 0 ? randomAddress(random) : randomInteger(random);
  for (let i = 0; i < 32; i++) machine.f[i] = randomFloat(random);
  machine.flags = below(random, 2) === 0 ? nextU32(random) & 31 : below(random, 2);
  machine.frm = below(random, 2) === 0 ? 0 : below(random, 8);
  machine.reservation = below(random, 2) === 0 ? randomAddress(random) & ~7n : undefined;
}

/** A word of a row with random operands, or undefined when the draw belongs to another row. */
export function randomWord(random: Random, row: Insn | ShortInsn): number | undefined {
  const { mask, match } = row.pattern;
  const word = ((nextU32(random) & ~mask) | match) >>> 0;
  const clipped = row.pattern.size === 2 ? word & 0xffff : word;
  return matches(clipped, row.pattern) ? clipped : undefined;
}

/** Makes what an instruction accesses lie near a border, as far as its operands allow. */
export function aimAtMemory(random: Random, machine: OracleMachine, word: number): void {
  const decoded = decode(word);
  if (decoded?.args.rs1 === undefined) return;
  const target = randomAddress(random) - BigInt(decoded.args.imm ?? 0);
  if (decoded.args.rs1 !== 0) machine.x[decoded.args.rs1] = BigInt.asUintN(64, target);
  if (below(random, 2) === 0) machine.reservation = BigInt.asUintN(64, target);
}
