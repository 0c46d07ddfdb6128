/** The kernel as the file systems see it: time, waking, signals, terminals, and who is asking. */
import { SIGNAL } from '../abi/index.ts';
import { fillRandom, NEVER } from '../base/index.ts';
import { EVENT } from '../events/index.ts';
import { type AsyncOwner, fileOf, type Outcome, type ProcSource, type VfsHost } from '../vfs/index.ts';
import { waitersAt } from './block.ts';
import { leaderOf, membersOf, sessionOf } from './family.ts';
import { mqueueClosed } from './ipc/mqueue.ts';
import type { Kernel } from './kernel.ts';
import { limitOf, RLIMIT } from './rlimit.ts';
import { sigInfo } from './siginfo.ts';
import { disposition } from './signal.ts';
import { has } from './signal-set.ts';
import { isOrphanedGroup } from './signal-stop.ts';
import { dequeue } from './signal-take.ts';
import type { Tgid, ThreadGroup, Tid } from './types.ts';

const LIMITS = { fsize: RLIMIT.RLIMIT_FSIZE, nofile: RLIMIT.RLIMIT_NOFILE } as const;

/** Builds the host record of the VFS; each entry looks at the kernel when it is called. */
export const vfsHost = (k: Kernel, proc: ProcSource): VfsHost => ({
  now: () => k.now(),
  wall: () => k.stamp(),
  newQueue: () => k.newQueue(),
  wake: (queue) => {
    k.wake(queue);
  },
  waiters: (queue) => waitersAt(k, queue),
  deadline: (relative) => k.deadline(relative >= NEVER ? undefined : relative),
  expired: () => k.expired(),
  arm: (kind, at, id) => k.timers.arm(at, kind, id),
  mqueueClosed: (file, tgid) => mqueueClosed(k, file, tgid),
  random: (into) => fillRandom(k.random, into),
  limit: (resource) => limitOf(k.group, LIMITS[resource]),
  current: () => ({
    tid: k.task.tid,
    tgid: k.group.tgid,
    pgid: k.group.pgid,
    sid: k.group.sid,
    tty: k.group.tty,
  }),
  credentials: () => k.task.credentials,
  signalGroup: (pgid, signo) => signalProcessGroup(k, pgid, signo),
  signalCurrent: (signo) => k.signalTask(k.task, sigInfo(signo, { code: 0, pid: k.group.tgid })),
  signalOwner: (owner, reason) => signalOwner(k, owner, reason),
  hasSignal: (lo, hi) => [...k.task.pending, ...k.group.pending].some(({ signo }) => has({ lo, hi }, signo)),
  takeSignal: (lo, hi) => dequeue(k, k.group, k.task, (signo) => has({ lo, hi }, signo)) ?? null,
  ...events(k),
  standsIn: (mount) =>
    [...k.fsContexts.values()].some(
      ({ users, cwd, root }) => users > 0 && (cwd.mount === mount || root.mount === mount),
    ) || [...k.groups.values()].some(({ exe }) => exe?.mount === mount),
  ...terminals(k),
  proc,
});

type Events = Pick<VfsHost, 'fdOpened' | 'fdCopied' | 'fdClosed' | 'diskAsked' | 'diskServed'>;

/** What the file systems tell of themselves. Descriptors of a task that does not run yet are no events. */
const events = (k: Kernel): Events => ({
  fdOpened(table, fd, file) {
    if (table !== k.files || k.events.skips(EVENT.fdOpen)) return;
    const { kind, path } = fileOf(k.vfs, file);
    const [typeName, whatName] = [k.events.intern(kind), k.events.intern(path)];
    k.events.record(EVENT.fdOpen, k.now(), k.cpu.id, k.task.tid, fd, typeName, whatName, file);
  },
  fdCopied(table, fd, file, from) {
    if (table === k.files) k.events.record(EVENT.fdDup, k.now(), k.cpu.id, k.task.tid, fd, from, file);
  },
  fdClosed(table, fd, file) {
    if (table === k.files) k.events.record(EVENT.fdClose, k.now(), k.cpu.id, k.task.tid, fd, file);
  },
  diskAsked: (request, first, pages, object) =>
    k.events.record(EVENT.ioRequest, k.now(), k.cpu.id, k.task.tid, request, first, pages, object),
  diskServed: (request, pages) => k.events.record(EVENT.ioComplete, k.now(), 0, 0, request, pages),
});

type Terminals = Pick<VfsHost, 'stopForTty' | 'setTty' | 'dropTty' | 'hangUpSession' | 'sessionOf'>;

const terminals = (k: Kernel): Terminals => ({
  stopForTty: (signo) => stopForTty(k, signo),
  setTty: (tty) => {
    k.group.tty = tty;
  },
  dropTty(sid) {
    for (const group of sessionOf(k, sid)) group.tty = 0;
  },
  hangUpSession(sid, foreground) {
    for (const group of sessionOf(k, sid)) {
      group.tty = 0;
      if ((group.tgid as number) !== sid || group.life !== 'live') continue;
      group.hungUpForeground = foreground;
      k.signalGroup(group, sigInfo(SIGNAL.SIGHUP));
      k.signalGroup(group, sigInfo(SIGNAL.SIGCONT));
    }
  },
  sessionOf(pgid) {
    return membersOf(k, pgid)[0]?.sid ?? 0;
  },
});

/** Sends a signal of the kernel's own to every process of a group. */
export function signalProcessGroup(k: Kernel, pgid: number, signo: number): void {
  for (const group of membersOf(k, pgid)) if (group.life === 'live') k.signalGroup(group, sigInfo(signo));
}

/** A process in the background touches its terminal. Linux: __tty_check_change(), job_control(). */
function stopForTty(k: Kernel, signo: number): Outcome {
  const isDeaf = disposition(k.group, signo) === 'ignore' || has(k.task.blocked, signo);
  if (isDeaf) return signo === SIGNAL.SIGTTIN ? 'EIO' : 0;
  if (isOrphanedGroup(k, k.group.pgid)) return 'EIO';
  signalProcessGroup(k, k.group.pgid, signo);
  return k.waitOn('terminal', []);
}

/** Linux: send_sigio. The signal asked for tells the descriptor and why; SIGIO tells nothing. */
function signalOwner(k: Kernel, owner: AsyncOwner, reason: { code: number; band: number }): void {
  const { signal, fd, type, id } = owner;
  const info =
    signal === 0
      ? sigInfo(SIGNAL.SIGIO)
      : sigInfo(signal, { code: reason.code, pid: reason.band, uid: 0, status: fd });
  if (type === 'tid') {
    const task = k.tasks.get(id as Tid);
    const group = task === undefined ? undefined : k.groups.get(task.group);
    if (group !== undefined && maySendTo(k, group, owner)) k.signalTask(task!, info);
    return;
  }
  const groups = type === 'pid' ? [k.groups.get(id as Tgid)] : membersOf(k, id);
  for (const group of groups)
    if (group?.life === 'live' && maySendTo(k, group, owner)) k.signalGroup(group, info);
}

/** Linux: sigio_perm. */
const maySendTo = (k: Kernel, group: ThreadGroup, { uid, euid }: AsyncOwner): boolean => {
  const { ruid, suid } = leaderOf(k, group).credentials;
  return euid === 0 || [uid, euid].some((asking) => asking === ruid || asking === suid);
};
