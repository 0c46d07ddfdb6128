/** What a machine is booted with, as the library's user says it. */
import { isProblem, type Problem, problem } from '../base/index.ts';
import { chosenKinds, type EventChoice } from '../events/index.ts';
import type { MachineOptions, PolicyChoice, Tier, TraceChoice } from '../machine/index.ts';
import type { RecordingSink } from '../recording/index.ts';
import type { Layer } from '../vfs/index.ts';
import type { Abort } from './platform.ts';
import { tinyLayer } from './tiny.ts';

/** An image that a host has opened, or anything else made of layers, lowest first. */
export interface LayeredImage {
  readonly layers: readonly Layer[];
}

/** Times are virtual nanoseconds (one instruction takes one), sizes are bytes. */
export interface BootOptions {
  /** `tiny`, the embedded image, unless told; or an opened image, or layers, lowest first. */
  readonly image?: 'tiny' | LayeredImage | readonly Layer[];
  /** Trees that the guest sees at a path, with a layer of memory above: it may write, they stay as they are. */
  readonly mounts?: Readonly<Record<string, Layer>>;
  readonly cpus?: number;
  /** How ordinary tasks are scheduled, `fair` unless told: the name of one of ours, or a program that exports one. */
  readonly policy?: PolicyChoice;
  /** How long a task may run before it is another one's turn. */
  readonly quantum?: number;
  /** What a context switch costs. */
  readonly switchCost?: number;
  /** How long one request to the disk takes; 0 unless told. */
  readonly disk?: number;
  /** How the processor executes, `mixed` unless told: interpreted at first, compiled where it is hot. */
  readonly tier?: Tier;
  readonly seed?: number;
  readonly memory?: number;
  /** Wall clock at boot: 2025-01-01 UTC unless told, so that two runs are alike. */
  readonly epoch?: Date;
  readonly hostname?: string;
  /** uid and gid that programs start with, 0 unless told. */
  readonly user?: number;
  /** Environment of programs that are given none. */
  readonly env?: Readonly<Record<string, string>>;
  readonly maxProcesses?: number;
  /** Limits after which the machine stops for good; `wait` and the streams then tell which. */
  readonly maxInstructions?: number;
  readonly virtualTimeout?: number;
  readonly maxOutput?: number;
  /** Stop the machine when all its tasks wait for each other for ever; off unless told, then they are left to wait. */
  readonly stopsInDeadlock?: boolean;
  /** Never wait for real time when all tasks sleep; on unless told. */
  readonly warp?: boolean;
  /** Stops the machine for good, whatever it does. */
  readonly signal?: Abort;
  /** Takes what `strace -f` would print, as it happens. */
  readonly trace?: (text: string) => void;
  /** Which kinds of events are recorded from the beginning on; those that always are, unless told. */
  readonly events?: EventChoice;
  /** Takes the bytes of a recording, as the run goes on: they make a file that `openRecording` reads. */
  readonly record?: RecordingSink;
  /** Who is said to have made it: which version of the code. */
  readonly recordedBy?: string;
  /** Which calls, signals and results are traced, and how they look; all unless told. */
  readonly traceChoice?: TraceChoice;
}

/** A library option, and what the machine calls it. */
const SAME = [
  'cpus',
  'policy',
  'quantum',
  'switchCost',
  'seed',
  'tier',
  'memory',
  'hostname',
  'user',
  'maxProcesses',
  'maxInstructions',
  'virtualTimeout',
  'maxOutput',
  'warp',
] as const satisfies readonly (keyof BootOptions & keyof MachineOptions)[];

/** The machine's own options; what was not given keeps the machine's default. */
export function machineOptions(options: BootOptions): MachineOptions | Problem {
  const layers = layersOf(options.image ?? 'tiny');
  if (isProblem(layers)) return layers;
  const given = Object.fromEntries(
    SAME.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
  const mounts = Object.entries(options.mounts ?? {}).map(([path, layer]) => ({ path, layer }));
  const wrong = mounts.find(({ path }) => !path.startsWith('/'));
  if (wrong !== undefined)
    return problem('bad-mount', `${wrong.path} is not a path in the machine`, 'Begin it with a slash.');
  const disk = options.disk === undefined ? {} : { diskTime: options.disk };
  const events = chosenKinds(options.events ?? 'always');
  if (isProblem(events)) return events;
  return { ...given, ...disk, ...epochOf(options.epoch), layers, mounts, events: [...events] };
}

function layersOf(image: NonNullable<BootOptions['image']>): readonly Layer[] | Problem {
  if (image === 'tiny') return [tinyLayer()];
  if (typeof image === 'string')
    return problem('unknown-image', `there is no image ${String(image)}`, 'Open it with openImage first.');
  return 'layers' in image ? image.layers : image;
}

function epochOf(epoch: Date | undefined): Pick<MachineOptions, 'epoch'> {
  if (epoch === undefined) return {};
  const milliseconds = epoch.getTime();
  const sec = Math.floor(milliseconds / 1000);
  return { epoch: { sec, nsec: (milliseconds - sec * 1000) * 1e6 } };
}
