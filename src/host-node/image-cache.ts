/** Where images lie on this machine, how files get there whole or not at all, and the lock that writers take. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Problem, problem } from '../base/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Each system's place for caches: XDG on Linux, ~/Library/Caches on macOS, %LOCALAPPDATA% on Windows. */
const PLACES: Readonly<Record<string, (env: Environment, home: string) => string>> = {
  darwin: (_, home) => join(home, 'Library', 'Caches', 'timeslice'),
  win32: (env, home) => join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'timeslice', 'Cache'),
};

/** The cache folder: TIMESLICE_CACHE, else XDG_CACHE_HOME/timeslice, else the system's place for caches. */
export function cacheFolder(
  env: Environment = process.env,
  platform: string = process.platform,
  home = homedir(),
): string {
  if (env['TIMESLICE_CACHE']) return env['TIMESLICE_CACHE'];
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'timeslice');
  return PLACES[platform]?.(env, home) ?? join(home, '.cache', 'timeslice');
}

/** The image store's folders; the number is the store's format, so that versions do not read each other's. */
export interface Store {
  readonly root: string;
  /** One lock file per image name. */
  readonly names: string;
  /** The same lock files by image id: a recording finds its image here after the name has moved on. */
  readonly locks: string;
  /** Merged trees by image id; can be rebuilt from the layers. */
  readonly views: string;
  readonly layers: string;
  readonly downloads: string;
  readonly lists: string;
}

export function storeAt(cacheDir: string): Store {
  const root = join(cacheDir, 'images-1');
  const at = (name: string) => join(root, name);
  return {
    root,
    names: at('names'),
    locks: at('locks'),
    views: at('views'),
    layers: at('layers'),
    downloads: at('downloads'),
    lists: at('lists'),
  };
}

async function makeStore(store: Store): Promise<void> {
  for (const folder of Object.values(store)) await mkdir(folder as string, { recursive: true });
}

/** Writes a file so that others see all of it or nothing. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.new-${randomUUID()}`);
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Another process may hold the lock for as long as a download takes. */
const LOCK = {
  stale: 30_000,
  update: 5_000,
  retries: { retries: 3600, factor: 1.2, minTimeout: 100, maxTimeout: 1000 },
};

/** Does work that writes to the store while no other process does; `onWait` is told when there is one. */
export async function whileLocked<T>(store: Store, onWait: () => void, work: () => Promise<T>): Promise<T> {
  await makeStore(store);
  const { lock } = await import('proper-lockfile');
  const take = (retries: object) =>
    lock(store.root, { ...LOCK, ...retries, onCompromised: () => undefined, realpath: false });
  const release = await take({ retries: 0 }).catch((error: unknown) => {
    if (codeOf(error) !== 'ELOCKED') throw error;
    onWait();
    return take({});
  });
  try {
    return await work();
  } finally {
    await release().catch(() => undefined);
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

const CAUSES: Readonly<Record<string, (place: string) => Problem>> = {
  ENOSPC: (place) =>
    problem(
      'disk-full',
      `the disk that holds ${place} is full`,
      'Free some space, or set TIMESLICE_CACHE to a folder on another disk; a download goes on where it stopped.',
    ),
  EACCES: (place) =>
    problem(
      'cache-not-writable',
      `the folder ${place} cannot be written`,
      'Make it writable, or set TIMESLICE_CACHE to a folder of your own.',
    ),
  ELOCKED: (place) =>
    problem(
      'cache-locked',
      `another timeslice has held the lock of ${place} for long`,
      'Wait until it ends, or end it.',
    ),
};
const SAME_CAUSE: Readonly<Record<string, string>> = {
  EDQUOT: 'ENOSPC',
  EPERM: 'EACCES',
  EROFS: 'EACCES',
  ENOTDIR: 'EACCES',
  EEXIST: 'EACCES',
};

/** What a failed system call means to the user, or undefined when it is no fault of theirs. */
export function fileProblem(error: unknown, place: string): Problem | undefined {
  const code = String(codeOf(error));
  return CAUSES[SAME_CAUSE[code] ?? code]?.(place);
}

/** Runs work on files below a place; failures that users cause come back as problems. */
export async function guarded<T>(place: string, work: () => Promise<T>): Promise<T | Problem> {
  try {
    return await work();
  } catch (error) {
    const found = fileProblem(error, place);
    if (found) return found;
    throw error;
  }
}
