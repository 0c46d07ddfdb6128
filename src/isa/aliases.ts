/**
 * Pseudo-instructions that are one instruction under another name ("RISC-V Assembly Programmer's Manual").
 * The assembler expands them; the disassembler prints the first that fits, as binutils does.
 */
import type { Args, Field, FieldName } from './bits.ts';
import { contract, type Expansion, parseExpansion } from './expansion.ts';
import type { Insn } from './insn.ts';
import { parseTemplate, type Slot } from './template.ts';

/** Another name for an instruction with some operands fixed. */
export interface Alias {
  readonly name: string;
  readonly template: readonly (readonly Slot[])[];
  readonly expansion: Expansion;
  /** The field that each of the alias's operands fills, for printing and reading it. */
  readonly fields: ReadonlyMap<string, Field>;
  /** Printed only for instructions of this size. */
  readonly size?: 2 | 4;
}

function alias(name: string, asm: string, as: string, size?: 2 | 4): Alias {
  const template = parseTemplate(asm);
  const own = template.flat().map((slot) => ({ name: slot.name as FieldName }));
  const expansion = parseExpansion(as, own);
  const fields = new Map(
    expansion.from.flatMap(([field, source]) =>
      typeof source === 'string' ? [[source, field] as const] : [],
    ),
  );
  return { name, template, expansion, fields, ...(size && { size }) };
}

/** Computes a value when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** In the order in which they are tried. Made when first needed: programs that only run never do. */
export const aliases = once((): readonly Alias[] => [
  alias('nop', '', 'addi zero, zero, 0'),
  alias('li', 'rd, imm', 'addi rd, zero, imm'),
  alias('mv', 'rd, rs1', 'addi rd, rs1, 0'),
  alias('mv', 'rd, rs2', 'add rd, zero, rs2', 2),
  alias('not', 'rd, rs1', 'xori rd, rs1, -1'),
  alias('zext.b', 'rd, rs1', 'andi rd, rs1, 255'),
  alias('neg', 'rd, rs2', 'sub rd, zero, rs2'),
  alias('negw', 'rd, rs2', 'subw rd, zero, rs2'),
  alias('sext.w', 'rd, rs1', 'addiw rd, rs1, 0'),
  alias('seqz', 'rd, rs1', 'sltiu rd, rs1, 1'),
  alias('snez', 'rd, rs2', 'sltu rd, zero, rs2'),
  alias('sltz', 'rd, rs1', 'slt rd, rs1, zero'),
  alias('sgtz', 'rd, rs2', 'slt rd, zero, rs2'),

  alias('beqz', 'rs1, pc+imm', 'beq rs1, zero, imm'),
  alias('bnez', 'rs1, pc+imm', 'bne rs1, zero, imm'),
  alias('blez', 'rs2, pc+imm', 'bge zero, rs2, imm'),
  alias('bgez', 'rs1, pc+imm', 'bge rs1, zero, imm'),
  alias('bltz', 'rs1, pc+imm', 'blt rs1, zero, imm'),
  alias('bgtz', 'rs2, pc+imm', 'blt zero, rs2, imm'),
  alias('j', 'pc+imm', 'jal zero, imm'),
  alias('jal', 'pc+imm', 'jal ra, imm'),
  alias('ret', '', 'jalr zero, 0(ra)'),
  alias('jr', 'rs1', 'jalr zero, 0(rs1)'),
  alias('jr', 'imm(rs1)', 'jalr zero, imm(rs1)'),
  alias('jalr', 'rs1', 'jalr ra, 0(rs1)'),
  alias('jalr', 'imm(rs1)', 'jalr ra, imm(rs1)'),
  alias('jalr', 'rd, rs1', 'jalr rd, 0(rs1)'),

  alias('fmv.s', 'fd, fs1', 'fsgnj.s fd, fs1, fs1'),
  alias('fneg.s', 'fd, fs1', 'fsgnjn.s fd, fs1, fs1'),
  alias('fabs.s', 'fd, fs1', 'fsgnjx.s fd, fs1, fs1'),
  alias('fmv.d', 'fd, fs1', 'fsgnj.d fd, fs1, fs1'),
  alias('fneg.d', 'fd, fs1', 'fsgnjn.d fd, fs1, fs1'),
  alias('fabs.d', 'fd, fs1', 'fsgnjx.d fd, fs1, fs1'),

  alias('fence', '', 'fence iorw, iorw'),
  alias('unimp', '', 'csrrw zero, cycle, zero'),
  alias('rdcycle', 'rd', 'csrrs rd, cycle, zero'),
  alias('rdtime', 'rd', 'csrrs rd, time, zero'),
  alias('rdinstret', 'rd', 'csrrs rd, instret, zero'),
  alias('frcsr', 'rd', 'csrrs rd, fcsr, zero'),
  alias('frrm', 'rd', 'csrrs rd, frm, zero'),
  alias('frflags', 'rd', 'csrrs rd, fflags, zero'),
  alias('fscsr', 'rs1', 'csrrw zero, fcsr, rs1'),
  alias('fscsr', 'rd, rs1', 'csrrw rd, fcsr, rs1'),
  alias('fsrm', 'rs1', 'csrrw zero, frm, rs1'),
  alias('fsrm', 'rd, rs1', 'csrrw rd, frm, rs1'),
  alias('fsflags', 'rs1', 'csrrw zero, fflags, rs1'),
  alias('fsflags', 'rd, rs1', 'csrrw rd, fflags, rs1'),
  alias('fsrmi', 'uimm', 'csrrwi zero, frm, uimm'),
  alias('fsrmi', 'rd, uimm', 'csrrwi rd, frm, uimm'),
  alias('fsflagsi', 'uimm', 'csrrwi zero, fflags, uimm'),
  alias('fsflagsi', 'rd, uimm', 'csrrwi rd, fflags, uimm'),
  alias('csrr', 'rd, csr', 'csrrs rd, csr, zero'),
  alias('csrw', 'csr, rs1', 'csrrw zero, csr, rs1'),
  alias('csrs', 'csr, rs1', 'csrrs zero, csr, rs1'),
  alias('csrc', 'csr, rs1', 'csrrc zero, csr, rs1'),
  alias('csrwi', 'csr, uimm', 'csrrwi zero, csr, uimm'),
  alias('csrsi', 'csr, uimm', 'csrrsi zero, csr, uimm'),
  alias('csrci', 'csr, uimm', 'csrrci zero, csr, uimm'),
]);

