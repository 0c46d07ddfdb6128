/**
 * The checks for leaks can fail: of each kind that they cover one too many is planted in a machine whose programs
 * have all ended, and they must name it.
 */
import { describe, expect, test } from 'vitest';
import { isProblem } from '../../src/base/index.ts';
import { bootMachine, type Machine } from '../../src/machine/index.ts';
import { fileLayer } from '../machine-fixture.ts';
import { hostileProgram, trueProgram } from './hostile-program.ts';

const LAYER = fileLayer({
  '/bin/true': trueProgram(),
  '/bin/hostile': hostileProgram(1, { children: 2, calls: 2 }),
});

/** A machine in which a program has run and only the first process is left. */
function quietMachine(): Machine {
  const machine = bootMachine({ layers: [LAYER], hasInit: true, memory: 24 * 2 ** 20 });
  if (isProblem(machine)) throw new Error(machine.sentence);
  const program = machine.spawn({ argv: ['/bin/true'], stdin: 'pipe', stdout: 'pipe', stderr: 'stdout' });
  if (isProblem(program)) throw new Error(program.sentence);
  machine.run(1_000_000);
  expect(machine.run(1_000_000).state).toBe('waiting');
  return machine;
}

/** Kernel state as a mutation sees it: anything may be put anywhere. */
// biome-ignore lint/suspicious/noExplicitAny: the point is to write what no type allows
type Loose = any;

const STRAY = 4242;
const table = (path: string) => (k: Loose) => {
  const map = path.split('.').reduce((at, name) => at[name], k);
  map.set(STRAY, {});
};
const first = (k: Loose) => k.tasks.get(1);

/** By the kind that must be named: how one of it leaks. */
const LEFTOVERS: Readonly<Record<string, (k: Loose) => void>> = {
  task: (k) => k.tasks.set(STRAY, { ...first(k), tid: STRAY, group: STRAY }),
  process: (k) => k.groups.set(STRAY, { ...k.groups.get(1), tgid: STRAY }),
  'process group': table('processGroups'),
  session: table('sessions'),
  'ready task': (k) => k.scheduler.add(first(k), 'wake'),
  'address space': (k) => k.memory.spaces.create(),
  'descriptor table': table('vfs.tables'),
  'directory context': table('fsContexts'),
  'register slots': (k) => k.registers.take(),
  'queue with waiters': (k) => k.queues.set(STRAY, [STRAY]),
  'futex queue with waiters': (k) => {
    k.queues.set(STRAY, [STRAY]);
    k.futexes.set(1, new Map([[4096, STRAY]]));
  },
  'owner of lock': table('piOwners'),
  timer: (k) => k.timers.arm(10 ** 12, 'timerfd', STRAY),
  'POSIX timer': table('posixTimers'),
  'queued signal of user': table('queuedSignals'),
  'open file': table('vfs.files'),
  pipe: (k) => k.vfs.pipes.set(STRAY, { id: STRAY, host: 'none' }),
  'opening of task': table('vfs.opening'),
  eventfd: table('vfs.eventfds'),
  timerfd: table('vfs.timerfds'),
  signalfd: table('vfs.signalfds'),
  pidfd: table('vfs.pidfds'),
  epoll: table('vfs.epolls'),
  watch: table('vfs.watches'),
  'watched file': table('vfs.watchesOfFile'),
  'watched queue': table('vfs.watchers'),
  'queue with listeners': table('vfs.listeners'),
  inotify: table('vfs.inotifies'),
  'mark of inode': table('vfs.marks'),
  'locks of inode': table('vfs.locks'),
  'leases of inode': table('vfs.leases'),
  'file system in the making': table('vfs.fsSetups'),
  terminal: (k) => k.vfs.ttys.set(STRAY, { session: 0, hungUp: new Set() }),
  'session of terminal': (k) => {
    [...k.vfs.ttys.values()][0].session = STRAY;
  },
  'closed file of terminal': (k) => [...k.vfs.ttys.values()][0].hungUp.add(STRAY),
  socket: table('vfs.sockets'),
  'abstract name': table('vfs.abstractSockets'),
  'port of socket': (k) => k.vfs.inet.udp.buckets.set(9, { sockets: new Set([STRAY]), remnants: new Set() }),
  'listener at port': table('vfs.inet.listeners'),
  connection: table('vfs.inet.connections'),
  'netlink port': table('vfs.inet.netlink'),
  'file in a message': (k) => k.vfs.inet.flying++,
  'list for undoing semaphores': table('ipc.undos'),
  'segment to be destroyed': (k) => k.ipc.segments.slots.push({ perm: { id: STRAY, mode: 0o1600 } }),
  'waiting for semaphores': (k) =>
    k.ipc.sets.slots.push({ complex: new Map([[STRAY, {}]]), waiting: new Map() }),
  'waiting for messages': (k) =>
    k.ipc.queues.slots.push({ receivers: new Map([[STRAY, {}]]), senders: new Map() }),
  'message queue without a file': table('vfs.mqueues'),
  'notice of message queue': (k) => k.vfs.mqueues.set(STRAY, { id: STRAY, notice: {} }),
  'mount that hangs nowhere': (k) => k.vfs.mounts.set(STRAY, { id: STRAY, on: null }),
  'inode without a name': (k) => k.vfs.inodes.set(STRAY, { id: STRAY, nlink: 0 }),
  'directory of process': table('vfs.procInodes'),
};

