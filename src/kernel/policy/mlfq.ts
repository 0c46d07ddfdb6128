/**
 * The multi-level feedback queue: new tasks begin at the top; who has used up its time in a queue, at once or in
 * pieces, falls to the next one, where slices are twice as long. From time to time all are raised to the top, so that
 * nobody starves and who changes is seen. Corbató and others, 1962; the rules are those of Arpaci-Dusseau's book.
 */
import type { Nanos } from '../../base/index.ts';
import type { Policy, PolicyState } from './policy.ts';

const LOWEST = 3;
/** Quanta between two boosts. */
export const BOOST = 100;

interface Feedback {
  /** How many boosts there have been. */
  boosts: number;
}

interface Place {
  /** 0 is the top. */
  queue: number;
  /** Time used in this queue. */
  used: number;
  boosts: number;
}

const allotment = ({ quantum }: PolicyState, queue: number): number => quantum * 2 ** queue;

function follow({ boosts }: Feedback, own: Place): void {
  if (own.boosts === boosts) return;
  own.boosts = boosts;
  own.queue = own.used = 0;
}

function fall(state: PolicyState, own: Place): void {
  if (own.used < allotment(state, own.queue)) return;
  own.used = 0;
  own.queue = Math.min(LOWEST, own.queue + 1);
}

/** Short and interactive tasks stay above long ones, without a prediction. */
export const mlfq: Policy<Feedback, Place> = {
  name: 'mlfq',
  state: () => ({ boosts: 0 }),
  own: () => ({ queue: 0, used: 0, boosts: -1 }),
  ready(state, { own }) {
    follow(state, own);
    fall(state, own);
    return own.queue;
  },
  renew(state) {
    state.boosts++;
    state.due = state.now + state.quantum * BOOST;
  },
  begin: (state, { own }) => follow(state, own),
  ran(_state, { own }, time) {
    own.used += time;
  },
  slice: (state, { own }) => Math.max(1, allotment(state, own.queue) - own.used) as Nanos,
  preempts: (_state, woken, { own }) => woken.rank < own.queue,
  goesOn(state, { own }, first, why) {
    follow(state, own);
    fall(state, own);
    if (first === null) return true;
    return why === 'preempt' ? own.queue <= first.rank : why === 'slice' && own.queue < first.rank;
  },
  standing: (_state, { own }) => own.queue,
};
