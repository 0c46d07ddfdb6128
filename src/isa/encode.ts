/** Rows back into instruction words. */
import type { Args, Field } from './bits.ts';
import { insert } from './bits.ts';
import type { Insn, ShortInsn } from './insn.ts';

/** The word of a row with these operands; operands that are absent are zero. */
export function encode(row: Insn | ShortInsn, args: Args): number | BadOperand {
  let word = row.pattern.match;
  for (const field of row.pattern.fields) {
    const value = args[field.name] ?? field.bias;
    const bits = insert(field, value);
    if (bits === undefined) return { field, value };
    word |= bits;
  }
  return word >>> 0;
}

/** An operand that its field cannot hold. */
export interface BadOperand {
  readonly field: Field;
  readonly value: number;
}
