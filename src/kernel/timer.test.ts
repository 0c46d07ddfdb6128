import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Nanos, NEVER } from '../base/index.ts';
import { TimerQueue } from './timer.ts';

test('timers fire in order of deadline, then of arming, and a re-armed or cancelled one only as last said', () => {
  const step = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.option(fc.integer({ min: 0, max: 50 })));
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const queue = new TimerQueue();
      const model = new Map<number, { at: number; seq: number }>();
      steps.forEach(([id, at], seq) => {
        if (at === null) {
          queue.cancel('wait', id);
          model.delete(id);
        } else {
          queue.arm(at as Nanos, 'wait', id);
          model.set(id, { at, seq });
        }
      });
      const expected = [...model].sort(([, a], [, b]) => a.at - b.at || a.seq - b.seq);
      expect(queue.next()).toBe(expected[0]?.[1].at ?? NEVER);
      const fired: number[] = [];
      for (let due = queue.popDue(1000 as Nanos); due; due = queue.popDue(1000 as Nanos)) fired.push(due.id);
      expect(fired).toEqual(expected.map(([id]) => id));
      expect(queue.next()).toBe(NEVER);
    }),
  );
});

test('a timer that is not due stays', () => {
  const queue = new TimerQueue();
  queue.arm(10 as Nanos, 'itimer', 1);
  expect(queue.popDue(9 as Nanos)).toBeUndefined();
  expect(queue.popDue(10 as Nanos)).toMatchObject({ kind: 'itimer', id: 1 });
});
