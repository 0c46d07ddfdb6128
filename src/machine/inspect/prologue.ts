/**
 * What a function without call frame information has put on its stack, read off its first instructions: by how
 * much it moved the stack pointer, and where it saved which register. What debuggers do where tables are missing.
 */
import type { UnwindRow } from '../../elf/index.ts';
import type { Kernel } from '../../kernel/index.ts';
import type { Mm } from '../../memory/index.ts';
import { glance } from './glance.ts';

const SP = 2;
const MOST_BYTES = 256;

/** Sign-extends the lowest bits. */
const signed = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

/** Takes the bits [high, low] of a number and puts them at `to`. */
const bits = (from: number, high: number, low: number, to: number): number =>
  ((from >>> low) & (2 ** (high - low + 1) - 1)) << to;

/** By how much an instruction of 16 bits moves the stack pointer; 0 for others. c.addi, c.addi16sp */
function moved16(h: number): number {
  if ((h & 0xef83) === 0x0101) return signed(bits(h, 12, 12, 5) | bits(h, 6, 2, 0), 6);
  if ((h & 0xef83) !== 0x6101) return 0;
  const imm = bits(h, 12, 12, 9) | bits(h, 4, 3, 7) | bits(h, 5, 5, 6) | bits(h, 2, 2, 5) | bits(h, 6, 6, 4);
  return signed(imm, 10);
}

/** A constant that an instruction puts into a register, or adds to what is known of it: lui, c.lui, addi, c.addi, c.li. */
function setConstant(constants: Map<number, number>, word: number, isShort: boolean): void {
  const rd = (word >>> 7) & 31;
  const op = isShort ? word & 0xe003 : word & 0x7f;
  const rs1 = (word >>> 15) & 31;
  const short = signed(bits(word, 12, 12, 5) | bits(word, 6, 2, 0), 6);
  const isAddi = !isShort && op === 0x13 && (word & 0x7000) === 0;
  if (!isShort && op === 0x37) constants.set(rd, word & ~0xfff);
  else if (isShort && op === 0x6001) constants.set(rd, short << 12);
  else if (isShort && op === 0x4001) constants.set(rd, short);
  else if (isShort && op === 0x0001) constants.set(rd, (constants.get(rd) ?? Number.NaN) + short);
  else if (isAddi) constants.set(rd, (rs1 === 0 ? 0 : (constants.get(rs1) ?? Number.NaN)) + (word >> 20));
}

/** By how much `add sp, sp, REGISTER` moves the stack pointer: what is more than an immediate can say. */
function movedFar(constants: ReadonlyMap<number, number>, word: number, isShort: boolean): number {
  const isAdd = isShort ? (word & 0xff83) === 0x9102 : (word & 0xfe0fffff) === 0x00010133;
  const moved = isAdd ? constants.get((word >>> (isShort ? 2 : 20)) & 31) : undefined;
  return moved === undefined || Number.isNaN(moved) ? 0 : moved;
}

/** Register and offset from the stack pointer of a store of 16 or 32 bits: c.sdsp, sd. */
function stored(word: number, isShort: boolean): readonly [register: number, offset: number] | null {
  if (isShort) {
    if ((word & 0xe003) !== 0xe002) return null;
    return [(word >>> 2) & 31, bits(word, 12, 10, 3) | bits(word, 9, 7, 6)];
  }
  if ((word & 0xff07f) !== 0x13023) return null;
  return [(word >>> 20) & 31, signed(bits(word, 31, 25, 5) | bits(word, 11, 7, 0), 12)];
}

/** Jumps, calls and returns end what can be read off; a branch may go around what is saved, but did not if pc is behind. */
const leaves = (word: number, isShort: boolean): boolean =>
  isShort
    ? (word & 0xe003) === 0xa001 || (word & 0xe07f) === 0x8002
    : (word & 0x7f) === 0x67 || (word & 0x7f) === 0x6f;

/** The row at `pc` of a function that begins at `start`. */
export function prologueRow(k: Kernel, mm: Mm, start: number, pc: number): UnwindRow {
  const bytes = new Uint8Array(Math.max(0, Math.min(pc - start, MOST_BYTES)));
  const view = new DataView(bytes.buffer, 0, glance(k, mm, start, bytes));
  const saved = new Map<number, number>();
  const constants = new Map<number, number>();
  let down = 0;
  for (let at = 0; at + 2 <= view.byteLength; ) {
    const half = view.getUint16(at, true);
    const isShort = (half & 3) !== 3;
    if (!isShort && at + 4 > view.byteLength) break;
    const word = isShort ? half : view.getUint32(at, true);
    if (leaves(word, isShort)) break;
    const near = isShort ? moved16(word) : (word & 0xfffff) === 0x10113 ? word >> 20 : 0;
    const moved = near === 0 ? movedFar(constants, word, isShort) : near;
    setConstant(constants, word, isShort);
    // Its end puts the stack pointer back; what comes behind that is another way through.
    if (moved > 0) break;
    down -= moved;
    const store = stored(word, isShort);
    if (store !== null && !saved.has(store[0])) saved.set(store[0], store[1] - down);
    at += isShort ? 2 : 4;
  }
  return { cfaRegister: SP, cfaOffset: down, saved, isSignal: false, isOutermost: false };
}
