/**
 * Changes of the tree on behalf of somebody: creating, linking, removing names, each with Linux's checks in
 * Linux's order (fs/namei.c), so that the errno is the one a program expects.
 */
import type { Errno } from '../abi/index.ts';
import { encodeUtf8 } from '../base/index.ts';
import { addName, isEmptyDirectory, removeName } from './directory.ts';
import { inodeOf, newInode } from './inode.ts';
import { IN, tell, tellName } from './mark.ts';
import { isMountPoint, isReadOnly } from './mount.ts';
import {
  isImmutable,
  MAY_EXEC,
  MAY_READ,
  MAY_WRITE,
  mayAccess,
  mayRemove,
  owns,
  S_ISGID,
  S_ISUID,
  S_ISVTX,
} from './permission.ts';
import type { Credentials, Inode, InodeKind, Place } from './types.ts';
import type { Vfs } from './vfs.ts';
import type { Resolved, Walker } from './walk.ts';

/** May this walker add a name to the directory? */
export function mayCreate(vfs: Vfs, who: Walker, parent: Place): Errno | null {
  const directory = inodeOf(vfs, parent.inode);
  if (isReadOnly(vfs, parent)) return 'EROFS';
  if (directory.nlink === 0) return 'ENOENT';
  if (isImmutable(directory)) return 'EPERM';
  if (!mayAccess(directory, who.credentials, MAY_WRITE | MAY_EXEC)) return 'EACCES';
  return directory.generator === null ? null : 'EPERM';
}

/** What a new node is, besides its name. */
export interface NodeInit {
  readonly kind: InodeKind;
  /** Before the umask. */
  readonly mode: number;
  readonly rdev?: number;
  readonly target?: string;
}

/** May the file system have one more inode (tmpfs's nr_inodes)? */
export function hasInodes(vfs: Vfs, { inode }: Place): boolean {
  const made = vfs.supers.get(inodeOf(vfs, inode).super);
  return made === undefined || made.inodes < made.maxInodes;
}

/** Makes an inode for a walker in a directory, still without a name (O_TMPFILE). */
export function makeNode(vfs: Vfs, who: Walker, parent: Place, init: NodeInit): Inode {
  const directory = inodeOf(vfs, parent.inode);
  const { fsuid, fsgid } = who.credentials;
  const inherits = (directory.mode & S_ISGID) !== 0;
  const mask = init.kind === 'symlink' ? 0 : who.fs.umask;
  const inode = newInode(vfs, {
    super: directory.super,
    kind: init.kind,
    mode: (init.mode & ~mask & 0o7777) | (inherits && init.kind === 'directory' ? S_ISGID : 0),
    uid: fsuid,
    gid: inherits ? directory.gid : fsgid,
  });
  inode.rdev = init.rdev ?? 0;
  if (init.target !== undefined) {
    inode.target = init.target;
    inode.size = encodeUtf8(init.target).length;
  }
  return inode;
}

/** May this walker make a node where a walk ended? */
export function mayMake(vfs: Vfs, who: Walker, at: Resolved, isDirectory = false): Errno | null {
  if (at.inode !== 0 || at.last !== 'name') return 'EEXIST';
  if (at.slash && !isDirectory) return 'ENOENT';
  return mayCreate(vfs, who, at.parent);
}

/** Makes a node at a place that a walk found free (mkdir, mknod, symlink, O_CREAT, bind). */
export function createNode(vfs: Vfs, who: Walker, at: Resolved, init: NodeInit): Inode | Errno {
  const refused = mayMake(vfs, who, at, init.kind === 'directory');
  if (refused !== null) return refused;
  if (!hasInodes(vfs, at.parent)) return 'ENOSPC';
  const inode = makeNode(vfs, who, at.parent, init);
  const directory = inodeOf(vfs, at.parent.inode);
  addName(vfs, directory, at.name, inode);
  tellName(vfs, directory, IN.IN_CREATE, { name: at.name, inode });
  return inode;
}

/**
 * May these credentials give the inode another name? Only an owner of what is not safe to be read and written by
 * them (Linux: may_linkat), while /proc/sys/fs/protected_hardlinks says so.
 */
