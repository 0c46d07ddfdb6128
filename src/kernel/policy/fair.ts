/**
 * Fair shares by nice value: a task's virtual run time grows the slower the more it weighs, and whoever has had
 * least of it runs next. Linux: kernel/sched/fair.c; man 7 sched, "The nice value".
 */
import type { Policy, PolicyState, Schedulable } from './policy.ts';

const SCHED_OTHER = 0;
const SCHED_IDLE = 5;

/** How much faster virtual time runs for each nice value from -20: a step is a quarter more or less. */
const PACE: readonly number[] = paces();

function paces(): number[] {
  // By multiplication alone, which is the same on every host.
  const pace = new Array<number>(40).fill(1);
  for (let nice = 1; nice < 20; nice++) pace[20 + nice] = pace[19 + nice]! * 1.25;
  for (let nice = -1; nice >= -20; nice--) pace[20 + nice] = pace[21 + nice]! / 1.25;
  return pace;
}

/** SCHED_IDLE weighs 3 where nice 0 weighs 1024. */
const IDLE_PACE = 1024 / 3;

const paceOf = ({ policy, nice }: Schedulable): number =>
  policy === SCHED_IDLE ? IDLE_PACE : PACE[nice + 20]!;

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
  preempts({ quantum }, woken, running) {
    if (woken.policy === SCHED_IDLE) return false;
    if (running.policy === SCHED_IDLE) return true;
    if (woken.policy !== SCHED_OTHER) return false;
    return running.vruntime - woken.vruntime > quantum * GRANULARITY * paceOf(woken);
  },
  goesOn,
};
