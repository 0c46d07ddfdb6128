/** The process control block of one task: everything that the kernel keeps about it, as plain data. */
import type { Nanos } from '../../base/index.ts';
import { getSaved, type Kernel, saveLoaded, type Task, type Tgid, type Tid } from '../../kernel/index.ts';
import type { Mm } from '../../memory/index.ts';
import { type Place, pathOf } from '../../vfs/index.ts';
import { type StackFrame, stackFrames } from './frames.ts';
import { type FdView, fdViews } from './machine-view.ts';
import { type PythonFrame, pythonFrames } from './python-frames.ts';
import { type RegistersView, registersAt } from './registers.ts';
import { type SchedulingView, schedulingOf } from './scheduling.ts';
import { boundsOf, type SegmentBounds, type SegmentView, segmentsOf } from './segments.ts';
import { type SignalsView, signalsOf } from './signals.ts';
import { type PlaceName, Symbols } from './symbols.ts';

/** Everything about one task. Times are virtual nanoseconds. */
export interface PcbView {
  readonly ids: {
    readonly pid: number;
    readonly tid: number;
    readonly ppid: number;
    readonly pgid: number;
    readonly sid: number;
    readonly uid: number;
    readonly euid: number;
    readonly gid: number;
    readonly egid: number;
  };
  readonly comm: string;
  readonly argv: readonly string[];
  readonly executable: string;
  readonly state: Task['run'];
  readonly since: Nanos;
  readonly waitsFor: { readonly on: string; readonly detail: number; readonly until: number } | null;
  /** Wait status, -1 while it lives. */
  readonly exitStatus: number;
  /** Null when it has ended. */
  readonly registers: RegistersView | null;
  /** Where its program counter is; null when that is nowhere. */
  readonly at: PlaceName | null;
  /** The calls it is in, the innermost first. */
  readonly frames: readonly StackFrame[];
  /** Calls of Python functions, the innermost first; empty where the thread runs none. */
  readonly python: readonly PythonFrame[];
  readonly lastCalls: readonly { readonly at: Nanos; readonly text: string }[];
  readonly scheduling: SchedulingView;
  readonly times: {
    readonly started: Nanos;
    readonly user: Nanos;
    readonly system: Nanos;
    readonly waiting: Nanos;
    readonly blocked: Nanos;
  };
  readonly memory: PcbMemory | null;
  readonly files: readonly FdView[];
  readonly cwd: string;
  readonly umask: number;
  /** Device number of its controlling terminal, 0 for none. */
  readonly tty: number;
  readonly signals: SignalsView;
  readonly children: readonly number[];
  readonly threads: readonly number[];
  /** Who traces it, 0 for nobody. */
  readonly tracer: number;
}

/** Its address space; equal numbers are one and the same. */
export interface PcbMemory {
  readonly mm: number;
  /** Frame of the page table's root (satp), and bytes of all its tables. */
  readonly root: number;
  readonly tableBytes: number;
  /** Page-table entries that show a frame. */
  readonly entries: number;
  readonly bounds: readonly SegmentBounds[];
  readonly segments: readonly SegmentView[];
  readonly residentPages: number;
  readonly privatePages: number;
  readonly sharedPages: number;
  readonly copyOnWritePages: number;
  readonly peakPages: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
}

const LAST_CALLS = 8;

/** The PCB of a thread or, by its number, of a process; undefined when there is no such task. */
export function pcbOf(k: Kernel, id: number): PcbView | undefined {
  saveLoaded(k);
  const task = k.tasks.get(id as Tid) ?? leaderLeft(k, id);
  if (task === undefined) return undefined;
  const group = k.groups.get(task.group)!;
  const mm = task.mm === 0 ? undefined : k.mms.get(task.mm);
  const isGone = task.run === 'zombie' || task.run === 'dead';
  const { ruid, euid, rgid, egid } = task.credentials;
  const table = k.filesTables.get(task.files);
  const registers = isGone ? null : registersAt(k, task.registers);
  const fs = k.fsContexts.get(task.fs);
  const symbols = new Symbols(k);
  return {
    ids: {
      pid: group.tgid,
      tid: task.tid,
      ppid: group.parent,
      pgid: group.pgid,
      sid: group.sid,
      uid: ruid,
      euid,
      gid: rgid,
      egid,
    },
    comm: task.comm,
    argv: group.commandLine,
    executable: group.executable,
    state: task.run,
    since: task.since,
    waitsFor: task.wait && { on: task.wait.on, detail: task.wait.detail, until: task.wait.until },
    exitStatus: group.exitStatus,
    registers,
    at: registers === null || mm === undefined ? null : symbols.at(mm, Number(registers.pc)),
    frames: registers === null || mm === undefined ? [] : framesOf(k, mm, symbols, task.registers),
    python: registers === null || mm === undefined ? [] : pythonFrames(k, mm, symbols, task.tid),
    lastCalls: lastCalls(k, task.tid),
    scheduling: schedulingOf(k, task),
    times: {
      started: task.startTime,
      user: task.userTime,
      system: task.systemTime,
      waiting: task.readyTime,
      blocked: task.blockedTime,
    },
    memory: mm === undefined ? null : memoryOf(k, mm),
    files: table === undefined || isGone ? [] : fdViews(k, table),
    cwd: fs === undefined ? '' : pathOfPlace(k, fs.cwd, fs.root),
    umask: fs?.umask ?? 0,
    tty: group.tty,
    signals: signalsOf(k, task),
    children: [...group.children],
    threads: [...group.threads],
    tracer: task.traced?.tracer ?? 0,
  };
}

/** A process whose first thread has gone is known by its number still. */
const leaderLeft = (k: Kernel, pid: number): Task | undefined => {
  const group = k.groups.get(pid as Tgid);
  return group === undefined ? undefined : k.tasks.get([...group.threads][0]!);
};

const pathOfPlace = (k: Kernel, place: Place, root: Place): string => {
  const path = pathOf(k.vfs, place, root);
  return typeof path === 'string' ? path : path.unreachable;
};

const REGISTERS = 32;

function framesOf(k: Kernel, mm: Mm, symbols: Symbols, slot: number): readonly StackFrame[] {
  const x = Array.from({ length: REGISTERS }, (_, i) => getSaved(k.memory.frames, slot, i));
  return stackFrames(k, mm, symbols, getSaved(k.memory.frames, slot, 'pc'), x);
}

function memoryOf(k: Kernel, mm: Mm): PcbMemory {
  const entries = k.memory.spaces.entriesOf(mm);
  const own = entries.filter(({ zero }) => !zero);
  return {
    mm: mm.id,
    root: mm.root,
    tableBytes: k.memory.spaces.tableBytes(mm),
    entries: entries.length,
    bounds: boundsOf(mm),
    segments: segmentsOf(k, mm),
    residentPages: mm.rssAnon + mm.rssFile + mm.rssShmem,
    privatePages: own.filter(({ mapped }) => mapped === 1).length,
    sharedPages: own.filter(({ mapped }) => mapped > 1).length,
    copyOnWritePages: own.filter(({ copyOnWrite }) => copyOnWrite).length,
    peakPages: mm.rssPeak,
    minorFaults: mm.minorFaults,
    majorFaults: mm.majorFaults,
  };
}

/** The newest calls in the event log, when they are recorded. */
function lastCalls(k: Kernel, tid: number): PcbView['lastCalls'] {
  return k.events
    .records({ kinds: ['syscall-exit'] })
    .filter((record) => record.tid === tid)
    .slice(-LAST_CALLS)
    .map((record) => ({ at: record.at, text: k.events.text(record) }));
}
