/** Records in columns: what the log keeps, and what a recording holds of it. */
import type { Nanos } from '../base/index.ts';
import { EVENT_KINDS } from './all.ts';
import { type EventRecord, FIELDS } from './event.ts';

/** Each record is one index into every column; `fields` has four numbers for each. */
export interface EventColumns {
  readonly seq: Float64Array;
  readonly at: Float64Array;
  readonly retired: Float64Array;
  readonly tid: Int32Array;
  readonly cpu: Uint8Array;
  readonly kind: Uint8Array;
  readonly fields: Float64Array;
}

/** Room for so many records. */
export const newColumns = (size: number): EventColumns => ({
  seq: new Float64Array(size),
  at: new Float64Array(size),
  retired: new Float64Array(size),
  tid: new Int32Array(size),
  cpu: new Uint8Array(size),
  kind: new Uint8Array(size),
  fields: new Float64Array(size * FIELDS),
});

/** Names of the fields of each kind, by id. */
const FIELD_NAMES = EVENT_KINDS.map(({ fields }) => Object.keys(fields));

/** Names of a kind's fields, in the order of their numbers. */
export const fieldNames = (kind: number): readonly string[] => FIELD_NAMES[kind] ?? [];

/** One record as a view reads it. */
export function recordAt(columns: EventColumns, slot: number): EventRecord {
  const kind = columns.kind[slot]!;
  const fields: Record<string, number> = {};
  const names = fieldNames(kind);
  for (let i = 0; i < names.length; i++) fields[names[i]!] = columns.fields[slot * FIELDS + i]!;
  return {
    seq: columns.seq[slot]!,
    at: columns.at[slot]! as Nanos,
    retired: columns.retired[slot]!,
    cpu: columns.cpu[slot]!,
    tid: columns.tid[slot]!,
    kind: EVENT_KINDS[kind]!.name,
    fields,
  };
}
