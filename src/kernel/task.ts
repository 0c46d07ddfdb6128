/** Making the records of tasks and thread groups, and giving out their numbers. */
import type { Nanos } from '../base/index.ts';
import { EVENT } from '../events/index.ts';
import type { MmId } from '../memory/index.ts';
import { type Credentials, capabilitiesOf, type FilesId, type QueueId } from '../vfs/index.ts';
import { isNumberUsed } from './family.ts';
import type { Kernel, KernelOptions } from './kernel.ts';
import { DISARMED } from './real-timer.ts';
import { defaultLimits, RLIMIT } from './rlimit.ts';
import { ORDINARY } from './scheduler.ts';
import { EMPTY } from './signal-set.ts';
import type {
  AltStack,
  CpuId,
  FsId,
  PendingCall,
  Pgid,
  Rlimit,
  Sid,
  SigHandlers,
  Task,
  Tgid,
  ThreadGroup,
  Tid,
  Usage,
} from './types.ts';

/** Linux's default pid_max on a small machine, and the most it can be (PID_MAX_LIMIT). */
const PID_MAX = 32768;
const PID_MAX_LIMIT = 4 * 1024 * 1024;

/** A task is called otherwise from now on, without another program. */
export function renameTask(k: Kernel, task: Task, comm: string): void {
  task.comm = comm;
  k.events.record(EVENT.rename, k.now(), task.cpu, task.tid, k.events.intern(comm));
}

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

/** Signals come on the stack in use. */
export const NO_ALT_STACK: AltStack = { sp: 0, size: 0, flags: 0 };

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
  caps: capabilitiesOf(uid),
  securebits: 0,
});

const BLANK_USAGE: Usage = {
  userTime: 0 as Nanos,
  systemTime: 0 as Nanos,
  minorFaults: 0,
  majorFaults: 0,
  voluntarySwitches: 0,
  involuntarySwitches: 0,
  maxRss: 0,
  rchar: 0,
  wchar: 0,
  syscr: 0,
  syscw: 0,
};

export const newUsage = (): Usage => ({ ...BLANK_USAGE });

const DEFAULT_ACTIONS: SigHandlers['actions'] = new Array(65).fill(null);

export const newHandlers = (): SigHandlers => ({ users: 1, actions: DEFAULT_ACTIONS });

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

/** Linux: init_task's 50 microseconds. */
export const TIMER_SLACK = 50_000;

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Records are made by copying a blank one, not from a literal: V8 puts what literals make straight among its old
 * objects once ten thousand of them have lived long, and processes that end soon then pile up there.
 */
const BLANK_CALL: PendingCall = {
  nr: 0,
  words: new Int32Array(12),
  deadline: -1,
  isWall: false,
  progress: 0,
  note: 0,
  held: null,
};
const BLANK_TASK: Task = {
  tid: 0 as Tid,
  group: 0 as Tgid,
  mm: 0,
  files: 0 as FilesId,
  fs: 0 as FsId,
  registers: 0,
  comm: '',
  credentials: credentialsOf(0),
  affinity: 0,
  run: 'new',
  since: 0 as Nanos,
  cpu: 0 as CpuId,
  call: null,
  ownCall: BLANK_CALL,
  wait: null,
  wokenBy: 'event',
  blocked: EMPTY,
  savedMask: null,
  pending: [],
  altStack: NO_ALT_STACK,
  clearChildTid: 0,
  robustList: 0,
  rseq: null,
  rseqDue: false,
  rseqCpu: -1,
  rseqCid: 0,
  semUndo: 0,
  vforkParent: 0,
  parentDeathSignal: 0,
  noNewPrivileges: false,
  personality: 0,
  policy: 0,
  nice: 0,
  priority: 0,
  inherited: ORDINARY,
  resetOnFork: false,
  ioPriority: 0,
  level: ORDINARY,
  rank: 0,
  turn: 0,
  slot: -1,
  vruntime: 0,
  own: null,
  sliceLeft: 0,
  timesDispatched: 0,
  timesPreempted: 0,
  timesBlocked: 0,
  userTime: 0 as Nanos,
  systemTime: 0 as Nanos,
  readyTime: 0 as Nanos,
  blockedTime: 0 as Nanos,
  startTime: 0 as Nanos,
  instructions: 0,
  syscalls: 0,
  minorFaults: 0,
  majorFaults: 0,
  rchar: 0,
  wchar: 0,
  syscr: 0,
  syscw: 0,
  timerSlack: TIMER_SLACK,
  exitStatus: 0,
  isWatched: false,
  seccomp: null,
  traced: null,
};

