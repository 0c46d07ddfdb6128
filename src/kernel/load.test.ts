/** Load averages, held to what Linux's own arithmetic gives for tasks that run all the time, or none. */
import { expect, test } from 'vitest';
import type { Nanos } from '../base/index.ts';
import type { Kernel } from './kernel.ts';
import { followLoad, loadAverages, newLoad } from './load.ts';

/** A machine of one CPU that comes to a time, having been busy since the last one or not. */
function pass(k: { now: number; busy: number; kernel: Kernel }, seconds: number, isBusy: boolean): void {
  k.now += seconds * 1e9;
  if (isBusy) k.busy += seconds * 1e9;
  followLoad(k.kernel, k.now as Nanos);
}

function machine() {
  const state = { now: 0, busy: 0 };
  const cpu = {
    task: 1,
    get busyTime() {
      return state.busy;
    },
  };
  const kernel = { load: newLoad(), cpus: [cpu], scheduler: { size: 0 }, now: () => state.now };
  return Object.assign(state, { kernel: kernel as unknown as Kernel });
}

const shown = (kernel: Kernel) => loadAverages(kernel).map((load) => load.toFixed(2));

test('a task that never sleeps brings the averages up to one, the short one first', () => {
  const k = machine();
  for (let i = 0; i < 12; i++) pass(k, 5, true);
  expect(shown(k.kernel)).toEqual(['0.63', '0.18', '0.06']);
  for (let i = 0; i < 400; i++) pass(k, 5, true);
  expect(shown(k.kernel)).toEqual(['1.00', '1.00', '0.93']);
});

test('with nobody there they fall, in one long sleep as in many short ones', () => {
  const [long, short] = [machine(), machine()];
  for (const k of [long, short]) pass(k, 300, true);
  pass(long, 60, false);
  for (let i = 0; i < 12; i++) pass(short, 5, false);
  const [a, b] = [loadAverages(long.kernel), loadAverages(short.kernel)];
  a.forEach((load, i) => {
    expect(Math.abs(load - b[i]!)).toBeLessThan(0.01);
  });
  expect(a[0]).toBeCloseTo(0.36, 1);
});

test('tasks that share a CPU count each', () => {
  const k = machine();
  Object.assign(k.kernel.scheduler, { size: 3 });
  pass(k, 600, true);
  expect(Number(shown(k.kernel)[0])).toBeCloseTo(4, 1);
});

test('less than five seconds are not told yet', () => {
  const k = machine();
  pass(k, 4.9, true);
  expect(shown(k.kernel)).toEqual(['0.00', '0.00', '0.00']);
});
