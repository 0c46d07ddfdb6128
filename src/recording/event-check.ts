/** Compares the events of a replay with those that were recorded, as they come. */
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
} from '../events/index.ts';
import type { EventPiece } from './event-codec.ts';

export class EventCheck {
  readonly #pieces: readonly EventPiece[];
  readonly #nameOf: (id: number) => string;
  #piece = 0;
  #slot = 0;
  #place = 0;

  constructor(pieces: readonly EventPiece[], nameOf: (id: number) => string) {
    // Where some were lost there is nothing to compare with.
    this.#pieces = pieces.some(({ dropped }) => dropped > 0) ? [] : pieces;
    this.#nameOf = nameOf;
  }

  /** What has happened since is as it was recorded, as far as that reaches: null, or how it was and is. */
  differs(log: EventLog): { readonly was: string; readonly is: string } | null {
    for (; this.#place < log.written; this.#place++, this.#slot++) {
      while (this.#slot >= (this.#pieces[this.#piece]?.count ?? Number.POSITIVE_INFINITY)) {
        this.#piece++;
        this.#slot = 0;
      }
      const piece = this.#pieces[this.#piece];
      if (piece === undefined) return null;
      if (areEqual(piece.rows, this.#slot, log.rows, this.#place % log.capacity)) continue;
      const was = tellRow(piece.rows, this.#slot, this.#nameOf);
      const is = tellRow(log.rows, this.#place % log.capacity, log.nameOf);
      if (was !== is) return { was, is };
    }
    return null;
  }
}

/** Names mostly have the same numbers; only where something differs it is looked at as text. */
function areEqual(a: EventRows, slot: number, b: EventRows, other: number): boolean {
  for (let i = 0; i < ROW; i++) if (!Object.is(a[slot * ROW + i], b[other * ROW + i])) return false;
  return true;
}

/** All of a record, to be compared and shown. */
function tellRow(rows: EventRows, slot: number, nameOf: (id: number) => string): string {
  const kind = kindAt(rows, slot);
  const row = slot * ROW;
  const values = fieldNames(kind).map((name, i) => {
    const value = rows[row + FIRST_FIELD + i]!;
    return `${name} ${name.endsWith('Name') ? JSON.stringify(nameOf(value)) : value}`;
  });
  const head = `event ${rows[row + SEQ]} at ${rows[row + AT]} ns, instruction ${rows[row + RETIRED]}`;
  const who = `CPU ${cpuAt(rows, slot)}, task ${tidAt(rows, slot)}`;
  return `${head}, ${who}: ${EVENT_KINDS[kind]?.name} ${values.join(', ')}`;
}
