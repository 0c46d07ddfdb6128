/**
 * Delivering signals when a task is about to return to user mode: default actions, handlers, and what
 * becomes of the call that the signal interrupted.
 *
 * Linux: arch/riscv/kernel/signal.c do_signal(), kernel/signal.c get_signal(); man 7 signal.
 */
import { ERRNO, SA, SI, SIGNAL } from '../abi/index.ts';
import { NEVER } from '../base/index.ts';
import { EVENT } from '../events/index.ts';
import { forgetOpening } from '../vfs/index.ts';
import { exitGroup } from './exit.ts';
import { letFilesGo } from './held-files.ts';
import type { Kernel, Tracer } from './kernel.ts';
import { updateRseq } from './rseq.ts';
import { sigInfo } from './siginfo.ts';
import { disposition, isUnkillable, notifyParent, SIG_DFL, setAction } from './signal.ts';
import { isFault, pushFrame } from './signal-frame.ts';
import { leaveQueue } from './signal-queue.ts';
import { asMask, has, setOf, union } from './signal-set.ts';
import { isOrphanedGroup, stopGroup } from './signal-stop.ts';
import { dequeue } from './signal-take.ts';
import { cutShort } from './syscall.ts';
import { stopsFirst, stopsForSignal } from './trace-stop.ts';
import type { Interrupted, SigAction, SigInfo } from './types.ts';
import { SIGRETURN_ADDRESS } from './vdso.ts';

/** What the current task does next. `again`: the interrupted call looks again, as if nothing had happened. */
export type Delivery = 'user' | 'again' | 'stopped' | 'gone';

/** Nothing comes before it, whichever queue it is in: not another stop either (Linux: SIGNAL_GROUP_EXIT). */
const isKill = (signo: number): boolean => signo === SIGNAL.SIGKILL;

/**
 * Takes every deliverable signal of the current task. `interrupted` says how the call it was blocked in
 * behaves, or is null when no call is in progress. `told` is a signal that a tracer has seen and lets pass.
 */
export function deliverSignals(k: Kernel, interrupted: Interrupted | null, told?: SigInfo): Delivery {
  const { task, group } = k;
  let call = interrupted;
  let handled = false;
  let first = told;
  if (task.isWatched && first === undefined && stopsFirst(k)) return 'stopped';
  for (;;) {
    const info = first ?? next(k);
    if (info === undefined) break;
    if (task.isWatched && first === undefined && stopsForSignal(k, info)) return 'stopped';
    first = undefined;
    const will = disposition(group, info.signo);
    if (k.tracer !== null) tellTracer(k, k.tracer, call, info, will === 'handler');
    k.events.record(EVENT.signal, k.now(), k.cpu.id, task.tid, info.signo, info.code, info.pid);
    if (will === 'handler') {
      endCall(k, call, group.handlers.actions[info.signo]!);
      call = null;
      handled = true;
      if (!enterHandler(k, info)) return die(k, SIGNAL.SIGSEGV);
      continue;
    }
    if (will === 'ignore' || will === 'continue') continue;
    if (isUnkillable(group) && !isFault(info)) continue;
    if (will !== 'stop') return die(k, info.signo);
    if (info.signo !== SIGNAL.SIGSTOP && isOrphanedGroup(k, group.pgid)) continue;
    stopGroup(k, group, info.signo);
    notifyParent(k, group, SI.CLD_STOPPED, info.signo);
    return 'stopped';
  }
  if (handled) return 'user';
  if (call !== null) return 'again';
  restoreMask(k);
  return 'user';
}

/** Whoever traces hears how the call ends that the signal interrupts, and of the signal then. */
function tellTracer(
  k: Kernel,
  tracer: Tracer,
  how: Interrupted | null,
  info: SigInfo,
  isHandled: boolean,
): void {
  const { task, call } = k;
  if (how !== null && call.progress === 0 && info.signo !== SIGNAL.SIGKILL) {
    const row = k.table[call.nr]!;
    if (isHandled) cutShort(k, row);
    tracer.onInterrupted(task, row, how);
  } else if (how !== null && isHandled) tracer.onExit(task, k.table[call.nr]!, call.progress);
  tracer.onSignal(task, info);
}

