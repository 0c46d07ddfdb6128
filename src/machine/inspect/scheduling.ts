/** What a PCB says of a task's scheduling: its class, where the policy ranks it, and what the policy remembers of it. */
import { isRealTime, type Kernel, SCHED, type Task } from '../../kernel/index.ts';

export interface SchedulingView {
  /** Linux's class: SCHED_OTHER, SCHED_FIFO, … */
  readonly policy: string;
  /** Who decides among the ready tasks of its class: the machine's policy, or `real-time` for those before all others. */
  readonly decidedBy: string;
  /** What that policy remembers of the task, by its own names: a queue, a predicted burst, a pass. */
  readonly own: Readonly<Record<string, number | string | boolean>>;
  readonly nice: number;
  readonly priority: number;
  readonly level: number;
  readonly rank: number;
  readonly vruntime: number;
  /** Virtual nanoseconds. */
  readonly sliceLeft: number;
  readonly cpu: number;
  readonly affinity: number;
  readonly dispatched: number;
  readonly preempted: number;
  readonly blocked: number;
}

export function schedulingOf(k: Kernel, task: Task): SchedulingView {
  const policy =
    Object.entries(SCHED).find(([, number]) => number === task.policy)?.[0] ?? String(task.policy);
  const { nice, priority, level, rank, vruntime, cpu, affinity } = task;
  const runs = k.cpus.find(({ task: tid }) => tid === task.tid);
  return {
    policy,
    decidedBy: isRealTime(task.policy) ? 'real-time' : k.scheduler.name,
    own: isRealTime(task.policy) ? {} : plainFields(task.own),
    nice,
    priority,
    level,
    rank,
    vruntime,
    sliceLeft: runs === undefined ? task.sliceLeft : Math.max(0, runs.sliceEnd - runs.clock),
    cpu,
    affinity: affinity >>> 0,
    dispatched: task.timesDispatched,
    preempted: task.timesPreempted,
    blocked: task.timesBlocked,
  };
}

/** Fields that can be shown in a word; a policy of the user's may keep others. */
const plainFields = (own: unknown): SchedulingView['own'] =>
  Object.fromEntries(
    Object.entries(own ?? {}).filter(([, value]) => ['number', 'string', 'boolean'].includes(typeof value)),
  );
