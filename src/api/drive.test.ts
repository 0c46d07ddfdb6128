import { expect, test, vi } from 'vitest';
import type { Nanos, Problem } from '../base/index.ts';
import type { Machine as Core, RunState } from '../machine/index.ts';
import { Driver } from './drive.ts';

/** A machine that gives these states one after the other. */
function fakeCore(...states: readonly (RunState | Error)[]) {
  const core = {
    now: 0 as Nanos,
    settings: { maxInstructions: 5, virtualTimeout: 1e9, maxOutput: 7 },
    budgets: [] as number[],
    idle: vi.fn((until: Nanos) => {
      core.now = until;
    }),
    run(budget: number): RunState {
      const state = states[core.budgets.length] ?? { state: 'exited', status: 0 };
      core.budgets.push(budget);
      if (state instanceof Error) throw state;
      return state;
    },
  };
  return core;
}

/** Drives it to its end; gives why it stopped. */
const drive = (core: ReturnType<typeof fakeCore>, collect = () => false): Promise<Problem | null> =>
  new Promise((resolve) => {
    new Driver(core as unknown as Core, {
      stopsInDeadlock: false,
      collect,
      isNeeded: () => true,
      stopped: resolve,
    });
  });

test('it runs in stretches until the machine has ended', async () => {
  const core = fakeCore({ state: 'running' }, { state: 'running' });
  expect(await drive(core)).toBeNull();
  expect(core.budgets).toHaveLength(3);
});

test('a limit stops it with the sentence of that limit', async () => {
  expect(await drive(fakeCore({ state: 'limit', limit: 'output' }))).toMatchObject({
    code: 'limit-output',
    sentence: 'stopped after 7 bytes of output, its limit',
  });
});

test('while all tasks sleep it waits for real time, and tells the machine when', async () => {
  const core = fakeCore({ state: 'idle', until: 30_000_000 as Nanos });
  const began = performance.now();
  await drive(core);
  expect(performance.now() - began).toBeGreaterThan(25);
  expect(core.idle).toHaveBeenCalledWith(30_000_000);
});

test('output that nobody takes stops nothing for good: it goes on when somebody wakes it', async () => {
  const core = fakeCore({ state: 'output-full' }, { state: 'waiting' });
  const ended = new Promise((resolve) => {
    const driver = new Driver(core as unknown as Core, {
      stopsInDeadlock: false,
      collect: () => false,
      isNeeded: () => true,
      stopped: resolve,
    });
    setTimeout(() => driver.wake(), 5);
    setTimeout(() => driver.wake(), 15);
  });
  expect(await ended).toBeNull();
});

test('a fault of ours is told as one, with where it happened', async () => {
  const why = await drive(fakeCore(new Error('impossible')));
  expect(why).toMatchObject({ code: 'bug', sentence: 'this is a fault of timeslice: impossible' });
  expect(why?.hint).toContain('drive.test.ts');
});
