/** Lanes as rows of cells, each of which stands for an equal part of a time. */
import type { LaneTimes } from './lane-times.ts';
import { COUNTED, type Counted } from './state-track.ts';

/** What a cell shows: `partly` is a task that ran for less than half of it, `gone` one that is not there. */
export type Cell = Counted | 'partly' | 'gone';

/** The cells of a lane over a time. */
export function cellsOf(lane: LaneTimes, from: number, to: number, count: number): Cell[] {
  const step = Math.max(1e-3, to - from) / count;
  return Array.from({ length: count }, (_, i) => cellOf(lane, from + i * step, from + (i + 1) * step));
}

function cellOf(lane: LaneTimes, from: number, to: number): Cell {
  if (to <= lane.begin) return 'gone';
  const times = lane.between(from, to);
  const there = COUNTED.reduce((sum, state) => sum + times[state], 0);
  if (there <= 0) return 'gone';
  if (times.running >= there / 2) return 'running';
  if (times.running > 0) return 'partly';
  return COUNTED.reduce((most, state) => (times[state] > times[most] ? state : most));
}

/** Neighbours that are alike, as one. */
export function runsOf<T>(
  cells: readonly T[],
): { readonly cell: T; readonly at: number; readonly length: number }[] {
  const runs: { cell: T; at: number; length: number }[] = [];
  for (const [at, cell] of cells.entries()) {
    const last = runs.at(-1);
    if (last !== undefined && last.cell === cell) last.length++;
    else runs.push({ cell, at, length: 1 });
  }
  return runs;
}
