/**
 * Lottery scheduling (Waldspurger and Weihl, 1994): each task holds tickets, by its nice value, and for each slice one
 * is drawn. The draw is a race: each runner's time is exponentially distributed, by its tickets, so the first one is a
 * fair draw; and as such a time has no memory, those who wait need no new one for the next draw. So a heap does.
 */
import { nextU32, type Random, seededRandom } from '../../base/index.ts';
import { paceOf } from './pace.ts';
import type { Policy, PolicyState, Schedulable } from './policy.ts';

interface Drum {
  /** Where chance is: a seed's consequence. */
  readonly random: Random;
}

/** When the task comes in, in a race that has got as far as `floor`. */
const draw = ({ floor, random }: PolicyState & Drum, task: Schedulable): number =>
  floor + exponential(random) * paceOf(task);

/** A number of the exponential distribution with mean 1. */
const exponential = (random: Random): number => -logarithm((nextU32(random) + 0.5) / 2 ** 32);

const LN2 = Math.LN2;

/** The natural logarithm of a number between 0 and 1, by operations that are the same on every host. */
function logarithm(of: number): number {
  let [mantissa, doublings] = [of, 0];
  for (; mantissa < 0.75; doublings++) mantissa *= 2;
  const s = (mantissa - 1) / (mantissa + 1);
  let [power, sum] = [s, 0];
  for (let n = 1; n < 22; n += 2, power *= s * s) sum += power / n;
  return 2 * sum - doublings * LN2;
}

/** Shares in proportion to tickets, on the average; nobody who has one starves. */
export const lottery: Policy<Drum> = {
  name: 'lottery',
  state: (_quantum, seed) => ({ random: seededRandom(seed) }),
  // Whose slice is over has taken part in the draw already.
  ready: (state, task, why) => (why === 'slice' && task.rank > state.floor ? task.rank : draw(state, task)),
  begin(state, task) {
    state.floor = Math.max(state.floor, task.rank);
  },
  ran: () => {},
  slice: ({ quantum }) => quantum,
  preempts: () => false,
  goesOn(state, running, first, why) {
    if (first === null || why === 'preempt') return true;
    if (why === 'yield') return false;
    running.rank = draw(state, running);
    if (running.rank >= first.rank) return false;
    state.floor = running.rank;
    return true;
  },
};
