import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Nanos, NEVER } from '../base/index.ts';
import type { EventRecord } from '../events/index.ts';
import { type Step, scriptedKernel } from './fixture.ts';
import type { Kernel } from './kernel.ts';
import { idleTo, runCpus } from './schedule.ts';

const backlog = Number.POSITIVE_INFINITY;

/** Runs until all tasks have gone, in steps of at most so many instructions. */
function runToEnd(k: Kernel, step = Number.MAX_SAFE_INTEGER): void {
  for (let n = 0; n < 1_000_000; n++) {
    const stop = runCpus(k, { retired: k.retired + step, until: NEVER, events: NEVER, backlog });
    if (stop.why === 'halted') return;
    if (stop.why !== 'idle') continue;
    if (stop.next >= NEVER) return;
    idleTo(k, stop.next);
  }
}

const kinds = (k: Kernel, ...names: string[]) => k.events.records({ kinds: names });
const told = ({ kind, tid, at }: EventRecord) => `${at} ${tid} ${kind}`;

/** The first process outlives all others, so that nobody halts the machine early. */
const LAST: Step[] = [{ sleep: 1_000_000_000 }];

describe('round robin', () => {
  test('takes turns of one quantum in order of arrival', () => {
    const k = scriptedKernel([[2500], [1500], [500]]);
    runCpus(k, { retired: 4000, until: NEVER, events: NEVER, backlog });
    expect(kinds(k, 'dispatch', 'preempt').map(told)).toEqual([
      '0 1 dispatch',
      '1000 1 preempt',
      '1000 2 dispatch',
      '2000 2 preempt',
      '2000 3 dispatch',
      '2501 1 dispatch',
      '3501 1 preempt',
      '3501 2 dispatch',
    ]);
  });

  test('lets a lone task run on without a switch', () => {
    const k = scriptedKernel([[10_000, 'exit']]);
    runToEnd(k);
    expect(kinds(k, 'dispatch', 'preempt')).toHaveLength(1);
    expect(k.retired).toBe(10_001);
  });

  test('charges the price of a context switch to the processor, not to tasks', () => {
    const k = scriptedKernel(
      [
        [2000, { sleep: 100_000 }],
        [1000, 'exit'],
      ],
      { switchCost: 50 as Nanos },
    );
    runToEnd(k);
    const [cpu] = k.cpus;
    expect(cpu!.switchTime).toBe((cpu!.switches - 1) * 50);
    expect(k.tasks.get(2 as never)!.userTime).toBe(1000);
  });

  test('sleeps to the nanosecond, and time jumps when nobody runs', () => {
    const k = scriptedKernel([[{ sleep: 123_456 }, 10, 'exit']]);
    runToEnd(k);
    const wake = kinds(k, 'wake')[0]!;
    expect(wake.at).toBe(1 + 123_456);
    expect(k.now()).toBe(1 + 123_456 + 10 + 1);
  });

  test('yielding puts a task behind the others', () => {
    const k = scriptedKernel([
      [100, 'yield', 100, ...LAST],
      [100, 'yield', 100],
    ]);
    runToEnd(k);
    const order = kinds(k, 'dispatch').map(({ tid }) => tid);
    expect(order.slice(0, 4)).toEqual([1, 2, 1, 2]);
  });
});

describe('several processors', () => {
  test('two tasks on two processors take the time of one', () => {
    const time = (cpus: number) => {
      const k = scriptedKernel([LAST, [100_000], [100_000]], { cpus });
      runCpus(k, { retired: NEVER, until: NEVER, events: NEVER, backlog });
      return Math.max(...k.cpus.map(({ clock }) => clock));
    };
    expect(time(1)).toBeGreaterThan(200_000);
    expect(time(2)).toBeLessThan(110_000);
  });

  test('kernel entries happen in the order of virtual time', () => {
    const k = scriptedKernel([LAST, [50, 'yield', 70, 'yield', 3000], [60, 'yield', 20, 'yield', 3000]], {
      cpus: 3,
    });
    runToEnd(k);
    const times = kinds(k, 'block', 'exit', 'wake').map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.integer({ min: 1, max: 5000 }),
  fc.constant<Step>('yield'),
  fc.record({ sleep: fc.integer({ min: 0, max: 20_000 }) }),
);
const scripts = fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 5 });
const setting = fc.record({
  scripts,
  cpus: fc.integer({ min: 1, max: 4 }),
  cost: fc.integer({ min: 0, max: 300 }),
});

/** When each task ran where: from its dispatch to its preemption, yield, block or exit. */
function bursts(k: Kernel) {
  const open = new Map<number, EventRecord>();
  const found: { tid: number; cpu: number; from: number; to: number }[] = [];
  for (const event of kinds(k, 'dispatch', 'preempt', 'yield', 'block', 'exit')) {
    if (event.kind === 'dispatch') open.set(event.tid, event);
    else {
      const { at, cpu } = open.get(event.tid)!;
      open.delete(event.tid);
      found.push({ tid: event.tid, cpu, from: at, to: event.at });
    }
  }
  return found;
}

describe('any scripts on any number of processors', () => {
  const make = ({ scripts, cpus, cost }: { scripts: Step[][]; cpus: number; cost: number }) =>
    scriptedKernel([LAST, ...scripts], { cpus, switchCost: cost as Nanos });

  test('no processor runs two tasks at once, and no task runs in two places at once', () => {
    fc.assert(
      fc.property(setting, (it) => {
        const k = make(it);
        runToEnd(k);
        for (const by of ['cpu', 'tid'] as const) {
          const last = new Map<number, number>();
          for (const burst of bursts(k).sort((a, b) => a.from - b.from)) {
            expect(burst.from).toBeGreaterThanOrEqual(last.get(burst[by]) ?? 0);
            last.set(burst[by], burst.to);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a run cut into pieces of any size is the same run', () => {
    fc.assert(
      fc.property(setting, fc.integer({ min: 1, max: 3000 }), (it, piece) => {
        const [whole, cut] = [make(it), make(it)];
        runToEnd(whole);
        runToEnd(cut, piece);
        expect(cut.events.records().map(told)).toEqual(whole.events.records().map(told));
        expect(cut.retired).toBe(whole.retired);
      }),
      { numRuns: 60 },
    );
  });

  test('every instruction is charged to exactly one task and one processor', () => {
    fc.assert(
      fc.property(setting, (it) => {
        const k = make(it);
        runToEnd(k);
        const busy = k.cpus.reduce((sum, { busyTime }) => sum + busyTime, 0);
        const used = [...k.groups.values()].reduce((sum, { usage }) => sum + usage.userTime, 0);
        const live = [...k.tasks.values()].filter(({ run }) => run !== 'zombie');
        expect(busy).toBe(used + live.reduce((sum, { userTime }) => sum + userTime, 0));
      }),
      { numRuns: 40 },
    );
  });
});
