/**
 * Beginnings of runs in the cache folder: one file each, there whole or not at all, bounded in number of bytes;
 * those that nobody has used for longest go first. Several runs may share the folder without a lock.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Beginnings } from '../api/index.ts';
import { BUILD } from './build.ts';

/** The number is the format of the files. */
const FOLDER = 'starts-1';
const MIB = 2 ** 20;
/** What all of them may take, and one. */
const MOST = 256 * MIB;
const MOST_EACH = 64 * MIB;
/** Before the bytes: their length and checksum. */
const HEAD = 8;
/** A temporary file of this age is a leftover of a run that was killed. In milliseconds. */
const STALE = 60_000;

/** Beginnings that can be waited for. */
export interface StoredBeginnings extends Beginnings {
  /** Until all that is to be kept has been written. */
  flush(): Promise<void>;
}

/** What is kept in a cache folder, for doctor. */
export interface KeptBeginnings {
  readonly count: number;
  readonly bytes: number;
}

export interface BeginningsOptions {
  /** What stands for the version of our own code; without one nothing is kept. */
  readonly build?: string | undefined;
  /** Bytes that all of them may take. */
  readonly most?: number;
}

/** The beginnings in a cache folder; undefined when this code has no version, as in a checkout that is not built. */
export function storedBeginnings(
  cacheDir: string,
  { build = BUILD, most = MOST }: BeginningsOptions = {},
): StoredBeginnings | undefined {
  if (build === undefined) return undefined;
  const folder = join(cacheDir, FOLDER);
  const pathOf = (key: Uint8Array) =>
    join(folder, createHash('sha256').update(`${build}\n`).update(key).digest('hex'));
  const writing: Promise<void>[] = [];
  return {
    load: (key) => read(pathOf(key)),
    save(key, bytes) {
      if (bytes.length <= Math.min(MOST_EACH, most)) writing.push(write(folder, pathOf(key), bytes, most));
    },
    forget: (key) => rmSync(pathOf(key), { force: true }),
    digest: digestOf,
    flush: async () => {
      await Promise.all(writing);
    },
  };
}

function digestOf(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** A file's bytes when they are whole. What is damaged is taken away. */
function read(path: string): Uint8Array | undefined {
  try {
    const file = readFileSync(path);
    if (isWhole(file)) {
      const now = new Date();
      utimesSync(path, now, now);
      return new Uint8Array(file.buffer, file.byteOffset + HEAD, file.length - HEAD);
    }
    rmSync(path, { force: true });
  } catch {}
  return undefined;
}

const isWhole = (file: Buffer): boolean =>
  file.length >= HEAD &&
  file.readUInt32LE(0) === file.length - HEAD &&
  file.readUInt32LE(4) === crc32(file.subarray(HEAD));

/** A cache that cannot be written is no hindrance. */
async function write(folder: string, path: string, bytes: Uint8Array, most: number): Promise<void> {
  const temporary = join(folder, `.new-${randomUUID()}`);
  try {
    const head = Buffer.alloc(HEAD);
    head.writeUInt32LE(bytes.length, 0);
    head.writeUInt32LE(crc32(bytes), 4);
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, [head, bytes]);
    await rename(temporary, path);
    makeRoom(folder, most);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

interface Entry {
  readonly path: string;
  readonly size: number;
  readonly used: number;
}

function entriesIn(folder: string): Entry[] {
  const entries: Entry[] = [];
  for (const name of namesIn(folder)) {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    if (found?.isFile()) entries.push({ path: join(folder, name), size: found.size, used: found.mtimeMs });
  }
  return entries;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const isTemporary = ({ path }: Entry): boolean => /[/\\]\.new-[^/\\]*$/.test(path);

/** Takes away what was used longest ago, until the rest is small enough. */
function makeRoom(folder: string, most: number): void {
  const entries = entriesIn(folder).sort((a, b) => a.used - b.used);
  const [temporary, kept] = [entries.filter(isTemporary), entries.filter((entry) => !isTemporary(entry))];
  for (const { path, used } of temporary) if (Date.now() - used > STALE) rmSync(path, { force: true });
  let bytes = kept.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of kept) {
    if (bytes <= most) return;
    rmSync(path, { force: true });
    bytes -= size;
  }
}

/** How many beginnings a cache folder has, and how large they are. */
export function keptBeginnings(cacheDir: string): KeptBeginnings {
  const kept = entriesIn(join(cacheDir, FOLDER)).filter((entry) => !isTemporary(entry));
  return { count: kept.length, bytes: kept.reduce((sum, { size }) => sum + size, 0) };
}
