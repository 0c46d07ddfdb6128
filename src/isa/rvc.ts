/**
 * C: the compressed instructions of RV64GC. Each is another spelling of a long one and has no meaning of
 * its own. Encodings the manual calls HINTs execute as the long instruction they look like, which writes
 * x0 or changes nothing; those it calls reserved match no row.
 */
import { type Row, short } from './insn.ts';

export const RVC: readonly Row[] = [
  short('c.addi4spn', {
    bits: "000 nzuimm[5:4|9:6|2|3] rd' 00",
    asm: 'rd, sp, uimm',
    as: 'addi rd, sp, uimm',
  }),
  short('c.fld', {
    bits: "001 uimm[5:3] rs1' uimm[7:6] fd' 00",
    asm: 'fd, uimm(rs1)',
    as: 'fld fd, uimm(rs1)',
  }),
  short('c.lw', {
    bits: "010 uimm[5:3] rs1' uimm[2|6] rd' 00",
    asm: 'rd, uimm(rs1)',
    as: 'lw rd, uimm(rs1)',
  }),
  short('c.ld', {
    bits: "011 uimm[5:3] rs1' uimm[7:6] rd' 00",
    asm: 'rd, uimm(rs1)',
    as: 'ld rd, uimm(rs1)',
  }),
  short('c.fsd', {
    bits: "101 uimm[5:3] rs1' uimm[7:6] fs2' 00",
    asm: 'fs2, uimm(rs1)',
    as: 'fsd fs2, uimm(rs1)',
  }),
  short('c.sw', {
    bits: "110 uimm[5:3] rs1' uimm[2|6] rs2' 00",
    asm: 'rs2, uimm(rs1)',
    as: 'sw rs2, uimm(rs1)',
  }),
  short('c.sd', {
    bits: "111 uimm[5:3] rs1' uimm[7:6] rs2' 00",
    asm: 'rs2, uimm(rs1)',
    as: 'sd rs2, uimm(rs1)',
  }),

  short('c.nop', { bits: '000 imm[5] 00000 imm[4:0] 01', asm: 'imm', as: 'addi zero, zero, imm' }),
  short('c.addi', { bits: '000 imm[5] rd!=0 imm[4:0] 01', asm: 'rd, imm', as: 'addi rd, rd, imm' }),
  short('c.addiw', { bits: '001 imm[5] rd!=0 imm[4:0] 01', asm: 'rd, imm', as: 'addiw rd, rd, imm' }),
  short('c.li', { bits: '010 imm[5] rd imm[4:0] 01', asm: 'rd, imm', as: 'addi rd, zero, imm' }),
  short('c.addi16sp', {
    bits: '011 nzimm[9] 00010 nzimm[4|6|8:7|5] 01',
    asm: 'sp, imm',
    as: 'addi sp, sp, imm',
  }),
  short('c.lui', { bits: '011 nzimm[17] rd!=2 nzimm[16:12] 01', asm: 'rd, imm[31:12]', as: 'lui rd, imm' }),
  short('c.srli', { bits: "100 shamt[5] 00 rd' shamt[4:0] 01", asm: 'rd, shamt', as: 'srli rd, rd, shamt' }),
  short('c.srai', { bits: "100 shamt[5] 01 rd' shamt[4:0] 01", asm: 'rd, shamt', as: 'srai rd, rd, shamt' }),
  short('c.andi', { bits: "100 imm[5] 10 rd' imm[4:0] 01", asm: 'rd, imm', as: 'andi rd, rd, imm' }),
  short('c.sub', { bits: "100 0 11 rd' 00 rs2' 01", asm: 'rd, rs2', as: 'sub rd, rd, rs2' }),
  short('c.xor', { bits: "100 0 11 rd' 01 rs2' 01", asm: 'rd, rs2', as: 'xor rd, rd, rs2' }),
  short('c.or', { bits: "100 0 11 rd' 10 rs2' 01", asm: 'rd, rs2', as: 'or rd, rd, rs2' }),
  short('c.and', { bits: "100 0 11 rd' 11 rs2' 01", asm: 'rd, rs2', as: 'and rd, rd, rs2' }),
  short('c.subw', { bits: "100 1 11 rd' 00 rs2' 01", asm: 'rd, rs2', as: 'subw rd, rd, rs2' }),
  short('c.addw', { bits: "100 1 11 rd' 01 rs2' 01", asm: 'rd, rs2', as: 'addw rd, rd, rs2' }),
  short('c.j', { bits: '101 imm[11|4|9:8|10|6|7|3:1|5] 01', asm: 'pc+imm', as: 'jal zero, imm' }),
  short('c.beqz', {
    bits: "110 imm[8|4:3] rs1' imm[7:6|2:1|5] 01",
    asm: 'rs1, pc+imm',
    as: 'beq rs1, zero, imm',
  }),
  short('c.bnez', {
    bits: "111 imm[8|4:3] rs1' imm[7:6|2:1|5] 01",
    asm: 'rs1, pc+imm',
    as: 'bne rs1, zero, imm',
  }),

  short('c.slli', { bits: '000 shamt[5] rd shamt[4:0] 10', asm: 'rd, shamt', as: 'slli rd, rd, shamt' }),
  short('c.fldsp', { bits: '001 uimm[5] fd uimm[4:3|8:6] 10', asm: 'fd, uimm(sp)', as: 'fld fd, uimm(sp)' }),
  short('c.lwsp', { bits: '010 uimm[5] rd!=0 uimm[4:2|7:6] 10', asm: 'rd, uimm(sp)', as: 'lw rd, uimm(sp)' }),
  short('c.ldsp', { bits: '011 uimm[5] rd!=0 uimm[4:3|8:6] 10', asm: 'rd, uimm(sp)', as: 'ld rd, uimm(sp)' }),
  short('c.jr', { bits: '100 0 rs1!=0 00000 10', asm: 'rs1', as: 'jalr zero, 0(rs1)' }),
  short('c.mv', { bits: '100 0 rd rs2!=0 10', asm: 'rd, rs2', as: 'add rd, zero, rs2' }),
  short('c.ebreak', { bits: '100 1 00000 00000 10', asm: '', as: 'ebreak' }),
  short('c.jalr', { bits: '100 1 rs1!=0 00000 10', asm: 'rs1', as: 'jalr ra, 0(rs1)' }),
  short('c.add', { bits: '100 1 rd rs2!=0 10', asm: 'rd, rs2', as: 'add rd, rd, rs2' }),
  short('c.fsdsp', { bits: '101 uimm[5:3|8:6] fs2 10', asm: 'fs2, uimm(sp)', as: 'fsd fs2, uimm(sp)' }),
  short('c.swsp', { bits: '110 uimm[5:2|7:6] rs2 10', asm: 'rs2, uimm(sp)', as: 'sw rs2, uimm(sp)' }),
  short('c.sdsp', { bits: '111 uimm[5:3|8:6] rs2 10', asm: 'rs2, uimm(sp)', as: 'sd rs2, uimm(sp)' }),
];
