/** One program in a machine of its own, which begins where an earlier run of the same was kept. */
import { pack } from '../base/index.ts';
import {
  type SpawnOptions as CoreSpawnOptions,
  DEFAULT_EPOCH,
  type MachineOptions,
} from '../machine/index.ts';
import type { Timestamp } from '../vfs/index.ts';
import { FIRST_WINDOW, type Window } from './console.ts';
import { orThrow } from './error.ts';
import { Machine } from './machine.ts';
import { type Beginnings, begin, type Kept, resume } from './opening.ts';
import { type BootOptions, machineOptions } from './options.ts';
import type { Process } from './process.ts';
import { recorderFor } from './record.ts';
import { coreSpawn, type SpawnOptions, withMemory } from './spawn.ts';

/** What a run begins with: as `boot`, and the program. */
export interface LaunchOptions extends BootOptions, SpawnOptions {
  /** The terminal's window. */
  readonly window?: Window;
  /** The time is given and not just the present one: it is the same in the next run. */
  readonly isTimeFixed?: boolean;
  /** The program is the machine's first process itself, an init; with its end the machine ends. */
  readonly isFirst?: boolean;
  /** Told of the machine before it runs. */
  readonly prepare?: (machine: Machine) => void;
  /** Beginnings of runs that were kept. Ids of layers must then stand for their content, but of those outside. */
  readonly beginnings?: Beginnings;
}

/** A program in a machine of its own. */
export interface Launched {
  readonly machine: Machine;
  readonly program: Process;
  /** The run began behind what was kept of an earlier one. */
  readonly isWarm: boolean;
}

/**
 * Makes a machine for one program. It is sealed until the program looks at something that may differ from run to
 * run; what it has become by then is kept in `beginnings`, and the next run of the same begins there.
 */
export async function launch(argv: readonly string[], options: LaunchOptions = {}): Promise<Launched> {
  const { window = FIRST_WINDOW, isTimeFixed = false, beginnings, stdin, stdout, stderr, env, cwd } = options;
  const made = orThrow(machineOptions(options));
  const streams = { ...(stdin && { stdin }), ...(stdout && { stdout }), ...(stderr && { stderr }) };
  const spawn = coreSpawn(argv, { ...streams, ...(env && { env }), ...(cwd !== undefined && { cwd }) });
  const { epoch, ...sealed } = sealedOptions({ ...made, hasInit: options.isFirst !== true }, isTimeFixed);
  const recorder = recorderFor(sealed.options, options);
  const machineOf = recorder?.options ?? sealed.options;
  const kept: Kept | null =
    beginnings === undefined ? null : { beginnings, key: keyOf(machineOf, spawn, window) };
  const known = kept === null ? undefined : resume(machineOf, epoch, kept);
  const start =
    known ??
    orThrow(
      withMemory(() =>
        begin(machineOf, epoch, kept, (core) => {
          if (window !== FIRST_WINDOW) core.resize(window.rows, window.columns);
          return core.spawn(spawn);
        }),
      ),
    );
  const machine = new Machine(start.core, options, { opening: start.opening, window, recorder });
  options.prepare?.(machine);
  return { machine, program: machine.adopt(start.program, streams), isWarm: known !== undefined };
}

const DAY = 86_400;

interface Sealed {
  readonly options: MachineOptions;
  /** The time of this run. */
  readonly epoch: Timestamp;
}

/** Until it is told the time, a machine stamps its files with the beginning of the day. */
function sealedOptions(options: MachineOptions, isTimeFixed: boolean): Sealed {
  const epoch = options.epoch ?? DEFAULT_EPOCH;
  const isFixed = isTimeFixed || options.epoch === undefined;
  const day: Timestamp = { sec: epoch.sec - (epoch.sec % DAY), nsec: 0 };
  return { options: { ...options, sealed: true, isTimeFixed: isFixed, epoch: isFixed ? epoch : day }, epoch };
}

/** All that decides what a sealed machine does; how the processor executes does not. */
function keyOf(
  { layers, mounts = [], ...options }: MachineOptions,
  spawn: CoreSpawnOptions,
  window: Window,
): Uint8Array {
  const ids = layers.map(({ id }) => id);
  const below = mounts.map(({ path, layer: { id, isOutside = false, root } }) =>
    isOutside ? [path, id, root.mode, root.uid, root.gid] : [path, id],
  );
  return pack([sorted({ ...options, tier: undefined }), ids, below, sorted(spawn), window]);
}

const sorted = (record: object): [name: string, value: unknown][] =>
  Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
