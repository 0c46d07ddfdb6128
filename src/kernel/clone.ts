/**
 * clone(2) as a table: each flag says which record the child shares with its parent; without the flag it gets
 * a copy. fork, vfork and pthread_create are three rows of flags. Linux: kernel/fork.c copy_process().
 */
import { CAP, type Errno } from '../abi/index.ts';
import { EVENT } from '../events/index.ts';
import type { Mm, MmId } from '../memory/index.ts';
import { copyFilesTable, copyFsContext, type FilesId, holdProgram } from '../vfs/index.ts';
import { setRun } from './block.ts';
import { capable } from './capable.ts';
import { CLONE, cloneError, isSet as has } from './clone-flags.ts';
import { enterFamily } from './family.ts';
import { shareUndo } from './ipc/sem.ts';
import type { Kernel } from './kernel.ts';
import { account } from './preempt.ts';
import { setSaved } from './register-file.ts';
import { limitOf, RLIMIT } from './rlimit.ts';
import { isRealTime, levelOf, SCHED } from './scheduler.ts';
import { SIG_IGN } from './signal.ts';
import { newGroup, newTask, newTid } from './task.ts';
import { traceChild } from './trace-call.ts';
import type { FsId, SigHandlers, Task, Tgid, ThreadGroup, Tid } from './types.ts';

/** What clone and clone3 ask for, with their different encodings behind them. */
export interface CloneRequest {
  /** CLONE_* without the signal; clone3's 64-bit flags as a number. */
  readonly flags: number;
  readonly exitSignal: number;
  /** The child's stack pointer; 0 keeps the parent's. */
  readonly stack: number;
  readonly tls: number;
  readonly parentTid: number;
  readonly childTid: number;
  /** clone3's set_tid: the number the child wants, 0 for any. */
  readonly tid: number;
}

const SP = 2;
const TP = 4;
const A0 = 10;

/** Makes a child of the current task, ready to run; gives it, or why not. */
export function cloneTask(k: Kernel, request: CloneRequest): Task | Errno {
  const { flags } = request;
  const error = cloneError(k.group, flags, request.exitSignal) ?? tooMany(k);
  if (error !== null) return error;
  const registers = k.registers.take();
  if (registers === 0) return 'ENOMEM';
  const mm = has(flags, CLONE.CLONE_VM) ? k.mm : k.memory.spaces.fork(k.mm);
  const tid = mm === 'ENOMEM' ? mm : request.tid !== 0 ? wantedTid(k, request.tid) : newTid(k);
  if (mm === 'ENOMEM' || typeof tid === 'string') {
    k.registers.give(registers);
    if (typeof mm !== 'string' && mm !== k.mm) k.memory.spaces.release(mm);
    return tid as Errno;
  }
  if (mm === k.mm) k.memory.spaces.retain(mm);
  account(k, k.cpu, k.task);
  const child = copyTask(k, request, { tid, mm, registers });
  writeTids(k, child, request);
  if (k.task.isWatched) traceChild(k, child, flags, request.exitSignal);
  k.counters.forks++;
  k.events.record(EVENT.fork, k.clock, k.cpu.id, k.task.tid, child.tid, child.group, flags);
  setRun(k, child, 'ready', 'new');
  return child;
}

/** A fork bomb ends here: EAGAIN. */
function tooMany(k: Kernel): Errno | null {
  if (k.tasks.size >= k.options.maxProcesses) return 'EAGAIN';
  const { ruid } = k.task.credentials;
  const limit = limitOf(k.group, RLIMIT.RLIMIT_NPROC);
  const mayMore = ruid === 0 || capable(k, CAP.CAP_SYS_RESOURCE) || capable(k, CAP.CAP_SYS_ADMIN);
  if (mayMore || limit >= k.options.maxProcesses) return null;
  let count = 0;
  for (const task of k.tasks.values()) if (task.credentials.ruid === ruid) count++;
  return count >= limit ? 'EAGAIN' : null;
}

function wantedTid(k: Kernel, tid: number): Tid | Errno {
  return k.tasks.has(tid as Tid) || k.groups.has(tid as Tgid) ? 'EEXIST' : (tid as Tid);
}

interface Parts {
  readonly tid: Tid;
  readonly mm: Mm;
  readonly registers: number;
}

function copyTask(k: Kernel, request: CloneRequest, { tid, mm, registers }: Parts): Task {
  const { task: parent } = k;
  const { flags } = request;
  const group = has(flags, CLONE.CLONE_THREAD) ? k.group : childGroup(k, request, tid);
  const child = newTask(
    {
      tid,
      group: group.tgid,
      mm: mm.id as MmId,
      files: filesFor(k, flags),
      fs: fsFor(k, flags),
      registers,
      comm: parent.comm,
      credentials: parent.credentials,
      affinity: parent.affinity,
    },
    k.now(),
  );
  inherit(parent, child, flags);
  group.threads.add(tid);
  k.tasks.set(tid, child);
  if (has(flags, CLONE.CLONE_SYSVSEM)) shareUndo(k, parent, child);
  if (has(flags, CLONE.CLONE_VFORK)) child.vforkParent = parent.tid;
  copyRegisters(k, child, request);
  return child;
}

