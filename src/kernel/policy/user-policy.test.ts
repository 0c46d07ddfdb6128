import { describe, expect, test } from 'vitest';
import { isProblem, type Problem } from '../../base/index.ts';
import { fixtureState, newSchedulable, simulate } from './fixture.ts';
import { policyOf, whyNoPolicy } from './named.ts';
import type { Policy, PolicyState } from './policy.ts';

const source = (body: string) => ({ name: 'mine', source: `exports.policy = { ${body} };` });

test('an unknown name is answered with the list', () => {
  const wrong = whyNoPolicy('sjff')!;
  expect(wrong.sentence).toBe('there is no scheduling policy sjff');
  expect(wrong.hint).toContain('fair, eevdf, fcfs, sjf, srtf, rr');
});

test('a policy of a user needs no more than a rank', () => {
  const last = source('state: () => ({ turns: 0 }), ready: (state) => -++state.turns');
  const jobs = [3, 2, 1].map((burst) => ({ arrives: 0, bursts: [burst] }));
  const { stays } = simulate(last, jobs, { quantum: 10 });
  expect(stays.map(([job]) => job)).toEqual([3, 2, 1]);
});

test('what it remembers of a task is its own', () => {
  const text =
    'own: () => ({ ran: 0 }), ready: (state, { own }) => own.ran, ran(state, { own }, time) { own.ran += time; }';
  const { stays } = simulate(
    source(text),
    [20, 20].map((burst) => ({ arrives: 0, bursts: [burst] })),
    { quantum: 10 },
  );
  expect(stays.map(([job, from]) => [job, from])).toEqual([
    [1, 0],
    [2, 10],
    [1, 20],
    [2, 30],
  ]);
});

describe('what cannot be loaded is said at once', () => {
  test.each([
    ['a syntax error', 'exports.policy = {', 'cannot be loaded'],
    ['an error', 'throw new Error("no")', 'cannot be loaded: no'],
    ['nothing', '', 'exports no object named policy'],
    ['no ready', 'exports.policy = {}', 'has no function ready'],
    [
      'a slice that is a number',
      'exports.policy = { ready: () => 0, slice: 5 }',
      'has a slice that is no function',
    ],
    ['a look at the clock', 'exports.policy = { ready: () => 0, seed: Date.now() }', 'cannot be loaded'],
    ['chance', 'exports.policy = { ready: () => 0, seed: Math.random() }', 'cannot be loaded'],
  ])('%s', (_what, text, sentence) => {
    expect(whyNoPolicy({ name: 'mine', source: text })?.sentence).toContain(sentence);
  });
});

describe('what answers nonsense is named, and not asked again', () => {
  const faultOf = (body: string, use: (policy: Policy, state: PolicyState) => unknown): Problem | null => {
    let fault: Problem | null = null;
    const policy = policyOf(source(body), (told) => {
      if (fault !== null) throw new Error('told twice');
      fault = told;
    });
    if (isProblem(policy)) throw new Error(policy.sentence);
    const state = fixtureState();
    use(policy, state);
    use(policy, state);
    return fault;
  };
  const task = newSchedulable(1);
  test.each<[string, string, string, (policy: Policy, state: PolicyState) => unknown]>([
    ['NaN', 'ready: () => NaN', 'ready: it gave NaN', (p, s) => p.ready(s, task, 'new')],
    ['a text', 'ready: () => "1"', "ready: it gave '1'", (p, s) => p.ready(s, task, 'new')],
    ['nothing', 'ready() {}', 'ready: it gave undefined', (p, s) => p.ready(s, task, 'new')],
    [
      'an error',
      'ready() { throw new Error("ouch") }',
      'ready: it threw: ouch',
      (p, s) => p.ready(s, task, 'new'),
    ],
    ['a throw of null', 'ready() { throw null }', 'ready: it threw: null', (p, s) => p.ready(s, task, 'new')],
    ['a negative slice', 'ready: () => 0, slice: () => -5', 'slice: it gave -5', (p, s) => p.slice(s, task)],
    [
      'no truth',
      'ready: () => 0, goesOn: () => 1',
      'goesOn: it gave 1',
      (p, s) => p.goesOn(s, task, task, 'slice'),
    ],
    [
      'a change of the task',
      'ready: (state, task) => { task.nice = 5; return 0; }',
      'ready: it threw: Cannot set property nice',
      (p, s) => p.ready(s, task, 'new'),
    ],
  ])('%s', (_what, body, sentence, use) => {
    expect(faultOf(body, use)?.sentence).toContain(`the policy mine is wrong in ${sentence}`);
  });
});
