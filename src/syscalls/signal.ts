/** Signals as their receiver has them: actions, masks, waiting, and the way back from a handler. man 7 signal. */
import { SIGNAL, SIGRTMAX } from '../abi/index.ts';
import {
  altStackFlags,
  asMask,
  dequeue,
  discardIgnored,
  EMPTY,
  encodeSigInfo,
  forceSignal,
  has,
  type Kernel,
  NO_ALT_STACK,
  onAltStack,
  popFrame,
  REGISTERS_REPLACED,
  type SigAction,
  type SigSet,
  setAction,
  setOf,
  stackPointer,
  syscall,
  union,
  without,
} from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { inTimespec, oneOf, size, struct } from './args.ts';
import { infoText, signo } from './signal-arg.ts';
import { frame, inAction, inStack, outAction, outStack, signalResult } from './text/signal.ts';
import { inSet, outSet } from './text/sigset.ts';
import { timespecOf } from './time-struct.ts';

const validSignal = (signo: number) => signo >= 1 && signo <= SIGRTMAX;

function readSet(k: Kernel, addr: number): SigSet | 'EFAULT' {
  const lo = k.user.readI32(addr);
  const hi = k.user.readI32(addr + 4);
  return lo === undefined || hi === undefined ? 'EFAULT' : { lo, hi };
}

const writeSet = (k: Kernel, addr: number, set: SigSet): boolean =>
  k.user.writeU32(addr, set.lo >>> 0) && k.user.writeU32(addr + 4, set.hi >>> 0);

/** An action as the caller's structure says. */
function readAction(k: Kernel, addr: number): SigAction | 'EFAULT' {
  const handler = k.user.readU64(addr);
  const bits = k.user.readU32(addr + 8);
  const mask = readSet(k, addr + 16);
  if (handler === undefined || bits === undefined || mask === 'EFAULT') return 'EFAULT';
  return { handler, flags: bits, mask: asMask(mask.lo, mask.hi) };
}

export const rtSigaction = syscall({
  nr: 134,
  name: 'rt_sigaction',
  args: [signo, inAction, outAction, size],
  errors: ['EINVAL', 'EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, signo, act, old, setSize) {
    if (setSize !== 8) return 'EINVAL';
    const wanted = act === 0 ? null : readAction(k, act);
    if (wanted === 'EFAULT') return wanted;
    if (!validSignal(signo)) return 'EINVAL';
    if (act !== 0 && (signo === SIGNAL.SIGKILL || signo === SIGNAL.SIGSTOP)) return 'EINVAL';
    const before = k.group.handlers.actions[signo] ?? null;
    if (wanted !== null) {
      setAction(k.group, signo, wanted);
      discardIgnored(k, k.group, signo);
    }
    if (old === 0) return 0;
    const copied =
      k.user.writeU64(old, before?.handler ?? 0) &&
      k.user.writeU64(old + 8, before?.flags ?? 0) &&
      writeSet(k, old + 16, before?.mask ?? EMPTY);
    return copied ? 0 : 'EFAULT';
  },
});

const HOW = { SIG_BLOCK: 0, SIG_UNBLOCK: 1, SIG_SETMASK: 2 };

export const rtSigprocmask = syscall({
  nr: 135,
  name: 'rt_sigprocmask',
  args: [oneOf(HOW), inSet(3), outSet(3), size],
  errors: ['EINVAL', 'EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, how, set, old, setSize) {
    if (setSize !== 8) return 'EINVAL';
    const before = k.task.blocked;
    if (set !== 0) {
      const change = readSet(k, set);
      if (change === 'EFAULT') return change;
      const next = [union(before, change), without(before, change), change][how];
      if (next === undefined) return 'EINVAL';
      k.task.blocked = asMask(next.lo, next.hi);
    }
    return old === 0 || writeSet(k, old, before) ? 0 : 'EFAULT';
  },
});

export const rtSigpending = syscall({
  nr: 136,
  name: 'rt_sigpending',
  args: [outSet(1), size],
  errors: ['EINVAL', 'EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, set, setSize) {
    if (setSize > 8) return 'EINVAL';
    let pending = EMPTY;
    for (const info of [...k.task.pending, ...k.group.pending])
      if (has(k.task.blocked, info.signo)) pending = union(pending, setOf(info.signo));
    const bytes = new Uint8Array(new Uint32Array([pending.lo, pending.hi]).buffer, 0, setSize);
    return k.user.copyOut(set, bytes) ? 0 : 'EFAULT';
  },
});

