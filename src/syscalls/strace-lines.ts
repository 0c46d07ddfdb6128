/** The lines of a trace: whose is open, who is told of by number, which are kept back until their call has ended. */
import { signalName } from '../abi/index.ts';

/** strace aligns results at this column. */
const RESULT_COLUMN = 40;

/** How a call ended, for those who want to see some of them only. */
export type CallStatus = 'successful' | 'failed' | 'unfinished';

/** What of a trace is wanted, and how it looks. */
export interface TraceChoice {
  /** Names of the calls to show; all when absent. */
  readonly only?: ReadonlySet<string>;
  /** Names of the signals to show; all when absent. */
  readonly signals?: ReadonlySet<string>;
  /** Only calls that end so; all when absent. */
  readonly status?: ReadonlySet<CallStatus>;
  /** Every line begins with the number of its task, as in strace's files; otherwise only while there are several. */
  readonly isFile?: boolean;
  /** How many bytes of a text are shown: 32 unless told. */
  readonly stringSize?: number;
}

export interface StraceOptions extends TraceChoice {
  /** Takes finished text; lines end with a newline. */
  readonly write: (text: string) => void;
}

interface Line {
  /** What was written of it, or is kept back. */
  length: number;
  text: string;
  isCut: boolean;
}

export class StraceLines {
  readonly #options: StraceOptions;
  readonly #lines = new Map<number, Line>();
  /** The task whose line is not finished yet. */
  #open = 0;
  readonly #seen = new Set<number>();

  constructor(options: StraceOptions) {
    this.#options = options;
  }

  /** Says that a task is there, the first time it is heard of. */
  greet(tid: number): void {
    if (this.#seen.has(tid)) return;
    this.#seen.add(tid);
    if (this.#seen.size === 1 || this.#options.isFile === true) return;
    this.#interrupt();
    this.#options.write(`strace: Process ${tid} attached\n`);
  }

  forget(tid: number): void {
    this.#seen.delete(tid);
    this.#lines.delete(tid);
  }

  showsSignal = (signo: number): boolean => this.#options.signals?.has(signalName(signo)) ?? true;

  /** A call begins. */
  begin(tid: number, text: string): void {
    const whole = this.#prefix(tid) + text;
    this.#lines.set(tid, { text: whole, length: whole.length, isCut: false });
    if (this.#options.status !== undefined) return;
    this.#interrupt();
    this.#open = tid;
    this.#options.write(whole);
  }

  /** A call ends: what is left of its arguments, and its result. */
  end(tid: number, name: string, rest: string, result: string, status: CallStatus): void {
    const line = this.#lines.get(tid);
    if (line === undefined) return;
    this.#lines.delete(tid);
    const { status: wanted } = this.#options;
    if (wanted !== undefined) {
      if (wanted.has(status))
        this.#options.write(`${line.text}${rest}${gap(line.length + rest.length)}= ${result}\n`);
      return;
    }
    let length = line.length;
    if (line.isCut) {
      const again = `${this.#prefix(tid)}<... ${name} resumed>`;
      this.#interrupt();
      this.#options.write(again);
      length = again.length;
    }
    this.#options.write(`${rest}${gap(length + rest.length)}= ${result}\n`);
    this.#open = 0;
  }

  /** A line of its own. */
  line(tid: number, text: string): void {
    this.#interrupt();
    this.#options.write(`${this.#prefix(tid)}${text}\n`);
  }

  /** Cuts the line that another task left open. */
  #interrupt(): void {
    if (this.#open === 0) return;
    const line = this.#lines.get(this.#open);
    if (line !== undefined) line.isCut = true;
    this.#options.write(' <unfinished ...>\n');
    this.#open = 0;
  }

  #prefix(tid: number): string {
    if (this.#options.isFile === true) return `${String(tid).padEnd(5)} `;
    return this.#seen.size > 1 ? `[pid ${String(tid).padStart(5)}] ` : '';
  }
}

const gap = (length: number): string => ' '.repeat(Math.max(1, RESULT_COLUMN - length));
