/**
 * Who belongs to whom: parents and children, process groups, sessions. All of them are found by number, so that
 * no call looks at every process there is. Linux: struct pid and its lists (kernel/pid.c).
 */
import type { Kernel } from './kernel.ts';
import type { Pgid, Sid, Task, Tgid, ThreadGroup, Tid } from './types.ts';

/** Puts a new process where its parent, its process group and its session find it. */
export function enterFamily(k: Kernel, group: ThreadGroup): void {
  k.groups.set(group.tgid, group);
  enterParent(k, group);
  join(k.processGroups, group.pgid, group.tgid);
  join(k.sessions, group.sid, group.tgid);
}

/** A process that was reaped leaves. */
export function leaveFamily(k: Kernel, group: ThreadGroup): void {
  leaveParent(k, group);
  leave(k.processGroups, group.pgid, group.tgid);
  leave(k.sessions, group.sid, group.tgid);
  k.groups.delete(group.tgid);
}

/** setpgid and setsid. */
export function moveTo(k: Kernel, group: ThreadGroup, pgid: Pgid, sid: Sid): void {
  if (pgid !== group.pgid) {
    leave(k.processGroups, group.pgid, group.tgid);
    join(k.processGroups, pgid, group.tgid);
  }
  if (sid !== group.sid) {
    leave(k.sessions, group.sid, group.tgid);
    join(k.sessions, sid, group.tgid);
  }
  group.pgid = pgid;
  group.sid = sid;
}

/** An orphan gets another parent. */
export function changeParent(k: Kernel, child: ThreadGroup, heir: ThreadGroup): void {
  leaveParent(k, child);
  child.parent = heir.tgid;
  enterParent(k, child);
}

function enterParent(k: Kernel, child: ThreadGroup): void {
  const parent = k.groups.get(child.parent as Tgid);
  if (parent === undefined) return;
  child.place = k.counters.places++;
  parent.children.add(child.tgid);
  if (hasNews(child)) parent.news.add(child.tgid);
}

function leaveParent(k: Kernel, child: ThreadGroup): void {
  const parent = k.groups.get(child.parent as Tgid);
  parent?.children.delete(child.tgid);
  parent?.news.delete(child.tgid);
}

/** Does a process have something to report to its parent? */
export const hasNews = ({ life, stopReport, continueReport }: ThreadGroup): boolean =>
  life === 'zombie' || stopReport >= 0 || continueReport;

/** What a process has to report has changed: its parent knows whom to look at. */
export function newsChanged(k: Kernel, child: ThreadGroup): void {
  const news = k.groups.get(child.parent as Tgid)?.news;
  if (hasNews(child)) news?.add(child.tgid);
  else news?.delete(child.tgid);
}

function join<Id>(sets: Map<Id, Set<Tgid>>, id: Id, member: Tgid): void {
  const known = sets.get(id);
  if (known === undefined) sets.set(id, new Set([member]));
  else known.add(member);
}

function leave<Id>(sets: Map<Id, Set<Tgid>>, id: Id, member: Tgid): void {
  const known = sets.get(id);
  known?.delete(member);
  if (known?.size === 0) sets.delete(id);
}

const found = (k: Kernel, members: ReadonlySet<Tgid> | undefined): ThreadGroup[] =>
  members === undefined ? [] : Array.from(members, (tgid) => k.groups.get(tgid)!);

/** The members of a process group, zombies too, in the order in which they came. */
export const membersOf = (k: Kernel, pgid: number): ThreadGroup[] =>
  found(k, k.processGroups.get(pgid as Pgid));

/** The members of a session. */
export const sessionOf = (k: Kernel, sid: number): ThreadGroup[] => found(k, k.sessions.get(sid as Sid));

/** Is there a task, process, process group or session of this number? */
export const isNumberUsed = (k: Kernel, id: number): boolean =>
  k.tasks.has(id as Tid) ||
  k.groups.has(id as Tgid) ||
  k.processGroups.has(id as Pgid) ||
  k.sessions.has(id as Sid);

/** The thread whose number is the process's: its record stays until the process is reaped. */
export const leaderOf = (k: Kernel, group: ThreadGroup): Task => k.tasks.get(group.tgid as number as Tid)!;
