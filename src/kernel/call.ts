/**
 * One system call, from the ecall to a0: dispatch by number, and looking again after a wait. What a blocked
 * call needs to go on lies in its `PendingCall`; nothing of it is on the host's stack.
 */
import { ERRNO, type Errno } from '../abi/index.ts';
import { bug, NEVER } from '../base/index.ts';
import { EVENT } from '../events/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { block } from './block.ts';
import { AFTER_CALL } from './call-event.ts';
import { holdFiles, letFilesGo } from './held-files.ts';
import type { Kernel } from './kernel.ts';
import { judgeCall } from './seccomp.ts';
import { hasDeliverable, isKilledIn } from './signal.ts';
import { deliverSignals, restoreMask } from './signal-deliver.ts';
import { asUnsigned64, cutShort, READER, type Syscall } from './syscall.ts';
import { stopAtEnd, stopsAtEntry, stopsInterrupted } from './trace-call.ts';
import { isTraced } from './tracing.ts';

/** A call that set the registers itself (rt_sigreturn, execve), or after which no task is left to return to. */
export const REGISTERS_REPLACED = Number.MIN_SAFE_INTEGER;

/** Index of a register's low word in `hart.xWords`. */
const A0 = 20;
const A7 = 34;
const WORDS = 12;

/** Whether a tracer has seen the call yet, and whether a filter has had it told to one. */
export type Entry = 'new' | 'seen' | 'told';

/** The current task executed an ecall, or goes on with one that a tracer has let pass. */
export function enterCall(k: Kernel, entry: Entry = 'new'): void {
  if (k.task.isWatched && !mayEnter(k, entry)) return;
  const { task } = k;
  const x = k.hart.xWords;
  const call = task.ownCall;
  call.nr = x[A7]!;
  call.deadline = -1;
  call.isWall = false;
  call.progress = 0;
  call.note = 0;
  task.call = call;
  task.syscalls++;
  const row = x[A7 + 1] === 0 ? k.table[call.nr] : undefined;
  const { words } = call;
  const count = row === undefined ? WORDS : 2 * row.args.length;
  for (let i = 0; i < count; i++) words[i] = x[A0 + i]!;
  if (!k.events.skips(EVENT.syscallEnter)) recordEnter(k);
  if (row === undefined) {
    recordUnsupported(k);
    finish(k, undefined, 'ENOSYS');
    return;
  }
  k.tracer?.onEnter(task, row);
  settle(k, row, invoke(k, row, false));
}

/** The current call, or what it asks for, is not there: people want to know why a program goes another way. */
export function recordUnsupported(k: Kernel): void {
  const { nr, words } = k.call;
  k.events.record(EVENT.unsupported, k.clock, k.cpu.id, k.task.tid, nr, word(words, 0), word(words, 1));
}

/** A task that was woken in the middle of a call looks again. */
export function continueCall(k: Kernel): void {
  const row = k.table[k.call.nr] ?? bug(`call ${k.call.nr} has no row`);
  settle(k, row, invoke(k, row, true));
}

/** A call that a signal interrupted, and that nobody handled, looks again from the top. */
export function restartCall(k: Kernel): void {
  const row = k.table[k.call.nr] ?? bug(`call ${k.call.nr} has no row`);
  k.tracer?.onAgain(k.task, row, row.interrupted);
  letFilesGo(k, k.task);
  settle(k, row, cutShort(k, row) ?? invoke(k, row, false));
}

/** Asks the tracer, and the task's own filters; false when somebody has seen to the call. */
function mayEnter(k: Kernel, entry: Entry): boolean {
  if (entry === 'new' && stopsAtEntry(k)) return false;
  const verdict = judgeCall(k, entry === 'told');
  if (verdict === 'call') return true;
  if (verdict === 'done') return false;
  k.task.ownCall.nr = k.hart.xWords[A7]!;
  finish(k, undefined, verdict.result);
  return false;
}

type Run = (this: Syscall, k: Kernel, ...values: readonly unknown[]) => Outcome;

/** Decodes the arguments by position, without an array of them. */
function invoke(k: Kernel, row: Syscall, again: boolean): Outcome {
  const run = (again && row.resume !== undefined ? row.resume : row.run) as Run;
  const w = k.call.words;
  switch (row.args.length) {
    case 0:
      return run.call(row, k);
    case 1:
      return run.call(row, k, at(row, w, 0));
    case 2:
      return run.call(row, k, at(row, w, 0), at(row, w, 1));
    case 3:
      return run.call(row, k, at(row, w, 0), at(row, w, 1), at(row, w, 2));
    case 4:
      return run.call(row, k, at(row, w, 0), at(row, w, 1), at(row, w, 2), at(row, w, 3));
    case 5:
      return run.call(row, k, at(row, w, 0), at(row, w, 1), at(row, w, 2), at(row, w, 3), at(row, w, 4));
    default:
      return run.call(
        row,
        k,
        at(row, w, 0),
        at(row, w, 1),
        at(row, w, 2),
        at(row, w, 3),
        at(row, w, 4),
        at(row, w, 5),
      );
  }
}

