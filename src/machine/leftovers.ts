/**
 * What a machine still keeps although its processes have ended. `check.ts` compares counts with holders at any
 * time; here nobody is left to hold anything, so that whatever is there has leaked. What may stay: files with
 * names, what is mounted, the System V objects that nobody removed, ports in TIME_WAIT, and empty queues, which
 * are kept for who waits next (`spareQueues`).
 */
import type { Kernel, Tgid } from '../kernel/index.ts';
import { CONSOLE } from '../vfs/index.ts';

/** The first process, if it lives on, with what it has by right. */
interface First {
  readonly tgid: Tgid | 0;
  readonly mms: ReadonlySet<number>;
  readonly tables: ReadonlySet<number>;
  readonly contexts: ReadonlySet<number>;
  readonly files: ReadonlySet<number>;
  readonly ttys: ReadonlySet<number>;
}

/** How to find what is left of each kind: ids, to be named in a sentence. */
type Find = (k: Kernel, first: First) => Iterable<number | string>;

/** Everything that has leaked, once all processes but the first one have ended: a sentence for each. */
export function leftovers(k: Kernel): string[] {
  const first = firstOf(k);
  return Object.entries(FINDS).flatMap(([kind, find]) =>
    [...find(k, first)].map((id) => `${kind} ${id} is left`),
  );
}

function firstOf(k: Kernel): First {
  const group = k.groups.get(1 as Tgid);
  const tasks = [...(group?.threads ?? [])].flatMap((tid) => k.tasks.get(tid) ?? []);
  const tables = new Set(tasks.map(({ files }) => files));
  const fds = [...tables].flatMap((id) => k.vfs.tables.get(id)?.fds ?? []);
  return {
    tgid: group?.tgid ?? 0,
    mms: new Set(tasks.map(({ mm }) => mm)),
    tables,
    contexts: new Set(tasks.map(({ fs }) => fs)),
    files: new Set(fds.flatMap((entry) => entry?.file ?? [])),
    ttys: new Set([CONSOLE]),
  };
}

const others = (ids: Iterable<number>, known: ReadonlySet<number>): number[] =>
  [...ids].filter((id) => !known.has(id));

