/**
 * A whole machine as bytes: all records as packed data, then the contents of the frames that have any. What was
 * saved can be restored into a machine of the same size, processors and layers, and goes on as the other would.
 *
 *     u32 magic · u32 format · u32 length of the records · records · zeros up to 8 · contents
 */
import { KernelBug, type Nanos, type Problem, pack, problem, unpack } from '../base/index.ts';
import type { SavedEvents } from '../events/index.ts';
import { type Kernel, loadKernel, type SavedKernel, saveKernel } from '../kernel/index.ts';
import type { SavedMemory } from '../memory/index.ts';
import { loadVfs, type MountId, type Place, type SavedVfs, saveVfs } from '../vfs/index.ts';
import type { Input } from './input.ts';
import type { Settings } from './options.ts';

const MAGIC = 0x3150_4e53;
/** Another number for another meaning of the records: what an older version saved is not read. */
const FORMAT = 4;
const HEAD = 12;

/** What the machine itself knows beside its kernel. */
export interface MachineState {
  readonly root: Place;
  readonly mounts: ReadonlyMap<string, MountId>;
  readonly drained: number;
  readonly inputs: readonly Input[];
  readonly isSealed: boolean;
}

interface Saved {
  readonly frames: number;
  readonly kernel: SavedKernel;
  readonly memory: SavedMemory;
  readonly vfs: SavedVfs;
  readonly events: SavedEvents;
  readonly machine: MachineState;
}

/** A snapshot that has been read and fits the settings: what `loadSnapshot` takes. */
export interface Snapshot {
  readonly saved: Saved;
  readonly contents: Uint8Array;
}

/** The bytes of a machine between two runs, in pieces; those of its memory lie where they are. */
export function snapshotOf(k: Kernel, machine: MachineState): readonly Uint8Array[] {
  const memory = k.memory.save();
  const { epoch } = k.options;
  // What a sealed machine was told it has not kept: two of them are the same, whatever the time.
  const forget = (input: Input): Input => (input.kind === 'time' ? { ...input, epoch } : input);
  const saved: Saved = {
    frames: k.memory.frames.total,
    kernel: { ...saveKernel(k), ...(machine.isSealed && { epoch }) },
    memory,
    vfs: saveVfs(k.vfs),
    events: k.events.save(),
    machine: machine.isSealed ? { ...machine, inputs: machine.inputs.map(forget) } : machine,
  };
  const records = pack(saved);
  const head = new Uint8Array(contentsAt(records.length));
  const view = new DataView(head.buffer);
  for (const [i, word] of [MAGIC, FORMAT, records.length].entries()) view.setUint32(4 * i, word, true);
  head.set(records, HEAD);
  return [head, ...k.memory.contentsOf(memory)];
}

/** Puts pieces together. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

const contentsAt = (records: number): number => Math.ceil((HEAD + records) / 8) * 8;

const damaged = () =>
  problem('damaged-snapshot', 'the snapshot is damaged or of another version', 'Make it again.');

/** Reads a snapshot for a machine with these settings. */
export function readSnapshot(bytes: Uint8Array, settings: Settings): Snapshot | Problem {
  if (bytes.length < HEAD) return damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [magic, format, length] = [0, 4, 8].map((at) => view.getUint32(at, true)) as [number, number, number];
  if (magic !== MAGIC || format !== FORMAT || HEAD + length > bytes.length) return damaged();
  try {
    const saved = unpack(bytes.subarray(HEAD, HEAD + length)) as Saved;
    const contents = bytes.subarray(contentsAt(length));
    return whyNotLoad(saved, contents, settings) ?? { saved, contents };
  } catch (error) {
    if (error instanceof KernelBug || error instanceof TypeError) return damaged();
    throw error;
  }
}

const PAGE_SIZE = 4096;

function whyNotLoad(
  { frames, memory, kernel }: Saved,
  contents: Uint8Array,
  settings: Settings,
): Problem | null {
  const runs = memory.runs.filter((_, i) => i % 2 === 1);
  if (contents.length !== runs.reduce((sum, count) => sum + count, 0) * PAGE_SIZE) return damaged();
  if (frames === Math.floor(settings.memory / PAGE_SIZE) && kernel.cpus.length === settings.cpus) return null;
  return problem(
    'other-machine',
    'the snapshot is of a machine with other memory or processors',
    'Give the options that it was made with.',
  );
}

/** Gives a machine's parts, which have just been made, the state of a snapshot; the machine keeps the rest. */
export function loadSnapshot(
  k: Kernel,
  settings: Settings,
  { saved, contents }: Snapshot,
): MachineState | Problem {
  k.memory.load(saved.memory, contents);
  const layers = [...settings.layers, ...settings.mounts.map(({ layer }) => layer)];
  if (!loadVfs(k.vfs, layers, saved.vfs, saved.machine.isSealed))
    return problem('other-machine', 'the snapshot is of a machine with other files', 'Give the same image.');
  k.vfs.disk.serviceTime = settings.diskTime as Nanos;
  k.events.load(saved.events);
  loadKernel(k, saved.kernel);
  return saved.machine;
}
