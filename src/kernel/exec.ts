/**
 * execve: another program in the same process. Everything that can fail is built first, in an address space
 * of its own; then the old one goes. Linux: fs/exec.c begin_new_exec().
 */
import { type Errno, SIGNAL } from '../abi/index.ts';
import { decodeUtf8, encodeUtf8 } from '../base/index.ts';
import { EVENT } from '../events/index.ts';
import { layout, type Mm } from '../memory/index.ts';
import {
  closeOnExec,
  copyFilesTable,
  holdProgram,
  MAY_READ,
  mayAccess,
  releaseFilesTable,
  releaseProgram,
  sweepMounts,
  type Walker,
} from '../vfs/index.ts';
import { setCurrent } from './cpu.ts';
import { planCpuTimers } from './cpu-timer.ts';
import { commitCredentials } from './credentials.ts';
import { credentialsFor, type ProgramCredentials } from './exec-credentials.ts';
import { choosePlaces, load, readProgram } from './exec-load.ts';
import { type ExecRequest, resolveScript } from './exec-script.ts';
import { areTooLong, buildStack } from './exec-stack.ts';
import { exitTask, forgetTask, releaseVfork } from './exit.ts';
import { forgetFutexes, futexWake } from './futex.ts';
import { leaveFutexes } from './futex-pi.ts';
import type { Kernel } from './kernel.ts';
import { deleteAllTimers } from './posix-timer.ts';
import { limitOf, RLIMIT } from './rlimit.ts';
import { setRseq } from './rseq.ts';
import { SIG_IGN } from './signal.ts';
import { NO_ALT_STACK } from './task.ts';
import { tellExec } from './trace-call.ts';
import { renumber, untie } from './tracing.ts';
import type { Task, ThreadGroup, Tid } from './types.ts';

/** A program in memory that nobody runs yet. */
export interface Prepared {
  readonly mm: Mm;
  readonly start: number;
  readonly sp: number;
  readonly request: ExecRequest;
  readonly as: ProgramCredentials;
}

/** Replaces the current task's program. Null when done: its registers are the new program's. */
export function execTask(k: Kernel, request: ExecRequest): Errno | null {
  const who: Walker = { fs: k.fs, credentials: k.task.credentials };
  const prepared = prepareExec(k, who, request, {
    personality: k.task.personality,
    stackLimit: limitOf(k.group, RLIMIT.RLIMIT_STACK),
    task: k.task,
  });
  if (typeof prepared === 'string') return prepared;
  const before = k.task.tid;
  leaveThreads(k);
  leaveMemory(k);
  becomeProgram(k, prepared);
  if (k.task.isWatched) tellExec(k, before);
  return null;
}

/** Loads a program into an address space of its own. Changes nothing when it fails. */
export function prepareExec(
  k: Kernel,
  who: Walker,
  asked: ExecRequest,
  {
    personality,
    stackLimit,
    task,
  }: {
    readonly personality: number;
    readonly stackLimit: number;
    /** Whose credentials the program's are made of; null for a process that the host starts. */
    readonly task: Task | null;
  },
): Prepared | Errno {
  const request = resolveScript(k, who, asked);
  if (typeof request === 'string') return request;
  if (areTooLong(request, stackLimit)) return 'E2BIG';
  const program = readProgram(k, who, request.program);
  if (typeof program === 'string') return program;
  const as =
    task === null
      ? { credentials: who.credentials, secure: false }
      : credentialsFor(k, task, request.program);
  if (typeof as === 'string') return as;
  const mm = k.memory.spaces.create();
  if (mm === 'ENOMEM') return mm;
  mm.stackLimit = stackLimit;
  const places = choosePlaces(k, personality, stackLimit);
  const loaded = load(k, mm, program, places);
  const plan = {
    top: places.stackTop,
    program,
    as,
    executable: program.image.executableStack,
  };
  const sp = typeof loaded === 'string' ? loaded : buildStack(k, mm, request, { ...plan, loaded });
  if (typeof loaded === 'string' || typeof sp === 'string') {
    k.memory.spaces.release(mm);
    return typeof loaded === 'string' ? loaded : (sp as Errno);
  }
  return { mm, start: loaded.start, sp, request, as };
}

/** All other threads end; the one that execs becomes the leader and takes its tid. Linux: de_thread(). */
function leaveThreads(k: Kernel): void {
  const { task, group } = k;
  for (const tid of [...group.threads]) {
    const other = k.tasks.get(tid)!;
    if (other === task) continue;
    // A tracer hears no more of them (man 2 ptrace, "execve(2) under ptrace").
    if (other.isWatched) untie(k, other);
    if (other.run !== 'zombie') exitTask(k, other, 0);
    else if (tid !== (group.tgid as number)) forgetTask(k, tid);
  }
  if ((task.tid as number) !== group.tgid) takeLeadersTid(k, task, group);
  group.threads = new Set([task.tid]);
  group.exitSignal = SIGNAL.SIGCHLD;
}

