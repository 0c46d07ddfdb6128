/** A tree of files in memory: what a layer is while it is built, merged and read. Nodes are the VFS's layer nodes. */
import { bug } from '../base/index.ts';
import type { Layer, LayerDirectory, LayerFile, LayerNode, LayerSymlink } from '../vfs/index.ts';

/** Permission bits, owner and time of a node. */
export interface Meta {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
}

/** Where a file's bytes are: which pack of the image, and where in it. */
interface Place {
  readonly pack: number;
  readonly offset: number;
}

export interface TreeFile extends LayerFile {
  readonly blob: Place;
}

export interface TreeDirectory extends LayerDirectory {
  readonly entries: Map<string, TreeNode>;
}

export type TreeNode = TreeFile | LayerSymlink | TreeDirectory;

export const ROOT_META: Meta = { mode: 0o755, uid: 0, gid: 0, mtime: 0 };

export const newDirectory = (meta: Meta): TreeDirectory => ({
  kind: 'directory',
  mode: meta.mode,
  uid: meta.uid,
  gid: meta.gid,
  mtime: meta.mtime,
  entries: new Map(),
});

/** `/a/./b/` and `./a/b` as ['a', 'b']; `..` is kept for symlinks. */
const splitPath = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

/** Linux: include/linux/namei.h MAXSYMLINKS */
const MAX_LINKS = 40;

/** The node at a path; links on the way are followed, the last one only if asked. Undefined when there is none. */
export function lookup(
  root: TreeDirectory,
  path: string,
  last: 'follow' | 'keep' = 'follow',
): TreeNode | undefined {
  const trail: TreeDirectory[] = [root];
  const rest = splitPath(path).reverse();
  let links = 0;
  let node: TreeNode = root;
  while (rest.length > 0) {
    const name = rest.pop()!;
    if (name === '..') {
      if (trail.length > 1) trail.pop();
      node = trail.at(-1)!;
      continue;
    }
    const next = trail.at(-1)!.entries.get(name);
    if (!next) return undefined;
    node = next;
    if (next.kind === 'directory') trail.push(next);
    else if (next.kind === 'symlink' && (rest.length > 0 || last === 'follow')) {
      if (++links > MAX_LINKS) return undefined;
      if (next.target.startsWith('/')) trail.length = 1;
      rest.push(...splitPath(next.target).reverse());
      node = trail.at(-1)!;
    } else if (rest.length > 0) return undefined;
  }
  return node;
}

/** The directory at a path, made with its parents where missing; a link to a directory is followed. */
export function directoryAt(root: TreeDirectory, path: string, meta: Meta = ROOT_META): TreeDirectory {
  const found = lookup(root, path);
  if (found?.kind === 'directory') return found;
  const parts = splitPath(path);
  const name = parts.pop() ?? bug('the root is always there');
  const made = newDirectory({ ...meta, mode: 0o755 });
  directoryAt(root, parts.join('/'), meta).entries.set(name, made);
  return made;
}

/** Puts a node at a path, its parents made as needed. What was there is replaced. */
export function put(root: TreeDirectory, path: string, node: TreeNode): void {
  const parts = splitPath(path);
  const name = parts.pop() ?? bug('a node needs a name');
  directoryAt(root, parts.join('/')).entries.set(name, node);
}

/** Every node below a directory with its path, parents before children. */
export function* walk(root: TreeDirectory, prefix = ''): Generator<readonly [path: string, node: TreeNode]> {
  for (const [name, node] of root.entries) {
    const path = `${prefix}/${name}`;
    yield [path, node];
    if (node.kind === 'directory') yield* walk(node, path);
  }
}

/** Reads bytes of a pack; given by the host. */
export type ReadPack = (pack: number, position: number, into: Uint8Array) => number;

/** The tree as the VFS sees it. */
export function treeLayer(id: string, root: TreeDirectory, readPack: ReadPack): Layer {
  return {
    id,
    root,
    list: (directory): ReadonlyMap<string, LayerNode> => (directory as TreeDirectory).entries,
    read(file, offset, into) {
      const { pack, offset: start } = (file as TreeFile).blob;
      const length = Math.min(into.length, file.size - offset);
      return length <= 0 ? 0 : readPack(pack, start + offset, into.subarray(0, length));
    },
  };
}
