/** Round robin: in order of arrival, each for one quantum, whatever their nice values. */
import type { Policy } from './policy.ts';

/** Everybody's turn comes once a round. */
export const roundRobin: Policy = {
  name: 'rr',
  ready: () => 0,
  begin: () => {},
  ran: () => {},
  slice: ({ quantum }) => quantum,
  preempts: () => false,
  goesOn: (_state, _running, first, why) => first === null || why === 'preempt',
};
