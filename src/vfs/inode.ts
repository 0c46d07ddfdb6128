/** Making inodes, holding them, letting them go, and their bytes. Linux: fs/inode.c. */
import type { Errno } from '../abi/index.ts';
import { bug } from '../base/index.ts';
import { layout, type PageObjectId } from '../memory/index.ts';
import { endMarks, IN } from './mark.ts';
import type { Inode, InodeId, InodeKind, MountId, SuperId } from './types.ts';
import type { Vfs } from './vfs.ts';

/** What a new inode begins with; the rest follows from its kind. */
export interface InodeInit {
  readonly super: SuperId;
  readonly kind: InodeKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** How large a directory says it is: as on most disks, one block. */
const DIRECTORY_SIZE = 4096;

/** Makes an inode without a name: nlink counts up when it gets one. A directory counts its own `.`. */
export function newInode(vfs: Vfs, init: InodeInit): Inode {
  const id = vfs.nextId++ as InodeId;
  const now = vfs.host.wall();
  const directory = init.kind === 'directory';
  const inode: Inode = {
    id,
    super: init.super,
    kind: init.kind,
    mode: init.mode,
    uid: init.uid,
    gid: init.gid,
    nlink: directory ? 1 : 0,
    atime: now,
    mtime: now,
    ctime: now,
    btime: now,
    holders: 0,
    writers: 0,
    pages: 0,
    size: directory ? DIRECTORY_SIZE : 0,
    entries: directory ? new Map() : null,
    parent: 0,
    name: '',
    target: '',
    rdev: 0,
    generator: null,
    channel: 0,
    writeHint: 0,
    seals: 0,
    xattrs: null,
  };
  vfs.inodes.set(id, inode);
  const made = vfs.supers.get(init.super);
  if (made !== undefined) made.inodes++;
  return inode;
}

/** The inode of an id that must be there. */
export const inodeOf = (vfs: Vfs, id: InodeId | 0): Inode =>
  vfs.inodes.get(id as InodeId) ?? bug(`there is no inode ${id}`);

/** Keeps an inode alive without a name: an open file, a working directory. */
export const holdInode = (vfs: Vfs, id: InodeId): void => {
  inodeOf(vfs, id).holders++;
};

/** Gives a hold back; the last one of an unlinked inode frees it. */
export function releaseInode(vfs: Vfs, id: InodeId): void {
  const inode = inodeOf(vfs, id);
  inode.holders--;
  freeIfUnused(vfs, inode);
}

/** A process runs this program: it is held, and nobody may write it. */
export function holdProgram(vfs: Vfs, id: InodeId): void {
  holdInode(vfs, id);
  inodeOf(vfs, id).writers--;
}

/** A process does not run it any more. */
export function releaseProgram(vfs: Vfs, id: InodeId): void {
  inodeOf(vfs, id).writers++;
  releaseInode(vfs, id);
}

/** Frees an inode that has neither a name nor a holder. */
export function freeIfUnused(vfs: Vfs, inode: Inode): void {
  if (inode.nlink > 0 || inode.holders > 0) return;
  endMarks(vfs, inode, inode.generator === null ? IN.IN_DELETE_SELF : 0);
  const made = vfs.supers.get(inode.super);
  if (made !== undefined) made.inodes--;
  if (inode.pages !== 0) {
    chargePages(vfs, inode, -vfs.memory.objects.get(inode.pages).pages.size);
    vfs.memory.objects.release(inode.pages);
    if (!vfs.memory.objects.all.has(inode.pages)) vfs.fills.delete(inode.pages);
  }
  if (inode.channel !== 0 && inode.kind === 'file') vfs.mqueues.delete(inode.channel);
  const origin = vfs.fileOrigins.get(inode.id);
  if (origin !== undefined) vfs.born.delete(origin.node);
  vfs.fileOrigins.delete(inode.id);
  vfs.directoryOrigins.delete(inode.id);
  vfs.inodes.delete(inode.id);
}

/** Was the last name of this inode removed while somebody holds it? */
export const isDeleted = (inode: Inode): boolean => inode.nlink === 0 && inode.generator === null;

/** A change of the inode itself. */
export const touchChanged = (vfs: Vfs, inode: Inode): void => {
  inode.ctime = vfs.host.wall();
};

/** A change of its content. */
export function touchModified(vfs: Vfs, inode: Inode): void {
  const now = vfs.host.wall();
  inode.mtime = now;
  inode.ctime = now;
}

const MS_RDONLY = 1;
const MS_NOATIME = 1024;
const MS_NODIRATIME = 2048;
const MS_RELATIME = 1 << 21;

/** A read through a mount: relatime, as Linux mounts by default (at most once a day unless the file changed since). */
export function touchRead(vfs: Vfs, inode: Inode, mount: MountId | 0): void {
  const flags = mount === 0 ? MS_RELATIME : (vfs.mounts.get(mount)?.flags ?? MS_RELATIME);
  const isOff = flags & MS_NOATIME || (flags & MS_NODIRATIME && inode.kind === 'directory');
  if (isOff || (flags & MS_RDONLY) !== 0) return;
  const now = vfs.host.wall();
  if ((flags & MS_RELATIME) === 0) {
    inode.atime = now;
    return;
  }
  const { atime, mtime, ctime } = inode;
  const isOlder = (than: typeof atime) =>
    atime.sec < than.sec || (atime.sec === than.sec && atime.nsec <= than.nsec);
  if (isOlder(mtime) || isOlder(ctime) || now.sec - atime.sec >= 86_400) inode.atime = now;
}

/** The page object that is a file's content, made on first use. */
export function inodePages(vfs: Vfs, inode: Inode): PageObjectId {
  if (inode.pages !== 0) return inode.pages;
  const origin = vfs.fileOrigins.get(inode.id);
  const { id } = vfs.memory.objects.create({ size: inode.size, filled: origin !== undefined });
  if (origin !== undefined) vfs.fills.set(id, origin);
  inode.pages = id;
  return id;
}

/** Reads a file's bytes for the kernel itself (exec, boot); gives how many there were. */
export const readAt = (vfs: Vfs, inode: Inode, offset: number, into: Uint8Array): number =>
  vfs.memory.objects.read(inodePages(vfs, inode), offset, into);

/** A file's whole content. */
export function readAll(vfs: Vfs, inode: Inode): Uint8Array {
  const bytes = new Uint8Array(inode.size);
  readAt(vfs, inode, 0, bytes);
  return bytes;
}

/** Writes a file's bytes for the kernel itself; gives how many fitted into memory. */
export function writeAt(vfs: Vfs, inode: Inode, offset: number, bytes: Uint8Array): number {
  const done = vfs.memory.objects.write(inodePages(vfs, inode), offset, bytes);
  inode.size = Math.max(inode.size, offset + done);
  touchModified(vfs, inode);
  return done;
}

/** Its file system has so many pages more, or fewer. */
export function chargePages(vfs: Vfs, inode: Inode, count: number): void {
  const made = vfs.supers.get(inode.super);
  if (made !== undefined) made.pages = Math.max(0, made.pages + count);
}

/** How many pages more the file system may have. */
export const roomForPages = (vfs: Vfs, inode: Inode): number => {
  const made = vfs.supers.get(inode.super);
  return made === undefined ? Number.POSITIVE_INFINITY : made.maxPages - made.pages;
};

/** Changes the pages of a file, and counts them. */
function counting(vfs: Vfs, inode: Inode, change: (id: PageObjectId) => void): void {
  const id = inodePages(vfs, inode);
  const { pages } = vfs.memory.objects.get(id);
  const before = pages.size;
  change(id);
  chargePages(vfs, inode, pages.size - before);
}

/** truncate(2) to any size; what is added reads as zeros. */
export function setSize(vfs: Vfs, inode: Inode, size: number): void {
  counting(vfs, inode, (id) => vfs.memory.objects.truncate(id, size));
  inode.size = size;
  touchModified(vfs, inode);
}

/** Gives a range its memory, all or none of it (fallocate). */
export function setAside(vfs: Vfs, inode: Inode, start: number, end: number): boolean {
  const { objects, frames } = vfs.memory;
  const id = inodePages(vfs, inode);
  const object = objects.get(id);
  const [first, last] = [Math.floor(start / layout.PAGE_SIZE), Math.ceil(end / layout.PAGE_SIZE)];
  if (last - first - object.pages.size > frames.total) return false;
  const made: number[] = [];
  const room = roomForPages(vfs, inode);
  for (let index = first; index < last; index++) {
    if (object.pages.has(index)) continue;
    if (made.length >= room || objects.page(id, index, true) === 0) {
      for (const page of made) objects.punchHole(id, page * layout.PAGE_SIZE, layout.PAGE_SIZE);
      return false;
    }
    made.push(index);
  }
  chargePages(vfs, inode, made.length);
  touchChanged(vfs, inode);
  return true;
}

/** Makes a range read as zeros and gives its whole pages back; the size stays. */
export function punchHole(vfs: Vfs, inode: Inode, offset: number, length: number): void {
  counting(vfs, inode, (id) => vfs.memory.objects.punchHole(id, offset, length));
  touchModified(vfs, inode);
}

const F_SEAL_SHRINK = 2;
const F_SEAL_GROW = 4;
const F_SEAL_WRITE = 8;
const F_SEAL_FUTURE_WRITE = 16;

/** What a memfd's seals say to a change of its size (man 2 fcntl, F_ADD_SEALS). */
export const sealsForbidSize = (inode: Inode, size: number): Errno | null =>
  (size < inode.size && inode.seals & F_SEAL_SHRINK) || (size > inode.size && inode.seals & F_SEAL_GROW)
    ? 'EPERM'
    : null;

/** Do its seals forbid writing? */
export const sealsForbidWrite = (inode: Inode): boolean =>
  (inode.seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) !== 0;
