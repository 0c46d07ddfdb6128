/** A small run for tests: a shell, two processes and a thread on two CPUs, with arrows of every kind. */
import { type EventRecord, OTHER_SPACE, SWITCH_REASONS } from '../events/index.ts';
import { Timeline } from './model.ts';

const NAMES = ['', '/bin/sh', 'sh', '/bin/cat', 'cat\u001b[31m<b>', 'child', 'pipe-read'];
const id = (name: string) => NAMES.indexOf(name);

type Row = readonly [
  at: number,
  cpu: number,
  tid: number,
  kind: string,
  fields?: Readonly<Record<string, number>>,
];

const BLOCKED = SWITCH_REASONS.indexOf('blocked');
const EXITED = SWITCH_REASONS.indexOf('exited');
const WAITS = (on: string) => ({ onName: id(on), detail: 7, until: Number.MAX_SAFE_INTEGER });

const ROWS: readonly Row[] = [
  [0, 0, 2, 'exec', { pathName: id('/bin/sh'), commName: id('sh') }],
  [0, 0, 2, 'dispatch', { waited: 0 }],
  [1e6, 0, 2, 'fork', { child: 3, group: 3, flags: 0x1200000 }],
  [2e6, 0, 2, 'fork', { child: 4, group: 2, flags: 0x3d0f00 }],
  [3e6, 0, 2, 'block', WAITS('child')],
  [3e6, 0, 3, 'switch', { from: 2, how: BLOCKED | OTHER_SPACE, forName: id('child'), cost: 1e5 }],
  [3.1e6, 0, 3, 'dispatch', { waited: 2e6 }],
  [3e6, 1, 4, 'dispatch', { waited: 1e6 }],
  [4e6, 0, 3, 'exec', { pathName: id('/bin/cat'), commName: id('cat\u001b[31m<b>') }],
  [5e6, 0, 3, 'block', WAITS('pipe-read')],
  [6e6, 1, 3, 'wake', { reason: 0, by: 4 }],
  [6e6, 0, 3, 'dispatch', { waited: 0 }],
  [7e6, 0, 3, 'preempt', { ran: 1e6 }],
  [7e6, 0, 3, 'dispatch', { waited: 0 }],
  [8e6, 1, 3, 'signal', { signo: 15, code: 0, from: 4 }],
  [8e6, 1, 4, 'exit', { status: 0, group: 2 }],
  [9e6, 0, 3, 'exit', { status: 15, group: 3 }],
  [9e6, 0, 2, 'wake', { reason: 0, by: 3 }],
  [9e6, 0, 2, 'switch', { from: 3, how: EXITED | OTHER_SPACE, forName: 0, cost: 1e5 }],
  [9.1e6, 0, 2, 'dispatch', { waited: 1e5 }],
  [9.5e6, 0, 2, 'reap', { child: 3, status: 15 }],
  [1e7, 0, 2, 'exit', { status: 0x300, group: 2 }],
];

export const EVENTS: readonly EventRecord[] = ROWS.map(
  ([at, cpu, tid, kind, fields = {}], seq) =>
    ({ seq, at, retired: at, cpu, tid, kind, fields }) as EventRecord,
);

/** The run as a timeline. */
export function family(): Timeline {
  const timeline = new Timeline((name) => NAMES[name]!);
  for (const event of EVENTS) timeline.take(event);
  timeline.finish();
  return timeline;
}
