/** Making the records of tasks and thread groups, and giving out their numbers. */
import type { Nanos } from '../base/index.ts';
import type { MmId } from '../memory/index.ts';
import type { Credentials, FilesId } from '../vfs/index.ts';
import { isNumberUsed } from './family.ts';
import { disarmed } from './itimer.ts';
import type { Kernel, KernelOptions } from './kernel.ts';
import { defaultLimits } from './rlimit.ts';
import { EMPTY } from './signal-set.ts';
import type { CpuId, FsId, Pgid, Sid, SigHandlers, Task, Tgid, ThreadGroup, Tid, Usage } from './types.ts';

/** Linux's default pid_max on a small machine, and the most it can be (PID_MAX_LIMIT). */
const PID_MAX = 32768;
const PID_MAX_LIMIT = 4 * 1024 * 1024;

/** Where numbers begin again: higher where so many processes are allowed that free ones would be rare. */
export const pidMax = ({ maxProcesses }: KernelOptions): number =>
  maxProcesses <= PID_MAX / 2 ? PID_MAX : PID_MAX_LIMIT;
/** After the highest number comes this one (Linux: RESERVED_PIDS). */
const RESERVED_PIDS = 300;

/** A number that no task, process, process group or session has. */
export function newTid(k: Kernel): Tid | 'EAGAIN' {
  const max = pidMax(k.options);
  for (let tries = 0; tries < max; tries++) {
    const tid = k.counters.tid++ as Tid;
    if (k.counters.tid >= max) k.counters.tid = RESERVED_PIDS;
    if (!isNumberUsed(k, tid)) return tid;
  }
  return 'EAGAIN';
}

const ROOT_ID = 0;

/** A user with one group and no others. */
export const credentialsOf = (uid: number): Credentials => ({
  ruid: uid,
  euid: uid,
  suid: uid,
  fsuid: uid,
  rgid: uid,
  egid: uid,
  sgid: uid,
  fsgid: uid,
  groups: uid === ROOT_ID ? [ROOT_ID] : [],
});

export const newUsage = (): Usage => ({
  userTime: 0 as Nanos,
  systemTime: 0 as Nanos,
  minorFaults: 0,
  majorFaults: 0,
  voluntarySwitches: 0,
  involuntarySwitches: 0,
  maxRss: 0,
});

export const newHandlers = (): SigHandlers => ({ users: 1, actions: new Array(65).fill(null) });

/** What a new task is given; everything else begins at zero. */
export interface TaskInit {
  readonly tid: Tid;
  readonly group: Tgid;
  readonly mm: MmId | 0;
  readonly files: FilesId;
  readonly fs: FsId;
  readonly registers: number;
  readonly comm: string;
  readonly credentials: Credentials;
  readonly affinity: number;
}

/** A task that has never run. */
export function newTask(init: TaskInit, now: Nanos): Task {
  // Written out field by field: a spread would give every task a shape of its own on the way.
  return {
    tid: init.tid,
    group: init.group,
    mm: init.mm,
    files: init.files,
    fs: init.fs,
    registers: init.registers,
    comm: init.comm,
    credentials: init.credentials,
    affinity: init.affinity,
    run: 'new',
    since: now,
    cpu: 0 as CpuId,
    call: null,
    ownCall: { nr: 0, words: new Int32Array(12), deadline: -1, progress: 0, note: 0 },
    wait: null,
    wokenBy: 'event',
    blocked: EMPTY,
    savedMask: null,
    pending: [],
    altStack: { sp: 0, size: 0, flags: 0 },
    clearChildTid: 0,
    robustList: 0,
    rseq: 0,
    vforkParent: 0,
    parentDeathSignal: 0,
    noNewPrivileges: false,
    personality: 0,
    policy: 0,
    nice: 0,
    priority: 0,
    sliceLeft: 0,
    timesDispatched: 0,
    timesPreempted: 0,
    timesBlocked: 0,
    userTime: 0 as Nanos,
    systemTime: 0 as Nanos,
    readyTime: 0 as Nanos,
    blockedTime: 0 as Nanos,
    startTime: now,
    instructions: 0,
    syscalls: 0,
    minorFaults: 0,
    majorFaults: 0,
    exitStatus: 0,
  };
}

/** A process of one thread, in a session and group of its own until somebody says otherwise. */
export function newGroup(
  k: Kernel,
  tgid: Tgid,
  parent: Tgid | 0,
  handlers: SigHandlers,
  rlimits = defaultLimits(k.options),
): ThreadGroup {
  return {
    tgid,
    threads: new Set(),
    parent,
    children: new Set(),
    news: new Set(),
    place: 0,
    pgid: tgid as number as Pgid,
    sid: tgid as number as Sid,
    tty: 0,
    handlers,
    pending: [],
    childQueue: k.newQueue(),
    exitSignal: 0,
    exitStatus: -1,
    life: 'live',
    stopReport: -1,
    continueReport: false,
    stoppedBy: 0,
    executable: '',
    exe: null,
    commandLine: [],
    rlimits,
    realTimer: disarmed(),
    virtualTimer: disarmed(),
    profTimer: disarmed(),
    usage: newUsage(),
    childUsage: newUsage(),
    subreaper: false,
    dumpable: 1,
    didExec: false,
    oomScoreAdj: 0,
    membarrier: 0,
    startTime: k.now(),
  };
}

/** CPUs a task may run on before it asks for others: all of the machine's. */
export const allCpus = (count: number): number => (count >= 32 ? -1 : (1 << count) - 1);

/** Task 0, which is current before the first process runs. It never runs itself (Linux: init_task). */
export function swapper(): Task {
  const zero = { tid: 0 as Tid, group: 0 as Tgid, files: 0 as FilesId, fs: 0 as FsId };
  const init = { ...zero, mm: 0 as const, registers: 0, affinity: -1, comm: 'swapper' };
  const task = newTask({ ...init, credentials: credentialsOf(0) }, 0 as Nanos);
  task.run = 'dead';
  return task;
}

/** Its process. */
export const swapperGroup = (k: Kernel): ThreadGroup => newGroup(k, 0 as Tgid, 0, newHandlers());
