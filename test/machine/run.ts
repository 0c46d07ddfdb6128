/** Machines for tests: layers out of a record of files, and runs to the end. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isProblem } from '../../src/base/index.ts';
import {
  bootMachine,
  type Machine,
  type MachineOptions,
  type RunState,
  type SpawnOptions,
} from '../../src/machine/index.ts';
import type { Layer, LayerDirectory, LayerFile, LayerNode, LayerSymlink } from '../../src/vfs/index.ts';

export const tinyElf = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));

/** A file's bytes, or where a link leads. */
export type Sketch = Readonly<Record<string, Uint8Array | string | { readonly link: string }>>;

const META = { uid: 0, gid: 0, mtime: 0 };

/** A layer with these files, all executable; the directories are made of their paths. */
export function sketchLayer(id: string, files: Sketch): Layer {
  const directories = new Map<string, LayerDirectory>();
  const entries = new Map<LayerDirectory, Map<string, LayerNode>>();
  const directoryAt = (path: string): LayerDirectory => {
    const known = directories.get(path);
    if (known !== undefined) return known;
    const made: LayerDirectory = { kind: 'directory', mode: 0o755, ...META };
    directories.set(path, made);
    entries.set(made, new Map());
    if (path !== '') add(path, made);
    return made;
  };
  const add = (path: string, node: LayerNode) => {
    const slash = path.lastIndexOf('/');
    entries.get(directoryAt(path.slice(0, slash)))!.set(path.slice(slash + 1), node);
  };
  const root = directoryAt('');
  for (const [path, content] of Object.entries(files)) {
    if (typeof content === 'object' && 'link' in content)
      add(path, { kind: 'symlink', mode: 0o777, target: content.link, ...META } satisfies LayerSymlink);
    else {
      const blob = typeof content === 'string' ? Buffer.from(content) : content;
      add(path, { kind: 'file', mode: 0o755, size: blob.length, blob, ...META } satisfies LayerFile);
    }
  }
  return {
    id,
    root,
    list: (directory) => entries.get(directory)!,
    read: (file, offset, into) => {
      const bytes = (file.blob as Uint8Array).subarray(offset, offset + into.length);
      into.set(bytes);
      return bytes.length;
    },
  };
}

/** What came of a run. */
export interface Outcome {
  readonly machine: Machine;
  readonly end: RunState;
  readonly stdout: string;
  readonly stderr: string;
  /** As a shell counts: exit status, or 128 and the signal; null when the machine did not end. */
  readonly status: number | null;
}

export interface RunOptions extends Partial<MachineOptions> {
  readonly stdin?: string;
  readonly spawn?: Partial<SpawnOptions>;
  /** Instructions per step. */
  readonly step?: number;
}

const MAX_STEPS = 100_000;

/** Boots a machine, runs a program to its end (or as far as it comes), and collects what it wrote. */
export function runOnce(files: Sketch, argv: readonly string[], options: RunOptions = {}): Outcome {
  const { stdin = '', spawn, step = 50_000_000, ...rest } = options;
  const machine = bootMachine({
    layers: [sketchLayer('test', files)],
    memory: 2 ** 26,
    strict: true,
    ...rest,
  });
  if (isProblem(machine)) throw new Error(machine.sentence);
  const started = machine.spawn({ argv, stdin: 'pipe', stdout: 'pipe', stderr: 'pipe', ...spawn });
  if (isProblem(started)) throw new Error(started.sentence);
  if (stdin !== '') machine.write(started.stdin, Buffer.from(stdin));
  machine.close(started.stdin);
  const text = { stdout: '', stderr: '' };
  const drain = () => {
    for (const name of ['stdout', 'stderr'] as const)
      text[name] += Buffer.from(machine.read(started[name]).bytes).toString('latin1');
  };
  let end: RunState = { state: 'running' };
  for (let n = 0; n < MAX_STEPS && (end.state === 'running' || end.state === 'output-full'); n++) {
    end = machine.run(step);
    drain();
  }
  const status = end.state === 'exited' ? statusOf(end.status) : null;
  return { machine, end, ...text, status };
}

const statusOf = (status: number) => ((status & 0x7f) === 0 ? status >> 8 : 128 + (status & 0x7f));
