/**
 * A processor on paper, for tests: jobs of known bursts under a policy, as textbooks draw them. It decides when the
 * kernel would (schedule.ts, preempt.ts), and nothing but the work takes time. Not exported from the layer.
 */
import { type Nanos, NEVER } from '../../base/index.ts';
import { ORDINARY, SCHED, Scheduler } from '../scheduler.ts';
import type { Tid } from '../types.ts';
import type { PolicyChoice } from './named.ts';
import type { PolicyState, ReadyReason, Schedulable } from './policy.ts';

/** A job: when it arrives, and its bursts of CPU and of waiting in turns, beginning with CPU. */
export interface Job {
  readonly arrives: number;
  readonly bursts: readonly number[];
  readonly nice?: number;
  /** What SJF and SRTF expect of it at first; its first burst unless told. */
  readonly predicted?: number;
}

/** One stay of a job on the processor: its number, from and to. */
export type Stay = readonly [job: number, from: number, to: number];

/** What became of a job. */
export interface Course {
  readonly finish: number;
  readonly turnaround: number;
  readonly waiting: number;
  readonly response: number;
}

export interface Simulated {
  readonly stays: readonly Stay[];
  readonly courses: readonly Course[];
  /** CPU time of each job. */
  readonly used: readonly number[];
  readonly idle: number;
}

interface Runner {
  readonly job: number;
  readonly task: Schedulable;
  readonly bursts: number[];
  comesAt: number;
  isNew: boolean;
  readySince: number;
  waiting: number;
  response: number;
  used: number;
  finish: number;
}

export const newSchedulable = (tid: number, fields: Partial<Schedulable> = {}): Schedulable => ({
  tid: tid as Tid,
  affinity: 1,
  policy: SCHED.SCHED_OTHER,
  nice: 0,
  priority: 0,
  inherited: ORDINARY,
  sliceLeft: 0,
  level: ORDINARY,
  rank: 0,
  turn: 0,
  slot: -1,
  vruntime: 0,
  own: null,
  ...fields,
});

const newRunner = ({ arrives, bursts, nice = 0 }: Job, at: number): Runner => ({
  job: at + 1,
  task: newSchedulable(at + 1, { nice, own: null }),
  bursts: [...bursts],
  comesAt: arrives,
  isNew: true,
  readySince: 0,
  waiting: 0,
  response: -1,
  used: 0,
  finish: -1,
});

export interface Rules {
  readonly quantum: number;
  readonly seed?: number;
  /** Stop then, whoever is there. */
  readonly until?: number;
}

/** Runs the jobs to their end. */
export function simulate(
  policy: PolicyChoice,
  jobs: readonly Job[],
  { quantum, seed = 1, until = NEVER }: Rules,
): Simulated {
  const scheduler = new Scheduler(policy, quantum as Nanos, seed);
  const runners = jobs.map(newRunner);
  const stays: Stay[] = [];
  let now = 0;
  let idle = 0;
  let current: Runner | null = null;
  let [sliceEnd, began, accounted] = [0, 0, 0];
  let isAsked = false;

  const account = (runner: Runner) => {
    if (now > accounted) scheduler.ran(runner.task, (now - accounted) as Nanos);
    accounted = now;
  };
  const makeReady = (runner: Runner, why: ReadyReason) => {
    runner.readySince = now;
    if (why === 'new' && scheduler.name.match(/sjf|srtf/) !== null) {
      const first = jobs[runner.job - 1]!;
      runner.task.own = { predicted: first.predicted ?? first.bursts[0]!, ran: 0 };
    }
    scheduler.at(now as Nanos);
    scheduler.add(runner.task, why);
  };
  const arrive = () => {
    for (const runner of runners) {
      if (runner.comesAt !== now) continue;
      runner.comesAt = -1;
      const why = runner.isNew ? 'new' : 'wake';
      makeReady(runner, why);
      runner.isNew = false;
      if (current === null) continue;
      account(current);
      if (scheduler.preempts(runner.task, current.task, why)) isAsked = true;
    }
  };
  const vacate = (runner: Runner) => {
    account(runner);
    if (now > began) stays.push([runner.job, began, now]);
    current = null;
    isAsked = false;
  };
  const next = () => Math.min(...runners.map(({ comesAt }) => (comesAt < now ? NEVER : comesAt)));

  for (let steps = 0; steps < 1_000_000; steps++) {
    arrive();
    const runner = current as Runner | null;
    if (runner !== null && runner.bursts[0] === 0) {
      runner.bursts.shift();
      vacate(runner);
      const wait = runner.bursts.shift();
      scheduler.left(runner.task);
      if (wait === undefined) runner.finish = now;
      else runner.comesAt = now + wait;
      if (wait === 0) continue;
    } else if (runner !== null && (isAsked || now >= sliceEnd)) {
      const why = now >= sliceEnd ? 'slice' : 'preempt';
      isAsked = false;
      account(runner);
      scheduler.at(now as Nanos);
      if (scheduler.goesOn(runner.task, 1, why)) {
        if (why === 'slice') sliceEnd = now + scheduler.slice(runner.task);
      } else {
        vacate(runner);
        makeReady(runner, why);
      }
    }
    if (now >= until) break;
    if (current === null) {
      const tid = scheduler.peek(1);
      if (tid !== 0) {
        const chosen = runners[tid - 1]!;
        scheduler.remove(chosen.task);
        chosen.waiting += now - chosen.readySince;
        if (chosen.response < 0) chosen.response = now - jobs[tid - 1]!.arrives;
        current = chosen;
        began = accounted = now;
        scheduler.at(now as Nanos);
        sliceEnd = now + scheduler.begin(chosen.task);
      }
    }
    const running = current as Runner | null;
    const event = Math.min(next(), until);
    if (running === null) {
      if (event >= NEVER) break;
      idle += event - now;
      now = event;
      continue;
    }
    const step = Math.min(running.bursts[0]!, sliceEnd - now, event - now);
    running.bursts[0]! -= step;
    running.used += step;
    now += step;
  }
  if (current !== null) vacate(current);
  return {
    stays: joined(stays),
    courses: runners.map(({ finish, waiting, response, job }) => ({
      finish,
      waiting,
      response,
      turnaround: finish - jobs[job - 1]!.arrives,
    })),
    used: runners.map(({ used }) => used),
    idle,
  };
}

/** A job that follows itself has not left. */
function joined(stays: readonly Stay[]): Stay[] {
  const list: Stay[] = [];
  for (const [job, from, to] of stays) {
    const last = list.at(-1);
    if (last !== undefined && last[0] === job && last[2] === from) list[list.length - 1] = [job, last[1], to];
    else list.push([job, from, to]);
  }
  return list;
}

/** What a policy is given beside a task. */
export const fixtureState = (): PolicyState => ({
  quantum: 10 as Nanos,
  now: 0 as Nanos,
  floor: 0,
  due: NEVER,
});
