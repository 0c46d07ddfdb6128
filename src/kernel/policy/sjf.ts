/**
 * Shortest job first: the task whose next burst is expected to be the shortest, until it blocks, yields or ends.
 * Long ones may starve behind a stream of short ones.
 */
import { NEVER } from '../../base/index.ts';
import { type Burst, expectBurst, newBurst } from './burst.ts';
import type { Policy } from './policy.ts';

/** Not preemptive. */
export const sjf: Policy<object, Burst> = {
  name: 'sjf',
  own: newBurst,
  ready(state, { own }, why) {
    expectBurst(state, own, why);
    return own.predicted;
  },
  begin: () => {},
  ran(_state, { own }, time) {
    own.ran += time;
  },
  slice: () => NEVER,
  preempts: () => false,
  goesOn: (_state, _running, first, why) => first === null || why !== 'yield',
};
