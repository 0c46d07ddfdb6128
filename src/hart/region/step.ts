/** Steps: the instructions of a region, with all the compiler asks about them. */
import { type Decoded, decode } from '../../isa/index.ts';
import type { Token, Twist } from '../form.ts';
import { effects, type RegisterSet } from './register-set.ts';

export interface Step {
  /** Offset in the page. */
  readonly at: number;
  readonly size: 2 | 4;
  readonly insn: Decoded['insn'];
  readonly args: Decoded['args'];
  readonly tokens: Readonly<Record<string, Token>>;
  readonly twist: Twist;
  readonly reads: RegisterSet;
  readonly writes: RegisterSet;
  /** Whether it may hand itself to the interpreter after others of its block were done. */
  readonly mayGiveUp: boolean;
}

type Known = Omit<Step, 'at'> | null;

const REMEMBERED = 16384;
const remembered: ({ word: number; known: Known } | undefined)[] = new Array(REMEMBERED).fill(undefined);

/** Opcodes that touch memory or round. */
const UNSURE: ReadonlySet<number> = new Set([0x03, 0x07, 0x23, 0x27, 0x2f, 0x43, 0x47, 0x4b, 0x4f, 0x53]);

function make(word: number): Known {
  const decoded = decode(word);
  // What ends with a trap, or reads counters, is the interpreter's.
  if (decoded === undefined || decoded.insn.ends === 'system' || decoded.insn.extension === 'Zicsr')
    return null;
  const { insn, args, size } = decoded;
  if (args.rm === 5 || args.rm === 6) return null;
  const tokens = Object.fromEntries(Object.entries(args).map(([name, known]) => [name, { known }]));
  const twist = args.rm === undefined || args.rm === 0 || args.rm === 7 ? 'plain' : 'rounded';
  const mayGiveUp = UNSURE.has(insn.pattern.match & 0x7f);
  return { size, insn, args, tokens, twist, mayGiveUp, ...effects(decoded) };
}

/** The step of an instruction word at an offset in its page; null when it is only interpreted. */
export function stepOf(word: number, at: number): Step | null {
  const slot = (word ^ (word >>> 12) ^ (word >>> 21)) & (REMEMBERED - 1);
  let answer = remembered[slot];
  if (answer === undefined || answer.word !== word) answer = remembered[slot] = { word, known: make(word) };
  return answer.known && { ...answer.known, at };
}
