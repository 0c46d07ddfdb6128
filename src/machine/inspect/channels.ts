/** What joins processes: pipes, sockets, terminals, shared memory, locks; who holds the ends, and what is queued. */
import { O } from '../../abi/index.ts';
import type { Kernel } from '../../kernel/index.ts';
import { listFds, type OpenFile } from '../../vfs/index.ts';
import { memoryOfGroup } from './segments.ts';

/** One descriptor that leads to a channel. */
export interface ChannelEnd {
  readonly pid: number;
  readonly fd: number;
  readonly role: 'reads' | 'writes' | 'both';
}

/** A channel with its ends. */
export interface ChannelView {
  readonly kind: 'pipe' | 'socket' | 'terminal' | 'eventfd' | 'message-queue' | 'shared-memory' | 'file-lock';
  /** By the kind's own numbers. */
  readonly id: number;
  /** A path, an address, `[shared]`; empty where it has no name. */
  readonly name: string;
  readonly ends: readonly ChannelEnd[];
  /** What is in it now and how much fits: bytes, messages of a queue, pages of shared memory. */
  readonly queued: number;
  readonly capacity: number | null;
  /** Sockets: the channel of the other end, 0 for none. */
  readonly peer: number;
  /** Tids that wait at it. */
  readonly waiting: readonly number[];
  /** The host holds an end. */
  readonly isHosts: boolean;
}

/** Channels with an end in some process, and shared memory that several processes map. */
export function channelsOf(k: Kernel): readonly ChannelView[] {
  const ends = endsOf(k);
  const waiting = waitersOf(k);
  const fromFiles = [...ends.values()].flatMap(({ files, ends }) => {
    const file = files[0]!;
    const own = DESCRIBE[file.kind]?.(k, file);
    const queues = files.flatMap((each) => k.vfs.ops[each.kind].queues(k.vfs, each));
    const tids = [...new Set(queues.flatMap((queue) => waiting.get(queue) ?? []))];
    return own == null ? [] : [{ ...BLANK, id: file.channel, ends, waiting: tids, ...own }];
  });
  return [...fromFiles, ...sharedMemory(k), ...fileLocks(k, waiting)];
}

const BLANK = { name: '', queued: 0, capacity: null, peer: 0, isHosts: false } as const;

type Described = Pick<ChannelView, 'kind'> & Partial<ChannelView>;

const DESCRIBE: Partial<Record<OpenFile['kind'], (k: Kernel, file: OpenFile) => Described | null>> = {
  pipe(k, { channel, path }) {
    const pipe = k.vfs.pipes.get(channel);
    if (pipe === undefined) return null;
    const capacity = Number.isFinite(pipe.capacity) ? pipe.capacity : null;
    const name = path.startsWith('/') ? path : '';
    return { kind: 'pipe', name, queued: pipe.ring.length, capacity, isHosts: pipe.host !== 'none' };
  },
  socket(k, { channel }) {
    const socket = k.vfs.sockets.get(channel);
    if (socket === undefined) return null;
    const { by, type, address, peer, inboxBytes, options } = socket;
    const name = `${by} ${type}${address === '' ? '' : ` ${address.replace(/^\0/, '@')}`}`;
    return { kind: 'socket', name, queued: inboxBytes, capacity: options.receiveBuffer, peer };
  },
  tty: (k, { channel, path }) => {
    const tty = k.vfs.ttys.get(channel);
    return tty === undefined ? null : { kind: 'terminal', name: path, isHosts: tty.pty === null };
  },
  ptmx: (_, { path }) => ({ kind: 'terminal', name: path }),
  eventfd: () => ({ kind: 'eventfd' }),
  mqueue(k, { channel, path }) {
    const queue = k.vfs.mqueues.get(channel);
    if (queue === undefined) return null;
    return { kind: 'message-queue', name: path, queued: queue.messages.length, capacity: queue.maxMessages };
  },
};

interface Ends {
  readonly files: OpenFile[];
  readonly ends: ChannelEnd[];
}

/** Descriptors of all processes by what they lead to: all open files of one channel together. */
function endsOf(k: Kernel): ReadonlyMap<string, Ends> {
  const found = new Map<string, Ends>();
  for (const group of k.groups.values()) {
    const task = k.tasks.get([...group.threads][0]!);
    const table = task === undefined ? undefined : k.filesTables.get(task.files);
    for (const { fd, entry } of table === undefined ? [] : listFds(table)) {
      const file = k.vfs.files.get(entry.file)!;
      const key = `${file.kind} ${file.channel}`;
      const known = found.get(key) ?? { files: [], ends: [] };
      known.files.push(file);
      known.ends.push({ pid: group.tgid, fd, role: roleOf(file) });
      found.set(key, known);
    }
  }
  return found;
}

const roleOf = ({ kind, flags }: OpenFile): ChannelEnd['role'] => {
  const mode = flags & O.O_ACCMODE;
  if (kind === 'socket' || mode === O.O_RDWR) return 'both';
  return mode === O.O_WRONLY ? 'writes' : 'reads';
};

/** Tids by the queue they wait at. */
export function waitersOf(k: Kernel): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const { tid, wait } of k.tasks.values())
    for (const queue of wait?.queues ?? []) found.set(queue, [...(found.get(queue) ?? []), tid]);
  return found;
}

/** Objects of pages that several address spaces map as shared. */
function sharedMemory(k: Kernel): ChannelView[] {
  const users = new Map<number, { name: string; pids: Set<number>; writes: Set<number> }>();
  for (const group of k.groups.values()) {
    const mm = memoryOfGroup(k, group);
    for (const { object, shared, name, prot } of mm?.vmas ?? []) {
      if (!shared || object === null) continue;
      const known = users.get(object) ?? { name, pids: new Set(), writes: new Set() };
      known.pids.add(group.tgid);
      if (prot & 2) known.writes.add(group.tgid);
      users.set(object, known);
    }
  }
  return [...users]
    .filter(([, { pids }]) => pids.size > 1)
    .map(([id, { name, pids, writes }]) => {
      const { pages, size } = k.memory.objects.get(id as never);
      const ends = [...pids].map(
        (pid) => ({ pid, fd: -1, role: writes.has(pid) ? 'both' : 'reads' }) as const,
      );
      const capacity = Math.ceil(size / PAGE);
      return { ...BLANK, kind: 'shared-memory', id, name, ends, queued: pages.size, capacity, waiting: [] };
    });
}

const PAGE = 4096;

function fileLocks(k: Kernel, waiting: ReadonlyMap<number, readonly number[]>): ChannelView[] {
  return [...k.vfs.locks].map(([inode, { locks, queue }]) => ({
    ...BLANK,
    kind: 'file-lock',
    id: inode,
    ends: locks.flatMap(({ family, owner, exclusive }) =>
      lockOwners(k, family, owner).map(
        (pid) => ({ pid, fd: -1, role: exclusive ? 'writes' : 'reads' }) as const,
      ),
    ),
    queued: locks.length,
    waiting: waiting.get(queue) ?? [],
  }));
}

/** Processes that hold a lock: by itself, or by an open file. */
export function lockOwners(k: Kernel, family: 'flock' | 'posix' | 'ofd', owner: number): readonly number[] {
  if (family === 'posix') return [owner];
  return [...k.groups.values()]
    .filter(({ threads }) => {
      const task = k.tasks.get([...threads][0]!);
      const table = task === undefined ? undefined : k.filesTables.get(task.files);
      return table !== undefined && listFds(table).some(({ entry }) => entry.file === owner);
    })
    .map(({ tgid }) => tgid);
}
