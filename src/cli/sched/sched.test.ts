import { describe, expect, test } from 'vitest';
import { isProblem } from '../../base/index.ts';
import type { EventRecord } from '../../host-node/index.ts';
import { Lane } from './lane.ts';
import { jain, Measuring } from './measure.ts';
import { programsOf, wordsOf } from './programs.ts';
import { readSettings } from './settings.ts';
import { ganttLines, tableLines } from './text.ts';

const NAMES = ['', 'work'];

/** Events of tasks, written as [time, tid, kind, fields, cpu]. */
const events = (...rows: [number, number, string, Record<string, number>?, number?][]): EventRecord[] =>
  rows.map(([at, tid, kind, fields = {}, cpu = 0], seq) => ({
    seq,
    at: at as never,
    retired: at,
    cpu,
    tid,
    kind,
    fields,
  }));

const measured = (cpus: number, ...rows: Parameters<typeof events>) => {
  const measuring = new Measuring(cpus, (id) => NAMES[id] ?? '');
  measuring.take(events(...rows));
  return measuring;
};

/** Three jobs of 24, 3 and 3 in order of arrival: the textbook's. */
const CONVOY = measured(
  1,
  [0, 2, 'exec', { commName: 1 }],
  [0, 3, 'exec', { commName: 1 }],
  [0, 4, 'exec', { commName: 1 }],
  [0, 2, 'switch', { from: 0, cost: 0 }],
  [0, 2, 'dispatch', { waited: 0 }],
  [24, 2, 'exit'],
  [24, 3, 'dispatch', { waited: 24 }],
  [27, 3, 'exit'],
  [27, 4, 'dispatch', { waited: 27 }],
  [30, 4, 'exit'],
);

test('24, 3, 3 in order of arrival: waiting 17, turnaround 27 on the average', () => {
  expect(CONVOY.measures()).toMatchObject({
    tasks: 3,
    elapsed: 30,
    turnaround: 27,
    waiting: 17,
    response: 17,
    throughput: 1e8,
    overhead: 0,
    utilization: 1,
  });
});

test('equal shares are those of a processor that all who want it share', () => {
  // 24 ns with three, 3 with two, 3 alone: 8; 8 + 1.5; 8 + 1.5 + 3.
  expect([...CONVOY.tasks.values()].map(({ share }) => share)).toEqual([8, 9.5, 12.5]);
});

test('what switches cost is part of the used time', () => {
  const measuring = measured(
    1,
    [0, 2, 'exec', { commName: 1 }],
    [0, 2, 'switch', { from: 0, cost: 10 }],
    [10, 2, 'dispatch', { waited: 0 }],
    [40, 2, 'exit'],
  );
  expect(measuring.measures().overhead).toBe(0.25);
});

test("Jain's index", () => {
  expect(jain([])).toBe(1);
  expect(jain([5, 5, 5].map((cpu) => ({ cpu, share: 5 })))).toBeCloseTo(1);
  expect(jain([9, 0, 0].map((cpu) => ({ cpu, share: 3 })))).toBeCloseTo(1 / 3);
  expect(jain([{ cpu: 0, share: 0 }])).toBe(1);
});

test('a lane keeps its sums however long the run becomes', () => {
  const lane = new Lane();
  for (let i = 0; i < 2000; i++) lane.add(2 + (i % 2), i * 10_000, (i + 1) * 10_000);
  lane.add(9, 20_000_000, 40_000_000);
  expect(lane.most(0, 40_000_000, 4).slice(2)).toEqual([9, 9]);
  expect(lane.most(0, 80_000_000, 2)).toEqual([9, 0]);
});

const run = (name: string) => ({
  setting: { policy: name, name, quantum: null, cpus: 1 },
  measures: CONVOY.measures(),
  measuring: CONVOY,
});

describe('as text', () => {
  test.each([20, 40, 80, 100, 200])('nothing is wider than %i columns, in both languages', (width) => {
    for (const language of ['en', 'ko'] as const) {
      const style = { width, isUnicode: true };
      const lines = [
        ...tableLines([run('fcfs')], language, style),
        ...ganttLines(run('fcfs'), language, style),
      ];
      for (const line of lines) {
        const columns = [...line].reduce((sum, letter) => sum + (/[\u1100-\uffff]/.test(letter) ? 2 : 1), 0);
        expect(columns).toBeLessThanOrEqual(width);
      }
    }
  });

  test('the chart has a letter for each task', () => {
    const [, lane, , key] = ganttLines(run('fcfs'), 'en', { width: 36, isUnicode: true });
    expect(lane).toBe(`CPU 0 ${'A'.repeat(24)}BBBCCC`);
    expect(key).toBe('  A work(2)  B work(3)  C work(4)');
  });
});

describe('settings', () => {
  test('are all combinations, but one without slices has no quanta', async () => {
    const read = await readSettings({
      policies: 'fcfs,rr',
      quantum: '1ms,5ms',
      cpus: '1,2',
      switchCost: '2us',
    });
    if (isProblem(read)) throw new Error(read.sentence);
    expect(read.switchCost).toBe(2000);
    expect(read.settings.map(({ name, quantum, cpus }) => [name, quantum, cpus])).toEqual([
      ['fcfs', null, 1],
      ['fcfs', null, 2],
      ['rr', 1e6, 1],
      ['rr', 5e6, 1],
      ['rr', 1e6, 2],
      ['rr', 5e6, 2],
    ]);
  });

  test.each([
    [{ policies: 'nope' }, '--policies nope: there is no scheduling policy of that name'],
    [{ policies: ',' }, '--policies ,: this list is empty'],
    [{ quantum: '0' }, '--quantum 0: a slice takes time'],
    [{ cpus: '0' }, '--cpus 0: not a whole number from 1 to 32'],
    [{ cpus: '1,100' }, '--cpus 100: not a whole number from 1 to 32'],
    [{ switchCost: 'x' }, '--switch-cost x: not a time'],
  ])('%o', async (flags, sentence) => {
    const read = await readSettings(flags);
    expect(isProblem(read) && read.sentence).toBe(sentence);
  });
});

test('programs are split as a shell would, and given to one where only it understands', () => {
  expect(wordsOf(`echo "a b" 'c d' e\\ f`)).toEqual(['echo', 'a b', 'c d', 'e f']);
  expect(wordsOf('a | b')).toEqual(['sh', '-c', 'a | b']);
  expect(isProblem(wordsOf('echo "a'))).toBe(true);
  expect(isProblem(wordsOf('  '))).toBe(true);
  expect(isProblem(programsOf([], []))).toBe(true);
  expect(programsOf(['ls /'], ['cat', 'x'])).toEqual([
    ['cat', 'x'],
    ['ls', '/'],
  ]);
});
