/** Futexes with flags for size and sharing: futex_waitv, futex_wake, futex_wait, futex_requeue. Linux: kernel/futex/syscalls.c. */
import type { Errno } from '../abi/index.ts';
import type { Nanos } from '../base/index.ts';
import { futexQueue, futexRequeue, futexWake, type Kernel, syscall, WAITV } from '../kernel/index.ts';
import type { Outcome, QueueId } from '../vfs/index.ts';
import { flags, inTimespec, int, oneOf, pointer, size, uint } from './args.ts';
import { both, slackOf } from './futex.ts';
import { readWall, timespecOf } from './time-struct.ts';

const FUTEX2 = { FUTEX2_SIZE_U32: 2, FUTEX2_PRIVATE: 128 };
const FUTEX2_KNOWN = 3 | FUTEX2.FUTEX2_PRIVATE;
const flagsOf = flags(FUTEX2);
const CLOCKS = { CLOCK_REALTIME: 0, CLOCK_MONOTONIC: 1 };

const WAITER_SIZE = 24;
/** Linux: FUTEX_WAITV_MAX. */
const MOST_WORDS = 128;

/** Only words of 32 bits are built. */
const badFlags = (bits: number): boolean =>
  (bits & ~FUTEX2_KNOWN) !== 0 || (bits & 3) !== FUTEX2.FUTEX2_SIZE_U32;

interface Word {
  readonly addr: number;
  readonly value: number;
  readonly isPrivate: boolean;
}

/** One struct futex_waitv. */
function readWord(k: Kernel, at: number): Word | 'EFAULT' | 'EINVAL' {
  const [value, addr] = [k.user.readU64(at), k.user.readU64(at + 8)];
  const [bits, reserved] = [k.user.readU32(at + 16), k.user.readU32(at + 20)];
  if (value === undefined || addr === undefined || bits === undefined || reserved === undefined)
    return 'EFAULT';
  if (reserved !== 0 || badFlags(bits) || value >= 2 ** 32) return 'EINVAL';
  return { addr, value, isPrivate: (bits & FUTEX2.FUTEX2_PRIVATE) !== 0 };
}

function readWords(k: Kernel, at: number, count: number): readonly Word[] | 'EFAULT' | 'EINVAL' {
  const words: Word[] = [];
  for (let i = 0; i < count; i++) {
    const word = readWord(k, at + i * WAITER_SIZE);
    if (typeof word === 'string') return word;
    words.push(word);
  }
  return words;
}

/** An absolute time of either clock; none is for ever. */
function setDeadline(k: Kernel, addr: number, clock: number): 'EFAULT' | 'EINVAL' | null {
  if (addr === 0) {
    k.deadline(undefined);
    return null;
  }
  if (clock !== CLOCKS.CLOCK_REALTIME && clock !== CLOCKS.CLOCK_MONOTONIC) return 'EINVAL';
  const time = clock === CLOCKS.CLOCK_REALTIME ? readWall(k, addr) : timespecOf.read(k, addr);
  if (typeof time === 'string') return time;
  k.deadline((Math.max(0, time - k.now()) + slackOf(k)) as Nanos);
  return null;
}

/** Why a word is not waited for: what it holds has changed, or it is not there. */
function whyNot(k: Kernel, { addr, value }: Word): Errno | null {
  if ((addr & 3) !== 0) return 'EINVAL';
  const now = k.user.readU32(addr);
  if (now === undefined) return 'EFAULT';
  return now === value ? null : 'EAGAIN';
}

type WaitvCall = readonly [at: number, count: number, bits: number, timeout: number, clock: number];

function waitFor(k: Kernel, ...[at, count, bits, timeout, clock]: WaitvCall): Outcome {
  if (bits !== 0 || count === 0 || count > MOST_WORDS || at === 0) return 'EINVAL';
  const bad = setDeadline(k, timeout, clock);
  if (bad !== null) return bad;
  const words = readWords(k, at, count);
  if (typeof words === 'string') return words;
  const queues: QueueId[] = [];
  for (const word of words) {
    const why = whyNot(k, word);
    if (why !== null) return why;
    queues.push(futexQueue(k, word.addr, word.isPrivate));
  }
  return k.expired() ? 'ETIMEDOUT' : k.waitOn(WAITV, queues, words[0]!.addr);
}

