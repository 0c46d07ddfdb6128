/**
 * The end of tasks and processes: what a thread leaves behind, when its process becomes a zombie, and who
 * inherits the children. Linux: kernel/exit.c do_exit(), exit_notify().
 */
import { PTRACE_O, SA, SI, SIGNAL } from '../abi/index.ts';
import { EVENT } from '../events/index.ts';
import {
  forgetOpening,
  forgetProcess,
  hangUp,
  processExited,
  processReaped,
  releaseFilesTable,
  releaseFsContext,
  releaseProgram,
  sweepMounts,
  threadExited,
} from '../vfs/index.ts';
import { endWait, setRun, wakeTask } from './block.ts';
import { changeParent, leaderOf, leaveFamily, newsChanged, sessionOf } from './family.ts';
import { forgetFutexes, futexWake } from './futex.ts';
import { leaveFutexes } from './futex-pi.ts';
import { letFilesGo } from './held-files.ts';
import { leaveIpc } from './ipc/leave.ts';
import type { Kernel } from './kernel.ts';
import { continueOrphans } from './orphans.ts';
import { deleteAllTimers } from './posix-timer.ts';
import { childInfo, sigInfo } from './siginfo.ts';
import { SIG_IGN, sendToGroup } from './signal.ts';
import { leaveQueue } from './signal-queue.ts';
import { detach, endStop, stopsAtExit, tellTracer } from './trace-stop.ts';
import { isTraced, traceesOf, tracerOf, untie } from './tracing.ts';
import type { Task, Tgid, ThreadGroup, Tid } from './types.ts';
import { addTask, addUsage } from './usage.ts';

/** exit_group, or a fatal signal: every thread of the current process ends. `status` is a wait status. */
export function exitGroup(k: Kernel, group: ThreadGroup, status: number): void {
  group.exitStatus = status;
  for (const tid of [...group.threads]) {
    const task = k.tasks.get(tid)!;
    if (task !== k.task && task.run !== 'zombie') exitTask(k, task, status);
  }
  exitTask(k, k.task, status);
}

/** One thread of the current process ends; with the last one the process does. */
export function exitTask(k: Kernel, task: Task, status: number): void {
  if (task.isWatched && stopsAtExit(k, task, status)) return;
  if (task.isWatched) endStop(task);
  const group = k.groups.get(task.group)!;
  if (group.tracees !== null) leaveTracees(k, group, task);
  leaveIpc(k, task);
  endWait(k, task);
  forgetOpening(k.vfs, task.tid);
  task.call = null;
  letFilesGo(k, task);
  for (const info of task.pending) leaveQueue(k, info);
  task.pending = [];
  task.exitStatus = status;
  releaseMemory(k, task);
  releaseFilesTable(k.vfs, k.filesTables.get(task.files)!, group.tgid);
  releaseFs(k, task);
  k.tracer?.onTaskExit(task, status);
  k.events.record(EVENT.exit, k.now(), task.cpu, task.tid, status, task.group);
  const isLeader = (task.tid as number) === group.tgid;
  const isKept = isLeader || isTraced(task);
  setRun(k, task, isKept ? 'zombie' : 'dead');
  threadExited(k.vfs, task.tid, isLeader);
  addTask(group.usage, task);
  freeRegisters(k, task);
  if (!isKept) forgetThread(k, group, task);
  else if (!isLeader) tellTracer(k, task, ...endOf(status));
  endProcess(k, group);
}

/** Of the threads that have ended, only the leader stays, and those that a tracer has not heard of. */
function endProcess(k: Kernel, group: ThreadGroup): void {
  if (group.threads.size === 1 && leaderOf(k, group).run === 'zombie') exitProcess(k, group);
}

function forgetThread(k: Kernel, group: ThreadGroup, task: Task): void {
  group.threads.delete(task.tid);
  forgetTask(k, task.tid);
}

/** A number stands for nobody any more. Threads, too, have directories in /proc, for those who know their numbers. */
export function forgetTask(k: Kernel, tid: Tid): void {
  k.tasks.delete(tid);
  forgetProcess(k.vfs, tid);
}

