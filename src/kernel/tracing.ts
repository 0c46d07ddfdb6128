/** Who traces whom, and who may: the ties of ptrace(2). Linux: kernel/ptrace.c, __ptrace_link(), __ptrace_may_access(). */
import { CAP } from '../abi/index.ts';
import { capable } from './capable.ts';
import type { Kernel } from './kernel.ts';
import type { Task, ThreadGroup, Tid, Tracing } from './types.ts';

/** Does somebody trace it now? */
export const isTraced = ({ traced }: Task): boolean => traced !== null && traced.tracer !== 0;

/** Is it in a stop of ptrace, rather than of job control? */
export const isInTraceStop = ({ traced }: Task): boolean => traced !== null && traced.stop !== null;

/** Does it stop in the course of a call, which its registers already tell of? */
export const isInCallStop = ({ traced }: Task): boolean =>
  traced?.stop === 'syscall-enter' ||
  traced?.next === 'event' ||
  traced?.next === 'judged' ||
  traced?.next === 'interrupted';

/** The process whose thread traces it. */
export function tracerOf(k: Kernel, { traced }: Task): ThreadGroup | undefined {
  const tracer = traced === null ? undefined : k.tasks.get(traced.tracer as Tid);
  return tracer && k.groups.get(tracer.group);
}

/** Ties a task to a tracer. What it was about to do for one that has let it go, it still does. */
export function tie(k: Kernel, tracer: Task, task: Task, seized: boolean, options: number): Tracing {
  const left = task.traced;
  const traced: Tracing = {
    tracer: tracer.tid,
    seized,
    options,
    atCalls: false,
    stop: null,
    report: 0,
    info: left?.info ?? null,
    message: 0,
    listens: false,
    mustStop: false,
    mustJoinStop: false,
    next: left?.next ?? null,
    signo: left?.signo ?? 0,
    a0lo: left?.a0lo ?? 0,
    a0hi: left?.a0hi ?? 0,
    exits: left?.exits ?? false,
  };
  task.traced = traced;
  task.isWatched = true;
  const group = k.groups.get(tracer.group)!;
  group.tracees ??= new Set();
  group.tracees.add(task.tid);
  return traced;
}

/** Nobody traces the task from now on. */
export function untie(k: Kernel, task: Task): void {
  const { traced } = task;
  const group = tracerOf(k, task);
  if (group !== undefined) forgetTracee(group, task.tid);
  if (traced === null) return;
  traced.tracer = 0;
  traced.options = 0;
  traced.atCalls = traced.mustStop = traced.mustJoinStop = traced.listens = false;
  forgetTracing(task);
}

/** The record goes when nothing is left to be done that stands in it. */
export function forgetTracing(task: Task): void {
  if (task.traced === null || task.traced.tracer !== 0 || task.traced.next !== null) return;
  task.traced = null;
  task.isWatched = task.seccomp !== null;
}

function forgetTracee(group: ThreadGroup, tid: Tid): void {
  group.tracees?.delete(tid);
  if (group.tracees?.size === 0) group.tracees = null;
}

/** The tasks that threads of this process trace, in the order in which they came. */
export const traceesOf = (k: Kernel, { tracees }: ThreadGroup): Task[] =>
  tracees === null ? [] : Array.from(tracees, (tid) => k.tasks.get(tid)!);

/** A thread has taken another number (exec): who traces it, and whom it traces, know it by that. */
export function renumber(k: Kernel, task: Task, before: Tid): void {
  const tracer = tracerOf(k, task);
  if (tracer !== undefined) {
    forgetTracee(tracer, before);
    tracer.tracees ??= new Set();
    tracer.tracees.add(task.tid);
  }
  for (const { traced } of traceesOf(k, k.groups.get(task.group)!))
    if (traced!.tracer === before) traced!.tracer = task.tid;
}

/** May the current task look into that one? Linux: ptrace_may_access() with PTRACE_MODE_ATTACH_REALCREDS. */
export function mayTrace(k: Kernel, task: Task): boolean {
  const { ruid, rgid } = k.task.credentials;
  return mayLook(k, task, ruid, rgid);
}

/** The same for files of /proc, with PTRACE_MODE_FSCREDS. */
export function mayRead(k: Kernel, task: Task): boolean {
  const { fsuid, fsgid } = k.task.credentials;
  return mayLook(k, task, fsuid, fsgid);
}

function mayLook(k: Kernel, task: Task, uid: number, gid: number): boolean {
  const group = k.groups.get(task.group)!;
  if (group === k.group || capable(k, CAP.CAP_SYS_PTRACE)) return true;
  const { ruid, euid, suid, rgid, egid, sgid } = task.credentials;
  const isOurs = [ruid, euid, suid].every((id) => id === uid) && [rgid, egid, sgid].every((id) => id === gid);
  return isOurs && group.dumpable === 1;
}
