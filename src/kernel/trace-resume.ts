/** A task that a tracer let go takes up what it stood before: each word of `next` as a step. */
import { SI } from '../abi/index.ts';
import { continueCall, enterCall, leaveReplaced, restartCall } from './call.ts';
import { exitTask } from './exit.ts';
import type { Kernel } from './kernel.ts';
import { sigInfo } from './siginfo.ts';
import { deliverSignals } from './signal-deliver.ts';
import { has } from './signal-set.ts';
import {
  isSameCall,
  isSkipped,
  isStillInterrupted,
  nameCall,
  showAtCall,
  stopAtEnd,
  stopsAtEntry,
} from './trace-call.ts';
import { dropCall } from './trace-stop.ts';
import { forgetTracing, tracerOf } from './tracing.ts';
import type { AfterStop, Interrupted, SigInfo, Tracing } from './types.ts';

const STEPS: Readonly<Record<AfterStop, (k: Kernel, traced: Tracing) => void>> = {
  enter,
  interrupted,
  signal,
  event(k, traced) {
    showAtCall(k, traced);
    continueCall(k);
  },
  exec: (k) => leaveReplaced(k, k.table[k.call.nr]!),
  exit: (k) => exitTask(k, k.task, k.task.exitStatus),
  judged,
  again: (k) => again(k, k.task.wokenBy === 'signal'),
};

/** Does what the current task was about to do when it was stopped; false when it was nothing. */
export function goOn(k: Kernel): boolean {
  const { task } = k;
  const { traced } = task;
  if (traced === null || traced.next === null) return false;
  const { next } = traced;
  traced.next = null;
  STEPS[next](k, traced);
  forgetTracing(task);
  return true;
}

/** Into the call that the registers name now; a number of -1 leaves a0 as it is. */
function enter(k: Kernel, traced: Tracing): void {
  const { task } = k;
  const isRestart = task.call !== null;
  if (isSkipped(k)) {
    dropCall(k, task);
    stopAtEnd(k);
    return;
  }
  showAtCall(k, traced);
  if (isRestart && isSameCall(k)) {
    nameCall(k);
    look(k, task.wokenBy === 'signal');
    return;
  }
  dropCall(k, task);
  enterCall(k, 'seen');
}

/** The tracer was asked by a filter: what else the filters say of the call as it is now still counts. */
function judged(k: Kernel, traced: Tracing): void {
  if (isSkipped(k)) {
    stopAtEnd(k);
    return;
  }
  showAtCall(k, traced);
  enterCall(k, 'told');
}

/** The end of an interrupted call was shown; now comes the signal. */
function interrupted(k: Kernel, traced: Tracing): void {
  const { task } = k;
  const how = k.table[k.call.nr]!.interrupted;
  task.wokenBy = 'signal';
  if (isStillInterrupted(k, how)) showAtCall(k, traced);
  else dropCall(k, task);
  deliver(k, undefined);
}

/** The signal that the tracer lets pass, or another in its place. Linux: ptrace_signal(). */
function signal(k: Kernel, traced: Tracing): void {
  const { signo, info } = traced;
  k.task.wokenBy = 'signal';
  if (signo === 0) {
    deliver(k, undefined);
    return;
  }
  const isOwn = info !== null && info.signo === signo;
  const uid = k.tasks.get(traced.tracer as never)?.credentials.ruid ?? 0;
  const pid = tracerOf(k, k.task)?.tgid ?? 0;
  const told: SigInfo = isOwn ? info : sigInfo(signo, { code: SI.SI_USER, pid, uid });
  if (has(k.task.blocked, signo)) k.task.pending.push({ ...told, timer: 0, owner: -1 });
  deliver(k, has(k.task.blocked, signo) ? undefined : told);
}

function deliver(k: Kernel, told: SigInfo | undefined): void {
  const how: Interrupted | null = k.task.call === null ? null : k.table[k.call.nr]!.interrupted;
  if (deliverSignals(k, how, told) === 'again') again(k, true);
}

/** A call that was interrupted goes on: as a new one, for those who stop at calls. */
function again(k: Kernel, fromTop: boolean): void {
  if (k.task.call === null || stopsAtEntry(k)) return;
  look(k, fromTop);
}

function look(k: Kernel, fromTop: boolean): void {
  if (fromTop) restartCall(k);
  else continueCall(k);
}
