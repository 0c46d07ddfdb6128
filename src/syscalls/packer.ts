/** Structures that calls deliver, being filled in. */
import type { Timestamp } from '../vfs/index.ts';

/** A little-endian structure being filled in. */
export class Packer {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u16(at: number, value: number): void {
    this.#view.setUint16(at, value, true);
  }

  u32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  u64(at: number, value: number): void {
    this.u32(at, value >>> 0);
    this.u32(at + 4, Math.floor(value / 2 ** 32) >>> 0);
  }

  time(at: number, { sec, nsec }: Timestamp): void {
    this.u64(at, sec);
    this.u64(at + 8, nsec);
  }
}
