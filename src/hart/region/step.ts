/** Steps: the instructions of a region, with all the compiler asks about them. */
import { type Decoded, decode } from '../../isa/index.ts';
import type { Token, Twist } from '../form.ts';
import { effects, type RegisterSet } from './register-set.ts';

/** What an instruction word means, wherever it stands. */
export interface Meaning {
  readonly word: number;
  readonly size: 2 | 4;
  readonly insn: Decoded['insn'];
  readonly args: Decoded['args'];
  readonly tokens: Readonly<Record<string, Token>>;
  readonly twist: Twist;
  readonly reads: RegisterSet;
  readonly writes: RegisterSet;
  /** Whether it may hand itself to the interpreter after others of its block were done. */
  readonly mayGiveUp: boolean;
  /** Of plain loads and stores: how many bytes at rs1 + imm. */
  readonly access: { readonly isWrite: boolean; readonly bytes: number } | null;
  /** Whether it is only interpreted. */
  readonly isForeign: boolean;
}

/** Opcodes that touch memory or round. */
const UNSURE: ReadonlySet<number> = new Set([0x03, 0x07, 0x23, 0x27, 0x2f, 0x43, 0x47, 0x4b, 0x4f, 0x53]);
const RESERVED_MODES: ReadonlySet<number | undefined> = new Set([5, 6]);
const NOTHING: Omit<Meaning, 'word'> = {
  size: 4,
  insn: undefined as never,
  args: {},
  tokens: {},
  twist: 'plain',
  reads: { x: 0, f: 0 },
  writes: { x: 0, f: 0 },
  mayGiveUp: false,
  access: null,
  isForeign: true,
};

const WIDTHS: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, d: 8 };

function accessOf(name: string): Meaning['access'] {
  const [, direction, width] = /^f?([ls])([bhwd])u?$/.exec(name) ?? [];
  return direction === undefined ? null : { isWrite: direction === 's', bytes: WIDTHS[width!]! };
}

function make(word: number): Meaning {
  const decoded = decode(word);
  // What ends with a trap, or reads counters, is the interpreter's.
  if (decoded === undefined || decoded.insn.ends === 'system' || decoded.insn.extension === 'Zicsr')
    return { word, ...NOTHING };
  const { insn, args, size } = decoded;
  if (RESERVED_MODES.has(args.rm)) return { word, ...NOTHING };
  const tokens: Record<string, Token> = {};
  for (const { name } of insn.operands) tokens[name] = { known: args[name]! };
  const twist = args.rm === undefined || args.rm === 0 || args.rm === 7 ? 'plain' : 'rounded';
  const mayGiveUp = UNSURE.has(insn.pattern.match & 0x7f);
  const { reads, writes } = effects(decoded);
  return {
    word,
    size,
    insn,
    args,
    tokens,
    twist,
    reads,
    writes,
    mayGiveUp,
    access: accessOf(insn.name),
    isForeign: false,
  };
}

const REMEMBERED = 4096;
const remembered: (Meaning | undefined)[] = new Array(REMEMBERED).fill(undefined);

/** The meaning of an instruction word, remembered, because the same words come again and again. */
export function meaningOf(word: number): Meaning {
  const slot = (word ^ (word >>> 12) ^ (word >>> 21)) & (REMEMBERED - 1);
  const known = remembered[slot];
  if (known !== undefined && known.word === word) return known;
  const meaning = make(word);
  remembered[slot] = meaning;
  return meaning;
}