/** What fork copies beyond the records that flags name. Linux: dup_task_struct and what it resets. */
function inherit(parent: Task, child: Task, flags: number): void {
  child.blocked = parent.blocked;
  child.personality = parent.personality;
  child.timerSlack = parent.timerSlack;
  child.noNewPrivileges = parent.noNewPrivileges;
  child.seccomp = parent.seccomp;
  child.isWatched = parent.seccomp !== null;
  inheritSchedule(parent, child);
  // A new thread in the same memory begins without an alternate stack (man 2 sigaltstack).
  const fresh = has(flags, CLONE.CLONE_VM) && !has(flags, CLONE.CLONE_VFORK);
  if (!fresh) child.altStack = parent.altStack;
  if (has(flags, CLONE.CLONE_VM)) return;
  child.rseq = parent.rseq;
  child.rseqCpu = parent.rseqCpu;
  child.rseqCid = parent.rseqCid;
}

/** man 2 sched_setscheduler, "SCHED_RESET_ON_FORK"; Linux: sched_fork(). */
function inheritSchedule(parent: Task, child: Task): void {
  child.cpu = parent.cpu;
  child.vruntime = parent.vruntime;
  child.ioPriority = parent.ioPriority;
  const resets = parent.resetOnFork;
  child.nice = resets ? Math.max(0, parent.nice) : parent.nice;
  if (resets && (isRealTime(parent.policy) || parent.policy === SCHED.SCHED_DEADLINE)) child.nice = 0;
  else {
    child.policy = parent.policy;
    child.priority = parent.priority;
  }
  child.level = levelOf(child);
}

function filesFor(k: Kernel, flags: number): FilesId {
  if (!has(flags, CLONE.CLONE_FILES)) return copyFilesTable(k.vfs, k.files).id;
  k.files.users++;
  return k.task.files;
}

function fsFor(k: Kernel, flags: number): FsId {
  if (has(flags, CLONE.CLONE_FS)) {
    k.fs.users++;
    return k.task.fs;
  }
  const id = k.counters.fs++ as FsId;
  k.fsContexts.set(id, copyFsContext(k.vfs, k.fs));
  return id;
}

function childGroup(k: Kernel, { flags, exitSignal }: CloneRequest, tid: Tid): ThreadGroup {
  const { group } = k;
  const asSibling = has(flags, CLONE.CLONE_PARENT);
  const parent = asSibling ? group.parent : group.tgid;
  const handlers = handlersFor(group.handlers, flags);
  const child = newGroup(k, tid as number as Tgid, parent, handlers, group.rlimits);
  child.madeBy = asSibling ? group.madeBy : k.task.tid;
  child.exitSignal = asSibling ? group.exitSignal : exitSignal;
  child.pgid = group.pgid;
  child.sid = group.sid;
  child.tty = group.tty;
  child.executable = group.executable;
  child.exe = group.exe;
  if (group.exe !== null) holdProgram(k.vfs, group.exe.inode);
  child.commandLine = group.commandLine;
  child.dumpable = group.dumpable;
  child.noHugePages = group.noHugePages;
  child.oomScoreAdj = group.oomScoreAdj;
  child.loginUid = group.loginUid;
  child.loginSession = group.loginSession;
  enterFamily(k, child);
  return child;
}

function handlersFor(parent: SigHandlers, flags: number): SigHandlers {
  if (has(flags, CLONE.CLONE_SIGHAND)) {
    parent.users++;
    return parent;
  }
  const clears = has(flags, CLONE.CLONE_CLEAR_SIGHAND);
  const kept = (action: SigHandlers['actions'][number]) => (action?.handler === SIG_IGN ? action : null);
  return { users: 1, actions: clears ? parent.actions.map(kept) : parent.actions };
}

/** The child comes out of the same ecall with a0 = 0. */
function copyRegisters(k: Kernel, child: Task, { flags, stack, tls }: CloneRequest): void {
  const { frames } = k.memory;
  k.hart.saveRegisters(child.registers);
  setSaved(frames, child.registers, A0, 0);
  setSaved(frames, child.registers, 'pc', k.hart.pc + 4);
  if (stack !== 0) setSaved(frames, child.registers, SP, stack);
  if (has(flags, CLONE.CLONE_SETTLS)) setSaved(frames, child.registers, TP, tls);
}

function writeTids(k: Kernel, child: Task, { flags, parentTid, childTid }: CloneRequest): void {
  if (has(flags, CLONE.CLONE_PARENT_SETTID)) k.user.writeU32(parentTid, child.tid);
  if (has(flags, CLONE.CLONE_CHILD_CLEARTID)) child.clearChildTid = childTid;
  if (!has(flags, CLONE.CLONE_CHILD_SETTID)) return;
  // Written into the child's own memory; a bad address is the program's affair (Linux: put_user in schedule_tail).
  k.memory.user.writeU32(k.mms.get(child.mm as MmId)!, childTid, child.tid);
}
