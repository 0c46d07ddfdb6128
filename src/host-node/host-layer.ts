/**
 * A folder of this computer as a read-only layer. Looked at when the guest looks, symbolic links kept as they
 * are; devices, sockets and FIFOs of the host are not shown.
 */
import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { type Problem, problem } from '../base/index.ts';
import type { Layer, LayerDirectory, LayerNode } from '../vfs/index.ts';

interface HostDirectory extends LayerDirectory {
  readonly path: string;
}

/** Host files kept open at once: a program's libraries are read in many small pieces. */
const MAX_OPEN = 16;

/** Opens a folder as a layer. */
export function hostLayer(folder: string): Layer | Problem {
  const path = resolve(folder);
  const found = statOf(path);
  if (found === undefined || !found.isDirectory())
    return problem('no-folder', `${folder} is no folder of this computer`, 'Give an existing folder.');
  const files = new OpenFiles();
  const listed = new Map<LayerDirectory, ReadonlyMap<string, LayerNode>>();
  return {
    id: `host:${path}`,
    root: directory(path, found),
    isOutside: true,
    // As it was at the first look: what comes to the folder later is no change that the guest made.
    list(from) {
      const known = listed.get(from) ?? listing((from as HostDirectory).path);
      listed.set(from, known);
      return known;
    },
    read: (file, offset, into) => files.read(file.blob as string, offset, into),
  };
}

/** One file as a layer's node; undefined for what a guest cannot see. Links are followed. */
export function hostFile(path: string): LayerNode | undefined {
  const found = statOf(path);
  return found === undefined || !found.isFile() ? undefined : nodeOf(path, found);
}

/** A layer with just some files of this computer at the paths given. */
export function hostFilesLayer(files: ReadonlyMap<string, LayerNode>): Layer {
  const opened = new OpenFiles();
  const tree = new Map<LayerDirectory, Map<string, LayerNode>>();
  const newDirectory = (): LayerDirectory => {
    const made: LayerDirectory = { kind: 'directory', mode: 0o755, uid: 0, gid: 0, mtime: 0 };
    tree.set(made, new Map());
    return made;
  };
  const root = newDirectory();
  for (const [path, node] of files) {
    const names = path.split('/').filter((name) => name !== '');
    const name = names.pop()!;
    let here = root;
    for (const each of names) {
      const entries = tree.get(here)!;
      const next = entries.get(each);
      here = next?.kind === 'directory' ? next : newDirectory();
      entries.set(each, here);
    }
    tree.get(here)!.set(name, node);
  }
  return {
    id: `host:${[...files.keys()].join(':')}`,
    root,
    isOutside: true,
    list: (from) => tree.get(from)!,
    read: (file, offset, into) => opened.read(file.blob as string, offset, into),
  };
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Windows knows no executable files. */
const ALWAYS = process.platform === 'win32' ? 0o755 : 0;

const metaOf = ({ mode, uid, gid, mtimeMs }: Stats) => ({
  mode: (mode & 0o7777) | ALWAYS,
  uid,
  gid,
  mtime: Math.floor(mtimeMs / 1000),
});

const directory = (path: string, stats: Stats): HostDirectory => ({
  kind: 'directory',
  ...metaOf(stats),
  path,
});

function nodeOf(path: string, stats: Stats): LayerNode | undefined {
  if (stats.isDirectory()) return directory(path, stats);
  if (stats.isFile()) return { kind: 'file', ...metaOf(stats), size: stats.size, blob: path };
  if (stats.isSymbolicLink()) return { kind: 'symlink', ...metaOf(stats), target: readlinkSync(path) };
  return undefined;
}

/** A folder's entries; what vanishes meanwhile, or may not be looked at, is left out. */
function listing(path: string): ReadonlyMap<string, LayerNode> {
  const entries = new Map<string, LayerNode>();
  for (const name of namesIn(path)) {
    try {
      const node = nodeOf(join(path, name), lstatSync(join(path, name)));
      if (node !== undefined) entries.set(name, node);
    } catch {}
  }
  return entries;
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Files being read, the least recently used closed first. */
class OpenFiles {
  readonly #open = new Map<string, number>();

  read(path: string, offset: number, into: Uint8Array): number {
    const file = this.#file(path);
    if (file === undefined) return 0;
    let done = 0;
    while (done < into.length) {
      const count = readSync(file, into, done, into.length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  #file(path: string): number | undefined {
    let file = this.#open.get(path);
    this.#open.delete(path);
    try {
      file ??= openSync(path, 'r');
    } catch {
      return undefined;
    }
    this.#open.set(path, file);
    if (this.#open.size > MAX_OPEN) {
      const [oldest, number] = this.#open.entries().next().value!;
      closeSync(number);
      this.#open.delete(oldest);
    }
    return file;
  }
}
