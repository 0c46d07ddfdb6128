import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COUNTED, noTimes, StateTrack } from './state-track.ts';

test('the states of any life add up to its length, however long it is', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 1e9 }), fc.constantFrom(...COUNTED)), {
    minLength: 1,
  });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), steps, (begin, life) => {
      const track = new StateTrack(begin);
      let at = begin;
      const expected = noTimes();
      let state: keyof typeof expected = 'ready';
      for (const [wait, next] of life) {
        expected[state] += wait;
        at += wait;
        track.enter(at, next);
        state = next;
      }
      const sums = track.between(0, at);
      for (const each of COUNTED) expect(sums[each]).toBeCloseTo(expected[each], 0);
    }),
  );
});

test('what is asked of a part of the time tells that part', () => {
  const track = new StateTrack(100);
  track.enter(200, 'running');
  track.enter(300, 'blocked');
  track.enter(1000, 'gone');
  expect(track.between(200, 300).running).toBeCloseTo(100, 3);
  expect(track.between(0, 100)).toEqual(noTimes());
  expect(track.between(1000, 2000).blocked).toBe(0);
});
