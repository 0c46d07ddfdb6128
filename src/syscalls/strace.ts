/**
 * `strace -f` text from the declarations. One line a call; a call during which another task speaks is cut
 * into `<unfinished ...>` and `<... resumed>`, as strace does.
 */
import { ERRNO_TEXT, type Errno, SIGNAL, signalName } from '../abi/index.ts';
import {
  encodeSigInfo,
  type Interrupted,
  type Kernel,
  type SigInfo,
  type Syscall,
  type Task,
  type Tracer,
} from '../kernel/index.ts';
import { StraceLines, type StraceOptions } from './strace-lines.ts';
import { Fields } from './text/fields.ts';
import { siginfoText } from './text/siginfo.ts';

export type { CallStatus, StraceOptions, TraceChoice } from './strace-lines.ts';

/** What strace says of a call that a signal interrupts before the kernel has decided whether it is made anew. */
const RESTARTS: Readonly<Record<Interrupted, string>> = {
  'never blocks': `-1 EINTR (${ERRNO_TEXT.EINTR})`,
  EINTR: `-1 EINTR (${ERRNO_TEXT.EINTR})`,
  ERESTARTSYS: '? ERESTARTSYS (To be restarted if SA_RESTART is set)',
  ERESTARTNOHAND: '? ERESTARTNOHAND (To be restarted if no handler)',
  ERESTART_RESTARTBLOCK: '? ERESTART_RESTARTBLOCK (Interrupted by signal)',
};

/** A task in a call that is shown. */
interface Call {
  readonly row: Syscall;
  /** Told instead of the call's own name and arguments: a call that goes on after a signal. */
  readonly isResumed: boolean;
  readonly before: readonly unknown[];
  /** How many arguments were told when it began. */
  readonly told: number;
}

/** The arguments from one to another, those that show nothing left out. */
function argumentsText(
  k: Kernel,
  { row, before }: Call,
  from: number,
  to: number,
  result: number | Errno | null,
): string[] {
  const shown: string[] = [];
  for (let i = from; i < to; i++) {
    const arg = row.args[i]!;
    const value = arg.decode(k.call.words[2 * i]!, k.call.words[2 * i + 1]!);
    // An argument the call does not look at (open's mode without O_CREAT) shows nothing.
    const text = arg.show(value, k, result, { index: i, before });
    if (text !== '') shown.push(text);
  }
  return shown;
}

/** How many arguments are told when the call begins: those before the first that the call itself fills. */
const toldFirst = (k: Kernel, row: Syscall): number => {
  const at = row.args.findIndex(({ when }) => when === 'after' || (typeof when === 'function' && when(k)));
  const changed = row.args.findIndex((arg) => arg.change !== undefined);
  const end = at < 0 ? row.args.length : at;
  return changed < 0 ? end : Math.min(end, changed + 1);
};

function resultText(k: Kernel, { row, before }: Call, result: number | Errno): string {
  if (typeof result === 'string') return `-1 ${result} (${ERRNO_TEXT[result]})`;
  if (typeof row.result === 'function') return row.result(result, k, before);
  if (row.result === 'hex') return `0x${result.toString(16)}`;
  if (row.result === 'octal') return `0${result.toString(8)}`;
  return String(result);
}

const nameOf = ({ row, isResumed }: Call): string => (isResumed ? 'restart_syscall' : row.name);

/** Reads the siginfo of a signal as its receiver would. */
const infoText = (info: SigInfo): string => siginfoText(new Fields(encodeSigInfo(info)));

export class Strace implements Tracer {
  readonly textLimit: number;
  readonly #k: Kernel;
  readonly #lines: StraceLines;
  readonly #options: StraceOptions;
  readonly #calls = new Map<number, Call>();
  /** Signals that nobody takes, of tasks that are in a call: strace sees them when the call has ended. */
  readonly #ignored = new Map<number, SigInfo[]>();

  constructor(k: Kernel, options: StraceOptions) {
    this.#k = k;
    this.#options = options;
    this.#lines = new StraceLines(options);
    this.textLimit = options.stringSize ?? 32;
  }

