/** A Debian package file: an ar archive of control.tar and data.tar. man 5 deb. No file system is touched here. */
import type { Decompress } from 'fzstd';
import type { ParsedTarEntry, TarHeader } from 'modern-tar';
import { type Problem, problem } from '../base/index.ts';
import {
  lookup,
  type Meta,
  newDirectory,
  put,
  ROOT_META,
  type TreeDirectory,
  type TreeFile,
} from './tree.ts';

/** Where the bytes of files go as they are unpacked, one after another. */
export interface PackSink {
  /** Appends and gives back when the bytes may be forgotten. */
  write(bytes: Uint8Array): Promise<void>;
}

export interface UnpackedDeb {
  readonly root: TreeDirectory;
  readonly postinst: string;
}

/** Unpacks a package: files' bytes to the sink, the tree as the result (its files in pack 0). */
export async function unpackDeb(deb: Uint8Array, sink: PackSink): Promise<UnpackedDeb | Problem> {
  const members = arMembers(deb);
  const control = [...members].find(([name]) => name.startsWith('control.tar'));
  const data = [...members].find(([name]) => name.startsWith('data.tar'));
  if (!control || !data) return notADeb('it has no control.tar and data.tar');
  let postinst = '';
  const root = newDirectory(ROOT_META);
  const host: { fault?: unknown } = {};
  const watched: PackSink = {
    write: (bytes) =>
      sink.write(bytes).catch((error: unknown) => {
        host.fault = error;
        throw error;
      }),
  };
  try {
    for await (const { header, body } of await tarEntries(control[0], control[1]))
      if (/^(\.\/)?postinst$/.test(header.name)) postinst = new TextDecoder().decode(await gather(body));
      else await body.cancel();
    const wrong = await unpackData(await tarEntries(data[0], data[1]), root, watched);
    if (wrong) return wrong;
  } catch (error) {
    if (host.fault !== undefined) throw error;
    return notADeb(error instanceof Error ? error.message : String(error));
  }
  return { root, postinst };
}

async function unpackData(
  entries: ReadableStream<ParsedTarEntry>,
  root: TreeDirectory,
  sink: PackSink,
): Promise<Problem | undefined> {
  let offset = 0;
  for await (const { header, body } of entries) {
    const meta = metaOf(header);
    const path = header.name;
    if (header.type === 'directory') {
      await body.cancel();
      putDirectory(root, path, meta);
    } else if (header.type === 'symlink') {
      await body.cancel();
      put(root, path, { kind: 'symlink', ...meta, mode: 0o777, target: header.linkname ?? '' });
    } else if (header.type === 'link') {
      await body.cancel();
      const node = lookup(root, header.linkname ?? '', 'keep');
      if (!node) return notADeb(`the hard link ${path} leads nowhere`);
      put(root, path, node);
    } else if (header.type === 'file' || header.type === undefined) {
      for await (const chunk of body) await sink.write(chunk);
      const file: TreeFile = { kind: 'file', ...meta, size: header.size, blob: { pack: 0, offset } };
      put(root, path, file);
      offset += header.size;
    } else await body.cancel();
  }
  return undefined;
}

function putDirectory(root: TreeDirectory, path: string, meta: Meta): void {
  const there = lookup(root, path, 'keep');
  if (there === root) Object.assign(root, meta);
  else if (there?.kind === 'directory') put(root, path, { ...there, ...meta });
  else put(root, path, newDirectory(meta));
}

const metaOf = (header: TarHeader): Meta => ({
  mode: (header.mode ?? 0o644) & 0o7777,
  uid: header.uid ?? 0,
  gid: header.gid ?? 0,
  mtime: Math.floor((header.mtime?.getTime() ?? 0) / 1000),
});

const notADeb = (why: string): Problem =>
  problem(
    'bad-package',
    `a downloaded package cannot be unpacked: ${why}`,
    'Pull again; if it fails again, use another mirror.',
  );

/** The members of an ar archive by name. man 5 ar: 60-byte headers, members padded to even offsets. */
export function arMembers(bytes: Uint8Array): Map<string, Uint8Array> {
  const members = new Map<string, Uint8Array>();
  const text = (from: number, to: number) =>
    new TextDecoder('latin1').decode(bytes.subarray(from, to)).trim();
  if (text(0, 8) !== '!<arch>') return members;
  for (let at = 8; at + 60 <= bytes.length; ) {
    const size = Number(text(at + 48, at + 58));
    if (!Number.isInteger(size) || size < 0 || at + 60 + size > bytes.length) break;
    members.set(text(at, at + 16).replace(/\/$/, ''), bytes.subarray(at + 60, at + 60 + size));
    at += 60 + size + (size % 2);
  }
  return members;
}

async function tarEntries(name: string, bytes: Uint8Array): Promise<ReadableStream<ParsedTarEntry>> {
  const { createTarDecoder } = await import('modern-tar');
  return (await decompress(name, bytes)).pipeThrough(createTarDecoder({ strict: true }));
}

/** Decompresses by the name's ending: .xz, .gz, .zst or nothing. Decoders are loaded when they are needed. */
export async function decompress(name: string, bytes: Uint8Array): Promise<ReadableStream<Uint8Array>> {
  const source = chunksOf(bytes);
  if (name.endsWith('.xz')) return new (await xzStream())(source);
  if (name.endsWith('.gz')) return source.pipeThrough(new DecompressionStream('gzip'));
  if (name.endsWith('.zst')) return source.pipeThrough(zstd((await import('fzstd')).Decompress));
  return source;
}

/** The package is CommonJS: its name lies on the default export in Node, on the namespace in bundles. */
async function xzStream() {
  const xz = await import('xz-decompress');
  return ('default' in xz ? (xz.default as typeof xz) : xz).XzReadableStream;
}

function zstd(Decoder: typeof Decompress): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array> {
  let decoder: Decompress;
  return new TransformStream({
    start(controller) {
      decoder = new Decoder((chunk) => controller.enqueue(chunk));
    },
    transform: (chunk) => decoder.push(chunk),
    flush: () => decoder.push(new Uint8Array(), true),
  });
}

const CHUNK = 1 << 16;

function chunksOf(bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + CHUNK));
      at += CHUNK;
    },
  });
}

/** All bytes of a stream. */
export async function gather(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
