/**
 * The lazily filled part of the tree: directories whose names lie in image layers until somebody looks, and
 * files whose bytes do. Higher layers win by name, directories merge. From the first look on, memory is the
 * only truth: there are no whiteouts and no copy-up.
 */
import { encodeUtf8 } from '../base/index.ts';
import type { PageFiller } from '../memory/index.ts';
import { layout } from '../memory/index.ts';
import { inodeOf, newInode } from './inode.ts';
import type { Layer, LayerDirectory } from './layer.ts';
import type { Inode, InodeId, SuperId } from './types.ts';
import type { DirectoryOrigin, LayerPart, Vfs } from './vfs.ts';

/** Names that layers have for a directory and the nodes behind each, topmost first. */
function merge(vfs: Vfs, parts: readonly LayerPart<LayerDirectory>[]): Map<string, readonly LayerPart[]> {
  const merged = new Map<string, LayerPart[]>();
  /** Names under which a lower layer has something else than a directory: what lies below that is hidden. */
  const closed = new Set<string>();
  for (const { layer, node: directory } of parts) {
    for (const [name, node] of vfs.layers[layer]!.list(directory)) {
      const above = merged.get(name);
      if (above === undefined) merged.set(name, [{ layer, node }]);
      else if (node.kind === 'directory' && !closed.has(name)) above.push({ layer, node });
      if (node.kind !== 'directory') closed.add(name);
    }
  }
  return merged;
}

/** A directory's names in its layers, in an order no host decides: records are hashed as they were filled. */
export const namesInLayers = (vfs: Vfs, parts: readonly LayerPart<LayerDirectory>[]): string[] =>
  [...new Set(parts.flatMap(({ layer, node }) => [...vfs.layers[layer]!.list(node).keys()]))].sort();

/** Reads a directory's names from its layers, once. */
export function loadDirectory(vfs: Vfs, directory: Inode): Map<string, InodeId | 0> {
  if (directory.entries !== null) return directory.entries;
  const entries = new Map<string, InodeId | 0>();
  const origin = vfs.directoryOrigins.get(directory.id);
  if (origin !== undefined) {
    origin.unborn = merge(vfs, origin.parts);
    // In an order no host decides: records are hashed as they were filled.
    const inOrder = [...origin.unborn].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [name, parts] of inOrder) {
      entries.set(name, 0);
      if (parts[0]!.node.kind === 'directory') directory.nlink++;
    }
  }
  directory.entries = entries;
  return entries;
}

/** Makes the inode of a name that so far lies only in a layer. */
export function bear(vfs: Vfs, directory: Inode, name: string): InodeId {
  const origin = vfs.directoryOrigins.get(directory.id)!;
  // A tree that came out of a snapshot has looked into its layers, but not yet here.
  origin.unborn ??= merge(vfs, origin.parts);
  const parts = origin.unborn.get(name)!;
  origin.unborn.delete(name);
  const top = parts[0]!.node;
  const known = vfs.born.get(top);
  const inode = known === undefined ? inodeOfNode(vfs, directory.super, parts) : inodeOf(vfs, known);
  const links = top.kind === 'file' ? top.links : undefined;
  if (inode.kind === 'directory') {
    inode.parent = directory.id;
    inode.name = name;
  }
  // Names of a hard link that nobody has looked up count from the start, if the layer tells their number.
  if (links === undefined) inode.nlink++;
  else if (known === undefined) inode.nlink = links;
  directory.entries!.set(name, inode.id);
  return inode.id;
}

function inodeOfNode(vfs: Vfs, superId: SuperId, parts: readonly LayerPart[]): Inode {
  const { layer, node } = parts[0]!;
  const inode = newInode(vfs, { super: superId, ...node });
  const time = { sec: node.mtime, nsec: 0 };
  Object.assign(inode, { atime: time, mtime: time, ctime: time, btime: time });
  if (node.kind === 'directory') {
    inode.entries = null;
    // `merge` puts only directories behind a directory.
    const directories = parts as readonly LayerPart<LayerDirectory>[];
    vfs.directoryOrigins.set(inode.id, { parts: directories, unborn: null } satisfies DirectoryOrigin);
    return inode;
  }
  if (node.kind === 'symlink') {
    inode.target = node.target;
    inode.size = encodeUtf8(node.target).length;
    return inode;
  }
  inode.size = node.size;
  vfs.fileOrigins.set(inode.id, { layer, node });
  vfs.born.set(node, inode.id);
  return inode;
}

/** Are the names in this directory, or some of them, those of a layer that is not the same in every run? */
export const leadsOutside = (vfs: Vfs, directory: Inode): boolean =>
  vfs.directoryOrigins.get(directory.id)?.parts.some(({ layer }) => vfs.layers[layer]!.isOutside === true) ??
  false;

/** Has anybody looked for names in such a directory yet? */
export function hasLookedOutside(vfs: Vfs): boolean {
  for (const id of vfs.directoryOrigins.keys()) {
    const inode = vfs.inodes.get(id);
    if (inode !== undefined && inode.entries !== null && leadsOutside(vfs, inode)) return true;
  }
  return false;
}

/** The root directory of layers laid on each other, lowest first. */
export function layeredRoot(vfs: Vfs, superId: SuperId, layers: readonly Layer[]): Inode {
  const parts = layers.map((layer): LayerPart<LayerDirectory> => {
    const known = vfs.layers.indexOf(layer);
    return { layer: known >= 0 ? known : vfs.layers.push(layer) - 1, node: layer.root };
  });
  const root = inodeOfNode(vfs, superId, parts.reverse());
  root.nlink++;
  return root;
}

/** Serves the page cache: absent pages of layer files come from their layer. */
export const pageFiller = (vfs: Vfs): PageFiller => ({
  fill(object, page, into) {
    const origin = vfs.fills.get(object);
    const count =
      origin === undefined ? 0 : vfs.layers[origin.layer]!.read(origin.node, page * layout.PAGE_SIZE, into);
    into.fill(0, count);
  },
});
