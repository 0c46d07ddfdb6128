/** open(2): from a path and flags to an open file. Linux: fs/namei.c do_open, path_openat. */
import { type Errno, O } from '../abi/index.ts';
import { inodeOf, sealsForbidWrite, setSize } from './inode.ts';
import { breakLeases } from './lease.ts';
import { IN, tellFile } from './mark.ts';
import { isReadOnly, MS_NODEV, mountOf, pathOf } from './mount.ts';
import { addDefaultMqueue } from './mqueue.ts';
import { fileOf, newFile } from './open-file.ts';
import { openDevice, openFifo, reopenFile, type SpecialInit } from './open-special.ts';
import { MAY_EXEC, MAY_READ, MAY_WRITE, mayAccess, owns, S_ISVTX } from './permission.ts';
import { mayInspect } from './proc-tree.ts';
import { createNode, hasInodes, makeNode, mayCreate } from './tree.ts';
import type { FileId, FileKind, Inode, InodeKind, Place, Wait } from './types.ts';
import type { Vfs } from './vfs.ts';
import { RESOLVE_CACHED, type Resolved, type Walker, walk } from './walk.ts';

const O_TMPFILE_BIT = O.O_TMPFILE & ~O.O_DIRECTORY;
/** What an open file does not remember (Linux: do_dentry_open). */
const FORGOTTEN = O.O_CREAT | O.O_EXCL | O.O_NOCTTY | O.O_TRUNC | O.O_CLOEXEC;
/** All that O_PATH heeds. */
export const PATH_FLAGS = O.O_PATH | O.O_DIRECTORY | O.O_NOFOLLOW | O.O_CLOEXEC;

/** The rights each access mode asks for; mode 3 is Linux's own "neither, but check both". */
const ACCESS = [MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE, MAY_READ | MAY_WRITE] as const;

/** How to open: open(2)'s flags and mode, openat2's RESOLVE_* bits. */
export interface OpenHow {
  readonly flags: number;
  readonly mode: number;
  readonly resolve?: number;
}

/** Flags that contradict each other, before anybody looks at the path. Linux: build_open_flags. */
export function whyNotHow({ flags, resolve = 0 }: OpenHow): 'EINVAL' | 'EAGAIN' | null {
  const both = O.O_CREAT | O.O_DIRECTORY;
  if ((flags & both) === both) return 'EINVAL';
  const isTemporary = (flags & O_TMPFILE_BIT) !== 0;
  const writes = (ACCESS[flags & O.O_ACCMODE]! & MAY_WRITE) !== 0;
  if (isTemporary && !((flags & O.O_DIRECTORY) !== 0 && writes)) return 'EINVAL';
  const changes = isTemporary || (flags & (O.O_CREAT | O.O_TRUNC)) !== 0;
  return resolve & RESOLVE_CACHED && changes ? 'EAGAIN' : null;
}

/** Opens a path for a walker; a FIFO may have to wait for its other end. */
export function openPath(
  vfs: Vfs,
  who: Walker,
  at: Place,
  path: string,
  how: OpenHow,
): FileId | Errno | Wait {
  const { flags, mode, resolve = 0 } = how;
  if (flags & O_TMPFILE_BIT) return openTemporary(vfs, who, at, path, { flags, mode, resolve });
  const create = (flags & O.O_CREAT) !== 0;
  const exclusive = create && (flags & O.O_EXCL) !== 0;
  const follow = !exclusive && (flags & O.O_NOFOLLOW) === 0;
  const found = walk(vfs, who, at, path, { follow, parent: create, create, resolve });
  if (typeof found === 'string') return found;
  if (found.file !== 0) return reopenFile(vfs, fileOf(vfs, found.file), flags);
  if (found.inode === 0) return openNew(vfs, who, found, flags, mode);
  if (exclusive) return 'EEXIST';
  return create && isTrap(vfs, who, found) ? 'EACCES' : openResolved(vfs, who, found, flags);
}

/**
 * Is this a file or FIFO of somebody else in a directory like /tmp, which O_CREAT would open in place of one's own?
 * Linux: may_create_in_sticky.
 */
