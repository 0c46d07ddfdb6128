/**
 * The event log: a ring of records kept in rows of one array, so that recording allocates nothing. Every event that happens
 * is counted, recorded or not: its number is the same whoever looks, and a place in the run to go to.
 */
import { bug, type Nanos } from '../base/index.ts';
import { EVENT_KINDS } from './all.ts';
import type { AnyEventKind, EventJson, EventRecord } from './event.ts';
import { Names } from './names.ts';
import { type EventQuery, type Matcher, matcherOf } from './query.ts';
import { AT, type EventRows, FIRST_FIELD, RETIRED, ROW, recordAt, SEQ, WHO, whoOf } from './rows.ts';
import { eventJson, eventText } from './show.ts';

/** The records that a log still has, and its names. */
export interface SavedEvents {
  readonly rows: EventRows;
  readonly next: number;
  readonly written: number;
  readonly wanted: Uint8Array;
  readonly names: readonly string[];
}

/** Told of each record as it is made, while the machine stands at it: must change nothing. */
export type EventListener = (
  kind: AnyEventKind,
  tid: number,
  a: number,
  b: number,
  c: number,
  d: number,
) => void;

/** What counts the instructions that were retired. */
interface Counter {
  readonly retired: number;
}

export class EventLog {
  /** Number of the next event. */
  next = 0;
  /** Records ever written: the last `capacity` of them are there. */
  written = 0;
  readonly capacity: number;
  readonly rows: EventRows;
  readonly names = new Names();
  listener: EventListener | null = null;
  readonly #counter: Counter;
  /** Which kinds are recorded, by id. */
  readonly #wanted: Uint8Array;
  /** Gives the slot of a record when the capacity is a power of two; 0 when it is not. */
  readonly #mask: number;

  constructor(capacity = 65536, counter: Counter = { retired: 0 }) {
    EVENT_KINDS.forEach((kind, at) => {
      if (kind.id !== at || Object.keys(kind.fields).length > ROW - FIRST_FIELD)
        bug(`event kind ${kind.name} is declared wrongly`);
    });
    this.capacity = capacity;
    this.#counter = counter;
    this.#mask = Number.isInteger(Math.log2(capacity)) ? capacity - 1 : 0;
    this.#wanted = Uint8Array.from(EVENT_KINDS, (kind) => (kind.always ? 1 : 0));
    this.rows = new Float64Array(capacity * ROW);
  }

  /** Turns a kind on or off; those marked `always` stay on. `none` turns all off. */
  want(name: string, wanted: boolean): void {
    if (name === 'none') this.#wanted.fill(0);
    const kind = EVENT_KINDS.find((each) => each.name === name);
    if (kind !== undefined) this.#wanted[kind.id] = kind.always || wanted ? 1 : 0;
  }

  /** Is the kind recorded? */
  wants(kind: AnyEventKind): boolean {
    return this.#wanted[kind.id] === 1;
  }

  /** The same, by the kind's name. */
  wantsByName(name: string): boolean {
    return EVENT_KINDS.some((kind) => kind.name === name && this.wants(kind));
  }

  /** Counts an event that is not to be recorded: true then. Else `record` must be called, which counts it. */
  skips(kind: AnyEventKind): boolean {
    if (this.#wanted[kind.id] === 1) return false;
    this.next++;
    return true;
  }

  /** The number of a text, for fields that hold one. */
  intern(text: string): number {
    return this.names.intern(text);
  }

  /** The text of an interned name. */
  nameOf = (id: number): string => this.names.of(id);

  record(kind: AnyEventKind, at: Nanos, cpu: number, tid: number, a = 0, b = 0, c = 0, d = 0): void {
    const seq = this.next++;
    if (this.#wanted[kind.id] === 0) return;
    const { rows } = this;
    const slot = this.#mask === 0 ? this.written % this.capacity : this.written & this.#mask;
    this.written++;
    const row = slot * ROW;
    rows[row + SEQ] = seq;
    rows[row + AT] = at;
    rows[row + RETIRED] = this.#counter.retired;
    rows[row + WHO] = whoOf(kind.id, cpu, tid);
    rows[row + FIRST_FIELD] = a;
    rows[row + FIRST_FIELD + 1] = b;
    rows[row + FIRST_FIELD + 2] = c;
    rows[row + FIRST_FIELD + 3] = d;
    if (this.listener !== null) this.listener(kind, tid, a, b, c, d);
  }

  /** The first record that is still there, counted in records. */
  get oldest(): number {
    return Math.max(0, this.written - this.capacity);
  }

  /** Records in order, as far back as the ring reaches. */
  records(query: EventQuery = {}): EventRecord[] {
    const found: EventRecord[] = [];
    this.visit(this.firstSince(query.since ?? 0), matcherOf(query), (record) => void found.push(record));
    return found;
  }

  /** Shows each record that matches, from a place counted in records. */
  visit(from: number, matches: Matcher, show: (record: EventRecord) => void): void {
    for (let i = Math.max(from, this.oldest); i < this.written; i++)
      if (matches(this.rows, i % this.capacity)) show(recordAt(this.rows, i % this.capacity));
  }

  /** The place, counted in records, of the first event that has this number or a later one. */
  firstSince(seq: number): number {
    let [low, high] = [this.oldest, this.written];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.rows[(middle % this.capacity) * ROW + SEQ]! < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** One record in words. */
  text(record: EventRecord): string {
    return eventText(record, this.nameOf);
  }

  /** One record with names instead of numbers. */
  json(record: EventRecord): EventJson {
    return eventJson(record, this.nameOf);
  }

  save(): SavedEvents {
    const used = Math.min(this.written, this.capacity);
    return {
      next: this.next,
      written: this.written,
      wanted: this.#wanted,
      names: this.names.list,
      rows: this.rows.subarray(0, used * ROW),
    };
  }

  /** Becomes what a saved log of the same capacity was. */
  load(saved: SavedEvents): void {
    if (saved.rows.length > this.rows.length) bug('a saved log does not fit this one');
    this.next = saved.next;
    this.written = saved.written;
    this.rows.set(saved.rows);
    this.#wanted.set(saved.wanted);
    this.names.load(saved.names);
  }
}
