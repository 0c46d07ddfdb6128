/**
 * Sending signals: who may get one, what it undoes, where it is queued and whom it wakes. Delivery, when the
 * target returns to user mode, is in signal-deliver.ts.
 *
 * Linux: kernel/signal.c, prepare_signal(), sig_ignored(), complete_signal().
 */

import { CAP, type DefaultAction, defaultAction, SA, SI, SIGNAL } from '../abi/index.ts';
import { EVENT } from '../events/index.ts';
import { signalArrived } from '../vfs/index.ts';
import { wakeTask } from './block.ts';
import { capable } from './capable.ts';
import { processTime } from './cpu-clock.ts';
import { leaderOf, newsChanged } from './family.ts';
import type { Kernel } from './kernel.ts';
import { childInfo, sigInfo } from './siginfo.ts';
import { enqueue, leaveQueue } from './signal-queue.ts';
import { has, setOf } from './signal-set.ts';
import { continueGroup } from './signal-stop.ts';
import { interrupt, mustStop, wakeToDie } from './trace-stop.ts';
import { isTraced } from './tracing.ts';
import type { PosixTimer, SigAction, SigInfo, Task, ThreadGroup, Wait } from './types.ts';

export const SIG_DFL = 0;
export const SIG_IGN = 1;

const STOP_SIGNALS = setOf(SIGNAL.SIGSTOP, SIGNAL.SIGTSTP, SIGNAL.SIGTTIN, SIGNAL.SIGTTOU);
const CONT = setOf(SIGNAL.SIGCONT);

/** The siginfo of kill(2) and its kin: who sent it. */
export const sentBy = (k: Kernel, signo: number, code: number = SI.SI_USER): SigInfo =>
  sigInfo(signo, { code, pid: k.group.tgid, uid: k.task.credentials.ruid });

export type Disposition = 'handler' | DefaultAction;

/** What would happen to the group if the signal were delivered now. */
export function disposition(group: ThreadGroup, signo: number): Disposition {
  const action = group.handlers.actions[signo];
  if (action && action.handler === SIG_IGN) return 'ignore';
  if (action && action.handler !== SIG_DFL) return 'handler';
  return defaultAction(signo);
}

/** Says what the signal does from now on. */
export function setAction(group: ThreadGroup, signo: number, action: SigAction | null): void {
  const actions = group.handlers.actions.slice();
  actions[signo] = action;
  group.handlers.actions = actions;
}

/** The first process gets only what it handles (Linux: SIGNAL_UNKILLABLE). */
export const isUnkillable = (group: ThreadGroup): boolean => group.tgid === 1;

/** Linux: sig_ignored(). A blocked signal is never ignored: its action may change before it is taken; a tracer sees all. */
function isIgnored(group: ThreadGroup, task: Task, signo: number): boolean {
  if (has(task.blocked, signo) || isTraced(task)) return false;
  const will = disposition(group, signo);
  if (will === 'ignore') return true;
  return isUnkillable(group) && will !== 'handler' && will !== 'continue';
}

export function discardPending(k: Kernel, group: ThreadGroup, signals: { lo: number; hi: number }): void {
  const keep = (info: SigInfo) => {
    if (!has(signals, info.signo)) return true;
    leaveQueue(k, info);
    return false;
  };
  group.pending = group.pending.filter(keep);
  for (const tid of group.threads) {
    const task = k.tasks.get(tid)!;
    task.pending = task.pending.filter(keep);
  }
}

/** After sigaction: a pending signal that is now ignored is forgotten (man 2 sigaction). */
export function discardIgnored(k: Kernel, group: ThreadGroup, signo: number): void {
  if (disposition(group, signo) === 'ignore') discardPending(k, group, setOf(signo));
}

/** May the current task signal this process? (man 2 kill) */
export function maySignal(k: Kernel, target: ThreadGroup, signo: number): boolean {
  const mine = k.task.credentials;
  const theirs = leaderOf(k, target)?.credentials;
  if (target === k.group || capable(k, CAP.CAP_KILL) || theirs === undefined) return true;
  if (signo === SIGNAL.SIGCONT && target.sid === k.group.sid) return true;
  return [mine.ruid, mine.euid].some((uid) => uid === theirs.ruid || uid === theirs.suid);
}

/** A stop signal undoes a pending SIGCONT and the other way round; SIGCONT continues even when ignored. */
function prepare(k: Kernel, group: ThreadGroup, signo: number): void {
  if (has(STOP_SIGNALS, signo)) discardPending(k, group, CONT);
  if (signo === SIGNAL.SIGCONT) {
    discardPending(k, group, STOP_SIGNALS);
    if (continueGroup(k, group)) {
      group.continueReport = true;
      newsChanged(k, group);
      notifyParent(k, group, SI.CLD_CONTINUED, signo);
    } else tellSeized(k, group);
  }
}

/** A tracer that seized a thread hears of SIGCONT, whether or not it was stopped. Linux: ptrace_trap_notify(). */
function tellSeized(k: Kernel, group: ThreadGroup): void {
  for (const tid of group.threads) {
    const task = k.tasks.get(tid)!;
    if (task.traced?.seized) interrupt(k, task);
  }
}

function recordSent(k: Kernel, { signo, code }: SigInfo, to: number): void {
  const by = k.task.run === 'running' ? k.task.tid : 0;
  k.events.record(EVENT.signalSent, k.now(), k.cpu.id, by, signo, to, code);
}

function ignored(k: Kernel, task: Task, info: SigInfo): 0 {
  k.tracer?.onIgnored(task, info);
  return 0;
}

