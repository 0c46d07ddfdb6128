/** Extended attributes: setting, reading, listing, removing, by path, by link and by descriptor. man 7 xattr. */
import { AT, CAP, type Errno } from '../abi/index.ts';
import { encodeUtf8 } from '../base/index.ts';
import { capable, type Kernel, syscall } from '../kernel/index.ts';
import {
  compareNames,
  IN,
  type Inode,
  isReadOnly,
  MAY_READ,
  MAY_WRITE,
  mayAccess,
  owns,
  tellBoth,
  touchChanged,
} from '../vfs/index.ts';
import { fd, flags, path, size, text } from './args.ts';
import { fileAt, isTextError, type Target, targetAt, targetOfFd, WALK_ERRORS } from './path.ts';
import { inValue, outValue } from './text/file.ts';

const XATTR_NAME_MAX = 255;
const XATTR_SIZE_MAX = 65536;
const XATTR_CREATE = 1;
const XATTR_REPLACE = 2;

type Seen = Exclude<Target, { readonly inode: null }>;

/** How a call names the file: through links, the link itself, or a descriptor. */
type Find = (k: Kernel, where: number) => Target | Errno;

const byPath: Find = (k, addr) => targetAt(k, AT.AT_FDCWD, addr, 0);
const byLink: Find = (k, addr) => targetAt(k, AT.AT_FDCWD, addr, AT.AT_SYMLINK_NOFOLLOW);
const byFd: Find = (k, file) => {
  const open = fileAt(k, file);
  return typeof open === 'string' || open.kind === 'path' ? 'EBADF' : targetOfFd(k, file);
};

const seenOf = (target: Target | Errno): Seen | Errno =>
  typeof target === 'string' ? target : target.inode === null ? 'EOPNOTSUPP' : target;

function readName(k: Kernel, addr: number): string | { readonly error: Errno } {
  const name = k.user.cstring(addr, XATTR_NAME_MAX + 1);
  if (isTextError(k, addr, name)) return { error: name === 'EFAULT' ? 'EFAULT' : 'ERANGE' };
  return name === '' ? { error: 'ERANGE' } : name;
}

/** Who may read or write an attribute depends on the class its name begins with. */
function refusal(k: Kernel, inode: Inode, name: string, want: number): Errno | null {
  const { credentials } = k.task;
  const writes = want === MAY_WRITE;
  if (inode.generator !== null) return 'EOPNOTSUPP';
  if (name.startsWith('user.')) {
    // Attributes of users lie on files and directories only, where the mode bits mean something.
    if (inode.kind !== 'file' && inode.kind !== 'directory') return writes ? 'EPERM' : 'ENODATA';
    if (writes && inode.kind === 'directory' && inode.mode & 0o1000 && !owns(inode, credentials))
      return 'EPERM';
    return mayAccess(inode, credentials, want) ? null : 'EACCES';
  }
  if (name.startsWith('trusted.')) return capable(k, CAP.CAP_SYS_ADMIN) ? null : writes ? 'EPERM' : 'ENODATA';
  if (name.startsWith('security.')) {
    const needed = name === 'security.capability' ? CAP.CAP_SETFCAP : CAP.CAP_SYS_ADMIN;
    return !writes || capable(k, needed) ? null : 'EPERM';
  }
  return mayAccess(inode, credentials, want) ? 'EOPNOTSUPP' : 'EACCES';
}

/** A class alone is no name. Linux: xattr_resolve_name. */
const nameless = (name: string): 'EINVAL' | null => (name.indexOf('.') === name.length - 1 ? 'EINVAL' : null);

function setAttribute(
  k: Kernel,
  target: Target | Errno,
  nameAddr: number,
  value: number,
  length: number,
  how: number,
): 0 | Errno {
  if ((how & ~3) !== 0) return 'EINVAL';
  const name = readName(k, nameAddr);
  if (typeof name !== 'string') return name.error;
  if (length > XATTR_SIZE_MAX) return 'E2BIG';
  const bytes = new Uint8Array(length);
  if (length > 0 && !k.user.copyIn(value, bytes)) return 'EFAULT';
  const seen = seenOf(target);
  if (typeof seen === 'string') return seen;
  const { inode, mount } = seen;
  if (isReadOnly(k.vfs, { mount, inode: inode.id })) return 'EROFS';
  const refused = refusal(k, inode, name, MAY_WRITE) ?? nameless(name);
  if (refused !== null) return refused;
  const exists = inode.xattrs?.has(name) ?? false;
  if (exists && how & XATTR_CREATE) return 'EEXIST';
  if (!exists && how & XATTR_REPLACE) return 'ENODATA';
  inode.xattrs ??= new Map();
  inode.xattrs.set(name, bytes);
  touchChanged(k.vfs, inode);
  tellBoth(k.vfs, inode, seen.dentry, IN.IN_ATTRIB);
  return 0;
}

