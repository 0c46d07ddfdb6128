/**
 * By priority, which is the nice value: the least runs first. With aging, waiting makes up for it: every ten quanta
 * in the ready queue count as one step, so nobody starves. As all who wait age alike, their order never changes, and
 * the rank is a number once and for all: the nice value in time, and since when it waits.
 */
import { NEVER } from '../../base/index.ts';
import type { Policy, PolicyState, Schedulable } from './policy.ts';

/** Quanta of waiting that are worth a step of the nice value. */
export const AGING = 10;

const aged = ({ quantum, now }: PolicyState, { nice }: Schedulable): number => nice * AGING * quantum + now;
const fixed = (_state: PolicyState, { nice }: Schedulable): number => nice;

type Standing = typeof aged;

/** A task that is woken takes the CPU from one of lower priority; among equals it is round robin. */
const preemptive = (name: string, standing: Standing): Policy => ({
  name,
  ready: standing,
  begin: () => {},
  ran: () => {},
  slice: ({ quantum }) => quantum,
  preempts: (_state, woken, running) => woken.nice < running.nice,
  goesOn(state, running, first, why) {
    if (first === null) return true;
    if (why === 'preempt') return running.nice <= first.nice;
    return standing(state, running) < first.rank;
  },
  standing,
});

/** Preemptive, with aging. */
export const priority: Policy = preemptive('priority', aged);

/** Preemptive without aging: who has a lower priority than one that never blocks starves. */
export const priorityStarving: Policy = preemptive('priority-no-aging', fixed);

/** Not preemptive, with aging among those who wait. */
export const priorityCooperative: Policy = {
  name: 'priority-cooperative',
  ready: aged,
  begin: () => {},
  ran: () => {},
  slice: () => NEVER,
  preempts: () => false,
  goesOn: (_state, _running, first, why) => first === null || why !== 'yield',
};