const next = (k: Kernel): SigInfo | undefined =>
  dequeue(k, k.group, k.task, isKill) ?? dequeue(k, k.group, k.task, (signo) => !has(k.task.blocked, signo));

/** The mask that sigsuspend, ppoll and their kin replaced comes back when no handler took it along. */
export function restoreMask(k: Kernel): void {
  if (k.task.savedMask === null) return;
  k.task.blocked = k.task.savedMask;
  k.task.savedMask = null;
}

function die(k: Kernel, signo: number): Delivery {
  exitGroup(k, k.group, signo);
  return 'gone';
}

/** A handler is about to run: the interrupted call fails with EINTR, or is made anew after the handler. */
function endCall(k: Kernel, interrupted: Interrupted | null, action: SigAction): void {
  if (interrupted === null) return;
  const { task, hart } = k;
  const { progress, deadline } = k.call;
  task.call = null;
  letFilesGo(k, task);
  forgetOpening(k.vfs, task.tid);
  // A wait with a deadline is never made anew: it would grow longer (Linux: ERESTART_RESTARTBLOCK, SO_RCVTIMEO).
  const timed = deadline >= 0 && deadline < NEVER;
  const restarts = interrupted === 'ERESTARTSYS' && (action.flags & SA.SA_RESTART) !== 0 && !timed;
  if (restarts && progress === 0) return;
  const row = k.table[k.call.nr]!;
  if (row.isRepeated?.(k)) return;
  const why = cutShort(k, row) ?? 'EINTR';
  const result = progress > 0 ? progress : -ERRNO[why];
  k.tracer?.onExit(task, row, progress > 0 ? progress : why);
  hart.setX(10, result | 0, Math.floor(result / 2 ** 32));
  hart.pc += 4;
}

function enterHandler(k: Kernel, info: SigInfo): boolean {
  const { task, group } = k;
  const action = group.handlers.actions[info.signo]!;
  // A second SIGSEGV while the first one's handler is entered ends it (Linux: force_sigsegv).
  if (task.rseq !== null && !rseqOrSignal(k) && info.signo === SIGNAL.SIGSEGV) return false;
  const before = task.savedMask ?? task.blocked;
  task.savedMask = null;
  const pushed = pushFrame(k, info, action.handler, {
    mask: before,
    altStack: (action.flags & SA.SA_ONSTACK) !== 0,
    trampoline: SIGRETURN_ADDRESS,
  });
  if (!pushed) return false;
  if ((action.flags & SA.SA_RESETHAND) !== 0) setAction(group, info.signo, { ...action, handler: SIG_DFL });
  const own = (action.flags & SA.SA_NODEFER) !== 0 ? action.mask : union(action.mask, setOf(info.signo));
  task.blocked = asMask(union(task.blocked, own).lo, union(task.blocked, own).hi);
  return true;
}

/**
 * A fault's signal: it cannot be put off. When the task blocks or ignores it, the default action is forced
 * (Linux: force_sig_info).
 */
export function forceSignal(k: Kernel, signo: number, fields: Partial<SigInfo>): void {
  const { task, group } = k;
  const action = group.handlers.actions[signo];
  if (has(task.blocked, signo) || action?.handler === 1) {
    setAction(group, signo, null);
    const rest = setOf(signo);
    task.blocked = { lo: task.blocked.lo & ~rest.lo, hi: task.blocked.hi & ~rest.hi };
  }
  for (const info of task.pending) if (info.signo === signo) leaveQueue(k, info);
  task.pending = task.pending.filter((info) => info.signo !== signo);
  task.pending.push(sigInfo(signo, fields));
}

/** Sees to the restartable sequence of the current task; bad memory is a SIGSEGV, and false. */
export function rseqOrSignal(k: Kernel): boolean {
  if (updateRseq(k)) return true;
  forceSignal(k, SIGNAL.SIGSEGV, { code: SI.SI_KERNEL });
  return false;
}
