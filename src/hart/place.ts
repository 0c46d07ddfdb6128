/** Where the interpreter keeps its own words in the HART block, and how it reads and writes the block. */
import { layout } from '../memory/index.ts';
import { type Code, i32, i64, seq } from '../wasm/index.ts';
import { OP_SHIFT } from './operation.ts';

/** i64: added to an operation's address (shifted) it gives the operation's pc. Changes with the page. */
export const PC_BASE = layout.HART_SCRATCH;
/** i64: where a jump that a careful handler made leads. */
export const TARGET = layout.HART_SCRATCH + 8;
/** i32: the budget of this run. */
export const BUDGET = layout.HART_SCRATCH + 16;
/** i32: what is left of it, this instruction taken off; noted before a careful handler. */
export const LEFT = layout.HART_SCRATCH + 20;
/** i32: added to half an operation's address it gives the address of its mark. */
export const MARK_BASE = layout.HART_SCRATCH + 24;
/** i32: how often a marked operation is executed before the host is told. */
export const HOT = layout.HART_SCRATCH + 28;
/** i32: the operation whose second half is being looked for on the next page. */
export const STRADDLING = layout.HART_SCRATCH + 72;
/** i32: offset in the ring of the next jump to be noted. */
export const JUMPS_NEXT = layout.HART_SCRATCH + 64;
/** A ring of the last jumps to where a register said: pc and target, i64 each. */
export const JUMPS = layout.HART_SCRATCH + 0x200;
export const JUMPS_SIZE = 0x400;
/**
 * Pages that loads and stores by a register were last seen in, as compiled loops remember them: for each register and
 * direction the page (i64) and what to add to an address in it (i32). They are forgotten when a run begins.
 */
export const SEEN = layout.HART_SCRATCH + 0x600;
export const SEEN_SIZE = 0x400;
/** i32: whether there are any. */
export const SEEN_ANY = layout.HART_SCRATCH + 68;
/** Bytes of an access that crosses pages, on their way. */
export const BOUNCE = layout.HART_SCRATCH + 32;

/** In the code index: the frame has no code, but the TLB of writes may lead to it. */
export const WRITTEN = 1;

const zero = (): Code<'i32'> => i32.const(0);

/** An i32 word at a fixed address. */
export const word = (at: number): Code<'i32'> => i32.load(zero(), at);
export const setWord = (at: number, value: Code<'i32'>): Code<'nothing'> => i32.store(zero(), value, at);
/** An i64 at a fixed address. */
export const long = (at: number): Code<'i64'> => i64.load(zero(), at);
export const setLong = (at: number, value: Code<'i64'>): Code<'nothing'> => i64.store(zero(), value, at);

/** The pc of the operation at an address. */
export const pcOf = (operation: Code<'i32'>): Code<'i64'> =>
  i64.add(long(PC_BASE), i64.extendI32U(i32.shrU(operation, i32.const(OP_SHIFT))));

/** Notes why the run ends, and the address (or word) that belongs to it. */
export const noteTrap = (cause: number, value: Code<'i64'>): Code<'nothing'> =>
  seq(setLong(layout.HART_TVAL, value), setWord(layout.HART_CAUSE, i32.const(cause)));

/** Notes the page that a register points to. */
export const rememberPage = (at: number, page: Code<'i64'>, delta: Code<'i32'>): Code<'nothing'> =>
  seq(setLong(at, page), setWord(at + 8, delta), setWord(SEEN_ANY, i32.const(1)));
