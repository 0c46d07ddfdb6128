/** futex(2): one row for each operation, selected by the second argument. */
import { CAP, type Errno } from '../abi/index.ts';
import type { Nanos } from '../base/index.ts';
import {
  capable,
  FUTEX_BITSET_MATCH_ANY,
  futexQueue,
  futexRequeue,
  futexWake,
  isRealTime,
  type Kernel,
  lockPi,
  REQUEUE_WAIT,
  requeuePi,
  settlePi,
  syscall,
  type Tid,
  unlockPi,
} from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { pointer, size, uint } from './args.ts';
import { isBeyond } from './file.ts';
import { futexOperation, futexValue, futexWord } from './text/futex.ts';
import { readWall, timespecOf } from './time-struct.ts';

const OPERATIONS = {
  FUTEX_WAIT: 0,
  FUTEX_WAKE: 1,
  FUTEX_FD: 2,
  FUTEX_REQUEUE: 3,
  FUTEX_CMP_REQUEUE: 4,
  FUTEX_WAKE_OP: 5,
  FUTEX_LOCK_PI: 6,
  FUTEX_UNLOCK_PI: 7,
  FUTEX_TRYLOCK_PI: 8,
  FUTEX_WAIT_BITSET: 9,
  FUTEX_WAKE_BITSET: 10,
  FUTEX_WAIT_REQUEUE_PI: 11,
  FUTEX_CMP_REQUEUE_PI: 12,
  FUTEX_LOCK_PI2: 13,
} as const;
const PRIVATE = 128;
const CLOCK_REALTIME = 256;

/** The word's address is user memory and aligned, or the call fails. */
const badWord = (addr: number): 'EINVAL' | null => ((addr & 3) !== 0 ? 'EINVAL' : null);

interface Call {
  readonly addr: number;
  readonly val: number;
  /** Timeout address, or the second count of the requeue operations. */
  readonly fourth: number;
  readonly other: number;
  readonly val3: number;
  readonly isPrivate: boolean;
  readonly op: number;
}

/** Absolute timeouts by the wall clock whatever the flag says. */
const ALWAYS_WALL = new Set<number>([OPERATIONS.FUTEX_LOCK_PI]);

/** A relative timeout for FUTEX_WAIT, an absolute one for the others, by either clock. */
function setDeadline(k: Kernel, { fourth, op }: Call): 'EFAULT' | 'EINVAL' | null {
  if (fourth === 0) {
    k.deadline(undefined);
    return null;
  }
  const isRelative = (op & 127) === OPERATIONS.FUTEX_WAIT;
  const isWall = (!isRelative && (op & CLOCK_REALTIME) !== 0) || ALWAYS_WALL.has(op & 127);
  const time = isWall ? readWall(k, fourth) : timespecOf.read(k, fourth);
  if (typeof time === 'string') return time;
  const rest = isRelative ? time : Math.max(0, time - k.now());
  k.deadline((rest + slackOf(k)) as Nanos);
  return null;
}

/**
 * How much later than asked Linux ends a wait, when no other interrupt comes between. Without it waiters that ask for
 * a microsecond, as Python's do in its tests, hold a lock so often that its owner never gets it.
 */
export const slackOf = ({ task }: Kernel): number => (isRealTime(task.policy) ? 0 : task.timerSlack);

function wait(k: Kernel, call: Call, bits: number): Outcome {
  if (bits === 0) return 'EINVAL';
  const bad = setDeadline(k, call);
  if (bad !== null) return bad;
  const word = k.user.readU32(call.addr);
  if (word === undefined) return 'EFAULT';
  if (word !== call.val >>> 0) return 'EAGAIN';
  if (k.expired()) return 'ETIMEDOUT';
  k.call.note = bits;
  return k.waitOn('futex', [futexQueue(k, call.addr, call.isPrivate)], call.addr);
}

/** One count and then another, unless the first has failed. */
export function both(first: number | Errno, then: () => number | Errno): number | Errno {
  const second = typeof first === 'string' ? first : then();
  return typeof second === 'string' ? second : (first as number) + second;
}

