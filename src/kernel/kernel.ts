/**
 * The kernel as system calls see it: the state of all tasks, the current one, and the doors to memory,
 * files, signals and time. Built by `createKernel` in boot.ts.
 */
import type { Errno } from '../abi/index.ts';
import type { Nanos, Random } from '../base/index.ts';
import type { EventLog } from '../events/index.ts';
import type { Hart } from '../hart/index.ts';
import type { Memory, Mm, MmId, PageObjectId } from '../memory/index.ts';
import type { FilesId, FilesTable, FsContext, QueueId, Timestamp, Transfer, Vfs } from '../vfs/index.ts';
import type { Cpu, CpuTrap, Halt } from './cpu-state.ts';
import type { IpcState } from './ipc/state.ts';
import type { Load } from './load.ts';
import type { PolicyChoice } from './policy/named.ts';
import type { RegisterFile } from './register-file.ts';
import type { Scheduler } from './scheduler.ts';
import type { Syscall, SyscallTable } from './syscall.ts';
import type { TimerQueue } from './timer.ts';
import type {
  FsId,
  Interrupted,
  PendingCall,
  Pgid,
  PosixTimer,
  Sid,
  SigInfo,
  Task,
  Tgid,
  ThreadGroup,
  Tid,
  Wait,
} from './types.ts';

/** The current task's memory. Addresses are safe integers; a failed access is `undefined` or `false`. */
export interface UserMemory {
  readU8(addr: number): number | undefined;
  readU16(addr: number): number | undefined;
  readI32(addr: number): number | undefined;
  readU32(addr: number): number | undefined;
  /** A 64-bit word as a number; above 2^53 it is rounded. */
  readU64(addr: number): number | undefined;
  /** A signed 64-bit word as a number. */
  readI64(addr: number): number | undefined;
  writeU8(addr: number, value: number): boolean;
  writeU16(addr: number, value: number): boolean;
  writeU32(addr: number, value: number): boolean;
  /** Negative values are written in two's complement. */
  writeU64(addr: number, value: number): boolean;
  copyIn(addr: number, into: Uint8Array): boolean;
  copyOut(addr: number, from: Uint8Array): boolean;
  /** A NUL-terminated string of at most `max` bytes without the NUL. */
  cstring(addr: number, max: number): string | 'EFAULT' | 'ENAMETOOLONG';
}

/** Settings of a run that the kernel obeys (Linux: what the hardware and the administrator decide). */
export interface KernelOptions {
  readonly cpus: number;
  /** How ordinary tasks are scheduled at first. */
  readonly policy: PolicyChoice;
  /** Virtual nanoseconds of a round-robin slice; one instruction takes one. */
  readonly quantum: Nanos;
  /** Virtual price of one context switch. */
  readonly switchCost: Nanos;
  readonly seed: number;
  /** Wall clock at boot. */
  readonly epoch: Timestamp;
  readonly maxProcesses: number;
  readonly maxOpenFiles: number;
  readonly hostname: string;
  /** uid of the first process; root when 0. */
  readonly user: number;
  /** In tests, an errno that a call does not declare is our bug; in a run it is an event. */
  readonly strict: boolean;
  /** Events the log keeps. */
  readonly eventCapacity: number;
}

/** The next number of each kind. */
export interface Counters {
  tid: number;
  fs: number;
  queue: number;
  /** Queues that are kept although nobody waits there (block.ts). */
  emptyQueues: number;
  /** Processes ever made, for /proc/stat. */
  forks: number;
  /** Children ever given to a parent. */
  places: number;
  /** POSIX timers ever made. */
  timers: number;
  /** Sessions of those who logged in, by /proc/PID/loginuid. */
  logins: number;
}

/** Who is told what tasks do: `--trace`. */
export interface Tracer {
  /** How many bytes of a text are shown. */
  readonly textLimit: number;
  onEnter(task: Task, row: Syscall): void;
  onExit(task: Task, row: Syscall | undefined, result: number | Errno): void;
  /** A signal is about to be taken; the call may be made anew after it. */
  onInterrupted(task: Task, row: Syscall, how: Interrupted): void;
  /** It is made anew. */
  onAgain(task: Task, row: Syscall, how: Interrupted): void;
  /** The call waits, for the first time or again. */
  onBlock(task: Task, row: Syscall): void;
  onSignal(task: Task, info: SigInfo): void;
  /** A signal that its receiver ignores: a tracer hears of it all the same. */
  onIgnored(task: Task, info: SigInfo): void;
  onStop(task: Task, signo: number): void;
  onTaskExit(task: Task, status: number): void;
}

export interface Kernel {
  readonly options: KernelOptions;
  readonly memory: Memory;
  readonly hart: Hart;
  readonly vfs: Vfs;
  readonly events: EventLog;
  readonly random: Random;
  readonly table: SyscallTable;

