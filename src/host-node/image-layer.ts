/** Writes layers into the store and reads them back: a folder with `index.json` and `pack`, there whole or not. */
import { createHash, type Hash, randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { isProblem, type Problem, problem } from '../base/index.ts';
import {
  encodeTree,
  INDEX_FORMAT,
  type LayerIndex,
  type PackSink,
  parseLayerIndex,
  type ReadPack,
  type UnpackedDeb,
} from '../image/index.ts';
import type { Store } from './image-cache.ts';
import { sha256Hex } from './image-fetch.ts';

/** A layer in the store: its folder's name and what its index must hash to. */
export interface StoredLayer {
  readonly folder: string;
  readonly index: string;
}

const NEW = '.new-';
const WRITE_CHUNK = 1 << 20;

/** Collects a pack's bytes into large writes and hashes them on the way. */
class PackWriter implements PackSink {
  readonly #file: FileHandle;
  readonly #hash: Hash = createHash('sha256');
  #waiting: Uint8Array[] = [];
  #waitingSize = 0;
  size = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#waiting.push(bytes);
    this.#waitingSize += bytes.length;
    if (this.#waitingSize >= WRITE_CHUNK) await this.#flush();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingSize = 0;
    this.size += bytes.length;
    this.#hash.update(bytes);
    await this.#file.write(bytes);
  }

  /** Writes the rest; gives the hash of all. */
  async finish(): Promise<string> {
    await this.#flush();
    return this.#hash.digest('hex');
  }
}

/** Makes a layer from what `fill` unpacks. Its folder is named by `folder`, or by its index's hash. */
export async function storeLayer(
  store: Store,
  folder: string | undefined,
  fill: (sink: PackSink) => Promise<UnpackedDeb | Problem>,
): Promise<StoredLayer | Problem> {
  const temporary = join(store.layers, NEW + randomUUID());
  await mkdir(temporary);
  try {
    const file = await open(join(temporary, 'pack'), 'w');
    const pack = new PackWriter(file);
    try {
      const filled = await fill(pack);
      if (isProblem(filled)) return filled;
      const sha256 = await pack.finish();
      const index: LayerIndex = {
        format: INDEX_FORMAT,
        pack: { size: pack.size, sha256 },
        postinst: filled.postinst,
        rows: encodeTree(filled.root),
      };
      const text = JSON.stringify(index);
      await writeFile(join(temporary, 'index.json'), text);
      const hash = sha256Hex(text);
      await file.close();
      await adopt(store, temporary, folder ?? hash);
      return { folder: folder ?? hash, index: hash };
    } finally {
      await file.close();
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Gives a finished folder its name. A sound one that is there already has the same content and stays. */
export async function adopt(store: Store, temporary: string, folder: string): Promise<void> {
  if (await findLayer(store, folder)) return;
  const place = join(store.layers, folder);
  await rm(place, { recursive: true, force: true });
  await rename(temporary, place);
}

/** Leftovers of runs that were killed; only whoever holds the lock may sweep. */
export async function sweep(store: Store): Promise<void> {
  for (const folder of [store.layers, store.names, store.locks, store.views])
    for (const name of await readdir(folder))
      if (name.startsWith(NEW)) await rm(join(folder, name), { recursive: true, force: true });
}

/** The layer in a folder when it is there and its pack has its size; its hash is what its index hashes to now. */
export async function findLayer(store: Store, folder: string): Promise<StoredLayer | undefined> {
  const read = await readIndex(store, folder);
  if (isProblem(read)) return undefined;
  const size = (await stat(join(store.layers, folder, 'pack')).catch(() => undefined))?.size;
  return size === read.index.pack.size ? { folder, index: read.hash } : undefined;
}

/** A layer's index and the hash of its text. */
async function readIndex(
  store: Store,
  folder: string,
): Promise<{ readonly index: LayerIndex; readonly hash: string } | Problem> {
  const text = await readFile(join(store.layers, folder, 'index.json'), 'utf8').catch(() => undefined);
  if (text === undefined)
    return problem(
      'missing-layer',
      'a layer of the image is missing in the cache',
      'Pull the image again: what is missing is fetched.',
    );
  const index = parseLayerIndex(text);
  return isProblem(index) ? index : { index, hash: sha256Hex(text) };
}

/** The open pack files of an image, in layer order. */
export interface Packs {
  readonly read: ReadPack;
  close(): void;
}

/** Opens all packs at once: an image that is removed meanwhile stays readable to the run that has it open. */
export function openPacks(
  store: Store,
  layers: readonly { readonly folder: string; readonly size: number }[],
): Packs | Problem {
  const files: number[] = [];
  const close = () => {
    for (const file of files.splice(0)) closeSync(file);
  };
  for (const { folder, size } of layers) {
    try {
      const file = openSync(join(store.layers, folder, 'pack'), 'r');
      files.push(file);
      if (fstatSync(file).size === size) continue;
    } catch {}
    close();
    return problem(
      'missing-layer',
      'a layer of the image is missing or cut off in the cache',
      'Pull the image again: what is missing is fetched.',
    );
  }
  return {
    read: (pack, position, into) => readFully(files[pack]!, position, into),
    close,
  };
}

function readFully(file: number, position: number, into: Uint8Array): number {
  let at = 0;
  while (at < into.length) {
    const count = readSync(file, into, at, into.length - at, position + at);
    if (count === 0) break;
    at += count;
  }
  return at;
}
