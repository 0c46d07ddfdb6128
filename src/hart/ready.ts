/** Instruction words made ready: the operation of each, remembered, because the same words come again and again. */
import { decode } from '../isa/index.ts';
import { layout } from '../memory/index.ts';
import { formOf, ILLEGAL } from './form.ts';
import { AT, FIELD_AT, fieldValue, OP_SHIFT, OP_SIZE } from './operation.ts';

/** What a word becomes. */
export interface Ready {
  readonly word: number;
  /** The sixteen bytes of the operation, the third word of which is `offset`; the first half-word is the handler. */
  readonly first: number;
  readonly second: number;
  readonly fourth: number;
  readonly handler: number;
  /** The handler for a target in the same page, or 0 when the instruction has no offset to jump by. */
  readonly nearHandler: number;
  /** The immediate. */
  readonly offset: number;
  readonly size: number;
  /** Whether the instruction behind it may be executed next. */
  readonly goesOn: boolean;
}

/** Rounding modes that are no mode. */
const RESERVED_MODES: ReadonlySet<number | undefined> = new Set([5, 6]);

const MEMORY = 16384;
const remembered: (Ready | undefined)[] = new Array(MEMORY).fill(undefined);
const scratch = new DataView(new ArrayBuffer(OP_SIZE));

/** The operation of a word, whose upper half is zero when it is a short one. */
export function readyOf(word: number): Ready {
  const slot = (word ^ (word >>> 12) ^ (word >>> 21)) & (MEMORY - 1);
  const known = remembered[slot];
  if (known !== undefined && known.word === word) return known;
  const ready = make(word);
  remembered[slot] = ready;
  return ready;
}

function make(word: number): Ready {
  const decoded = decode(word);
  if (decoded === undefined || RESERVED_MODES.has(decoded.args.rm)) {
    const nothing = { second: 0, fourth: 0, nearHandler: 0, offset: 0, size: 4, goesOn: false };
    return { word, first: ILLEGAL, handler: ILLEGAL, ...nothing };
  }
  const { insn, args, size } = decoded;
  const form = formOf(decoded);
  for (let at = 0; at < OP_SIZE; at += 4) scratch.setInt32(at, 0, true);
  for (const { name, kind } of form.fields) {
    const at = FIELD_AT[name];
    const value = fieldValue(name, kind, args[name]!);
    if (at === AT.imm) scratch.setInt32(at, value, true);
    else if (at === AT.rm) scratch.setUint8(at, value);
    else scratch.setUint16(at, value, true);
  }
  scratch.setUint16(AT.handler, form.handler, true);
  return {
    word,
    first: scratch.getInt32(0, true),
    second: scratch.getInt32(4, true),
    fourth: scratch.getInt32(12, true),
    handler: form.handler,
    nearHandler: form.nearHandler,
    offset: scratch.getInt32(AT.imm, true),
    size,
    goesOn: insn.ends !== 'jump' && insn.ends !== 'system',
  };
}

/** Whether the target of an instruction at an offset in its page lies in the page. */
const isNear = (ready: Ready, at: number): boolean =>
  ready.nearHandler !== 0 && at + ready.offset >= 0 && at + ready.offset < layout.PAGE_SIZE;

/**
 * Writes the operation; `at` is the instruction's offset in its page, or NaN when its neighbours are not the
 * page's. Gives the handler.
 */
export function writeReady(words: Int32Array, operation: number, ready: Ready, at: number): number {
  const to = operation >> 2;
  words[to + 1] = ready.second;
  words[to + 3] = ready.fourth;
  if (!isNear(ready, at)) {
    words[to] = ready.first;
    words[to + 2] = ready.offset;
    return ready.handler;
  }
  words[to] = (ready.first & ~0xffff) | ready.nearHandler;
  words[to + 2] = ready.offset << OP_SHIFT;
  return ready.nearHandler;
}
