/**
 * Advisory locks on whole files and byte ranges: flock(2), and fcntl(2)'s two families, whose locks belong to
 * a process (POSIX) or to an open file (OFD). Linux: fs/locks.c.
 */
import type { FileId, InodeId, OpenFile, QueueId } from './types.ts';
import type { Vfs } from './vfs.ts';

/** Who holds a lock. The families do not see each other's flock(2) locks; POSIX and OFD ones conflict. */
export interface FileLock {
  readonly family: 'flock' | 'posix' | 'ofd';
  /** The open file (flock, ofd) or the process (posix). */
  readonly owner: number;
  readonly exclusive: boolean;
  readonly start: number;
  /** Exclusive; Infinity for "to the end, wherever it will be". */
  readonly end: number;
}

/** Pipes and sockets have inodes of their own; everything else without a name shares one (Linux: anon_inodefs). */
const ANONYMOUS = -(2 ** 31) as InodeId;

/** The inode that locks of an open file lie on: a made-up one for what has no place in the tree. */
export function lockedInode({ inode, kind, channel }: OpenFile): InodeId {
  if (inode !== 0) return inode;
  return kind === 'pipe' || kind === 'socket' ? (-channel as InodeId) : ANONYMOUS;
}

/** The locks of one inode, sorted by start within an owner, and those who wait for one to go. */
export interface LockList {
  locks: FileLock[];
  readonly queue: QueueId;
}

const listOf = (vfs: Vfs, inode: InodeId): LockList => {
  const known = vfs.locks.get(inode);
  if (known !== undefined) return known;
  const made: LockList = { locks: [], queue: vfs.host.newQueue() };
  vfs.locks.set(inode, made);
  return made;
};

const isFlock = ({ family }: FileLock) => family === 'flock';
const sameOwner = (a: FileLock, b: FileLock) => a.family === b.family && a.owner === b.owner;
const overlaps = (a: FileLock, b: FileLock) => a.start < b.end && b.start < a.end;

/** The first lock that stands in the way. */
export const lockInTheWay = (vfs: Vfs, inode: InodeId, wanted: FileLock): FileLock | undefined =>
  vfs.locks
    .get(inode)
    ?.locks.find(
      (held) =>
        isFlock(held) === isFlock(wanted) &&
        !sameOwner(held, wanted) &&
        overlaps(held, wanted) &&
        (held.exclusive || wanted.exclusive),
    );

/** Where those wait who want a lock of this inode. */
export const lockQueue = (vfs: Vfs, inode: InodeId): QueueId => listOf(vfs, inode).queue;

/** Takes the range from what the owner holds; the parts of a lock outside stay. */
function cut(list: LockList, range: FileLock): void {
  list.locks = list.locks.flatMap((held) => {
    if (!sameOwner(held, range) || !overlaps(held, range)) return [held];
    const parts: FileLock[] = [];
    if (held.start < range.start) parts.push({ ...held, end: range.start });
    if (held.end > range.end) parts.push({ ...held, start: range.end });
    return parts;
  });
}

/** Sets a lock nobody stands in the way of, in place of what the owner held there. */
export function setLock(vfs: Vfs, inode: InodeId, lock: FileLock): void {
  const list = listOf(vfs, inode);
  cut(list, lock);
  list.locks.push(lock);
  // A write lock that became a read lock may let others in.
  vfs.host.wake(list.queue);
}

/** Gives up all of the owner's locks in a range. */
export function clearLock(vfs: Vfs, inode: InodeId, range: FileLock): void {
  const list = vfs.locks.get(inode);
  if (list === undefined) return;
  cut(list, range);
  vfs.host.wake(list.queue);
  if (list.locks.length === 0 && vfs.host.waiters(list.queue).length === 0) vfs.locks.delete(inode);
}

const everything = { exclusive: false, start: 0, end: Number.POSITIVE_INFINITY };

/** A process closed a descriptor of this file: all its POSIX locks there go (man 2 fcntl). */
export function releasePosixLocks(vfs: Vfs, file: OpenFile, tgid: number): void {
  if (vfs.locks.size === 0) return;
  clearLock(vfs, lockedInode(file), { family: 'posix', owner: tgid, ...everything });
}

/** The last reference to an open file goes, and with it the locks that are its own. */
export function releaseFlock(vfs: Vfs, file: OpenFile): void {
  if (vfs.locks.size === 0) return;
  const owner: FileId = file.id;
  const inode = lockedInode(file);
  clearLock(vfs, inode, { family: 'flock', owner, ...everything });
  clearLock(vfs, inode, { family: 'ofd', owner, ...everything });
}

/** All locks with the inodes they are on, in a fixed order, for /proc/locks. */
export const listLocks = (vfs: Vfs): readonly (readonly [InodeId, FileLock])[] =>
  [...vfs.locks].flatMap(([inode, { locks }]) => locks.map((lock) => [inode, lock] as const));
