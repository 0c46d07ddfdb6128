/**
 * Runs a recording again: a machine made as the recorded one was, to which everything enters at the instant at which
 * it did. It stands wherever it is asked to; where a hash of its state is known it is compared on the way.
 */
import { isProblem, type Problem, problem } from '../base/index.ts';
import {
  bootMachine,
  type HostProcess,
  type Input,
  type Machine,
  type MachineOptions,
  type Position,
  type RunState,
} from '../machine/index.ts';
import type { Layer } from '../vfs/index.ts';
import { EventCheck } from './event-check.ts';
import type { RecordingData, Step } from './reader.ts';
import { SeenLayer } from './seen.ts';

/** Where a replay is to stand: the first border at which one of these is reached. */
export interface Target {
  /** Virtual time. */
  readonly time?: number;
  /** This event has happened. */
  readonly event?: number;
}

/** Which stream of the first program, or of the machine, something was written to. */
export type OutputStream = 'stdout' | 'stderr' | 'console';
export type OutputTaker = (stream: OutputStream, bytes: Uint8Array) => void;

/** What a layer is opened with that the recording knows by name. */
export type LayerOpener = (name: string) => Layer | Problem;

interface ReplayOptions {
  readonly openLayer: LayerOpener;
  /** Compare the events, and the state wherever its hash was written. */
  readonly isVerified: boolean;
  /** Names of kinds of events to record beside those that always are; as in the recorded run unless told. */
  readonly events?: readonly string[];
  readonly onOutput?: OutputTaker;
}

interface Output {
  readonly stream: OutputStream;
  readonly port: number;
}

/** What a machine answers that goes on by itself, or stands where it is to. */
const GOING: ReadonlySet<RunState['state']> = new Set(['running', 'output-full', 'due']);

/** Makes the machine of a recording, standing at its beginning. */
export function beginReplay(data: RecordingData, options: ReplayOptions): Replay | Problem {
  let machine: Machine | null = null;
  const clock = () => machine?.retired ?? 0;
  const layers = layersOf(data, options.openLayer, clock);
  if (isProblem(layers)) return layers;
  const { head } = data;
  const mounts = head.mounts.map(({ path, layer }) => ({ path, layer: layers[layer]! }));
  const images = layers.slice(0, layers.length - mounts.length);
  const events = options.events === undefined ? {} : { events: options.events };
  const made: MachineOptions = { ...head.options, ...events, layers: images, mounts };
  const booted = bootMachine(made);
  if (isProblem(booted)) return booted;
  machine = booted;
  return new Replay(booted, data, options);
}

function layersOf(data: RecordingData, open: LayerOpener, clock: () => number): Layer[] | Problem {
  const layers: Layer[] = [];
  for (const head of data.head.layers) {
    const layer = head.name === null ? new SeenLayer(head, clock) : open(head.name);
    if (isProblem(layer)) return layer;
    layers.push(layer);
  }
  for (const each of data.seen) {
    const layer = layers[each.layer];
    if (layer instanceof SeenLayer) layer.add(each);
  }
  return layers;
}

export class Replay {
  readonly machine: Machine;
  /** The first program; null before it has been started. */
  program: HostProcess | null = null;
  readonly #data: RecordingData;
  readonly #options: ReplayOptions;
  readonly #check: EventCheck | null;
  #outputs: Output[] = [];
  #next = 0;

  constructor(machine: Machine, data: RecordingData, options: ReplayOptions) {
    this.machine = machine;
    this.#data = data;
    this.#options = options;
    const { events } = data;
    this.#check = options.isVerified ? new EventCheck(events.pieces(), events.nameOf) : null;
  }

  /**
   * Goes on for at most so many instructions, on the way to where it is to stand: `end` is as far as the recording
   * tells. A problem is where it differs from the recording.
   */
  advance(target: Target, budget: number): 'going' | 'there' | 'end' | Problem {
    const until = this.machine.retired + budget;
    for (;;) {
      if (this.#isAt(target)) return 'there';
      const step = this.#data.steps[this.#next];
      const goal = step?.at ?? this.#data.last.at;
      if (this.#standsAt(goal)) {
        if (step === undefined) return 'end';
        const wrong = this.#take(step);
        if (wrong !== null) return wrong;
        continue;
      }
      if (this.machine.retired >= until) return 'going';
      const state = this.#toward(goal, target, until);
      this.#drain();
      const other = this.#check?.differs(this.machine.events) ?? null;
      if (other !== null) return this.#differs(`${other.is}; recorded was ${other.was}`);
      const lost = this.#whyLost(goal, state);
      if (lost !== null) return lost;
      if (state.state === 'due') return 'there';
    }
  }

  #isAt({ time, event }: Target): boolean {
    const { machine } = this;
    return (
      (time !== undefined && machine.now >= time) || (event !== undefined && machine.events.next > event)
    );
  }

