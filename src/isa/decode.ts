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

/** Rows whose fixed bits agree with a word in the bits that `by` selects, grouped when first asked for. */
function grouping<R extends Insn | ShortInsn>(
  rows: readonly R[],
  by: number,
  index: (word: number) => number,
): (word: number) => readonly R[] {
  const groups: (readonly R[] | undefined)[] = new Array(256).fill(undefined);
  return (word) => {
    const at = index(word);
    let group = groups[at];
    if (!group) {
      group = rows.filter(({ pattern }) => ((word ^ pattern.match) & pattern.mask & by) === 0);
      refuseOverlaps(group);
      groups[at] = group;
    }
    return group;
  };
}

function refuseOverlaps(rows: readonly (Insn | ShortInsn)[]): void {
  for (const [i, a] of rows.entries())
    for (const b of rows.slice(i + 1))
      if (overlap(a.pattern, b.pattern)) bug(`rows ${a.name} and ${b.name} overlap`);
}

/** By opcode and funct3; a row without a funct3 of its own is in eight groups. */
const longRows = grouping(INSNS, 0x707f, (word) => ((word >>> 2) & 31) | ((word >>> 7) & 0xe0));
/** By quadrant and the three highest bits. */
const shortRows = grouping(SHORT_INSNS, 0xe003, (word) => (word & 3) | ((word >>> 11) & 0x1c));

function argsOf(word: number, row: Insn | ShortInsn): Args {
  const args: { [K in FieldName]?: number } = {};
  for (const field of row.pattern.fields) args[field.name] = extract(word, field);
  return args;
}

const expansions = new Map<ShortInsn, Expansion>();

function expansionOf(row: ShortInsn): Expansion {
  const known = expansions.get(row) ?? parseExpansion(row.as, row.pattern.fields);
  expansions.set(row, known);
  return known;
}

function decodeShort(word: number): Decoded | undefined {
  const row = shortRows(word).find(({ pattern }) => matches(word, pattern));
  if (row === undefined) return undefined;
  const rowArgs = argsOf(word, row);
  const expansion = expansionOf(row);
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
  for (const insn of longRows(word))
    if ((word & insn.pattern.mask) >>> 0 === insn.pattern.match) {
      const args = argsOf(word, insn);
      return { insn, size: 4, args, row: insn, rowArgs: args };
    }
  return undefined;
}
