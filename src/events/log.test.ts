import { expect, test } from 'vitest';
import type { Nanos } from '../base/index.ts';
import { chosenKinds, EVENT, EVENT_KINDS, EventLog, jsonName } from './index.ts';

const at = (n: number) => n as Nanos;

test('records come back in order with named fields, text and JSON', () => {
  const log = new EventLog(8, { retired: 40 });
  log.record(EVENT.fork, at(5), 0, 2, 3, 3, 17);
  log.record(EVENT.block, at(6), 1, 2, log.intern('pipe-read'), 7);
  const [fork, block] = log.records();
  expect(fork).toEqual({
    seq: 0,
    at: 5,
    retired: 40,
    cpu: 0,
    tid: 2,
    kind: 'fork',
    fields: { child: 3, group: 3, flags: 17 },
  });
  expect(log.text(fork!)).toBe('forks process 3');
  expect(log.text(block!)).toBe('waits: pipe-read 0x7');
  const json = { event: 1, time: 6, retired: 40, cpu: 1, tid: 2, kind: 'block' };
  expect(log.json(block!)).toEqual({ ...json, on: 'pipe-read', detail: '0x7', until: 0 });
});

test('the ring keeps the newest records and their numbers', () => {
  const log = new EventLog(4);
  for (let i = 0; i < 10; i++) log.record(EVENT.dispatch, at(i), 0, i);
  expect(log.records().map(({ seq }) => seq)).toEqual([6, 7, 8, 9]);
  expect(log.records({ since: 8 }).map(({ tid }) => tid)).toEqual([8, 9]);
});

test('kinds that nobody asked for are counted but not recorded, scheduling always is', () => {
  const log = new EventLog(4);
  log.record(EVENT.syscallEnter, at(0), 0, 1, 64);
  expect([log.next, log.written]).toEqual([1, 0]);
  expect(log.skips(EVENT.syscallExit)).toBe(true);
  log.want('syscall-enter', true);
  log.want('dispatch', false);
  expect(log.skips(EVENT.syscallEnter)).toBe(false);
  log.record(EVENT.syscallEnter, at(0), 0, 1, 64);
  log.record(EVENT.dispatch, at(0), 0, 1);
  expect(log.records({ kinds: ['dispatch'] }).map(({ seq }) => seq)).toEqual([3]);
  expect(log.next).toBe(4);
});

test('records are chosen by kind, group, task, number and time', () => {
  const log = new EventLog(64);
  for (let i = 0; i < 10; i++) log.record(i % 2 ? EVENT.dispatch : EVENT.exec, at(10 * i), 0, i % 3);
  const seqs = (query: Parameters<EventLog['records']>[0]) => log.records(query).map(({ seq }) => seq);
  expect(seqs({ kinds: ['processes'], from: 20, to: 70 })).toEqual([2, 4, 6]);
  expect(seqs({ tids: [0], since: 1, until: 9 })).toEqual([3, 6]);
  expect(seqs({ kinds: ['nothing'] })).toEqual([]);
});

test('what a program calls itself is escaped in text, and as it is in JSON', () => {
  const log = new EventLog(4);
  const evil = '/tmp/\x1b[31m\nred\u202e';
  log.record(EVENT.exec, at(0), 0, 1, log.intern(evil), log.intern('red'));
  const [record] = log.records();
  expect(log.text(record!)).toBe('executes /tmp/\\u{1b}[31m\\nred\\u{202e}');
  expect(log.json(record!)['path']).toBe(evil);
});

test('a saved log goes on as the other would', () => {
  const [log, other] = [new EventLog(4), new EventLog(4)];
  for (let i = 0; i < 6; i++) log.record(EVENT.exec, at(i), 0, 1, log.intern(`/bin/${i}`), 0);
  other.load(structuredClone(log.save()));
  for (const each of [log, other]) each.record(EVENT.exec, at(9), 0, 1, each.intern('/bin/9'), 0);
  expect(other.records()).toEqual(log.records());
  expect(other.records().map((record) => other.text(record))).toEqual(log.records().map((r) => log.text(r)));
});

test('every kind has its own id and name, and no two fields of one name in JSON', () => {
  expect(new Set(EVENT_KINDS.map(({ name }) => name)).size).toBe(EVENT_KINDS.length);
  for (const { fields } of EVENT_KINDS) {
    const names = ['event', 'time', 'retired', 'cpu', 'tid', 'kind', ...Object.keys(fields).map(jsonName)];
    expect(new Set(names).size).toBe(names.length);
  }
});

test('kinds are chosen by name or group; what is none is told with a hint', () => {
  expect(chosenKinds(['fork', 'calls'])).toContain('syscall-exit');
  expect(chosenKinds('always')).not.toContain('page-fault');
  expect(chosenKinds(['frok'])).toMatchObject({
    code: 'bad-event-kind',
    sentence: 'there is no kind of event "frok"',
  });
});
