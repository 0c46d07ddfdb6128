/**
 * Stride scheduling (Waldspurger and Weihl, 1995): the lottery without chance. Each task has gone so far, its pass,
 * which is `vruntime` here; who has gone least runs, and goes on by its stride, which is the shorter the more tickets
 * it holds. Of a slice that was not used up only the part that was counts.
 */
import { paceOf } from './pace.ts';
import type { Policy } from './policy.ts';

/** Shares in proportion to tickets, within a slice. Who sleeps saves nothing up. */
export const stride: Policy = {
  name: 'stride',
  ready(state, task, why) {
    if (why === 'yield') return task.vruntime + state.quantum * paceOf(task);
    if (why !== 'slice' && why !== 'preempt') task.vruntime = Math.max(task.vruntime, state.floor);
    return task.vruntime;
  },
  begin(state, task) {
    state.floor = Math.max(state.floor, task.vruntime);
  },
  ran(_state, task, time) {
    task.vruntime += time * paceOf(task);
  },
  slice: ({ quantum }) => quantum,
  preempts: () => false,
  goesOn(state, running, first, why) {
    if (first !== null && why !== 'preempt' && (why === 'yield' || running.vruntime >= first.rank))
      return false;
    state.floor = Math.max(state.floor, running.vruntime);
    return true;
  },
};
