/**
 * The event log: a ring of records kept in columns, so that recording allocates nothing. A record is one
 * index into every column; `fields` has four numbers for each.
 */
import { bug, type Nanos } from '../base/index.ts';
import { type AnyEventKind, type EventRecord, FIELDS } from './event.ts';

export interface EventQuery {
  /** Sequence number of the first record wanted. */
  readonly since?: number;
  /** Names of kinds; all when absent. */
  readonly kinds?: readonly string[];
}

/** The records that a log still has, and its names. */
export interface SavedEvents {
  readonly next: number;
  readonly wanted: Uint8Array;
  readonly at: Float64Array;
  readonly tid: Int32Array;
  readonly cpu: Uint8Array;
  readonly kind: Uint8Array;
  readonly fields: Float64Array;
  readonly names: readonly string[];
}

export class EventLog {
  /** Sequence number of the next record. */
  next = 0;
  readonly capacity: number;
  readonly #kinds: readonly AnyEventKind[];
  /** Which kinds are recorded, by id. */
  readonly #wanted: Uint8Array;
  readonly #at: Float64Array;
  readonly #tid: Int32Array;
  readonly #cpu: Uint8Array;
  readonly #kind: Uint8Array;
  readonly #fields: Float64Array;
  readonly #names: string[] = [''];
  readonly #nameIds = new Map<string, number>([['', 0]]);
  /** The text asked for last: it mostly is the same again. */
  #lastText = '';
  #lastId = 0;
  /** Gives the slot of a sequence number when the capacity is a power of two; 0 when it is not. */
  readonly #mask: number;

  constructor(kinds: readonly AnyEventKind[], capacity = 65536) {
    kinds.forEach((kind, at) => {
      if (kind.id !== at || kind.fields.length > FIELDS) bug(`event kind ${kind.name} is declared wrongly`);
    });
    this.capacity = capacity;
    this.#mask = Number.isInteger(Math.log2(capacity)) ? capacity - 1 : 0;
    this.#kinds = kinds;
    this.#wanted = Uint8Array.from(kinds, (kind) => (kind.always ? 1 : 0));
    this.#at = new Float64Array(capacity);
    this.#tid = new Int32Array(capacity);
    this.#cpu = new Uint8Array(capacity);
    this.#kind = new Uint8Array(capacity);
    this.#fields = new Float64Array(capacity * FIELDS);
  }

  /** Turns a kind on or off; those marked `always` stay on. */
  want(name: string, wanted: boolean): void {
    const kind = this.#kinds.find((each) => each.name === name);
    if (kind !== undefined) this.#wanted[kind.id] = kind.always || wanted ? 1 : 0;
  }

  wants(kind: AnyEventKind): boolean {
    return this.#wanted[kind.id] === 1;
  }

  /** The id of a text, for fields that hold one. */
  intern(text: string): number {
    if (text === this.#lastText) return this.#lastId;
    let id = this.#nameIds.get(text);
    if (id === undefined) {
      id = this.#names.push(text) - 1;
      this.#nameIds.set(text, id);
    }
    this.#lastText = text;
    this.#lastId = id;
    return id;
  }

  /** The text of an interned name. */
  nameOf = (id: number): string => this.#names[id] ?? '';

  record(kind: AnyEventKind, at: Nanos, cpu: number, tid: number, a = 0, b = 0, c = 0, d = 0): void {
    if (this.#wanted[kind.id] === 0) return;
    const slot = this.#mask === 0 ? this.next % this.capacity : this.next & this.#mask;
    this.next++;
    this.#at[slot] = at;
    this.#cpu[slot] = cpu;
    this.#tid[slot] = tid;
    this.#kind[slot] = kind.id;
    const field = slot * FIELDS;
    this.#fields[field] = a;
    this.#fields[field + 1] = b;
    this.#fields[field + 2] = c;
    this.#fields[field + 3] = d;
  }

  /** The oldest sequence number that is still there. */
  get oldest(): number {
    return Math.max(0, this.next - this.capacity);
  }

  /** Records in order, as far back as the ring reaches. */
  records({ since = 0, kinds }: EventQuery = {}): EventRecord[] {
    const found: EventRecord[] = [];
    for (let seq = Math.max(since, this.oldest); seq < this.next; seq++) {
      const record = this.#read(seq);
      if (kinds === undefined || kinds.includes(record.kind)) found.push(record);
    }
    return found;
  }

  /** One record in words. */
  text(record: EventRecord): string {
    const kind = this.#kinds.find(({ name }) => name === record.kind)!;
    return kind.text(record.fields as never, this.nameOf);
  }

  save(): SavedEvents {
    const used = Math.min(this.next, this.capacity);
    return {
      next: this.next,
      wanted: this.#wanted,
      at: this.#at.subarray(0, used),
      tid: this.#tid.subarray(0, used),
      cpu: this.#cpu.subarray(0, used),
      kind: this.#kind.subarray(0, used),
      fields: this.#fields.subarray(0, used * FIELDS),
      names: this.#names,
    };
  }

  /** Becomes what a saved log of the same capacity was. */
  load(saved: SavedEvents): void {
    if (saved.at.length > this.capacity) bug('a saved log does not fit this one');
    this.next = saved.next;
    this.#wanted.set(saved.wanted);
    this.#at.set(saved.at);
    this.#tid.set(saved.tid);
    this.#cpu.set(saved.cpu);
    this.#kind.set(saved.kind);
    this.#fields.set(saved.fields);
    this.#names.length = 0;
    this.#nameIds.clear();
    this.#lastText = '';
    this.#lastId = 0;
    for (const name of saved.names) this.#nameIds.set(name, this.#names.push(name) - 1);
  }

  #read(seq: number): EventRecord {
    const slot = seq % this.capacity;
    const kind = this.#kinds[this.#kind[slot]!]!;
    const fields = Object.fromEntries(kind.fields.map((name, i) => [name, this.#fields[slot * FIELDS + i]!]));
    const at = this.#at[slot]! as Nanos;
    return { seq, at, cpu: this.#cpu[slot]!, tid: this.#tid[slot]!, kind: kind.name, fields };
  }
}
