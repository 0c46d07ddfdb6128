/**
 * The whole table: rows numbered, grouped for the decoder, and looked up by name. This is the one place
 * where the extensions meet.
 */
import { bug } from '../base/index.ts';
import { extract, type FieldName, matches, overlap } from './bits.ts';
import type { Extension, Insn, Row, ShortInsn } from './insn.ts';
import { F_BY_NAME, X_BY_NAME } from './names.ts';
import { RV64A } from './rv64a.ts';
import { RV64D } from './rv64d.ts';
import { RV64F } from './rv64f.ts';
import { RV64I } from './rv64i.ts';
import { RV64M } from './rv64m.ts';
import { RVC } from './rvc.ts';
import { ZICSR } from './zicsr.ts';
import { ZIFENCEI } from './zifencei.ts';

const EXTENSIONS: readonly (readonly [Extension, readonly Row[]])[] = [
  ['I', RV64I],
  ['M', RV64M],
  ['A', RV64A],
  ['F', RV64F],
  ['D', RV64D],
  ['Zicsr', ZICSR],
  ['Zifencei', ZIFENCEI],
];

/** Values of the operands by name; a register is its number, an immediate a signed 32-bit number. */
export type Args = { readonly [K in FieldName]?: number };

/** An instruction word, understood. */
export interface Decoded {
  /** The row that executes; for a compressed instruction the long one it stands for. */
  readonly insn: Insn;
  readonly size: 2 | 4;
  /** The operands of `insn`. */
  readonly args: Args;
  /** The row as written and its own operands, for printing. */
  readonly row: Insn | ShortInsn;
  readonly rowArgs: Args;
}

/** Every instruction that executes; `INSNS[i].index === i`. */
export const INSNS: readonly Insn[] = EXTENSIONS.flatMap(([extension, rows]) =>
  rows.map((row) => ({ ...row, extension })),
).map((row, index) => ('run' in row ? { ...row, index } : bug(`${row.name} does not execute`)));

/** Every compressed instruction. */
export const SHORT_INSNS: readonly ShortInsn[] = RVC.map((row) =>
  'as' in row ? { ...row, extension: 'C' } : bug(`${row.name} stands for nothing`),
);

/** Every row by its mnemonic. */
export const BY_NAME: ReadonlyMap<string, Insn | ShortInsn> = new Map(
  [...INSNS, ...SHORT_INSNS].map((row) => [row.name, row]),
);

/** Long rows by opcode and funct3; a row without a funct3 of its own is in eight groups. */
const LONG: readonly (readonly Insn[])[] = Array.from({ length: 256 }, (_, key) => {
  const word = ((key >> 3) << 2) | ((key & 7) << 12) | 3;
  return INSNS.filter(({ pattern }) => ((word ^ pattern.match) & pattern.mask & 0x707f) === 0);
});

/** Compressed rows by quadrant and the three highest bits. */
const SHORT: readonly (readonly ShortInsn[])[] = Array.from({ length: 32 }, (_, key) => {
  const word = (key & 3) | ((key >> 2) << 13);
  return SHORT_INSNS.filter(({ pattern }) => ((word ^ pattern.match) & pattern.mask & 0xe003) === 0);
});

for (const group of [...LONG, ...SHORT])
  for (const [i, a] of group.entries())
    for (const b of group.slice(i + 1))
      if (overlap(a.pattern, b.pattern)) bug(`rows ${a.name} and ${b.name} overlap`);

function argsOf(word: number, row: Insn | ShortInsn): Args {
  const args: { [K in FieldName]?: number } = {};
  for (const field of row.pattern.fields) args[field.name] = extract(word, field);
  return args;
}

/** Where a compressed row's long form takes each operand from: an operand of its own, or a number. */
interface Expansion {
  readonly insn: Insn;
  readonly from: readonly (readonly [FieldName, FieldName | number])[];
}

/** The operand names in an assembly template, in order. */
export const slots = (asm: string): FieldName[] =>
  (asm.match(/[a-z]+[0-9]?/g) ?? []).filter((word) => word !== 'pc' && !X_BY_NAME.has(word)) as FieldName[];

function parseExpansion({ name, as, pattern }: ShortInsn): Expansion {
  const [target = '', ...words] = as.split(/[ ,()]+/).filter((word) => word !== '');
  const insn = BY_NAME.get(target);
  if (!insn || !('run' in insn)) return bug(`${name} stands for the unknown ${target}`);
  const from = slots(insn.asm).map((slot, i): readonly [FieldName, FieldName | number] => {
    const word = words[i] ?? bug(`${name} gives ${target} no ${slot}`);
    const own = pattern.fields.find((field) => field.name === word);
    return [slot, own?.name ?? X_BY_NAME.get(word) ?? F_BY_NAME.get(word) ?? Number(word)];
  });
  return { insn, from };
}

const EXPANSIONS: ReadonlyMap<ShortInsn, Expansion> = new Map(
  SHORT_INSNS.map((row) => [row, parseExpansion(row)]),
);

function decodeShort(word: number): Decoded | undefined {
  const row = SHORT[(word & 3) | ((word >>> 13) << 2)]!.find(({ pattern }) => matches(word, pattern));
  if (row === undefined) return undefined;
  const rowArgs = argsOf(word, row);
  const { insn, from } = EXPANSIONS.get(row)!;
  const args: { [K in FieldName]?: number } = {};
  for (const [slot, source] of from) args[slot] = typeof source === 'number' ? source : rowArgs[source]!;
  return { insn, size: 2, args, row, rowArgs };
}

/** Answers for half-words, filled on demand; `null` is a half-word that was tried and is none. */
const shortAnswers: (Decoded | null | undefined)[] = new Array(0x10000);

/**
 * What an instruction word says, or undefined when it is illegal. When the two lowest bits are not both
 * set it is a compressed instruction and the upper half is ignored.
 */
export function decode(word: number): Decoded | undefined {
  if ((word & 3) !== 3) {
    const half = word & 0xffff;
    let answer = shortAnswers[half];
    if (answer === undefined) answer = shortAnswers[half] = decodeShort(half) ?? null;
    return answer ?? undefined;
  }
  const group = LONG[((word >>> 2) & 31) * 8 + ((word >>> 12) & 7)]!;
  for (const insn of group)
    if ((word & insn.pattern.mask) >>> 0 === insn.pattern.match) {
      const args = argsOf(word, insn);
      return { insn, size: 4, args, row: insn, rowArgs: args };
    }
  return undefined;
}