/** CLD_* and status, as a siginfo tells the end of a task. */
function endOf(status: number): [code: number, status: number] {
  const signo = status & 0x7f;
  return signo === 0 ? [SI.CLD_EXITED, status >> 8] : [SI.CLD_KILLED, signo];
}

/** The tracer has heard of the end of a task: a thread goes, a process is its parent's to hear of. */
export function buryTracee(k: Kernel, task: Task): void {
  const group = k.groups.get(task.group)!;
  untie(k, task);
  if ((task.tid as number) !== group.tgid) {
    forgetThread(k, group, task);
    endProcess(k, group);
  } else if (group.life === 'zombie') tellParent(k, group);
}

/** A tracer ends: those it traced go on without it, or die with it. Linux: exit_ptrace(). */
function leaveTracees(k: Kernel, group: ThreadGroup, tracer: Task): void {
  for (const task of traceesOf(k, group)) {
    const { tracer: by, options, stop, report } = task.traced!;
    if (by !== tracer.tid) continue;
    if (task.run === 'zombie') {
      buryTracee(k, task);
      continue;
    }
    detach(k, task, stop === 'signal' ? report : 0);
    if ((options & PTRACE_O.PTRACE_O_EXITKILL) !== 0)
      k.signalTask(task, sigInfo(SIGNAL.SIGKILL, { code: SI.SI_USER }));
  }
}

function freeRegisters(k: Kernel, task: Task): void {
  k.registers.give(task.registers);
  if (k.loaded === task) k.loaded = null;
}

/** What the memory of a thread that goes must be told, while it is still there. Linux: mm_release(). */
function releaseMemory(k: Kernel, task: Task): void {
  const mm = k.mms.get(task.mm as never);
  if (mm === undefined) return;
  leaveFutexes(k, task);
  if (task.clearChildTid !== 0 && mm.users > 1 && k.user.writeU32(task.clearChildTid, 0))
    futexWake(k, task.clearChildTid, 1);
  releaseVfork(k, task);
  const group = k.groups.get(task.group)!;
  group.usage.maxRss = Math.max(group.usage.maxRss, mm.rssPeak);
  if (mm.users === 1) forgetFutexes(k, mm.id);
  k.memory.spaces.release(mm);
  task.mm = 0;
}

/** The parent that lent its memory to a vfork child goes on. */
export function releaseVfork(k: Kernel, child: Task): void {
  const parent = k.tasks.get(child.vforkParent as never);
  child.vforkParent = 0;
  if (parent?.wait?.on === 'vfork' && parent.wait.detail === child.tid) wakeTask(k, parent, 'event');
}

function releaseFs(k: Kernel, task: Task): void {
  const fs = k.fsContexts.get(task.fs)!;
  releaseFsContext(k.vfs, fs);
  if (fs.users === 0) k.fsContexts.delete(task.fs);
}

/** The last thread has gone: a zombie, until its parent asks. */
function exitProcess(k: Kernel, group: ThreadGroup): void {
  // Without exit_group the leader's own status counts, whoever went last.
  if (group.exitStatus < 0) group.exitStatus = leaderOf(k, group).exitStatus;
  group.life = 'zombie';
  newsChanged(k, group);
  if (k.hosted.has(group.tgid)) {
    k.hosted.set(group.tgid, group.exitStatus);
    k.hostedEnded = true;
  }
  for (const info of group.pending) leaveQueue(k, info);
  group.pending = [];
  deleteAllTimers(k, group);
  group.stoppedBy = 0;
  k.timers.cancel('itimer', group.tgid);
  group.handlers.users--;
  if (group.exe !== null) releaseProgram(k.vfs, group.exe.inode);
  group.exe = null;
  sweepMounts(k.vfs);
  if (group.tgid === 1) {
    k.halt = { why: 'exited', status: group.exitStatus };
    return;
  }
  if ((group.sid as number) === group.tgid) leaveTerminal(k, group);
  for (const child of [...group.children]) adopt(k, group, k.groups.get(child)!);
  continueOrphans(k, group, k.groups.get(group.parent as Tgid), group);
  processExited(k.vfs, group.tgid);
  tellParent(k, group);
}

