/**
 * Records in rows of eight numbers: what the log keeps, and what a recording holds of it. A row is a line of the
 * cache, which is what recording costs.
 *
 *     number · virtual time · count of instructions · kind + 256 CPU + 65536 task · four fields
 */
import type { Nanos } from '../base/index.ts';
import { EVENT_KINDS } from './all.ts';
import type { EventRecord } from './event.ts';

/** Records, one after the other. */
export type EventRows = Float64Array;

/** Numbers of a record. */
export const ROW = 8;
/** Where in a row. */
export const SEQ = 0;
export const AT = 1;
export const RETIRED = 2;
export const WHO = 3;
export const FIRST_FIELD = 4;

const CPU_UNIT = 0x100;
const TID_UNIT = 0x10000;

/** Kind, CPU and task in one number. */
export const whoOf = (kind: number, cpu: number, tid: number): number =>
  kind + cpu * CPU_UNIT + tid * TID_UNIT;

export const kindAt = (rows: EventRows, slot: number): number => rows[slot * ROW + WHO]! % CPU_UNIT;
export const cpuAt = (rows: EventRows, slot: number): number =>
  Math.floor((rows[slot * ROW + WHO]! % TID_UNIT) / CPU_UNIT);
export const tidAt = (rows: EventRows, slot: number): number =>
  Math.floor(rows[slot * ROW + WHO]! / TID_UNIT);

/** Names of the fields of each kind, by id. */
const FIELD_NAMES = EVENT_KINDS.map(({ fields }) => Object.keys(fields));

/** Names of a kind's fields, in the order of their numbers. */
export const fieldNames = (kind: number): readonly string[] => FIELD_NAMES[kind] ?? [];

/** One record as a view reads it. */
export function recordAt(rows: EventRows, slot: number): EventRecord {
  const row = slot * ROW;
  const kind = kindAt(rows, slot);
  const fields: Record<string, number> = {};
  const names = fieldNames(kind);
  for (let i = 0; i < names.length; i++) fields[names[i]!] = rows[row + FIRST_FIELD + i]!;
  return {
    seq: rows[row + SEQ]!,
    at: rows[row + AT]! as Nanos,
    retired: rows[row + RETIRED]!,
    cpu: cpuAt(rows, slot),
    tid: tidAt(rows, slot),
    kind: EVENT_KINDS[kind]!.name,
    fields,
  };
}
