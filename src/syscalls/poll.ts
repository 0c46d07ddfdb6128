/** Waiting for several files at once: ppoll, pselect6 and epoll. Linux: fs/select.c, fs/eventpoll.c. */
import type { Errno } from '../abi/index.ts';
import { type Nanos, NEVER } from '../base/index.ts';
import { asMask, type Kernel, syscall } from '../kernel/index.ts';
import {
  fileAt,
  type OpenFile,
  type Outcome,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLNVAL,
  POLLOUT,
  POLLPRI,
  POLLRDNORM,
  POLLWRNORM,
  type QueueId,
} from '../vfs/index.ts';
import { inTimespec, int, size, uint } from './args.ts';
import { fdSet, packedMask, pollFds, pollResult, selectResult } from './text/poll.ts';
import { inSet } from './text/sigset.ts';
import { timespecOf } from './time-struct.ts';

/**
 * The mask that holds while the call waits; the old one comes back when it ends, or when the handler it let
 * in has returned.
 */
export function swapMask(k: Kernel, addr: number, length: number): 'EINVAL' | 'EFAULT' | null {
  if (addr === 0) return null;
  if (length !== 8) return 'EINVAL';
  const [lo, hi] = [k.user.readI32(addr), k.user.readI32(addr + 4)];
  if (lo === undefined || hi === undefined) return 'EFAULT';
  k.task.savedMask ??= k.task.blocked;
  k.task.blocked = asMask(lo, hi);
  return null;
}

/** Fixes the call's deadline from a timespec, or none. */
function setDeadline(k: Kernel, addr: number): Errno | null {
  if (addr === 0) {
    k.deadline(undefined);
    return null;
  }
  const time = timespecOf.read(k, addr);
  if (typeof time === 'string') return time;
  k.deadline(time);
  return null;
}

/** The time left is told however the call ends; where it cannot be, nobody minds. Linux: poll_select_finish(). */
function tellRest(k: Kernel, timeout: number): null {
  const { deadline } = k.call;
  if (timeout !== 0 && deadline >= 0 && deadline < NEVER)
    timespecOf.write(k, timeout, Math.max(0, deadline - k.now()));
  return null;
}

function leave(k: Kernel, timeout: number, outcome: Outcome): Outcome {
  if (typeof outcome !== 'object') tellRest(k, timeout);
  return outcome;
}

/** Nothing was ready: the time is over, or the call waits at the queues of all files. */
const waitForAny = (k: Kernel, queues: ReadonlySet<QueueId>): Outcome =>
  k.expired() ? 0 : k.waitOn('poll', [...queues]);

const queuesOf = (k: Kernel, file: OpenFile) => k.vfs.ops[file.kind].queues(k.vfs, file);
const bitsOf = (k: Kernel, file: OpenFile) => k.vfs.ops[file.kind].poll(k.vfs, file);

const POLLFD = 8;
/** Looks at every file once; writes what it found. Gives how many had something, and where to wait. */
function pollOnce(
  k: Kernel,
  addr: number,
  count: number,
): { ready: number; queues: Set<QueueId> } | 'EFAULT' {
  const queues = new Set<QueueId>();
  let ready = 0;
  for (let at = addr; at < addr + count * POLLFD; at += POLLFD) {
    const [number, events] = [k.user.readI32(at), k.user.readU16(at + 4)];
    if (number === undefined || events === undefined) return 'EFAULT';
    const found = number < 0 ? 0 : pollFile(k, number, events, queues);
    if (found !== 0) ready++;
    if (!k.user.writeU16(at + 6, found)) return 'EFAULT';
  }
  return { ready, queues };
}

function pollFile(k: Kernel, number: number, events: number, queues: Set<QueueId>): number {
  const file = fileAt(k.vfs, k.files, number);
  if (file === undefined || file.kind === 'path') return POLLNVAL;
  for (const queue of queuesOf(k, file)) queues.add(queue);
  return bitsOf(k, file) & (events | POLLERR | POLLHUP);
}

export const ppoll = syscall({
  nr: 73,
  name: 'ppoll',
  args: [pollFds, uint, inTimespec, inSet(4), size],
  result: pollResult,
  errors: ['EFAULT', 'EINTR', 'EINVAL'],
  interrupted: 'ERESTARTNOHAND',
  support: 'full',
  run(k, addr, count, timeout, mask, maskSize) {
    const refused = setDeadline(k, timeout) ?? swapMask(k, mask, maskSize);
    if (refused !== null) return refused;
    if (count > k.vfs.host.limit('nofile')) return leave(k, timeout, 'EINVAL');
    const found = pollOnce(k, addr, count);
    if (found === 'EFAULT') return leave(k, timeout, found);
    return leave(k, timeout, found.ready > 0 ? found.ready : waitForAny(k, found.queues));
  },
  cut: (k, _addr, _count, timeout) => tellRest(k, timeout),
});

