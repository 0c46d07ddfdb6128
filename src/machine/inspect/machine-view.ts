/** The machine as plain typed data for views: process control blocks, mappings, descriptors, queues. */
import type { Nanos } from '../../base/index.ts';
import {
  getSaved,
  groupUsage,
  type Kernel,
  saveLoaded,
  type Task,
  type ThreadGroup,
  type Usage,
} from '../../kernel/index.ts';
import { listFds } from '../../vfs/index.ts';
import { type ChannelView, channelsOf } from './channels.ts';
import { type WaitGraph, waitGraph } from './waits.ts';

/** One thread, with everything a textbook puts into the process control block. */
export interface TaskView {
  readonly tid: number;
  readonly comm: string;
  readonly state: Task['run'];
  readonly cpu: number;
  readonly pc: number;
  readonly sp: number;
  /** Since when it is in that state. */
  readonly since: Nanos;
  /** What it waits for, null when it does not. */
  readonly waitsFor: { readonly on: string; readonly detail: number; readonly until: number } | null;
  readonly nice: number;
  readonly instructions: number;
  readonly syscalls: number;
  readonly userTime: Nanos;
  readonly systemTime: Nanos;
  readonly readyTime: Nanos;
  readonly blockedTime: Nanos;
  readonly dispatched: number;
  readonly preempted: number;
  readonly blocked: number;
}

export interface MapView {
  readonly start: number;
  readonly end: number;
  /** As in /proc/PID/maps: `r-xp`. */
  readonly perms: string;
  readonly offset: number;
  readonly name: string;
}

export interface FdView {
  readonly fd: number;
  readonly kind: string;
  readonly path: string;
  readonly flags: number;
  readonly pos: number;
  readonly cloexec: boolean;
  /** Equal for descriptors that share one open file. */
  readonly file: number;
}

export interface ProcessView {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly uid: number;
  /** Device number of its controlling terminal, 0 for none; whether its group is in the foreground there. */
  readonly tty: number;
  readonly isForeground: boolean;
  readonly state: 'live' | 'zombie' | 'stopped';
  /** Wait status of a zombie, -1 before. */
  readonly status: number;
  readonly executable: string;
  readonly argv: readonly string[];
  readonly children: readonly number[];
  readonly threads: readonly TaskView[];
  /** Address space: equal numbers share one. */
  readonly mm: number;
  readonly rssPages: number;
  readonly maps: readonly MapView[];
  readonly fds: readonly FdView[];
  readonly usage: Usage;
}

export interface CpuView {
  readonly id: number;
  readonly clock: Nanos;
  readonly task: number;
  readonly busyTime: Nanos;
  readonly switchTime: Nanos;
  readonly switches: number;
}

export interface MachineView {
  readonly now: Nanos;
  readonly retired: number;
  readonly cpus: readonly CpuView[];
  readonly ready: readonly number[];
  readonly timers: readonly { readonly at: Nanos; readonly kind: string; readonly id: number }[];
  readonly processes: readonly ProcessView[];
  readonly memory: { readonly totalPages: number; readonly freePages: number };
  readonly channels: readonly ChannelView[];
  /** Who waits for whom, and the circles among them. */
  readonly waits: WaitGraph;
}

/** Reads the machine; changes nothing. */
export function inspect(k: Kernel): MachineView {
  saveLoaded(k);
  return {
    now: k.now(),
    retired: k.retired,
    cpus: k.cpus.map(({ id, clock, task, busyTime, switchTime, switches }) => ({
      id,
      clock,
      task,
      busyTime,
      switchTime,
      switches,
    })),
    ready: k.scheduler.list().map(({ tid }) => tid),
    timers: k.timers.list(),
    processes: [...k.groups.values()].map((group) => processView(k, group)).sort((a, b) => a.pid - b.pid),
    memory: { totalPages: k.memory.frames.total, freePages: k.memory.frames.free },
    channels: channelsOf(k),
    waits: waitGraph(k),
  };
}

function processView(k: Kernel, group: ThreadGroup): ProcessView {
  const tasks = Array.from(group.threads, (tid) => k.tasks.get(tid)!);
  const alive = tasks.find(({ mm }) => mm !== 0) ?? tasks[0]!;
  const mm = k.mms.get(alive.mm as never);
  const files = k.filesTables.get(alive.files);
  return {
    pid: group.tgid,
    ppid: group.parent,
    pgid: group.pgid,
    sid: group.sid,
    uid: alive.credentials.ruid,
    tty: group.tty,
    isForeground: group.tty !== 0 && k.vfs.ttys.get(group.tty)?.foreground === group.pgid,
    state: group.life === 'zombie' ? 'zombie' : group.stoppedBy !== 0 ? 'stopped' : 'live',
    status: group.exitStatus,
    executable: group.executable,
    argv: group.commandLine,
    children: [...group.children],
    threads: tasks.map((task) => taskView(k, task)),
    mm: alive.mm,
    rssPages: mm === undefined ? 0 : mm.rssAnon + mm.rssFile + mm.rssShmem,
    maps: (mm?.vmas ?? []).map(({ start, end, prot, shared, offset, name }) => ({
      start,
      end,
      perms: `${prot & 1 ? 'r' : '-'}${prot & 2 ? 'w' : '-'}${prot & 4 ? 'x' : '-'}${shared ? 's' : 'p'}`,
      offset,
      name,
    })),
    fds: files === undefined || group.life === 'zombie' ? [] : fdViews(k, files),
    usage: groupUsage(k, group),
  };
}

/** The open descriptors of a table, in order. */
export function fdViews(k: Kernel, files: Parameters<typeof listFds>[0]): FdView[] {
  return listFds(files).map(({ fd, entry }) => {
    const { kind, path, flags, pos, id } = k.vfs.files.get(entry.file)!;
    return { fd, kind, path, flags, pos, cloexec: entry.cloexec, file: id };
  });
}

const SP = 2;

function taskView(k: Kernel, task: Task): TaskView {
  const isGone = task.run === 'zombie' || task.run === 'dead';
  const register = (name: number | 'pc') => (isGone ? 0 : getSaved(k.memory.frames, task.registers, name));
  const { wait } = task;
  return {
    tid: task.tid,
    comm: task.comm,
    state: task.run,
    since: task.since,
    cpu: task.cpu,
    pc: register('pc'),
    sp: register(SP),
    waitsFor: wait === null ? null : { on: wait.on, detail: wait.detail, until: wait.until },
    nice: task.nice,
    instructions: task.instructions,
    syscalls: task.syscalls,
    userTime: task.userTime,
    systemTime: task.systemTime,
    readyTime: task.readyTime,
    blockedTime: task.blockedTime,
    dispatched: task.timesDispatched,
    preempted: task.timesPreempted,
    blocked: task.timesBlocked,
  };
}
