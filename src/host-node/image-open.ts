/** Opens an image for a machine: one lock file, one merged tree, and the packs of its layers. */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { isProblem, type Problem, problem } from '../base/index.ts';
import {
  canonicalName,
  decodeTree,
  decodeView,
  encodeView,
  identityText,
  type Lock,
  type LockedPackage,
  layersOf,
  mergeGenerated,
  mergeTree,
  newDirectory,
  parseLayerIndex,
  parseLock,
  ROOT_META,
  type TreeDirectory,
  type TreeView,
} from '../image/index.ts';
import type { Layer } from '../vfs/index.ts';
import { type Store, storeAt } from './image-cache.ts';
import { sha256Hex } from './image-fetch.ts';
import { openPacks } from './image-layer.ts';

export interface OpenImage {
  /** `sha256:` and the hash of what is in it; a recording names its image by this. */
  readonly id: string;
  readonly name: string;
  /** Low to high. The layers of packages are merged into one, as dpkg unpacks them over each other. */
  readonly layers: readonly Layer[];
  readonly packages: readonly LockedPackage[];
  readonly lock: Lock;
  /** Closes the pack files. The layers cannot be read any more. */
  close(): void;
}

export const imageId = (lock: Lock): string => `sha256:${sha256Hex(identityText(lock))}`;

/** Opens an image by name (`debian`, `debian+gdb`) or by id (`sha256:…`). Reads no network. */
export function openImage(cacheDir: string, name: string): OpenImage | Problem {
  const store = storeAt(cacheDir);
  const lock = readLock(store, name);
  if (isProblem(lock)) return lock;
  const id = imageId(lock);
  const view = readView(store, lock);
  if (isProblem(view)) return view;
  const folders = layersOf(lock).map(({ folder }, i) => ({ folder, size: view.packs[i] ?? -1 }));
  const packs = openPacks(store, folders);
  if (isProblem(packs)) return packs;
  const layers = [view.layer(id, packs.read)];
  return { id, name, layers, packages: lock.packages, lock, close: packs.close };
}

/** The lock file of an image by name or id. */
export function readLock(store: Store, name: string): Lock | Problem {
  const path = lockPath(store, canonicalName(name));
  if (path === undefined || !existsSync(path))
    return problem(
      'unknown-image',
      `there is no image ${name} on this machine`,
      /^debian\b/.test(name)
        ? `Fetch it with \`timeslice image pull${name === 'debian' ? '' : ` ${name}`}\`.`
        : 'See what there is with `timeslice image ls`; `timeslice image pull` fetches the image debian.',
    );
  return parseLock(readFileSync(path, 'utf8'));
}

/** Names become file names: only those that can be no path are looked for. An id may be cut short. */
export function lockPath(store: Store, name: string): string | undefined {
  const id = /^sha256:([0-9a-f]{8,64})$/.exec(name)?.[1];
  if (id?.length === 64) return join(store.locks, `${id}.json`);
  if (id === undefined) return IMAGE_NAME.test(name) ? join(store.names, `${name}.json`) : undefined;
  const fitting = fileNames(store.locks).filter((file) => file.startsWith(id));
  return fitting.length === 1 ? join(store.locks, fitting[0]!) : undefined;
}

const IMAGE_NAME = /^[a-z0-9][a-z0-9.+_-]*$/i;

/** The JSON files of one of the store's folders; none when there is no store yet. */
export function fileNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^[^.].*\.json$/.test(name))
      .sort();
  } catch {
    return [];
  }
}

/** The name of the file that keeps an image's merged tree. */
export const viewName = (lock: Lock): string => `${sha256Hex(identityText(lock))}.tree`;

const viewPath = (store: Store, lock: Lock): string => join(store.views, viewName(lock));

/** Bytes behind the tree: a part that is damaged would be read only later. */
const CHECKSUM = 4;

function readView(store: Store, lock: Lock): TreeView | Problem {
  try {
    const file = readFileSync(viewPath(store, lock));
    const bytes = file.subarray(0, -CHECKSUM);
    if (file.readUInt32LE(bytes.length) !== crc32(bytes)) return makeView(store, lock);
    return decodeView(bytes, (from, to) => bytes.toString('utf8', from, to));
  } catch {
    return makeView(store, lock);
  }
}

/** Merges the layers and keeps the result for the next time; a cache that cannot be written is no hindrance. */
export function makeView(store: Store, lock: Lock): TreeView | Problem {
  const merged = mergeLayers(store, lock);
  if (isProblem(merged)) return merged;
  const bytes = encodeView(merged.root, merged.packs);
  const path = viewPath(store, lock);
  const temporary = `${path}.${process.pid}`;
  try {
    const checksum = Buffer.alloc(CHECKSUM);
    checksum.writeUInt32LE(crc32(bytes));
    writeFileSync(temporary, Buffer.concat([bytes, checksum]));
    renameSync(temporary, path);
  } catch {}
  return decodeView(bytes);
}

/** All layers of a lock as one tree, with the sizes of their packs. Every index must hash to what the lock says. */
export function mergeLayers(
  store: Store,
  lock: Lock,
): { readonly root: TreeDirectory; readonly packs: number[]; readonly postinsts: string[] } | Problem {
  const root = newDirectory(ROOT_META);
  const packs: number[] = [];
  const postinsts: string[] = [];
  for (const { folder, index: hash } of layersOf(lock)) {
    const path = join(store.layers, folder, 'index.json');
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (sha256Hex(text) !== hash)
      return problem(
        'missing-layer',
        'a layer of the image is missing or changed in the cache',
        'Pull the image again: what is missing is fetched.',
      );
    const index = parseLayerIndex(text);
    if (isProblem(index)) return index;
    // Layers that no package brought are named for their index.
    const merge = folder === hash ? mergeGenerated : mergeTree;
    merge(root, decodeTree(index.rows, packs.length));
    packs.push(index.pack.size);
    postinsts.push(index.postinst);
  }
  return { root, packs, postinsts };
}
