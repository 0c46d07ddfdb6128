/** A transfer over bytes of the kernel's own: sendfile, splice and their kin move between two files through it. */
import type { Transfer } from './types.ts';

export class BufferTransfer implements Transfer {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  put(bytes: Uint8Array, start = 0, end = bytes.length): number {
    const count = Math.min(end - start, this.left);
    this.#bytes.set(bytes.subarray(start, start + count), this.#at);
    this.#at += count;
    return count;
  }

  take(into: Uint8Array, start = 0, end = into.length): number {
    const count = Math.min(end - start, this.left);
    into.set(this.#bytes.subarray(this.#at, this.#at + count), start);
    this.#at += count;
    return count;
  }
}
