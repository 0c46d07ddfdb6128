/**
 * Marks: eight bytes for each operation, used when its handler is `MARKED`.
 *
 *      0  u16  the operation's own handler
 *      2  u16  how often it was executed
 *      4  u32  slot of the table of compiled functions; 0 when there is none
 */
import { type Code, i32 } from '../wasm/index.ts';
import { MARK_BASE, word } from './place.ts';

export const MARK = { handler: 0, count: 2, slot: 4 } as const;

/** Bytes of operations for a byte of marks, as a shift. */
export const MARK_SHIFT = 1;

/** Address of an operation's mark. */
export const markOf = (operation: Code<'i32'>): Code<'i32'> =>
  i32.add(i32.shrU(operation, i32.const(MARK_SHIFT)), word(MARK_BASE));

/**
 * The type of compiled functions: (pc of the first instruction, calls that may still be nested, bank of TLBs) →
 * where to go on. The pc that is returned is odd when its instruction is the interpreter's business.
 */
export const REGION = { params: ['i64', 'i32', 'i32'], result: 'i64' } as const;
/** How deep compiled functions call each other before they return to the run loop. */
export const DEPTH = 256;
