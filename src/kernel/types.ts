/**
 * The process control block and what it names: tasks, thread groups, signal handlers, credentials. Mutable
 * plain data; each table has one writer in this layer. Linux's task_struct and signal_struct, in our words.
 */
import type { Id, Nanos } from '../base/index.ts';
import type { MmId } from '../memory/index.ts';
import type { Credentials, FileId, FilesId, Outcome, Place, QueueId, Wait } from '../vfs/index.ts';
import type { BpfProgram } from './bpf.ts';

export type Tid = Id<'Tid'>;
export type Tgid = Id<'Tgid'>;
export type Pgid = Id<'Pgid'>;
export type Sid = Id<'Sid'>;
export type FsId = Id<'FsId'>;
export type CpuId = Id<'CpuId'>;

/** A set of signals: bit n-1 stands for signal n, in two words. Immutable value. */
export interface SigSet {
  readonly lo: number;
  readonly hi: number;
}

export interface SigInfo {
  readonly signo: number;
  readonly code: number;
  readonly pid: number;
  readonly uid: number;
  /** CLD_* status, or sigqueue's value (low word). */
  readonly status: number;
  readonly valueHi: number;
  /** Faulting address of SIGSEGV, SIGBUS, SIGILL, SIGTRAP. */
  readonly addr: number;
  readonly errno: number;
  /** The words behind these: a child's times, or what a sender put there. */
  readonly tail: readonly number[] | null;
  /** The POSIX timer that sent it, 0 for none. */
  readonly timer: number;
  /** The user whose queue it counts for, -1 for none (signal-queue.ts). */
  readonly owner: number;
}

/** Linux: struct k_itimer. */
export interface PosixTimer {
  /** Unique in the machine; `id` is unique in the process. */
  readonly key: number;
  readonly id: number;
  readonly group: Tgid;
  /** CLOCK_*, and what it measures if that is processor time. */
  readonly clock: number;
  readonly cpu: CpuClock | null;
  /** How it tells: SIGEV_*, the signal, its value, and the thread that gets it (0 for any). */
  readonly notify: number;
  readonly signo: number;
  readonly valueLo: number;
  readonly valueHi: number;
  readonly tid: Tid | 0;
  /** The user that it counts for. */
  readonly owner: number;
  /** Next expiration by its clock; NEVER when disarmed. `isWall`: it was set as an absolute wall-clock time. */
  next: Nanos;
  isWall: boolean;
  interval: Nanos;
  /** `next` has come, and its signal has not been taken: it stands still meanwhile. */
  isDue: boolean;
  /** Expirations beyond the first that its next signal will tell of, and those its last one told of. */
  overrun: number;
  lastOverrun: number;
}

/** A process's or thread's processor time. */
export interface CpuClock {
  readonly tid: Tid | 0;
  readonly tgid: Tgid;
  readonly which: 'user' | 'all';
}

/** Somebody waits until a clock of processor time has come so far: a timer by its key, or a sleeping task. */
export interface CpuAlarm {
  readonly cpu: CpuClock;
  readonly next: Nanos;
  readonly timer: number;
  readonly tid: Tid | 0;
}

export interface SigAction {
  /** Address, or SIG_DFL 0, SIG_IGN 1. */
  readonly handler: number;
  readonly flags: number;
  readonly mask: SigSet;
}

/** Linux: sighand_struct. Shared by CLONE_SIGHAND, copied by fork, handlers reset by exec. */
export interface SigHandlers {
  users: number;
  /** Indexed by signal number; null is SIG_DFL. Replaced as a whole by `setAction`, so that forks may share it. */
  actions: readonly (SigAction | null)[];
}

/**
 * A call that has started and not returned: everything needed to look again. `words` holds a0..a5 as
 * (lo, hi) pairs as they were at the ecall.
 */
export interface PendingCall {
  /** Written by dispatch alone, which uses one record per task again and again. */
  nr: number;
  readonly words: Int32Array;
  /** Absolute deadline computed on first entry, so that a restart never lengthens a wait; -1 until asked. */
  deadline: number;
  /** That deadline is an absolute time of day: it moves when the wall clock is set. */
  isWall: boolean;
  /** Bytes (or items) already moved by a call that moves several times. */
  progress: number;
  /** For calls with steps of their own (ppoll's saved mask, vfork's child): small integers and ids. */
  note: number;
  /** Files it goes on with while it is blocked, whoever closes their descriptors (held-files.ts). */
  held: readonly HeldFile[] | null;
}

/** What a descriptor named when the call began. */
export interface HeldFile {
  readonly fd: number;
  readonly file: FileId;
}

export type RunKind = 'new' | 'ready' | 'running' | 'blocked' | 'stopped' | 'zombie' | 'dead';

/** Where a traced task stands still, in the words of ptrace(2). */
export type TraceStop = 'syscall-enter' | 'syscall-exit' | 'signal' | 'group' | 'event';

