/** Who takes the processor from whom: when a task becomes ready, or when its priority changes. */
import type { Nanos } from '../base/index.ts';
import type { Cpu } from './cpu-state.ts';
import type { Kernel } from './kernel.ts';
import { levelOf } from './scheduler.ts';
import type { Task } from './types.ts';

/** Tells the scheduler how long a CPU's task has run. */
export function account(k: Kernel, cpu: Cpu, task: Task): void {
  const ran = cpu.clock - cpu.accounted;
  if (ran <= 0) return;
  cpu.accounted = cpu.clock;
  k.scheduler.ran(task, ran as Nanos);
}

/** A task has become ready: if it goes before one that runs, that one's CPU asks the scheduler again. */
export function ask(k: Kernel, task: Task): void {
  const cpu = k.cpus.length === 1 ? k.cpus[0]! : weakest(k, task);
  if (cpu === null || cpu.task === 0 || cpu.asked) return;
  const running = k.task.tid === cpu.task ? k.task : k.tasks.get(cpu.task)!;
  account(k, cpu, running);
  if (k.scheduler.preempts(task, running)) cpu.asked = true;
}

/** The CPU whose task would be the first to make way; null when one is idle. */
function weakest(k: Kernel, { affinity }: Task): Cpu | null {
  let found: Cpu | null = null;
  let [level, vruntime] = [-1, 0];
  for (const cpu of k.cpus) {
    if ((affinity & (1 << cpu.id)) === 0) continue;
    if (cpu.task === 0) return null;
    const running = k.tasks.get(cpu.task)!;
    const at = running.level;
    if (at < level || (at === level && running.vruntime <= vruntime)) continue;
    [found, level, vruntime] = [cpu, at, running.vruntime];
  }
  return found;
}

/** Gives a task another policy, priority or nice value: it stands elsewhere among the others then. */
export function reschedule(
  k: Kernel,
  task: Task,
  change: Partial<Pick<Task, 'policy' | 'priority' | 'nice' | 'inherited'>>,
): void {
  if (task.run === 'running') account(k, k.cpus[task.cpu]!, task);
  Object.assign(task, change);
  if (task.run === 'ready') k.scheduler.remove(task);
  task.level = levelOf(task);
  if (task.run === 'ready') {
    k.scheduler.add(task, 'change');
    ask(k, task);
  } else if (task.run === 'running') {
    const cpu = k.cpus[task.cpu]!;
    cpu.sliceEnd = (cpu.clock + k.scheduler.slice(task)) as Nanos;
    cpu.asked = true;
  }
}

/**
 * Lends a task the level of the strongest one that waits for what it holds, ORDINARY for none (futexes with
 * priority inheritance; Linux: rt_mutex_setprio).
 */
export function inherit(k: Kernel, task: Task, level: number): void {
  if (task.inherited !== level) reschedule(k, task, { inherited: level });
}
