import { expect, test } from 'vitest';
import type { EventRecord } from '../host-node/index.ts';
import { History } from './history.ts';
import { treeLines } from './process-tree.ts';
import { inTime, timelineLines } from './timeline.ts';

const names = ['', 'sh', 'sleep', 'a-very-long-program-name'];

type Event = readonly [at: number, tid: number, kind: string, fields?: Readonly<Record<string, number>>];

function historyOf(events: readonly Event[], dropped = 0): History {
  const history = new History((id) => names[id]!);
  history.take(
    events.map(
      ([at, tid, kind, fields = {}], i) => ({ seq: i, at, cpu: 0, tid, kind, fields }) as EventRecord,
    ),
    dropped,
  );
  return history;
}

const FAMILY: readonly Event[] = [
  [0, 2, 'exec', { pathName: 1, commName: 1 }],
  [0, 2, 'dispatch', { waited: 0 }],
  [100, 2, 'fork', { child: 3, group: 3, flags: 17 }],
  [150, 2, 'fork', { child: 4, group: 2, flags: 0 }],
  [200, 2, 'block', { onName: 0, detail: 0, until: 0 }],
  [200, 3, 'dispatch', { waited: 100 }],
  [250, 3, 'exec', { pathName: 2, commName: 2 }],
  [300, 3, 'fork', { child: 5, group: 5, flags: 17 }],
  [400, 3, 'preempt', { ran: 200 }],
  [400, 3, 'switch', { from: 3, cost: 0 }],
  [400, 4, 'dispatch', { waited: 250 }],
  [500, 4, 'exit', { status: 0, group: 2 }],
  [500, 3, 'dispatch', { waited: 100 }],
  [600, 3, 'exit', { status: 11, group: 3 }],
  [600, 3, 'reparent', { child: 5, to: 1 }],
  [600, 2, 'wake', { reason: 0, by: 3 }],
  [600, 2, 'dispatch', { waited: 0 }],
  [1000, 2, 'exit', { status: 0x300, group: 2 }],
];

test('the tree tells who made whom, threads, ends and adoptions', () => {
  expect(treeLines(historyOf(FAMILY), 2, { isUnicode: true })).toEqual([
    'sh 2: exit 3',
    '├─ {thread 4}',
    '└─ sleep 3: ended by SIGSEGV',
    '   └─ sleep 5: still there at the end, adopted by 1',
  ]);
});

test('where there is no Unicode the tree is drawn with ASCII', () => {
  expect(treeLines(historyOf(FAMILY), 2, { isUnicode: false })[1]).toBe('|- {thread 4}');
});

const style = { width: 48, isUnicode: true, colour: (_: unknown, text: string) => text };

test('a lane shows for each task when it ran, was ready, waited, and was not there', () => {
  const [scale, ...lanes] = timelineLines(historyOf(FAMILY), 0, style);
  expect(scale).toBe(`        0${' '.repeat(34)}1 µs`);
  expect(lanes.slice(0, 4)).toEqual([
    'sh 2    ████████···············████████████████',
    'sleep 3    ░░░░▄████████░░░█████',
    '{sh} 4       ░░░░░░░░░░▄████',
    'sleep 5            ░░░░░░░░░░░░░░░░░░░░░░░░░░░░',
  ]);
  expect(lanes.at(-1)).toBe('        █ running  ▄ partly  ░ ready  · blocked');
  for (const lane of lanes) expect(lane.length).toBeLessThanOrEqual(48);
});

test('marks differ without colour and without Unicode', () => {
  const lanes = timelineLines(historyOf(FAMILY), 0, { ...style, isUnicode: false });
  expect(lanes.slice(0, 5).join('')).toMatch(/^[\x20-\x7e\u00b5]*$/);
  expect(lanes[1]).toMatch(/#+.*\.+.*#+/);
});

test('the sums of a run count switches and preemptions, and what was lost', () => {
  expect(historyOf(FAMILY).totals).toEqual({ switches: 1, preemptions: 1, lost: 0 });
  expect(historyOf(FAMILY, 10).totals.lost).toBe(10);
});

test('times have three digits and a unit', () => {
  expect([0, 999, 1500, 184_400_000, 2.5e9].map(inTime)).toEqual([
    '0',
    '999 ns',
    '1.5 µs',
    '184 ms',
    '2.5 s',
  ]);
});
