/**
 * Runs a program of the gallery as its text says, records the run with all its events, and lets observations look at
 * them and at the machine at any moment. The recording is replayed and compared, so every run happens twice.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import {
  type EventJson,
  type LaunchOptions,
  launch,
  type Moment,
  memoryLayer,
  openRecording,
  type PastMachine,
  type Recording,
  tinyLayer,
} from '../../src/api/index.ts';
import type { Layer } from '../../src/vfs/index.ts';
import { imageOf } from '../debian/image.ts';

export const examplesFolder = resolve(import.meta.dirname, '../../examples');

/** An example as gallery.json lists it. */
export interface Example {
  readonly name: string;
  /** Below examples/: a riscv64 program, or a script. What has none is a system to sit at (test/programs/login.test.ts). */
  readonly file?: string;
  readonly title: { readonly en: string; readonly ko: string };
  /** Options of the machine, as `--quantum=1ms`. */
  readonly flags?: readonly string[];
  /** As a shell tells it; 0 unless told. */
  readonly exitCode?: number;
  /** `tiny` unless told. */
  readonly image?: string;
}

interface Group {
  readonly title: Example['title'];
  readonly examples: readonly Example[];
}

export const gallery: readonly Group[] = JSON.parse(
  readFileSync(join(examplesFolder, 'gallery.json'), 'utf8'),
);

/** An event, and its fields by name. */
export type Seen = EventJson & Readonly<Record<string, number | string>>;

/** A recorded run of an example. */
export class Watched {
  readonly output: string;
  readonly exitCode: number;
  readonly events: readonly Seen[];
  readonly #recording: Recording;
  readonly #moments = new Map<string, Promise<PastMachine>>();

  constructor(recording: Recording, output: string, exitCode: number) {
    this.#recording = recording;
    this.output = output;
    this.exitCode = exitCode;
    this.events = recording.events().map((event) => recording.eventJson(event) as Seen);
  }

  get lines(): readonly string[] {
    return this.output.trimEnd().split('\n');
  }

  /** The machine at a virtual time in milliseconds, or when an event has just happened. */
  at(moment: number | Seen): Promise<PastMachine> {
    const wanted: Moment = typeof moment === 'number' ? moment * 1e6 : { event: moment.event };
    const key = JSON.stringify(wanted);
    const known = this.#moments.get(key) ?? this.#recording.at(wanted);
    this.#moments.set(key, known);
    return known;
  }

  /** Events of some kind, and of some task if one is named. */
  of(kind: string, tid?: number): readonly Seen[] {
    return this.events.filter((event) => event.kind === kind && (tid === undefined || event.tid === tid));
  }

  /** The only event of its kind, or the first that fits. */
  first(kind: string, fits: (event: Seen) => boolean = () => true): Seen {
    const found = this.events.find((event) => event.kind === kind && fits(event));
    if (found === undefined) throw new Error(`no event ${kind} fits`);
    return found;
  }

  /** Children of a task by fork, in order. */
  children(tid: number): readonly number[] {
    return this.of('fork', tid).map(({ child }) => Number(child));
  }

  /** Virtual nanoseconds a task spent running, from its dispatches and what ended them. */
  runs(tid: number): readonly { readonly from: number; readonly to: number; readonly end: string }[] {
    const found: { from: number; to: number; end: string }[] = [];
    let from: number | null = null;
    for (const { kind, time, tid: who } of this.events) {
      if (who !== tid) continue;
      if (kind === 'dispatch') from = time;
      else if (from !== null && ['preempt', 'yield', 'block', 'exit', 'stop'].includes(kind)) {
        found.push({ from, to: time, end: kind });
        from = null;
      }
    }
    return found;
  }
}

/** The program of a run, behind the first process. */
export const PROGRAM = 2;

/** Observations: what each one says, and its check. */
export type Observations = Readonly<Record<string, (run: Watched) => void | Promise<void>>>;

const UNITS: Readonly<Record<string, number>> = { us: 1e3, ms: 1e6, s: 1e9 };

const OPTIONS: Readonly<Record<string, (text: string) => Partial<LaunchOptions>>> = {
  disk: (text) => ({ disk: nanos(text) }),
  quantum: (text) => ({ quantum: nanos(text) }),
  'switch-cost': (text) => ({ switchCost: nanos(text) }),
  cpus: (text) => ({ cpus: Number(text) }),
  policy: (text) => ({ policy: text as never }),
};

const nanos = (text: string): number => {
  const [, count, unit] = /^(\d+)(us|ms|s)$/.exec(text)!;
  return Number(count) * UNITS[unit!]!;
};

/** What `--quantum=1ms` and the others mean to the library. */
export const optionsOf = (flags: readonly string[]): Partial<LaunchOptions> =>
  Object.assign({}, ...flags.map((flag) => OPTIONS[/^--([\w-]+)=/.exec(flag)![1]!]!(flag.split('=')[1]!)));

const interpreterOf = ({ file = '', image = 'tiny' }: Example): readonly string[] => {
  if (file.endsWith('.py')) return ['python3'];
  return file.endsWith('.sh') ? [image === 'tiny' ? 'sh' : 'bash'] : [];
};

/** The image that the example runs on. */
const below = ({ image = 'tiny' }: Example): readonly Layer[] =>
  image === 'tiny' ? [tinyLayer()] : imageOf(image)!.layers;

/** What the command ends with when the run was stopped. */
const STOPPED = 125;

/** Runs an example, twice. */
export async function watch(example: Example, flags = example.flags ?? []) {
  const { file = '' } = example;
  const path = `/examples/${file}`;
  const own = memoryLayer('examples', {
    [path]: { bytes: readFileSync(join(examplesFolder, file)), mode: 0o755 },
  });
  const pieces: Uint8Array[] = [];
  const { machine, program } = await launch([...interpreterOf(example), path], {
    ...optionsOf(flags),
    image: [...below(example), own],
    memory: 2 ** 28,
    virtualTimeout: 10e9,
    stopsInDeadlock: true,
    events: 'all',
    record: (bytes) => pieces.push(bytes.slice()),
  });
  // Nobody has to read it here: the replay tells it, also of a run that was stopped.
  program.stdout.text().catch(() => {});
  const exitCode = await program.wait().then(
    (ended) => ended.exitCode,
    () => STOPPED,
  );
  const hash = machine.stateHash();
  machine.close();
  const recording = await openRecording(Buffer.concat(pieces), { openLayer: () => below(example)[0]! });
  let output = '';
  const again = await recording.replay({
    isVerified: true,
    onOutput: (stream, bytes) => {
      if (stream === 'stdout') output += Buffer.from(bytes).toString();
    },
  });
  expect(again.machine.stateHash()).toBe(hash);
  return new Watched(recording, output, exitCode);
}

/** The first address that a line of output names. */
export const addressIn = (line: string): number => Number(/0x[0-9a-f]+/.exec(line)![0]);

/** An example by its name. */
export const example = (name: string): Example =>
  gallery.flatMap(({ examples }) => examples).find((each) => each.name === name)!;