/**
 * Times, addresses and counts of bytes exceed what V8 keeps in a small integer, and each field that then changes its representation throws
 * away the compiled code of all that works on tasks. So these hold fractions from the beginning.
 */
const WIDE = [
  'clearChildTid',
  'robustList',
  'since',
  'rank',
  'vruntime',
  'sliceLeft',
  'userTime',
  'systemTime',
  'readyTime',
  'blockedTime',
  'startTime',
  'instructions',
  'rchar',
  'wchar',
] as const satisfies readonly (keyof Task)[];
for (const field of WIDE) {
  const blank: Record<(typeof WIDE)[number], number> = BLANK_TASK;
  blank[field] = 0.5;
  blank[field] = 0;
}

function newCall(): PendingCall {
  const call: Draft<PendingCall> = { ...BLANK_CALL };
  call.words = new Int32Array(12);
  return call;
}

/** A task that has never run. */
export function newTask(init: TaskInit, now: Nanos): Task {
  const task: Draft<Task> = { ...BLANK_TASK };
  task.tid = init.tid;
  task.group = init.group;
  task.mm = init.mm;
  task.files = init.files;
  task.fs = init.fs;
  task.registers = init.registers;
  task.comm = init.comm;
  task.credentials = init.credentials;
  task.affinity = init.affinity;
  task.since = now;
  task.startTime = now;
  task.ownCall = newCall();
  task.pending = [];
  return task;
}

const BLANK_GROUP: ThreadGroup = {
  tgid: 0 as Tgid,
  threads: new Set(),
  parent: 0,
  madeBy: 0,
  tracees: null,
  children: new Set(),
  news: new Set(),
  place: 0,
  pgid: 0 as Pgid,
  sid: 0 as Sid,
  tty: 0,
  hungUpForeground: 0,
  handlers: newHandlers(),
  pending: [],
  childQueue: 0 as QueueId,
  exitSignal: 0,
  exitStatus: -1,
  life: 'live',
  stopReport: -1,
  continueReport: false,
  stoppedBy: 0,
  executable: '',
  exe: null,
  commandLine: [],
  rlimits: [],
  realTimer: DISARMED,
  virtualTimer: DISARMED,
  profTimer: DISARMED,
  timers: null,
  nextTimer: 0,
  cpuBudget: Number.POSITIVE_INFINITY,
  cpuAlarms: [],
  usage: BLANK_USAGE,
  childUsage: BLANK_USAGE,
  subreaper: false,
  noHugePages: false,
  dumpable: 1,
  didExec: false,
  oomScoreAdj: 0,
  loginUid: -1,
  loginSession: -1,
  membarrier: 0,
  startTime: 0 as Nanos,
};

/** A process of one thread, in a session and group of its own until somebody says otherwise. */
export function newGroup(
  k: Kernel,
  tgid: Tgid,
  parent: Tgid | 0,
  handlers: SigHandlers,
  rlimits: readonly Rlimit[] = defaultLimits(k.options),
): ThreadGroup {
  const group: Draft<ThreadGroup> = { ...BLANK_GROUP };
  group.tgid = tgid;
  group.threads = new Set();
  group.parent = parent;
  group.children = new Set();
  group.news = new Set();
  group.pgid = tgid as number as Pgid;
  group.sid = tgid as number as Sid;
  group.handlers = handlers;
  group.pending = [];
  group.childQueue = k.newQueue();
  group.commandLine = [];
  group.rlimits = rlimits;
  group.cpuBudget = rlimits[RLIMIT.RLIMIT_CPU]!.soft * 1e9;
  group.usage = newUsage();
  group.childUsage = newUsage();
  group.startTime = k.now();
  return group;
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
