/** RV64I, the base instructions (Unprivileged ISA, chapters "RV32I" and "RV64I"). */
import { type Binary, insn, type Row, registerRegister } from './insn.ts';
import type { Expr, Sem, Width } from './sem.ts';

const op = (name: string, funct7: string, funct3: string, f: Binary): Row =>
  registerRegister(name, '0110011', funct7, funct3, f);

const op32 = (name: string, funct7: string, funct3: string, f: Binary): Row =>
  registerRegister(name, '0111011', funct7, funct3, (s, a, b) => s.sext32(f(s, a, b)));

const opImm = (name: string, funct3: string, f: Binary): Row =>
  insn(name, {
    bits: `imm[11:0] rs1 ${funct3} rd 0010011`,
    asm: 'rd, rs1, imm',
    run: (s, { rd, rs1, imm }) => s.setX(rd, f(s, s.x(rs1), s.imm(imm))),
  });

const shiftImm = (name: string, funct6: string, funct3: string, f: Binary): Row =>
  insn(name, {
    bits: `${funct6} shamt rs1 ${funct3} rd 0010011`,
    asm: 'rd, rs1, shamt',
    run: (s, { rd, rs1, shamt }) => s.setX(rd, f(s, s.x(rs1), s.imm(shamt))),
  });

const shiftImm32 = (name: string, funct7: string, funct3: string, f: Binary): Row =>
  insn(name, {
    bits: `${funct7} shamt[4:0] rs1 ${funct3} rd 0011011`,
    asm: 'rd, rs1, shamt',
    run: (s, { rd, rs1, shamt }) => s.setX(rd, s.sext32(f(s, s.x(rs1), s.imm(shamt)))),
  });

const branch = (
  name: string,
  funct3: string,
  condition: (s: Sem, a: Expr<'i64'>, b: Expr<'i64'>) => Expr<'i32'>,
): Row =>
  insn(name, {
    bits: `imm[12|10:5] rs2 rs1 ${funct3} imm[4:1|11] 1100011`,
    asm: 'rs1, rs2, pc+imm',
    ends: 'branch',
    run: (s, { rs1, rs2, imm }) => s.branchIf(condition(s, s.x(rs1), s.x(rs2)), imm),
  });

const load = (name: string, funct3: string, f: (s: Sem, address: Expr<'i64'>) => Expr<'i64'>): Row =>
  insn(name, {
    bits: `imm[11:0] rs1 ${funct3} rd 0000011`,
    asm: 'rd, imm(rs1)',
    run: (s, { rd, rs1, imm }) => s.setX(rd, f(s, s.add(s.x(rs1), s.imm(imm)))),
  });

const store = (name: string, funct3: string, width: Width): Row =>
  insn(name, {
    bits: `imm[11:5] rs2 rs1 ${funct3} imm[4:0] 0100011`,
    asm: 'rs2, imm(rs1)',
    run: (s, { rs1, rs2, imm }) => s.store(width, s.add(s.x(rs1), s.imm(imm)), s.x(rs2)),
  });

/** The low five bits: what a word shift counts by. */
const by32 = (s: Sem, amount: Expr<'i64'>): Expr<'i64'> => s.and(amount, s.constant(31));

