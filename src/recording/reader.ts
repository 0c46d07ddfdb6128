/** Reads a recording: as much of it as is whole, or what is wrong with it. */
import { isProblem, KernelBug, type Problem, problem, unpack } from '../base/index.ts';
import {
  type EventJson,
  type EventQuery,
  type EventRecord,
  eventJson,
  eventText,
  matcherOf,
  Names,
  recordAt,
} from '../events/index.ts';
import type { Input, Position } from '../machine/index.ts';
import { type Chunk, cutBeforeStart, readChunks } from './chunk.ts';
import { decodeEvents, type EventPiece } from './event-codec.ts';
import type { End, Head, Mark, Reached, Seen } from './format.ts';

/** What happens at an instant of a replay: something enters, or the state is known. */
export type Step =
  | { readonly kind: 'input'; readonly at: Position; readonly input: Input }
  | { readonly kind: 'mark'; readonly at: Position; readonly mark: Mark };

/** What a recording holds. */
export interface RecordingData {
  readonly head: Head;
  readonly steps: readonly Step[];
  readonly seen: readonly Seen[];
  readonly events: RecordedEvents;
  /** How far it tells of the run. */
  readonly last: Reached;
  /** Null when it is not whole. */
  readonly end: End | null;
  readonly broken: 'cut off' | 'damaged' | null;
}

/** The events of a recording. */
export class RecordedEvents {
  readonly #payloads: readonly Uint8Array[];
  #pieces: readonly EventPiece[] | null = null;
  readonly #names = new Names();

  constructor(payloads: readonly Uint8Array[]) {
    this.#payloads = payloads;
  }

  /** Those that match, in order. */
  records(query: EventQuery = {}): EventRecord[] {
    const found: EventRecord[] = [];
    this.visit(query, (record) => void found.push(record));
    return found;
  }

  /** Shows each that matches, without holding all of them. */
  visit(query: EventQuery, show: (record: EventRecord) => void): void {
    const matches = matcherOf(query);
    for (const { count, rows } of this.pieces())
      for (let slot = 0; slot < count; slot++) if (matches(rows, slot)) show(recordAt(rows, slot));
  }

  get count(): number {
    return this.pieces().reduce((sum, { count }) => sum + count, 0);
  }

  /** Events that were overwritten before they could be written. */
  get dropped(): number {
    return this.pieces().reduce((sum, { dropped }) => sum + dropped, 0);
  }

  nameOf = (id: number): string => this.#names.of(id);

  text(record: EventRecord): string {
    return eventText(record, this.nameOf);
  }

  json(record: EventRecord): EventJson {
    return eventJson(record, this.nameOf);
  }

  /** In order, as they were written. */
  pieces(): readonly EventPiece[] {
    if (this.#pieces !== null) return this.#pieces;
    this.#pieces = decodeAll(this.#payloads);
    const names = [''];
    for (const piece of this.#pieces)
      for (const [i, name] of piece.names.entries()) names[piece.firstName + i] = name;
    this.#names.load(names);
    return this.#pieces;
  }
}

/** As many as can be read: a checksum does not help against who means harm. */
function decodeAll(payloads: readonly Uint8Array[]): EventPiece[] {
  const pieces: EventPiece[] = [];
  try {
    for (const payload of payloads) pieces.push(decodeEvents(payload));
  } catch (error) {
    if (!(error instanceof KernelBug)) throw error;
  }
  return pieces;
}

const damaged = () =>
  problem('damaged-recording', 'the recording is damaged', 'Record again, or copy the file again.');

/** Reads a whole file, or as much as was written of one. */
export function readRecording(bytes: Uint8Array): RecordingData | Problem {
  const read = readChunks(bytes);
  if (isProblem(read)) return read;
  const [first, ...rest] = read.chunks;
  if (first === undefined) return read.broken === 'damaged' ? damaged() : cutBeforeStart();
  try {
    if (first.type !== 'head') return damaged();
    return collect(unpack(first.payload) as Head, rest, read.broken);
  } catch (error) {
    if (error instanceof KernelBug || error instanceof TypeError || error instanceof RangeError)
      return damaged();
    throw error;
  }
}

const isPosition = (at: unknown): at is Position =>
  typeof at === 'object' &&
  at !== null &&
  typeof Reflect.get(at, 'retired') === 'number' &&
  typeof Reflect.get(at, 'events') === 'number';

function collect(
  head: Head,
  chunks: readonly Chunk[],
  broken: RecordingData['broken'],
): RecordingData | Problem {
  const steps: Step[] = [];
  const seen: Seen[] = [];
  const events: Uint8Array[] = [];
  let end: End | null = null;
  let last: Reached = { at: { retired: 0, events: 0 }, now: 0 };
  for (const { type, payload } of chunks) {
    if (type === 'events') {
      events.push(payload);
      continue;
    }
    const value = unpack(payload);
    if (type === 'seen') {
      seen.push(value as Seen);
      continue;
    }
    const { at } = value as Reached;
    if (!isPosition(at) || at.retired < last.at.retired) return damaged();
    if (type === 'input') steps.push({ kind: 'input', at, input: value as Input });
    if (type === 'mark' || type === 'end') steps.push({ kind: 'mark', at, mark: value as Mark });
    if (type === 'end') end = value as End;
    last = { at, now: type === 'input' ? last.now : (value as Reached).now };
  }
  if (!Array.isArray(head.layers) || !Array.isArray(head.mounts)) return damaged();
  return { head, steps, seen, events: new RecordedEvents(events), last, end, broken };
}
