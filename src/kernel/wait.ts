/** Which child a wait reports: wait4 and waitid ask the same question. Linux: kernel/exit.c do_wait(). */
import { SIGNAL } from '../abi/index.ts';
import { newsChanged } from './family.ts';
import type { Kernel } from './kernel.ts';
import type { Pgid, Tgid, ThreadGroup } from './types.ts';

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
  readonly what: 'exited' | 'stopped' | 'continued';
  /** Wait status as wait4 gives it. */
  readonly status: number;
}

/** Wait status of a child that continued. */
const CONTINUED = 0xffff;

/** The first child with something to report; null when there are children but no news, ECHILD without any. */
export function findReport(k: Kernel, select: ChildSelector, options: number): ChildReport | null | 'ECHILD' {
  const isMeant = (child: ThreadGroup) => matches(child, select) && isEligible(child, options);
  const { children, news } = k.group;
  for (const tgid of select.by === 'pid' ? only(children, select.pid) : inOrder(k, children, news)) {
    const child = k.groups.get(tgid)!;
    const report = isMeant(child) ? reportOf(child, options) : null;
    if (report !== null) return report;
  }
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

/** "Clone children" are those that report by another signal than SIGCHLD, or by none. */
function isEligible(child: ThreadGroup, options: number): boolean {
  if ((options & W.__WALL) !== 0) return true;
  return (child.exitSignal !== SIGNAL.SIGCHLD) === ((options & W.__WCLONE) !== 0);
}

function reportOf(child: ThreadGroup, options: number): ChildReport | null {
  if (child.life === 'zombie')
    return (options & W.WEXITED) === 0 ? null : { group: child, what: 'exited', status: child.exitStatus };
  if (child.stopReport >= 0 && (options & W.WSTOPPED) !== 0)
    return { group: child, what: 'stopped', status: child.stopReport };
  if (child.continueReport && (options & W.WCONTINUED) !== 0)
    return { group: child, what: 'continued', status: CONTINUED };
  return null;
}

/** A stop or a continuation is reported once. */
export function takeReport(k: Kernel, { group, what }: ChildReport): void {
  if (what === 'stopped') group.stopReport = -1;
  if (what === 'continued') group.continueReport = false;
  newsChanged(k, group);
}
