/** One instruction of assembly source into words: picks the row, reads the operands, encodes. */
import { type Alias, aliases, once, synonyms } from './aliases.ts';
import type { Args, Field, FieldName } from './bits.ts';
import { encode } from './encode.ts';
import { expand } from './expansion.ts';
import { type BadExpression, type Evaluated, evaluate, type Lookup } from './expression.ts';
import type { Insn, ShortInsn } from './insn.ts';
import { loadImmediate } from './li.ts';
import { X_BY_NAME, X_NAMES } from './names.ts';
import { namedOperand } from './operand.ts';
import { BY_NAME } from './table.ts';
import { parseTemplate, type Slot } from './template.ts';

/** What an instruction may ask of the program around it. */
export interface Surroundings {
  readonly lookup: Lookup;
  /** Address of the instruction. */
  readonly pc: bigint;
  /** What the `%pcrel_hi` at an address referred to. */
  readonly pcrel: Map<bigint, bigint>;
}

/** A word of 2 or 4 bytes. */
export interface Encoded {
  readonly size: 2 | 4;
  readonly word: number;
}

/** A way to write an instruction: a row of the table or an alias of one. */
interface Spelling {
  readonly row: Insn | ShortInsn;
  readonly template: readonly (readonly Slot[])[];
  readonly field: (name: string) => Field | undefined;
  readonly args: (own: Args) => Args;
}

const ofRow = (row: Insn | ShortInsn): Spelling => ({
  row,
  template: parseTemplate(row.asm),
  field: (name) => row.pattern.fields.find((field) => field.name === name),
  args: (own) => own,
});

const ofAlias = ({ expansion, template, fields }: Alias): Spelling => ({
  row: expansion.insn,
  template,
  field: (name) => fields.get(name),
  args: (own) => expand(expansion, own),
});

const spellings = once((): ReadonlyMap<string, readonly Spelling[]> => {
  const map = new Map<string, Spelling[]>();
  const add = (name: string, spelling: Spelling) => map.set(name, [...(map.get(name) ?? []), spelling]);
  for (const row of BY_NAME.values()) add(row.name, ofRow(row));
  for (const alias of [...aliases(), ...synonyms()])
    if (alias.size === undefined) add(alias.name, ofAlias(alias));
  return map;
});

/** An instruction still as text. */
type Text = readonly [name: string, ...operands: string[]];

/** Pseudo-instructions that are several instructions. */
const MACROS: Readonly<
  Record<string, (operands: readonly string[], around: Surroundings) => readonly Text[]>
> = {
  li: ([rd = '', value = ''], { lookup }) => {
    const constant = evaluate(value, lookup);
    return loadImmediate(typeof constant === 'bigint' ? constant : 0n).map(({ name, value }, i): Text => {
      if (name === 'lui') return ['lui', rd, String(value >>> 12)];
      return [name, rd, i === 0 ? 'zero' : rd, String(value)];
    });
  },
  la: ([rd = '', symbol = '']) => near(rd, symbol, ['addi', rd, rd, `%lo(${symbol}-(.-4))`]),
  lla: ([rd = '', symbol = '']) => near(rd, symbol, ['addi', rd, rd, `%lo(${symbol}-(.-4))`]),
  call: ([symbol = '']) => near('ra', symbol, ['jalr', 'ra', `%lo(${symbol}-(.-4))(ra)`]),
  tail: ([symbol = '']) => near('t1', symbol, ['jalr', 'zero', `%lo(${symbol}-(.-4))(t1)`]),
};

const near = (register: string, symbol: string, then: Text): readonly Text[] => [
  ['auipc', register, `%hi(${symbol}-.)`],
  then,
];

/** `lw a0, symbol` and its like: the address is built in the destination. */
function loadOfSymbol(name: string, operands: readonly string[]): readonly Text[] | undefined {
  const [rd = '', symbol = ''] = operands;
  const row = BY_NAME.get(name);
  if (operands.length !== 2 || row?.asm !== 'rd, imm(rs1)' || name === 'jalr') return undefined;
  if (symbol.endsWith(')') || X_BY_NAME.has(symbol)) return undefined;
  return near(rd, symbol, [name, rd, `%lo(${symbol}-(.-4))(${rd})`]);
}

/** Assembles one statement; an answer with a reason is the user's mistake. */
export function assembleInsn(
  name: string,
  operands: readonly string[],
  around: Surroundings,
): readonly Encoded[] | BadExpression {
  const texts = MACROS[name]?.(operands, around) ??
    loadOfSymbol(name, operands) ?? [[name, ...operands] as const];
  if (name === 'li') {
    const constant =
      operands.length === 2 ? evaluate(operands[1]!, around.lookup) : { reason: 'li takes two operands' };
    if (typeof constant !== 'bigint') return constant;
  }
  const out: Encoded[] = [];
  let pc = around.pc;
  for (const [mnemonic, ...rest] of texts) {
    const one = assembleOne(mnemonic, rest, atPc(around, pc));
    if ('reason' in one) return one;
    out.push(one);
    pc += BigInt(one.size);
  }
  return out;
}

