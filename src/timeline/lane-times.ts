/** How long a task was in each state, from its slices: exact at any resolution. */
import type { Slice } from './model.ts';
import { noTimes, type StateTimes } from './state-track.ts';
import { firstAfter } from './window.ts';

/** What a lane of a picture is asked: the time in each state between two instants. */
export interface LaneTimes {
  readonly begin: number;
  between(from: number, to: number): Readonly<StateTimes>;
}

export const timesOf = (slices: readonly Slice[]): LaneTimes => ({
  begin: slices[0]?.from ?? 0,
  between(from, to) {
    const times = noTimes();
    for (let i = firstAfter(slices, from); i < slices.length && slices[i]!.from < to; i++) {
      const slice = slices[i]!;
      times[slice.state] += Math.min(to, slice.to) - Math.max(from, slice.from);
    }
    return times;
  },
});
