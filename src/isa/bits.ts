/**
 * Instruction patterns, written as the manual's own tables print them. One string gives the mask, the
 * decoder, the encoder and the TypeScript type of the operands.
 *
 *     0000000 rs2 rs1 000 rd 0110011            literals and whole fields, left to right
 *     imm[12|10:5] rs2 rs1 000 imm[4:1|11] …    slices of an immediate, sign-extended from its top bit
 *     uimm[5:3] … uimm[7:6]                     the same, zero-extended
 *     nzimm[5] … nzimm[4:0]                     the immediate must not be zero
 *     rd' rs1' fd'                              three-bit registers x8-x15, f8-f15
 *     rd!=0  rd!=0,2                            values that belong to another row or are reserved
 */
import { bug } from '../base/index.ts';
import type { FReg, Hint, Imm, Rounding, XReg } from './sem.ts';

/** What an operand is; printing, type checking and every stage follow from it. */
export type Kind = 'x' | 'f' | 'imm' | 'rm' | 'hint';

const FIELDS = {
  rd: { kind: 'x', width: 5 },
  rs1: { kind: 'x', width: 5 },
  rs2: { kind: 'x', width: 5 },
  rs3: { kind: 'x', width: 5 },
  fd: { kind: 'f', width: 5 },
  fs1: { kind: 'f', width: 5 },
  fs2: { kind: 'f', width: 5 },
  fs3: { kind: 'f', width: 5 },
  imm: { kind: 'imm', width: 0 },
  uimm: { kind: 'imm', width: 5 },
  shamt: { kind: 'imm', width: 6 },
  csr: { kind: 'imm', width: 12 },
  rm: { kind: 'rm', width: 3 },
  aq: { kind: 'hint', width: 1 },
  rl: { kind: 'hint', width: 1 },
  fm: { kind: 'hint', width: 4 },
  pred: { kind: 'hint', width: 4 },
  succ: { kind: 'hint', width: 4 },
} as const satisfies Record<string, { kind: Kind; width: number }>;

/** The name of an operand. */
export type FieldName = keyof typeof FIELDS;

interface TokenOf {
  readonly x: XReg;
  readonly f: FReg;
  readonly imm: Imm;
  readonly rm: Rounding;
  readonly hint: Hint;
}

/** `rd!=0`, `rd'`, `imm[4:1|11]`, `nzimm[5]` → the field's name; a literal → never. */
type FieldOf<T extends string> = T extends `${infer Head}!=${string}`
  ? FieldOf<Head>
  : T extends `${infer Head}[${string}]`
    ? FieldOf<Head>
    : T extends `${infer Head}'`
      ? FieldOf<Head>
      : T extends `nz${infer Rest}`
        ? FieldOf<Rest>
        : Extract<T, FieldName>;

type Fields<P extends string> = P extends `${infer Head} ${infer Tail}`
  ? FieldOf<Head> | Fields<Tail>
  : FieldOf<P>;

/** The operands a pattern carries, typed by name: a misspelt operand does not compile. */
export type Operands<P extends string> = {
  readonly [K in Fields<P>]: TokenOf[(typeof FIELDS)[K]['kind']];
};

/** Values of operands by name: a register is its number, an immediate a signed 32-bit number. */
export type Args = { readonly [K in FieldName]?: number };

/** `width` bits of the word from bit `from`, which are bits `to`… of the operand. */
export interface Slice {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  /** `width` ones. */
  readonly mask: number;
}

/** One operand of a pattern and where its bits are. */
export interface Field {
  readonly name: FieldName;
  readonly kind: Kind;
  readonly slices: readonly Slice[];
  /** Bits of the operand's value, counted from bit 0. */
  readonly width: number;
  readonly signed: boolean;
  /** Added to the bits: 8 for three-bit registers. */
  readonly bias: number;
  /** Values that do not belong to this row. */
  readonly except: readonly number[];
}

/** A parsed pattern. */
export interface Pattern {
  readonly text: string;
  /** In bytes. */
  readonly size: 2 | 4;
  /** The fixed bits, and what they must be; unsigned. */
  readonly mask: number;
  readonly match: number;
  readonly fields: readonly Field[];
}

interface Word {
  readonly width: number;
  readonly literal?: string;
  readonly name?: FieldName;
  readonly ranges: readonly (readonly [high: number, low: number])[];
  readonly prime: boolean;
  readonly except: readonly number[];
}

const low = (width: number): number => 2 ** width - 1;

/** Patterns share most of their words, and start-up time counts. */
const parsedWords = new Map<string, Word>();

