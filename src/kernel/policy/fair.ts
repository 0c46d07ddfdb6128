/**
 * Fair shares by nice value: a task's virtual run time grows the slower the more it weighs, and whoever has had
 * least of it runs next. Linux: kernel/sched/fair.c; man 7 sched, "The nice value".
 */
import { paceOf, SCHED_IDLE, SCHED_OTHER } from './pace.ts';
import type { Policy, PolicyState, Schedulable } from './policy.ts';

/** Parts of a quantum: what a sleeper is given in advance, and by how much it must be behind to preempt. */
const HEAD_START = 1 / 2;
const GRANULARITY = 1 / 5;
/** Who runs without competition does not get further ahead than so many quanta. */
const LEAD = 2;

function goesOn(state: PolicyState, running: Schedulable, first: Schedulable | null, why: string): boolean {
  if (first === null) {
    running.vruntime = Math.min(running.vruntime, state.floor + LEAD * state.quantum * paceOf(running));
    state.floor = Math.max(state.floor, running.vruntime);
    return true;
  }
  const at = why === 'yield' ? running.vruntime + state.quantum * paceOf(running) : running.vruntime;
  if (first.rank <= at) return false;
  state.floor = Math.max(state.floor, running.vruntime);
  return true;
}

/** Shares in proportion to weights, over any time that is long against a slice. */
export const fair: Policy = {
  name: 'fair',
  ready(state, task, why) {
    const earliest = why === 'wake' ? state.floor - state.quantum * HEAD_START : state.floor;
    if (why === 'wake' || why === 'new' || why === 'change')
      task.vruntime = Math.max(task.vruntime, earliest);
    return why === 'yield' ? task.vruntime + state.quantum * paceOf(task) : task.vruntime;
  },
  begin(state, task) {
    state.floor = Math.max(state.floor, task.vruntime);
  },
  ran(_state, task, time) {
    task.vruntime += time * paceOf(task);
  },
  slice: ({ quantum }) => quantum,
  preempts({ quantum }, woken, running, why) {
    if (why === 'new') return false;
    if (woken.policy === SCHED_IDLE) return false;
    if (running.policy === SCHED_IDLE) return true;
    if (woken.policy !== SCHED_OTHER) return false;
    return running.vruntime - woken.vruntime > quantum * GRANULARITY * paceOf(woken);
  },
  goesOn,
};