export const futexWaitv = syscall({
  nr: 449,
  name: 'futex_waitv',
  args: [pointer, uint, uint, inTimespec, oneOf(CLOCKS)],
  errors: ['EAGAIN', 'EFAULT', 'EINTR', 'EINVAL', 'ETIMEDOUT'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, at, count, bits, timeout, clock) {
    return waitFor(k, at, count, bits, timeout, clock);
  },
  resume(k, at, count, bits, timeout, clock) {
    if (k.task.wokenBy === 'event') return k.call.note;
    return k.expired() ? 'ETIMEDOUT' : waitFor(k, at, count, bits, timeout, clock);
  },
});

/** A mask of the bits that somebody waits for, in 32 of its 64. */
const badMask = (mask: number): boolean => mask === 0 || mask >= 2 ** 32;

export const futexWake2 = syscall({
  nr: 454,
  name: 'futex_wake',
  args: [pointer, size, int, flagsOf],
  errors: ['EINVAL', 'EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, addr, mask, count, bits) {
    if (badFlags(bits) || badMask(mask) || (addr & 3) !== 0) return 'EINVAL';
    const isPrivate = (bits & FUTEX2.FUTEX2_PRIVATE) !== 0;
    if (!isPrivate && k.user.readU32(addr) === undefined) return 'EFAULT';
    return futexWake(k, addr, count, { isPrivate, bits: mask });
  },
});

type WaitCall = readonly [
  addr: number,
  value: number,
  mask: number,
  bits: number,
  timeout: number,
  clock: number,
];

function waitOne(k: Kernel, ...[addr, value, mask, bits, timeout, clock]: WaitCall): Outcome {
  if (badFlags(bits) || badMask(mask) || value >= 2 ** 32) return 'EINVAL';
  const bad = setDeadline(k, timeout, clock);
  if (bad !== null) return bad;
  const isPrivate = (bits & FUTEX2.FUTEX2_PRIVATE) !== 0;
  const why = whyNot(k, { addr, value, isPrivate });
  if (why !== null) return why;
  if (k.expired()) return 'ETIMEDOUT';
  k.call.note = mask;
  return k.waitOn('futex', [futexQueue(k, addr, isPrivate)], addr);
}

export const futexWait2 = syscall({
  nr: 455,
  name: 'futex_wait',
  args: [pointer, size, size, flagsOf, inTimespec, oneOf(CLOCKS)],
  errors: ['EAGAIN', 'EFAULT', 'EINTR', 'EINVAL', 'ETIMEDOUT'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, addr, value, mask, bits, timeout, clock) {
    return waitOne(k, addr, value, mask, bits, timeout, clock);
  },
  resume(k, addr, value, mask, bits, timeout, clock) {
    if (k.task.wokenBy === 'event') return 0;
    return k.expired() ? 'ETIMEDOUT' : waitOne(k, addr, value, mask, bits, timeout, clock);
  },
});

export const futexRequeue2 = syscall({
  nr: 456,
  name: 'futex_requeue',
  args: [pointer, uint, int, int],
  errors: ['EAGAIN', 'EFAULT', 'EINVAL'],
  interrupted: 'never blocks',
  support: { partial: 'both words are private, or both are shared' },
  run(k, at, bits, wakes, moves) {
    if (bits !== 0 || at === 0) return 'EINVAL';
    const words = readWords(k, at, 2);
    if (typeof words === 'string') return words;
    const [from, to] = words as readonly [Word, Word];
    if (wakes < 0 || moves < 0 || from.isPrivate !== to.isPrivate || (to.addr & 3) !== 0) return 'EINVAL';
    const why = whyNot(k, from);
    if (why !== null) return why;
    const { isPrivate } = from;
    const woken = futexWake(k, from.addr, wakes, { isPrivate });
    return both(woken, () => futexRequeue(k, from.addr, to.addr, moves, isPrivate));
  },
});

export const FUTEX2_CALLS = [futexWaitv, futexWake2, futexWait2, futexRequeue2];