/** Parses a pattern; one that is not well formed is our own slip and throws. */
export function parsePattern(text: string): Pattern {
  const words = text.split(' ').map((word) => {
    const parsed = parsedWords.get(word) ?? parseWord(word, text);
    parsedWords.set(word, parsed);
    return parsed;
  });
  const bits = words.reduce((sum, word) => sum + word.width, 0);
  if (bits !== 16 && bits !== 32) bug(`pattern '${text}' is ${bits} bits wide`);
  const drafts = new Map<FieldName, { slices: Slice[]; prime: boolean; except: number[] }>();
  let at = bits;
  let mask = 0;
  let match = 0;
  for (const word of words) {
    at -= word.width;
    if (word.literal !== undefined) {
      mask += low(word.width) * 2 ** at;
      match += Number.parseInt(word.literal, 2) * 2 ** at;
      continue;
    }
    const draft = drafts.get(word.name!) ?? { slices: [], prime: word.prime, except: [] };
    drafts.set(word.name!, draft);
    draft.except.push(...word.except.filter((value) => !draft.except.includes(value)));
    let from = at + word.width;
    for (const [high, to] of word.ranges) {
      from -= high - to + 1;
      draft.slices.push({ from, to, width: high - to + 1, mask: low(high - to + 1) });
    }
  }
  const fields = [...drafts].map(([name, draft]) => finishField(name, draft, text));
  return { text, size: bits === 16 ? 2 : 4, mask, match, fields };
}

function parseWord(word: string, text: string): Word {
  if (/^[01]+$/.test(word))
    return { width: word.length, literal: word, ranges: [], prime: false, except: [] };
  const parts = /^(nz)?([a-z]+[0-9]?)(')?(?:\[([0-9:|]+)\])?(?:!=([0-9,]+))?$/.exec(word);
  if (!parts || !(parts[2]! in FIELDS)) return bug(`bad word '${word}' in pattern '${text}'`);
  const name = parts[2] as FieldName;
  const prime = parts[3] !== undefined;
  const whole = prime ? 3 : FIELDS[name].width;
  const ranges = parts[4]?.split('|').map(parseRange) ?? [[whole - 1, 0] as const];
  const width = ranges.reduce((sum, [high, to]) => sum + high - to + 1, 0);
  if (width < 1 || ranges.some(([high, to]) => high < to)) bug(`bad slice '${word}' in pattern '${text}'`);
  if (prime && FIELDS[name].kind !== 'x' && FIELDS[name].kind !== 'f')
    bug(`'${word}' in '${text}' is no register`);
  const except = [...(parts[1] ? [0] : []), ...(parts[5]?.split(',').map(Number) ?? [])];
  return { width, name, ranges, prime, except };
}

function parseRange(range: string): readonly [number, number] {
  const [high, to = high] = range.split(':').map(Number) as [number, number?];
  return [high, to];
}

function finishField(
  name: FieldName,
  draft: { slices: Slice[]; prime: boolean; except: number[] },
  text: string,
): Field {
  const width = Math.max(...draft.slices.map((slice) => slice.to + slice.width));
  const seen = new Set<number>();
  for (const slice of draft.slices)
    for (let bit = slice.to; bit < slice.to + slice.width; bit++) {
      if (seen.has(bit)) bug(`bit ${bit} of ${name} comes twice in pattern '${text}'`);
      seen.add(bit);
    }
  const { kind } = FIELDS[name];
  const { slices, except } = draft;
  return { name, kind, slices, width, signed: name === 'imm', bias: draft.prime ? 8 : 0, except };
}

/** The operand's value in an instruction word. */
export function extract(word: number, field: Field): number {
  let value = 0;
  for (const slice of field.slices) value |= ((word >>> slice.from) & slice.mask) << slice.to;
  if (field.signed) return (value << (32 - field.width)) >> (32 - field.width);
  return value + field.bias;
}

/** The word's bits that hold an operand's value, or undefined when the field cannot hold it. */
export function insert(field: Field, value: number): number | undefined {
  const bits = value - field.bias;
  let word = 0;
  for (const slice of field.slices) word |= ((bits >>> slice.to) & slice.mask) << slice.from;
  return extract(word, field) === value && !field.except.includes(value) ? word : undefined;
}

/** Whether a word belongs to a pattern, constraints included. */
export function matches(word: number, pattern: Pattern): boolean {
  if ((word & pattern.mask) >>> 0 !== pattern.match) return false;
  for (const field of pattern.fields)
    if (field.except.length > 0 && field.except.includes(extract(word, field))) return false;
  return true;
}

/** Whether some word may belong to both patterns: fixed bits agree and no constraint keeps them apart. */
export function overlap(a: Pattern, b: Pattern): boolean {
  if (a.size !== b.size || ((a.match ^ b.match) & a.mask & b.mask) !== 0) return false;
  return !excludes(a, b) && !excludes(b, a);
}

/** Whether `b` fixes an operand of `a` at a value that `a` refuses. */
const excludes = (a: Pattern, b: Pattern): boolean =>
  a.fields.some((field) => {
    const bits = field.slices.reduce((mask, slice) => mask | (slice.mask << slice.from), 0);
    return (b.mask & bits) === bits && field.except.includes(extract(b.match, field));
  });
