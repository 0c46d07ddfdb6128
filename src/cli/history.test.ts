import { expect, test } from 'vitest';
import type { EventRecord } from '../host-node/index.ts';
import { History } from './history.ts';
import { treeLines } from './process-tree.ts';

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

test('the sums of a run count switches and preemptions, and what was lost', () => {
  expect(historyOf(FAMILY).totals).toEqual({ switches: 1, preemptions: 1, lost: 0 });
  expect(historyOf(FAMILY, 10).totals.lost).toBe(10);
});
