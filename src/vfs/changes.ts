/**
 * What differs between a layer and the memory above it: for whoever writes a mount back to where it came from.
 * The tree is compared as it is, so that no call needs to keep a journal.
 */
import { inodeOf } from './inode.ts';
import type { LayerDirectory, LayerFile, LayerNode } from './layer.ts';
import { bear, loadDirectory } from './layered.ts';
import { mountOf, superOf } from './mount.ts';
import { compareNames } from './names.ts';
import type { Inode, InodeId, MountId } from './types.ts';
import type { LayerPart, Vfs } from './vfs.ts';

/**
 * One name that is not as the layer has it. A new directory comes before what is in it, one that is gone after
 * it, and a removal before a new name.
 */
export interface Change {
  /** Below the mount point, without a leading slash. */
  readonly path: string;
  /**
   * `gone`: the layer has the name and the tree no more, or something else has it now. `mode`: what the layer
   * has, with other permissions or another owner.
   */
  readonly what: 'gone' | 'mode' | 'directory' | 'file' | 'symlink';
  /** What has the name now; 0 when it is gone. */
  readonly inode: InodeId | 0;
}

/** What kinds of nodes a host folder can take; devices, FIFOs and sockets stay in the machine. */
const STORED = new Set(['directory', 'file', 'symlink']);

/** All changes of a mounted layered file system since boot, in the order to make them in. */
export function changesOf(vfs: Vfs, mount: MountId): Change[] {
  const root = inodeOf(vfs, superOf(vfs, mountOf(vfs, mount).super).root);
  const changes: Change[] = [];
  compareDirectory(vfs, root, '', changes);
  return changes;
}

/** Names of a directory in its layers, with the node that shows. */
function namesBelow(vfs: Vfs, directory: Inode): Map<string, LayerPart> {
  const names = new Map<string, LayerPart>();
  for (const { layer, node } of vfs.directoryOrigins.get(directory.id)?.parts ?? [])
    for (const [name, child] of vfs.layers[layer]!.list(node))
      if (!names.has(name)) names.set(name, { layer, node: child });
  return names;
}

function compareDirectory(vfs: Vfs, directory: Inode, path: string, changes: Change[]): void {
  // What nobody has looked into nobody has changed.
  if (directory.entries === null) return;
  const below = namesBelow(vfs, directory);
  const now = directory.entries;
  const at = (name: string) => (path === '' ? name : `${path}/${name}`);
  const replaced = (name: string) => {
    const id = now.get(name);
    return id !== 0 && (id === undefined || !isSame(vfs, inodeOf(vfs, id), below.get(name)!.node));
  };
  for (const name of [...below.keys()].filter(replaced).sort(compareNames))
    addGone(vfs, below.get(name)!, at(name), changes);
  for (const [name, id] of [...now].sort(([a], [b]) => compareNames(a, b))) {
    if (id === 0) continue;
    const inode = inodeOf(vfs, id);
    const node = below.get(name)?.node;
    if (node === undefined || !isSame(vfs, inode, node)) addNew(vfs, inode, at(name), changes);
    else compareSame(vfs, inode, node, at(name), changes);
  }
}

/** Is this inode the one that was born of the node? */
function isSame(vfs: Vfs, inode: Inode, node: LayerNode): boolean {
  if (node.kind === 'file') return vfs.fileOrigins.get(inode.id)?.node === node;
  if (node.kind === 'directory') return originOf(vfs, inode)?.some((part) => part.node === node) ?? false;
  return inode.kind === 'symlink' && inode.target === node.target;
}

const originOf = (vfs: Vfs, inode: Inode): readonly LayerPart<LayerDirectory>[] | undefined =>
  vfs.directoryOrigins.get(inode.id)?.parts;

function compareSame(vfs: Vfs, inode: Inode, node: LayerNode, path: string, changes: Change[]): void {
  if (node.kind === 'symlink') return;
  const hasOtherMode = inode.mode !== node.mode || inode.uid !== node.uid || inode.gid !== node.gid;
  if (node.kind === 'file' && isRewritten(vfs, inode, node))
    changes.push({ path, what: 'file', inode: inode.id });
  else if (hasOtherMode) changes.push({ path, what: 'mode', inode: inode.id });
  if (node.kind === 'directory') compareDirectory(vfs, inode, path, changes);
}

function isRewritten(vfs: Vfs, inode: Inode, node: LayerFile): boolean {
  if (inode.mtime.sec !== node.mtime || inode.size !== node.size) return true;
  if (inode.pages === 0) return false;
  const object = vfs.memory.objects.get(inode.pages);
  return object.dirty.size > 0 || object.filledSize < node.size;
}

/** What the layer has under a name; of a directory first what is in it. */
function addGone(vfs: Vfs, { layer, node }: LayerPart, path: string, changes: Change[]): void {
  if (node.kind === 'directory') {
    const inside = [...vfs.layers[layer]!.list(node)].sort(([a], [b]) => compareNames(a, b));
    for (const [name, child] of inside) addGone(vfs, { layer, node: child }, `${path}/${name}`, changes);
  }
  changes.push({ path, what: 'gone', inode: 0 });
}

/** Something new, with all that is in it: a directory moved here brings what still lies in the layer. */
function addNew(vfs: Vfs, inode: Inode, path: string, changes: Change[]): void {
  if (!STORED.has(inode.kind)) return;
  changes.push({ path, what: inode.kind as 'directory' | 'file' | 'symlink', inode: inode.id });
  if (inode.kind !== 'directory') return;
  for (const name of [...loadDirectory(vfs, inode).keys()].sort(compareNames)) {
    const child = inode.entries!.get(name) || bear(vfs, inode, name);
    addNew(vfs, inodeOf(vfs, child), `${path}/${name}`, changes);
  }
}
