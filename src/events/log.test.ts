import { expect, test } from 'vitest';
import type { Nanos } from '../base/index.ts';
import { EVENT, EVENT_KINDS, EventLog } from './index.ts';

const at = (n: number) => n as Nanos;

test('records come back in order with named fields and text', () => {
  const log = new EventLog(EVENT_KINDS, 8);
  log.record(EVENT.fork, at(5), 0, 2, 3, 3, 17);
  log.record(EVENT.block, at(6), 1, 2, log.intern('pipe-read'), 7);
  const [fork, block] = log.records();
  expect(fork).toEqual({
    seq: 0,
    at: 5,
    cpu: 0,
    tid: 2,
    kind: 'fork',
    fields: { child: 3, group: 3, flags: 17 },
  });
  expect(log.text(fork!)).toBe('forks process 3');
  expect(log.text(block!)).toBe('waits: pipe-read 0x7');
});

test('the ring keeps the newest records and their sequence numbers', () => {
  const log = new EventLog(EVENT_KINDS, 4);
  for (let i = 0; i < 10; i++) log.record(EVENT.dispatch, at(i), 0, i);
  expect(log.records().map(({ seq }) => seq)).toEqual([6, 7, 8, 9]);
  expect(log.records({ since: 8 }).map(({ tid }) => tid)).toEqual([8, 9]);
});

test('kinds that nobody asked for are not recorded, scheduling always is', () => {
  const log = new EventLog(EVENT_KINDS, 4);
  log.record(EVENT.syscallEnter, at(0), 0, 1, 64);
  expect(log.next).toBe(0);
  log.want('syscall-enter', true);
  log.want('dispatch', false);
  log.record(EVENT.syscallEnter, at(0), 0, 1, 64);
  log.record(EVENT.dispatch, at(0), 0, 1);
  expect(log.records({ kinds: ['dispatch'] })).toHaveLength(1);
  expect(log.next).toBe(2);
});