const atPc = ({ lookup, pcrel }: Surroundings, pc: bigint): Surroundings => ({
  pcrel,
  pc,
  lookup: (symbol) => (symbol === '.' ? pc : lookup(symbol)),
});

function assembleOne(
  mnemonic: string,
  operands: readonly string[],
  around: Surroundings,
): Encoded | BadExpression {
  const [, base = '', aq, rl] = /^(.*?)(?:\.(?=aq|rl)(aq)?(rl)?)?$/.exec(mnemonic)!;
  const ordering = { ...(aq && { aq: 1 }), ...(rl && { rl: 1 }) };
  const known = spellings().get(base) ?? [];
  const fitting = known.filter(({ template }) => template.length === operands.length);
  let answer: Encoded | BadExpression = { reason: `unknown instruction '${mnemonic}'` };
  for (const spelling of fitting.length > 0 ? fitting : known) {
    answer = assembleAs(spelling, base, operands, ordering, around);
    if (!('reason' in answer)) return answer;
  }
  return answer;
}

function assembleAs(
  spelling: Spelling,
  name: string,
  operands: readonly string[],
  ordering: Args,
  around: Surroundings,
): Encoded | BadExpression {
  const { row, template } = spelling;
  const optional = template.at(-1)?.[0]?.name === 'rm' ? 1 : 0;
  if (operands.length > template.length || operands.length < template.length - optional)
    return { reason: `${name} takes ${template.length - optional} operands, not ${operands.length}` };
  const own: { [K in FieldName]?: number } = {};
  if (optional) own.rm = 7;
  for (const [i, text] of operands.entries()) {
    const bad = readPart(template[i]!, text, spelling, own, around);
    if (bad) return bad;
  }
  const word = encode(row, { ...spelling.args(own), ...ordering });
  if (typeof word === 'number') return { size: row.pattern.size, word };
  return { reason: `${word.value} does not fit ${word.field.name} of ${row.name}` };
}

/** Reads what stands between two commas: a memory operand fills two slots. */
function readPart(
  part: readonly Slot[],
  text: string,
  spelling: Spelling,
  own: { [K in FieldName]?: number },
  around: Surroundings,
): BadExpression | undefined {
  const base = part.find(({ form }) => form === 'base');
  const memory = base && /^(.*)\(\s*(\w+)\s*\)$/.exec(text);
  if (base && !memory) return { reason: `'${text}' should be an offset and a register, as in 8(sp)` };
  for (const slot of part) {
    const word = memory ? (slot === base ? memory[2]! : memory[1]!.trim() || '0') : text;
    const value = readSlot(slot, word, spelling.field(slot.name), around);
    if (typeof value !== 'number') return value;
    own[slot.name as FieldName] = value;
  }
  if (memory && part.length === 1 && !/^0?$/.test(memory[1]!.trim()))
    return { reason: `'${text}' takes no offset` };
  return undefined;
}

function readSlot(
  slot: Slot,
  text: string,
  field: Field | undefined,
  around: Surroundings,
): number | BadExpression {
  if (!field) {
    const fits = X_BY_NAME.get(text) === X_BY_NAME.get(slot.name);
    return fits ? 0 : { reason: `'${text}' should be ${slot.name}` };
  }
  const named = namedOperand(field, text);
  if (named !== undefined) return named;
  if (field.kind === 'x' || field.kind === 'f')
    return { reason: `'${text}' is no ${field.kind === 'x' ? 'integer' : 'floating-point'} register` };
  if (X_NAMES.includes(text)) return { reason: `'${text}' is a register, not a number` };
  const value = relocated(text, around);
  if (typeof value !== 'bigint') return value;
  const { form } = slot;
  const number = Number(BigInt.asIntN(64, form === 'target' ? value - around.pc : value));
  if (form !== 'upper') return number;
  return number >= -0x80000 && number <= 0xfffff ? number << 12 : { reason: `${text} has more than 20 bits` };
}

/** An expression, perhaps inside `%hi(…)`, `%lo(…)`, `%pcrel_hi(…)` or `%pcrel_lo(…)`. */
function relocated(text: string, { lookup, pc, pcrel }: Surroundings): Evaluated {
  const [, operator, inner] = /^%(hi|lo|pcrel_hi|pcrel_lo)\((.*)\)$/.exec(text) ?? [];
  const value = evaluate(inner ?? text, lookup);
  if (operator === undefined || typeof value !== 'bigint') return value;
  if (operator === 'pcrel_hi') pcrel.set(pc, value);
  if (operator === 'pcrel_lo') return BigInt.asIntN(12, (pcrel.get(value) ?? value) - value);
  const distance = operator === 'pcrel_hi' ? value - pc : value;
  return operator === 'lo' ? BigInt.asIntN(12, distance) : BigInt.asUintN(20, (distance + 0x800n) >> 12n);
}
