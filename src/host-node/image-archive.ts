/** An image as one .tar, for machines without a network: the lock first, then each layer's index and pack. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ParsedTarEntry, TarPackController } from 'modern-tar';
import { isProblem, type Problem, problem } from '../base/index.ts';
import { canonicalName, gather, type Lock, layersOf, parseLayerIndex, parseLock } from '../image/index.ts';
import { fileProblem, guarded, type Store, storeAt, whileLocked } from './image-cache.ts';
import { sha256Hex } from './image-fetch.ts';
import { adopt, sweep } from './image-layer.ts';
import { readLock } from './image-open.ts';
import { writeImage } from './image-write.ts';

const MANIFEST = 'timeslice-image.json';
const MEMBER = /^layers\/([0-9a-f]{64})\/(index\.json|pack)$/;
const READ_CHUNK = 1 << 20;

/** Writes an image to a tar file, which comes into being whole or not at all. The same image gives the same bytes. */
export async function exportImage(
  cacheDir: string,
  name: string,
  file: string,
): Promise<Problem | undefined> {
  const store = storeAt(cacheDir);
  const lock = readLock(store, name);
  if (isProblem(lock)) return lock;
  const temporary = `${file}.part`;
  const { createTarPacker } = await import('modern-tar');
  const { readable, controller } = createTarPacker();
  try {
    const written = pipeline(Readable.fromWeb(readable as never), createWriteStream(temporary));
    const [, wrong] = await Promise.all([written, packImage(store, canonicalName(name), lock, controller)]);
    if (!wrong) await rename(temporary, file);
    return wrong;
  } catch (error) {
    return outputProblem(error, file);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

async function packImage(
  store: Store,
  name: string,
  lock: Lock,
  packer: TarPackController,
): Promise<Problem | undefined> {
  const manifest = Buffer.from(JSON.stringify({ name, lock }));
  await pack(packer, MANIFEST, manifest.length, [manifest]);
  for (const { folder } of layersOf(lock)) {
    const path = (file: string) => join(store.layers, folder, file);
    for (const file of ['index.json', 'pack']) {
      const size = (await stat(path(file))).size;
      await pack(
        packer,
        `layers/${folder}/${file}`,
        size,
        createReadStream(path(file), { highWaterMark: READ_CHUNK }),
      );
    }
  }
  packer.finalize();
  return undefined;
}

async function pack(
  packer: TarPackController,
  name: string,
  size: number,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const writer = packer.add({ name, size, type: 'file', mode: 0o644, mtime: new Date(0) }).getWriter();
  for await (const chunk of chunks) await writer.write(chunk);
  await writer.close();
}

function outputProblem(error: unknown, file: string): Problem {
  const found = fileProblem(error, file);
  if (found?.code === 'disk-full')
    return problem(found.code, `there is no room for ${file}`, 'Free some space, or write to another disk.');
  if (found || (error as { code?: string }).code === 'ENOENT')
    return problem(
      'file-not-writable',
      `${file} cannot be written`,
      'Give a file in a folder that is there and that you may write to.',
    );
  throw error;
}

/** Takes an image from a tar file into the store. Every byte is checked against the lock before it counts. */
export async function importImage(
  cacheDir: string,
  file: string,
): Promise<{ readonly name: string; readonly id: string } | Problem> {
  const store = storeAt(cacheDir);
  const readable = await open(file).catch(() => undefined);
  if (!readable)
    return problem(
      'file-not-readable',
      `${file} cannot be read`,
      'Give a file that `timeslice image export` wrote.',
    );
  await readable.close();
  return guarded(store.root, () =>
    whileLocked(
      store,
      () => undefined,
      async () => {
        await sweep(store);
        const temporary = join(store.layers, `.new-${randomUUID()}`);
        await mkdir(temporary);
        try {
          return await takeIn(store, temporary, file);
        } finally {
          await rm(temporary, { recursive: true, force: true });
        }
      },
    ),
  );
}

const damaged = (file: string): Problem =>
  problem(
    'damaged-archive',
    `${file} is no image of timeslice, or it is damaged`,
    'Export the image again with `timeslice image export`, and copy the file anew.',
  );

async function takeIn(
  store: Store,
  temporary: string,
  file: string,
): Promise<{ name: string; id: string } | Problem> {
  const manifest = await unpack(file, temporary);
  if (manifest === undefined) return damaged(file);
  for (const layer of layersOf(manifest.lock))
    if (!(await isSound(join(temporary, layer.folder), layer.index))) return damaged(file);
  for (const { folder } of layersOf(manifest.lock))
    if (await stat(join(temporary, folder)).catch(() => undefined))
      await adopt(store, join(temporary, folder), folder);
  const id = await writeImage(store, manifest.name, manifest.lock);
  return isProblem(id) ? id : { name: manifest.name, id };
}

interface Manifest {
  readonly name: string;
  readonly lock: Lock;
}

async function unpack(file: string, folder: string): Promise<Manifest | undefined> {
  const { createTarDecoder } = await import('modern-tar');
  let manifest: Manifest | undefined;
  const bytes = Readable.toWeb(
    createReadStream(file, { highWaterMark: READ_CHUNK }),
  ) as ReadableStream<Uint8Array>;
  try {
    for await (const { header, body } of bytes.pipeThrough(createTarDecoder({ strict: true }))) {
      if (header.name === MANIFEST) manifest = parseManifest(new TextDecoder().decode(await gather(body)));
      else if (MEMBER.test(header.name)) await save(body, folder, header.name);
      else await body.cancel();
    }
  } catch (error) {
    if (fileProblem(error, folder)) throw error;
    return undefined;
  }
  return manifest;
}

function parseManifest(text: string): Manifest | undefined {
  const { name, lock } = JSON.parse(text) as { name: string; lock: unknown };
  const parsed = parseLock(JSON.stringify(lock));
  if (isProblem(parsed) || !/^[a-z0-9][a-z0-9.+_-]*$/i.test(name)) return undefined;
  return { name, lock: parsed };
}

async function save(body: ParsedTarEntry['body'], folder: string, name: string): Promise<void> {
  const [, layer, file] = MEMBER.exec(name)!;
  await mkdir(join(folder, layer!), { recursive: true });
  await pipeline(Readable.fromWeb(body as never), createWriteStream(join(folder, layer!, file!)));
}

/** The chain of hashes: the lock names the index's, the index names the pack's. */
async function isSound(folder: string, indexHash: string): Promise<boolean> {
  const text = await readFile(join(folder, 'index.json'), 'utf8').catch(() => '');
  const index = parseLayerIndex(text);
  if (sha256Hex(text) !== indexHash || isProblem(index)) return false;
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(join(folder, 'pack'), { highWaterMark: READ_CHUNK })) {
    hash.update(chunk as Uint8Array);
    size += (chunk as Uint8Array).length;
  }
  return size === index.pack.size && hash.digest('hex') === index.pack.sha256;
}
