/**
 * The timer queue: which deadline comes next. Whoever armed a timer looks again when it fires, so an entry
 * is just a time, what kind of thing it belongs to, and which one.
 */
import { type Nanos, NEVER } from '../base/index.ts';

/** What a deadline belongs to: a blocked task's wait, a process's real-time interval timer, a timerfd, a device, a POSIX timer. */
export const TIMER_KINDS = ['wait', 'itimer', 'timerfd', 'device', 'posix'] as const;
export type TimerKind = (typeof TIMER_KINDS)[number];

export interface DueTimer {
  readonly kind: TimerKind;
  readonly id: number;
}

interface Entry extends DueTimer {
  readonly at: Nanos;
  /** Order of arming: equal deadlines fire in it. */
  readonly seq: number;
}

const keyOf = (kind: TimerKind, id: number) => id * TIMER_KINDS.length + TIMER_KINDS.indexOf(kind);
const before = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.seq < b.seq);

/** So many more entries than twice the armed ones may lie in the heap. */
const SPARE = 256;

/** A binary heap whose cancelled entries stay until they surface; one deadline per (kind, id). */
export class TimerQueue {
  readonly #heap: Entry[] = [];
  readonly #live = new Map<number, Entry>();
  #seq = 0;

  /** Sets (or moves) the deadline of this thing; NEVER disarms it. */
  arm(at: Nanos, kind: TimerKind, id: number): void {
    if (at >= NEVER) {
      this.cancel(kind, id);
      return;
    }
    const entry: Entry = { at, kind, id, seq: this.#seq++ };
    this.#live.set(keyOf(kind, id), entry);
    this.#heap.push(entry);
    this.#up(this.#heap.length - 1);
    this.#dropStale();
    if (this.#heap.length > 2 * this.#live.size + SPARE) this.#compact();
  }

  /** Throws away the entries that nobody waits for: a timer that is moved again and again leaves many. */
  #compact(): void {
    const live = this.list();
    this.#heap.length = 0;
    for (const { kind, id } of live) this.#heap.push(this.#live.get(keyOf(kind, id))!);
  }

  cancel(kind: TimerKind, id: number): void {
    this.#live.delete(keyOf(kind, id));
    this.#dropStale();
  }

  /** When the next timer fires; NEVER when none is armed. */
  next(): Nanos {
    return this.#heap[0]?.at ?? NEVER;
  }

  /** When this thing's own timer fires. */
  deadlineOf(kind: TimerKind, id: number): Nanos {
    return this.#live.get(keyOf(kind, id))?.at ?? NEVER;
  }

  /** Takes the first timer that is due, or nothing. */
  popDue(now: Nanos): DueTimer | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    this.#live.delete(keyOf(first.kind, first.id));
    this.#dropStale();
    return first;
  }

  /** The armed timers in firing order, for views and state hashes. */
  list(): readonly (DueTimer & { readonly at: Nanos })[] {
    return [...this.#live.values()].sort((a, b) => a.at - b.at || a.seq - b.seq);
  }

  /** Keeps a live entry on top, so that `next` need not search. */
  #dropStale(): void {
    for (
      let top = this.#heap[0];
      top !== undefined && this.#live.get(keyOf(top.kind, top.id)) !== top;
      top = this.#heap[0]
    ) {
      const last = this.#heap.pop()!;
      if (this.#heap.length === 0) return;
      this.#heap[0] = last;
      this.#down(0);
    }
  }

  #up(at: number): void {
    const heap = this.#heap;
    for (let child = at; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!before(heap[child]!, heap[parent]!)) return;
      [heap[child], heap[parent]] = [heap[parent]!, heap[child]!];
      child = parent;
    }
  }

  #down(at: number): void {
    const heap = this.#heap;
    for (let parent = at; ; ) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2])
        if (child < heap.length && before(heap[child]!, heap[least]!)) least = child;
      if (least === parent) return;
      [heap[parent], heap[least]] = [heap[least]!, heap[parent]!];
      parent = least;
    }
  }
}