export const RV64I: readonly Row[] = [
  insn('lui', {
    bits: 'imm[31:12] rd 0110111',
    asm: 'rd, imm[31:12]',
    run: (s, { rd, imm }) => s.setX(rd, s.imm(imm)),
  }),
  insn('auipc', {
    bits: 'imm[31:12] rd 0010111',
    asm: 'rd, imm[31:12]',
    run: (s, { rd, imm }) => s.setX(rd, s.add(s.pc(), s.imm(imm))),
  }),
  insn('jal', {
    bits: 'imm[20|10:1|11|19:12] rd 1101111',
    asm: 'rd, pc+imm',
    ends: 'jump',
    run: (s, { rd, imm }) => {
      s.setX(rd, s.nextPc());
      s.jumpBy(imm);
    },
  }),
  insn('jalr', {
    bits: 'imm[11:0] rs1 000 rd 1100111',
    asm: 'rd, imm(rs1)',
    ends: 'jump',
    run: (s, { rd, rs1, imm }) => {
      const target = s.let(s.add(s.x(rs1), s.imm(imm)));
      s.setX(rd, s.nextPc());
      s.jumpTo(target);
    },
  }),

  branch('beq', '000', (s, a, b) => s.eq(a, b)),
  branch('bne', '001', (s, a, b) => s.ne(a, b)),
  branch('blt', '100', (s, a, b) => s.ltS(a, b)),
  branch('bge', '101', (s, a, b) => s.geS(a, b)),
  branch('bltu', '110', (s, a, b) => s.ltU(a, b)),
  branch('bgeu', '111', (s, a, b) => s.geU(a, b)),

  load('lb', '000', (s, address) => s.loadS(8, address)),
  load('lh', '001', (s, address) => s.loadS(16, address)),
  load('lw', '010', (s, address) => s.loadS(32, address)),
  load('ld', '011', (s, address) => s.loadS(64, address)),
  load('lbu', '100', (s, address) => s.loadU(8, address)),
  load('lhu', '101', (s, address) => s.loadU(16, address)),
  load('lwu', '110', (s, address) => s.loadU(32, address)),
  store('sb', '000', 8),
  store('sh', '001', 16),
  store('sw', '010', 32),
  store('sd', '011', 64),

  opImm('addi', '000', (s, a, b) => s.add(a, b)),
  opImm('slti', '010', (s, a, b) => s.bool(s.ltS(a, b))),
  opImm('sltiu', '011', (s, a, b) => s.bool(s.ltU(a, b))),
  opImm('xori', '100', (s, a, b) => s.xor(a, b)),
  opImm('ori', '110', (s, a, b) => s.or(a, b)),
  opImm('andi', '111', (s, a, b) => s.and(a, b)),
  shiftImm('slli', '000000', '001', (s, a, b) => s.shl(a, b)),
  shiftImm('srli', '000000', '101', (s, a, b) => s.shrU(a, b)),
  shiftImm('srai', '010000', '101', (s, a, b) => s.shrS(a, b)),
  op('add', '0000000', '000', (s, a, b) => s.add(a, b)),
  op('sub', '0100000', '000', (s, a, b) => s.sub(a, b)),
  op('sll', '0000000', '001', (s, a, b) => s.shl(a, b)),
  op('slt', '0000000', '010', (s, a, b) => s.bool(s.ltS(a, b))),
  op('sltu', '0000000', '011', (s, a, b) => s.bool(s.ltU(a, b))),
  op('xor', '0000000', '100', (s, a, b) => s.xor(a, b)),
  op('srl', '0000000', '101', (s, a, b) => s.shrU(a, b)),
  op('sra', '0100000', '101', (s, a, b) => s.shrS(a, b)),
  op('or', '0000000', '110', (s, a, b) => s.or(a, b)),
  op('and', '0000000', '111', (s, a, b) => s.and(a, b)),

  insn('addiw', {
    bits: 'imm[11:0] rs1 000 rd 0011011',
    asm: 'rd, rs1, imm',
    run: (s, { rd, rs1, imm }) => s.setX(rd, s.sext32(s.add(s.x(rs1), s.imm(imm)))),
  }),
  shiftImm32('slliw', '0000000', '001', (s, a, b) => s.shl(a, b)),
  shiftImm32('srliw', '0000000', '101', (s, a, b) => s.shrU(s.zext32(a), b)),
  shiftImm32('sraiw', '0100000', '101', (s, a, b) => s.shrS(s.sext32(a), b)),
  op32('addw', '0000000', '000', (s, a, b) => s.add(a, b)),
  op32('subw', '0100000', '000', (s, a, b) => s.sub(a, b)),
  op32('sllw', '0000000', '001', (s, a, b) => s.shl(a, by32(s, b))),
  op32('srlw', '0000000', '101', (s, a, b) => s.shrU(s.zext32(a), by32(s, b))),
  op32('sraw', '0100000', '101', (s, a, b) => s.shrS(s.sext32(a), by32(s, b))),

  // Fields that are reserved for finer fences are ignored, as the manual asks.
  insn('fence', {
    bits: 'fm pred succ rs1 000 rd 0001111',
    asm: 'pred, succ',
    run: (s) => s.fence(),
  }),
  insn('ecall', {
    bits: '000000000000 00000 000 00000 1110011',
    asm: '',
    ends: 'system',
    run: (s) => s.ecall(),
  }),
  insn('ebreak', {
    bits: '000000000001 00000 000 00000 1110011',
    asm: '',
    ends: 'system',
    run: (s) => s.ebreak(),
  }),
];
