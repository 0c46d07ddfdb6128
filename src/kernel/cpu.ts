/** What a CPU does: takes a task up, makes it the current one of the kernel, and is charged for its time. */
import { bug, type Nanos } from '../base/index.ts';
import { EVENT, OTHER_SPACE } from '../events/index.ts';
import type { Cpu } from './cpu-state.ts';
import { cpuTimersDue } from './itimer.ts';
import type { Kernel } from './kernel.ts';
import { rseqDispatched } from './rseq.ts';
import type { CpuId, Task } from './types.ts';

export const newCpu = (id: number): Cpu => ({
  id: id as CpuId,
  clock: 0 as Nanos,
  task: 0,
  last: 0,
  left: 0,
  leftFor: 0,
  leftSpace: 0,
  sliceEnd: 0 as Nanos,
  yields: false,
  asked: false,
  askedBy: 0,
  accounted: 0 as Nanos,
  trap: null,
  trapAddress: 0,
  busyTime: 0 as Nanos,
  switchTime: 0 as Nanos,
  switches: 0,
});

/** The context switch: an idle CPU takes a task from the ready queue. */
export function dispatch(k: Kernel, cpu: Cpu, task: Task): void {
  k.scheduler.remove(task);
  const waited = Math.max(0, cpu.clock - task.since);
  cpu.clock = Math.max(cpu.clock, task.since) as Nanos;
  task.readyTime = (task.readyTime + waited) as Nanos;
  if (cpu.last !== task.tid) {
    const cost = cpu.last === 0 ? 0 : k.options.switchCost;
    const how = cpu.left | (cpu.leftSpace === task.mm ? 0 : OTHER_SPACE);
    k.events.record(EVENT.contextSwitch, cpu.clock, cpu.id, task.tid, cpu.last, how, cpu.leftFor, cost);
    cpu.clock = (cpu.clock + cost) as Nanos;
    if (cost !== 0) {
      // Linux charges what the scheduler does to the task it ends in.
      task.systemTime = (task.systemTime + cost) as Nanos;
      cpu.switchTime = (cpu.switchTime + cost) as Nanos;
    }
    cpu.switches++;
    cpu.last = task.tid;
  }
  cpu.task = task.tid;
  if (task.rseq !== null) task.rseqDue = rseqDispatched(k, cpu, task);
  cpu.yields = false;
  cpu.asked = false;
  cpu.accounted = cpu.clock;
  cpu.trap = task.call === null && (!task.isWatched || task.traced?.next == null) ? null : 'resume';
  k.scheduler.at(cpu.clock);
  cpu.sliceEnd = (cpu.clock + k.scheduler.begin(task)) as Nanos;
  task.run = 'running';
  task.since = cpu.clock;
  task.cpu = cpu.id;
  task.timesDispatched++;
  k.events.record(EVENT.dispatch, cpu.clock, cpu.id, task.tid, waited);
}

/** The CPU's task becomes the current one: its registers are in the hart, its tables in `k`. */
export function enter(k: Kernel, cpu: Cpu): void {
  k.cpu = cpu;
  k.clock = cpu.clock;
  if (k.loaded?.tid === cpu.task && k.task === k.loaded) return;
  const task = k.tasks.get(cpu.task as never) ?? bug(`CPU ${cpu.id} runs task ${cpu.task}, which is gone`);
  if (k.loaded !== task) {
    saveLoaded(k);
    k.hart.loadRegisters(task.registers);
    k.hart.clearReservation();
    k.loaded = task;
  }
  setCurrent(k, task);
}

/** Puts the registers that the hart holds back into their task's slot. */
export function saveLoaded(k: Kernel): void {
  if (k.loaded !== null) k.hart.saveRegisters(k.loaded.registers);
}

/** Makes a task the one the kernel works for. */
export function setCurrent(k: Kernel, task: Task): void {
  k.task = task;
  k.group = k.groups.get(task.group)!;
  k.mm = k.mms.get(task.mm as never)!;
  k.files = k.filesTables.get(task.files)!;
  k.fs = k.fsContexts.get(task.fs)!;
  k.call = task.ownCall;
}

/** The current task shares other tables than before. */
export const useTables = (k: Kernel): void => setCurrent(k, k.task);

/** Time and instructions that the current task used in user mode. */
export function charge(k: Kernel, cpu: Cpu, retired: number): void {
  const { task, group } = k;
  cpu.clock = (cpu.clock + retired) as Nanos;
  cpu.busyTime = (cpu.busyTime + retired) as Nanos;
  k.clock = cpu.clock;
  k.retired += retired;
  task.instructions += retired;
  task.userTime = (task.userTime + retired) as Nanos;
  if (group.cpuBudget === Number.POSITIVE_INFINITY) return;
  group.cpuBudget -= retired;
  if (group.cpuBudget <= 0) cpuTimersDue(k, group);
}