/**
 * The session leader's terminal hangs up (man 3 termios, "modem disconnect"). When it had hung up before, those who
 * were in the foreground then hear of it now. Linux: disassociate_ctty.
 */
function leaveTerminal(k: Kernel, leader: ThreadGroup): void {
  const { tty, hungUpForeground } = leader;
  if (tty !== 0) {
    for (const group of sessionOf(k, leader.sid)) group.tty = 0;
    hangUp(k.vfs, tty, 'leader');
  } else if (hungUpForeground !== 0) {
    k.vfs.host.signalGroup(hungUpForeground, SIGNAL.SIGHUP);
    k.vfs.host.signalGroup(hungUpForeground, SIGNAL.SIGCONT);
  }
}

/** Gives an orphan to the nearest subreaper above, or to the first process. */
function adopt(k: Kernel, dead: ThreadGroup, child: ThreadGroup): void {
  const heir = subreaperOf(k, dead);
  changeParent(k, child, heir);
  child.exitSignal = SIGNAL.SIGCHLD;
  k.events.record(EVENT.reparent, k.now(), k.cpu.id, dead.tgid as number, child.tgid, heir.tgid);
  for (const tid of child.threads) {
    const task = k.tasks.get(tid)!;
    if (task.parentDeathSignal !== 0 && child.life === 'live')
      k.signalTask(task, sigInfo(task.parentDeathSignal, { code: SI.SI_USER, pid: dead.tgid }));
  }
  if (child.life === 'zombie') tellParent(k, child);
  else continueOrphans(k, child, dead, dead);
}

function subreaperOf(k: Kernel, dead: ThreadGroup): ThreadGroup {
  for (let up = k.groups.get(dead.parent as Tgid); up !== undefined; up = k.groups.get(up.parent as Tgid))
    if (up.subreaper && up.life === 'live') return up;
  return k.groups.get(1 as Tgid)!;
}

/** SIGCHLD, and the reap right away when the parent said that it will never ask. Linux: do_notify_parent(). */
function tellParent(k: Kernel, group: ThreadGroup): void {
  const parent = k.groups.get(group.parent as Tgid);
  const tracer = tracerOf(k, leaderOf(k, group));
  if (tracer !== undefined && tracer !== parent) {
    tellTracer(k, leaderOf(k, group), ...endOf(group.exitStatus));
    return;
  }
  if (parent === undefined) return;
  const action = parent.handlers.actions[SIGNAL.SIGCHLD];
  const isIgnored = action?.handler === SIG_IGN;
  const reaps =
    tracer === undefined &&
    group.exitSignal === SIGNAL.SIGCHLD &&
    (isIgnored || ((action?.flags ?? 0) & SA.SA_NOCLDWAIT) !== 0);
  if (group.exitSignal !== 0 && !(reaps && isIgnored)) {
    const [code, status] = endOf(group.exitStatus);
    const { userTime, systemTime } = group.usage;
    const times = { user: userTime, all: userTime + systemTime };
    sendToGroup(k, parent, childInfo(k, group, group.exitSignal, { code, status }, times));
  }
  if (reaps) reap(k, group);
  k.wake(parent.childQueue);
}

/** Removes a zombie: its parent knows. Its usage is added to what the parent's children used. */
export function reap(k: Kernel, group: ThreadGroup): void {
  const parent = k.groups.get(group.parent as Tgid);
  if (parent !== undefined) {
    addUsage(parent.childUsage, group.usage);
    addUsage(parent.childUsage, group.childUsage);
    k.events.record(EVENT.reap, k.now(), k.cpu.id, parent.tgid, group.tgid, group.exitStatus);
  }
  for (const tid of group.threads) {
    untie(k, k.tasks.get(tid)!);
    forgetTask(k, tid);
  }
  leaveFamily(k, group);
  if (k.oomVictim === group.tgid) k.oomVictim = 0;
  processReaped(k.vfs, group.tgid);
}