/** Tables of which nothing may be left, by what a row of them is called. */
const FINDS: Readonly<Record<string, Find>> = {
  task: (k, { tgid }) => [...k.tasks.values()].filter(({ group }) => group !== tgid).map(({ tid }) => tid),
  process: (k, { tgid }) => [...k.groups.keys()].filter((id) => id !== tgid),
  'process group': (k, { tgid }) => [...k.processGroups.keys()].filter((id) => (id as number) !== tgid),
  session: (k, { tgid }) => [...k.sessions.keys()].filter((id) => (id as number) !== tgid),
  'ready task': (k) => k.scheduler.list().map(({ tid }) => tid),
  'address space': (k, { mms }) => others(k.mms.keys(), mms),
  'descriptor table': (k, { tables }) => others(k.vfs.tables.keys(), tables),
  'directory context': (k, { contexts }) => others(k.fsContexts.keys(), contexts),
  'register slots': ({ registers, tasks }) =>
    registers.taken === tasks.size ? [] : [`${registers.taken} of`],

  'queue with waiters': (k, { tgid }) =>
    [...k.queues]
      .filter(([, tids]) => tids.some((tid) => k.tasks.get(tid)?.group !== tgid))
      .map(([id]) => id),
  'futex queue with waiters': (k) =>
    [...k.futexes.values()]
      .flatMap((words) => [...words.values()])
      .filter((id) => (k.queues.get(id)?.length ?? 0) > 0),
  'owner of lock': (k) => k.piOwners.keys(),
  timer: (k) => k.timers.list().map(({ kind, id }) => `of ${kind} ${id}`),
  'POSIX timer': (k) => k.posixTimers.keys(),
  'queued signal of user': (k) => k.queuedSignals.keys(),

  'open file': ({ vfs }, { files }) => others(vfs.files.keys(), files),
  pipe: ({ vfs }) => [...vfs.pipes.values()].filter(({ host }) => host === 'none').map(({ id }) => id),
  'opening of task': ({ vfs }) => vfs.opening.keys(),
  eventfd: ({ vfs }) => vfs.eventfds.keys(),
  timerfd: ({ vfs }) => vfs.timerfds.keys(),
  signalfd: ({ vfs }) => vfs.signalfds.keys(),
  pidfd: ({ vfs }) => vfs.pidfds.keys(),
  epoll: ({ vfs }) => vfs.epolls.keys(),
  watch: ({ vfs }) => vfs.watches.keys(),
  'watched file': ({ vfs }) => vfs.watchesOfFile.keys(),
  'watched queue': ({ vfs }) => vfs.watchers.keys(),
  'queue with listeners': ({ vfs }) => vfs.listeners.keys(),
  inotify: ({ vfs }) => vfs.inotifies.keys(),
  'mark of inode': ({ vfs }) => vfs.marks.keys(),
  'locks of inode': ({ vfs }) => vfs.locks.keys(),
  'leases of inode': ({ vfs }) => vfs.leases.keys(),
  'file system in the making': ({ vfs }) => vfs.fsSetups.keys(),
  terminal: ({ vfs }, { ttys }) => others(vfs.ttys.keys(), ttys),
  'session of terminal': ({ vfs }, { tgid }) =>
    [...vfs.ttys.values()].filter(({ session }) => session !== 0 && session !== tgid).map(({ id }) => id),
  'closed file of terminal': ({ vfs }) => [...vfs.ttys.values()].flatMap(({ hungUp }) => [...hungUp]),

  socket: ({ vfs }) => vfs.sockets.keys(),
  'abstract name': ({ vfs }) => vfs.abstractSockets.keys(),
  'port of socket': ({ vfs: { inet } }) =>
    [inet.tcp, inet.udp, inet.udplite, inet.ping].flatMap(({ buckets }) =>
      [...buckets.values()].flatMap(({ sockets }) => [...sockets]),
    ),
  'listener at port': ({ vfs }) => vfs.inet.listeners.keys(),
  connection: ({ vfs }) => vfs.inet.connections.keys(),
  'netlink port': ({ vfs }) => vfs.inet.netlink.keys(),
  'file in a message': ({ vfs: { inet } }) => (inet.flying === 0 ? [] : [`of ${inet.flying}`]),

  'list for undoing semaphores': ({ ipc }) => ipc.undos.keys(),
  'segment to be destroyed': ({ ipc }) =>
    ipc.segments.slots.flatMap((segment) =>
      segment !== null && (segment.perm.mode & SHM_DEST) !== 0 ? segment.perm.id : [],
    ),
  'waiting for semaphores': ({ ipc }) =>
    ipc.sets.slots.flatMap((set) =>
      set === null ? [] : [...set.complex.keys(), ...[...set.waiting.values()].flatMap((w) => [...w.keys()])],
    ),
  'waiting for messages': ({ ipc }) =>
    ipc.queues.slots.flatMap((queue) =>
      queue === null ? [] : [...queue.receivers.keys(), ...queue.senders.keys()],
    ),
  'message queue without a file': ({ vfs }) =>
    others(vfs.mqueues.keys(), new Set([...vfs.inodes.values()].map(({ channel }) => channel))),
  'notice of message queue': ({ vfs }) =>
    [...vfs.mqueues.values()].filter(({ notice }) => notice !== null).map(({ id }) => id),

  'mount that hangs nowhere': ({ vfs }) =>
    [...vfs.mounts.values()]
      .filter(({ on }) => on === null)
      .map(({ id }) => id)
      .slice(1),
  'inode without a name': ({ vfs }) =>
    others(
      [...vfs.inodes.values()].filter(({ nlink }) => nlink === 0).map(({ id }) => id),
      new Set([...vfs.mounts.values()].map(({ root }) => root)),
    ),
  'directory of process': ({ vfs }, { tgid }) =>
    [...vfs.procInodes.keys()].filter((pid) => pid !== 0 && pid !== tgid),
};

/** Linux: include/linux/shm.h. */
const SHM_DEST = 0o1000;
