/**
 * The machine: memory, processor, file systems and kernel put together, driven from outside in steps. It is
 * synchronous; whoever drives it decides when it runs and how long it waits for real time.
 */
import { hashHex, isProblem, type Nanos, NEVER, newHash, type Problem } from '../base/index.ts';
import type { EventLog } from '../events/index.ts';
import { Hart } from '../hart/index.ts';
import {
  changePolicy,
  createKernel,
  idleTo,
  type Kernel,
  type PolicyChoice,
  type RunStop,
  runCpus,
  sigInfo,
  type Tgid,
  type Tracer,
  whyNoPolicy,
} from '../kernel/index.ts';
import { layout, Memory } from '../memory/index.ts';
import { Strace, SYSCALLS, type TraceChoice } from '../syscalls/index.ts';
import {
  bootTree,
  CONSOLE,
  connectConsole,
  hasLookedOutside,
  hostBacklog,
  hostClose,
  hostDrain,
  hostUnread,
  hostWrite,
  type MountId,
  mountLayer,
  type Place,
  type Timestamp,
  ttyInput,
  ttyOutput,
  ttyResize,
} from '../vfs/index.ts';
import { type CallCount, countingTracer } from './call-counts.ts';
import { checkMachine } from './check.ts';
import { changesBelow, type FileChange, readChanged } from './file-change.ts';
import { hashMachine } from './hash.ts';
import { type HeapView, HeapWatch } from './heap/watch.ts';
import type { Input, InputKind, Position } from './input.ts';
import { inspect, type MachineView } from './inspect/machine-view.ts';
import { type PcbView, pcbOf } from './inspect/pcb.ts';
import { type PageView, pagesOfProcess } from './inspect/segments.ts';
import { type Circle, finalDeadlocks } from './inspect/waits.ts';
import { leftovers } from './leftovers.ts';
import { kernelOptions, type Settings } from './options.ts';
import { haltedBy, type RunState } from './run-state.ts';
import { Seal } from './seal.ts';
import { joined, loadSnapshot, readSnapshot, type Snapshot, snapshotOf } from './snapshot.ts';
import { type HostProcess, type SpawnOptions, spawn, startInit } from './spawn.ts';

/** More instructions than our first process needs to fall asleep. */
const FIRST_STEPS = 1000;

/** Idle jumps of one run: a periodic timer that wakes nobody must not keep the host for ever. */
const MAX_JUMPS = 10_000;

/** A terminal's size until the host tells another. */
const ROWS = 24;
const COLUMNS = 80;

export class Machine {
  readonly settings: Settings;
  readonly kernel: Kernel;
  /** What came from outside, in order. */
  inputs: Input[] = [];
  /** Told of each input as it enters. */
  onInput: ((input: Input) => void) | null = null;
  // Set by boot or by load, without which no machine is handed out.
  #root!: Place;
  /** Mounts of the options, by the path they are at. */
  #mounts = new Map<string, MountId>();
  /** Bytes of output handed to the host so far. */
  #drained = 0;
  #seal: Seal | null = null;

  /** Its parts, without any state: `boot` or `load` comes next. */
  constructor(settings: Settings) {
    this.settings = settings;
    const at = layout.layoutFor(Math.floor(settings.memory / layout.PAGE_SIZE));
    const wasm = new WebAssembly.Memory({ initial: at.wasmPages, maximum: at.wasmPages });
    const hart = new Hart(wasm, at, settings.tier);
    const memory = new Memory(wasm, at, hart);
    this.kernel = createKernel({ memory, hart, table: SYSCALLS, options: kernelOptions(settings) });
    for (const name of settings.events) this.kernel.events.want(name, true);
  }

