/** Reads packed data (pack.ts) back. Bytes that no writer made give a bug, never an endless loop. */
import { bug } from './bug.ts';
import { TAG, TYPED } from './pack-tags.ts';

/** The data that was packed. Arrays of numbers are copies. */
export function unpack(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.value();
  return reader.isAtEnd ? value : bug('packed data has bytes left over');
}

/** Text of at most so many units is made in one call. */
const CHUNK = 4096;

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #known: unknown[] = [];
  readonly #shapes: (readonly string[])[] = [];
  #at = 0;

  constructor(bytes: Uint8Array) {
    // A Buffer of Node's slices otherwise.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(): unknown {
    const tag = this.#bytes[this.#at++];
    // In the order of how often they occur.
    if (tag === TAG.count) return this.#count();
    if (tag === TAG.again) return this.#known[this.#place(this.#known.length)];
    if (tag === TAG.record) return this.#record(this.#shapes[this.#place(this.#shapes.length)]!, false);
    if (tag === TAG.text) return this.#text(this.#length(1), 1);
    if (tag === TAG.null) return null;
    if (tag === TAG.list) return this.#list(this.#length(1));
    if (tag === TAG.map) return this.#map(this.#length(2));
    if (tag === TAG.false) return false;
    if (tag === TAG.true) return true;
    if (tag === TAG.number) return this.#number();
    if (tag === TAG.negative) return -this.#count();
    if (tag === TAG.newShape) return this.#record([], true);
    if (tag === TAG.numbers) return this.#numbers();
    if (tag === TAG.set) return this.#set(this.#length(1));
    if (tag === TAG.wideText) return this.#text(this.#length(2), 2);
    return tag === TAG.undefined ? undefined : bug('packed data is damaged');
  }

  #count(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#at++] ?? bug('packed data is cut off');
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return bug('packed data is damaged');
  }

  #place(end: number): number {
    const place = this.#count();
    return place >= 0 && place < end ? place : bug('packed data is damaged');
  }

  /** A number of things that take at least so many bytes each. */
  #length(least: number): number {
    const length = this.#count();
    return length >= 0 && length * least <= this.#bytes.length - this.#at
      ? length
      : bug('packed data is cut off');
  }

  #number(): number {
    this.#at += 8;
    return this.#at <= this.#bytes.length
      ? this.#view.getFloat64(this.#at - 8, true)
      : bug('packed data is cut off');
  }

  #text(length: number, width: 1 | 2): string {
    let text = '';
    for (let done = 0; done < length; done += CHUNK) {
      const units: number[] = [];
      for (let i = done; i < Math.min(length, done + CHUNK); i++, this.#at += width)
        units.push(this.#bytes[this.#at]! | (width === 2 ? this.#bytes[this.#at + 1]! << 8 : 0));
      text += String.fromCharCode(...units);
    }
    this.#known.push(text);
    return text;
  }

  #list(length: number): unknown[] {
    const list: unknown[] = [];
    this.#known.push(list);
    for (let i = 0; i < length; i++) list.push(this.value());
    return list;
  }

  #map(size: number): Map<unknown, unknown> {
    const map = new Map();
    this.#known.push(map);
    for (let i = 0; i < size; i++) map.set(this.value(), this.value());
    return map;
  }

  #set(size: number): Set<unknown> {
    const set = new Set();
    this.#known.push(set);
    for (let i = 0; i < size; i++) set.add(this.value());
    return set;
  }

  #record(known: readonly string[], isNew: boolean): Record<string, unknown> {
    const record: Record<string, unknown> = {};
    this.#known.push(record);
    const keys = isNew ? this.#shape() : known;
    for (const key of keys) record[key] = this.value();
    return record;
  }

  #shape(): readonly string[] {
    const keys = Array.from({ length: this.#length(1) }, () => this.value());
    if (!keys.every((key) => typeof key === 'string' && key !== '__proto__')) bug('packed data is damaged');
    this.#shapes.push(keys as string[]);
    return keys as string[];
  }

  #numbers(): unknown {
    const type = TYPED[this.#bytes[this.#at++]!] ?? bug('packed data is damaged');
    const length = this.#length(type.BYTES_PER_ELEMENT);
    const bytes = this.#bytes.slice(this.#at, this.#at + length * type.BYTES_PER_ELEMENT);
    this.#at += bytes.length;
    const numbers = new type(bytes.buffer, 0, length);
    this.#known.push(numbers);
    return numbers;
  }
}
