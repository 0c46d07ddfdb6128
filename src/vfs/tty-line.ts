/**
 * What was typed and not read: bytes in a ring, the ends of the lines among them, and how a read takes them.
 * Positions count all bytes that ever came. Linux: n_tty.c, read_buf, read_flags, canon_head.
 */
import { EXTPROC, ICANON } from './termios.ts';
import type { Tty } from './tty.ts';
import type { Transfer } from './types.ts';

/** Linux: N_TTY_BUF_SIZE. */
export const TYPED_SIZE = 4096;

/** The byte at a position. */
export const typedAt = (tty: Tty, at: number): number => tty.typed[at & (TYPED_SIZE - 1)]!;

/** Adds a byte; the caller has seen that there is room. */
export function keepByte(tty: Tty, byte: number): void {
  tty.typed[tty.head++ & (TYPED_SIZE - 1)] = byte;
}

/** The line ends with this byte, which is read with it, or with 0, which is not (end of file). */
export function endLine(tty: Tty, byte: number): void {
  tty.ends.push(tty.head);
  keepByte(tty, byte);
  tty.lineHead = tty.head;
}

/** Do reads give lines? */
export const readsLines = ({ termios }: Tty): boolean => (termios.lflag & (ICANON | EXTPROC)) === ICANON;

/** How many bytes reads could take. */
export const readable = (tty: Tty): number => (readsLines(tty) ? tty.lineHead : tty.head) - tty.tail;

/** FIONREAD: without the ends of files. */
export function countReadable(tty: Tty): number {
  if (!readsLines(tty)) return tty.head - tty.tail;
  const ends = tty.ends.filter((at) => typedAt(tty, at) === 0).length;
  return tty.lineHead - tty.tail - ends;
}

/** How many bytes may still come; a full line takes more, which replace its last one. Linux: receive_room. */
export const roomFor = (tty: Tty): number => TYPED_SIZE - 1 - (tty.head - tty.tail);

/** Forgets all. */
export function clearTyped(tty: Tty): void {
  tty.head = tty.tail = tty.lineHead = 0;
  tty.ends.length = 0;
  tty.isErasing = false;
  tty.isLiteral = false;
}

/** Moves bytes from the tail to the caller; gives how many, fewer at a fault. */
function give(tty: Tty, to: Transfer, count: number): number {
  let done = 0;
  while (done < count) {
    const at = tty.tail & (TYPED_SIZE - 1);
    const size = Math.min(count - done, TYPED_SIZE - at);
    const put = to.put(tty.typed, at, at + size);
    tty.tail += put;
    done += put;
    if (put < size) break;
  }
  return done;
}

/** Gives what is there, up to what the caller wants. */
export function giveBytes(tty: Tty, to: Transfer): number | 'EFAULT' {
  return give(tty, to, Math.min(to.left, tty.head - tty.tail)) || 'EFAULT';
}

/** Gives a line, or what of it the caller has room for. 0: the end of the file. */
export function giveLine(tty: Tty, to: Transfer): number | 'EFAULT' {
  const size = Math.min(to.left, tty.lineHead - tty.tail);
  const end = tty.ends[0] ?? tty.lineHead;
  const found = end < tty.tail + size;
  const isEof = end < tty.lineHead && typedAt(tty, end) === 0;
  const count = found ? end - tty.tail + (isEof ? 0 : 1) : size;
  const done = give(tty, to, count);
  if (done < count) return done || 'EFAULT';
  // An end of file that follows directly is over, too (Linux: canon_skip_eof).
  const skips = isEof && tty.tail === end;
  if (skips) tty.tail++;
  if (found || skips) tty.ends.shift();
  return done;
}

/** Switching between canonical and raw: what was typed stays readable. Linux: n_tty_set_termios. */
export function changeMode(tty: Tty): void {
  const isCanonical = (tty.termios.lflag & ICANON) !== 0;
  tty.ends.length = 0;
  if (!isCanonical || tty.head === tty.tail) tty.lineHead = tty.tail;
  else {
    tty.ends.push(tty.head - 1);
    tty.lineHead = tty.head;
  }
  tty.isErasing = false;
  tty.isLiteral = false;
}
