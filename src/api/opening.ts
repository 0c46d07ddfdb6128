/**
 * The first part of a run, in which a sealed machine depends on nothing but what it was made with. It is kept, and
 * the next run of the same command begins behind it.
 */
import { bug, isProblem, type Problem } from '../base/index.ts';
import {
  bootMachine,
  type Machine as Core,
  decodeBeginning,
  encodeBeginning,
  type HostProcess,
  type MachineOptions,
  type RunState,
  restoreMachine,
  type Stage,
} from '../machine/index.ts';
import type { Timestamp } from '../vfs/index.ts';

/** Where beginnings of runs are kept. */
export interface Beginnings {
  /** The bytes kept under a key. */
  load(key: Uint8Array): Uint8Array | undefined;
  /** Keeps bytes; whether that works is nobody's trouble. */
  save(key: Uint8Array, bytes: Uint8Array): void;
  /** The bytes kept under a key cannot be used. */
  forget(key: Uint8Array, why: Problem): void;
  /** A digest of bytes that no others have; they come in pieces. */
  digest(pieces: readonly Uint8Array[]): string;
}

/** A machine stays sealed for at most so many instructions: what takes longer is no start. */
const LONGEST = 250_000_000;
/** What is shorter is not kept. */
const SHORTEST = 3_000_000;
/** So many instructions after a look at the clock it must be forgotten, or the next stage is of no use. */
const SETTLING = 15_000;
/** Looks at the clock that a beginning may have. */
const MOST_LOOKS = 2;

/** The beginnings that a run may use and add to, under its key. */
export interface Kept {
  readonly beginnings: Beginnings;
  readonly key: Uint8Array;
}

/** How far a machine has come on its way to being open. */
interface Progress {
  /** Looks at the clock so far. */
  readonly looks: number;
  /** When to look whether the time is forgotten: a count of instructions. */
  readonly settlesAt: number;
}

const START: Progress = { looks: 0, settlesAt: Number.POSITIVE_INFINITY };

/** What an opening works on. */
export interface Opened {
  readonly core: Core;
  readonly program: HostProcess;
  /** The time of this run. */
  readonly epoch: Timestamp;
}

/** Watches over a sealed machine until it is open. */
export class Opening {
  /** Called when the machine is open. */
  onOpen: () => void = () => {};
  readonly #core: Core;
  readonly #program: HostProcess;
  readonly #epoch: Timestamp;
  readonly #stages: Stage[] = [];
  #kept: Kept | null;
  #looks: number;
  #settlesAt: number;

  constructor({ core, program, epoch }: Opened, kept: Kept | null, progress = START) {
    this.#core = core;
    this.#program = program;
    this.#epoch = epoch;
    this.#kept = kept;
    this.#looks = progress.looks;
    this.#settlesAt = progress.settlesAt;
  }

  get isOver(): boolean {
    return !this.#core.isSealed;
  }

