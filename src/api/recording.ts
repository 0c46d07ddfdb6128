/** A recorded run: what it was, its events, the run again, and the machine at any moment of it. */
import { isProblem, type Problem, problem } from '../base/index.ts';
import {
  chosenKinds,
  type EventChoice,
  type EventJson,
  type EventQuery,
  type EventRecord,
} from '../events/index.ts';
import type { Settings, SpawnOptions } from '../machine/index.ts';
import {
  beginReplay,
  type End,
  type LayerOpener,
  type OutputTaker,
  type RecordingData,
  type Replay,
  readRecording,
  type Target,
} from '../recording/index.ts';
import { orThrow, TimesliceError } from './error.ts';
import { limitMet } from './limit.ts';
import { PastMachine } from './past-machine.ts';
import { type Abort, nextTurn } from './platform.ts';
import { type Ended, endedBy } from './process.ts';
import { withMemory } from './spawn.ts';
import { tinyLayer, tinyName } from './tiny.ts';

/** What a recording tells of itself. */
export interface RecordingInfo {
  /** Who wrote it. */
  readonly recordedBy: string;
  /** The machine's options, by the machine's names. */
  readonly options: RecordingData['head']['options'];
  /** Its image and what was laid on it; `name` is null for what is in the recording. */
  readonly layers: readonly { readonly id: string; readonly name: string | null }[];
  readonly mounts: readonly string[];
  /** What was started, in order. */
  readonly programs: readonly SpawnOptions[];
  /** How far it tells of the run: virtual time, instructions, and the number of events. */
  readonly time: number;
  readonly retired: number;
  readonly events: number;
  /** Why the run ended, with the state's hash; null when that is not in it. */
  readonly end: End | null;
  /** What is wrong with its end: it was cut off when its writer was, or is damaged. */
  readonly broken: 'cut off' | 'damaged' | null;
}

/** A moment of a run: its virtual time in nanoseconds, the number of an event that has just happened, or its end. */
export type Moment = number | { readonly event: number } | 'end';

export interface OpenRecordingOptions {
  /** Opens a layer by the name that stands for its content, such as an image's. */
  readonly openLayer?: LayerOpener;
  /** Run a scheduling policy that is in the recording: a program of whoever recorded it, with your rights. */
  readonly trustsPolicy?: boolean;
}

export interface ReplayOptions {
  /** Where to stop; at the end unless told. */
  readonly until?: Moment;
  /** Compare the events and the state with the recorded ones. */
  readonly isVerified?: boolean;
  /** Takes what the programs write. */
  readonly onOutput?: OutputTaker;
  readonly signal?: Abort;
}

/** How a replay ended. */
export interface Replayed {
  /** How the first program had ended by then; null when it had not. */
  readonly ended: Ended | null;
  /** The limit that the run met at its end, or another reason it did not end by itself; null for none. */
  readonly stopped: Problem | null;
  readonly machine: PastMachine;
}

/** Instructions between two looks at the host. */
const STRETCH = 20_000_000;

export class Recording {
  readonly info: RecordingInfo;
  readonly #data: RecordingData;
  readonly #openLayer: LayerOpener;
  readonly #trustsPolicy: boolean;

  /** @internal */
  constructor(data: RecordingData, openLayer: LayerOpener, trustsPolicy: boolean) {
    this.#data = data;
    this.#openLayer = openLayer;
    this.#trustsPolicy = trustsPolicy;
    this.info = infoOf(data);
  }

  /** The recorded events that match. */
  events(query: EventQuery = {}): readonly EventRecord[] {
    return this.#data.events.records(query);
  }

  /** Shows each recorded event that matches, without holding all of them. */
  visitEvents(query: EventQuery, show: (event: EventRecord) => void): void {
    this.#data.events.visit(query, show);
  }

  /** An event in words. */
  eventText(event: EventRecord): string {
    return this.#data.events.text(event);
  }

  /** An event with names instead of numbers. */
  eventJson(event: EventRecord): EventJson {
    return this.#data.events.json(event);
  }

  /** The text of an event's field that ends in `Name`. */
  nameOf(id: number): string {
    return this.#data.events.nameOf(id);
  }

