/** First come, first served: in order of arrival, each until it blocks, yields or ends. Nobody is preempted. */
import { NEVER } from '../../base/index.ts';
import type { Policy } from './policy.ts';

/** No slices: a task that never blocks keeps all others waiting. */
export const fcfs: Policy = {
  name: 'fcfs',
  ready: () => 0,
  begin: () => {},
  ran: () => {},
  slice: () => NEVER,
  preempts: () => false,
  goesOn: (_state, _running, first, why) => first === null || why !== 'yield',
};
