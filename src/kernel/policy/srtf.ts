/**
 * Shortest remaining time first: who is expected to be ready soonest runs, and makes way for one who needs less.
 * Who needs longer than expected is asked again when that time is over. Long ones may starve.
 */
import { type Burst, expectBurst, newBurst, remaining } from './burst.ts';
import type { Policy } from './policy.ts';

/** Shortest job first, preemptive. */
export const srtf: Policy<object, Burst> = {
  name: 'srtf',
  own: newBurst,
  ready(state, { own }, why) {
    expectBurst(state, own, why);
    return remaining(own);
  },
  begin: () => {},
  ran(_state, { own }, time) {
    own.ran += time;
  },
  slice: (_state, { own }) => remaining(own),
  preempts: (_state, woken, running) => woken.rank < remaining(running.own),
  goesOn: (_state, running, first, why) =>
    first === null || (why !== 'yield' && remaining(running.own) <= first.rank),
  standing: (_state, { own }) => remaining(own),
};
