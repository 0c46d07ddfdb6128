import { describe, expect, test } from 'vitest';
import { type Job, simulate } from './fixture.ts';
import { BOOST } from './mlfq.ts';

const all = (...bursts: number[]): Job[] => bursts.map((burst) => ({ arrives: 0, bursts: [burst] }));
const waiting = (policy: string, jobs: readonly Job[], quantum = 1000) =>
  simulate(policy, jobs, { quantum }).courses.map((course) => course.waiting);

describe('first come, first served', () => {
  test('24, 3, 3 wait for 0, 24, 27, on the average 17', () => {
    expect(waiting('fcfs', all(24, 3, 3))).toEqual([0, 24, 27]);
  });

  test('in the order 3, 3, 24 it is 3 on the average: the convoy effect', () => {
    expect(waiting('fcfs', all(3, 3, 24))).toEqual([0, 3, 6]);
  });

  test('a short job that waits for its disk is held up by the long one each time', () => {
    const { stays } = simulate(
      'fcfs',
      [
        { arrives: 0, bursts: [100, 10, 100] },
        { arrives: 0, bursts: [2, 10, 2, 10, 2] },
      ],
      { quantum: 1 },
    );
    expect(stays).toEqual([
      [1, 0, 100],
      [2, 100, 102],
      [1, 110, 210],
      [2, 210, 212],
      [2, 222, 224],
    ]);
  });
});

describe('shortest job first', () => {
  test('6, 8, 7, 3 wait for 3, 16, 9, 0, on the average 7', () => {
    expect(waiting('sjf', all(6, 8, 7, 3))).toEqual([3, 16, 9, 0]);
  });

  test('preemptive, 8, 4, 9, 5 that arrive one after the other wait for 9, 0, 15, 2', () => {
    const jobs = [8, 4, 9, 5].map((burst, arrives) => ({ arrives, bursts: [burst] }));
    const { courses, stays } = simulate('srtf', jobs, { quantum: 1000 });
    expect(courses.map((course) => course.waiting)).toEqual([9, 0, 15, 2]);
    expect(stays).toEqual([
      [1, 0, 1],
      [2, 1, 5],
      [4, 5, 10],
      [1, 10, 17],
      [3, 17, 26],
    ]);
    expect(simulate('sjf', jobs, { quantum: 1000 }).courses.map(({ finish }) => finish)).toEqual([
      8, 12, 26, 17,
    ]);
  });

  test('the next burst is expected to be the mean of the last one and what was expected of it', () => {
    // Expected 10, is 6: (10 + 6) / 2 = 8. Then 4: 6. Then 6: 6. The other needs 7, so it goes between.
    const { stays } = simulate(
      'sjf',
      [
        { arrives: 0, bursts: [6, 1, 4, 1, 6], predicted: 10 },
        { arrives: 6, bursts: [1] },
        { arrives: 7, bursts: [7] },
      ],
      { quantum: 1000 },
    );
    // At 7 both are ready, with 8 and 7 expected; at 18 nobody else is left.
    expect(stays).toEqual([
      [1, 0, 6],
      [2, 6, 7],
      [3, 7, 14],
      [1, 14, 18],
      [1, 19, 25],
    ]);
  });
});

describe('round robin', () => {
  test('24, 3, 3 with a quantum of 4 wait for 6, 4, 7', () => {
    expect(waiting('rr', all(24, 3, 3), 4)).toEqual([6, 4, 7]);
  });

  test('6, 3, 1, 7: turnaround times as the quantum grows', () => {
    const mean = (quantum: number) => {
      const { courses } = simulate('rr', all(6, 3, 1, 7), { quantum });
      return courses.reduce((sum, { turnaround }) => sum + turnaround, 0) / 4;
    };
    // Worked with pencil: q=1 ends 15, 9, 3, 17; q=2 ends 14, 10, 5, 17; q=7 ends 6, 9, 10, 17.
    expect([1, 2, 7].map(mean)).toEqual([11, 11.5, 10.5]);
  });
});

describe('priority', () => {
  const jobs = (...pairs: [burst: number, nice: number][]): Job[] =>
    pairs.map(([burst, nice]) => ({ arrives: 0, bursts: [burst], nice }));

  test('not preemptive: 10, 1, 2, 1, 5 with priorities 3, 1, 4, 5, 2 wait for 6, 0, 16, 18, 1', () => {
    const work = jobs([10, 3], [1, 1], [2, 4], [1, 5], [5, 2]);
    expect(waiting('priority-cooperative', work)).toEqual([6, 0, 16, 18, 1]);
  });

  test('preemptive, equals in turns of 2', () => {
    const work = jobs([4, 3], [5, 2], [8, 2], [7, 1], [3, 3]);
    expect(simulate('priority-no-aging', work, { quantum: 2 }).stays).toEqual([
      [4, 0, 7],
      [2, 7, 9],
      [3, 9, 11],
      [2, 11, 13],
      [3, 13, 15],
      [2, 15, 16],
      [3, 16, 20],
      [1, 20, 22],
      [5, 22, 24],
      [1, 24, 26],
      [5, 26, 27],
    ]);
  });

  test('a higher priority that arrives takes the processor', () => {
    const work: Job[] = [
      { arrives: 0, bursts: [10], nice: 5 },
      { arrives: 4, bursts: [3], nice: 0 },
    ];
    for (const policy of ['priority', 'priority-no-aging'])
      expect(simulate(policy, work, { quantum: 100 }).stays).toEqual([
        [1, 0, 4],
        [2, 4, 7],
        [1, 7, 13],
      ]);
    expect(simulate('priority-cooperative', work, { quantum: 100 }).stays).toEqual([
      [1, 0, 10],
      [2, 10, 13],
    ]);
  });

  test('who waits ages: one step of priority is worth ten quanta', () => {
    const work: Job[] = [
      { arrives: 0, bursts: [500], nice: 0 },
      { arrives: 0, bursts: [10], nice: 2 },
    ];
    expect(simulate('priority', work, { quantum: 10 }).courses[1]!.response).toBe(200);
    expect(simulate('priority-no-aging', work, { quantum: 10 }).courses[1]!.response).toBe(500);
  });
});

