/**
 * Instructions as text, in the words and layout of binutils' objdump: mnemonic, tab, operands. Without
 * aliases it is the table's own form (`addi a0,zero,5`, `c.li a0,5`), with them the usual one (`li a0,5`).
 */
import { findAlias } from './aliases.ts';
import type { Args, Field } from './bits.ts';
import { type Decoded, decode } from './decode.ts';
import { X_BY_NAME } from './names.ts';
import { printOperand } from './operand.ts';
import { parseTemplate, type Slot } from './template.ts';

export interface DisassemblyOptions {
  /** Pseudo-instructions and long names for compressed instructions; on unless told. */
  readonly aliases?: boolean;
}

type Fields = (name: string) => Field | undefined;

/** The text of a decoded instruction at address `pc`. */
export function disassemble(
  { insn, args, size, row, rowArgs }: Decoded,
  pc: number | bigint,
  { aliases = true }: DisassemblyOptions = {},
): string {
  const found = aliases ? findAlias(insn, args, size) : undefined;
  if (found) {
    const { alias } = found;
    return line(
      alias.name,
      operands(alias.template, (name) => alias.fields.get(name), found.args, pc),
    );
  }
  const shown = aliases ? insn : row;
  const values = aliases ? args : rowArgs;
  const fields = (name: string) => shown.pattern.fields.find((field) => field.name === name);
  return line(shown.name + ordering(values), operands(parseTemplate(shown.asm), fields, values, pc));
}

/** The text of an instruction word; one that is illegal reads as data. */
export function disassembleWord(word: number, pc: number | bigint, options?: DisassemblyOptions): string {
  const decoded = decode(word);
  if (decoded) return disassemble(decoded, pc, options);
  const long = (word & 3) === 3;
  return line(long ? '.4byte' : '.2byte', `0x${(long ? word >>> 0 : word & 0xffff).toString(16)}`);
}

const line = (name: string, text: string): string => (text === '' ? name : `${name}\t${text}`);

/** `.aq`, `.rl`, `.aqrl` behind the name of an atomic instruction. */
const ordering = ({ aq, rl }: Args): string => (aq || rl ? `.${aq ? 'aq' : ''}${rl ? 'rl' : ''}` : '');

function operands(
  template: readonly (readonly Slot[])[],
  fields: Fields,
  args: Args,
  pc: number | bigint,
): string {
  return template
    .filter(([slot]) => !(slot?.name === 'rm' && args.rm === 7))
    .map((part) => part.map((slot) => operand(slot, fields, args, pc)).join(''))
    .join(',');
}

function operand({ name, form }: Slot, fields: Fields, args: Args, pc: number | bigint): string {
  const field = fields(name);
  const value = args[name as keyof Args] ?? X_BY_NAME.get(name) ?? 0;
  const text = field ? printOperand(field, value) : name;
  if (form === 'base') return `(${text})`;
  if (form === 'target') return `0x${BigInt.asUintN(64, BigInt(pc) + BigInt(value)).toString(16)}`;
  if (form === 'upper') return `0x${(value >>> 12).toString(16)}`;
  return text;
}