export function mayLink(vfs: Vfs, inode: Inode, creds: Credentials): boolean {
  if (!vfs.protections.hardlinks || owns(inode, creds)) return true;
  const isProgram = (inode.mode & S_ISUID) !== 0 || (inode.mode & (S_ISGID | 0o010)) === (S_ISGID | 0o010);
  return inode.kind === 'file' && !isProgram && mayAccess(inode, creds, MAY_READ | MAY_WRITE);
}

/** What is wrong with a place for a new link before anybody asks for rights. */
export function whyNotLinkAt(mount: Place['mount'], at: Resolved): Errno | null {
  if (at.inode !== 0 || at.last !== 'name') return 'EEXIST';
  if (at.slash) return 'ENOENT';
  return mount === at.parent.mount ? null : 'EXDEV';
}

/** linkat(2): another name for an inode. */
export function linkNode(
  vfs: Vfs,
  who: Walker,
  from: Inode,
  mount: Place['mount'],
  at: Resolved,
): Errno | null {
  const refused = whyNotLinkAt(mount, at) ?? mayCreate(vfs, who, at.parent);
  if (refused !== null) return refused;
  const directory = inodeOf(vfs, at.parent.inode);
  if (from.super !== directory.super) return 'EXDEV';
  if (from.kind === 'directory') return 'EPERM';
  addName(vfs, directory, at.name, from);
  tell(vfs, from, IN.IN_ATTRIB);
  tellName(vfs, directory, IN.IN_CREATE, { name: at.name, inode: from });
  return null;
}

/** Why a name that a walk found may not be removed. */
function whyNotRemove(vfs: Vfs, who: Walker, at: Resolved): Errno | null {
  if (isReadOnly(vfs, at.parent)) return 'EROFS';
  const directory = inodeOf(vfs, at.parent.inode);
  if (isImmutable(directory)) return 'EPERM';
  const refused = mayRemove(directory, inodeOf(vfs, at.inode), who.credentials);
  return refused ?? (directory.generator === null ? null : 'EPERM');
}

/** unlink(2): takes the name of anything but a directory away. */
export function unlinkNode(vfs: Vfs, who: Walker, at: Resolved): Errno | null {
  if (at.last !== 'name') return 'EISDIR';
  if (at.inode === 0) return 'ENOENT';
  const inode = inodeOf(vfs, at.inode);
  if (at.slash) return inode.kind === 'directory' ? 'EISDIR' : 'ENOTDIR';
  const refused = whyNotRemove(vfs, who, at);
  if (refused !== null) return refused;
  if (inode.kind === 'directory') return 'EISDIR';
  if (at.mount !== at.parent.mount || isMountPoint(vfs, inode.id)) return 'EBUSY';
  const directory = inodeOf(vfs, at.parent.inode);
  tell(vfs, inode, IN.IN_ATTRIB);
  removeName(vfs, directory, at.name);
  tellName(vfs, directory, IN.IN_DELETE, { name: at.name, inode });
  return null;
}

const RMDIR_OF: Readonly<Record<Resolved['last'], Errno | null>> = {
  name: null,
  dot: 'EINVAL',
  dotdot: 'ENOTEMPTY',
  root: 'EBUSY',
  magic: 'EBUSY',
};

/** rmdir(2). */
export function removeDirectory(vfs: Vfs, who: Walker, at: Resolved): Errno | null {
  const special = RMDIR_OF[at.last];
  if (special !== null) return special;
  if (at.inode === 0) return 'ENOENT';
  const inode = inodeOf(vfs, at.inode);
  // A mount point's walk ends at the root of what is mounted there.
  if (at.mount !== at.parent.mount || isMountPoint(vfs, inode.id)) return 'EBUSY';
  const refused = whyNotRemove(vfs, who, at);
  if (refused !== null) return refused;
  if (inode.kind !== 'directory') return 'ENOTDIR';
  if (!isEmptyDirectory(vfs, inode)) return 'ENOTEMPTY';
  const directory = inodeOf(vfs, at.parent.inode);
  removeName(vfs, directory, at.name);
  tellName(vfs, directory, IN.IN_DELETE, { name: at.name, inode });
  return null;
}

/** A directory anybody may write to, in which only owners remove names: /tmp. */
export const STICKY_SHARED = 0o777 | S_ISVTX;
