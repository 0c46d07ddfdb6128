/**
 * A pre-decoded operation: sixteen bytes for each half-word of a code page, so that an address in the page and
 * its operation are a shift apart. Register fields hold the register's address in memory.
 *
 *      0  u16  number of the handler
 *      2  u16  rd or fd (x0 as a destination is the sink)
 *      4  u16  rs1 or fs1
 *      6  u16  rs2 or fs2
 *      8  i32  imm, shamt or csr; in a near form the distance to the target operation
 *     12  u16  fs3, or uimm
 *     14  u8   rounding mode
 */
import type { FieldName, Kind } from '../isa/index.ts';
import { layout } from '../memory/index.ts';

export const OP_SIZE = 16;
/** Bytes of code to bytes of operations. */
export const OP_SHIFT = 3;
export const PAGE_SLOTS = layout.PAGE_SIZE / 2;
/** The slots of a page, and behind them some that lead out of it. */
export const CODE_PAGE_SIZE = (PAGE_SLOTS + 4) * OP_SIZE;
/** Offset in a page of operations of an i32: whether the page has come into a TLB of code lately. */
export const PAGE_USED = CODE_PAGE_SIZE - OP_SIZE + 8;

/** Offsets of the fields. */
export const AT = { handler: 0, rd: 2, rs1: 4, rs2: 6, imm: 8, third: 12, rm: 14 } as const;

/** Where each operand of a row lies. Hints mean nothing here. */
export const FIELD_AT: Readonly<Record<FieldName, number>> = {
  rd: AT.rd,
  fd: AT.rd,
  rs1: AT.rs1,
  fs1: AT.rs1,
  rs2: AT.rs2,
  fs2: AT.rs2,
  rs3: AT.third,
  fs3: AT.third,
  imm: AT.imm,
  shamt: AT.imm,
  csr: AT.imm,
  uimm: AT.third,
  rm: AT.rm,
  aq: -1,
  rl: -1,
  fm: -1,
  pred: -1,
  succ: -1,
};

/** What the field of an operand holds for its value. */
export function fieldValue(name: FieldName, kind: Kind, value: number): number {
  if (kind === 'f') return layout.HART_F + 8 * value;
  if (kind !== 'x') return value;
  return name === 'rd' && value === 0 ? layout.HART_SINK : layout.HART_X + 8 * value;
}
