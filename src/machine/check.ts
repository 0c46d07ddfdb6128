/**
 * Does the kernel's bookkeeping add up? Every count is compared with what can be found, and nothing may be kept
 * that nobody names any more. Slow, for tests: one sentence per difference.
 */
import { hasNews, type Kernel } from '../kernel/index.ts';
import { type Inode, isWriter, type Vfs } from '../vfs/index.ts';

/** Whatever leaks, or is held once too often. */
export const checkMachine = (k: Kernel): string[] => [
  ...k.memory.check(k.registers.frames),
  ...checkTasks(k),
  ...checkFamilies(k),
  ...checkTracing(k),
  ...checkShared(k),
  ...checkQueues(k),
  ...checkFiles(k),
  ...checkInodes(k),
  ...checkChannels(k),
];

/** How often each id occurs. */
function tally<T>(ids: Iterable<T>): Map<T, number> {
  const counts = new Map<T, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** Compares what records say about their users with what was found. */
function compare<T>(what: string, said: Iterable<readonly [T, number]>, found: Map<T, number>): string[] {
  const wrong: string[] = [];
  const left = new Map(found);
  for (const [id, count] of said) {
    const real = left.get(id) ?? 0;
    if (count !== real) wrong.push(`${what} ${id} says ${count}, but ${real} were found`);
    left.delete(id);
  }
  for (const id of left.keys()) wrong.push(`${what} ${id} is named, but it has gone`);
  return wrong;
}

/** Threads name their process, processes their threads, parents their children. */
function checkTasks(k: Kernel): string[] {
  const groups = [...k.groups.values()];
  const threads = compare(
    'task',
    [...k.tasks.keys()].map((tid) => [tid, 1] as const),
    tally(groups.flatMap((group) => [...group.threads])),
  );
  const children = compare(
    'process',
    groups.map(({ tgid, parent }) => [tgid, parent === 0 ? 0 : 1] as const),
    tally(groups.flatMap((group) => [...group.children])),
  );
  const slots = compare(
    'register slot',
    [...k.tasks.values()]
      .filter(({ run }) => run !== 'zombie' && run !== 'dead')
      .map(({ registers }) => [registers, 1] as const),
    tally([...k.tasks.values()].filter(({ run }) => run !== 'zombie').map(({ registers }) => registers)),
  );
  const free = new Set(k.registers.free);
  if (free.size !== k.registers.free.length) slots.push('a register slot was given back twice');
  for (const { registers, tid, run } of k.tasks.values())
    if (run !== 'zombie' && free.has(registers)) slots.push(`the registers of task ${tid} are free`);
  return [...threads, ...children, ...slots];
}

/** Process groups and sessions know their members, parents know which children have something to report. */
function checkFamilies(k: Kernel): string[] {
  const groups = [...k.groups.values()];
  const places = (sets: ReadonlyMap<number, ReadonlySet<number>>) =>
    [...sets].flatMap(([id, members]) => [...members].map((member) => [`${member} of ${id}`, 1] as const));
  const reporting = groups.filter((child) => child.parent !== 0 && hasNews(child));
  return [
    ...compare('process group', places(k.processGroups), tally(groups.map((g) => `${g.tgid} of ${g.pgid}`))),
    ...compare('session', places(k.sessions), tally(groups.map((g) => `${g.tgid} of ${g.sid}`))),
    ...compare(
      'news',
      places(new Map(groups.map(({ tgid, news }) => [tgid, news]))),
      tally(reporting.map(({ tgid, parent }) => `${tgid} of ${parent}`)),
    ),
  ];
}

/** Tracers know whom they trace. */
function checkTracing(k: Kernel): string[] {
  const tied = [...k.tasks.values()].filter(({ traced }) => traced !== null && traced.tracer !== 0);
  const known = [...k.groups.values()].flatMap(({ tgid, tracees }) =>
    [...(tracees ?? [])].map((tid) => [`${tid} of ${tgid}`, 1] as const),
  );
  const group = (tid: number) => k.tasks.get(tid as never)?.group ?? 'nobody';
  return compare('tracee', known, tally(tied.map(({ tid, traced }) => `${tid} of ${group(traced!.tracer)}`)));
}

/** Address spaces, descriptor tables, directories and handlers count those who share them. */
function checkShared(k: Kernel): string[] {
  const alive = [...k.tasks.values()].filter(({ run }) => run !== 'zombie' && run !== 'dead');
  const live = [...k.groups.values()].filter(({ life }) => life === 'live');
  const users = <T, R extends { users: number }>(records: ReadonlyMap<T, R>) =>
    [...records].map(([id, { users }]) => [id, users] as const);
  return [
    ...compare('address space', users(k.mms), tally(alive.map(({ mm }) => mm as never))),
    ...compare('descriptor table', users(k.filesTables), tally(alive.map(({ files }) => files))),
    ...compare('directory context', users(k.fsContexts), tally(alive.map(({ fs }) => fs))),
    ...[...tally(live.map(({ handlers }) => handlers))].flatMap(([{ users }, found]) =>
      users === found ? [] : [`signal handlers say ${users} users, but ${found} were found`],
    ),
  ];
}

/** Who waits is in every queue of its wait, and no queue or timer remembers anybody else. */
function checkQueues(k: Kernel): string[] {
  const tasks = [...k.tasks.values()];
  const waits = tasks.flatMap(({ tid, wait }) =>
    (wait?.queues ?? []).map((queue) => `${tid} at queue ${queue}`),
  );
  const places = [...k.queues].flatMap(([queue, tids]) => tids.map((tid) => `${tid} at queue ${queue}`));
  const empty = [...k.queues.values()].filter((tids) => tids.length === 0).length;
  const isLive = {
    wait: k.tasks,
    itimer: k.groups,
    timerfd: k.vfs.timerfds,
    device: new Map([[1, 0]]),
    posix: k.posixTimers,
  };
  const lost = k.timers.list().filter(({ kind, id }) => !isLive[kind].has(id as never));
  const words = [...k.futexes.values()].flatMap((queues) => [...queues.values()]);
  const futexes = words.filter((queue) => !k.queues.has(queue));
  return [
    ...compare('task', [...tally(waits)], tally(places)),
    ...(empty === k.counters.emptyQueues ? [] : [`${empty} queues are empty, not ${k.counters.emptyQueues}`]),
    ...lost.map(({ kind, id }) => `the ${kind} timer of ${id} is still armed`),
    ...futexes.map((queue) => `a futex leads to queue ${queue}, which is not there`),
  ];
}

/** Open files count the descriptors, messages and blocked calls that name them. */
function checkFiles({ vfs, tasks }: Kernel): string[] {
  const held = [...tasks.values()].flatMap(({ ownCall }) => (ownCall.held ?? []).map(({ file }) => file));
  const named = [...vfs.tables.values()].flatMap(({ fds }) => fds.flatMap((entry) => entry?.file ?? []));
  const sent = [...vfs.sockets.values()].flatMap(({ inbox }) => inbox.flatMap(({ files }) => files));
  return compare(
    'open file',
    [...vfs.files.values()].map(({ id, refs }) => [id, refs] as const),
    tally([...named, ...sent, ...held]),
  );
}

/** Inodes count who holds them; one without name and holder has gone. */
function checkInodes(k: Kernel): string[] {
  const { vfs } = k;
  const holders = [
    ...[...vfs.files.values()].flatMap(({ inode }) => (inode === 0 ? [] : [inode])),
    ...[...k.fsContexts.values()].flatMap(({ cwd, root }) => [cwd.inode, root.inode]),
    ...[...vfs.mounts.values()].flatMap(({ root, on }) => (on === null ? [root] : [root, on.inode])),
    ...[...k.groups.values()].flatMap(({ exe }) => (exe === null ? [] : [exe.inode])),
  ];
  const inodes = [...vfs.inodes.values()];
  const writers = tally<number>([...vfs.files.values()].filter(isWriter).map(({ inode }) => inode));
  const runners = tally<number>([...k.groups.values()].flatMap(({ exe }) => exe?.inode ?? []));
  const writing = (id: number) => (writers.get(id) ?? 0) - (runners.get(id) ?? 0);
  const unused = inodes.filter(({ nlink, holders: held }) => nlink === 0 && held === 0);
  return [
    ...compare(
      'inode',
      inodes.map(({ id, holders: held }) => [id, held] as const),
      tally(holders),
    ),
    ...inodes
      .filter(({ id, writers: said }) => said !== writing(id))
      .map(({ id, writers: said }) => `inode ${id} says ${said} write it, but ${writing(id)} do`),
    ...unused.map(({ id, kind }) => `the ${kind} inode ${id} has neither a name nor a holder`),
    ...checkLinks(vfs, inodes),
    ...checkPages(k, inodes),
  ];
}

/** A file's links are its names, where no layer and no /proc says otherwise. */
function checkLinks(vfs: Vfs, inodes: readonly Inode[]): string[] {
  const names = tally(inodes.flatMap(({ entries }) => [...(entries?.values() ?? [])]));
  const known = inodes.filter(
    ({ id, kind, generator }) => kind !== 'directory' && generator === null && !vfs.fileOrigins.has(id),
  );
  const lost = [...names.keys()].filter((id) => id !== 0 && !vfs.inodes.has(id));
  return [
    ...known
      .filter(({ id, nlink }) => nlink !== (names.get(id) ?? 0))
      .map(({ id, nlink }) => `inode ${id} has ${nlink} links, but ${names.get(id) ?? 0} names`),
    ...lost.map((id) => `a name leads to inode ${id}, which has gone`),
  ];
}

/** Page objects count the file, the mappings and the disk requests that name them. */
function checkPages(k: Kernel, inodes: readonly Inode[]): string[] {
  const files = inodes.flatMap(({ pages }) => (pages === 0 ? [] : [pages]));
  const mapped = [...k.mms.values()].flatMap(({ vmas }) => vmas.flatMap(({ object }) => object ?? []));
  const read = k.vfs.disk.requests.flatMap(({ object }) => (object === 0 ? [] : [object]));
  return compare(
    'page object',
    [...k.memory.objects.all.values()].map(({ id, refs }) => [id, refs] as const),
    tally([...files, ...mapped, ...read, ...k.ipc.byPages.keys(), k.vdsoPage, k.vvarPage]),
  );
}

/** What stands behind open files goes with the last of them. */
function checkChannels(k: Kernel, { vfs } = k): string[] {
  const files = [...vfs.files.values()];
  const open = (kind: string) =>
    new Set(files.filter((file) => file.kind === kind).map(({ channel }) => channel));
  const waiting = [...vfs.sockets.values()].flatMap(({ backlog }) => backlog);
  const opening = new Set(vfs.opening.values());
  const behind = {
    pipe: [...vfs.pipes.values()].filter(({ host, id }) => host === 'none' && !opening.has(id)),
    eventfd: vfs.eventfds.values(),
    timerfd: vfs.timerfds.values(),
    signalfd: vfs.signalfds.values(),
    pidfd: vfs.pidfds.values(),
    epoll: vfs.epolls.values(),
    socket: [...vfs.sockets.values()].filter(({ id }) => !waiting.includes(id)),
  };
  const left = Object.entries(behind).flatMap(([kind, records]) => {
    const ids = open(kind);
    return [...records].filter(({ id }) => !ids.has(id)).map(({ id }) => `${kind} ${id} is still there`);
  });
  const lostWatches = [...vfs.watches.values()].filter(
    ({ file, epoll }) => !vfs.files.has(file) || !vfs.epolls.has(epoll),
  );
  const lostOpenings = [...vfs.opening.keys()].filter((tid) => k.tasks.get(tid as never)?.call == null);
  const lostLocks = [...vfs.locks].filter(([inode]) => !vfs.inodes.has(inode));
  const held =
    [...vfs.pipes.values()].reduce((sum, { capacity }) => sum + (capacity < 2 ** 31 ? capacity : 0), 0) +
    [...vfs.sockets.values()].reduce((sum, { inboxBytes }) => sum + inboxBytes, 0);
  const unhung = [...vfs.mounts.values()].filter(({ on }) => on === null).length;
  return [
    ...(unhung === vfs.unhung ? [] : [`${unhung} mounts hang nowhere, not ${vfs.unhung}`]),
    ...(held === vfs.buffers ? [] : [`buffers say ${vfs.buffers} bytes, but ${held} were found`]),
    ...left,
    ...lostOpenings.map((tid) => `task ${tid} does not open a FIFO`),
    ...lostWatches.map(({ id }) => `watch ${id} leads to nothing`),
    ...lostLocks.map(([inode]) => `locks of inode ${inode}, which has gone`),
  ];
}
