/** Who takes the processor from whom: when a task becomes ready, or when its priority changes. */
import type { Nanos } from '../base/index.ts';
import type { Cpu } from './cpu-state.ts';
import type { Kernel } from './kernel.ts';
import type { PolicyChoice } from './policy/named.ts';
import type { ReadyReason } from './policy/policy.ts';
import { levelOf, ORDINARY } from './scheduler.ts';
import type { Task, Tid } from './types.ts';

/** Tells the scheduler how long a CPU's task has run. */
export function account(k: Kernel, cpu: Cpu, task: Task): void {
  const ran = cpu.clock - cpu.accounted;
  if (ran <= 0) return;
  cpu.accounted = cpu.clock;
  k.scheduler.ran(task, ran as Nanos);
}

/** A task has become ready: if it goes before one that runs, that one's CPU asks the scheduler again. */
export function ask(k: Kernel, task: Task, why: ReadyReason = 'wake'): void {
  const cpu = k.cpus.length === 1 ? k.cpus[0]! : weakest(k, task);
  if (cpu === null || cpu.task === 0 || cpu.asked) return;
  const running = k.task.tid === cpu.task ? k.task : k.tasks.get(cpu.task)!;
  account(k, cpu, running);
  if (!k.scheduler.preempts(task, running, why)) return;
  cpu.asked = true;
  cpu.askedBy = task.tid;
}

/** The CPU whose task would be the first to make way; null when one is idle. */
function weakest(k: Kernel, { affinity }: Task): Cpu | null {
  let found: Cpu | null = null;
  let [level, standing] = [-1, 0];
  for (const cpu of k.cpus) {
    if ((affinity & (1 << cpu.id)) === 0) continue;
    if (cpu.task === 0) return null;
    const running = k.tasks.get(cpu.task)!;
    const at = running.level;
    if (at < level) continue;
    const here = at === ORDINARY ? k.scheduler.standing(running) : 0;
    if (at === level && here <= standing) continue;
    [found, level, standing] = [cpu, at, here];
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
  const level = levelOf(task);
  const isRunnable = task.run === 'ready' || task.run === 'running';
  if (isRunnable && level !== ORDINARY) k.scheduler.left(task);
  task.level = level;
  if (task.run === 'ready') {
    k.scheduler.at(k.now());
    k.scheduler.add(task, 'change');
    ask(k, task);
  } else if (task.run === 'running') {
    const cpu = k.cpus[task.cpu]!;
    k.scheduler.at(cpu.clock);
    k.scheduler.take(task);
    renew(k, cpu, task);
  }
}

/** The running task is asked again, with a new slice. */
function renew(k: Kernel, cpu: Cpu, task: Task): void {
  cpu.sliceEnd = (cpu.clock + k.scheduler.slice(task)) as Nanos;
  cpu.asked = true;
  cpu.askedBy = 0;
}

/** All ordinary tasks come under another policy, in the order in which they wait; it knows nothing of before. */
export function changePolicy(k: Kernel, choice: PolicyChoice): void {
  const running = k.cpus.filter(({ task }) => task !== 0);
  for (const cpu of running) account(k, cpu, k.tasks.get(cpu.task as Tid)!);
  const waiting = k.scheduler.list() as readonly Task[];
  for (const task of waiting) k.scheduler.remove(task);
  for (const task of k.tasks.values()) {
    task.own = null;
    task.vruntime = 0;
  }
  k.scheduler.use(choice, k.now());
  for (const cpu of running) {
    const task = k.tasks.get(cpu.task as Tid)!;
    k.scheduler.at(cpu.clock);
    k.scheduler.take(task);
    renew(k, cpu, task);
  }
  k.scheduler.at(k.now());
  for (const task of waiting) k.scheduler.add(task, 'change');
}

/**
 * Lends a task the level of the strongest one that waits for what it holds, ORDINARY for none (futexes with
 * priority inheritance; Linux: rt_mutex_setprio).
 */
export function inherit(k: Kernel, task: Task, level: number): void {
  if (task.inherited !== level) reschedule(k, task, { inherited: level });
}