function at(row: Syscall, words: Int32Array, i: number): unknown {
  const lo = words[2 * i]!;
  const reader = row.readers![i];
  if (reader === READER.int) return lo;
  if (reader === READER.uint) return lo >>> 0;
  const hi = words[2 * i + 1]!;
  // A small number stays one that needs no memory.
  if (hi === 0 && lo >= 0 && reader !== -1) return lo;
  return reader === READER.unsigned64 ? asUnsigned64(lo, hi) : row.args[i]!.decode(lo, hi);
}

/** Ends the call with its result, or puts the task to sleep; a deliverable signal ends a wait. */
function settle(k: Kernel, row: Syscall, first: Outcome): void {
  const { task } = k;
  let outcome = first;
  for (;;) {
    if (typeof outcome !== 'object') {
      if (outcome === REGISTERS_REPLACED) leaveReplaced(k, row);
      else if (task.run === 'running') finish(k, row, outcome);
      return;
    }
    const wakeable = outcome.uninterruptible !== true && row.interrupted !== 'never blocks';
    const ends = wakeable ? hasDeliverable(k.group, task) : isKilledIn(k.group, task, outcome);
    if (!ends) {
      holdFiles(k, row);
      k.tracer?.onBlock(task, row);
      block(k, outcome);
      return;
    }
    if (task.isWatched && isTraced(task) && showsInterrupted(k, row)) return;
    if (deliverSignals(k, row.interrupted) !== 'again') return;
    k.tracer?.onAgain(task, row, row.interrupted);
    letFilesGo(k, task);
    outcome = cutShort(k, row) ?? invoke(k, row, false);
  }
}

/**
 * A tracer sees how a call ends that a signal interrupts. One that fails in any case, or has moved something, ends
 * before the signal is taken (Linux: its result is in a0 by then); one that may be made anew tells so to whom stops
 * at calls.
 */
function showsInterrupted(k: Kernel, row: Syscall): boolean {
  const { task, call } = k;
  const timed = call.deadline >= 0 && call.deadline < NEVER;
  const fails = row.interrupted === 'EINTR' || (row.interrupted === 'ERESTARTSYS' && timed);
  if (call.progress === 0 && !fails) return stopsInterrupted(k, row.interrupted);
  const mask = task.savedMask;
  task.savedMask = null;
  finish(k, row, call.progress > 0 ? call.progress : (cutShort(k, row) ?? 'EINTR'));
  // It comes back when a handler has been entered, or there is none.
  task.savedMask = mask;
  return true;
}

/** The call has set all registers itself. */
export function leaveReplaced(k: Kernel, row: Syscall): void {
  const { task } = k;
  if (task.run !== 'running') return;
  task.call = null;
  letFilesGo(k, task);
  if (k.tracer !== null) k.tracer.onExit(task, row, returned(k));
  if (task.isWatched) stopAtEnd(k);
}

/** What a0 says to who looks at it after the call. */
function returned({ hart }: Kernel): number | Errno {
  const [lo, hi] = [hart.xWords[A0]!, hart.xWords[A0 + 1]!];
  const value = hi * 2 ** 32 + (lo >>> 0);
  return NAMES.get(-value) ?? value;
}
const NAMES = new Map(Object.entries(ERRNO).map(([name, number]) => [number as number, name as Errno]));

/** Writes a0 and steps over the ecall. */
function finish(k: Kernel, row: Syscall | undefined, result: number | Errno): void {
  const { task, hart, call } = k;
  const x = hart.xWords;
  if (typeof result === 'number') {
    x[A0] = result;
    x[A0 + 1] = (result | 0) === result ? result >> 31 : Math.floor(result / 2 ** 32);
  } else {
    if (row !== undefined && !row.errors.includes(result)) undeclared(k, row, result);
    x[A0] = -ERRNO[result];
    x[A0 + 1] = -1;
  }
  hart.stepOver();
  k.tracer?.onExit(task, row, result);
  AFTER_CALL[call.nr]?.(k, result);
  if (!k.events.skips(EVENT.syscallExit)) recordExit(k, result);
  task.call = null;
  if (task.ownCall.held !== null) letFilesGo(k, task);
  if (task.savedMask !== null) restoreMask(k);
  if (task.isWatched) stopAtEnd(k);
}

/** An errno that the declaration does not list: the declaration is a promise, so this is our bug. */
function undeclared(k: Kernel, row: Syscall, errno: Errno): void {
  if (k.options.strict) bug(`${row.name} gave ${errno}, which it does not declare`);
  k.events.record(EVENT.undeclared, k.clock, k.cpu.id, k.task.tid, row.nr, ERRNO[errno]);
}

const word = (words: Int32Array, i: number): number => wordAt(words, 2 * i);

const wordAt = (words: Int32Array, at: number): number => {
  const hi = words[at + 1]!;
  const lo = words[at]!;
  return hi === 0 ? lo >>> 0 : (lo >>> 0) + (hi >>> 0) * 2 ** 32;
};

function recordEnter(k: Kernel): void {
  const x = k.hart.xWords;
  const { clock, cpu, task, call } = k;
  const [a0, a1] = [wordAt(x, A0), wordAt(x, A0 + 2)];
  k.events.record(EVENT.syscallEnter, clock, cpu.id, task.tid, call.nr, a0, a1, wordAt(x, A0 + 4));
}

function recordExit(k: Kernel, result: number | Errno): void {
  const value = typeof result === 'number' ? result : -ERRNO[result];
  k.events.record(EVENT.syscallExit, k.clock, k.cpu.id, k.task.tid, k.call.nr, value);
}