  /** Makes the files of a new machine, and the first process if the settings want one. */
  boot(): this {
    const { settings } = this;
    this.#root = bootTree(this.kernel.vfs, { layers: settings.layers, cpus: settings.cpus });
    this.kernel.vfs.disk.serviceTime = settings.diskTime as Nanos;
    for (const { path, layer } of settings.mounts)
      this.#mounts.set(path, mountLayer(this.kernel.vfs, this.#root, path, layer));
    connectConsole(this.kernel.vfs, ROWS, COLUMNS);
    if (settings.hasInit) this.#begin();
    if (settings.sealed) this.#seal = new Seal(this.kernel, settings.isTimeFixed);
    return this;
  }

  /** Becomes what a saved machine was. One that is sealed takes the time that this run has been told. */
  load(snapshot: Snapshot, epoch: Timestamp = this.kernel.epoch): this | Problem {
    const state = loadSnapshot(this.kernel, this.settings, snapshot);
    if (isProblem(state)) return state;
    this.#root = state.root;
    this.#mounts = new Map(state.mounts);
    this.#drained = state.drained;
    this.inputs = [...state.inputs];
    this.#seal = null;
    if (!state.isSealed) return this;
    this.kernel.epoch = epoch;
    this.inputs = this.inputs.map((input) => (input.kind === 'time' ? { ...input, epoch } : input));
    this.#seal = new Seal(this.kernel, this.settings.isTimeFixed);
    return this;
  }

  /** Becomes what a machine of the same options was when it was saved. */
  loadBytes(bytes: Uint8Array, epoch?: Timestamp): this | Problem {
    const snapshot = readSnapshot(bytes, this.settings);
    return isProblem(snapshot) ? snapshot : this.load(snapshot, epoch);
  }

  /**
   * The whole machine as bytes, for `restoreMachine`. Between two runs, not while it runs. What a sealed machine
   * was told is not among them.
   */
  save(): Uint8Array {
    return joined(this.pieces());
  }

  /** What `save` gives, in pieces that change with the machine. */
  pieces(): readonly Uint8Array[] {
    return snapshotOf(this.kernel, {
      root: this.#root,
      mounts: this.#mounts,
      drained: this.#drained,
      inputs: this.inputs,
      isSealed: this.isSealed,
    });
  }

  /** Can nothing that differs from run to run have been seen yet? */
  get isSealed(): boolean {
    return this.#seal !== null;
  }

  /** Sealed: does it stand before a call that looks out of it? */
  get isHeld(): boolean {
    return this.kernel.isHeld;
  }

  /** Starting a program may look into a folder of the host, although no call has: for it, or for its directory. */
  get hasLookedOutside(): boolean {
    return hasLookedOutside(this.kernel.vfs);
  }

  /** Sealed: lets the call that is held look at the clock. */
  tellTime(epoch: Timestamp): void {
    this.#log({ kind: 'time', epoch, isOpen: false, isHeld: this.isHeld });
    this.#seal?.tellTime(epoch);
  }

  /** Breaks the seal: the machine may see everything from now on, and that the time is this. */
  open(epoch: Timestamp): void {
    this.#log({ kind: 'time', epoch, isOpen: true, isHeld: this.isHeld });
    this.#seal?.open(epoch);
    this.#seal = null;
  }

  /** Our first process runs until it sleeps, so that no view or trace of a program begins with it. */
  #begin(): void {
    startInit(this.kernel, this.#root);
    const any = Number.POSITIVE_INFINITY;
    runCpus(this.kernel, { retired: FIRST_STEPS, until: NEVER, events: any, backlog: any });
  }

  /** Virtual time since boot. */
  get now(): Nanos {
    return this.kernel.now();
  }

  /** Instructions retired by all processors. */
  get retired(): number {
    return this.kernel.retired;
  }

  get events(): EventLog {
    return this.kernel.events;
  }

  /** Who is told of calls, signals and exits; null for nobody. */
  set tracer(tracer: Tracer | null) {
    this.kernel.tracer = tracer;
  }