/** The last file of a table, as an object to count wrong. */
const some = (map: Map<unknown, Loose>): Loose => [...map.values()].at(-1);

/** By what the check must say: a count that is one too high, or a name that leads nowhere. */
const STRAY_REFERENCES: Readonly<Record<string, (k: Loose) => void>> = {
  'frame \\d+ counts': (k) => k.memory.frames.alloc(2),
  'frames are said to be free': (k) => {
    k.memory.frames.counts[k.memory.frames.counts.indexOf(0)] = 1;
  },
  'object \\d+ counts its mappings': (k) => some(k.memory.objects.all).mappings++,
  'page object \\d+ says': (k) => some(k.memory.objects.all).refs++,
  'address space \\d+ says': (k) => some(k.mms).users++,
  'mm \\d+ says .* pages are resident': (k) => some(k.mms).rssAnon++,
  'descriptor table \\d+ says': (k) => some(k.vfs.tables).users++,
  'directory context \\d+ says': (k) => some(k.fsContexts).users++,
  'signal handlers say': (k) => k.groups.get(1).handlers.users++,
  'open file \\d+ says': (k) => some(k.vfs.files).refs++,
  'inode \\d+ says \\d+, but': (k) => some(k.vfs.inodes).holders++,
  'inode \\d+ says \\d+ write it': (k) => some(k.vfs.inodes).writers++,
  'inode \\d+ has \\d+ links': (k) =>
    [...k.vfs.inodes.values()].findLast(({ kind }) => kind === 'char').nlink++,
  'process 4242 is named': (k) => k.groups.get(1).children.add(STRAY),
  'task 4242 is named': (k) => k.groups.get(1).threads.add(STRAY),
  'register slot \\d+ is named': (k) => k.tasks.set(1, { ...first(k), run: 'dead' }),
  'a register slot was given back twice': (k) => k.registers.free.push(k.registers.free[0]),
  'news 4242 of 1': (k) => k.groups.get(1).news.add(STRAY),
  'tracee 4242': (k) => {
    k.groups.get(1).tracees = new Set([STRAY]);
  },
  'task 4242 at queue': (k) => k.queues.set(STRAY, [STRAY]),
  'queues are empty, not': (k) => k.counters.emptyQueues++,
  'timer of 4242 is still armed': (k) => k.timers.arm(10 ** 12, 'posix', STRAY),
  'a futex leads to queue 4242': (k) => k.futexes.set(1, new Map([[4096, STRAY]])),
  'buffers say': (k) => {
    k.vfs.buffers++;
  },
  'eventfd 4242 is still there': (k) => k.vfs.eventfds.set(STRAY, { id: STRAY }),
  'socket 4242 is still there': (k) =>
    k.vfs.sockets.set(STRAY, { id: STRAY, inbox: [], inboxBytes: 0, backlog: [] }),
  'task 4242 does not open a FIFO': (k) => k.vfs.opening.set(STRAY, 1),
  'watch 4242 leads to nothing': (k) => k.vfs.watches.set(STRAY, { id: STRAY }),
  'locks of inode 4242': (k) => k.vfs.locks.set(STRAY, {}),
  'mounts hang nowhere': (k) => {
    k.vfs.unhung++;
  },
};

test('nothing is left of programs that have ended', () => {
  const machine = quietMachine();
  expect(machine.check()).toEqual([]);
  expect(machine.leftovers()).toEqual([]);
});

describe('a leak is named', () => {
  test.each(Object.entries(LEFTOVERS))('%s', (kind, plant) => {
    const machine = quietMachine();
    plant(machine.kernel);
    const named = machine.leftovers().map((sentence) => sentence.replace(/ \S+ is left$/, ''));
    expect(named.some((name) => name === kind || name.startsWith(`${kind} `))).toBe(true);
  });

  test.each(Object.entries(STRAY_REFERENCES))('/%s/', (sentence, plant) => {
    const machine = quietMachine();
    plant(machine.kernel);
    expect(machine.check().join('\n')).toMatch(new RegExp(sentence));
  });
});
