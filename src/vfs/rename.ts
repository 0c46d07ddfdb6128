/** renameat2(2) with all its rules. Linux: fs/namei.c do_renameat2, vfs_rename. */
import type { Errno } from '../abi/index.ts';
import { addName, detachName, isEmptyDirectory, isWithin, removeName } from './directory.ts';
import { holdInode, inodeOf, releaseInode } from './inode.ts';
import { IN, tell, tellName } from './mark.ts';
import { isMountPoint, isReadOnly } from './mount.ts';
import { MAY_WRITE, mayAccess, mayRemove } from './permission.ts';
import { makeNode, mayCreate } from './tree.ts';
import type { Inode } from './types.ts';
import type { Vfs } from './vfs.ts';
import type { Resolved, Walker } from './walk.ts';

export const RENAME_NOREPLACE = 1;
export const RENAME_EXCHANGE = 2;
export const RENAME_WHITEOUT = 4;

/** Both ends of a rename with their inodes; `victim` is what has the new name now. */
interface Move {
  readonly from: Resolved;
  readonly to: Resolved;
  readonly moved: Inode;
  readonly victim: Inode | null;
  readonly exchange: boolean;
  /** Who leaves a whiteout behind, or null. */
  readonly whiteout: Walker | null;
}

/** Gives what `from` names the name `to`; with flags RENAME_NOREPLACE or RENAME_EXCHANGE. */
export function renameNode(vfs: Vfs, who: Walker, from: Resolved, to: Resolved, flags: number): Errno | null {
  const exchange = (flags & RENAME_EXCHANGE) !== 0;
  if (from.parent.mount !== to.parent.mount) return 'EXDEV';
  if (from.last !== 'name') return 'EBUSY';
  if (to.last !== 'name') return flags & RENAME_NOREPLACE ? 'EEXIST' : 'EBUSY';
  if (isReadOnly(vfs, from.parent)) return 'EROFS';
  if (from.inode === 0) return 'ENOENT';
  if (flags & RENAME_NOREPLACE && to.inode !== 0) return 'EEXIST';
  if (exchange && to.inode === 0) return 'ENOENT';
  const move: Move = {
    from,
    to,
    moved: inodeOf(vfs, from.inode),
    victim: to.inode === 0 ? null : inodeOf(vfs, to.inode),
    exchange,
    whiteout: flags & RENAME_WHITEOUT ? who : null,
  };
  const refused = misshapen(vfs, move) ?? (move.moved === move.victim ? null : forbidden(vfs, who, move));
  if (refused !== null) return refused;
  if (move.moved === move.victim) return null;
  return exchange ? swap(vfs, move) : replace(vfs, move);
}

/** Slashes behind what is no directory, loops, mount points. */
function misshapen(vfs: Vfs, { from, to, moved, victim, exchange }: Move): Errno | null {
  if (moved.kind !== 'directory' && (from.slash || (!exchange && to.slash))) return 'ENOTDIR';
  if (exchange && to.slash && victim!.kind !== 'directory') return 'ENOTDIR';
  const [fromDirectory, toDirectory] = [inodeOf(vfs, from.parent.inode), inodeOf(vfs, to.parent.inode)];
  if (moved.kind === 'directory' && isWithin(vfs, toDirectory, moved)) return 'EINVAL';
  if (victim?.kind === 'directory' && isWithin(vfs, fromDirectory, victim))
    return exchange ? 'EINVAL' : 'ENOTEMPTY';
  const crossed = from.mount !== from.parent.mount || (victim !== null && to.mount !== to.parent.mount);
  if (crossed || isMountPoint(vfs, moved.id)) return 'EBUSY';
  return victim !== null && isMountPoint(vfs, victim.id) ? 'EBUSY' : null;
}

