/** Sets of registers, as a bit for each: what a step reads and writes. */
import type { Decoded } from '../../isa/index.ts';

export interface RegisterSet {
  readonly x: number;
  readonly f: number;
}

export const NONE: RegisterSet = { x: 0, f: 0 };
export const union = (a: RegisterSet, b: RegisterSet): RegisterSet => ({ x: a.x | b.x, f: a.f | b.f });
export const without = (a: RegisterSet, b: RegisterSet): RegisterSet => ({ x: a.x & ~b.x, f: a.f & ~b.f });
export const isSame = (a: RegisterSet, b: RegisterSet): boolean => a.x === b.x && a.f === b.f;

/** The numbers in one half of a set, in order. */
export function* numbers(bits: number): Generator<number> {
  for (let rest = bits; rest !== 0; rest &= rest - 1) yield 31 - Math.clz32(rest & -rest);
}

/** What an instruction reads, and what it writes; x0 is no register. */
export function effects({ insn, args }: Decoded): { reads: RegisterSet; writes: RegisterSet } {
  const reads = { x: 0, f: 0 };
  const writes = { x: 0, f: 0 };
  for (const { name, kind } of insn.operands) {
    // What assembly does not write (the registers of a fence) means nothing.
    if ((kind !== 'x' && kind !== 'f') || !insn.asm.includes(name)) continue;
    const set = name === 'rd' || name === 'fd' ? writes : reads;
    set[kind] |= 1 << args[name]!;
  }
  reads.x &= ~1;
  writes.x &= ~1;
  return { reads, writes };
}
