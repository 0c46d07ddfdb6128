/**
 * One instruction said through another: `addi rd, sp, uimm`. Compressed rows and pseudo-instructions are
 * both written so.
 */
import { bug } from '../base/index.ts';
import type { Args, Field, FieldName } from './bits.ts';
import type { Insn } from './insn.ts';
import { namedOperand } from './operand.ts';
import { BY_NAME } from './table.ts';
import { parseTemplate } from './template.ts';

/** Where each operand of the long form comes from: an operand of the short one, or a fixed value. */
export interface Expansion {
  readonly insn: Insn;
  readonly from: readonly (readonly [to: Field, source: FieldName | number])[];
}

/** Reads `addi rd, sp, uimm`; words that name one of `own` are operands, all others values. */
export function parseExpansion(as: string, own: readonly { readonly name: FieldName }[]): Expansion {
  const [target = '', ...words] = as.split(/[ ,()]+/).filter((word) => word !== '');
  const insn = BY_NAME.get(target);
  if (!insn || !('run' in insn)) return bug(`'${as}' names no instruction that executes`);
  const slots = parseTemplate(insn.asm).flat();
  const from = words.map((word, i): readonly [Field, FieldName | number] => {
    const field = insn.operands.find(({ name }) => name === slots[i]?.name);
    if (!field) return bug(`'${as}' gives ${target} too much`);
    const source = own.find(({ name }) => name === word)?.name;
    return [field, source ?? namedOperand(field, word) ?? Number(word)];
  });
  return { insn, from };
}

/** The long form's operands, from the short form's. */
export function expand({ from }: Expansion, own: Args): Args {
  const args: { [K in FieldName]?: number } = {};
  for (const [to, source] of from) args[to.name] = typeof source === 'number' ? source : own[source]!;
  return args;
}

/** The short form's operands, when the long form's values are such as the short one would give. */
export function contract({ from }: Expansion, args: Args): Args | undefined {
  const own: { [K in FieldName]?: number } = {};
  for (const [to, source] of from) {
    const value = args[to.name]!;
    if ((typeof source === 'number' ? source : (own[source] ?? value)) !== value) return undefined;
    if (typeof source !== 'number') own[source] = value;
  }
  return own;
}