  #standsAt({ retired, events }: Position): boolean {
    return this.machine.retired >= retired && this.machine.events.next >= events;
  }

  /** Runs to the goal: first by instructions, then, between two of them, by events. */
  #toward(goal: Position, { time, event }: Target, until: number): RunState {
    const isNear = this.machine.retired >= goal.retired;
    const events = Math.min(
      isNear ? goal.events : Number.MAX_SAFE_INTEGER,
      (event ?? Number.MAX_SAFE_INTEGER - 1) + 1,
    );
    const retired = isNear ? goal.retired + 1 : Math.min(goal.retired, until);
    return this.machine.runTo({ retired, events, ...(time !== undefined && { time }) });
  }

  /** Nothing more happens by itself before the goal, or it was passed: the run is another one than was recorded. */
  #whyLost(goal: Position, state: RunState): Problem | null {
    const { retired, events } = this.machine.position;
    const isPast = retired > goal.retired || (retired === goal.retired && events > goal.events);
    const isStuck = !GOING.has(state.state) && !this.#standsAt(goal);
    if (!isPast && !isStuck) return null;
    return this.#differs(
      `it is at instruction ${retired} and event ${events}, and the recorded run was at ${goal.retired} and ${goal.events}`,
    );
  }

  #differs(how: string): Problem {
    return problem(
      'diverged',
      `the replay differs from the recording: ${how}`,
      `It was recorded by ${this.#data.head.producer}: replay it with that, or report this with the recording.`,
    );
  }

  #take(step: Step): Problem | null {
    this.#next++;
    if (step.kind === 'input') return this.#enter(step.input);
    if (!this.#options.isVerified) return null;
    const { hash, at } = step.mark;
    const found = this.machine.stateHash();
    if (found === hash) return null;
    return this.#differs(`at instruction ${at.retired} the state is ${found}, and it was ${hash}`);
  }

  #enter(input: Input): Problem | null {
    const { machine } = this;
    if (input.kind === 'close') {
      this.#drain(input.port);
      this.#outputs = this.#outputs.filter(({ port }) => port !== input.port);
    }
    if (input.kind === 'spawn') return this.#spawn(input);
    // A look at what a call would see touches pages.
    if (input.kind === 'time' && input.isHeld && !machine.isHeld)
      machine.runTo({ retired: machine.retired + 1 });
    const enter = ENTER[input.kind] as (machine: Machine, input: Input) => void;
    enter(machine, input);
    return null;
  }

  #spawn({ options }: InputOf<'spawn'>): Problem | null {
    const started = this.machine.spawn(options);
    if (isProblem(started)) return this.#differs(started.sentence);
    this.program ??= started;
    if (started.stdout !== 0) this.#outputs.push({ stream: 'stdout', port: started.stdout });
    if (started.stderr !== 0 && started.stderr !== started.stdout)
      this.#outputs.push({ stream: 'stderr', port: started.stderr });
    return null;
  }

  /** Takes what was written, of all or of one. */
  #drain(only?: number): void {
    const { machine } = this;
    for (const { stream, port } of this.#outputs) {
      if (only !== undefined && port !== only) continue;
      const { bytes } = machine.read(port);
      if (bytes.length > 0) this.#options.onOutput?.(stream, bytes);
    }
    if (only !== undefined) return;
    const screen = machine.screen();
    if (screen.length > 0) this.#options.onOutput?.('console', screen);
  }
}

type InputOf<K extends Input['kind']> = Extract<Input, { kind: K }>;

const ENTER: {
  readonly [K in Exclude<Input['kind'], 'spawn'>]: (machine: Machine, input: InputOf<K>) => void;
} = {
  write: (machine, { port, bytes }) => void machine.write(port, bytes),
  close: (machine, { port }) => machine.close(port),
  type: (machine, { bytes }) => machine.type(bytes),
  resize: (machine, { rows, columns }) => machine.resize(rows, columns),
  idle: (machine, { until }) => machine.idle(until),
  time: (machine, { epoch, isOpen }) => (isOpen ? machine.open(epoch) : machine.tellTime(epoch)),
  policy: (machine, { policy }) => void machine.setPolicy(policy),
  kill: (machine, { pid, signo }) => void machine.kill(pid, signo),
};