/** Hands a value out: its length when the caller only asks how long it is. */
function give(k: Kernel, bytes: Uint8Array, out: number, length: number): number | Errno {
  if (length === 0) return bytes.length;
  if (bytes.length > length) return 'ERANGE';
  return k.user.copyOut(out, bytes) ? bytes.length : 'EFAULT';
}

function getAttribute(
  k: Kernel,
  target: Target | Errno,
  nameAddr: number,
  out: number,
  length: number,
): number | Errno {
  const name = readName(k, nameAddr);
  if (typeof name !== 'string') return name.error;
  const seen = seenOf(target);
  if (typeof seen === 'string') return seen;
  const refused = refusal(k, seen.inode, name, MAY_READ) ?? nameless(name);
  if (refused !== null) return refused;
  const value = seen.inode.xattrs?.get(name);
  return value === undefined ? 'ENODATA' : give(k, value, out, length);
}

function listAttributes(k: Kernel, target: Target | Errno, out: number, length: number): number | Errno {
  const seen = seenOf(target);
  if (typeof seen === 'string') return seen === 'EOPNOTSUPP' ? 0 : seen;
  const shown = [...(seen.inode.xattrs?.keys() ?? [])].filter(
    (name) => !name.startsWith('trusted.') || capable(k, CAP.CAP_SYS_ADMIN),
  );
  const text = shown
    .sort(compareNames)
    .map((name) => `${name}\0`)
    .join('');
  return give(k, encodeUtf8(text), out, length);
}

function removeAttribute(k: Kernel, target: Target | Errno, nameAddr: number): 0 | Errno {
  const name = readName(k, nameAddr);
  if (typeof name !== 'string') return name.error;
  const seen = seenOf(target);
  if (typeof seen === 'string') return seen;
  const { inode, mount } = seen;
  if (isReadOnly(k.vfs, { mount, inode: inode.id })) return 'EROFS';
  const refused = refusal(k, inode, name, MAY_WRITE) ?? nameless(name);
  if (refused !== null) return refused;
  if (!inode.xattrs?.delete(name)) return 'ENODATA';
  touchChanged(k.vfs, inode);
  tellBoth(k.vfs, inode, seen.dentry, IN.IN_ATTRIB);
  return 0;
}

const COMMON = {
  interrupted: 'never blocks',
  support: { partial: 'access control lists (system.*) are EOPNOTSUPP' },
} as const;
const SEEN_ERRORS = [...WALK_ERRORS, 'EOPNOTSUPP'] as const;
const READ_ERRORS = [...SEEN_ERRORS, 'EINVAL', 'ENODATA', 'ERANGE'] as const;
const WRITE_ERRORS = [...READ_ERRORS, 'E2BIG', 'EEXIST', 'ENOSPC', 'EPERM', 'EROFS'] as const;

type FileArg = typeof path;

const set = (nr: number, name: string, where: FileArg, find: Find) =>
  syscall({
    nr,
    name,
    args: [where, text, inValue, size, flags({ XATTR_CREATE, XATTR_REPLACE })],
    errors: WRITE_ERRORS,
    ...COMMON,
    run: (k, file, key, value, length, how) => setAttribute(k, find(k, file), key, value, length, how),
  });
const get = (nr: number, name: string, where: FileArg, find: Find) =>
  syscall({
    nr,
    name,
    args: [where, text, outValue, size],
    errors: READ_ERRORS,
    ...COMMON,
    run: (k, file, key, out, length) => getAttribute(k, find(k, file), key, out, length),
  });
const list = (nr: number, name: string, where: FileArg, find: Find) =>
  syscall({
    nr,
    name,
    args: [where, outValue, size],
    errors: [...SEEN_ERRORS, 'ERANGE'],
    ...COMMON,
    run: (k, file, out, length) => listAttributes(k, find(k, file), out, length),
  });
const remove = (nr: number, name: string, where: FileArg, find: Find) =>
  syscall({
    nr,
    name,
    args: [where, text],
    errors: [...READ_ERRORS, 'EPERM', 'EROFS'],
    ...COMMON,
    run: (k, file, key) => removeAttribute(k, find(k, file), key),
  });

export const XATTR_CALLS = [
  set(5, 'setxattr', path, byPath),
  set(6, 'lsetxattr', path, byLink),
  set(7, 'fsetxattr', fd, byFd),
  get(8, 'getxattr', path, byPath),
  get(9, 'lgetxattr', path, byLink),
  get(10, 'fgetxattr', fd, byFd),
  list(11, 'listxattr', path, byPath),
  list(12, 'llistxattr', path, byLink),
  list(13, 'flistxattr', fd, byFd),
  remove(14, 'removexattr', path, byPath),
  remove(15, 'lremovexattr', path, byLink),
  remove(16, 'fremovexattr', fd, byFd),
];