function isTrap(vfs: Vfs, who: Walker, { parent, inode: id }: Resolved): boolean {
  const inode = inodeOf(vfs, id);
  const { fifos, regular } = vfs.protections;
  const level = inode.kind === 'fifo' ? fifos : inode.kind === 'file' ? regular : 0;
  if (level === 0) return false;
  const directory = inodeOf(vfs, parent.inode);
  if ((directory.mode & S_ISVTX) === 0 || inode.uid === directory.uid || inode.uid === who.credentials.fsuid)
    return false;
  return (directory.mode & 0o002) !== 0 || (level > 1 && (directory.mode & 0o020) !== 0);
}

function openNew(vfs: Vfs, who: Walker, at: Resolved, flags: number, mode: number): FileId | Errno {
  const made = createNode(vfs, who, at, { kind: 'file', mode });
  // open(2) in a directory that makes no files (/proc) says EACCES where mkdir(2) says EPERM.
  if (typeof made === 'string') return made === 'EPERM' ? 'EACCES' : made;
  addDefaultMqueue(vfs, made);
  const file = fileFor(vfs, who, { mount: at.parent.mount, inode: made.id }, at, flags);
  fileOf(vfs, file).wasCreated = true;
  return opened(vfs, at, made, file);
}

function openTemporary(
  vfs: Vfs,
  who: Walker,
  at: Place,
  path: string,
  { flags, mode, resolve = 0 }: OpenHow,
): FileId | Errno {
  const found = walk(vfs, who, at, path, { follow: (flags & O.O_NOFOLLOW) === 0, resolve });
  if (typeof found === 'string') return found;
  if (found.inode === 0 || inodeOf(vfs, found.inode).kind !== 'directory') return 'ENOTDIR';
  const parent = { mount: found.mount, inode: found.inode };
  const refused = mayCreate(vfs, who, parent);
  if (refused !== null) return refused === 'EPERM' ? 'EOPNOTSUPP' : refused;
  if (!hasInodes(vfs, parent)) return 'ENOSPC';
  const inode = makeNode(vfs, who, parent, { kind: 'file', mode });
  const named = { parent, name: `#${inode.id}`, last: 'name' } as const;
  const place = { mount: found.mount, inode: inode.id };
  return opened(vfs, named, inode, fileFor(vfs, who, place, named, flags));
}

/** Opens what a walk found, after the checks of open(2). */
export function openResolved(vfs: Vfs, who: Walker, found: Resolved, flags: number): FileId | Errno | Wait {
  const place = { mount: found.mount, inode: found.inode as Inode['id'] };
  const inode = inodeOf(vfs, place.inode);
  if (flags & O.O_DIRECTORY && inode.kind !== 'directory') return 'ENOTDIR';
  if (flags & O.O_PATH) return opened(vfs, found, inode, fileFor(vfs, who, place, found, flags));
  if (inode.kind === 'symlink') return 'ELOOP';
  const refused = whyNotOpen(vfs, who, place, inode, flags);
  if (refused !== null) return refused;
  if (vfs.leases.size > 0) {
    const writes = (flags & O.O_ACCMODE) !== O.O_RDONLY || (flags & O.O_TRUNC) !== 0;
    const held = breakLeases(vfs, inode.id, writes, flags);
    if (held !== null) return held;
  }
  const truncates = (flags & O.O_TRUNC) !== 0 && inode.kind === 'file' && inode.generator === null;
  if (truncates) setSize(vfs, inode, 0);
  const file = opened(vfs, found, inode, OPENERS[inode.kind](vfs, who, place, found, flags));
  if (truncates && typeof file === 'number') tellFile(vfs, fileOf(vfs, file), IN.IN_MODIFY);
  return file;
}

/** An open file remembers its name, and those who watch hear of it. */
function opened<R extends FileId | Errno | Wait>(
  vfs: Vfs,
  { parent, name, last }: Found,
  inode: Inode,
  id: R,
): R {
  if (typeof id !== 'number') return id;
  const file = fileOf(vfs, id);
  if (last === 'name' && inode.kind !== 'directory') file.dentry = { parent: parent.inode, name };
  tellFile(vfs, file, IN.IN_OPEN);
  return id;
}

