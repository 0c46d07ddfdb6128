/** The memory file system at /run begins with what the image has there: the places that services expect. */
import { addName, childOf, namesOf } from './directory.ts';
import { inodeOf, newInode, readAt, writeAt } from './inode.ts';
import { leadsOutside } from './layered.ts';
import type { Inode } from './types.ts';
import type { Super, Vfs } from './vfs.ts';

/** Where the machine keeps a first process of its own. */
const TAKEN = 'init';
const PIECE = 65536;

/** Fills a new file system with the image's /run. A folder of the host is not looked into before a program does. */
export function fillRun(vfs: Vfs, root: Inode, run: Super): Super {
  const known = leadsOutside(vfs, root) ? 0 : childOf(vfs, root, 'run');
  if (known !== 0) copyBelow(vfs, inodeOf(vfs, known), inodeOf(vfs, run.root), TAKEN);
  return run;
}

function copyBelow(vfs: Vfs, from: Inode, to: Inode, without = ''): void {
  if (from.kind !== 'directory' || leadsOutside(vfs, from)) return;
  for (const name of namesOf(vfs, from)) {
    const node = inodeOf(vfs, childOf(vfs, from, name));
    if (name === without) continue;
    const { kind, mode, uid, gid, target, size } = node;
    const copy = newInode(vfs, { super: to.super, kind, mode, uid, gid });
    addName(vfs, to, name, copy);
    if (kind === 'directory') copyBelow(vfs, node, copy);
    else if (kind === 'symlink') Object.assign(copy, { target, size });
    else copyBytes(vfs, node, copy);
  }
}

function copyBytes(vfs: Vfs, from: Inode, to: Inode): void {
  const piece = new Uint8Array(PIECE);
  for (let at = 0; at < from.size; at += PIECE)
    writeAt(vfs, to, at, piece.subarray(0, readAt(vfs, from, at, piece)));
}
