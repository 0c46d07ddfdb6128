/** A CPU's lane as cells: who had most of each part of a time. */
import type { Stay } from './model.ts';
import { firstAfter } from './window.ts';

/** Cells of nobody, of switches, and where it was mostly nobody's. */
export const NOBODY = 0;
export const SWITCHING = -1;
export const IDLE_MOSTLY = -2;

/** For each of so many parts of a time the task that had most of it. */
export function mostOf(stays: readonly Stay[], from: number, to: number, count: number): number[] {
  const step = Math.max(1e-3, to - from) / count;
  return Array.from({ length: count }, (_, i) => mostIn(stays, from + i * step, from + (i + 1) * step));
}

function mostIn(stays: readonly Stay[], from: number, to: number): number {
  const times = new Map<number, number>();
  const add = (tid: number, begin: number, end: number) => {
    const time = Math.min(to, end) - Math.max(from, begin);
    if (time > 0) times.set(tid, (times.get(tid) ?? 0) + time);
  };
  for (let i = firstAfter(stays, from); i < stays.length; i++) {
    const { tid, from: begin, to: end, switched } = stays[i]!;
    const cost = switched?.cost ?? 0;
    if (begin - cost >= to) break;
    add(SWITCHING, begin - cost, begin);
    add(tid, begin, end);
  }
  let [best, most] = [
    times.size === 0 ? NOBODY : IDLE_MOSTLY,
    to - from - [...times.values()].reduce((sum, time) => sum + time, 0),
  ];
  for (const [tid, time] of times) if (time > most) [best, most] = [tid, time];
  return best;
}
