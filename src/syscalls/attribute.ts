/** Calls that change what an inode is: mode, owner, times, size. */
import { AT, CAP, type Errno } from '../abi/index.ts';
import { type Arg, asInt, capable, type Kernel, syscall } from '../kernel/index.ts';
import {
  type Dentry,
  F_SEAL_EXEC,
  IN,
  type Inode,
  isImmutable,
  isInGroup,
  isReadOnly,
  type Look,
  lookOf,
  lostPrivileges,
  MAY_WRITE,
  type MountId,
  mayAccess,
  owns,
  S_ISGID,
  type Timestamp,
  tellBoth,
  touchChanged,
} from '../vfs/index.ts';
import { dirfd, fd, flags, mode, path, struct } from './args.ts';
import { fileAt, type Target, targetAt, targetOfFd, WALK_ERRORS } from './path.ts';
import { timesText } from './text/file.ts';

const AT_FLAGS = { AT_SYMLINK_NOFOLLOW: AT.AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH: AT.AT_EMPTY_PATH };
const KNOWN_AT = AT.AT_SYMLINK_NOFOLLOW | AT.AT_EMPTY_PATH;
const CHANGE_ERRORS = [...WALK_ERRORS, 'EINVAL', 'EOPNOTSUPP', 'EPERM', 'EROFS'] as const;

/** An inode seen through a mount, by a name or by none. */
interface Seen {
  readonly inode: Inode;
  readonly mount: MountId;
  readonly dentry: Dentry | null;
}

/** What a change is meant for: an inode, a pipe or a socket; what else has no place shares Linux's one inode. */
function changeable(k: Kernel, target: Target | Errno): Seen | Anonymous | Errno {
  if (typeof target === 'string') return target;
  if (target.inode === null) return asAnonymous(lookOf(k.vfs, target.file));
  if (isImmutable(target.inode)) return 'EPERM';
  return isReadOnly(k.vfs, { mount: target.mount, inode: target.inode.id }) ? 'EROFS' : target;
}

/** A pipe or a socket, as far as it is like an inode. */
interface Anonymous {
  readonly inode: Look;
  readonly mount: null;
}

/** Linux: anon_inode_setattr(). */
function asAnonymous(look: Look | null): Anonymous | 'EOPNOTSUPP' {
  return look === null ? 'EOPNOTSUPP' : { inode: look, mount: null };
}

/** A descriptor opened with O_PATH is good for looking only. */
function targetOfOpenFd(k: Kernel, file: number): Target | 'EBADF' {
  const open = fileAt(k, file);
  if (typeof open === 'string' || open.kind === 'path') return 'EBADF';
  return targetOfFd(k, file);
}

function whyModeFixed(inode: Inode, bits: number): Errno | null {
  // Linux: symbolic links have no mode of their own.
  if (inode.kind === 'symlink') return 'EOPNOTSUPP';
  // F_SEAL_EXEC: whether a memfd can be run stays as it is.
  return (inode.seals & F_SEAL_EXEC) !== 0 && ((inode.mode ^ bits) & 0o111) !== 0 ? 'EPERM' : null;
}

function tellChanged(k: Kernel, seen: Seen | Anonymous): void {
  if (seen.mount === null) return;
  touchChanged(k.vfs, seen.inode);
  tellBoth(k.vfs, seen.inode, seen.dentry, IN.IN_ATTRIB);
}

function changeMode(k: Kernel, target: Target | Errno, bits: number): 0 | Errno {
  const seen = changeable(k, target);
  if (typeof seen === 'string') return seen;
  const { inode } = seen;
  const { credentials } = k.task;
  if (!owns(inode, credentials)) return 'EPERM';
  const fixed = seen.mount === null ? null : whyModeFixed(seen.inode, bits);
  if (fixed !== null) return fixed;
  const keepsGroup = capable(k, CAP.CAP_FSETID) || isInGroup(credentials, inode.gid);
  inode.mode = bits & (keepsGroup ? 0o7777 : 0o7777 & ~S_ISGID);
  tellChanged(k, seen);
  return 0;
}

export const fchmod = syscall({
  nr: 52,
  name: 'fchmod',
  args: [fd, mode],
  errors: ['EBADF', 'EOPNOTSUPP', 'EPERM', 'EROFS'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, file, bits) => changeMode(k, targetOfOpenFd(k, file), bits),
});

export const fchmodat = syscall({
  nr: 53,
  name: 'fchmodat',
  args: [dirfd, path, mode],
  errors: CHANGE_ERRORS,
  interrupted: 'never blocks',
  support: 'full',
  run: (k, dirfd, pathname, bits) => changeMode(k, targetAt(k, dirfd, pathname, 0), bits),
});

export const fchmodat2 = syscall({
  nr: 452,
  name: 'fchmodat2',
  args: [dirfd, path, mode, flags(AT_FLAGS)],
  errors: CHANGE_ERRORS,
  interrupted: 'never blocks',
  support: 'full',
  run(k, dirfd, pathname, bits, atFlags) {
    if ((atFlags & ~KNOWN_AT) !== 0) return 'EINVAL';
    return changeMode(k, targetAt(k, dirfd, pathname, atFlags), bits);
  },
});

/** uid_t or gid_t; -1 leaves it as it is. */
const id: Arg<number> = { decode: asInt, show: (v) => String(v === -1 ? -1 : v >>> 0) };

