/** Bytes on their way between a file and the caller's memory, which may fault at any page. Linux: struct iov_iter. */
import type { Mm, UserMemory } from '../memory/index.ts';
import type { Transfer } from '../vfs/index.ts';

/** A range of user memory. */
export interface Range {
  readonly addr: number;
  readonly length: number;
}

/** For a transfer of one range. */
export const NO_RANGES: readonly Range[] = [];

/** Moves bytes over ranges of user memory, in order. One lives for one call. */
export class UserTransfer implements Transfer {
  left: number;
  readonly #user: UserMemory;
  readonly #mm: Mm;
  /** The range being moved, what is left of it, and those behind it. */
  #addr: number;
  #rest: number;
  readonly #ranges: readonly Range[];
  #next = 0;

  constructor(user: UserMemory, mm: Mm, addr: number, length: number, ranges: readonly Range[]) {
    this.#user = user;
    this.#mm = mm;
    this.#addr = addr;
    this.#rest = length;
    this.#ranges = ranges;
    this.left = length;
    for (let i = 0; i < ranges.length; i++) this.left += ranges[i]!.length;
  }

  put(bytes: Uint8Array, start = 0, end = bytes.length): number {
    return this.#move(bytes, start, end, true);
  }

  take(into: Uint8Array, start = 0, end = into.length): number {
    return this.#move(into, start, end, false);
  }

  #move(bytes: Uint8Array, start: number, end: number, out: boolean): number {
    const want = Math.min(end - start, this.left);
    let done = 0;
    while (done < want) {
      const step = this.#step(want - done);
      const from = start + done;
      const moved = this.#copy(bytes, from, from + step, out);
      this.#addr += moved;
      this.#rest -= moved;
      this.left -= moved;
      done += moved;
      if (moved < step) break;
    }
    return done;
  }

  /** How much of the current range is next; enters the next range when this one is used up. */
  #step(want: number): number {
    while (this.#rest === 0) {
      const next = this.#ranges[this.#next++]!;
      this.#addr = next.addr;
      this.#rest = next.length;
    }
    return Math.min(want, this.#rest);
  }

  /** Gives how much was copied: where there is a fault, as many whole pages as come before it. */
  #copy(bytes: Uint8Array, start: number, end: number, out: boolean): number {
    return out
      ? this.#user.copyOutUpTo(this.#mm, this.#addr, bytes, start, end)
      : this.#user.copyInUpTo(this.#mm, this.#addr, bytes, start, end);
  }
}