const POLLRDBAND = 0x80;
const POLLWRBAND = 0x200;

/** What makes a descriptor count in each of select's sets. Linux: POLLIN_SET and its like. */
const SELECT_BITS = [
  POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR,
  POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR,
  POLLPRI,
] as const;

/** The descriptor sets of the caller as bytes: bit n of byte n/8 stands for descriptor n. */
function readSets(k: Kernel, addrs: readonly number[], bytes: number): Uint8Array[] | 'EFAULT' {
  const sets: Uint8Array[] = [];
  for (const addr of addrs) {
    const set = new Uint8Array(bytes);
    if (addr !== 0 && !k.user.copyIn(addr, set)) return 'EFAULT';
    sets.push(set);
  }
  return sets;
}

interface Selected {
  ready: number;
  readonly out: readonly Uint8Array[];
  readonly queues: Set<QueueId>;
}

function selectOnce(k: Kernel, count: number, sets: readonly Uint8Array[]): Selected | 'EBADF' {
  const found: Selected = { ready: 0, out: sets.map((set) => new Uint8Array(set.length)), queues: new Set() };
  for (let number = 0; number < count; number++) {
    const [byte, bit] = [number >> 3, 1 << (number & 7)];
    if (!sets.some((set) => set[byte]! & bit)) continue;
    const file = fileAt(k.vfs, k.files, number);
    if (file === undefined || file.kind === 'path') return 'EBADF';
    for (const queue of queuesOf(k, file)) found.queues.add(queue);
    const bits = bitsOf(k, file);
    sets.forEach((set, i) => {
      if ((set[byte]! & bit) === 0 || (bits & SELECT_BITS[i]!) === 0) return;
      found.out[i]![byte]! |= bit;
      found.ready++;
    });
  }
  return found;
}

function giveSets(k: Kernel, addrs: readonly number[], found: Selected): Outcome {
  const told = addrs.every((addr, i) => addr === 0 || k.user.copyOut(addr, found.out[i]!));
  return told ? found.ready : 'EFAULT';
}

function select(k: Kernel, asked: number, addrs: readonly number[]): Outcome {
  const count = Math.min(asked, Math.max(64, Math.ceil(k.files.fds.length / 64) * 64));
  const sets = readSets(k, addrs, Math.ceil(count / 64) * 8);
  if (sets === 'EFAULT') return sets;
  const found = selectOnce(k, count, sets);
  if (found === 'EBADF') return found;
  const later = found.ready > 0 ? 0 : waitForAny(k, found.queues);
  return typeof later === 'object' ? later : giveSets(k, addrs, found);
}

/** pselect6's sixth argument: the address of a mask and its size. */
function swapPackedMask(k: Kernel, addr: number): Errno | null {
  if (addr === 0) return null;
  const [mask, length] = [k.user.readU64(addr), k.user.readU64(addr + 8)];
  return mask === undefined || length === undefined ? 'EFAULT' : swapMask(k, mask, length);
}

export const pselect6 = syscall({
  nr: 72,
  name: 'pselect6',
  args: [int, fdSet, fdSet, fdSet, inTimespec, packedMask],
  result: selectResult,
  errors: ['EBADF', 'EFAULT', 'EINTR', 'EINVAL'],
  interrupted: 'ERESTARTNOHAND',
  support: 'full',
  run(k, count, readSet, writeSet, exceptSet, timeout, mask) {
    const refused = setDeadline(k, timeout) ?? swapPackedMask(k, mask);
    if (refused !== null) return refused;
    return leave(k, timeout, count < 0 ? 'EINVAL' : select(k, count, [readSet, writeSet, exceptSet]));
  },
  cut: (k, _count, _read, _write, _except, timeout) => tellRest(k, timeout),
});

/** A relative timeout in milliseconds; negative for none. */
export function setMilliseconds(k: Kernel, timeout: number): void {
  k.deadline(timeout < 0 ? undefined : ((timeout * 1e6) as Nanos));
}

export const POLL_CALLS = [ppoll, pselect6];