  onEnter(task: Task, row: Syscall): void {
    this.#lines.greet(task.tid);
    if (this.#shows(row)) this.#begin(task, row, false);
  }

  onExit(task: Task, row: Syscall | undefined, result: number | Errno): void {
    if (row === undefined) this.#unknown(task);
    const call = this.#calls.get(task.tid);
    if (call === undefined || row?.result === 'none') {
      this.#tellIgnored(task);
      return;
    }
    const text = call.isResumed ? ')' : this.#rest(call, result);
    this.#lines.end(
      task.tid,
      nameOf(call),
      text,
      resultText(this.#k, call, result),
      typeof result === 'string' ? 'failed' : 'successful',
    );
    this.#calls.delete(task.tid);
    this.#tellIgnored(task);
  }

  onInterrupted(task: Task, _row: Syscall, how: Interrupted): void {
    const call = this.#calls.get(task.tid);
    if (call === undefined) return;
    const text = call.isResumed ? ')' : this.#rest(call, 'EINTR');
    this.#lines.end(task.tid, nameOf(call), text, RESTARTS[how], 'failed');
    this.#calls.delete(task.tid);
  }

  onAgain(task: Task, row: Syscall, how: Interrupted): void {
    if (this.#shows(row) && !this.#calls.has(task.tid))
      this.#begin(task, row, how === 'ERESTART_RESTARTBLOCK');
  }

  onBlock(task: Task, row: Syscall): void {
    if (!this.#ignored.has(task.tid)) return;
    const how = row.interrupted;
    if (how === 'EINTR' || how === 'never blocks') return;
    this.onInterrupted(task, row, how);
    this.#tellIgnored(task);
    this.onAgain(task, row, how);
  }

  onSignal(task: Task, info: SigInfo): void {
    if (info.signo === SIGNAL.SIGKILL || !this.#lines.showsSignal(info.signo)) return;
    this.#lines.greet(task.tid);
    this.#lines.line(task.tid, `--- ${signalName(info.signo)} ${infoText(info)} ---`);
  }

  onIgnored(task: Task, info: SigInfo): void {
    const isInCall = task.call !== null;
    if (!isInCall) {
      this.onSignal(task, info);
      return;
    }
    const waiting = this.#ignored.get(task.tid);
    if (waiting === undefined) this.#ignored.set(task.tid, [info]);
    else waiting.push(info);
  }

  onStop(task: Task, signo: number): void {
    if (this.#lines.showsSignal(signo)) this.#lines.line(task.tid, `--- stopped by ${signalName(signo)} ---`);
  }

  onTaskExit(task: Task, status: number): void {
    const { tid } = task;
    const call = this.#calls.get(tid);
    if (call !== undefined) this.#lines.end(tid, nameOf(call), ' <unfinished ...>)', '?', 'unfinished');
    this.#calls.delete(tid);
    this.#ignored.delete(tid);
    const signo = status & 0x7f;
    const core = (status & 0x80) === 0 ? '' : ' (core dumped)';
    const how = signo === 0 ? `exited with ${(status >> 8) & 0xff}` : `killed by ${signalName(signo)}${core}`;
    this.#lines.line(tid, `+++ ${how} +++`);
    this.#lines.forget(tid);
  }

  #shows = (row: Syscall): boolean => this.#options.only?.has(row.name) ?? true;

  #begin(task: Task, row: Syscall, isResumed: boolean): void {
    const k = this.#k;
    const before = row.args.map((arg, i) =>
      arg.before?.(arg.decode(k.call.words[2 * i]!, k.call.words[2 * i + 1]!), k),
    );
    const told = toldFirst(k, row);
    const call = { row, before, isResumed, told };
    if (isResumed) {
      this.#lines.begin(task.tid, `restart_syscall(<... resuming interrupted ${row.name} ...>`);
    } else {
      const shown = argumentsText(k, call, 0, told, null);
      const more = told < row.args.length && row.args[told - 1]?.change === undefined;
      this.#lines.begin(task.tid, `${row.name}(${shown.join(', ')}${more && shown.length > 0 ? ', ' : ''}`);
    }
    if (row.result === 'none') this.#lines.end(task.tid, row.name, ')', '?', 'unfinished');
    else this.#calls.set(task.tid, call);
  }

  /** What is told of a call once it has returned. */
  #rest(call: Call, result: number | Errno): string {
    const k = this.#k;
    const { row, told: from } = call;
    const last = row.args[from - 1];
    const shown = argumentsText(k, call, from, row.args.length, result);
    if (last?.change === undefined) return `${shown.join(', ')})`;
    const at = from - 1;
    const change = last.change(last.decode(k.call.words[2 * at]!, k.call.words[2 * at + 1]!), k, result);
    return `${[change, ...shown].join(', ')})`;
  }

  #unknown(task: Task): void {
    const { nr, words } = this.#k.call;
    this.#lines.greet(task.tid);
    const name = `syscall_0x${(nr >>> 0).toString(16)}`;
    if (this.#options.only?.has(name) === false) return;
    const shown = Array.from({ length: 6 }, (_, i) => {
      const high = words[2 * i + 1]! >>> 0;
      const low = words[2 * i]! >>> 0;
      return high === 0 && low === 0 ? '0' : `0x${(high * 2 ** 32 + low).toString(16)}`;
    });
    this.#lines.begin(task.tid, `${name}(${shown.join(', ')}`);
    this.#lines.end(task.tid, name, ')', `-1 ENOSYS (${ERRNO_TEXT.ENOSYS})`, 'failed');
  }

  #tellIgnored(task: Task): void {
    const waiting = this.#ignored.get(task.tid);
    if (waiting === undefined) return;
    this.#ignored.delete(task.tid);
    for (const info of waiting) this.onSignal(task, info);
  }
}
