/**
 * A pre-decoded operation: sixteen bytes for each half-word of a code page, so that an address in the page and
 * its operation are a shift apart. Register fields hold the register's offset in the HART block.
 *
 *      0  u16  handler: index in the table of functions
 *      2  u16  rd or fd (x0 as a destination is the sink)
 *      4  u16  rs1 or fs1
 *      6  u16  rs2 or fs2
 *      8  i32  imm, shamt or csr; the word of an illegal instruction
 *     12  u16  fs3, or uimm
 *     14  u8   rounding mode
 */
import type { Decoded, FieldName } from '../isa/index.ts';
import { layout } from '../memory/index.ts';

export const OP_SIZE = 16;
export const OP_SHIFT = 3; // bytes of code → bytes of operations
/** Slots of a page, and one behind the last that leads to the next page. */
export const PAGE_SLOTS = layout.PAGE_SIZE / 2;
export const CODE_PAGE_SIZE = (PAGE_SLOTS + 4) * OP_SIZE;

export const AT = { handler: 0, rd: 2, rs1: 4, rs2: 6, imm: 8, third: 12, rm: 14 } as const;

/** Where each operand of a row lies. */
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

/** Handlers that belong to no row. */
export const UNDECODED = 0;
export const LEAVE_PAGE = 1;
export const STRADDLE = 2;
export const ILLEGAL = 3;
export const FIRST_ROW = 4;

/** A row has two handlers: for its short form and for its long one. */
export const handlerOf = (index: number, size: 2 | 4): number => FIRST_ROW + 2 * index + (size === 4 ? 1 : 0);

const X_OFFSET = layout.HART_X - layout.HART;
const F_OFFSET = layout.HART_F - layout.HART;
const SINK_OFFSET = layout.HART_SINK - layout.HART;

/** Writes the operation of an instruction at a byte address. */
export function writeOperation(view: DataView, at: number, { insn, size, args }: Decoded): void {
  view.setUint16(at, handlerOf(insn.index, size), true);
  for (const { name, kind } of insn.operands) {
    const to = at + FIELD_AT[name];
    const value = args[name] ?? 0;
    if (kind === 'x')
      view.setUint16(to, name === 'rd' && value === 0 ? SINK_OFFSET : X_OFFSET + 8 * value, true);
    else if (kind === 'f') view.setUint16(to, F_OFFSET + 8 * value, true);
    else if (kind === 'rm') view.setUint8(to, value);
    else if (name === 'uimm') view.setUint16(to, value, true);
    else if (kind === 'imm') view.setInt32(to, value, true);
  }
}
