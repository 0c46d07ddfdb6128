/** `timeslice image pull`: from a mirror to an image in the cache. */
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isProblem, type Problem } from '../base/index.ts';
import {
  ARCHITECTURE,
  addedPackages,
  closure,
  configure,
  DEFAULT_IMAGE,
  DEFAULT_PACKAGES,
  DEFAULT_SUITE,
  type GeneratedEntry,
  generateTree,
  LOCK_FORMAT,
  type Lock,
  type LockedPackage,
  lookup,
  type Package,
  unpackDeb,
} from '../image/index.ts';
import { cacheFolder, guarded, type Store, storeAt, whileLocked, writeWhole } from './image-cache.ts';
import { download, type FetchOptions } from './image-fetch.ts';
import { findLayer, openPacks, type StoredLayer, storeLayer, sweep } from './image-layer.ts';
import { chooseMirror, type MirrorChoice } from './image-mirror.ts';
import { imageId, lockPath, makeView, mergeLayers } from './image-open.ts';
import { type Archive, type ArchiveOptions, openArchive } from './image-release.ts';

export interface PullOptions extends MirrorChoice, FetchOptions {
  readonly cacheDir?: string | undefined;
  /** `debian`, or `debian+PACKAGE…` for an image with more packages. */
  readonly name?: string | undefined;
  /** Packages to put into the image beyond the default set and those its name says. */
  readonly add?: readonly string[] | undefined;
  readonly suite?: string | undefined;
  readonly keyring?: ArchiveOptions['keyring'];
  readonly keyrings?: ArchiveOptions['keyrings'];
  /** The packages to begin with, instead of the default set. */
  readonly packages?: readonly string[] | undefined;
  /** A folder that gets a copy of every .deb, under its name in the archive. */
  readonly keep?: string | undefined;
}

/** Where a pull is. Bytes are those of the package files, with what a former run had left. */
export interface PullProgress {
  readonly stage: 'waiting' | 'index' | 'packages' | 'configuration';
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly donePackages: number;
  readonly totalPackages: number;
}

export interface PulledImage {
  readonly name: string;
  readonly id: string;
  readonly lock: Lock;
  /** Packages whose layer was in the cache already. */
  readonly reused: number;
}

const PARALLEL = 6;

/** Fetches an image. What is in the cache is not fetched again; broken downloads go on where they stopped. */
export async function pullImage(
  options: PullOptions,
  onProgress: (progress: PullProgress) => void = () => undefined,
): Promise<PulledImage | Problem> {
  const name = options.name ?? DEFAULT_IMAGE;
  const added = addedPackages(name);
  if (isProblem(added)) return added;
  const mirror = chooseMirror(options);
  if (isProblem(mirror)) return mirror;
  const store = storeAt(options.cacheDir ?? cacheFolder());
  const wanted = [...(options.packages ?? DEFAULT_PACKAGES), ...added, ...(options.add ?? [])];
  const stage = (name: PullProgress['stage']) => onProgress({ ...NOTHING_DONE, stage: name });
  return guarded(store.root, () =>
    whileLocked(
      store,
      () => stage('waiting'),
      async () => {
        await sweep(store);
        stage('index');
        const suite = options.suite ?? DEFAULT_SUITE;
        const archive = await openArchive(store, { ...options, mirror, suite });
        if (isProblem(archive)) return archive;
        const packages = closure(archive.index, wanted);
        if (isProblem(packages)) return packages;
        return assemble(store, name, suite, archive, packages, options, onProgress);
      },
    ),
  );
}

const NOTHING_DONE = { doneBytes: 0, totalBytes: 0, donePackages: 0, totalPackages: 0 };

async function assemble(
  store: Store,
  name: string,
  suite: string,
  archive: Archive,
  packages: readonly Package[],
  options: PullOptions,
  onProgress: (progress: PullProgress) => void,
): Promise<PulledImage | Problem> {
  const fetched = await fetchPackages(store, archive.mirror, packages, options, onProgress);
  if (isProblem(fetched)) return fetched;
  onProgress({ ...NOTHING_DONE, stage: 'configuration' });
  const { version, date } = archive.release;
  const bare: Lock = {
    format: LOCK_FORMAT,
    origin: { mirror: archive.mirror, suite, version, date },
    architecture: ARCHITECTURE,
    packages: fetched.locked,
    generated: [],
  };
  const configuration = await configurationLayer(store, bare);
  if (isProblem(configuration)) return configuration;
  const lock: Lock = { ...bare, generated: [{ label: 'configuration', index: configuration.index }] };
  const written = await writeImage(store, name, lock);
  return isProblem(written) ? written : { name, id: written, lock, reused: fetched.reused };
}