  /** Starts a program; the first one is what the machine runs for. */
  spawn(options: SpawnOptions): HostProcess | Problem {
    this.#log({ kind: 'spawn', options });
    return spawn(this.kernel, this.#root, this.settings.initElf, options);
  }

  /** Where it stands among all instants of its run: what inputs and recordings name. */
  get position(): Position {
    return { retired: this.kernel.retired, events: this.kernel.events.next };
  }

  /** Runs at most so many instructions and events, or until something outside is needed. */
  run(budget: number, events = Number.POSITIVE_INFINITY): RunState {
    const { retired, events: seen } = this.position;
    return this.runTo({ retired: retired + budget, events: seen + events });
  }

  /** Runs to the first border at which one of these is reached: so many instructions, events, or a virtual time. */
  runTo({ retired = NEVER, events = NEVER, time = NEVER }: Partial<Position> & { time?: number }): RunState {
    const { maxInstructions, virtualTimeout, warp, outputBound, maxOutput } = this.settings;
    const k = this.kernel;
    const backlog = Math.min(outputBound, maxOutput - this.#drained);
    const until = Math.min(virtualTimeout, time) as Nanos;
    const limits = { retired: Math.min(retired, maxInstructions), events, until, backlog };
    for (let jumps = 0; jumps < MAX_JUMPS; jumps++) {
      const stop = runCpus(k, limits);
      if (stop.why === 'until' && time < virtualTimeout) return { state: 'due' };
      if (stop.why !== 'idle') return this.#stateOf(stop.why);
      if (time < NEVER && stop.next >= time) return { state: 'due' };
      if (stop.next >= NEVER) return { state: 'waiting' };
      if (stop.next >= virtualTimeout) return { state: 'limit', limit: 'time' };
      if (!warp) return { state: 'idle', until: stop.next };
      idleTo(k, stop.next);
    }
    return { state: 'running' };
  }

  #stateOf(why: Exclude<RunStop['why'], 'idle'>): RunState {
    const { halt, retired } = this.kernel;
    if (why === 'halted') return haltedBy(halt!);
    if (why === 'sealed') return { state: 'sealed', look: this.#seal?.look ?? 'outside' };
    if (why === 'until') return { state: 'limit', limit: 'time' };
    if (why === 'full')
      return this.#isOverOutput() ? { state: 'limit', limit: 'output' } : { state: 'output-full' };
    return retired >= this.settings.maxInstructions
      ? { state: 'limit', limit: 'instructions' }
      : { state: 'running' };
  }

  #isOverOutput(): boolean {
    return this.#drained + hostBacklog(this.kernel.vfs) > this.settings.maxOutput;
  }

  /** While all tasks sleep: real time passed until this virtual time. */
  idle(until: Nanos): void {
    this.#log({ kind: 'idle', until });
    idleTo(this.kernel, until);
  }

  /** Bytes for a program's standard input. False when nobody can read them any more. */
  write(port: number, bytes: Uint8Array): boolean {
    this.#log({ kind: 'write', port, bytes });
    return hostWrite(this.kernel.vfs, port, bytes);
  }

  /** End of a program's standard input; or the host will read no more of an output. */
  close(port: number): void {
    this.#log({ kind: 'close', port });
    hostClose(this.kernel.vfs, port);
  }

  /** Takes out what a program has written. `isOver`: nothing more will come. */
  read(port: number, max?: number): { readonly bytes: Uint8Array; readonly isOver: boolean } {
    const taken = hostDrain(this.kernel.vfs, port, max);
    this.#drained += taken.bytes.length;
    return taken;
  }

  /** Bytes of a program's standard input that nobody has read yet. */
  unread(port: number): number {
    return hostUnread(this.kernel.vfs, port);
  }

  /** Keys typed at the console. */
  type(bytes: Uint8Array): void {
    this.#log({ kind: 'type', bytes });
    ttyInput(this.kernel.vfs, CONSOLE, bytes);
  }

  /** Takes what the console's screen has not shown yet. */
  screen(max?: number): Uint8Array {
    const bytes = ttyOutput(this.kernel.vfs, CONSOLE, max);
    this.#drained += bytes.length;
    return bytes;
  }

  /** The console's window has another size. */
  resize(rows: number, columns: number): void {
    this.#log({ kind: 'resize', rows, columns });
    ttyResize(this.kernel.vfs, CONSOLE, rows, columns);
  }

  /** How a process that the host started has ended, as a wait status; null while it lives. */
  waitStatus(pid: number): number | null {
    const status = this.kernel.hosted.get(pid as Tgid) ?? -1;
    return status < 0 ? null : status;
  }

  /** Counts calls from now on, whether they are traced or not; gives where the counts will be. */
  countCalls(): ReadonlyMap<string, CallCount> {
    const counts = new Map<string, CallCount>();
    this.kernel.tracer = countingTracer(this.kernel, counts, this.kernel.tracer);
    return counts;
  }

  /** Watches the heaps of programs that use malloc from now on; gives what tells of them. Changes no state. */
  watchHeap(): () => HeapView {
    const watch = new HeapWatch(this.kernel);
    return () => watch.view();
  }

  /** Tells `write` what `strace -f` would print, of all calls or of those that are chosen. */
  trace(write: (text: string) => void, choice: TraceChoice = {}): void {
    this.kernel.tracer = new Strace(this.kernel, { write, ...choice });
  }

  /** Sends a signal to a process, as from outside of the machine. */
  kill(pid: number, signo: number): boolean {
    const group = this.kernel.groups.get(pid as Tgid);
    if (group === undefined) return false;
    this.#log({ kind: 'kill', pid, signo });
    this.kernel.signalGroup(group, sigInfo(signo));
    return true;
  }

  /** Ordinary tasks are scheduled by another policy from now on. */
  setPolicy(policy: PolicyChoice): Problem | null {
    const wrong = whyNoPolicy(policy);
    if (wrong === null) {
      this.#log({ kind: 'policy', policy });
      changePolicy(this.kernel, policy);
    }
    return wrong;
  }

  /** The whole machine as plain data. */
  inspect(): MachineView {
    return inspect(this.kernel);
  }

  /** At rest: the circles of tasks in which nobody can ever go on, as nothing from outside could help. */
  deadlocks(): readonly Circle[] {
    return finalDeadlocks(this.kernel);
  }

  /** The process control block of a thread, or of a process by its number; undefined when there is none. */
  pcb(id: number): PcbView | undefined {
    return pcbOf(this.kernel, id);
  }

  /** The pages of a process that have frames, in a range of addresses; undefined when there is no such process. */
  pages(pid: number, start?: number, end?: number): readonly PageView[] | undefined {
    return pagesOfProcess(this.kernel, pid, start, end);
  }

  /** Looks for leaks and wrong counts in all of the kernel: a sentence for each. Slow, for tests. */
  check(): string[] {
    return checkMachine(this.kernel);
  }

  /** What is still kept although all processes but the first have ended: a sentence for each. Slow, for tests. */
  leftovers(): string[] {
    return leftovers(this.kernel);
  }

  /** What differs now below a mount of the options from its layer, in the order to make it there. */
  changes(path: string): readonly FileChange[] | Problem {
    return changesBelow(this.kernel.vfs, this.#mounts.get(path), path);
  }

  /** Fills `into` with bytes of a file that `changes` told of; gives how many there were. */
  readChanged(file: number, offset: number, into: Uint8Array): number {
    return readChanged(this.kernel.vfs, file, offset, into);
  }

  /** A hash over registers, memory and all kernel records: equal for equal machines. */
  stateHash(): string {
    const hash = newHash();
    hashMachine(this.kernel, hash);
    return hashHex(hash);
  }

  #log(input: InputKind): void {
    const made = { ...input, at: this.position };
    this.inputs.push(made);
    this.onInput?.(made);
  }
}