/**
 * How a task goes on that a tracer had stopped: into the call it was about to make, into the rest of an exec, of a
 * call or of its own end, with the signal that it was about to take, or with a call that was interrupted.
 */
export type AfterStop = 'enter' | 'interrupted' | 'signal' | 'event' | 'exec' | 'exit' | 'again' | 'judged';

/** What ptrace(2) knows of a task (Linux: task_struct's ptrace, jobctl, last_siginfo and exit_code). */
export interface Tracing {
  /** The thread that traces it; 0 once it was let go, until it has gone on. */
  tracer: Tid | 0;
  /** By PTRACE_SEIZE, which has other stops than PTRACE_ATTACH and PTRACE_TRACEME. */
  readonly seized: boolean;
  /** PTRACE_O_* bits. */
  options: number;
  /** PTRACE_SYSCALL: it stops where its next call begins or ends. */
  atCalls: boolean;
  /** Null while it goes on. */
  stop: TraceStop | null;
  /** What wait has not told yet: the signal and, above it, the event; 0 for nothing. */
  report: number;
  /** What PTRACE_GETSIGINFO gives; null where there is none. */
  info: SigInfo | null;
  /** What PTRACE_GETEVENTMSG gives. */
  message: number;
  /** PTRACE_LISTEN: it stands still, and tells when its process goes on. */
  listens: boolean;
  /** It has to stop before its next instruction: by PTRACE_INTERRUPT, or because it is new. */
  mustStop: boolean;
  /** Its process was stopped while it stood still anyway. */
  mustJoinStop: boolean;
  /** Null: as any other task. */
  next: AfterStop | null;
  /** The signal with which it was let go on. */
  signo: number;
  /** a0 as the program had it, while the stop shows another value there. */
  a0lo: number;
  a0hi: number;
  /** PTRACE_EVENT_EXIT has been told. */
  exits: boolean;
}

/** What a thread registered for restartable sequences. An immutable value, as its children's. */
export interface Rseq {
  readonly at: number;
  readonly length: number;
  readonly signature: number;
}

/** One schedulable thread. Everything it may share, it names by id. */
export interface Task {
  /** Changes once in a life: a thread that execs becomes the leader and takes its tid (Linux: de_thread). */
  tid: Tid;
  /** The process it belongs to. An exec by another thread than the leader changes `tid`s, as in Linux. */
  group: Tgid;

  // Shared with other tasks when clone(2) says so
  mm: MmId | 0;
  files: FilesId;
  fs: FsId;

  // State
  run: RunKind;
  /** Since when it is in this state. */
  since: Nanos;
  /** CPU it runs on, or ran on last. */
  cpu: CpuId;
  /** The call in progress: `ownCall`, or null in user mode. */
  call: PendingCall | null;
  /** The task's one record of a call, filled at each ecall. */
  readonly ownCall: PendingCall;
  wait: Wait | null;
  /** Why it was woken: read by a call's `resume`. */
  wokenBy: 'event' | 'timeout' | 'signal';
  /** Byte address of its saved registers while it does not run. */
  registers: number;
  /** Where the signal frame's rt_sigreturn or a fault interrupted it: nothing is kept outside registers. */
  comm: string;
  credentials: Credentials;

  // Signals
  blocked: SigSet;
  /** Mask to restore when a handler has been entered or the call ends (rt_sigsuspend, ppoll, pselect). */
  savedMask: SigSet | null;
  pending: SigInfo[];
  altStack: AltStack;

  // clone(2) leftovers
  /** CLONE_CHILD_CLEARTID address, zeroed and futex-woken at exit; 0 for none. */
  clearChildTid: number;
  robustList: number;
  rseq: Rseq | null;
  /** To be looked at before it goes on in its program. */
  rseqDue: boolean;
  /** The numbers of processor and concurrency that stand in its memory. */
  rseqCpu: number;
  rseqCid: number;
  /** What its end takes back of System V semaphores (ipc/sem.ts), 0 for nothing. */
  semUndo: number;
  /** Parent that waits in vfork until this task execs or exits; 0 for none. */
  vforkParent: Tid | 0;
  parentDeathSignal: number;
  noNewPrivileges: boolean;
  personality: number;

  // Scheduling
  policy: number;
  nice: number;
  priority: number;
  /** Level of the strongest task that waits for what this one holds (futexes with priority inheritance). */
  inherited: number;
  /** A child begins as an ordinary task (SCHED_FLAG_RESET_ON_FORK). */
  resetOnFork: boolean;
  /** What ioprio_set said, 0 before. */
  ioPriority: number;
  /** CPUs it may run on, one bit each. */
  affinity: number;
  /** Its place among the ready: level before rank before turn; where in the heap, -1 when it is not ready. */
  level: number;
  rank: number;
  turn: number;
  slot: number;
  /** Time it has run, by weight. */
  vruntime: number;
  /** What the scheduling policy remembers of it, if it does. */
  own: object | null;
  /** Instructions left of its slice when it was last taken off a CPU. */
  sliceLeft: number;
  timesDispatched: number;
  timesPreempted: number;
  timesBlocked: number;
  /** Virtual time spent running user code, in the kernel on its behalf, ready, and blocked. */
  userTime: Nanos;
  systemTime: Nanos;
  readyTime: Nanos;
  blockedTime: Nanos;
  startTime: Nanos;
  instructions: number;
  syscalls: number;
  minorFaults: number;
  majorFaults: number;
  /** Bytes and calls of reading and writing, under their names in /proc/PID/io. */
  rchar: number;
  wchar: number;
  syscr: number;
  syscw: number;
  /** PR_SET_TIMERSLACK: how much later the timeouts of futexes end; other deadlines are met exactly. */
  timerSlack: number;