/** The answer counts both kinds, also for FUTEX_REQUEUE (Linux: futex_requeue; man 2 futex says otherwise). */
function requeue(k: Kernel, call: Call, compare: boolean): Outcome {
  const many = call.fourth | 0;
  if ((call.val | 0) < 0 || many < 0) return 'EINVAL';
  const bad = badWord(call.other);
  if (bad !== null) return bad;
  if (compare) {
    const word = k.user.readU32(call.addr);
    if (word === undefined) return 'EFAULT';
    if (word !== call.val3 >>> 0) return 'EAGAIN';
  }
  const woken = futexWake(k, call.addr, call.val, { isPrivate: call.isPrivate });
  return both(woken, () => futexRequeue(k, call.addr, call.other, many, call.isPrivate));
}

/** FUTEX_WAKE_OP: changes the second word, then wakes at both. The encoding is in man 2 futex. */
function wakeOp(k: Kernel, call: Call): Outcome {
  const bad = badWord(call.other);
  if (bad !== null) return bad;
  const [op, cmp] = [(call.val3 >>> 28) & 15, (call.val3 >>> 24) & 15];
  const raw = (call.val3 << 8) >> 20;
  const arg = (op & 8) !== 0 ? 1 << (raw & 31) : raw;
  const cmpArg = (call.val3 << 20) >> 20;
  const old = k.user.readI32(call.other);
  if (old === undefined) return 'EFAULT';
  const changed = [arg, old + arg, old | arg, old & ~arg, old ^ arg][op & 7];
  if (changed === undefined) return 'ENOSYS';
  if (!k.user.writeU32(call.other, changed >>> 0)) return 'EFAULT';
  const holds = [old === cmpArg, old !== cmpArg, old < cmpArg, old <= cmpArg, old > cmpArg, old >= cmpArg][
    cmp
  ];
  if (holds === undefined) return 'ENOSYS';
  const how = { isPrivate: call.isPrivate };
  const woken = futexWake(k, call.addr, call.val, how);
  return holds ? both(woken, () => futexWake(k, call.other, call.fourth, how)) : woken;
}

/** FUTEX_LOCK_PI, its second form, and FUTEX_TRYLOCK_PI. */
function lock(k: Kernel, call: Call, waits: boolean): Outcome {
  const bad = waits ? setDeadline(k, call) : null;
  return bad ?? lockPi(k, call, waits);
}

function waitRequeue(k: Kernel, call: Call): Outcome {
  if (call.addr === call.other) return 'EINVAL';
  const bad = badWord(call.other) ?? setDeadline(k, call);
  if (bad !== null) return bad;
  const word = k.user.readU32(call.addr);
  if (word === undefined) return 'EFAULT';
  if (word !== call.val >>> 0) return 'EAGAIN';
  if (k.expired()) return 'ETIMEDOUT';
  k.call.note = FUTEX_BITSET_MATCH_ANY;
  return k.waitOn(REQUEUE_WAIT, [futexQueue(k, call.addr, call.isPrivate)], call.addr);
}

function compareRequeue(k: Kernel, { addr, other, val, val3, fourth, isPrivate }: Call): Outcome {
  const many = fourth | 0;
  if (addr === other || val !== 1 || many < 0) return 'EINVAL';
  const bad = badWord(other);
  if (bad !== null) return bad;
  const word = k.user.readU32(addr);
  if (word === undefined) return 'EFAULT';
  return word === val3 >>> 0 ? requeuePi(k, addr, { addr: other, isPrivate }, many) : 'EAGAIN';
}

const wake = (k: Kernel, call: Call, bits: number): Outcome =>
  bits === 0 ? 'EINVAL' : futexWake(k, call.addr, Math.max(1, call.val), { isPrivate: call.isPrivate, bits });

