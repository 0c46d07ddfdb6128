import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Job, simulate } from './fixture.ts';
import { POLICY_NAMES } from './named.ts';

const burst = fc.integer({ min: 1, max: 60 });
const job: fc.Arbitrary<Job> = fc.record({
  arrives: fc.nat(200),
  bursts: fc.array(burst, { minLength: 1, maxLength: 5 }).filter(({ length }) => length % 2 === 1),
  nice: fc.integer({ min: -20, max: 19 }),
});
const jobs = fc.array(job, { minLength: 1, maxLength: 8 });
const rules = fc.record({ quantum: fc.integer({ min: 1, max: 50 }), seed: fc.nat() });

describe.each(POLICY_NAMES)('%s', (policy) => {
  test('does all the work, each job once, one at a time', () => {
    fc.assert(
      fc.property(jobs, rules, (work, rule) => {
        const { used, stays, courses } = simulate(policy, work, rule);
        const cpu = work.map(({ bursts }) =>
          bursts.reduce((sum, each, i) => sum + (i % 2 === 0 ? each : 0), 0),
        );
        expect(used).toEqual(cpu);
        for (const [i, [, from, to]] of stays.entries()) {
          expect(to).toBeGreaterThan(from);
          if (i > 0) expect(from).toBeGreaterThanOrEqual(stays[i - 1]![2]);
        }
        for (const [i, { turnaround, waiting, response }] of courses.entries()) {
          const own = work[i]!.bursts.reduce((sum, each) => sum + each, 0);
          expect(turnaround).toBe(own + waiting);
          expect(response).toBeGreaterThanOrEqual(0);
          expect(response).toBeLessThanOrEqual(waiting);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is work conserving: jobs that never wait end together when any order would have them end', () => {
    fc.assert(
      fc.property(jobs, rules, (work, rule) => {
        const plain = work.map((each) => ({ ...each, bursts: [each.bursts[0]!] }));
        let end = 0;
        for (const { arrives, bursts } of [...plain].sort((a, b) => a.arrives - b.arrives))
          end = Math.max(end, arrives) + bursts[0]!;
        expect(Math.max(...simulate(policy, plain, rule).courses.map(({ finish }) => finish))).toBe(end);
      }),
      { numRuns: 60 },
    );
  });

  test('decides the same again', () => {
    fc.assert(
      fc.property(jobs, rules, (work, rule) => {
        expect(simulate(policy, work, rule)).toEqual(simulate(policy, work, rule));
      }),
      { numRuns: 20 },
    );
  });
});

const endless = (nices: readonly number[]): Job[] =>
  nices.map((nice) => ({ arrives: 0, bursts: [1e9], nice }));
const nices = fc.array(fc.integer({ min: -10, max: 10 }), { minLength: 2, maxLength: 6 });

describe('nobody starves', () => {
  test.each(['fair', 'eevdf', 'rr', 'priority', 'mlfq', 'stride'])('under %s', (policy) => {
    fc.assert(
      fc.property(nices, (values) => {
        // The least weight is a 500th of all at most; by priority, 20 steps of ten quanta age away.
        const { courses } = simulate(policy, endless(values), { quantum: 10, until: 10_000 });
        for (const { response } of courses) expect(response).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 30 },
    );
  });

  test('under srtf with what it learns: who needs longer than expected is asked again', () => {
    const { courses } = simulate('srtf', endless([0, 0, 0]), { quantum: 10, until: 10 });
    expect(courses).toHaveLength(3);
    const learned = simulate(
      'srtf',
      [
        { arrives: 0, bursts: [1e6], predicted: 5 },
        { arrives: 0, bursts: [20], predicted: 20 },
      ],
      { quantum: 10, until: 1000 },
    );
    expect(learned.courses[1]!.finish).toBeLessThan(100);
  });
});

describe('shares by weight', () => {
  const weight = (nice: number) => 1.25 ** -nice;
  const shareOf = (values: readonly number[], i: number) =>
    weight(values[i]!) / values.reduce((sum, nice) => sum + weight(nice), 0);

  test.each(['fair', 'stride', 'eevdf'])(
    'under %s nobody is further from its share than a few slices',
    (policy) => {
      fc.assert(
        fc.property(nices, (values) => {
          const until = 20_000;
          const { used } = simulate(policy, endless(values), { quantum: 10, until });
          for (const i of values.keys())
            expect(Math.abs(used[i]! - until * shareOf(values, i))).toBeLessThan(10 * (values.length + 1));
        }),
        { numRuns: 40 },
      );
    },
  );

  test('under eevdf nobody is ever behind by more than a slice and the longest other one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 1, max: 400 }), (count, until) => {
        const { used } = simulate('eevdf', endless(new Array(count).fill(0)), { quantum: 10, until });
        for (const mine of used) expect(Math.abs(mine - until / count)).toBeLessThanOrEqual(10);
      }),
      { numRuns: 60 },
    );
  });

  test('under lottery the shares come near, by the square root of the draws', () => {
    fc.assert(
      fc.property(nices, fc.nat(), (values, seed) => {
        const draws = 4000;
        const { used } = simulate('lottery', endless(values), { quantum: 10, until: 10 * draws, seed });
        for (const i of values.keys()) {
          const share = shareOf(values, i);
          const deviation = Math.sqrt(draws * share * (1 - share));
          expect(Math.abs(used[i]! / 10 - draws * share)).toBeLessThan(6 * deviation + 2);
        }
      }),
      { numRuns: 20 },
    );
  });
});