/** Sends to one thread (tgkill, faults, SIGPIPE). EAGAIN: no more may be queued. */
export function sendToTask(k: Kernel, task: Task, info: SigInfo): 0 | 'EAGAIN' {
  const group = k.groups.get(task.group);
  if (group === undefined || !isAlive(task)) return 0;
  recordSent(k, info, task.tid);
  prepare(k, group, info.signo);
  if (isIgnored(group, task, info.signo)) return ignored(k, task, info);
  const queued = enqueue(k, group, task, task.pending, info);
  if (queued === 'queued') tellTask(k, group, task, info.signo);
  return queued === 'EAGAIN' ? queued : 0;
}

function tellTask(k: Kernel, group: ThreadGroup, task: Task, signo: number): void {
  rouse(k, group, task, signo);
  signalArrived(k.vfs);
}

/** Sends to a process: any thread that does not block it may take it. */
export function sendToGroup(k: Kernel, group: ThreadGroup, info: SigInfo): 0 | 'EAGAIN' {
  const first = firstAlive(k, group);
  if (first === undefined) return 0;
  recordSent(k, info, group.tgid);
  prepare(k, group, info.signo);
  if (isIgnored(group, first, info.signo)) return ignored(k, first, info);
  const queued = enqueue(k, group, first, group.pending, info);
  if (queued === 'queued') tellGroup(k, group, info.signo);
  return queued === 'EAGAIN' ? queued : 0;
}

function tellGroup(k: Kernel, group: ThreadGroup, signo: number): void {
  signalArrived(k.vfs);
  const taker = takerOf(k, group, signo);
  if (taker !== undefined) rouse(k, group, taker, signo);
  for (const tid of group.threads) {
    const task = k.tasks.get(tid)!;
    if (task.wait?.on === 'signal') wakeTask(k, task, 'signal');
  }
}

/** Who takes it: the first that can at once, or else the first that ever will. Linux: complete_signal(). */
function takerOf(k: Kernel, group: ThreadGroup, signo: number): Task | undefined {
  let found: Task | undefined;
  for (const tid of group.threads) {
    const task = k.tasks.get(tid)!;
    if (!isAlive(task) || has(task.blocked, signo)) continue;
    if (task.wait?.uninterruptible !== true && task.pending.length === 0) return task;
    found ??= task;
  }
  return found;
}

/** Sends what a POSIX timer tells; its place in the queue was set aside when it was made. */
export function sendTimerSignal(
  k: Kernel,
  group: ThreadGroup,
  timer: PosixTimer,
  info: SigInfo,
): 'queued' | 'ignored' {
  const task = timer.tid === 0 ? firstAlive(k, group) : k.tasks.get(timer.tid);
  if (task === undefined || task.group !== group.tgid || !isAlive(task)) return 'queued';
  const pending = timer.tid === 0 ? group.pending : task.pending;
  if (pending.some((other) => other.timer === timer.key)) {
    timer.overrun++;
    return 'queued';
  }
  prepare(k, group, info.signo);
  if (isIgnored(group, task, info.signo)) return 'ignored';
  pending.push(info);
  if (timer.tid === 0) tellGroup(k, group, info.signo);
  else tellTask(k, group, task, info.signo);
  return 'queued';
}

function firstAlive(k: Kernel, group: ThreadGroup): Task | undefined {
  for (const tid of group.threads) {
    const task = k.tasks.get(tid)!;
    if (isAlive(task)) return task;
  }
  return undefined;
}

const isAlive = (task: Task) => task.run !== 'dead' && task.run !== 'zombie';

/** Makes the thread look: out of an interruptible wait, or, for SIGKILL, out of a stop. */
function rouse(k: Kernel, group: ThreadGroup, task: Task, signo: number): void {
  if (signo === SIGNAL.SIGKILL && group.stoppedBy !== 0) continueGroup(k, group);
  if (signo === SIGNAL.SIGKILL && task.traced !== null) wakeToDie(k, task);
  if (has(task.blocked, signo) && task.wait?.on !== 'signal') return;
  if (task.wait === null) return;
  if (task.wait.uninterruptible !== true || isFatalTo(task.wait, signo)) wakeTask(k, task, 'signal');
}

/** A vfork parent waits for what its child does: nothing but SIGKILL ends that early (Linux: TASK_KILLABLE). */
const isFatalTo = (wait: Wait, signo: number): boolean => wait.on === 'vfork' && signo === SIGNAL.SIGKILL;

/** Must the task die before this wait ends? */
export const isKilledIn = (group: ThreadGroup, task: Task, wait: Wait): boolean =>
  [...task.pending, ...group.pending].some(({ signo }) => isFatalTo(wait, signo));

/** Is a signal pending that the task would take now? */
export function hasDeliverable(group: ThreadGroup, task: Task): boolean {
  if (task.isWatched && mustStop(task)) return true;
  if (task.pending.length === 0 && group.pending.length === 0) return false;
  const free = (info: SigInfo) => !has(task.blocked, info.signo);
  return task.pending.some(free) || group.pending.some(free);
}

/** Tells the parent that a child stopped or continued, unless it does not want to know (SA_NOCLDSTOP). */
export function notifyParent(k: Kernel, group: ThreadGroup, code: number, status: number): void {
  const parent = group.parent === 0 ? undefined : k.groups.get(group.parent);
  if (parent === undefined) return;
  const action = parent.handlers.actions[SIGNAL.SIGCHLD];
  if (((action?.flags ?? 0) & SA.SA_NOCLDSTOP) === 0) {
    const times = { user: processTime(k, group, 'user'), all: processTime(k, group, 'all') };
    sendToGroup(k, parent, childInfo(k, group, SIGNAL.SIGCHLD, { code, status }, times));
  }
  k.wake(parent.childQueue);
}
