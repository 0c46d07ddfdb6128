/** Events as they happen: each watcher gets those it asked for, in batches, and is told of what it missed. */
import { chosenKinds, type EventLog, type EventQuery, type EventRecord, matcherOf } from '../events/index.ts';
import { orThrow } from './error.ts';

/** What happened since the last batch. */
export interface EventBatch {
  readonly records: readonly EventRecord[];
  /** Records of any kind that were overwritten before they could be looked at; 0 while the machine runs by itself. */
  readonly dropped: number;
}

export type EventWatcher = (batch: EventBatch) => void;

/** Everybody who watches a machine's events. */
export class Watchers {
  readonly #log: EventLog;
  readonly #looks = new Set<() => void>();
  /** How many watchers asked for a kind that is not always recorded. */
  readonly #asked = new Map<string, number>();

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** Calls back with what has happened; gives what ends that. Throws when there is no such kind. */
  add(watcher: EventWatcher, query: EventQuery): () => void {
    const log = this.#log;
    const kinds = query.kinds === undefined ? [] : [...orThrow(chosenKinds(query.kinds))];
    const matches = matcherOf({ ...query, ...(query.kinds && { kinds }) });
    let place = log.firstSince(query.since ?? 0);
    let dropped = query.since === undefined ? place : 0;
    const look = () => {
      const records: EventRecord[] = [];
      dropped += Math.max(0, log.oldest - place);
      log.visit(place, matches, (record) => void records.push(record));
      place = log.written;
      if (records.length === 0 && dropped === 0) return;
      const batch = { records, dropped };
      dropped = 0;
      watcher(batch);
    };
    this.#ask(kinds, 1);
    this.#looks.add(look);
    return () => {
      if (this.#looks.delete(look)) this.#ask(kinds, -1);
    };
  }

  /** Does it name a kind that is not recorded yet? */
  asksMore({ kinds = [] }: EventQuery): boolean {
    return [...orThrow(chosenKinds(kinds))].some((kind) => !this.#log.wantsByName(kind));
  }

  /** Shows everybody what is new. */
  look(): void {
    for (const look of this.#looks) look();
  }

  #ask(kinds: readonly string[], change: number): void {
    for (const kind of kinds) {
      const count = (this.#asked.get(kind) ?? Number(this.#log.wantsByName(kind))) + change;
      this.#asked.set(kind, count);
      this.#log.want(kind, count > 0);
    }
  }
}
