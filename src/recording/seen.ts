/**
 * Layers that may be otherwise at the next run: one that tells what is seen of it, and one that shows again what was
 * seen. What is looked at twice and has not changed is told once.
 */
import { hashHex, hashWords, newHash } from '../base/index.ts';
import type { Layer, LayerDirectory, LayerFile, LayerNode } from '../vfs/index.ts';
import type { LayerHead, NodeMeta, Seen } from './format.ts';

/** A node without its bytes. */
export function metaOf(node: LayerNode): NodeMeta {
  const { mode, uid, gid, mtime } = node;
  const meta = { mode, uid, gid, mtime };
  if (node.kind === 'symlink') return { kind: 'symlink', ...meta, target: node.target };
  if (node.kind === 'directory') return { kind: 'directory', ...meta };
  const links = node.links === undefined ? {} : { links: node.links };
  return { kind: 'file', ...meta, size: node.size, ...links };
}

/** A program is told whole, with the symbols that nobody but views will read. */
const isSmallProgram = (file: LayerFile, head: Uint8Array): boolean =>
  file.size <= MOST_OF_PROGRAM && ELF_MAGIC.every((byte, i) => head[i] === byte);

const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46];
const MOST_OF_PROGRAM = 4 << 20;

/** Tells everything that is seen of a layer. `clock` gives the machine's count of instructions. */
export function watchedLayer(
  layer: Layer,
  index: number,
  clock: () => number,
  tell: (seen: Seen) => void,
): Layer {
  const paths = new WeakMap<LayerNode, string>([[layer.root, '']]);
  const listed = new WeakMap<LayerDirectory, ReadonlyMap<string, LayerNode>>();
  const read = new Map<string, string>();
  return {
    id: layer.id,
    root: layer.root,
    isOutside: layer.isOutside === true,
    list(directory) {
      const entries = layer.list(directory);
      if (listed.get(directory) === entries) return entries;
      listed.set(directory, entries);
      const path = paths.get(directory) ?? '';
      for (const [name, node] of entries) if (!paths.has(node)) paths.set(node, `${path}/${name}`);
      const told = [...entries].map(([name, node]) => [name, metaOf(node)] as const);
      tell({ layer: index, at: clock(), path, kind: 'list', entries: told });
      return entries;
    },
    read(file, offset, into) {
      const count = layer.read(file, offset, into);
      const path = paths.get(file) ?? '';
      if (offset === 0 && count < file.size && isSmallProgram(file, into) && !read.has(path)) {
        read.set(path, '');
        const bytes = new Uint8Array(file.size);
        const whole = bytes.subarray(0, layer.read(file, 0, bytes));
        tell({ layer: index, at: clock(), path, kind: 'read', offset, wanted: file.size, bytes: whole });
      }
      const bytes = into.slice(0, count);
      const key = `${path}\0${offset} ${into.length}`;
      const digest = digestOf(bytes);
      if (read.get(key) === digest) return count;
      read.set(key, digest);
      tell({ layer: index, at: clock(), path, kind: 'read', offset, wanted: into.length, bytes });
      return count;
    },
  };
}

function digestOf(bytes: Uint8Array): string {
  const hash = newHash();
  hashWords(hash, Uint32Array.of(bytes.length));
  hashWords(hash, new Uint32Array(bytes.buffer, 0, bytes.length >>> 2));
  hashWords(hash, Uint32Array.from(bytes.subarray(bytes.length & ~3)));
  return hashHex(hash);
}

const PIECE = 1 << 20;

/** Looks at all of a layer, so that all of it is told. */
export function seeAll(layer: Layer, directory: LayerDirectory = layer.root): void {
  for (const node of layer.list(directory).values()) {
    if (node.kind === 'directory') seeAll(layer, node);
    else if (node.kind === 'file')
      for (let at = 0; at < node.size; at += PIECE)
        layer.read(node, at, new Uint8Array(Math.min(PIECE, node.size - at)));
  }
}

interface Listing {
  readonly at: number;
  readonly entries: ReadonlyMap<string, LayerNode>;
}

type Read = Extract<Seen, { kind: 'read' }>;

/** Shows again what was seen of a layer, at each instant what was seen by then. */
export class SeenLayer implements Layer {
  readonly id: string;
  readonly root: LayerDirectory;
  readonly isOutside: boolean;
  readonly #clock: () => number;
  readonly #listings = new Map<string, Listing[]>();
  readonly #reads = new Map<string, Read[]>();
  readonly #paths = new WeakMap<LayerNode, string>();

  constructor({ id, isOutside, root }: LayerHead, clock: () => number) {
    this.id = id;
    this.isOutside = isOutside;
    this.root = root as LayerDirectory;
    this.#clock = clock;
    this.#paths.set(this.root, '');
  }

  /** Something that was seen, in order. */
  add(seen: Seen): void {
    if (seen.kind === 'read') push(this.#reads, seen.path, seen);
    else {
      const entries = new Map(seen.entries.map(([name, meta]) => [name, this.#node(seen.path, name, meta)]));
      push(this.#listings, seen.path, { at: seen.at, entries });
    }
  }

  list(directory: LayerDirectory): ReadonlyMap<string, LayerNode> {
    const known = this.#listings.get(this.#paths.get(directory) ?? '') ?? [];
    return (known.findLast(({ at }) => at <= this.#clock()) ?? NOTHING).entries;
  }

  read(file: LayerFile, offset: number, into: Uint8Array): number {
    const now = this.#clock();
    const reads = this.#reads.get(file.blob as string) ?? [];
    const known = reads.filter(({ at }) => at <= now);
    const same = known.findLast((read) => read.offset === offset && read.wanted === into.length);
    if (same !== undefined) {
      into.set(same.bytes);
      return same.bytes.length;
    }
    let end = 0;
    for (const each of known) end = Math.max(end, overlay(each, offset, into));
    return end;
  }

  #node(path: string, name: string, meta: NodeMeta): LayerNode {
    const whole = `${path}/${name}`;
    const node = (meta.kind === 'file' ? { ...meta, blob: whole } : { ...meta }) as LayerNode;
    this.#paths.set(node, whole);
    return node;
  }
}

const NOTHING: Listing = { at: 0, entries: new Map() };

/** Puts the part of a read that falls into a range where it belongs; gives where it ends. */
function overlay(read: Read, offset: number, into: Uint8Array): number {
  const from = Math.max(read.offset, offset);
  const to = Math.min(read.offset + read.bytes.length, offset + into.length);
  if (from >= to) return 0;
  into.set(read.bytes.subarray(from - read.offset, to - read.offset), from - offset);
  return to - offset;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