  exitStatus: number;

  /** Has calls looked at by somebody, or is to stop before it goes on: what the usual path asks first. */
  isWatched: boolean;
  /** What it has forbidden itself; null for nothing. */
  seccomp: 'strict' | readonly BpfProgram[] | null;
  /** Null for a task that nobody traces. */
  traced: Tracing | null;
}

export interface Usage {
  userTime: Nanos;
  systemTime: Nanos;
  minorFaults: number;
  majorFaults: number;
  voluntarySwitches: number;
  involuntarySwitches: number;
  maxRss: number;
  rchar: number;
  wchar: number;
  syscr: number;
  syscw: number;
}

export interface Rlimit {
  readonly soft: number;
  readonly hard: number;
}

/** Immutable value, as limits and alternate stacks are: what few processes change is not copied for each. */
export interface IntervalTimer {
  readonly next: Nanos;
  readonly interval: Nanos;
}

export interface AltStack {
  readonly sp: number;
  readonly size: number;
  readonly flags: number;
}

/** What user space calls a process: tasks that share a pid, signal handlers and an exit. */
export interface ThreadGroup {
  readonly tgid: Tgid;
  /** The leader first. */
  threads: Set<Tid>;
  /** 0 for the first process. */
  parent: Tgid | 0;
  /** The thread of the parent that made it: the tracer that PTRACE_TRACEME means. */
  madeBy: Tid | 0;
  /** Tasks that threads of this process trace; null for none. */
  tracees: Set<Tid> | null;
  /** In the order in which they came to this parent. */
  readonly children: Set<Tgid>;
  /** Those of them that have something to report (family.ts). */
  readonly news: Set<Tgid>;
  /** Which of two children of one parent came first: the one with the smaller number. */
  place: number;
  /** Changed by `moveTo` alone. */
  pgid: Pgid;
  sid: Sid;
  /** Controlling terminal, 0 for none. */
  tty: number;
  /** A session leader whose terminal has hung up: the foreground group there, 0 for none (Linux: tty_old_pgrp). */
  hungUpForeground: number;
  handlers: SigHandlers;
  pending: SigInfo[];
  /** Queue that wait4 callers of this process wait at. */
  childQueue: QueueId;
  /** Signal sent to the parent at exit; SIGCHLD for fork, 0 for none. */
  exitSignal: number;
  /** Wait status once all is decided (exit_group or fatal signal); -1 before. */
  exitStatus: number;
  /** 'live' → 'zombie' when the last thread has gone → removed when reaped. */
  life: 'live' | 'zombie';
  /** Stop and continue reports not yet collected by wait: wait status, or -1. */
  stopReport: number;
  continueReport: boolean;
  /** Signal that stopped the group, 0 while it runs. */
  stoppedBy: number;
  /** Path of the program, as /proc/PID/exe shows it, and the file itself, held. */
  executable: string;
  exe: Place | null;
  commandLine: string[];
  /** Replaced as a whole by `setLimit`. */
  rlimits: readonly Rlimit[];
  realTimer: IntervalTimer;
  virtualTimer: IntervalTimer;
  profTimer: IntervalTimer;
  /** POSIX timers by their id: the keys under which the kernel has them. */
  timers: Map<number, number> | null;
  nextTimer: number;
  /** Processor time it may use before something is due (cpu-timer.ts), and who waits for that. */
  cpuBudget: number;
  cpuAlarms: readonly CpuAlarm[];
  usage: Usage;
  childUsage: Usage;
  subreaper: boolean;
  /** PR_SET_THP_DISABLE: there are no huge pages to keep away. */
  noHugePages: boolean;
  dumpable: number;
  didExec: boolean;
  oomScoreAdj: number;
  /** Who logged in, and in which session: kept over setuid. -1 for nobody. */
  loginUid: number;
  loginSession: number;
  /** Commands of membarrier(2) this process has registered for. */
  membarrier: number;
  startTime: Nanos;
}

/** What the kernel does with a call when a signal with a handler interrupts it (Linux: signal(7)). */
export type Interrupted =
  | 'never blocks'
  | 'EINTR'
  | 'ERESTARTSYS'
  | 'ERESTARTNOHAND'
  | 'ERESTART_RESTARTBLOCK';

export type { Outcome, Wait };
