/** A machine as the library's user holds it: programs to start, a console, views, and an end. */
import type { Problem } from '../base/index.ts';
import { problem } from '../base/index.ts';
import type { EventJson, EventQuery, EventRecord } from '../events/index.ts';
import {
  bootMachine,
  type CallCount,
  type Machine as Core,
  DEFAULT_ENV,
  explainMachine,
  type FileChange,
  type HeapView,
  type HostProcess,
  type MachineView,
  type PageView,
  type PcbView,
  type PolicyChoice,
  type Told,
} from '../machine/index.ts';
import { FIRST_WINDOW, GuestConsole, type Window } from './console.ts';
import { type Driven, Driver } from './drive.ts';
import { orThrow, TimesliceError } from './error.ts';
import type { Opening } from './opening.ts';
import { type BootOptions, machineOptions } from './options.ts';
import { Process } from './process.ts';
import { type MachineRecorder, recorderFor } from './record.ts';
import { coreSpawn, type SpawnOptions, withMemory } from './spawn.ts';
import { GuestInput, GuestOutput } from './streams.ts';
import { type EventWatcher, Watchers } from './watch.ts';

/** A pipe whose host end is not yet over. */
interface Tap {
  readonly port: number;
  readonly output: GuestOutput;
}

const CLOSED = problem('closed', 'the machine has been closed', 'Boot another one.');
const ABORTED = problem('aborted', 'the machine was stopped by its abort signal', 'Boot another one.');

/** What a machine begins with, beside its core. */
interface MachineParts {
  readonly opening?: Opening;
  readonly window?: Window;
  readonly recorder?: MachineRecorder | null;
}

export class Machine {
  /** The machine's terminal. */
  readonly console: GuestConsole;
  readonly #core: Core;
  readonly #env: Readonly<Record<string, string>>;
  readonly #driver: Driver;
  readonly #processes: Process[] = [];
  readonly #watchers: Watchers;
  readonly #opening: Opening | null;
  /** What a program was given before the machine was open. */
  #held: { readonly input: () => void; readonly bytes: number }[] = [];
  #taps: Tap[] = [];
  readonly #recorder: MachineRecorder | null;
  #why: Problem | null = null;