function whyNotOpen(vfs: Vfs, who: Walker, place: Place, inode: Inode, flags: number): Errno | null {
  const want = ACCESS[flags & O.O_ACCMODE]! | (flags & O.O_TRUNC ? MAY_WRITE : 0);
  const writes = (want & MAY_WRITE) !== 0;
  if (inode.kind === 'directory' && (writes || flags & O.O_CREAT)) return 'EISDIR';
  if (inode.kind === 'file' && writes && isReadOnly(vfs, place)) return 'EROFS';
  const isDevice = inode.kind === 'char' || inode.kind === 'block';
  if (isDevice && (mountOf(vfs, place.mount).flags & MS_NODEV) !== 0) return 'EACCES';
  if (!mayAccess(inode, who.credentials, want) || !mayInspect(vfs, inode)) return 'EACCES';
  if (writes && inode.kind === 'file' && sealsForbidWrite(inode)) return 'EPERM';
  if (writes && inode.kind === 'file' && inode.writers < 0) return 'ETXTBSY';
  return flags & O.O_NOATIME && !owns(inode, who.credentials) ? 'EPERM' : null;
}

type Opener = (vfs: Vfs, who: Walker, place: Place, found: Found, flags: number) => FileId | Errno | Wait;

const OPENERS: Readonly<Record<InodeKind, Opener>> = {
  file: fileFor,
  directory: fileFor,
  symlink: () => 'ELOOP',
  fifo: (vfs, who, place, found, flags) => openFifo(vfs, specialInit(vfs, who, place, found, flags)),
  // A socket is reached by connect(2), and no block device has a driver.
  socket: () => 'ENXIO',
  block: () => 'ENXIO',
  char: (vfs, who, place, found, flags) => openDevice(vfs, specialInit(vfs, who, place, found, flags)),
};

/** What the openers of devices and FIFOs need; they see O_NOCTTY and take it away. */
const specialInit = (...[vfs, who, place, found, flags]: Parameters<Opener>): SpecialInit => ({
  inode: inodeOf(vfs, place.inode),
  mount: place.mount,
  flags: (flags & ~(FORGOTTEN & ~O.O_NOCTTY)) | O.O_LARGEFILE,
  path: pathOfFound(vfs, who, place, found),
});

const kindOf = (vfs: Vfs, inode: Inode, flags: number): FileKind => {
  if (flags & O.O_PATH) return 'path';
  if (inode.kind === 'directory') return 'directory';
  if (inode.generator !== null) return 'proc';
  return vfs.supers.get(inode.super)?.type === 'mqueue' ? 'mqueue' : 'regular';
};

/** Makes the open file of an inode that needs no opening of its own. */
function fileFor(vfs: Vfs, who: Walker, place: Place, found: Found, flags: number): FileId {
  const inode = inodeOf(vfs, place.inode);
  const path = pathOfFound(vfs, who, place, found);
  const kept = flags & O.O_PATH ? flags & ~O.O_CLOEXEC : (flags & ~FORGOTTEN) | O.O_LARGEFILE;
  return newFile(vfs, { kind: kindOf(vfs, inode, flags), flags: kept, ...place, path });
}

/** Of what a walk found, what its name is made of. */
type Found = Pick<Resolved, 'parent' | 'name' | 'last' | 'shown'>;

/** The absolute path of what a walk found, as /proc/PID/fd will show it. */
export function pathOfFound(
  vfs: Vfs,
  who: Walker,
  place: Place,
  { parent, name, last, shown }: Found,
): string {
  const isDirectory = inodeOf(vfs, place.inode).kind === 'directory';
  if (shown != null && !isDirectory) return shown;
  const path = pathOf(vfs, isDirectory ? place : parent, who.fs.root);
  if (typeof path !== 'string') return path.unreachable;
  if (isDirectory || last !== 'name') return path;
  return path === '/' ? `/${name}` : `${path}/${name}`;
}

/** May the walker run this file? execve(2)'s own check. */
export const mayExecute = (inode: Inode, who: Walker): boolean =>
  inode.kind === 'file' && mayAccess(inode, who.credentials, MAY_EXEC);
