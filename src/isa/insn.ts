/**
 * What a row of the instruction table is. The rows stand in one file per extension (`rv64i.ts` …); this
 * file gives them their types and the small families that share a shape.
 */
import { type Field, type Operands, type Pattern, parsePattern } from './bits.ts';
import type { Expr, Sem } from './sem.ts';

/** The parts of RV64GC, by the manual's names. */
export type Extension = 'I' | 'M' | 'A' | 'F' | 'D' | 'C' | 'Zicsr' | 'Zifencei';

/** Why straight-line execution stops after an instruction. */
export type BlockEnd = 'branch' | 'jump' | 'system';

/** An operand of a row: its name and kind are what a stage needs, the rest is the encoder's. */
export type Operand = Field;

/** An instruction that executes. */
export interface Insn {
  readonly name: string;
  readonly extension: Extension;
  readonly pattern: Pattern;
  /** Operands as assembly writes them, e.g. `rd, imm(rs1)`. */
  readonly asm: string;
  /** Position among the executing rows, dense from 0. */
  readonly index: number;
  readonly operands: readonly Operand[];
  /** Set when the instruction ends a block of straight-line code. */
  readonly ends: BlockEnd | undefined;
  /** The meaning; `operands` holds one token of the stage for each operand, by name. */
  readonly run: (sem: Sem, operands: never) => void;
}

/** A compressed instruction: another way to write an executing one. */
export interface ShortInsn {
  readonly name: string;
  readonly extension: 'C';
  readonly pattern: Pattern;
  readonly asm: string;
  /** The long instruction in terms of this row's operands, e.g. `addi rd, rd, imm`. */
  readonly as: string;
}

/** A row as its extension's file declares it; the table numbers the executing ones. */
export type Row = Omit<Insn, 'index' | 'extension'> | Omit<ShortInsn, 'extension'>;

interface Meaning<P extends string> {
  readonly bits: P;
  readonly asm: string;
  readonly ends?: BlockEnd;
  readonly run: (s: Sem, o: Operands<P>) => void;
}

/** Declares an instruction. */
export function insn<const P extends string>(name: string, row: Meaning<P>): Row {
  const pattern = parsePattern(row.bits);
  return { name, pattern, asm: row.asm, operands: pattern.fields, ends: row.ends, run: row.run };
}

/** Declares a compressed instruction by the long one it stands for. */
export const short = (name: string, row: { bits: string; asm: string; as: string }): Row => ({
  name,
  pattern: parsePattern(row.bits),
  asm: row.asm,
  as: row.as,
});

/** A value computed from two. */
export type Binary = (s: Sem, a: Expr<'i64'>, b: Expr<'i64'>) => Expr<'i64'>;

/** OP and OP-32: `rd ← f(rs1, rs2)`. */
export const registerRegister = (
  name: string,
  opcode: '0110011' | '0111011',
  funct7: string,
  funct3: string,
  f: Binary,
): Row =>
  insn(name, {
    bits: `${funct7} rs2 rs1 ${funct3} rd ${opcode}`,
    asm: 'rd, rs1, rs2',
    run: (s, { rd, rs1, rs2 }) => s.setX(rd, f(s, s.x(rs1), s.x(rs2))),
  });