const RUN: Partial<Record<number, (k: Kernel, call: Call) => Outcome>> = {
  [OPERATIONS.FUTEX_WAIT]: (k, call) => wait(k, call, FUTEX_BITSET_MATCH_ANY),
  [OPERATIONS.FUTEX_WAIT_BITSET]: (k, call) => wait(k, call, call.val3),
  [OPERATIONS.FUTEX_WAKE]: (k, call) => wake(k, call, FUTEX_BITSET_MATCH_ANY),
  [OPERATIONS.FUTEX_WAKE_BITSET]: (k, call) => wake(k, call, call.val3),
  [OPERATIONS.FUTEX_REQUEUE]: (k, call) => requeue(k, call, false),
  [OPERATIONS.FUTEX_CMP_REQUEUE]: (k, call) => requeue(k, call, true),
  [OPERATIONS.FUTEX_WAKE_OP]: wakeOp,
  [OPERATIONS.FUTEX_LOCK_PI]: (k, call) => lock(k, call, true),
  [OPERATIONS.FUTEX_LOCK_PI2]: (k, call) => lock(k, call, true),
  [OPERATIONS.FUTEX_TRYLOCK_PI]: (k, call) => lock(k, call, false),
  [OPERATIONS.FUTEX_UNLOCK_PI]: unlockPi,
  [OPERATIONS.FUTEX_WAIT_REQUEUE_PI]: waitRequeue,
  [OPERATIONS.FUTEX_CMP_REQUEUE_PI]: compareRequeue,
};

type Words = readonly [addr: number, op: number, val: number, fourth: number, other: number, val3: number];

function runOperation(k: Kernel, ...[addr, op, val, fourth, other, val3]: Words): Outcome {
  const run = RUN[op & ~(PRIVATE | CLOCK_REALTIME)];
  if (run === undefined) return 'ENOSYS';
  // The low word: an address beyond 2^53 is rounded.
  const bad = badWord(k.call.words[0]!);
  if (bad !== null) return bad;
  if (isBeyond(addr, 4)) return 'EFAULT';
  // A word that others may see is looked for by its page; one's own is just an address.
  if ((op & PRIVATE) === 0 && k.user.readU32(addr) === undefined) return 'EFAULT';
  return run(k, {
    addr,
    op,
    val: val | 0,
    fourth,
    other,
    val3,
    isPrivate: (op & PRIVATE) !== 0,
  });
}

const LOCKS = new Set<number>([OPERATIONS.FUTEX_LOCK_PI, OPERATIONS.FUTEX_LOCK_PI2]);
const REPEATED = new Set<number>([...LOCKS, OPERATIONS.FUTEX_WAIT_REQUEUE_PI]);

/** A wait for a lock with priority inheritance has ended without the lock. */
function settleLocks(k: Kernel, addr: number, op: number, other: number): void {
  const isPrivate = (op & PRIVATE) !== 0;
  if (LOCKS.has(op & 127)) settlePi(k, { addr, isPrivate });
  else if ((op & 127) === OPERATIONS.FUTEX_WAIT_REQUEUE_PI) settlePi(k, { addr: other, isPrivate });
}

export const futex = syscall({
  nr: 98,
  name: 'futex',
  args: [pointer, futexOperation, futexWord, futexValue, futexValue, futexWord],
  errors: ['EAGAIN', 'EDEADLK', 'EFAULT', 'EINTR', 'EINVAL', 'ENOSYS', 'EPERM', 'ESRCH', 'ETIMEDOUT'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run: runOperation,
  resume(k, addr, op, val, fourth, other, val3) {
    if (k.task.wokenBy === 'event') return 0;
    settleLocks(k, addr, op, other);
    return k.expired() ? 'ETIMEDOUT' : runOperation(k, addr, op, val, fourth, other, val3);
  },
  cut(k, addr, op, _val, _fourth, other) {
    settleLocks(k, addr, op, other);
    return null;
  },
  isRepeated: ({ call: { words } }) => REPEATED.has(words[2]! & 127),
});

export const setRobustList = syscall({
  nr: 99,
  name: 'set_robust_list',
  args: [pointer, size],
  errors: ['EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, head, length) {
    if (length !== 24) return 'EINVAL';
    k.task.robustList = head;
    return 0;
  },
});

export const getRobustList = syscall({
  nr: 100,
  name: 'get_robust_list',
  args: [uint, pointer, pointer],
  errors: ['ESRCH', 'EPERM', 'EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, tid, head, length) {
    const task = tid === 0 ? k.task : k.tasks.get(tid as Tid);
    if (task === undefined) return 'ESRCH';
    if (!capable(k, CAP.CAP_SYS_PTRACE) && task.credentials.ruid !== k.task.credentials.ruid) return 'EPERM';
    return k.user.writeU64(head, task.robustList) && k.user.writeU64(length, 24) ? 0 : 'EFAULT';
  },
});

export const FUTEX_CALLS = [futex, setRobustList, getRobustList];
