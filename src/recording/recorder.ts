/**
 * Writes a recording while its machine runs: what it was made with, each input as it enters, what it sees of the
 * host, its events, and now and then the hash of its state. Everything is handed on at once, so that whatever happens
 * to the host, what there is can be replayed.
 */
import { pack } from '../base/index.ts';
import type { Input, Machine, MachineOptions } from '../machine/index.ts';
import type { Layer } from '../vfs/index.ts';
import { type ChunkType, encodeChunk, front } from './chunk.ts';
import { encodeEvents } from './event-codec.ts';
import type { End, Head, LayerHead, Mark, PlainOptions, Reached, Seen } from './format.ts';
import { metaOf, seeAll, watchedLayer } from './seen.ts';

/** Takes the bytes of a recording, in order. */
export type RecordingSink = (bytes: Uint8Array) => void;

export interface RecorderOptions {
  readonly producer: string;
  /** A name that stands for a layer's content and by which a replay finds it; null for none. */
  readonly nameOf: (layer: Layer) => string | null;
}

/** The first hash is taken after so many instructions; then each time they have doubled, or so many were added. */
const FIRST_MARK = 2 ** 24;
const MARK_DISTANCE = 2 ** 29;
/** Records that wait before they are written. */
const MANY = 2048;

export class Recorder {
  /** As the machine must be made, so that what it sees is written down. */
  readonly options: MachineOptions;
  readonly #sink: RecordingSink;
  #machine: Machine | null = null;
  #place = 0;
  #names = 0;
  #reached = -1;
  #nextMark = FIRST_MARK;
  #isOver = false;
  readonly #clock = (): number => this.#machine?.retired ?? 0;

  constructor(options: MachineOptions, sink: RecordingSink, { producer, nameOf }: RecorderOptions) {
    const { layers, mounts = [], ...plain } = options;
    this.#sink = sink;
    const all = [...layers, ...mounts.map(({ layer }) => layer)];
    const heads = all.map((layer) => headOf(layer, nameOf(layer)));
    sink(front());
    const head: Head = {
      producer,
      options: defined(plain),
      layers: heads,
      mounts: mounts.map(({ path }, i) => ({ path, layer: layers.length + i })),
    };
    this.#write('head', head);
    const watched = all.map((layer, i) =>
      heads[i]!.name === null ? watchedLayer(layer, i, this.#clock, (seen) => this.#see(seen)) : layer,
    );
    // What is no host's folder may have been seen by an earlier run, behind which this one begins.
    for (const layer of watched) if (!all.includes(layer) && layer.isOutside !== true) seeAll(layer);
    const below = mounts.map(({ path }, i) => ({ path, layer: watched[layers.length + i]! }));
    this.options = { ...options, layers: watched.slice(0, layers.length), mounts: below };
  }

  /** The machine is there: what it has got already is written, and what comes from now on. */
  attach(machine: Machine): void {
    this.#machine = machine;
    for (const input of machine.inputs) this.#write('input', input);
    machine.onInput = (input: Input) => {
      if (!this.#isOver) this.#write('input', input);
    };
  }

  /** The machine has run for a while. `isPressing`: what has happened is to be written now. */
  after(isPressing: boolean): void {
    const machine = this.#machine;
    if (machine === null || this.#isOver) return;
    const isMany = machine.events.written - this.#place >= MANY;
    if (isMany || isPressing) this.#flush(machine);
    if (machine.retired < this.#nextMark) return;
    this.#flush(machine);
    this.#write('mark', markOf(machine));
    this.#nextMark = machine.retired + Math.min(machine.retired, MARK_DISTANCE);
  }

  /** The run is over. */
  end(why: string, status: number | null): void {
    const machine = this.#machine;
    if (machine === null || this.#isOver) return;
    this.#flush(machine);
    this.#write('end', { ...markOf(machine), why, status } satisfies End);
    this.#isOver = true;
  }

  #flush(machine: Machine): void {
    const { events } = machine;
    if (events.written > this.#place) {
      this.#sink(encodeChunk('events', encodeEvents(events, this.#place, this.#names)));
      this.#place = events.written;
      this.#names = events.names.list.length;
    }
    if (machine.retired === this.#reached) return;
    this.#reached = machine.retired;
    this.#write('reached', { at: machine.position, now: machine.now } satisfies Reached);
  }

  #see(seen: Seen): void {
    if (!this.#isOver) this.#write('seen', seen);
  }

  #write(type: ChunkType, value: unknown): void {
    this.#sink(encodeChunk(type, pack(value)));
  }
}

const headOf = (layer: Layer, name: string | null): LayerHead => ({
  id: layer.id,
  name,
  isOutside: layer.isOutside === true,
  root: metaOf(layer.root),
});

const markOf = (machine: Machine): Mark => ({
  at: machine.position,
  now: machine.now,
  hash: machine.stateHash(),
});

const defined = (options: PlainOptions): PlainOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
