/**
 * The stops of a traced task, and how it is let go on. It stands at a border: between two instructions, at the
 * beginning or end of a call, or in the middle of one that tells of an event. What it does next is a word in its
 * record (`next`); trace-resume.ts does it.
 *
 * Linux: kernel/signal.c, ptrace_stop(), do_jobctl_trap(); kernel/ptrace.c, ptrace_resume().
 */
import { PTRACE_EVENT, PTRACE_EVENTMSG, PTRACE_O, SA, SI, SIGNAL } from '../abi/index.ts';
import { EVENT } from '../events/index.ts';
import { forgetOpening } from '../vfs/index.ts';
import { endWait, setRun } from './block.ts';
import { letFilesGo } from './held-files.ts';
import type { Kernel } from './kernel.ts';
import { sigInfo } from './siginfo.ts';
import { isTraced, tracerOf, untie } from './tracing.ts';
import type { AfterStop, SigInfo, Task, TraceStop, Tracing } from './types.ts';

const SYSGOOD = 0x80;
const EVENT_SHIFT = 8;

interface Stand {
  readonly stop: TraceStop;
  /** The signal and, above it, the event. */
  readonly report: number;
  readonly info: SigInfo | null;
  readonly next: AfterStop | null;
  /** CLD_STOPPED at stops of job control, else CLD_TRAPPED. */
  readonly code: number;
}

function stand(k: Kernel, task: Task, { stop, report, info, next, code }: Stand): void {
  const traced = task.traced!;
  traced.stop = stop;
  traced.report = report;
  traced.info = info;
  traced.next = next;
  traced.listens = false;
  k.events.record(EVENT.stop, k.now(), task.cpu, task.tid, report & 0x7f);
  setRun(k, task, 'stopped');
  tellTracer(k, task, code, report & 0x7f);
}

/** The tracer gets SIGCHLD, unless it does not want to know, and its wait looks again. */
export function tellTracer(k: Kernel, task: Task, code: number, status: number): void {
  const tracer = tracerOf(k, task);
  if (tracer === undefined) return;
  const flags = tracer.handlers.actions[SIGNAL.SIGCHLD]?.flags ?? 0;
  const isStop = code === SI.CLD_TRAPPED || code === SI.CLD_STOPPED;
  if (!isStop || (flags & SA.SA_NOCLDSTOP) === 0)
    k.signalGroup(
      tracer,
      sigInfo(SIGNAL.SIGCHLD, { code, pid: task.tid, uid: task.credentials.ruid, status }),
    );
  k.wake(tracer.childQueue);
}

/** The siginfo of a stop that no signal brought about. Linux: ptrace_do_notify(). */
const noticed = (task: Task, report: number): SigInfo =>
  sigInfo(report & 0x7f, { code: report, pid: task.tid, uid: task.credentials.ruid });

/** A call begins or ends. */
export function callStop(k: Kernel, task: Task, isEntry: boolean, next: AfterStop | null): void {
  const traced = task.traced!;
  const good = (traced.options & PTRACE_O.PTRACE_O_TRACESYSGOOD) !== 0;
  const report = SIGNAL.SIGTRAP | (good ? SYSGOOD : 0);
  traced.message = isEntry ? PTRACE_EVENTMSG.SYSCALL_ENTRY : PTRACE_EVENTMSG.SYSCALL_EXIT;
  const stop = isEntry ? 'syscall-enter' : 'syscall-exit';
  stand(k, task, { stop, report, info: noticed(task, report), next, code: SI.CLD_TRAPPED });
}

/** PTRACE_EVENT_* other than STOP. */
export function eventStop(k: Kernel, task: Task, event: number, message: number, next: AfterStop): void {
  task.traced!.message = message;
  const report = SIGNAL.SIGTRAP | (event << EVENT_SHIFT);
  stand(k, task, { stop: 'event', report, info: noticed(task, report), next, code: SI.CLD_TRAPPED });
}

/** A signal is about to be taken; the tracer is asked first. False: nobody traces the task. */
export function stopsForSignal(k: Kernel, info: SigInfo): boolean {
  const { task } = k;
  if (!isTraced(task) || info.signo === SIGNAL.SIGKILL) return false;
  stand(k, task, { stop: 'signal', report: info.signo, info, next: 'signal', code: SI.CLD_TRAPPED });
  return true;
}

/** What the task does after a stop that came from outside: a call that was interrupted is taken up again. */
const again = (task: Task): AfterStop | null => (task.call === null ? null : 'again');

/** PTRACE_EVENT_STOP, between two instructions or in a call that waits. */
export function trapStop(k: Kernel, task: Task): void {
  const signo = k.groups.get(task.group)!.stoppedBy || SIGNAL.SIGTRAP;
  const report = signo | (PTRACE_EVENT.STOP << EVENT_SHIFT);
  task.traced!.message = 0;
  stand(k, task, {
    stop: 'group',
    report,
    info: noticed(task, report),
    next: again(task),
    code: SI.CLD_STOPPED,
  });
}

