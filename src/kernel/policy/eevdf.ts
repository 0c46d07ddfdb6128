/**
 * Earliest eligible virtual deadline first (Stoica and Abdel-Wahab, 1995; Linux since 6.6): among the tasks that have
 * not had more than their share, the one whose slice must be over soonest. Virtual time is the mean of how far all
 * who compete have come, by weight; a task may run when it is not ahead of it. What a task has missed or had too much,
 * its lag, is kept while it sleeps.
 */
import type { Nanos } from '../../base/index.ts';
import { paceOf } from './pace.ts';
import type { Policy, PolicyState, Schedulable } from './policy.ts';

interface Competition {
  /** Sum of the weights of those who compete. */
  weight: number;
  /** Sum of weight times `vruntime`. */
  sum: number;
}

interface Entry {
  /** With which it competes; 0 when it does not. */
  weight: number;
  deadline: number;
  lag: number;
}

type State = PolicyState & Competition;
type Competitor = Schedulable<Entry>;

/** So many slices may be kept as lag. */
const MOST_LAG = 2;
/** What sums of fractions may be wrong by, in virtual nanoseconds. */
const TOLERANCE = 1e-3;

const virtualTime = ({ weight, sum, floor }: State): number => (weight > 0 ? sum / weight : floor);

function join(state: State, task: Competitor): void {
  const { own } = task;
  own.weight = 1 / paceOf(task);
  // That the mean stays where it is when the task comes in, its lag must be longer by its own weight (Linux: place_entity).
  const lag = state.weight > 0 ? (own.lag * (state.weight + own.weight)) / state.weight : own.lag;
  task.vruntime = virtualTime(state) - lag;
  state.weight += own.weight;
  state.sum += own.weight * task.vruntime;
  own.deadline = task.vruntime + state.quantum * paceOf(task);
}

function leave(state: State, task: Competitor): void {
  const { own } = task;
  if (own.weight === 0) return;
  const most = MOST_LAG * state.quantum * paceOf(task);
  state.floor = virtualTime(state);
  own.lag = Math.min(most, Math.max(-most, state.floor - task.vruntime));
  state.weight -= own.weight;
  state.sum -= own.weight * task.vruntime;
  own.weight = 0;
  // What is left after the last one has gone is what rounding has left.
  if (state.weight < TOLERANCE ** 2) state.weight = state.sum = 0;
}

const mayRun = (state: State, { vruntime }: Competitor): boolean =>
  vruntime <= virtualTime(state) + TOLERANCE;

/** A slice that is used up is followed by the next one. */
function extend(state: State, task: Competitor): void {
  if (task.vruntime >= task.own.deadline - TOLERANCE)
    task.own.deadline = task.vruntime + state.quantum * paceOf(task);
}

/** Fair shares by nice value, and a bound for how long a slice is waited for. */
export const eevdf: Policy<Competition, Entry> = {
  name: 'eevdf',
  state: () => ({ weight: 0, sum: 0 }),
  own: () => ({ weight: 0, deadline: 0, lag: 0 }),
  ready(state, task, why) {
    if (why === 'change') leave(state, task);
    if (task.own.weight === 0) join(state, task);
    if (why === 'yield') task.own.deadline += state.quantum * paceOf(task);
    else extend(state, task);
    return task.own.deadline;
  },
  eligible: mayRun,
  begin: () => {},
  ran(state, task, time) {
    if (task.own.weight === 0) return;
    task.vruntime += time / task.own.weight;
    state.sum += time;
  },
  slice: (_state, { own, vruntime }) =>
    Math.max(1, Math.ceil((own.deadline - vruntime) * own.weight)) as Nanos,
  preempts: (state, woken, { own }) => mayRun(state, woken) && woken.rank < own.deadline,
  goesOn(state, running, first, why) {
    if (running.own.weight !== 1 / paceOf(running)) {
      leave(state, running);
      join(state, running);
    }
    extend(state, running);
    if (first === null || why === 'yield') return first === null;
    if (!mayRun(state, first)) return true;
    // Of equals the one that waited goes first.
    const { deadline } = running.own;
    return mayRun(state, running) && (why === 'slice' ? deadline < first.rank : deadline <= first.rank);
  },
  left: leave,
  standing: (_state, { own }) => own.deadline,
};
