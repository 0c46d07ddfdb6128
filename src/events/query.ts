/** Which events are wanted. */
import { EVENT_KINDS } from './all.ts';
import { AT, type EventRows, kindAt, ROW, SEQ, tidAt } from './rows.ts';

export interface EventQuery {
  /** Number of the first event wanted, and of the first that is not any more. */
  readonly since?: number;
  readonly until?: number;
  /** Virtual time of the first wanted, and of the first that is not any more. */
  readonly from?: number;
  readonly to?: number;
  /** Names of kinds or groups; all when absent. */
  readonly kinds?: readonly string[];
  /** Tasks they are about; all when absent. */
  readonly tids?: readonly number[];
}

/** Does the record in a slot belong to what is wanted? */
export type Matcher = (rows: EventRows, slot: number) => boolean;

/** Reads a query once for many records. */
export function matcherOf({ since = 0, until, from = 0, to, kinds, tids }: EventQuery): Matcher {
  const wanted = Uint8Array.from(EVENT_KINDS, ({ name, group }) =>
    kinds === undefined || kinds.includes(name) || kinds.includes(group) ? 1 : 0,
  );
  const tasks = tids === undefined ? null : new Set(tids);
  const [last, end] = [until ?? Number.POSITIVE_INFINITY, to ?? Number.POSITIVE_INFINITY];
  return (rows, slot) => {
    const [seq, at] = [rows[slot * ROW + SEQ]!, rows[slot * ROW + AT]!];
    if (wanted[kindAt(rows, slot)] === 0 || seq < since || seq >= last || at < from || at >= end)
      return false;
    return tasks?.has(tidAt(rows, slot)) ?? true;
  };
}