/** Its process was stopped by job control: a traced task tells of it by itself. */
export function groupStop(k: Kernel, task: Task): void {
  const traced = task.traced!;
  if (traced.stop !== null || task.wait?.uninterruptible === true) traced.mustJoinStop = true;
  else if (traced.seized) trapStop(k, task);
  else {
    const report = k.groups.get(task.group)!.stoppedBy;
    stand(k, task, { stop: 'group', report, info: null, next: again(task), code: SI.CLD_STOPPED });
  }
}

/** Its process goes on: one that listens says so at once, another one that was seized before it goes on. */
export function groupContinues(k: Kernel, task: Task): void {
  const traced = task.traced!;
  traced.mustJoinStop = false;
  if (!traced.seized) return;
  if (traced.listens) trapStop(k, task);
  else traced.mustStop = true;
}

/** PTRACE_INTERRUPT. */
export function interrupt(k: Kernel, task: Task): void {
  if (task.run === 'zombie') return;
  const traced = task.traced!;
  const isAway = (traced.stop !== null && !traced.listens) || task.wait?.uninterruptible === true;
  if (isAway || traced.next !== null) traced.mustStop = true;
  else trapStop(k, task);
  traced.listens = false;
}

/** A stop that was put off until now. */
export function stopsFirst(k: Kernel): boolean {
  const { task, group } = k;
  const { traced } = task;
  if (traced === null || !mustStop(task)) return false;
  const joins = traced.mustJoinStop && group.stoppedBy !== 0;
  const stops = traced.mustStop || joins;
  traced.mustStop = traced.mustJoinStop = false;
  if (!stops) return false;
  if (joins) groupStop(k, task);
  else trapStop(k, task);
  return true;
}

/** Is a stop put off? */
export const mustStop = ({ traced }: Task): boolean =>
  traced !== null && (traced.mustStop || traced.mustJoinStop);

/** PTRACE_EVENT_EXIT: the task is about to end, and asks to be looked at. */
export function stopsAtExit(k: Kernel, task: Task, status: number): boolean {
  const { traced } = task;
  if (traced === null || traced.exits || (traced.options & PTRACE_O.PTRACE_O_TRACEEXIT) === 0) return false;
  traced.exits = true;
  endWait(k, task);
  task.exitStatus = status;
  eventStop(k, task, PTRACE_EVENT.EXIT, status, 'exit');
  return true;
}

/** Lets a stopped task go on, with a signal or without (0). */
export function letGoOn(k: Kernel, task: Task, signo: number): void {
  const traced = task.traced!;
  const { stop } = traced;
  leaveStop(traced);
  traced.signo = signo;
  if (signo !== 0 && (stop === 'syscall-enter' || stop === 'syscall-exit'))
    k.signalTask(task, sigInfo(signo, { code: SI.SI_KERNEL }));
  k.events.record(EVENT.stop, k.now(), task.cpu, task.tid, 0);
  const { wait } = task;
  const isLooking = traced.atCalls || mustStop(task);
  const waits = wait !== null && (traced.next === null || (traced.next === 'again' && !isLooking));
  if (waits || wait?.uninterruptible === true) {
    traced.next = null;
    setRun(k, task, 'blocked');
    return;
  }
  if (wait !== null) {
    endWait(k, task);
    task.wokenBy = 'signal';
  }
  setRun(k, task, 'ready');
}

/** The end of a task is the end of its stop, too. */
export function endStop({ traced }: Task): void {
  if (traced === null) return;
  leaveStop(traced);
  traced.next = null;
}

function leaveStop(traced: Tracing): void {
  traced.stop = null;
  traced.report = 0;
  traced.listens = false;
}

/** PTRACE_DETACH, and the end of a tracer: the task goes on alone, or stays in the stop of its process. */
export function detach(k: Kernel, task: Task, signo: number): void {
  const traced = task.traced!;
  const isGroupStop = traced.stop === 'group' && k.groups.get(task.group)!.stoppedBy !== 0;
  traced.atCalls = traced.mustStop = traced.mustJoinStop = false;
  if (isGroupStop) {
    leaveStop(traced);
    traced.next = null;
  } else if (traced.stop !== null) letGoOn(k, task, signo);
  untie(k, task);
}

/** SIGKILL ends every stop; what the task was about to do it does no more. */
export function wakeToDie(k: Kernel, task: Task): void {
  const traced = task.traced!;
  if (traced.stop === null) return;
  leaveStop(traced);
  if (traced.next !== 'exit') {
    traced.next = null;
    dropCall(k, task);
  }
  setRun(k, task, 'ready');
}

/** Forgets a call that was interrupted: the task is in user mode, at the instruction its registers say. */
export function dropCall(k: Kernel, task: Task): void {
  endWait(k, task);
  task.call = null;
  letFilesGo(k, task);
  forgetOpening(k.vfs, task.tid);
}
