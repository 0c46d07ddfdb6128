/**
 * Events in few bytes: a record's number, time and count are told as what has been added since the one before, all
 * numbers in as many bytes of seven bits as they need.
 */
import { bug } from '../base/index.ts';
import {
  AT,
  cpuAt,
  EVENT_KINDS,
  type EventLog,
  type EventRows,
  FIRST_FIELD,
  fieldNames,
  kindAt,
  RETIRED,
  ROW,
  SEQ,
  tidAt,
  WHO,
  whoOf,
} from '../events/index.ts';

/** Records, the names that came up with them, and how many before them were lost. */
export interface EventPiece {
  readonly count: number;
  readonly rows: EventRows;
  readonly firstName: number;
  readonly names: readonly string[];
  readonly dropped: number;
}

/** Whole numbers below this are written in bytes of seven bits; a zero and eight bytes stand for any other. */
const MOST = 2 ** 51;

class Writer {
  #bytes = new Uint8Array(1 << 12);
  #length = 0;

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  number(value: number): void {
    if (!Number.isInteger(value) || value >= MOST || value <= -MOST) {
      this.#count(0);
      this.#reserve(8);
      new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true);
      this.#length += 8;
    } else this.#count(value < 0 ? -2 * value : 2 * value + 1);
  }

  text(text: string): void {
    this.number(text.length);
    for (let i = 0; i < text.length; i++) this.#count(text.charCodeAt(i));
  }

  #count(value: number): void {
    this.#reserve(10);
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
    this.#bytes[this.#length++] = rest;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(): number {
    const code = this.#count();
    if (code !== 0) return code % 2 === 0 ? -code / 2 : (code - 1) / 2;
    this.#at += 8;
    if (this.#at > this.#bytes.length) return bug('events are cut off');
    return this.#view.getFloat64(this.#at - 8, true);
  }

  text(): string {
    let text = '';
    for (let left = this.length(); left > 0; left--) text += String.fromCharCode(this.#count());
    return text;
  }

  /** How many of something follow: each has a byte at least. */
  length(): number {
    const count = this.number();
    return count >= 0 && count <= this.#bytes.length - this.#at ? count : bug('events are damaged');
  }

  #count(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 56; scale *= 0x80) {
      const byte = this.#bytes[this.#at++] ?? bug('events are cut off');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return bug('events are damaged');
  }
}

/** Columns that grow: told as what has been added. */
const DIFFERENCES = [SEQ, AT, RETIRED] as const;

/** What the log has from a place on, and the names from one on. */
export function encodeEvents(log: EventLog, place: number, firstName: number): Uint8Array {
  const writer = new Writer();
  const from = Math.max(place, log.oldest);
  const names = log.names.list.slice(firstName);
  for (const value of [from - place, firstName, names.length]) writer.number(value);
  for (const name of names) writer.text(name);
  writer.number(log.written - from);
  const { rows } = log;
  const last = [0, 0, 0];
  for (let i = from; i < log.written; i++) {
    const slot = i % log.capacity;
    const kind = kindAt(rows, slot);
    writer.number(kind);
    for (const column of DIFFERENCES) {
      const value = rows[slot * ROW + column]!;
      writer.number(value - last[column]!);
      last[column] = value;
    }
    writer.number(tidAt(rows, slot));
    writer.number(cpuAt(rows, slot));
    for (let field = 0; field < fieldNames(kind).length; field++)
      writer.number(rows[slot * ROW + FIRST_FIELD + field]!);
  }
  return writer.bytes();
}

/** Reads events back; bytes that no writer made give a bug. */
export function decodeEvents(bytes: Uint8Array): EventPiece {
  const reader = new Reader(bytes);
  const [dropped, firstName] = [reader.number(), reader.number()];
  const names = Array.from({ length: reader.length() }, () => reader.text());
  const count = reader.length();
  const rows = new Float64Array(count * ROW);
  const last = [0, 0, 0];
  for (let row = 0; row < rows.length; row += ROW) {
    const kind = reader.number();
    if (EVENT_KINDS[kind] === undefined) return bug('events are of an unknown kind');
    for (const column of DIFFERENCES) rows[row + column] = last[column]! += reader.number();
    const tid = reader.number();
    rows[row + WHO] = whoOf(kind, reader.number(), tid);
    for (let field = 0; field < fieldNames(kind).length; field++)
      rows[row + FIRST_FIELD + field] = reader.number();
  }
  return { count, rows, firstName, names, dropped };
}