/** Rights on both directories, on a directory whose `..` changes, and the kinds of both ends. */
function forbidden(vfs: Vfs, who: Walker, { from, to, moved, victim, exchange }: Move): Errno | null {
  const [fromDirectory, toDirectory] = [inodeOf(vfs, from.parent.inode), inodeOf(vfs, to.parent.inode)];
  if (fromDirectory.generator !== null) return 'EPERM';
  const removed = mayRemove(fromDirectory, moved, who.credentials);
  if (removed !== null) return removed;
  const placed =
    victim === null ? mayCreate(vfs, who, to.parent) : mayRemove(toDirectory, victim, who.credentials);
  if (placed !== null) return placed;
  if (victim !== null && !exchange) {
    if (moved.kind === 'directory' && victim.kind !== 'directory') return 'ENOTDIR';
    if (moved.kind !== 'directory' && victim.kind === 'directory') return 'EISDIR';
  }
  const moves = (inode: Inode | null) =>
    inode?.kind === 'directory' &&
    fromDirectory !== toDirectory &&
    !mayAccess(inode, who.credentials, MAY_WRITE);
  if (moves(moved) || (exchange && moves(victim))) return 'EACCES';
  const full = victim?.kind === 'directory' && !exchange && !isEmptyDirectory(vfs, victim);
  return full ? 'ENOTEMPTY' : null;
}

function replace(vfs: Vfs, move: Move): null {
  const { from, to, moved, victim } = move;
  const toDirectory = inodeOf(vfs, to.parent.inode);
  if (victim !== null) {
    // Those who watch it hear of its end after the move.
    holdInode(vfs, victim.id);
    removeName(vfs, toDirectory, to.name);
  }
  detachName(vfs, inodeOf(vfs, from.parent.inode), from.name, moved);
  addName(vfs, toDirectory, to.name, moved);
  if (move.whiteout !== null) leaveWhiteout(vfs, move.whiteout, from);
  follow(vfs, moved, from, to);
  tellMoved(vfs, from, to, moved);
  if (victim !== null) tell(vfs, victim, IN.IN_ATTRIB);
  tell(vfs, moved, IN.IN_MOVE_SELF);
  if (victim !== null) releaseInode(vfs, victim.id);
  return null;
}

function swap(vfs: Vfs, { from, to, moved, victim }: Move): null {
  const [fromDirectory, toDirectory] = [inodeOf(vfs, from.parent.inode), inodeOf(vfs, to.parent.inode)];
  detachName(vfs, fromDirectory, from.name, moved);
  detachName(vfs, toDirectory, to.name, victim!);
  addName(vfs, toDirectory, to.name, moved);
  addName(vfs, fromDirectory, from.name, victim!);
  follow(vfs, moved, from, to);
  follow(vfs, victim!, to, from);
  tellMoved(vfs, from, to, moved);
  tell(vfs, moved, IN.IN_MOVE_SELF);
  tellMoved(vfs, to, from, victim!);
  tell(vfs, victim!, IN.IN_MOVE_SELF);
  return null;
}

/** The device 0:0 under the old name: what layered file systems mark a removal with. */
function leaveWhiteout(vfs: Vfs, who: Walker, from: Resolved): void {
  const made = makeNode(vfs, who, from.parent, { kind: 'char', mode: 0 });
  addName(vfs, inodeOf(vfs, from.parent.inode), from.name, made);
}

/** Files that were opened by the old name go by the new one now. */
function follow(vfs: Vfs, inode: Inode, from: Resolved, to: Resolved): void {
  if (inode.kind === 'directory' || inode.holders === 0) return;
  for (const file of vfs.files.values()) {
    if (file.inode !== inode.id || file.dentry?.parent !== from.parent.inode) continue;
    if (file.dentry.name === from.name) file.dentry = { parent: to.parent.inode, name: to.name };
  }
}

/** Both directories are told of a move; one number says that it is the same. */
function tellMoved(vfs: Vfs, from: Resolved, to: Resolved, inode: Inode): void {
  if (vfs.marks.size === 0) return;
  const cookie = vfs.nextId++;
  tellName(vfs, inodeOf(vfs, from.parent.inode), IN.IN_MOVED_FROM, { name: from.name, inode }, cookie);
  tellName(vfs, inodeOf(vfs, to.parent.inode), IN.IN_MOVED_TO, { name: to.name, inode }, cookie);
}
