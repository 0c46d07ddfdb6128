/** M: multiplication and division. */
import { type Binary, type Row, registerRegister } from './insn.ts';

const op = (name: string, funct3: string, f: Binary): Row =>
  registerRegister(name, '0110011', '0000001', funct3, f);

const op32 = (name: string, funct3: string, f: Binary): Row =>
  registerRegister(name, '0111011', '0000001', funct3, (s, a, b) => s.sext32(f(s, a, b)));

export const RV64M: readonly Row[] = [
  op('mul', '000', (s, a, b) => s.mul(a, b)),
  op('mulh', '001', (s, a, b) => s.mulhS(a, b)),
  op('mulhsu', '010', (s, a, b) => s.mulhSU(a, b)),
  op('mulhu', '011', (s, a, b) => s.mulhU(a, b)),
  op('div', '100', (s, a, b) => s.divS(a, b)),
  op('divu', '101', (s, a, b) => s.divU(a, b)),
  op('rem', '110', (s, a, b) => s.remS(a, b)),
  op('remu', '111', (s, a, b) => s.remU(a, b)),
  op32('mulw', '000', (s, a, b) => s.mul(a, b)),
  // The 64-bit operations on extended words give the word results, the special cases included.
  op32('divw', '100', (s, a, b) => s.divS(s.sext32(a), s.sext32(b))),
  op32('divuw', '101', (s, a, b) => s.divU(s.zext32(a), s.zext32(b))),
  op32('remw', '110', (s, a, b) => s.remS(s.sext32(a), s.sext32(b))),
  op32('remuw', '111', (s, a, b) => s.remU(s.zext32(a), s.zext32(b))),
];
