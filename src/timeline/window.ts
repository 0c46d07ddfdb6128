/** The part of a timeline that a picture shows: an interval, and the tasks in it. */
import type { Slice, TaskLane, Timeline } from './model.ts';

export interface Window {
  /** Virtual nanoseconds. */
  readonly from: number;
  readonly to: number;
  /** Only the threads of this process and of those it made; all when undefined. */
  readonly pid?: number;
}

/** Lanes with something in the window. */
export function lanesIn(timeline: Timeline, { from, to, pid }: Window): TaskLane[] {
  const family = pid === undefined ? null : familyOf(timeline, pid);
  return timeline.lanes.filter(
    ({ life, slices }) =>
      (family?.has(life.tid) ?? true) && slices.length > 0 && slices[0]!.from <= to && endOf(slices) >= from,
  );
}

const endOf = (slices: readonly Slice[]): number => slices.at(-1)!.to;

function familyOf(timeline: Timeline, pid: number): Set<number> {
  const found = new Set([pid]);
  // Children come after their makers.
  for (const { life } of timeline.lanes)
    if (found.has(life.madeBy) || found.has(life.pid)) found.add(life.tid);
  return found;
}

/** The place of the first slice that ends after an instant. */
export function firstAfter(slices: readonly { readonly to: number }[], at: number): number {
  let [low, high] = [0, slices.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (slices[middle]!.to <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a run begins to be of interest: a long start before anything else happens leaves no room for what does. */
export function interestingFrom(timeline: Timeline): number {
  const begin = timeline.lanes.find(({ life }) => life.how !== 'boot')?.slices[0]?.from ?? 0;
  const fork = timeline.flows.find(({ kind }) => kind === 'fork')?.at ?? begin;
  return fork - begin > (timeline.end - begin) / 4 ? fork : begin;
}