function changeOwner(k: Kernel, target: Target | Errno, uid: number, gid: number): 0 | Errno {
  const seen = changeable(k, target);
  if (typeof seen === 'string') return seen;
  const { inode } = seen;
  const { credentials } = k.task;
  const isOwner = credentials.fsuid === inode.uid;
  const mayUid = uid === -1 || (isOwner && uid === inode.uid);
  const mayGid = gid === -1 || (isOwner && (gid === inode.gid || isInGroup(credentials, gid)));
  if (!capable(k, CAP.CAP_CHOWN) && !(mayUid && mayGid)) return 'EPERM';
  const lost =
    seen.mount !== null && seen.inode.kind === 'directory' ? 0 : lostPrivileges(inode, credentials);
  if (lost !== 0 && !owns(inode, credentials)) return 'EPERM';
  if (uid !== -1) inode.uid = uid >>> 0;
  if (gid !== -1) inode.gid = gid >>> 0;
  // man 2 chown: privileges of the old owner's program do not pass on; setgid without x is a lock mode.
  inode.mode &= ~lost;
  tellChanged(k, seen);
  return 0;
}

export const fchownat = syscall({
  nr: 54,
  name: 'fchownat',
  args: [dirfd, path, id, id, flags(AT_FLAGS)],
  errors: CHANGE_ERRORS,
  interrupted: 'never blocks',
  support: 'full',
  run(k, dirfd, pathname, uid, gid, atFlags) {
    if ((atFlags & ~KNOWN_AT) !== 0) return 'EINVAL';
    return changeOwner(k, targetAt(k, dirfd, pathname, atFlags), uid, gid);
  },
});

export const fchown = syscall({
  nr: 55,
  name: 'fchown',
  args: [fd, id, id],
  errors: ['EBADF', 'EOPNOTSUPP', 'EPERM', 'EROFS'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, file, uid, gid) => changeOwner(k, targetOfOpenFd(k, file), uid, gid),
});

const UTIME_NOW = 0x3fffffff;
const UTIME_OMIT = 0x3ffffffe;

/** A time to set, `null` to leave it; `isNow` when the caller asked for the present. */
interface NewTime {
  readonly time: Timestamp | null;
  readonly isNow: boolean;
}

function readTime(k: Kernel, addr: number): NewTime | 'EFAULT' {
  if (addr === 0) return { time: k.stamp(), isNow: true };
  const [sec, nsec] = [k.user.readI64(addr), k.user.readI64(addr + 8)];
  if (sec === undefined || nsec === undefined) return 'EFAULT';
  if (nsec === UTIME_NOW) return { time: k.stamp(), isNow: true };
  if (nsec === UTIME_OMIT) return { time: null, isNow: false };
  return { time: { sec, nsec }, isNow: false };
}

const isTime = (time: Timestamp | null): boolean => time === null || (time.nsec >= 0 && time.nsec < 1e9);

/** Anybody who may write may set both times to now; everything else is the owner's right. */
function mayNotSetTimes(k: Kernel, inode: Inode, bothNow: boolean): Errno | null {
  if (owns(inode, k.task.credentials)) return null;
  if (!bothNow) return 'EPERM';
  return mayAccess(inode, k.task.credentials, MAY_WRITE) ? null : 'EACCES';
}

/** Linux: fsnotify_change. One time alone counts as the use that would have set it. */
const timesEvent = (atime: boolean, mtime: boolean): number =>
  atime && mtime ? IN.IN_ATTRIB : atime ? IN.IN_ACCESS : IN.IN_MODIFY;

export const utimensat = syscall({
  nr: 88,
  name: 'utimensat',
  args: [dirfd, path, struct(timesText), flags(AT_FLAGS)],
  errors: CHANGE_ERRORS,
  interrupted: 'never blocks',
  support: 'full',
  run(k, dirfd, pathname, times, atFlags) {
    const atime = readTime(k, times);
    const mtime = readTime(k, times === 0 ? 0 : times + 16);
    if (atime === 'EFAULT' || mtime === 'EFAULT') return 'EFAULT';
    if (atime.time === null && mtime.time === null) return 0;
    if ((atFlags & ~KNOWN_AT) !== 0) return 'EINVAL';
    if (pathname === 0 && dirfd === AT.AT_FDCWD) return 'EFAULT';
    // futimens(3) is this call without a path.
    if (pathname === 0 && atFlags !== 0) return 'EINVAL';
    const target = pathname === 0 ? targetOfOpenFd(k, dirfd) : targetAt(k, dirfd, pathname, atFlags);
    if (typeof target === 'string') return target;
    if (!isTime(atime.time) || !isTime(mtime.time)) return 'EINVAL';
    const seen = changeable(k, target);
    if (typeof seen === 'string') return seen;
    // The times of pipes and sockets are always the present.
    if (seen.mount === null) return owns(seen.inode, k.task.credentials) ? 0 : 'EPERM';
    const refused = mayNotSetTimes(k, seen.inode, atime.isNow && mtime.isNow);
    if (refused !== null) return refused;
    if (atime.time !== null) seen.inode.atime = atime.time;
    if (mtime.time !== null) seen.inode.mtime = mtime.time;
    touchChanged(k.vfs, seen.inode);
    tellBoth(k.vfs, seen.inode, seen.dentry, timesEvent(atime.time !== null, mtime.time !== null));
    return 0;
  },
});

export const ATTRIBUTE_CALLS = [fchmod, fchmodat, fchmodat2, fchownat, fchown, utimensat];
