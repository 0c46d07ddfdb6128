/** A program that the host started in a machine. */
import { SIGNAL, type SignalName, signalName } from '../abi/index.ts';
import type { Problem } from '../base/index.ts';
import { TimesliceError } from './error.ts';
import type { GuestInput, GuestOutput } from './streams.ts';

/** How a program ended. */
export interface Ended {
  /** What it gave to exit, or null when a signal ended it. */
  readonly status: number | null;
  /** The signal that ended it, such as `SIGSEGV`, or null. */
  readonly signal: string | null;
  /** As a shell tells it: the status, or 128 and the signal's number. */
  readonly exitCode: number;
}

/** Reads a wait status. */
export function endedBy(waitStatus: number): Ended {
  const signo = waitStatus & 0x7f;
  if (signo !== 0) return { status: null, signal: signalName(signo), exitCode: 128 + signo };
  const status = (waitStatus >> 8) & 0xff;
  return { status, signal: null, exitCode: status };
}

/** What the process needs of its machine. */
interface Owner {
  kill(pid: number, signo: number): boolean;
}

/** The standard streams; those that are no pipes are at their end from the beginning. */
interface Streams {
  readonly stdin: GuestInput;
  readonly stdout: GuestOutput;
  readonly stderr: GuestOutput;
}

export class Process {
  readonly pid: number;
  /** Its standard input; takes nothing unless it was asked to be a pipe. */
  readonly stdin: GuestInput;
  /** Its output; empty where it is no pipe. */
  readonly stdout: GuestOutput;
  readonly stderr: GuestOutput;
  readonly #owner: Owner;
  #outcome: Ended | TimesliceError | null = null;
  readonly #waiters: ((outcome: Ended | TimesliceError) => void)[] = [];

  /** @internal */
  constructor(owner: Owner, pid: number, { stdin, stdout, stderr }: Streams) {
    this.#owner = owner;
    this.pid = pid;
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** Until the program has ended. Throws when the machine met a limit or was stopped before. */
  async wait(): Promise<Ended> {
    const outcome =
      this.#outcome ?? (await new Promise<Ended | TimesliceError>((resolve) => this.#waiters.push(resolve)));
    if (outcome instanceof TimesliceError) throw outcome;
    return outcome;
  }

  /** Sends a signal; false when the process has gone. */
  kill(signal: SignalName | number = 'SIGTERM'): boolean {
    const signo = typeof signal === 'number' ? signal : SIGNAL[signal];
    return this.isAlive && this.#owner.kill(this.pid, signo);
  }

  /** @internal */
  get isAlive(): boolean {
    return this.#outcome === null;
  }

  /** @internal */
  finish(waitStatus: number): void {
    this.#settle(endedBy(waitStatus));
  }

  /** @internal The machine has stopped under it. */
  fail(why: Problem): void {
    if (this.isAlive) this.#settle(new TimesliceError(why));
  }

  #settle(outcome: Ended | TimesliceError): void {
    this.#outcome = outcome;
    for (const waiter of this.#waiters.splice(0)) waiter(outcome);
  }
}
