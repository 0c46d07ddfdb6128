/** Zicsr: control and status registers. Which exist is the hart's business (`csr.ts` names the user-level ones). */
import { insn, type Row } from './insn.ts';
import type { CsrOp } from './sem.ts';

const register = (name: string, funct3: string, op: CsrOp): Row =>
  insn(name, {
    bits: `csr rs1 ${funct3} rd 1110011`,
    asm: 'rd, csr, rs1',
    run: (s, { rd, rs1, csr }) => s.csr(op, csr, rd, s.x(rs1), rs1),
  });

const immediate = (name: string, funct3: string, op: CsrOp): Row =>
  insn(name, {
    bits: `csr uimm ${funct3} rd 1110011`,
    asm: 'rd, csr, uimm',
    run: (s, { rd, uimm, csr }) => s.csr(op, csr, rd, s.imm(uimm), uimm),
  });

export const ZICSR: readonly Row[] = [
  register('csrrw', '001', 'write'),
  register('csrrs', '010', 'set'),
  register('csrrc', '011', 'clear'),
  immediate('csrrwi', '101', 'write'),
  immediate('csrrsi', '110', 'set'),
  immediate('csrrci', '111', 'clear'),
];
