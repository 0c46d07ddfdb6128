/** Who waits for whom: for every blocked task what it waits for and who could end that, and the circles among them. */
import { NEVER } from '../../base/index.ts';
import type { Kernel, Task, Tid } from '../../kernel/index.ts';
import { type ChannelView, channelsOf, lockOwners } from './channels.ts';
import { glance32 } from './glance.ts';

/** A task that waits. */
export interface WaitView {
  readonly tid: number;
  readonly pid: number;
  readonly comm: string;
  /** The kind of wait (`pipe-read`, `futex`, `child` …) with the number or address of what it is for. */
  readonly on: string;
  readonly detail: number;
  readonly since: number;
  /** When it ends by itself; NEVER when it does not. */
  readonly until: number;
  /**
   * Tids of those who could end it; null when that may be anybody, or the host, or time. A lock of the C library
   * names its owner in memory, which is believed when such a thread is there.
   */
  readonly by: readonly number[] | null;
}

/** Tasks that wait for each other in a circle: each for the next one, the last for the first. */
export type Circle = readonly WaitView[];

export interface WaitGraph {
  readonly waits: readonly WaitView[];
  readonly deadlocks: readonly Circle[];
}

/** The wait-for graph of the machine as it stands. */
export function waitGraph(k: Kernel): WaitGraph {
  const channels = channelsOf(k);
  const waits = [...k.tasks.values()]
    .filter(({ run, wait }) => run === 'blocked' && wait !== null)
    .map((task) => waitView(k, task, channels));
  return { waits, deadlocks: circles(waits) };
}

/**
 * The circles of a machine at rest in which all wait for each other for ever; none when somebody waits for time or for
 * what may come from outside, as from who sits at a terminal. The first process only adopts and is not asked.
 */
export function finalDeadlocks(k: Kernel): readonly Circle[] {
  const { waits, deadlocks } = waitGraph(k);
  const isHosted = (tid: number) => k.hosted.has(k.tasks.get(tid as Tid)!.group);
  const stuck = new Set(waits.filter(({ by }) => by !== null && by.length > 0).map(({ tid }) => tid));
  const isFinal = [...k.tasks.values()].every(
    ({ tid, group, run }) => group === 1 || run === 'zombie' || run === 'dead' || stuck.has(tid),
  );
  const hasTerminal = [...k.groups.values()].some(({ tty }) => tty !== 0);
  const isOurs = deadlocks.some((circle) => circle.some(({ tid }) => isHosted(tid)));
  return isFinal && (isOurs || !hasTerminal) ? deadlocks : [];
}

function waitView(k: Kernel, task: Task, channels: readonly ChannelView[]): WaitView {
  const { on, detail, until } = task.wait!;
  const others = until < NEVER ? null : (BY[on]?.(k, task, channels) ?? null);
  const by = others === null ? null : others.filter((tid) => tid !== task.tid);
  return { tid: task.tid, pid: task.group, comm: task.comm, on, detail, since: task.since, until, by };
}

type Finder = (k: Kernel, task: Task, channels: readonly ChannelView[]) => readonly number[] | null;

const threadsOf = (k: Kernel, pids: Iterable<number>): number[] =>
  [...new Set(pids)].flatMap((pid) => [...(k.groups.get(pid as never)?.threads ?? [])]);

/** Those who hold an end of the channel that does something. */
const holders =
  (kind: ChannelView['kind'], role: 'reads' | 'writes'): Finder =>
  (k, { wait }, channels) => {
    const channel = channels.find((each) => each.kind === kind && each.id === wait!.detail);
    if (channel === undefined || channel.isHosts) return null;
    const ends = channel.ends.filter((end) => end.role === role || end.role === 'both');
    return threadsOf(
      k,
      ends.map(({ pid }) => pid),
    );
  };

const peers: Finder = (k, { wait }, channels) => {
  const own = channels.find(({ kind, id }) => kind === 'socket' && id === wait!.detail);
  const peer = channels.find(({ kind, id }) => kind === 'socket' && id === own?.peer);
  return peer === undefined
    ? null
    : threadsOf(
        k,
        peer.ends.map(({ pid }) => pid),
      );
};

const BY: Readonly<Record<string, Finder>> = {
  'pipe-read': holders('pipe', 'writes'),
  'pipe-write': holders('pipe', 'reads'),
  'eventfd-read': holders('eventfd', 'writes'),
  'eventfd-write': holders('eventfd', 'reads'),
  'socket-read': peers,
  'socket-write': peers,
  child: (k, { group }) => threadsOf(k, k.groups.get(group)!.children),
  vfork: (_, { wait }) => [wait!.detail],
  'file-lock': (k, { wait }) => {
    const locks = k.vfs.locks.get(wait!.detail as never)?.locks ?? [];
    return threadsOf(
      k,
      locks.flatMap(({ family, owner }) => lockOwners(k, family, owner)),
    );
  },
  futex: ownerOfLock,
  'futex-pi': (k, { wait }) => {
    const owner = k.piOwners.get(wait!.queues[0]!);
    return owner === undefined ? null : [owner];
  },
};

/** Where the owner of a mutex stands behind its word (glibc's and musl's pthread_mutex_t: lock, count or type, owner). */
const OWNER = { glibc: 8 } as const;

/** The thread that a mutex of the C library says has locked it. */
function ownerOfLock(k: Kernel, task: Task): readonly number[] | null {
  const mm = task.mm === 0 ? undefined : k.mms.get(task.mm);
  if (mm === undefined) return null;
  const { detail } = task.wait!;
  const word = glance32(k, mm, detail);
  const owner = glance32(k, mm, detail + OWNER.glibc);
  // A contended lock holds 2; everything else is a condition, a semaphore or a counter.
  if (word !== 2 || owner === undefined) return null;
  const holder = k.tasks.get(owner as never);
  return holder === undefined ? null : [holder.tid];
}

/** Circles along the only way out of each wait: every member waits for one task, and that one waits in turn. */
function circles(waits: readonly WaitView[]): Circle[] {
  const byTid = new Map(waits.map((wait) => [wait.tid, wait]));
  const found: Circle[] = [];
  const seen = new Set<number>();
  for (const start of waits) {
    const path: WaitView[] = [];
    let here: WaitView | undefined = start;
    while (here !== undefined && !seen.has(here.tid)) {
      seen.add(here.tid);
      path.push(here);
      here = onlyWay(here, byTid);
    }
    const at = here === undefined ? -1 : path.indexOf(here);
    if (at >= 0) found.push(path.slice(at));
  }
  return found;
}

/** The next in a circle: one that must move first, as nobody else can. Each thread of a process can write for it. */
function onlyWay({ by }: WaitView, byTid: ReadonlyMap<number, WaitView>): WaitView | undefined {
  if (by === null || by.length === 0 || by.some((tid) => !byTid.has(tid))) return undefined;
  return byTid.get(by[0]!);
}
