import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Nanos, NEVER } from '../base/index.ts';
import { type Step, scriptedKernel } from './fixture.ts';
import type { Kernel } from './kernel.ts';
import { inherit, reschedule } from './preempt.ts';
import { idleTo, runCpus } from './schedule.ts';
import { SCHED } from './scheduler.ts';
import type { Task } from './types.ts';

const backlog = Number.POSITIVE_INFINITY;
const FOREVER: Step[] = [1e9];
const taskOf = (k: Kernel, tid: number): Task => k.tasks.get(tid as never)!;
const used = (k: Kernel, tid: number) => taskOf(k, tid).userTime;

/** Runs for so many instructions, over times in which everybody sleeps. */
function run(k: Kernel, retired: number): void {
  for (const end = k.retired + retired; k.retired < end; ) {
    const stop = runCpus(k, { retired: end, until: NEVER, events: NEVER, backlog });
    if (stop.why !== 'idle') return;
    if (stop.next >= NEVER) return;
    idleTo(k, stop.next);
  }
}

describe('shares by nice value', () => {
  test.each([
    [0, 1, 1.25],
    [0, 5, 1.25 ** 5],
    [-5, 5, 1.25 ** 10],
    [19, 19, 1],
  ])('nice %i against nice %i is %d to one', (one, other, ratio) => {
    const k = scriptedKernel([FOREVER, FOREVER]);
    reschedule(k, taskOf(k, 1), { nice: one });
    reschedule(k, taskOf(k, 2), { nice: other });
    run(k, 4_000_000);
    expect(used(k, 1) / used(k, 2)).toBeGreaterThan(ratio * 0.97);
    expect(used(k, 1) / used(k, 2)).toBeLessThan(ratio * 1.03);
  });

  test('any nice values share within a slice of what they should have, and nobody starves', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -20, max: 19 }), { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 3 }),
        (nices, cpus) => {
          const k = scriptedKernel(
            nices.map(() => FOREVER),
            { cpus },
          );
          for (const [i, nice] of nices.entries()) reschedule(k, taskOf(k, i + 1), { nice });
          run(k, 3_000_000);
          if (cpus === 1) {
            const weight = (nice: number) => 1.25 ** -nice;
            const all = nices.reduce((sum, nice) => sum + weight(nice), 0);
            for (const [i, nice] of nices.entries()) {
              const share = (k.retired * weight(nice)) / all;
              expect(Math.abs(used(k, i + 1) - share)).toBeLessThan(1000 * nices.length + 1000);
            }
          }
          for (const i of nices.keys()) expect(used(k, i + 1)).toBeGreaterThan(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('who sleeps does not save up: it goes first, and then shares', () => {
    const k = scriptedKernel([FOREVER, [{ sleep: 1_000_000 }, 1e9]]);
    run(k, 1_000_000);
    const before = used(k, 1);
    run(k, 1_000_000);
    expect(Math.abs(used(k, 1) - before - 500_000)).toBeLessThan(3000);
  });

  test('a task that wakes often waits less than a slice for one that never sleeps', () => {
    const blinking = Array.from({ length: 40 }, (): Step[] => [{ sleep: 5000 }, 20]).flat();
    const k = scriptedKernel([FOREVER, blinking]);
    run(k, 300_000);
    expect(taskOf(k, 2).readyTime / taskOf(k, 2).timesDispatched).toBeLessThan(600);
  });

  test('SCHED_IDLE makes way for all others', () => {
    const k = scriptedKernel([FOREVER, FOREVER]);
    reschedule(k, taskOf(k, 1), { policy: SCHED.SCHED_IDLE });
    run(k, 2_000_000);
    expect(used(k, 1)).toBeLessThan(2_000_000 * (4 / 1024));
    expect(used(k, 1)).toBeGreaterThan(0);
  });

  test('processors are never idle while somebody could run', () => {
    const k = scriptedKernel([FOREVER, FOREVER, FOREVER], { cpus: 2, quantum: 100_000 as Nanos });
    run(k, 10_000_000);
    const [a, b] = k.cpus;
    expect(Math.abs(a!.busyTime - b!.busyTime)).toBeLessThan(20_000);
  });
});

describe('real-time tasks', () => {
  const realTime = (k: Kernel, tid: number, policy: number, priority: number) =>
    reschedule(k, taskOf(k, tid), { policy, priority });

  test('run before all others, by priority, until they sleep', () => {
    const k = scriptedKernel([FOREVER, [5000, { sleep: 10_000 }, 5000], [3000, { sleep: 1e9 }]]);
    realTime(k, 2, SCHED.SCHED_FIFO, 10);
    realTime(k, 3, SCHED.SCHED_FIFO, 20);
    run(k, 20_000);
    const order = k.events.records({ kinds: ['dispatch'] }).map(({ at, tid }) => [at, tid]);
    expect(order).toEqual(
      [
        [0, 3],
        [3001, 2],
        [8002, 1],
        [18_002, 2],
        [23_003, 1],
      ].slice(0, order.length),
    );
    expect(order.length).toBeGreaterThan(3);
  });

  test('SCHED_FIFO never takes turns, SCHED_RR does after its own interval', () => {
    const turns = (policy: number) => {
      const k = scriptedKernel([FOREVER, FOREVER]);
      realTime(k, 1, policy, 5);
      realTime(k, 2, policy, 5);
      run(k, 250_000_000);
      return k.events.records({ kinds: ['dispatch'] }).length;
    };
    expect(turns(SCHED.SCHED_FIFO)).toBe(1);
    expect(turns(SCHED.SCHED_RR)).toBe(3);
  });

  test('an inherited priority lets an ordinary task run until it is given back', () => {
    const k = scriptedKernel([FOREVER, FOREVER, [100, { sleep: 1e9 }]]);
    realTime(k, 2, SCHED.SCHED_FIFO, 10);
    run(k, 1000);
    expect(used(k, 1)).toBe(0);
    inherit(k, taskOf(k, 1), 99 - 11);
    run(k, 1000);
    expect(used(k, 1)).toBe(1000);
    inherit(k, taskOf(k, 1), 100);
    run(k, 1000);
    expect(used(k, 1)).toBe(1000);
  });

  test('a change of the quantum does not matter to them', () => {
    const k = scriptedKernel([FOREVER, FOREVER], { quantum: 10 as Nanos });
    realTime(k, 1, SCHED.SCHED_FIFO, 1);
    run(k, 10_000);
    expect(used(k, 1)).toBe(10_000);
  });
});
