/** Directories as maps from names to inodes: looking up, adding, removing, listing. No rights, no paths. */
import { freeIfUnused, inodeOf, touchChanged, touchModified } from './inode.ts';
import { bear, loadDirectory } from './layered.ts';
import { compareNames } from './names.ts';
import { procChild, procNames } from './proc-tree.ts';
import type { Inode, InodeId } from './types.ts';
import type { Vfs } from './vfs.ts';

/** The inode a name stands for in this directory, or 0. */
export function childOf(vfs: Vfs, directory: Inode, name: string): InodeId | 0 {
  if (directory.generator !== null) return procChild(vfs, directory, name);
  const id = (directory.entries ?? loadDirectory(vfs, directory)).get(name);
  if (id === undefined) return 0;
  return id === 0 ? bear(vfs, directory, name) : id;
}

/** Gives an inode a name. */
export function addName(vfs: Vfs, directory: Inode, name: string, child: Inode): void {
  loadDirectory(vfs, directory).set(name, child.id);
  child.nlink++;
  if (child.kind === 'directory') {
    child.parent = directory.id;
    child.name = name;
    directory.nlink++;
  }
  touchModified(vfs, directory);
  touchChanged(vfs, child);
}

/** Takes a name away; the inode goes with its last name and holder. A directory's own `.` goes, too. */
export function removeName(vfs: Vfs, directory: Inode, name: string): void {
  const child = inodeOf(vfs, childOf(vfs, directory, name));
  detachName(vfs, directory, name, child);
  if (child.kind === 'directory') {
    child.nlink--;
    child.parent = 0;
  }
  freeIfUnused(vfs, child);
}

/** Takes a name away and leaves the inode, which is about to get another. */
export function detachName(vfs: Vfs, directory: Inode, name: string, child: Inode): void {
  loadDirectory(vfs, directory).delete(name);
  child.nlink--;
  if (child.kind === 'directory') directory.nlink--;
  touchModified(vfs, directory);
  touchChanged(vfs, child);
}

/** Has the directory no names but `.` and `..`? */
export const isEmptyDirectory = (vfs: Vfs, directory: Inode): boolean =>
  directory.generator === null && loadDirectory(vfs, directory).size === 0;

/** The names of a directory in byte order, without `.` and `..`. */
export const namesOf = (vfs: Vfs, directory: Inode): string[] =>
  directory.generator !== null
    ? procNames(vfs, directory.generator)
    : [...loadDirectory(vfs, directory).keys()].sort(compareNames);

/** Is `inner` this directory or somewhere below it? */
export function isWithin(vfs: Vfs, inner: Inode, outer: Inode): boolean {
  for (let here = inner; ; here = inodeOf(vfs, here.parent)) {
    if (here.id === outer.id) return true;
    if (here.parent === here.id || here.parent === 0) return false;
  }
}
