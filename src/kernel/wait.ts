/** Which child a wait reports: wait4 and waitid ask the same question. Linux: kernel/exit.c do_wait(). */
import { SIGNAL } from '../abi/index.ts';
import { buryTracee, reap } from './exit.ts';
import { leaderOf, newsChanged } from './family.ts';
import type { Kernel } from './kernel.ts';
import { traceesOf, tracerOf } from './tracing.ts';
import type { Pgid, Task, Tgid, ThreadGroup, Tid } from './types.ts';

/** Whom to wait for. */
export type ChildSelector =
  | { readonly by: 'any' }
  | { readonly by: 'pid'; readonly pid: Tgid }
  | { readonly by: 'pgid'; readonly pgid: Pgid };

export const W = {
  WNOHANG: 1,
  WUNTRACED: 2,
  WSTOPPED: 2,
  WEXITED: 4,
  WCONTINUED: 8,
  WNOWAIT: 0x01000000,
  __WNOTHREAD: 0x20000000,
  __WALL: 0x40000000,
  __WCLONE: 0x80000000 | 0,
} as const;

/** What a child has to report. */
export interface ChildReport {
  readonly group: ThreadGroup;
  /** Its number, or that of a traced thread. */
  readonly tid: number;
  readonly what: 'exited' | 'stopped' | 'continued' | 'trapped';
  /** Wait status as wait4 gives it. */
  readonly status: number;
}

/** Wait status of a child that continued. */
const CONTINUED = 0xffff;

/** The first child with something to report; null when there are children but no news, ECHILD without any. */
export function findReport(k: Kernel, select: ChildSelector, options: number): ChildReport | null | 'ECHILD' {
  const isMeant = (child: ThreadGroup) => matches(child, select) && isEligible(k, child, options);
  const { children, news } = k.group;
  for (const tgid of select.by === 'pid' ? only(children, select.pid) : inOrder(k, children, news)) {
    const child = k.groups.get(tgid)!;
    const report = isMeant(child) ? reportOf(k, child, options) : null;
    if (report !== null) return report;
  }
  const traced = k.group.tracees === null ? undefined : findTraced(k, select, options);
  if (traced !== undefined) return traced;
  for (const tgid of select.by === 'pid' ? only(children, select.pid) : children)
    if (isMeant(k.groups.get(tgid)!)) return null;
  return 'ECHILD';
}

const only = (children: ReadonlySet<Tgid>, pid: Tgid): readonly Tgid[] => (children.has(pid) ? [pid] : []);

/** With news of a few children only, it is quicker to put those in order than to look at all. */
const FEW = 16;

/** All children with news, and perhaps others, in the order in which they came. */
function inOrder(k: Kernel, children: ReadonlySet<Tgid>, news: ReadonlySet<Tgid>): Iterable<Tgid> {
  if (news.size > FEW) return children;
  const place = (tgid: Tgid) => k.groups.get(tgid)!.place;
  return news.size < 2 ? news : [...news].sort((a, b) => place(a) - place(b));
}

const matches = (child: ThreadGroup, select: ChildSelector): boolean =>
  select.by !== 'pgid' || child.pgid === select.pgid;

/** The thread that made the child, or, when that has gone, the first that lives (Linux: find_alive_thread). */
function keeperOf(k: Kernel, { madeBy }: ThreadGroup): Tid | 0 {
  const { threads } = k.group;
  const lives = (tid: Tid) => k.tasks.get(tid)!.run !== 'zombie';
  if (madeBy !== 0 && threads.has(madeBy) && lives(madeBy)) return madeBy;
  for (const tid of threads) if (lives(tid)) return tid;
  return 0;
}

/** "Clone children" are those that report by another signal than SIGCHLD, or by none. */
function isEligible(k: Kernel, child: ThreadGroup, options: number): boolean {
  if ((options & W.__WNOTHREAD) !== 0 && keeperOf(k, child) !== k.task.tid) return false;
  if ((options & W.__WALL) !== 0) return true;
  return (child.exitSignal !== SIGNAL.SIGCHLD) === ((options & W.__WCLONE) !== 0);
}

function reportOf(k: Kernel, child: ThreadGroup, options: number): ChildReport | null {
  const tracer = tracerOf(k, leaderOf(k, child));
  const report = (what: ChildReport['what'], status: number) => ({
    group: child,
    tid: child.tgid,
    what,
    status,
  });
  // The tracer hears of an end first, and a parent that traces hears of other stops.
  if (child.life === 'zombie')
    return (options & W.WEXITED) === 0 || tracer !== undefined ? null : report('exited', child.exitStatus);
  if (child.stopReport >= 0 && (options & W.WSTOPPED) !== 0 && tracer !== k.group)
    return report('stopped', child.stopReport);
  if (child.continueReport && (options & W.WCONTINUED) !== 0) return report('continued', CONTINUED);
  return null;
}

/** What tracees have to tell, of whatever kind and with whatever flags they were made; null: nothing yet. */
function findTraced(k: Kernel, select: ChildSelector, options: number): ChildReport | null | undefined {
  let isAny = false;
  const isAlone = (options & W.__WNOTHREAD) !== 0;
  for (const task of traceesOf(k, k.group)) {
    if (isAlone && task.traced!.tracer !== k.task.tid) continue;
    const group = k.groups.get(task.group)!;
    if (select.by === 'pid' ? task.tid !== (select.pid as number) : !matches(group, select)) continue;
    isAny = true;
    const report = tracedReport(task, group, options);
    if (report !== null) return report;
  }
  return isAny ? null : undefined;
}

function tracedReport(task: Task, group: ThreadGroup, options: number): ChildReport | null {
  const { tid, run } = task;
  const { stop, report, listens } = task.traced!;
  if (run === 'zombie') {
    const isLeader = (tid as number) === group.tgid;
    if ((options & W.WEXITED) === 0 || (isLeader && group.life !== 'zombie')) return null;
    return { group, tid, what: 'exited', status: isLeader ? group.exitStatus : task.exitStatus };
  }
  if (stop === null || report === 0 || listens) return null;
  return { group, tid, what: 'trapped', status: (report << 8) | 0x7f };
}

/** An end has been told: to the parent the process goes, to a tracer the trace. */
export function settleEnd(k: Kernel, { group, tid }: ChildReport): void {
  const task = k.tasks.get(tid as Tid)!;
  if (tid !== group.tgid || group.parent !== k.group.tgid) buryTracee(k, task);
  else reap(k, group);
}

/** A stop or a continuation is reported once. */
export function takeReport(k: Kernel, { group, tid, what }: ChildReport): void {
  if (what === 'trapped') k.tasks.get(tid as Tid)!.traced!.report = 0;
  if (what === 'stopped') group.stopReport = -1;
  if (what === 'continued') group.continueReport = false;
  newsChanged(k, group);
}
