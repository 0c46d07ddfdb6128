/** Signals as their receiver has them: actions, masks, waiting, and the way back from a handler. man 7 signal. */
import { SIGNAL, SIGRTMAX, signalName } from '../abi/index.ts';
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
import { flags, oneOf, pointer, size, struct } from './args.ts';
import { infoText, signo } from './signal-arg.ts';
import { timespecOf } from './time-struct.ts';

const validSignal = (signo: number) => signo >= 1 && signo <= SIGRTMAX;

/** `[INT CHLD]`, or `~[…]` when most are in, as strace prints a sigset. */
export function signalSetText({ lo, hi }: SigSet): string {
  const names = (set: SigSet) => {
    const out: string[] = [];
    for (let signo = 1; signo <= SIGRTMAX; signo++)
      if (has(set, signo)) out.push(signalName(signo).replace(/^SIG/, ''));
    return out;
  };
  const inside = names({ lo, hi });
  if (inside.length <= SIGRTMAX / 2) return `[${inside.join(' ')}]`;
  return `~[${names({ lo: ~lo, hi: ~hi }).join(' ')}]`;
}

function readSet(k: Kernel, addr: number): SigSet | 'EFAULT' {
  const lo = k.user.readI32(addr);
  const hi = k.user.readI32(addr + 4);
  return lo === undefined || hi === undefined ? 'EFAULT' : { lo, hi };
}

const writeSet = (k: Kernel, addr: number, set: SigSet): boolean =>
  k.user.writeU32(addr, set.lo >>> 0) && k.user.writeU32(addr + 4, set.hi >>> 0);

const setText = (k: Kernel, addr: number): string | null => {
  const set = readSet(k, addr);
  return set === 'EFAULT' ? null : signalSetText(set);
};
const inSet = struct(setText);
const outSet = struct(setText, 'after');

const SA_FLAGS = {
  SA_NOCLDSTOP: 1,
  SA_NOCLDWAIT: 2,
  SA_SIGINFO: 4,
  SA_ONSTACK: 0x08000000,
  SA_RESTART: 0x10000000,
  SA_NODEFER: 0x40000000,
  SA_RESETHAND: 0x80000000 | 0,
};

/** An action as the caller's structure says. */
function readAction(k: Kernel, addr: number): SigAction | 'EFAULT' {
  const handler = k.user.readU64(addr);
  const bits = k.user.readU32(addr + 8);
  const mask = readSet(k, addr + 16);
  if (handler === undefined || bits === undefined || mask === 'EFAULT') return 'EFAULT';
  return { handler, flags: bits, mask: asMask(mask.lo, mask.hi) };
}

/** struct sigaction { handler; flags; mask } — riscv has no restorer. */
function actionText(k: Kernel, addr: number): string | null {
  const handler = k.user.readU64(addr);
  const bits = k.user.readI32(addr + 8);
  const mask = readSet(k, addr + 16);
  if (handler === undefined || bits === undefined || mask === 'EFAULT') return null;
  const name = handler === 0 ? 'SIG_DFL' : handler === 1 ? 'SIG_IGN' : `0x${handler.toString(16)}`;
  return `{sa_handler=${name}, sa_mask=${signalSetText(mask)}, sa_flags=${flags(SA_FLAGS).show(bits, k, null)}}`;
}

export const rtSigaction = syscall({
  nr: 134,
  name: 'rt_sigaction',
  args: [signo, struct(actionText), struct(actionText, 'after'), size],
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
  args: [oneOf(HOW), inSet, outSet, size],
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
  args: [outSet, size],
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
  args: [inSet, size],
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
  args: [inSet, struct(infoText, 'after'), struct(timespecOf.text), size],
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
  args: [],
  errors: [],
  interrupted: 'never blocks',
  support: 'full',
  result: 'none',
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

const stackText = (k: Kernel, addr: number): string | null => {
  const sp = k.user.readU64(addr);
  const bits = k.user.readI32(addr + 8);
  const length = k.user.readU64(addr + 16);
  if (sp === undefined || bits === undefined || length === undefined) return null;
  const names = flags({ SS_ONSTACK: 1, SS_DISABLE: 2 }).show(bits, k, null);
  return `{ss_sp=${pointer.show(sp, k, null)}, ss_flags=${names}, ss_size=${length}}`;
};

export const sigaltstack = syscall({
  nr: 132,
  name: 'sigaltstack',
  args: [struct(stackText), struct(stackText, 'after')],
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
