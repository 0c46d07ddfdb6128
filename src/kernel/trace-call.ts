/**
 * Where a traced task stops at its calls, and what its registers show there: riscv64 steps over the ecall and puts
 * -ENOSYS into a0 before a tracer looks (Linux: do_trap_ecall_u()). Our own record keeps both as they were.
 */
import { ERRNO, PTRACE_EVENT, PTRACE_O, SI, SIGNAL } from '../abi/index.ts';
import { CLONE, isSet } from './clone-flags.ts';
import type { Kernel } from './kernel.ts';
import { sigInfo } from './siginfo.ts';
import { callStop, eventStop } from './trace-stop.ts';
import { isTraced, tie } from './tracing.ts';
import type { AfterStop, Interrupted, Task, Tracing } from './types.ts';

/** Index of a register's low word in `hart.xWords`. */
const A0 = 20;
const A7 = 34;
const RESTART_SYSCALL = 128;

/** What the kernel says to itself, and to tracers, of a call that is to be made anew (linux/errno.h). */
const RESTARTS: Readonly<Record<Interrupted, number>> = {
  'never blocks': ERRNO.EINTR,
  EINTR: ERRNO.EINTR,
  ERESTARTSYS: 512,
  ERESTARTNOHAND: 514,
  ERESTART_RESTARTBLOCK: 516,
};

/** The registers of the current task become as a tracer finds them in a call. */
function showInCall(k: Kernel, traced: Tracing, result: number): void {
  const x = k.hart.xWords;
  traced.a0lo = x[A0]!;
  traced.a0hi = x[A0 + 1]!;
  x[A0] = result;
  x[A0 + 1] = -1;
  k.hart.stepOver();
}

/** They become again as they were at the ecall; what the tracer made of the pc counts. */
export function showAtCall(k: Kernel, traced: Tracing): void {
  const x = k.hart.xWords;
  x[A0] = traced.a0lo;
  x[A0 + 1] = traced.a0hi;
  k.hart.pc -= 4;
}

/** The current task has come to an ecall: does it stop there? */
export function stopsAtEntry(k: Kernel): boolean {
  const { task } = k;
  const { traced } = task;
  if (traced === null || !traced.atCalls) return false;
  // A call with a deadline goes on as restart_syscall.
  if (task.call !== null && k.call.deadline >= 0) k.hart.xWords[A7] = RESTART_SYSCALL;
  showInCall(k, traced, -ERRNO.ENOSYS);
  callStop(k, task, true, 'enter');
  return true;
}

/** Is the interrupted call still the one that was to be made anew? */
export const isSameCall = (k: Kernel): boolean => {
  const x = k.hart.xWords;
  return x[A7 + 1] === 0 && (x[A7] === k.call.nr || x[A7] === RESTART_SYSCALL);
};

/** Puts the number of the call back where restart_syscall stood. */
export function nameCall(k: Kernel): void {
  k.hart.xWords[A7] = k.call.nr;
}

/** Has the tracer asked that there be no call (a7 = -1)? */
export const isSkipped = (k: Kernel): boolean => k.hart.xWords[A7] === -1 && k.hart.xWords[A7 + 1] === -1;

/** The current task's call has ended: does it stop there? */
export function stopAtEnd(k: Kernel): void {
  const { task } = k;
  if (task.traced?.atCalls === true && task.run === 'running') callStop(k, task, false, null);
}

/** The current task's call was interrupted and may be made anew: whoever stops at calls sees its end. */
export function stopsInterrupted(k: Kernel, how: Interrupted): boolean {
  const { task } = k;
  const { traced } = task;
  if (traced === null || !traced.atCalls) return false;
  showInCall(k, traced, -RESTARTS[how]);
  callStop(k, task, false, 'interrupted');
  return true;
}

/** Did the tracer leave the registers of an interrupted call as they were shown? */
export const isStillInterrupted = (k: Kernel, how: Interrupted): boolean =>
  k.hart.xWords[A0] === -RESTARTS[how] && k.hart.xWords[A0 + 1] === -1;

/** The current task stops in the middle of a call to tell of an event. */
export function stopInCall(k: Kernel, event: number, message: number, next: AfterStop = 'event'): void {
  showInCall(k, k.task.traced!, -ERRNO.ENOSYS);
  eventStop(k, k.task, event, message, next);
}

const OPTION: Readonly<Record<number, number>> = {
  [PTRACE_EVENT.FORK]: PTRACE_O.PTRACE_O_TRACEFORK,
  [PTRACE_EVENT.VFORK]: PTRACE_O.PTRACE_O_TRACEVFORK,
  [PTRACE_EVENT.CLONE]: PTRACE_O.PTRACE_O_TRACECLONE,
};

/** Which event a clone is to the tracer; 0 when it does not want to know. Linux: kernel_clone(). */
function cloneEvent({ traced }: Task, flags: number, exitSignal: number): number {
  if (traced === null || isSet(flags, CLONE.CLONE_UNTRACED)) return 0;
  const event = isSet(flags, CLONE.CLONE_VFORK)
    ? PTRACE_EVENT.VFORK
    : exitSignal === SIGNAL.SIGCHLD
      ? PTRACE_EVENT.FORK
      : PTRACE_EVENT.CLONE;
  return (traced.options & OPTION[event]!) === 0 ? 0 : event;
}

/** A child of a traced task may be traced from its first instruction on. Linux: ptrace_init_task(). */
export function traceChild(k: Kernel, child: Task, flags: number, exitSignal: number): void {
  const { task } = k;
  if (!isTraced(task)) return;
  if (cloneEvent(task, flags, exitSignal) === 0 && !isSet(flags, CLONE.CLONE_PTRACE)) return;
  const { tracer, seized, options } = task.traced!;
  const traced = tie(k, k.tasks.get(tracer as Task['tid'])!, child, seized, options);
  if (seized) traced.mustStop = true;
  else child.pending.push(sigInfo(SIGNAL.SIGSTOP, { code: SI.SI_USER }));
}

/** Tells the tracer of a clone that has just been made, before the call returns. */
export function tellClone(k: Kernel, child: Task, flags: number, exitSignal: number): void {
  const event = cloneEvent(k.task, flags, exitSignal);
  if (event !== 0) stopInCall(k, event, child.tid);
}

/** A vfork child has let go of its parent's memory: the parent may tell. */
export function tellVforkDone(k: Kernel, child: number): void {
  const { traced } = k.task;
  if (traced !== null && (traced.options & PTRACE_O.PTRACE_O_TRACEVFORKDONE) !== 0)
    stopInCall(k, PTRACE_EVENT.VFORK_DONE, child);
}

/** The current task has become another program. Who asked for no event gets SIGTRAP. Linux: exec_binprm(). */
export function tellExec(k: Kernel, before: number): void {
  const { task } = k;
  if (!isTraced(task)) return;
  const traced = task.traced!;
  if ((traced.options & PTRACE_O.PTRACE_O_TRACEEXEC) !== 0)
    eventStop(k, task, PTRACE_EVENT.EXEC, before, 'exec');
  else if (!traced.seized)
    k.signalTask(
      task,
      sigInfo(SIGNAL.SIGTRAP, { code: SI.SI_USER, pid: k.group.tgid, uid: task.credentials.ruid }),
    );
}
