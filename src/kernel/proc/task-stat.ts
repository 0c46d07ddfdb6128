/** /proc/PID/stat, statm and the scheduler's counters of a process or thread. Linux: fs/proc/array.c. */
import { SIGNAL } from '../../abi/index.ts';
import { layout } from '../../memory/index.ts';
import type { Kernel } from '../kernel.ts';
import { RLIMIT } from '../rlimit.ts';
import { SIG_IGN } from '../signal.ts';
import { EMPTY, setOf, union } from '../signal-set.ts';
import type { SigInfo, SigSet, Task, ThreadGroup, Usage } from '../types.ts';
import { groupUsage, taskUsage } from '../usage.ts';
import { ticks } from './format.ts';
import { memoryOf, stateLetter, type Who } from './who.ts';

const SCHED_FIFO = 1;
const SCHED_RR = 2;
/** PF_FORKNOEXEC. */
const FORKED_ONLY = 0x40;
/** What an unlimited resource is in numbers: 2^64 - 1. */
const INFINITY_TEXT = '18446744073709551615';
const DEFAULT_PRIORITY = 20;

const isRealTime = ({ policy }: Task) => policy === SCHED_FIFO || policy === SCHED_RR;

/** As top shows it: 20 + nice, or below zero for real-time policies. */
export const priorityOf = (task: Task): number =>
  isRealTime(task) ? -1 - task.priority : DEFAULT_PRIORITY + task.nice;

const pendingSet = (pending: readonly SigInfo[]): SigSet => setOf(...pending.map(({ signo }) => signo));

/** Signals of a process by what happens to them. */
export function signalSets(group: ThreadGroup): { ignored: SigSet; caught: SigSet; shared: SigSet } {
  let [ignored, caught] = [EMPTY, EMPTY];
  group.handlers.actions.forEach((action, signo) => {
    if (action === null || action === undefined || action.handler === 0) return;
    if (action.handler === SIG_IGN) ignored = union(ignored, setOf(signo));
    else caught = union(caught, setOf(signo));
  });
  return { ignored, caught, shared: pendingSet(group.pending) };
}

export const ownPending = (task: Task): SigSet => pendingSet(task.pending);

const usageOf = (k: Kernel, { group, task, isThread }: Who): Usage =>
  isThread ? taskUsage(k, task) : groupUsage(k, group);

/** Only the standard signals, in decimal: man 5 proc calls these fields obsolete. */
const oldSet = ({ lo }: SigSet) => lo & 0x7fffffff;

/** Where a terminal's foreground process group and device number come from. */
export interface TerminalView {
  readonly device: number;
  readonly foreground: number;
}

/** The one line of /proc/PID/stat. */
export function statText(k: Kernel, who: Who, terminal: TerminalView): string {
  const { group, task } = who;
  const fields = [
    task.tid === (group.tgid as number) || !who.isThread ? group.tgid : task.tid,
    `(${task.comm})`,
    stateLetter(task),
    group.parent,
    group.pgid,
    group.sid,
    terminal.device,
    terminal.foreground,
    group.didExec ? 0 : FORKED_ONLY,
    ...timeFields(k, who),
    ...memoryFields(k, who),
    ...signalFields(who),
    group.exitSignal === 0 && who.isThread ? -1 : group.exitSignal || SIGNAL.SIGCHLD,
    task.cpu,
    isRealTime(task) ? task.priority : 0,
    task.policy,
    0,
    0,
    0,
    ...placeFields(k, who),
    task.run === 'zombie' ? group.exitStatus : 0,
  ];
  return `${fields.join(' ')}\n`;
}

function timeFields(k: Kernel, who: Who): number[] {
  const { group, task } = who;
  const used = usageOf(k, who);
  const children = group.childUsage;
  return [
    used.minorFaults,
    children.minorFaults,
    used.majorFaults,
    children.majorFaults,
    ticks(used.userTime),
    ticks(used.systemTime),
    ticks(children.userTime),
    ticks(children.systemTime),
    priorityOf(task),
    isRealTime(task) ? 0 : task.nice,
    group.threads.size,
    0,
    ticks(task.startTime),
  ];
}

function memoryFields(k: Kernel, who: Who): (number | string)[] {
  const mm = memoryOf(k, who);
  const { soft } = who.group.rlimits[RLIMIT.RLIMIT_RSS]!;
  const limit = soft === Number.POSITIVE_INFINITY ? INFINITY_TEXT : soft;
  if (mm === undefined) return [0, 0, limit, 0, 0, 0, 0, 0];
  const rss = mm.rssAnon + mm.rssFile + mm.rssShmem;
  return [k.memory.spaces.sizeOf(mm).total, rss, limit, mm.codeStart, mm.codeEnd, mm.stackStart, 0, 0];
}

function signalFields({ group, task }: Who): number[] {
  const { ignored, caught } = signalSets(group);
  const sets = [ownPending(task), task.blocked, ignored, caught];
  return [...sets.map(oldSet), task.wait === null ? 0 : 1, 0, 0];
}

function placeFields(k: Kernel, who: Who): number[] {
  const mm = memoryOf(k, who);
  if (mm === undefined) return [0, 0, 0, 0, 0, 0, 0];
  return [mm.dataStart, mm.dataEnd, mm.brkStart, mm.argStart, mm.argEnd, mm.envStart, mm.envEnd];
}

/** /proc/PID/statm, in pages: size, resident, shared, text, lib, data, dirty. */
export function statmText(k: Kernel, who: Who): string {
  const mm = memoryOf(k, who);
  if (mm === undefined) return '0 0 0 0 0 0 0\n';
  const pages = (bytes: number) => Math.ceil(bytes / layout.PAGE_SIZE);
  const { total, data } = k.memory.spaces.sizeOf(mm);
  const shared = mm.rssFile + mm.rssShmem;
  const text = pages(mm.codeEnd - mm.codeStart);
  return `${[pages(total), mm.rssAnon + shared, shared, text, 0, pages(data), 0].join(' ')}\n`;
}

/** /proc/PID/schedstat: time on a CPU, time waiting for one, times it got one. */
export const schedstatText = ({ task }: Who): string =>
  `${task.userTime + task.systemTime} ${task.readyTime} ${task.timesDispatched}\n`;

/** /proc/PID/sched, with the fields that this scheduler has, too. */
export function schedText({ group, task }: Who): string {
  const line = (name: string, value: number | string) => `${name.padEnd(45)}:${String(value).padStart(21)}\n`;
  const millis = (nanos: number) => (nanos / 1e6).toFixed(6);
  return [
    `${task.comm} (${task.tid}, #threads: ${group.threads.size})\n`,
    `${'-'.repeat(67)}\n`,
    line('se.exec_start', millis(task.since)),
    line('se.sum_exec_runtime', millis(task.userTime + task.systemTime)),
    line('nr_switches', task.timesBlocked + task.timesPreempted),
    line('nr_voluntary_switches', task.timesBlocked),
    line('nr_involuntary_switches', task.timesPreempted),
    line('policy', task.policy),
    line('prio', priorityOf(task) + 100),
  ].join('');
}
