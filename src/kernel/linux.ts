/** The kernel's own object: state of all tasks, and the doors that system calls use. Made by boot.ts. */
import type { Nanos, Random } from '../base/index.ts';
import { NEVER, seededRandom } from '../base/index.ts';
import { EventLog } from '../events/index.ts';
import type { Hart } from '../hart/index.ts';
import type { Memory, Mm, MmId, PageObjectId } from '../memory/index.ts';
import {
  type FilesId,
  type FilesTable,
  type FsContext,
  type QueueId,
  type Timestamp,
  type Transfer,
  Vfs,
} from '../vfs/index.ts';
import { wakeQueue } from './block.ts';
import { newCpu } from './cpu.ts';
import type { Cpu, Halt } from './cpu-state.ts';
import { type IpcState, newIpcState } from './ipc/state.ts';
import type { Counters, Kernel, KernelOptions, Tracer, UserMemory } from './kernel.ts';
import { type Load, newLoad } from './load.ts';
import { procSource } from './proc/source.ts';
import { RegisterFile } from './register-file.ts';
import { UTS } from './release.ts';
import { Scheduler } from './scheduler.ts';
import { hasDeliverable, sendToGroup, sendToTask } from './signal.ts';
import type { SyscallTable } from './syscall.ts';
import { swapper, swapperGroup } from './task.ts';
import { TimerQueue } from './timer.ts';
import { NO_RANGES, type Range, UserTransfer } from './transfer.ts';
import type {
  FsId,
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
import { currentMemory } from './user-memory.ts';
import { vfsHost } from './vfs-host.ts';

/** What the kernel is built upon. */
export interface KernelParts {
  readonly memory: Memory;
  readonly hart: Hart;
  readonly table: SyscallTable;
  readonly options: KernelOptions;
}

export class LinuxKernel implements Kernel {
  readonly options: KernelOptions;
  readonly memory: Memory;
  readonly hart: Hart;
  readonly vfs: Vfs;
  readonly events: EventLog;
  readonly random: Random;
  readonly table: SyscallTable;
  readonly user: UserMemory;

  readonly tasks = new Map<Tid, Task>();
  readonly groups = new Map<Tgid, ThreadGroup>();
  readonly processGroups = new Map<Pgid, Set<Tgid>>();
  readonly sessions = new Map<Sid, Set<Tgid>>();
  readonly filesTables: Map<FilesId, FilesTable>;
  readonly fsContexts = new Map<FsId, FsContext>();
  readonly mms: ReadonlyMap<MmId, Mm>;

  readonly cpus: readonly Cpu[];
  readonly scheduler: Scheduler;
  readonly registers: RegisterFile;
  cpu: Cpu;
  loaded: Task | null = null;
  clock = 0 as Nanos;
  retired = 0;
  halt: Halt | null = null;
  readonly hosted = new Map<Tgid, number>();
  hostedEnded = false;
  readonly counters: Counters = {
    tid: 1,
    fs: 1,
    queue: 1,
    emptyQueues: 0,
    forks: 0,
    places: 0,
    timers: 0,
    logins: 0,
  };
  readonly names: { host: string; domain: string };
  readonly queues = new Map<QueueId, Tid[]>();
  readonly timers = new TimerQueue();
  readonly posixTimers = new Map<number, PosixTimer>();
  readonly queuedSignals = new Map<number, number>();
  readonly futexes = new Map<number, Map<number, QueueId>>();
  readonly piOwners = new Map<QueueId, Tid>();
  readonly ipc: IpcState = newIpcState();
  readonly load: Load = newLoad();
  tracer: Tracer | null = null;
  oomVictim: Tgid | 0 = 0;
  epoch: Timestamp;
  seal: Kernel['seal'] = null;
  isHeld = false;
  readonly vdsoPage: PageObjectId;
  readonly vvarPage: PageObjectId;

  task: Task = swapper();
  group: ThreadGroup;
  // Set by the first dispatch, before any call can look.
  mm!: Mm;
  files!: FilesTable;
  fs!: FsContext;
  call: PendingCall;

  constructor({ memory, hart, table, options }: KernelParts) {
    this.options = options;
    this.epoch = options.epoch;
    this.names = { host: options.hostname, domain: UTS.domainname };
    this.memory = memory;
    this.hart = hart;
    this.table = table;
    this.scheduler = new Scheduler(options.policy, options.quantum, options.seed, (problem) => {
      this.halt ??= { why: 'policy', problem };
    });
    this.events = new EventLog(options.eventCapacity, this);
    this.random = seededRandom(options.seed);
    this.cpus = Array.from({ length: options.cpus }, (_, id) => newCpu(id));
    this.cpu = this.cpus[0]!;
    this.registers = new RegisterFile(memory.frames);
    this.mms = memory.spaces.all;
    this.user = currentMemory(this, memory.user);
    this.group = swapperGroup(this);
    this.call = this.task.ownCall;
    this.vfs = new Vfs(memory, vfsHost(this, procSource(this)));
    this.filesTables = this.vfs.tables;
    this.vfs.maxFiles = options.maxOpenFiles * options.maxProcesses;
    this.vdsoPage = memory.objects.create({ size: 4096, filled: false }).id;
    this.vvarPage = memory.objects.create({ size: 4096, filled: false }).id;
  }

  now = (): Nanos => this.clock;

  wall(): Timestamp {
    return this.#since(this.epoch);
  }

  stamp(): Timestamp {
    return this.#since(this.seal === null ? this.epoch : this.options.epoch);
  }

  #since({ sec, nsec }: Timestamp): Timestamp {
    const total = nsec + this.clock;
    return { sec: sec + Math.floor(total / 1e9), nsec: total % 1e9 };
  }

  deadline(relative: Nanos | undefined): Nanos {
    const { call } = this;
    if (call.deadline < 0)
      call.deadline = relative === undefined ? NEVER : Math.min(NEVER, this.clock + relative);
    return call.deadline as Nanos;
  }

  expired(): boolean {
    return this.call.deadline >= 0 && this.call.deadline <= this.clock;
  }

  newQueue = (): QueueId => this.counters.queue++ as QueueId;

  wake = (queue: QueueId, count = Number.MAX_SAFE_INTEGER): number => wakeQueue(this, queue, count);

  waitOn(on: string, queues: readonly QueueId[], detail = 0): Wait {
    const { deadline } = this.call;
    return { on, queues, until: (deadline < 0 ? NEVER : deadline) as Nanos, detail };
  }

  signalTask(task: Task, info: SigInfo): 0 | 'EAGAIN' {
    return sendToTask(this, task, info);
  }

  signalGroup(group: ThreadGroup, info: SigInfo): 0 | 'EAGAIN' {
    return sendToGroup(this, group, info);
  }

  signalPending(): boolean {
    return hasDeliverable(this.group, this.task);
  }

  transfer(addr: number, length: number): Transfer {
    return new UserTransfer(this.memory.user, this.mm, addr, length, NO_RANGES);
  }

  transferVector(ranges: readonly Range[]): Transfer {
    return new UserTransfer(this.memory.user, this.mm, 0, 0, ranges);
  }
}