export const rtSigsuspend = syscall({
  nr: 133,
  name: 'rt_sigsuspend',
  args: [inSet(1), size],
  errors: ['EINVAL', 'EFAULT', 'EINTR'],
  interrupted: 'ERESTARTNOHAND',
  support: 'full',
  run(k, set, setSize) {
    if (setSize !== 8) return 'EINVAL';
    const mask = readSet(k, set);
    if (mask === 'EFAULT') return mask;
    k.task.savedMask ??= k.task.blocked;
    k.task.blocked = asMask(mask.lo, mask.hi);
    return k.waitOn('sigsuspend', []);
  },
});

export const rtSigtimedwait = syscall({
  nr: 137,
  name: 'rt_sigtimedwait',
  args: [inSet(3), struct(infoText, 'after'), inTimespec, size],
  result: signalResult,
  errors: ['EINVAL', 'EFAULT', 'EAGAIN', 'EINTR'],
  interrupted: 'EINTR',
  support: 'full',
  run(k, set, info, timeout, setSize): Outcome {
    if (setSize !== 8) return 'EINVAL';
    const wanted = readSet(k, set);
    if (wanted === 'EFAULT') return wanted;
    const limit = timeout === 0 ? undefined : timespecOf.read(k, timeout);
    if (typeof limit === 'string') return limit;
    const want = asMask(wanted.lo, wanted.hi);
    const taken = dequeue(k, k.group, k.task, (signo) => has(want, signo));
    if (taken !== undefined) {
      if (info !== 0 && !k.user.copyOut(info, encodeSigInfo(taken))) return 'EFAULT';
      return taken.signo;
    }
    k.deadline(limit);
    if (k.expired()) return 'EAGAIN';
    return k.waitOn('signal', []);
  },
});

export const rtSigreturn = syscall({
  nr: 139,
  name: 'rt_sigreturn',
  args: [frame],
  errors: [],
  interrupted: 'never blocks',
  support: 'full',
  run(k) {
    if (!popFrame(k)) forceSignal(k, SIGNAL.SIGSEGV, {});
    return REGISTERS_REPLACED;
  },
});

export const restartSyscall = syscall({
  nr: 128,
  name: 'restart_syscall',
  args: [],
  errors: ['EINTR'],
  interrupted: 'never blocks',
  support: 'full',
  // A call that goes on after a stop looks again by itself: nobody is sent here (Linux: do_no_restart_syscall).
  run: () => 'EINTR',
});

const MINSIGSTKSZ = 2048;
const SS_KNOWN = 1 | 2 | (0x80000000 | 0);

export const sigaltstack = syscall({
  nr: 132,
  name: 'sigaltstack',
  args: [inStack, outStack],
  errors: ['EINVAL', 'ENOMEM', 'EPERM', 'EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, next, old) {
    const { task } = k;
    const sp = stackPointer(k);
    const before = { ...task.altStack, flags: altStackFlags(task, sp) | task.altStack.flags };
    if (next !== 0) {
      const base = k.user.readU64(next);
      const bits = k.user.readI32(next + 8);
      const length = k.user.readU64(next + 16);
      if (base === undefined || bits === undefined || length === undefined) return 'EFAULT';
      const { altStack } = task;
      const isSame = base === altStack.sp && length === altStack.size && bits === altStack.flags;
      if (isSame && old === 0) return 0;
      if (!isSame && onAltStack(task, sp)) return 'EPERM';
      if ((bits & ~SS_KNOWN) !== 0 || (bits & 3) === 3) return 'EINVAL';
      if ((bits & 2) !== 0) task.altStack = NO_ALT_STACK;
      else if (length < MINSIGSTKSZ) return 'ENOMEM';
      else task.altStack = { sp: base, size: length, flags: bits & ~3 };
    }
    if (old === 0) return 0;
    const copied =
      k.user.writeU64(old, before.sp) &&
      k.user.writeU32(old + 8, before.flags >>> 0) &&
      k.user.writeU64(old + 16, before.size);
    return copied ? 0 : 'EFAULT';
  },
});

export const SIGNAL_CALLS = [
  rtSigaction,
  rtSigprocmask,
  rtSigpending,
  rtSigsuspend,
  rtSigtimedwait,
  rtSigreturn,
  restartSyscall,
  sigaltstack,
];