function takeLeadersTid(k: Kernel, task: Task, group: ThreadGroup): void {
  const leader = k.tasks.get(group.tgid as number as Tid)!;
  const before = task.tid;
  forgetTask(k, task.tid);
  task.startTime = leader.startTime;
  task.tid = leader.tid;
  k.tasks.set(task.tid, task);
  k.cpu.task = task.tid;
  k.cpu.last = task.tid;
  renumber(k, task, before);
}

/** The old address space goes, once those who wait on words in it know. */
function leaveMemory(k: Kernel): void {
  const { task, mm } = k;
  leaveFutexes(k, task);
  if (task.clearChildTid !== 0 && mm.users > 1 && k.user.writeU32(task.clearChildTid, 0))
    futexWake(k, task.clearChildTid, 1);
  task.clearChildTid = 0;
  setRseq(task, null);
  releaseVfork(k, task);
  k.group.usage.maxRss = Math.max(k.group.usage.maxRss, mm.rssPeak);
  if (mm.users === 1) forgetFutexes(k, mm.id);
  k.memory.spaces.release(mm);
}

function becomeProgram(k: Kernel, { mm, start, sp, request, as }: Prepared): void {
  const { task, group } = k;
  task.mm = mm.id;
  ownFiles(k, task);
  resetHandlers(group);
  deleteAllTimers(k, group);
  forgetTimerSignals(k, group, task);
  task.altStack = NO_ALT_STACK;
  becomeUser(k, as, request);
  nameProgram(k, task, group, request);
  setCurrent(k, task);
  k.hart.clearReservation();
  clearRegisters(k);
  k.hart.pc = start;
  k.hart.setX(2, sp | 0, Math.floor(sp / 2 ** 32));
  const [path, comm] = [group.executable, task.comm].map((name) => k.events.intern(name));
  k.events.record(EVENT.exec, k.clock, k.cpu.id, task.tid, path, comm);
}

/** Who does not run as who it is called by, or cannot read its own program, shows nothing of itself to others. */
function becomeUser(k: Kernel, { credentials, secure }: ProgramCredentials, { program }: ExecRequest): void {
  const { euid, ruid, egid, rgid } = credentials;
  const isOpen = euid === ruid && egid === rgid && mayAccess(program.inode, credentials, MAY_READ);
  k.group.dumpable = isOpen ? 1 : 0;
  if (secure) k.task.parentDeathSignal = 0;
  commitCredentials(k, credentials);
}

/** Linux: flush_itimer_signals(). */
function forgetTimerSignals(k: Kernel, group: ThreadGroup, task: Task): void {
  for (const of of [group, task])
    if (of.pending.length > 0) of.pending = of.pending.filter(({ timer }) => timer === 0);
  planCpuTimers(k, group);
}

/** Descriptors are no longer shared, and those marked so are closed. */
function ownFiles(k: Kernel, task: Task): void {
  if (k.files.users > 1) {
    const shared = k.files;
    task.files = copyFilesTable(k.vfs, shared).id;
    releaseFilesTable(k.vfs, shared);
  }
  closeOnExec(k.vfs, k.filesTables.get(task.files)!);
}

/** Handlers lie in memory that is gone; what was ignored stays ignored (man 7 signal). */
function resetHandlers(group: ThreadGroup): void {
  const { handlers } = group;
  const actions = handlers.actions.slice();
  for (let signo = 0; signo < actions.length; signo++)
    if (actions[signo] !== null)
      actions[signo] = actions[signo]!.handler === SIG_IGN ? { ...IGNORED, mask: { lo: 0, hi: 0 } } : null;
  handlers.users--;
  group.handlers = { users: 1, actions };
}

const IGNORED = { handler: SIG_IGN, flags: 0 };

/** Linux: TASK_COMM_LEN without its NUL. */
const COMM_LENGTH = 15;

/** The name of a task: the last part of a path, cut to fifteen bytes. */
export const commOf = (path: string): string =>
  decodeUtf8(encodeUtf8(path.slice(path.lastIndexOf('/') + 1)).subarray(0, COMM_LENGTH));

/** What ps and /proc show. */
export function nameProgram(k: Kernel, task: Task, group: ThreadGroup, { program, argv }: ExecRequest): void {
  task.comm = commOf(program.name);
  group.commandLine = argv.map((bytes) => decodeUtf8(bytes));
  group.executable = program.path;
  group.didExec = true;
  group.membarrier = 0;
  holdProgram(k.vfs, program.inode.id);
  if (group.exe !== null) releaseProgram(k.vfs, group.exe.inode);
  group.exe = program.place;
  sweepMounts(k.vfs);
}

function clearRegisters(k: Kernel): void {
  const { u8 } = k.memory.frames;
  u8.fill(0, layout.HART_X, layout.HART_X + layout.REGISTERS_SIZE);
}
