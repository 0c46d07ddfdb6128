/** Bytes on their way between a file and the caller's memory, which may fault at any page. Linux: struct iov_iter. */
import { layout, type Mm, type UserMemory } from '../memory/index.ts';
import type { Transfer } from '../vfs/index.ts';

/** A range of user memory. */
export interface Range {
  readonly addr: number;
  readonly length: number;
}

const { PAGE_SIZE } = layout;

/** Moves bytes over ranges of user memory, in order. One lives for one call. */
export class UserTransfer implements Transfer {
  left: number;
  readonly #user: UserMemory;
  readonly #mm: Mm;
  readonly #ranges: readonly Range[];
  /** Range being moved, and how far. */
  #index = 0;
  #addr: number;
  #rest: number;

  constructor(user: UserMemory, mm: Mm, ranges: readonly Range[]) {
    this.#user = user;
    this.#mm = mm;
    this.#ranges = ranges;
    this.#addr = ranges[0]?.addr ?? 0;
    this.#rest = ranges[0]?.length ?? 0;
    this.left = 0;
    for (const { length } of ranges) this.left += length;
  }

  put(bytes: Uint8Array): number {
    return this.#move(bytes, true);
  }

  take(into: Uint8Array): number {
    return this.#move(into, false);
  }

  #move(bytes: Uint8Array, out: boolean): number {
    const want = Math.min(bytes.length, this.left);
    let done = 0;
    while (done < want) {
      const step = this.#step(want - done);
      const piece = step === bytes.length ? bytes : bytes.subarray(done, done + step);
      const moved = this.#copy(piece, out) ? step : this.#copyPages(piece, out);
      this.#advance(moved);
      done += moved;
      if (moved < step) break;
    }
    return done;
  }

  /** How much of the current range is next; enters the next range when this one is used up. */
  #step(want: number): number {
    while (this.#rest === 0) {
      const next = this.#ranges[++this.#index]!;
      this.#addr = next.addr;
      this.#rest = next.length;
    }
    return Math.min(want, this.#rest);
  }

  #advance(count: number): void {
    this.#addr += count;
    this.#rest -= count;
    this.left -= count;
  }

  #copy(piece: Uint8Array, out: boolean): boolean {
    return out
      ? this.#user.copyOut(this.#mm, this.#addr, piece)
      : this.#user.copyIn(this.#mm, this.#addr, piece);
  }

  /** There is a fault somewhere: as many whole pages as come before it. */
  #copyPages(piece: Uint8Array, out: boolean): number {
    let done = 0;
    while (done < piece.length) {
      const addr = this.#addr + done;
      const count = Math.min(PAGE_SIZE - (addr % PAGE_SIZE), piece.length - done);
      const part = piece.subarray(done, done + count);
      if (!(out ? this.#user.copyOut(this.#mm, addr, part) : this.#user.copyIn(this.#mm, addr, part))) break;
      done += count;
    }
    return done;
  }
}
