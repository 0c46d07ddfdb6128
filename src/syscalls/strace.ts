/**
 * `strace -f` text from the declarations. One line a call; a call during which another task speaks is cut
 * into `<unfinished ...>` and `<... resumed>`, as strace does.
 */
import { ERRNO_TEXT, type Errno, SI, SIGNAL, signalName } from '../abi/index.ts';
import type { Kernel, SigInfo, Syscall, Task, Tracer } from '../kernel/index.ts';

/** strace aligns results at this column. */
const RESULT_COLUMN = 40;

const CODES = new Map<string, string>([
  ...Object.entries(SI).map(([name, code]): [string, string] => [`${prefixOf(name)}:${code}`, name]),
]);
function prefixOf(name: string): string {
  const family = name.slice(0, name.indexOf('_'));
  return { ILL: 'SIGILL', SEGV: 'SIGSEGV', BUS: 'SIGBUS', TRAP: 'SIGTRAP', CLD: 'SIGCHLD' }[family] ?? 'any';
}

function signalText(info: SigInfo): string {
  const name = signalName(info.signo);
  const code = CODES.get(`${name}:${info.code}`) ?? CODES.get(`any:${info.code}`) ?? String(info.code);
  const head = `si_signo=${name}, si_code=${code}`;
  if (info.signo === SIGNAL.SIGCHLD && info.code > 0 && info.code !== SI.SI_KERNEL) {
    const exited = info.code === SI.CLD_EXITED;
    const status = exited ? info.status : signalName(info.status);
    return `${head}, si_pid=${info.pid}, si_uid=${info.uid}, si_status=${status}, si_utime=0, si_stime=0`;
  }
  if (info.code > 0 && info.code !== SI.SI_KERNEL)
    return `${head}, si_addr=${info.addr === 0 ? 'NULL' : `0x${info.addr.toString(16)}`}`;
  return info.code === SI.SI_KERNEL ? head : `${head}, si_pid=${info.pid}, si_uid=${info.uid}`;
}

/** A call's arguments: those known on entry, up to the first that is shown afterwards; then the rest. */
function argumentsText(
  k: Kernel,
  row: Syscall,
  from: number,
  to: number,
  result: number | Errno | null,
): string {
  const shown: string[] = [];
  for (let i = from; i < to; i++) {
    const arg = row.args[i]!;
    const value = arg.decode(k.call.words[2 * i]!, k.call.words[2 * i + 1]!);
    const text = arg.show(value, k, result);
    // An argument the call does not look at (open's mode without O_CREAT) shows nothing.
    if (text !== '') shown.push(text);
  }
  return shown.join(', ');
}

function resultText(row: Syscall, result: number | Errno): string {
  if (typeof result === 'string') return `-1 ${result} (${ERRNO_TEXT[result]})`;
  if (row.result === 'hex') return `0x${result.toString(16)}`;
  if (row.result === 'octal') return `0${result.toString(8)}`;
  return String(result);
}

export interface StraceOptions {
  /** Takes finished text; lines end with a newline. */
  readonly write: (text: string) => void;
  /** Names of the calls to show; all when absent. */
  readonly only?: ReadonlySet<string>;
}

export class Strace implements Tracer {
  readonly #k: Kernel;
  readonly #options: StraceOptions;
  /** The task whose line is not finished yet, and how long that line is. */
  #open: { readonly tid: number; length: number } | null = null;
  /** Tasks whose call was cut by another's line, and those seen so far. */
  readonly #cut = new Set<number>();
  readonly #seen = new Set<number>();

  constructor(k: Kernel, options: StraceOptions) {
    this.#k = k;
    this.#options = options;
  }

  onEnter(task: Task, row: Syscall): void {
    this.#greet(task);
    if (!this.#shows(row)) return;
    const cut = firstAfter(row);
    const head = `${row.name}(${argumentsText(this.#k, row, 0, cut, null)}`;
    const more = cut > 0 && cut < row.args.length ? ', ' : '';
    this.#begin(task, head + more);
    if (row.result === 'none') this.#end('= ?');
  }

  onExit(task: Task, row: Syscall | undefined, result: number | Errno): void {
    if (row === undefined) {
      this.#begin(task, `syscall_${this.#k.call.nr}(...`);
      this.#end(`= -1 ENOSYS (${ERRNO_TEXT.ENOSYS})`);
      return;
    }
    if (!this.#shows(row) || row.result === 'none') return;
    if (this.#cut.delete(task.tid)) this.#begin(task, `<... ${row.name} resumed>`);
    else if (this.#open?.tid !== task.tid) return;
    this.#append(argumentsText(this.#k, row, firstAfter(row), row.args.length, result));
    this.#end(`= ${resultText(row, result)}`);
  }

  onSignal(task: Task, info: SigInfo): void {
    this.#line(task, `--- ${signalName(info.signo)} {${signalText(info)}} ---`);
  }

  onTaskExit(task: Task, status: number): void {
    this.#cut.delete(task.tid);
    const signo = status & 0x7f;
    const how = signo === 0 ? `exited with ${(status >> 8) & 0xff}` : `killed by ${signalName(signo)}`;
    this.#line(task, `+++ ${how} +++`);
    this.#seen.delete(task.tid);
  }

  #shows = (row: Syscall) => this.#options.only?.has(row.name) ?? true;

  #greet(task: Task): void {
    if (this.#seen.has(task.tid)) return;
    const first = this.#seen.size === 0;
    this.#seen.add(task.tid);
    if (first) return;
    this.#interrupt();
    this.#options.write(`strace: Process ${task.tid} attached\n`);
  }

  /** Cuts the line that another task left open. */
  #interrupt(): void {
    if (this.#open === null) return;
    this.#cut.add(this.#open.tid);
    this.#options.write(' <unfinished ...>\n');
    this.#open = null;
  }

  #begin(task: Task, text: string): void {
    this.#interrupt();
    const prefix = this.#seen.size > 1 ? `[pid ${String(task.tid).padStart(5)}] ` : '';
    this.#open = { tid: task.tid, length: text.length };
    this.#options.write(prefix + text);
  }

  #append(text: string): void {
    this.#open!.length += text.length;
    this.#options.write(text);
  }

  #end(result: string): void {
    const gap = ' '.repeat(Math.max(1, RESULT_COLUMN - this.#open!.length - 1));
    this.#options.write(`)${gap}${result}\n`);
    this.#open = null;
  }

  #line(task: Task, text: string): void {
    this.#begin(task, text);
    this.#options.write('\n');
    this.#open = null;
  }
}

const firstAfter = (row: Syscall): number => {
  const at = row.args.findIndex((arg) => arg.when === 'after');
  return at < 0 ? row.args.length : at;
};
