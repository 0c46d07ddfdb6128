import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Nanos } from '../base/index.ts';
import { EVENT, EventLog, recordAt } from '../events/index.ts';
import { decodeEvents, encodeEvents } from './event-codec.ts';

const number = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }).filter((value) => !Object.is(value, -0)),
);
const event = fc.record({
  at: fc.maxSafeNat(),
  cpu: fc.nat(31),
  tid: fc.nat(4_000_000),
  a: number,
  d: number,
});

test('events of any numbers and names come back', () => {
  fc.assert(
    fc.property(fc.array(event), fc.array(fc.string({ unit: 'binary' })), (events, names) => {
      const log = new EventLog(256, { retired: 77 });
      for (const name of names) log.intern(name);
      for (const { at, cpu, tid, a, d } of events) log.record(EVENT.block, at as Nanos, cpu, tid, a, 0, 0, d);
      log.want('fd-open', true);
      for (const { at, cpu, tid, a, d } of events)
        log.record(EVENT.fdOpen, at as Nanos, cpu, tid, a, 1, 2, d);
      const piece = decodeEvents(encodeEvents(log, 0, 0));
      expect(piece.names).toEqual(log.names.list);
      const read = Array.from({ length: piece.count }, (_, slot) => recordAt(piece.rows, slot));
      expect(read).toEqual(log.records());
    }),
  );
});

test('what was overwritten is told, a second piece goes on with names', () => {
  const log = new EventLog(4);
  for (let i = 0; i < 10; i++) log.record(EVENT.exec, i as Nanos, 0, 1, log.intern(`/bin/${i}`), 0);
  const piece = decodeEvents(encodeEvents(log, 2, 5));
  expect(piece).toMatchObject({
    count: 4,
    dropped: 4,
    firstName: 5,
    names: ['/bin/4', '/bin/5', '/bin/6', '/bin/7', '/bin/8', '/bin/9'],
  });
});

test('a million events take some megabytes, and any bytes give events or a bug, never an endless loop', () => {
  const log = new EventLog(2 ** 20);
  for (let i = 0; i < 1_000_000; i++)
    log.record(EVENT.dispatch, (i * 700) as Nanos, i & 3, 2 + (i & 7), i & 1023);
  const bytes = encodeEvents(log, 0, 0);
  expect(bytes.length).toBeLessThan(14_000_000);
  expect(decodeEvents(bytes).count).toBe(1_000_000);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (any) => {
      try {
        decodeEvents(any);
      } catch (error) {
        expect((error as Error).name).toBe('KernelBug');
      }
    }),
  );
});
