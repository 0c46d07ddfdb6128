/** Lays one tree over another as dpkg unpacks one package after another. */
import { lookup, newDirectory, type TreeDirectory, type TreeNode, walk } from './tree.ts';

/**
 * Adds `upper` to `lower`, in place (`upper` stays as it is, files are shared). A directory that is there
 * already keeps its mode and owner, and a link to a directory stays and is followed: this is how files under
 * /lib reach /usr/lib. dpkg does both. A link replaces a directory only when that is empty, as scripts do it
 * that turn /var/run into a link (rmdir, ln -s).
 */
export const mergeTree = (lower: TreeDirectory, upper: TreeDirectory): void =>
  mergeDirectory(lower, lower, upper, '');

/** As mergeTree(), for a layer that no package brought: a directory with an owner other than root gets that owner. */
export const mergeGenerated = (lower: TreeDirectory, upper: TreeDirectory): void => {
  mergeTree(lower, upper);
  for (const [path, node] of walk(upper)) {
    const there = node.kind === 'directory' && node.uid + node.gid > 0 && lookup(lower, path);
    if (there && there.kind === 'directory')
      Object.assign(there, { mode: node.mode, uid: node.uid, gid: node.gid });
  }
};

function mergeDirectory(root: TreeDirectory, into: TreeDirectory, from: TreeDirectory, path: string): void {
  for (const [name, node] of from.entries) {
    const here = `${path}/${name}`;
    let directory = asDirectory(root, into.entries.get(name), here);
    if (node.kind !== 'directory') {
      if (!directory || directory.entries.size === 0) into.entries.set(name, node);
      continue;
    }
    if (!directory) {
      directory = newDirectory(node);
      into.entries.set(name, directory);
    }
    mergeDirectory(root, directory, node, here);
  }
}

function asDirectory(
  root: TreeDirectory,
  node: TreeNode | undefined,
  path: string,
): TreeDirectory | undefined {
  const found = node?.kind === 'symlink' ? lookup(root, path) : node;
  return found?.kind === 'directory' ? found : undefined;
}