describe('the multi-level feedback queue', () => {
  test('a job alone falls by 10, 20, 40, and a short one that comes goes before it at once', () => {
    const { stays, courses } = simulate(
      'mlfq',
      [
        { arrives: 0, bursts: [200] },
        { arrives: 100, bursts: [20] },
      ],
      { quantum: 10 },
    );
    expect(stays).toEqual([
      [1, 0, 100],
      [2, 100, 120],
      [1, 120, 220],
    ]);
    expect(courses[1]).toMatchObject({ turnaround: 20, response: 0 });
  });

  test('two long jobs: turns of 10, then of 20, of 40 and of 80', () => {
    const { stays } = simulate('mlfq', all(150, 150), { quantum: 10 });
    expect(stays).toEqual([
      [1, 0, 10],
      [2, 10, 20],
      [1, 20, 40],
      [2, 40, 60],
      [1, 60, 100],
      [2, 100, 140],
      [1, 140, 220],
      [2, 220, 300],
    ]);
  });

  test('to give the processor up shortly before the end of a slice does not help', () => {
    const gaming = Array.from({ length: 40 }, () => [9, 1]).flat();
    const { used } = simulate(
      'mlfq',
      [
        { arrives: 0, bursts: [10_000] },
        { arrives: 0, bursts: [...gaming, 9] },
      ],
      { quantum: 10, until: 400 },
    );
    expect(used[0]).toBeGreaterThan(150);
  });

  test('a boost brings all to the top: a long job is not starved by a stream of short ones', () => {
    const short = Array.from({ length: 300 }, (_, i) => ({ arrives: 10 * i, bursts: [10] }));
    const { stays } = simulate('mlfq', [{ arrives: 0, bursts: [1000] }, ...short], {
      quantum: 10,
      until: 2900,
    });
    const long = stays.filter(([job, from]) => job === 1 && from > 20).map(([, from]) => from);
    expect(long[0]).toBeGreaterThanOrEqual(10 * BOOST);
    expect(long[0]).toBeLessThan(10 * BOOST + 100);
  });
});

describe('stride', () => {
  test('one task with about twice the tickets of the other: passes worked by hand', () => {
    // Nice 0 strides by 100, nice 3 by 195.3: 0/0, 100/0, 100/195, 200/195, 200/391, 400/391, 400/586, 600/586.
    const { stays } = simulate(
      'stride',
      [
        { arrives: 0, bursts: [1e6], nice: 0 },
        { arrives: 0, bursts: [1e6], nice: 3 },
      ],
      { quantum: 100, until: 900 },
    );
    expect(stays).toEqual([
      [1, 0, 100],
      [2, 100, 200],
      [1, 200, 300],
      [2, 300, 400],
      [1, 400, 600],
      [2, 600, 700],
      [1, 700, 900],
    ]);
  });
});

describe('earliest eligible virtual deadline first', () => {
  test('equals take turns: who has run is ahead of the mean and may not run', () => {
    const { stays } = simulate('eevdf', all(30, 30), { quantum: 10 });
    expect(stays.map(([job]) => job)).toEqual([1, 2, 1, 2, 1, 2]);
  });

  test('a heavy task has the earlier deadline, but not the processor while it is ahead', () => {
    // Nice -3 weighs 1.953 times as much: its slice of 10 is 5.12 virtual. After 10 they stand at 0 and 5.12, mean
    // 3.39; after 20 at 10 and 5.12, mean 6.77; after 30 at 10 and 10.24, mean 10.16; after 40 at 20 and 10.24, mean
    // 13.5; after 50 at 20 and 15.36, mean 16.9, so the heavy one may go on.
    const { stays } = simulate(
      'eevdf',
      [
        { arrives: 0, bursts: [1000], nice: 0 },
        { arrives: 0, bursts: [1000], nice: -3 },
      ],
      { quantum: 10, until: 60 },
    );
    expect(stays).toEqual([
      [2, 0, 10],
      [1, 10, 20],
      [2, 20, 30],
      [1, 30, 40],
      [2, 40, 60],
    ]);
  });
});

test('the lottery of one seed is always the same, that of another seed is another one', () => {
  const draw = (seed: number) => simulate('lottery', all(200, 200, 200), { quantum: 10, seed }).stays;
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});
