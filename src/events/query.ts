/** Which events are wanted. */
import { EVENT_KINDS } from './all.ts';
import type { EventColumns } from './columns.ts';

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
export type Matcher = (columns: EventColumns, slot: number) => boolean;

/** Reads a query once for many records. */
export function matcherOf({ since = 0, until, from = 0, to, kinds, tids }: EventQuery): Matcher {
  const wanted = Uint8Array.from(EVENT_KINDS, ({ name, group }) =>
    kinds === undefined || kinds.includes(name) || kinds.includes(group) ? 1 : 0,
  );
  const tasks = tids === undefined ? null : new Set(tids);
  const [last, end] = [until ?? Number.POSITIVE_INFINITY, to ?? Number.POSITIVE_INFINITY];
  return (columns, slot) => {
    const [seq, at] = [columns.seq[slot]!, columns.at[slot]!];
    if (wanted[columns.kind[slot]!] === 0 || seq < since || seq >= last || at < from || at >= end)
      return false;
    return tasks?.has(columns.tid[slot]!) ?? true;
  };
}
