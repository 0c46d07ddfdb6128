export { type AssembleOptions, type Assembly, assemble, type Section } from './assemble.ts';
export type { Args, Field, FieldName, Kind, Operands, Pattern, Slice } from './bits.ts';
export { extract, insert, matches, overlap, parsePattern } from './bits.ts';
export { type Decoded, decode } from './decode.ts';
export { type DisassemblyOptions, disassemble, disassembleWord } from './disassemble.ts';
export { type BadOperand, encode } from './encode.ts';
export { type Expansion, parseExpansion } from './expansion.ts';
export { explain } from './explain.ts';
export type { BlockEnd, Extension, Insn, Operand, ShortInsn } from './insn.ts';
export { CSR, F_NAMES, ROUNDING_NAMES, X_NAMES } from './names.ts';
export { step, stepFetched } from './oracle.ts';
export {
  type Access,
  CAUSE,
  newOracleMachine,
  type OracleMachine,
  type OracleMemory,
  type Trap,
} from './oracle-state.ts';
export type {
  CsrOp,
  Expr,
  FloatType,
  FReg,
  Hint,
  Imm,
  IntFormat,
  Rounding,
  Sem,
  ValueType,
  Width,
  XReg,
} from './sem.ts';
export { type SoftFloat, soft32, soft64, softNarrow, softWiden } from './softfloat.ts';
export { FLAG, type Flags, RM } from './softfloat-parts.ts';
export { BY_NAME, INSNS, SHORT_INSNS } from './table.ts';
