/**
 * How a row writes its operands, e.g. `rd, imm(rs1)`, read once for the assembler and the disassembler.
 *
 *     rd            a register or a number
 *     imm(rs1)      a memory operand        (rs1)  the same without an offset
 *     pc+imm        a target, written as an address or a label
 *     imm[31:12]    the upper twenty bits, written in hexadecimal
 *     sp            a register that is fixed
 */
import { bug } from '../base/index.ts';

/** A word of a template and how it is written. */
export interface Slot {
  readonly name: string;
  readonly form: 'plain' | 'base' | 'target' | 'upper';
}

/** The operands between the commas; a memory operand has two slots. */
export const parseTemplate = (asm: string): readonly (readonly Slot[])[] =>
  asm === '' ? [] : asm.split(', ').map(parsePart);

function parsePart(part: string): readonly Slot[] {
  const target = /^pc\+(\w+)$/.exec(part);
  if (target) return [{ name: target[1]!, form: 'target' }];
  const upper = /^(\w+)\[31:12\]$/.exec(part);
  if (upper) return [{ name: upper[1]!, form: 'upper' }];
  const memory = /^(\w*)(?:\((\w+)\))?$/.exec(part) ?? bug(`bad operand '${part}' in a template`);
  const slots: Slot[] = [];
  if (memory[1]) slots.push({ name: memory[1], form: 'plain' });
  if (memory[2]) slots.push({ name: memory[2], form: 'base' });
  return slots;
}
