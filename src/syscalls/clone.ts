/** clone and clone3: two encodings of one request, the wait of vfork, and a pidfd for who asks. */

import type { Errno } from '../abi/index.ts';
import { CAP } from '../abi/index.ts';
import {
  CLONE,
  type CloneRequest,
  capable,
  cloneTask,
  isSet,
  type Kernel,
  newTid,
  syscall,
  type Task,
  type Tid,
  tellClone,
  tellVforkDone,
} from '../kernel/index.ts';
import { closeFd, installFd, newPidfd, type Outcome, PIDFD_THREAD } from '../vfs/index.ts';
import { size } from './args.ts';
import { cloneArguments, cloneStructure, toldBefore } from './text/clone.ts';

const CSIGNAL = 0xff;
/** Above any tid: what the parent of a vfork child still has to tell a tracer. */
const UNTOLD = 2 ** 24;

/** The parent's side: the child's tid, or first the wait for a vfork child to let go of the memory. */
function parentReturns(k: Kernel, child: Task, { flags, exitSignal }: CloneRequest): Outcome {
  const isVfork = child.vforkParent !== 0;
  k.call.note = child.tid + (isVfork ? UNTOLD : 0);
  if (k.task.isWatched) tellClone(k, child, flags, exitSignal);
  return isVfork && k.task.run === 'running' ? vforkWait(k, child.tid) : child.tid;
}

const vforkWait = (k: Kernel, tid: number): Outcome => ({
  ...k.waitOn('vfork', [], tid),
  uninterruptible: true,
});

/** A vfork parent looks again: has its child called exec or gone? */
function vforkDone(k: Kernel): Outcome {
  const { call, task } = k;
  const tid = call.note % UNTOLD;
  const child = k.tasks.get(tid as Tid);
  if (child?.vforkParent === task.tid) return vforkWait(k, tid);
  if (call.note > UNTOLD && task.isWatched) {
    call.note = tid;
    tellVforkDone(k, tid);
  }
  return tid;
}

/** Clones, and gives the caller a pidfd if it asked for one: at `pidfdAt`. */
function start(k: Kernel, request: CloneRequest, pidfdAt: number): Outcome {
  if (!isSet(request.flags, CLONE.CLONE_PIDFD)) {
    const child = cloneTask(k, request);
    return typeof child === 'string' ? child : parentReturns(k, child, request);
  }
  // Number and descriptor are taken first, so that a child exists only when all has succeeded.
  const tid = request.tid === 0 ? newTid(k) : request.tid;
  if (typeof tid === 'string') return tid;
  const kind = isSet(request.flags, CLONE.CLONE_THREAD) ? PIDFD_THREAD : 0;
  const fd = installFd(k.vfs, k.files, newPidfd(k.vfs, tid, kind), true);
  if (typeof fd === 'string') return fd;
  const child = k.user.writeU32(pidfdAt, fd) ? cloneTask(k, { ...request, tid }) : 'EFAULT';
  if (typeof child !== 'string') return parentReturns(k, child, request);
  closeFd(k.vfs, k.files, fd);
  return child;
}

const CLONE_ERRORS: readonly Errno[] = [
  'EAGAIN',
  'EFAULT',
  'EINVAL',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'EPERM',
  'EEXIST',
  'E2BIG',
];

export const clone = syscall({
  nr: 220,
  name: 'clone',
  args: [cloneArguments, toldBefore, toldBefore, toldBefore, toldBefore],
  errors: CLONE_ERRORS,
  interrupted: 'never blocks',
  support: { partial: 'namespaces are refused with EINVAL, as by a kernel built without them' },
  run(k, bits, stack, parentTid, tls, childTid) {
    const wanted = bits - (bits % 256);
    const both = isSet(wanted, CLONE.CLONE_PIDFD) && isSet(wanted, CLONE.CLONE_PARENT_SETTID);
    if (both) return 'EINVAL';
    const flags = wanted % 2 ** 32;
    const request = { flags, exitSignal: bits & CSIGNAL, stack, tls, parentTid, childTid, tid: 0 };
    return start(k, request, parentTid);
  },
  resume: vforkDone,
});

/** struct clone_args: words at multiples of eight. */
const CLONE_ARGS = [
  'flags',
  'pidfd',
  'child_tid',
  'parent_tid',
  'exit_signal',
  'stack',
  'stack_size',
  'tls',
  'set_tid',
  'set_tid_size',
  'cgroup',
] as const;
const CLONE_ARGS_VER0 = 64;

type CloneArgs = Readonly<Record<(typeof CLONE_ARGS)[number], number>>;

function readCloneArgs(k: Kernel, addr: number, length: number): CloneArgs | Errno {
  if (length > 4096) return 'E2BIG';
  if (length < CLONE_ARGS_VER0) return 'EINVAL';
  const words: Record<string, number> = {};
  for (const [i, name] of CLONE_ARGS.entries()) {
    const word = i * 8 < length ? k.user.readU64(addr + i * 8) : 0;
    if (word === undefined) return 'EFAULT';
    words[name] = word;
  }
  for (let at = CLONE_ARGS.length * 8; at < length; at += 8)
    if (k.user.readU64(addr + at) !== 0) return 'E2BIG';
  return words as CloneArgs;
}

export const clone3 = syscall({
  nr: 435,
  name: 'clone3',
  args: [cloneStructure, size],
  errors: CLONE_ERRORS,
  interrupted: 'never blocks',
  support: { partial: 'namespaces and control groups are refused with EINVAL' },
  run(k, addr, length) {
    const args = readCloneArgs(k, addr, length);
    if (typeof args === 'string') return args;
    const { flags, exit_signal: exitSignal, stack, stack_size: stackSize } = args;
    if (flags % 256 >= 128 || isSet(flags, CLONE.CLONE_DETACHED) || flags >= 2 ** 34) return 'EINVAL';
    const sibling = isSet(flags, CLONE.CLONE_THREAD) || isSet(flags, CLONE.CLONE_PARENT);
    if (sibling && exitSignal !== 0) return 'EINVAL';
    if ((stack === 0) !== (stackSize === 0)) return 'EINVAL';
    const tid = wantedTid(k, args);
    if (typeof tid === 'string') return tid;
    const { tls, parent_tid: parentTid, child_tid: childTid } = args;
    const request = { flags, exitSignal, stack: stack + stackSize, tls, parentTid, childTid, tid };
    return start(k, request, args.pidfd);
  },
  resume: vforkDone,
});

/** set_tid: one number, as there is one pid namespace. */
function wantedTid(k: Kernel, { set_tid: at, set_tid_size: count }: CloneArgs): number | Errno {
  if (count > 1 || (at === 0) !== (count === 0)) return 'EINVAL';
  if (count === 0) return 0;
  if (!capable(k, CAP.CAP_CHECKPOINT_RESTORE) && !capable(k, CAP.CAP_SYS_ADMIN)) return 'EPERM';
  const tid = k.user.readI32(at);
  if (tid === undefined) return 'EFAULT';
  return tid <= 1 ? 'EINVAL' : tid;
}

export const CLONE_CALLS = [clone, clone3];
