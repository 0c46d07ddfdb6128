/** All changes of state of a run in the order of time, as traces want them. */
import type { SliceState, TaskLane, Timeline } from './model.ts';
import type { Window } from './window.ts';
import { lanesIn } from './window.ts';

export interface Change {
  readonly at: number;
  readonly lane: TaskLane;
  /** `gone` when the kernel has forgotten it. */
  readonly state: SliceState | 'gone';
  readonly cpu: number;
}

/** The changes within a window, and at its beginning the states in which its tasks are. */
export function changesIn(timeline: Timeline, window: Window): Change[] {
  const { from, to } = window;
  const changes: Change[] = [];
  for (const lane of lanesIn(timeline, window)) {
    for (const slice of lane.slices)
      if (slice.to >= from && slice.from <= to) {
        const { state, cpu } = slice;
        changes.push({ at: Math.max(from, slice.from), lane, state, cpu });
      }
    const end = lane.slices.at(-1)!.to;
    if (lane.life.ended !== null && end < timeline.end && end <= to)
      changes.push({ at: end, lane, state: 'gone', cpu: -1 });
  }
  // Who leaves a CPU does so before the next one gets it.
  return changes.sort((a, b) => a.at - b.at || Number(a.state === 'running') - Number(b.state === 'running'));
}

/** How many tasks are in a state, from an instant on. */
export interface Count {
  readonly at: number;
  readonly running: number;
  readonly ready: number;
  readonly blocked: number;
}

/** The counts wherever one changes. */
export function countsOf(changes: readonly Change[]): Count[] {
  const now = { running: 0, ready: 0, blocked: 0, stopped: 0, zombie: 0, gone: 0 };
  const states = new Map<TaskLane, Change['state']>();
  const counts: Count[] = [];
  for (const [i, { at, lane, state }] of changes.entries()) {
    const before = states.get(lane);
    if (before !== undefined) now[before]--;
    now[state]++;
    states.set(lane, state);
    if (changes[i + 1]?.at === at) continue;
    const { running, ready, blocked } = now;
    const last = counts.at(-1);
    if (last?.running !== running || last.ready !== ready || last.blocked !== blocked)
      counts.push({ at, running, ready, blocked });
  }
  return counts;
}