/** Spellings the assembler accepts and the disassembler never prints. */
export const synonyms = once((): readonly Alias[] => [
  alias('bgt', 'rs2, rs1, pc+imm', 'blt rs1, rs2, imm'),
  alias('ble', 'rs2, rs1, pc+imm', 'bge rs1, rs2, imm'),
  alias('bgtu', 'rs2, rs1, pc+imm', 'bltu rs1, rs2, imm'),
  alias('bleu', 'rs2, rs1, pc+imm', 'bgeu rs1, rs2, imm'),
  alias('sgt', 'rd, rs2, rs1', 'slt rd, rs1, rs2'),
  alias('sgtu', 'rd, rs2, rs1', 'sltu rd, rs1, rs2'),
  alias('jalr', 'rd, rs1, imm', 'jalr rd, imm(rs1)'),
  alias('scall', '', 'ecall'),
  alias('sbreak', '', 'ebreak'),
  alias('fmv.x.s', 'rd, fs1', 'fmv.x.w rd, fs1'),
  alias('fmv.s.x', 'fd, rs1', 'fmv.w.x fd, rs1'),
  alias('fgt.s', 'rd, fs2, fs1', 'flt.s rd, fs1, fs2'),
  alias('fge.s', 'rd, fs2, fs1', 'fle.s rd, fs1, fs2'),
  alias('fgt.d', 'rd, fs2, fs1', 'flt.d rd, fs1, fs2'),
  alias('fge.d', 'rd, fs2, fs1', 'fle.d rd, fs1, fs2'),
  alias('fence.tso', '', 'fence rw, rw'),
  alias('pause', '', 'fence w, 0'),
]);

const byInsn = once((): ReadonlyMap<Insn, readonly Alias[]> => {
  const map = new Map<Insn, Alias[]>();
  for (const alias of aliases())
    map.set(alias.expansion.insn, [...(map.get(alias.expansion.insn) ?? []), alias]);
  return map;
});

/** The alias that fits an instruction, with its operands. */
export function findAlias(
  insn: Insn,
  args: Args,
  size: 2 | 4,
): { readonly alias: Alias; readonly args: Args } | undefined {
  for (const alias of byInsn().get(insn) ?? []) {
    const own = alias.size === undefined || alias.size === size ? contract(alias.expansion, args) : undefined;
    if (own) return { alias, args: own };
  }
  return undefined;
}
