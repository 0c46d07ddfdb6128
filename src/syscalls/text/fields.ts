/** Structures in the caller's memory as strace prints them: read in one piece, told field by field. */
import type { Kernel } from '../../kernel/index.ts';

/** The bytes of one structure; numbers are little-endian. */
export class Fields {
  readonly #view: DataView;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8 = (at: number): number => this.#view.getUint8(at);
  u16 = (at: number): number => this.#view.getUint16(at, true);
  /** In the order of the network. */
  be16 = (at: number): number => this.#view.getUint16(at);
  be32 = (at: number): number => this.#view.getUint32(at);
  i16 = (at: number): number => this.#view.getInt16(at, true);
  u32 = (at: number): number => this.#view.getUint32(at, true);
  i32 = (at: number): number => this.#view.getInt32(at, true);
  u64 = (at: number): bigint => this.#view.getBigUint64(at, true);
  i64 = (at: number): bigint => this.#view.getBigInt64(at, true);
  /** An address, or a length that is one of ours. */
  word = (at: number): number => Number(this.u64(at));
  pointer = (at: number): string => addressText(this.word(at));
}

/** An address, NULL for nowhere. */
export const addressText = (addr: number): string => (addr === 0 ? 'NULL' : `0x${addr.toString(16)}`);

/** Reads a structure of that size; null where it cannot be read. */
export function fieldsAt(k: Kernel, addr: number, size: number): Fields | null {
  const bytes = new Uint8Array(size);
  return k.user.copyIn(addr, bytes) ? new Fields(bytes) : null;
}

/** A printer of structures of one size, for `struct`. */
export const structure =
  (size: number, text: (at: Fields, k: Kernel) => string) =>
  (k: Kernel, addr: number): string | null => {
    const at = fieldsAt(k, addr, size);
    return at === null ? null : text(at, k);
  };

/** struct timespec at an offset. */
export const timespec = (at: Fields, offset: number): string =>
  `{tv_sec=${at.i64(offset)}, tv_nsec=${at.u64(offset + 8)}}`;

/** struct timeval at an offset. */
export const timeval = (at: Fields, offset: number): string =>
  `{tv_sec=${at.i64(offset)}, tv_usec=${at.u64(offset + 8)}}`;