  /**
   * The machine as it stood then. Kinds of events named are recorded on the way, all unless told; heaps are watched if
   * that is asked for.
   */
  async at(
    moment: Moment,
    options: {
      readonly events?: EventChoice;
      readonly isHeapWatched?: boolean;
      readonly signal?: Abort;
    } = {},
  ): Promise<PastMachine> {
    const events = [...orThrow(chosenKinds(options.events ?? 'all'))];
    const replay = this.#begin({ isVerified: false, events });
    const heap = options.isHeapWatched === true ? replay.machine.watchHeap() : null;
    await run(replay, orThrow(this.#targetOf(moment)), options.signal);
    return new PastMachine(replay.machine, heap);
  }

  /**
   * The machine as it stood at one moment after the other, in the order given, which must be that of time: reached in
   * one run. What was given before is at the new moment then, too.
   */
  async *through(
    moments: readonly Moment[],
    options: { readonly events?: EventChoice; readonly signal?: Abort } = {},
  ): AsyncGenerator<PastMachine, void, void> {
    const events = [...orThrow(chosenKinds(options.events ?? 'all'))];
    const targets = moments.map((moment) => orThrow(this.#targetOf(moment)));
    const replay = this.#begin({ isVerified: false, events });
    for (const target of targets) {
      await run(replay, target, options.signal);
      yield new PastMachine(replay.machine);
    }
  }

  /** Runs it again. Throws where it differs from what was recorded. */
  async replay({
    until = 'end',
    isVerified = false,
    onOutput,
    signal,
  }: ReplayOptions = {}): Promise<Replayed> {
    const target = orThrow(this.#targetOf(until));
    const replay = this.#begin({ isVerified, ...(onOutput && { onOutput }) });
    await run(replay, target, signal);
    const { machine, program } = replay;
    const status = program === null ? null : machine.waitStatus(program.pid);
    const { end } = this.#data;
    return {
      ended: status === null ? null : endedBy(status),
      stopped: end === null || until !== 'end' ? null : stoppedBy(end, machine.settings),
      machine: new PastMachine(machine),
    };
  }

  #begin(options: Omit<Parameters<typeof beginReplay>[1], 'openLayer'>): Replay {
    if (!this.#trustsPolicy && hasPolicy(this.#data)) throw new TimesliceError(FOREIGN_POLICY);
    return orThrow(withMemory(() => beginReplay(this.#data, { ...options, openLayer: this.#openLayer })));
  }

  #targetOf(moment: Moment): Target | Problem {
    if (moment === 'end') return {};
    const { at, now } = this.#data.last;
    const isEvent = typeof moment === 'object';
    const value = isEvent ? moment.event : moment;
    const isInside = Number.isFinite(value) && value >= 0 && (isEvent ? value < at.events : value <= now);
    if (isInside && (!isEvent || Number.isInteger(value)))
      return isEvent ? { event: value } : { time: value };
    return problem(
      'bad-moment',
      isEvent ? `there is no event ${value} in the recording` : `the recording has no time ${value} ns`,
      isEvent
        ? `Give a number from 0 to ${at.events - 1}.`
        : `Give a time from 0 to ${now} ns (${now / 1e6} ms).`,
    );
  }
}

async function run(replay: Replay, target: Target, signal: Abort | undefined): Promise<void> {
  for (;;) {
    if (signal?.aborted) throw new TimesliceError(ABORTED);
    const state = replay.advance(target, STRETCH);
    if (isProblem(state)) throw new TimesliceError(state);
    if (state !== 'going') return;
    await nextTurn();
  }
}

/** Is a program in it that would run here, and not in the machine? */
const hasPolicy = ({ head, steps }: RecordingData): boolean =>
  typeof head.options.policy === 'object' ||
  steps.some(
    (step) => step.kind === 'input' && step.input.kind === 'policy' && typeof step.input.policy !== 'string',
  );

const FOREIGN_POLICY = problem(
  'foreign-policy',
  'the recording has a scheduling policy of its own, which would run on this computer with your rights',
  'If you trust who made it, say so: --trust-policy, or the option trustsPolicy.',
);

/** A run that was closed when its program had ended, or whose first process ended, has simply ended. */
function stoppedBy({ why, status }: End, settings: Settings): Problem | null {
  if (status !== null) return null;
  const limit = LIMITS.find((each) => why === `limit-${each}`);
  if (limit !== undefined) return limitMet(limit, settings);
  return problem('stopped', `the run was stopped before its program ended (${why})`, 'Record it to its end.');
}

const LIMITS = ['instructions', 'time', 'output'] as const;

const ABORTED = problem('aborted', 'the replay was stopped by its abort signal', 'Begin another one.');

function infoOf({ head, steps, last, end, broken }: RecordingData): RecordingInfo {
  const inputs = steps.flatMap((step) => (step.kind === 'input' ? [step.input] : []));
  return {
    recordedBy: head.producer,
    options: head.options,
    layers: head.layers.map(({ id, name }) => ({ id, name })),
    mounts: head.mounts.map(({ path }) => path),
    programs: inputs.flatMap((input) => (input.kind === 'spawn' ? [input.options] : [])),
    time: last.now,
    retired: last.at.retired,
    events: last.at.events,
    end,
    broken: broken ?? (end === null ? 'cut off' : null),
  };
}

function openTiny(name: string): ReturnType<LayerOpener> {
  if (name === tinyName()) return tinyLayer();
  if (name.startsWith('tiny:'))
    return problem(
      'other-image',
      'the recording was made with another version of the image tiny',
      'Replay it with the timeslice it was made with.',
    );
  return problem(
    'unknown-image',
    `the recording needs the image ${name}, which is not here`,
    'Open it first.',
  );
}

/** Opens a recording from its bytes. Throws when they are none. */
export async function openRecording(
  bytes: Uint8Array,
  { openLayer, trustsPolicy = false }: OpenRecordingOptions = {},
): Promise<Recording> {
  const data = orThrow(readRecording(bytes));
  const open: LayerOpener = (name) =>
    openLayer === undefined || name.startsWith('tiny:') ? openTiny(name) : openLayer(name);
  return new Recording(data, open, trustsPolicy);
}