  /** @internal */
  constructor(core: Core, options: BootOptions, parts: MachineParts = {}) {
    const { opening = null, window = FIRST_WINDOW, recorder = null } = parts;
    this.#core = core;
    this.#recorder = recorder;
    recorder?.attach(core);
    this.#watchers = new Watchers(core.events);
    this.#opening = opening;
    if (opening !== null) opening.onOpen = () => this.#release();
    this.#env = options.env ?? DEFAULT_ENV;
    if (options.trace !== undefined) core.trace(options.trace, options.traceChoice);
    this.#driver = new Driver(core, this.#driven(options.stopsInDeadlock === true), opening);
    this.console = new GuestConsole(core, this.#driver, window);
    this.#obey(options.signal);
  }

  /** Starts a program; its name is looked for in PATH. Throws when it cannot be run. */
  spawn(argv: readonly string[], options: SpawnOptions = {}): Process {
    if (this.#why !== null) throw new TimesliceError(this.#why);
    this.#driver.catchUp();
    return this.adopt(orThrow(this.#core.spawn(coreSpawn(argv, { env: this.#env, ...options }))), options);
  }

  /** @internal A program that the machine has already. */
  adopt(started: HostProcess, { stderr = 'pipe' }: SpawnOptions): Process {
    const process = new Process(this, started.pid, {
      stdin: this.#input(started.stdin),
      stdout: this.#output(started.stdout),
      stderr: this.#output(stderr === 'stdout' ? 0 : started.stderr),
    });
    this.#processes.push(process);
    this.#driver.wake();
    return process;
  }

  /** Processes, threads, mappings, descriptors and queues as plain data. */
  inspect(): MachineView {
    return this.#core.inspect();
  }

  /** The process control block of a thread, or of a process by its number; undefined when there is none. */
  pcb(id: number): PcbView | undefined {
    return this.#core.pcb(id);
  }

  /** The pages of a process that have frames, in a range of addresses; undefined when there is no such process. */
  pages(pid: number, start?: number, end?: number): readonly PageView[] | undefined {
    return this.#core.pages(pid, start, end);
  }

  /** What the kernel did, as far back as its log reaches. */
  events(query: EventQuery = {}): readonly EventRecord[] {
    return this.#core.events.records(query);
  }

  /** An event in words; fields that hold a name become text. */
  eventText(event: EventRecord): string {
    return this.#core.events.text(event);
  }

  /** The text of an event's field that ends in `Name`. */
  nameOf(id: number): string {
    return this.#core.events.nameOf(id);
  }

  /** Ordinary tasks are scheduled by another policy from now on. Throws when there is none of that name. */
  setPolicy(policy: PolicyChoice): void {
    this.#driver.catchUp();
    const wrong = this.#core.setPolicy(policy);
    if (wrong !== null) throw new TimesliceError(wrong);
  }

  /** Counts the system calls that follow, as `strace -c` does; the map fills as the machine runs. */
  countCalls(): ReadonlyMap<string, CallCount> {
    return this.#core.countCalls();
  }

  /** Watches the heaps of programs that use malloc from now on; gives what tells of them. */
  watchHeap(): () => HeapView {
    this.#opening?.keepNothing();
    return this.#core.watchHeap();
  }

  /**
   * Tells, from now on, what the kernel does for each line of Python programs, as data that `explainLines` has words
   * for; gives what tells the rest at the end. Files below `folder` are the user's own; unless told, all but libraries.
   */
  explain(take: (told: Told) => void, folder?: string): () => void {
    this.#opening?.keepNothing();
    return explainMachine(this.#core, take, folder);
  }

  /** What the guest changed below a mount of the options, in the order to make it elsewhere. */
  changes(path: string): readonly FileChange[] {
    return orThrow(this.#core.changes(path));
  }

  /** Fills `into` with bytes of a file that `changes` told of; gives how many there were. */
  readChanged(file: number, offset: number, into: Uint8Array): number {
    return this.#core.readChanged(file, offset, into);
  }

  /** An event with names instead of numbers, as exports have it. */
  eventJson(event: EventRecord): EventJson {
    return this.#core.events.json(event);
  }

  /**
   * Calls back with the events that match, those still in the log first, then as they happen; gives what ends that.
   * Kinds that are named are recorded from now on.
   */
  watch(watcher: EventWatcher, query: EventQuery = {}): () => void {
    if (this.#watchers.asksMore(query)) this.#opening?.keepNothing();
    return this.#watchers.add(watcher, query);
  }

  /** Equal for equal machines: all registers, memory and kernel records. */
  stateHash(): string {
    return this.#core.stateHash();
  }

  /** Sends a signal to any process by pid. */
  kill(pid: number, signo: number): boolean {
    this.#driver.catchUp();
    const isThere = this.#core.kill(pid, signo);
    this.#driver.wake();
    return isThere;
  }

  /** Stops everything. Who waits for what still runs gets an error of the code `closed`; outputs just end. */
  close(): void {
    this.#driver.stop(CLOSED);
  }

  #obey(signal: BootOptions['signal']): void {
    if (signal === undefined) return;
    const stop = () => this.#driver.stop(ABORTED);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  }

  #driven(stopsInDeadlock: boolean): Driven {
    return {
      stopsInDeadlock,
      collect: (isResting) => this.#collect(isResting),
      isNeeded: () => this.#isNeeded(),
      stopped: (why) => this.#stopped(why),
    };
  }

  #isNeeded(): boolean {
    return (
      this.#processes.some(({ isAlive }) => isAlive) || this.#taps.some(({ output }) => output.isAwaited)
    );
  }

  #collect(isResting: boolean): boolean {
    this.#watchers.look();
    this.#recorder?.after(isResting);
    // A sealed machine has written nothing yet, and ends of streams would be input.
    return this.#opening?.isOver === false ? false : this.#move();
  }

  /** Takes output and exit statuses out of the machine. */
  #move(): boolean {
    let hasMoved = this.console.collect();
    for (const tap of this.#taps) hasMoved = this.#drain(tap) || hasMoved;
    for (const process of this.#processes) {
      const status = this.#core.waitStatus(process.pid);
      if (status === null || !process.isAlive) continue;
      process.finish(status);
      hasMoved = true;
    }
    return hasMoved;
  }

  /** Moves what a program has written as far as there is room. */
  #drain(tap: Tap, room = tap.output.room): boolean {
    const { port, output } = tap;
    const { bytes, isOver } = this.#core.read(port, room);
    output.push(bytes);
    if (isOver || output.isOver) {
      output.end();
      this.#core.close(port);
      this.#taps = this.#taps.filter((other) => other !== tap);
    }
    return bytes.length > 0 || isOver;
  }

  #stopped(why: Problem | null): void {
    this.#watchers.look();
    this.#move();
    this.#why = why ?? CLOSED;
    const first = this.#processes[0];
    this.#recorder?.end(this.#why.code, first === undefined ? null : this.#core.waitStatus(first.pid));
    for (const process of this.#processes) process.fail(this.#why);
    const failure = this.#why === CLOSED ? null : new TimesliceError(this.#why);
    for (const tap of this.#taps) {
      this.#drain(tap, Number.POSITIVE_INFINITY);
      tap.output.end(failure);
    }
    this.console.end();
  }

  #input(port: number): GuestInput {
    if (port === 0) return new GuestInput(null);
    return new GuestInput({
      write: (bytes) => this.#enter(() => this.#core.write(port, bytes), true, bytes.length),
      close: () => this.#enter(() => this.#core.close(port), undefined),
      unread: () => this.#held.reduce((sum, { bytes }) => sum + bytes, this.#core.unread(port)),
    });
  }

  /** A sealed machine gets its input when it is open; till then the answer is what it would be then. */
  #enter<T>(input: () => T, later: T, bytes = 0): T {
    if (this.#opening?.isOver === false) {
      this.#held.push({ input, bytes });
      return later;
    }
    this.#driver.catchUp();
    const result = input();
    this.#driver.wake();
    return result;
  }

  /** The machine is open. */
  #release(): void {
    for (const { input } of this.#held.splice(0)) input();
  }

  #output(port: number): GuestOutput {
    const output = new GuestOutput(() => this.#driver.wake());
    if (port === 0) output.end();
    else this.#taps.push({ port, output });
    return output;
  }
}

/** Makes a machine. It runs while a program that was spawned in it lives. Throws when the options are wrong. */
export async function boot(options: BootOptions = {}): Promise<Machine> {
  const made = { ...orThrow(machineOptions(options)), hasInit: true };
  const recorder = recorderFor(made, options);
  const core = orThrow(withMemory(() => bootMachine(recorder?.options ?? made)));
  return new Machine(core, options, { recorder });
}
