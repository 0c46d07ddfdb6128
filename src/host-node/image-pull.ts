/** `timeslice image pull`: from a mirror to an image in the cache. */
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isProblem, type Problem } from '../base/index.ts';
import {
  ARCHITECTURE,
  addedPackages,
  canonicalName,
  closure,
  DEFAULT_IMAGE,
  DEFAULT_PACKAGES,
  DEFAULT_SUITE,
  LOCK_FORMAT,
  type Lock,
  type LockedPackage,
  type Package,
  unpackDeb,
} from '../image/index.ts';
import { cacheFolder, guarded, type Store, storeAt, whileLocked } from './image-cache.ts';
import { download, type FetchOptions } from './image-fetch.ts';
import { findLayer, type StoredLayer, storeLayer, sweep } from './image-layer.ts';
import { chooseMirror, type MirrorChoice } from './image-mirror.ts';
import { imageId, openImage, readLock } from './image-open.ts';
import { type Archive, type ArchiveOptions, openArchive } from './image-release.ts';
import { CONFIGURATION, configurationLayer, writeImage } from './image-write.ts';

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
  /** Do nothing, and use no network, when there is such an image with all packages asked for. */
  readonly ifMissing?: boolean | undefined;
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
  const name = canonicalName(options.name ?? DEFAULT_IMAGE);
  const named = addedPackages(name);
  if (isProblem(named)) return named;
  const store = storeAt(options.cacheDir ?? cacheFolder());
  const there = options.ifMissing ? present(store, name, options.add ?? []) : undefined;
  if (there) return there;
  const mirror = chooseMirror(options);
  if (isProblem(mirror)) return mirror;
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
        const former = readLock(store, name);
        const kept = isProblem(former) ? [] : former.added;
        const added = [...new Set([...named, ...kept, ...(options.add ?? [])])];
        const packages = closure(archive.index, [...(options.packages ?? DEFAULT_PACKAGES), ...added]);
        if (isProblem(packages)) return packages;
        const plan = { store, name, suite, archive, packages, added, former };
        return assemble(plan, options, onProgress);
      },
    ),
  );
}

function present(store: Store, name: string, add: readonly string[]): PulledImage | undefined {
  const lock = readLock(store, name);
  if (isProblem(lock) || !add.every((one) => lock.packages.some((item) => item.name === one)))
    return undefined;
  const opened = openImage(dirname(store.root), name);
  if (isProblem(opened)) return undefined;
  opened.close();
  return { name, id: opened.id, lock, reused: lock.packages.length };
}

const NOTHING_DONE = { doneBytes: 0, totalBytes: 0, donePackages: 0, totalPackages: 0 };

interface Plan {
  readonly store: Store;
  readonly name: string;
  readonly suite: string;
  readonly archive: Archive;
  readonly packages: readonly Package[];
  readonly added: readonly string[];
  /** The image of this name until now. */
  readonly former: Lock | Problem;
}

async function assemble(
  { store, name, suite, archive, packages, added, former }: Plan,
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
    added,
    packages: fetched.locked,
    generated: [],
  };
  const configuration = await configurationLayer(store, bare);
  if (isProblem(configuration)) return configuration;
  const fresh = { ...bare, generated: [{ label: CONFIGURATION, index: configuration.index }] };
  const lock = { ...fresh, generated: keepGenerated(fresh, former) };
  const id = await writeImage(store, name, lock);
  return isProblem(id) ? id : { name, id, lock, reused: fetched.reused };
}

/** Layers that set-up made in the machine stay as long as what they were made from is the same. */
function keepGenerated(fresh: Lock, former: Lock | Problem): Lock['generated'] {
  if (isProblem(former)) return fresh.generated;
  const base = { ...former, generated: former.generated.filter(({ label }) => label === CONFIGURATION) };
  return imageId(base) === imageId(fresh) ? former.generated : fresh.generated;
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
    for (let item = queue.shift(); item !== undefined && !wrong; item = queue.shift()) {
      const found = await work(item);
      wrong ??= found;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return wrong;
}