  /** Instructions the machine may run before it must be looked at again. */
  get left(): number {
    return this.isOver ? Number.POSITIVE_INFINITY : Math.min(LONGEST, this.#settlesAt) - this.#core.retired;
  }

  /** The machine has run a stretch. */
  after(state: RunState): void {
    if (this.isOver) return;
    if (this.#core.retired === this.#settlesAt) this.#settle();
    const isGoingOn = state.state === 'running' && this.#core.waitStatus(this.#program.pid) === null;
    if (state.state === 'sealed' && state.look === 'clock') this.#lookAtClock();
    else if (!isGoingOn || this.left <= 0) this.#finish();
  }

  #lookAtClock(): void {
    const isUnsettled = this.#settlesAt !== Number.POSITIVE_INFINITY;
    if (this.#looks === MOST_LOOKS || isUnsettled) {
      this.#finish();
      return;
    }
    if (this.#core.retired < SHORTEST) this.#kept = null;
    if (this.#kept !== null) this.#stages.push({ snapshot: this.#core.save(), isLook: true, settled: null });
    this.#core.tellTime(this.#epoch);
    this.#looks++;
    this.#settlesAt = this.#core.retired + SETTLING;
  }

  #settle(): void {
    this.#settlesAt = Number.POSITIVE_INFINITY;
    if (this.#kept === null) return;
    const settled = this.#kept.beginnings.digest(this.#core.pieces());
    this.#stages.push({ ...this.#stages.pop()!, settled });
  }

  #finish(): void {
    if (this.#kept !== null && this.#core.retired >= SHORTEST) {
      const hasSettled = this.#stages.at(-1)?.settled !== null;
      const last: Stage = { snapshot: this.#core.save(), isLook: false, settled: null };
      const stages = hasSettled ? [...this.#stages, last] : this.#stages;
      const { beginnings, key } = this.#kept;
      beginnings.save(key, encodeBeginning({ program: this.#program, stages }));
    }
    this.break();
  }

  /** Its beginning is not like that of other runs: somebody looks closer. */
  keepNothing(): void {
    this.#kept = null;
  }

  /** Something comes from outside: the machine is opened, and nothing is kept. */
  break(): void {
    if (this.isOver) return;
    this.#kept = null;
    this.#core.open(this.#epoch);
    this.onOpen();
  }
}

/** A machine whose program has just begun, or has been begun before: with what watches over it. */
export interface Start {
  readonly core: Core;
  readonly program: HostProcess;
  readonly opening: Opening;
}

/** Begins behind what was kept; undefined when nothing was, or nothing that can be used. */
export function resume(
  options: MachineOptions,
  epoch: Timestamp,
  { beginnings, key }: Kept,
): Start | undefined {
  const bytes = beginnings.load(key);
  if (bytes === undefined) return undefined;
  const start = goOn(options, epoch, bytes, { beginnings, key });
  if (!isProblem(start)) return start;
  beginnings.forget(key, start);
  return undefined;
}

function goOn(
  options: MachineOptions,
  epoch: Timestamp,
  bytes: Uint8Array,
  { beginnings, key }: Kept,
): Start | Problem {
  const beginning = decodeBeginning(bytes);
  if (isProblem(beginning)) return beginning;
  const { program, stages } = beginning;
  const core = restoreMachine(stages[0]!.snapshot, options, epoch);
  if (isProblem(core)) return core;
  const parts = { core, program, epoch };
  for (const [at, { isLook, settled }] of stages.entries()) {
    if (!isLook) return { core, program, opening: new Opening(parts, null, { ...START, looks: at }) };
    core.tellTime(epoch);
    const progress = { looks: at + 1, settlesAt: core.retired + SETTLING };
    const opening = new Opening(parts, null, progress);
    const state = settled === null ? null : core.run(SETTLING);
    if (state !== null) opening.after(state);
    const next = stages[at + 1];
    if (state === null || next === undefined) return { core, program, opening };
    if (!core.isSealed || beginnings.digest(core.pieces()) !== settled) {
      // The program keeps the time in mind: the stages behind this one are of no use to anybody.
      const rest = { program, stages: [...stages.slice(0, at), { ...stages[at]!, settled: null }] };
      beginnings.save(key, encodeBeginning(rest));
      return { core, program, opening };
    }
    const loaded = core.loadBytes(next.snapshot, epoch);
    if (isProblem(loaded)) return loaded;
  }
  return bug('a beginning ends with a look at the clock that has settled');
}

/** Boots a sealed machine and starts its program. */
export function begin(
  options: MachineOptions,
  epoch: Timestamp,
  kept: Kept | null,
  spawn: (core: Core) => HostProcess | Problem,
): Start | Problem {
  const core = bootMachine(options);
  if (isProblem(core)) return core;
  const program = spawn(core);
  if (isProblem(program)) return program;
  return {
    core,
    program,
    opening: new Opening({ core, program, epoch }, core.hasLookedOutside ? null : kept),
  };
}
