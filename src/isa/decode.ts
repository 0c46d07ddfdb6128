/**
 * The decoder: rows grouped by the bits that tell most, so that only a few patterns are tried. It is asked
 * once per instruction of a program, not once per execution.
 */
import { bug } from '../base/index.ts';
import { type Args, extract, type FieldName, matches, overlap } from './bits.ts';
import { type Expansion, expand, parseExpansion } from './expansion.ts';
import type { Insn, ShortInsn } from './insn.ts';
import { INSNS, SHORT_INSNS } from './table.ts';

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

const EXPANSIONS: ReadonlyMap<ShortInsn, Expansion> = new Map(
  SHORT_INSNS.map((row) => [row, parseExpansion(row.as, row.pattern.fields)]),
);

function decodeShort(word: number): Decoded | undefined {
  const row = SHORT[(word & 3) | ((word >>> 13) << 2)]!.find(({ pattern }) => matches(word, pattern));
  if (row === undefined) return undefined;
  const rowArgs = argsOf(word, row);
  const expansion = EXPANSIONS.get(row)!;
  return { insn: expansion.insn, size: 2, args: expand(expansion, rowArgs), row, rowArgs };
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
