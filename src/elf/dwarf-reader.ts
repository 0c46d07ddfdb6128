/** Reads the encodings of DWARF from a section: fixed sizes, LEB128, strings. Past the end everything is zero. */
import { decodeUtf8 } from '../base/index.ts';

export class DwarfReader {
  /** Where the next read begins. */
  at: number;
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isOver(): boolean {
    return this.at >= this.bytes.length;
  }

  u8(): number {
    return this.bytes[this.at++] ?? 0;
  }

  i8(): number {
    return (this.u8() << 24) >> 24;
  }

  u16(): number {
    this.at += 2;
    return this.at > this.bytes.length ? 0 : this.#view.getUint16(this.at - 2, true);
  }

  u32(): number {
    this.at += 4;
    return this.at > this.bytes.length ? 0 : this.#view.getUint32(this.at - 4, true);
  }

  i32(): number {
    return this.u32() | 0;
  }

  /** Rounded above 2^53. */
  u64(): number {
    const low = this.u32();
    return low + this.u32() * 2 ** 32;
  }

  i64(): number {
    const low = this.u32();
    return low + this.i32() * 2 ** 32;
  }

  uleb(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  sleb(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return byte & 0x40 ? value - scale * 128 : value;
    }
  }

  /** Up to its zero byte. */
  text(): string {
    const end = this.bytes.indexOf(0, this.at);
    const from = this.at;
    this.at = end < 0 ? this.bytes.length : end + 1;
    return decodeUtf8(this.bytes, from, end < 0 ? this.bytes.length : end);
  }
}
