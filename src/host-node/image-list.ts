/** Lists the images of a store, and removes them with the layers that nothing else needs. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isProblem, type Problem } from '../base/index.ts';
import { canonicalName, type Lock, layersOf, parseLock } from '../image/index.ts';
import { guarded, type Store, storeAt, whileLocked } from './image-cache.ts';
import { fileNames, imageId, lockPath, readLock, viewName } from './image-open.ts';

export interface ListedImage {
  /** Undefined for an image that a newer pull took the name from; recordings may still need it. */
  readonly name: string | undefined;
  readonly id: string;
  readonly packages: number;
  /** Bytes on disk; layers are shared between images. */
  readonly size: number;
  readonly origin: Lock['origin'];
}

/** All images, named ones first. Damaged lock files are passed over. */
export function listImages(cacheDir: string): readonly ListedImage[] {
  const store = storeAt(cacheDir);
  const named = locksIn(store.names).map(([file, lock]) => describe(store, basename(file, '.json'), lock));
  const known = new Set(named.map(({ id }) => id));
  const others = locksIn(store.locks).filter(([, lock]) => !known.has(imageId(lock)));
  return [...named, ...others.map(([, lock]) => describe(store, undefined, lock))];
}

function locksIn(folder: string): (readonly [file: string, lock: Lock])[] {
  return fileNames(folder).flatMap((file) => {
    const lock = parseLock(readFileSync(join(folder, file), 'utf8'));
    return isProblem(lock) ? [] : [[file, lock] as const];
  });
}

function describe(store: Store, name: string | undefined, lock: Lock): ListedImage {
  const folders = new Set(layersOf(lock).map(({ folder }) => folder));
  const size = [...folders].reduce((sum, folder) => sum + layerSize(store, folder), 0);
  return { name, id: imageId(lock), packages: lock.packages.length, size, origin: lock.origin };
}

const layerSize = (store: Store, folder: string): number =>
  ['pack', 'index.json'].reduce((sum, file) => {
    return sum + (statSync(join(store.layers, folder, file), { throwIfNoEntry: false })?.size ?? 0);
  }, 0);

/** Removes an image by name or id. Gives the bytes that became free. */
export async function removeImage(
  cacheDir: string,
  name: string,
): Promise<{ readonly freed: number } | Problem> {
  const store = storeAt(cacheDir);
  const path = lockPath(store, canonicalName(name));
  if (path === undefined || !existsSync(path)) {
    const unknown = readLock(store, name);
    if (isProblem(unknown)) return unknown;
  }
  return guarded(store.root, () =>
    whileLocked(
      store,
      () => undefined,
      () => remove(store, path!),
    ),
  );
}

/** A lock file that cannot be read any more is removed as well: it is how one gets rid of a damaged image. */
async function remove(store: Store, path: string): Promise<{ freed: number }> {
  const lock = existsSync(path) ? parseLock(readFileSync(path, 'utf8')) : undefined;
  await rm(path, { force: true });
  if (lock && !isProblem(lock)) {
    const id = imageId(lock);
    for (const [file, other] of locksIn(store.names))
      if (path.startsWith(store.locks) && imageId(other) === id)
        await rm(join(store.names, file), { force: true });
    if (!locksIn(store.names).some(([, other]) => imageId(other) === id))
      await rm(lockPath(store, id)!, { force: true });
  }
  return { freed: await collect(store) };
}

/** Deletes layers and views that no lock file names. Runs that have them open keep them open. */
async function collect(store: Store): Promise<number> {
  const locks = [...locksIn(store.names), ...locksIn(store.locks)].map(([, lock]) => lock);
  const layers = new Set(locks.flatMap((lock) => layersOf(lock).map(({ folder }) => folder)));
  const views = new Set(locks.map(viewName));
  let freed = 0;
  for (const folder of await readdir(store.layers)) {
    if (layers.has(folder)) continue;
    freed += layerSize(store, folder);
    await rm(join(store.layers, folder), { recursive: true, force: true });
  }
  for (const file of await readdir(store.views))
    if (!views.has(file)) await rm(join(store.views, file), { force: true });
  return freed;
}