  readonly tasks: Map<Tid, Task>;
  readonly groups: Map<Tgid, ThreadGroup>;
  /** Members by number (family.ts). */
  readonly processGroups: Map<Pgid, Set<Tgid>>;
  readonly sessions: Map<Sid, Set<Tgid>>;
  readonly filesTables: Map<FilesId, FilesTable>;
  readonly fsContexts: Map<FsId, FsContext>;
  readonly mms: ReadonlyMap<MmId, Mm>;

  /** Wall clock at boot; from outside it may be told later than the options were. */
  epoch: Timestamp;

  /**
   * While the machine is sealed: asked before a call is served, with the trap that leads to it. If so, the trap
   * stays, the loop comes back, and nothing runs until `isHeld` is false again. No state: who drives decides.
   */
  seal: ((trap: CpuTrap) => boolean) | null;
  isHeld: boolean;

  // Processors (schedule.ts)
  readonly cpus: readonly Cpu[];
  readonly scheduler: Scheduler;
  readonly registers: RegisterFile;
  /** The CPU that is in the kernel. */
  cpu: Cpu;
  /** Whose registers the hart holds now; another task's are fetched from its slot first. */
  loaded: Task | null;
  /** Position in virtual time of what the kernel is doing. */
  clock: Nanos;
  /** Instructions retired by all CPUs: the count at which inputs enter. */
  retired: number;
  halt: Halt | null;

  /** Wait statuses of the processes that the host started; -1 while they live. */
  readonly hosted: Map<Tgid, number>;
  /** One of them has just ended: the machine comes back at that very instant, however long the host let it run. */
  hostedEnded: boolean;
  readonly counters: Counters;
  /** What uname tells; sethostname changes it. */
  readonly names: { host: string; domain: string };
  /** Who waits where, in order of arrival. */
  readonly queues: Map<QueueId, Tid[]>;
  /** The process the out-of-memory killer chose, until it has gone; 0 for none. */
  oomVictim: Tgid | 0;
  /** The pages every address space has: a shared object, and its data. */
  readonly vdsoPage: PageObjectId;
  readonly vvarPage: PageObjectId;

  /** The task whose trap is being served. */
  task: Task;
  group: ThreadGroup;
  /** Its address space, descriptors and directory context. */
  mm: Mm;
  files: FilesTable;
  fs: FsContext;
  /** The call being served: its deadline and progress survive blocking. */
  call: PendingCall;
  readonly user: UserMemory;

  /** Deadlines of waits, interval timers, timerfds and devices. */
  readonly timers: TimerQueue;
  /** POSIX timers of all processes by their key. */
  readonly posixTimers: Map<number, PosixTimer>;
  /** Signals and timers that count for RLIMIT_SIGPENDING, by user. */
  readonly queuedSignals: Map<number, number>;
  /** Words of memory → the queue of the tasks that wait at each, by where it is (futex.ts). */
  readonly futexes: Map<number, Map<number, QueueId>>;
  /** Who has the locks that tasks wait for in these queues (futex-pi.ts). */
  readonly piOwners: Map<QueueId, Tid>;
  /** System V shared memory, semaphores and message queues. */
  readonly ipc: IpcState;
  readonly load: Load;
  /** Told of every call, signal and exit while somebody traces (strace.ts); null otherwise. */
  tracer: Tracer | null;

  /** Virtual time since boot, at the instruction being executed. */
  now(): Nanos;
  wall(): Timestamp;
  /** What files are stamped with: while the machine is sealed, by the clock of its options. */
  stamp(): Timestamp;
  /** Absolute deadline of this call: computed on first entry, the same on every re-entry. NEVER for undefined. */
  deadline(relative: Nanos | undefined): Nanos;
  /** True once the call's deadline has come. */
  expired(): boolean;

  newQueue(): QueueId;
  /** Makes every task (or at most `count`) that waits at the queue look again; gives how many. */
  wake(queue: QueueId, count?: number): number;
  /** A Wait on the queues until the call's own deadline (NEVER if it has none). */
  waitOn(on: string, queues: readonly QueueId[], detail?: number): Wait;

  /** Queues a signal for one thread, or for a process as a whole, and wakes who must look at it. */
  signalTask(task: Task, info: SigInfo): 0 | 'EAGAIN';
  signalGroup(group: ThreadGroup, info: SigInfo): 0 | 'EAGAIN';
  /** Is a signal pending that the current task does not block? Calls that moved something return early. */
  signalPending(): boolean;

  /** Moves bytes between a file and one range, or several, of the caller's memory. */
  transfer(addr: number, length: number): Transfer;
  transferVector(ranges: readonly { readonly addr: number; readonly length: number }[]): Transfer;
}