/** Writes the lock under the image's name and id, and the merged tree for the first run. */
export async function writeImage(store: Store, name: string, lock: Lock): Promise<string | Problem> {
  const view = makeView(store, lock);
  if (isProblem(view)) return view;
  const id = imageId(lock);
  const text = `${JSON.stringify(lock, null, 1)}\n`;
  await writeWhole(lockPath(store, id)!, text);
  await writeWhole(lockPath(store, name)!, text);
  return id;
}

interface Fetched {
  readonly locked: readonly LockedPackage[];
  readonly reused: number;
}

async function fetchPackages(
  store: Store,
  mirror: string,
  packages: readonly Package[],
  options: PullOptions,
  onProgress: (progress: PullProgress) => void,
): Promise<Fetched | Problem> {
  const bytes = new Map<string, number>();
  const layers = new Map<string, StoredLayer>();
  const totalBytes = packages.reduce((sum, { size }) => sum + size, 0);
  let reused = 0;
  const tell = () =>
    onProgress({
      stage: 'packages',
      doneBytes: [...bytes.values()].reduce((sum, count) => sum + count, 0),
      totalBytes,
      donePackages: layers.size,
      totalPackages: packages.length,
    });
  const one = async (item: Package): Promise<Problem | undefined> => {
    const onBytes = (count: number) => {
      bytes.set(item.name, Math.min(count, item.size));
      tell();
    };
    const there = options.keep === undefined ? await findLayer(store, item.sha256) : undefined;
    const layer = there ?? (await fetchLayer(store, mirror, item, { ...options, onBytes }));
    if (isProblem(layer)) return layer;
    if (there) reused++;
    layers.set(item.name, layer);
    onBytes(item.size);
    return undefined;
  };
  const wrong = await several(packages, PARALLEL, one);
  if (wrong) return wrong;
  const locked = packages.map(({ name, version, architecture, filename, size, sha256 }) => {
    return { name, version, architecture, filename, size, sha256, index: layers.get(name)!.index };
  });
  return { locked, reused };
}

async function fetchLayer(
  store: Store,
  mirror: string,
  item: Package,
  options: PullOptions,
): Promise<StoredLayer | Problem> {
  const path = join(store.downloads, `${item.sha256}.deb`);
  const wrong = await download(`${mirror}/${item.filename}`, path, item, options);
  if (wrong) return wrong;
  const deb = await readFile(path);
  const layer = await storeLayer(store, item.sha256, (sink) => unpackDeb(deb, sink));
  if (options.keep !== undefined) {
    await mkdir(options.keep, { recursive: true });
    await copyFile(path, join(options.keep, basename(item.filename)));
  }
  await rm(path, { force: true });
  return layer;
}

/** Works on a list with so many at a time; stops beginning new ones at the first problem. */
async function several<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<Problem | undefined>,
): Promise<Problem | undefined> {
  const queue = [...items];
  let wrong: Problem | undefined;
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined && !wrong; item = queue.shift())
      wrong ??= await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return wrong;
}

async function configurationLayer(store: Store, lock: Lock): Promise<StoredLayer | Problem> {
  const merged = mergeLayers(store, lock);
  if (isProblem(merged)) return merged;
  const folders = lock.packages.map(({ sha256 }, i) => ({ folder: sha256, size: merged.packs[i]! }));
  const packs = openPacks(store, folders);
  if (isProblem(packs)) return packs;
  const readFile = (path: string) => {
    const node = lookup(merged.root, path);
    if (node?.kind !== 'file') return undefined;
    const bytes = new Uint8Array(node.size);
    packs.read(node.blob.pack, node.blob.offset, bytes);
    return bytes;
  };
  try {
    return await storeGenerated(
      store,
      configure({ root: merged.root, postinsts: merged.postinsts, readFile }),
    );
  } finally {
    packs.close();
  }
}

/** Keeps entries as a layer named by its own hash. */
export const storeGenerated = (
  store: Store,
  entries: readonly GeneratedEntry[],
): Promise<StoredLayer | Problem> =>
  storeLayer(store, undefined, async (sink) => ({ root: await generateTree(entries, sink), postinst: '' }));
