/** Calls that change or list directories, and those that move the caller within the tree. */
import { AT, CAP, S_IF, S_IFMT } from '../abi/index.ts';
import { encodeUtf8 } from '../base/index.ts';
import { type Arg, capable, syscall } from '../kernel/index.ts';
import {
  createNode,
  IN,
  type InodeKind,
  linkNode,
  mayInspect,
  mayLink,
  mayMake,
  PATH_MAX,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  RENAME_WHITEOUT,
  readDirectory,
  readLink,
  removeDirectory,
  renameNode,
  tellFile,
  unlinkNode,
  whyNotLinkAt,
} from '../vfs/index.ts';
import { dirfd, fd, flags, mode, outBuffer, path, pointer, size, uint } from './args.ts';
import {
  doneOr,
  fileAt,
  isPathError,
  isTextError,
  readPath,
  resolveAt,
  targetAt,
  WALK_ERRORS,
  walkerOf,
} from './path.ts';
import { device, nodeMode } from './text/file.ts';

const CHANGE_ERRORS = [...WALK_ERRORS, 'EEXIST', 'EPERM', 'EROFS', 'ENOMEM', 'ENOSPC'] as const;

export const mkdirat = syscall({
  nr: 34,
  name: 'mkdirat',
  args: [dirfd, path, mode],
  errors: [...CHANGE_ERRORS],
  interrupted: 'never blocks',
  support: 'full',
  run(k, dirfd, pathname, createMode) {
    const at = resolveAt(k, dirfd, pathname, { follow: false, parent: true });
    if (typeof at === 'string') return at;
    const made = createNode(k.vfs, walkerOf(k), at, { kind: 'directory', mode: createMode & 0o1777 });
    return typeof made === 'string' ? made : 0;
  },
});

/** Kinds mknod(2) makes, by the type bits of its mode; none means a regular file. */
const NODE_KINDS = new Map<number, InodeKind>([
  [0, 'file'],
  [S_IF.file, 'file'],
  [S_IF.fifo, 'fifo'],
  [S_IF.socket, 'socket'],
  [S_IF.char, 'char'],
  [S_IF.block, 'block'],
]);

/** Linux: new_decode_dev, to our major × 256 + minor. */
const decodeDevice = (dev: number) => ((dev >>> 8) & 0xfff) * 256 + (dev & 0xff);

export const mknodat = syscall({
  nr: 33,
  name: 'mknodat',
  args: [dirfd, path, nodeMode, device],
  errors: [...CHANGE_ERRORS, 'EINVAL'],
  interrupted: 'never blocks',
  support: { partial: 'device nodes of unknown numbers can be made but not opened' },
  run(k, dirfd, pathname, createMode, dev) {
    const type = createMode & S_IFMT;
    if (type === S_IF.directory) return 'EPERM';
    const kind = NODE_KINDS.get(type);
    if (kind === undefined) return 'EINVAL';
    const isDevice = kind === 'char' || kind === 'block';
    const at = resolveAt(k, dirfd, pathname, { follow: false, parent: true });
    if (typeof at === 'string') return at;
    if (isDevice && !capable(k, CAP.CAP_MKNOD)) return mayMake(k.vfs, walkerOf(k), at) ?? 'EPERM';
    const init = { kind, mode: createMode & 0o7777, rdev: isDevice ? decodeDevice(dev) : 0 };
    const made = createNode(k.vfs, walkerOf(k), at, init);
    return typeof made === 'string' ? made : 0;
  },
});

export const symlinkat = syscall({
  nr: 36,
  name: 'symlinkat',
  args: [path, dirfd, path],
  errors: [...CHANGE_ERRORS],
  interrupted: 'never blocks',
  support: 'full',
  run(k, targetAddr, dirfd, pathname) {
    const target = k.user.cstring(targetAddr, PATH_MAX);
    if (isTextError(k, targetAddr, target)) return target;
    if (target === '') return 'ENOENT';
    const at = resolveAt(k, dirfd, pathname, { follow: false, parent: true });
    if (typeof at === 'string') return at;
    const made = createNode(k.vfs, walkerOf(k), at, { kind: 'symlink', mode: 0o777, target });
    return typeof made === 'string' ? made : 0;
  },
});

const LINK_FLAGS = { AT_SYMLINK_FOLLOW: AT.AT_SYMLINK_FOLLOW, AT_EMPTY_PATH: AT.AT_EMPTY_PATH };

export const linkat = syscall({
  nr: 37,
  name: 'linkat',
  args: [dirfd, path, dirfd, path, flags(LINK_FLAGS)],
  errors: [...CHANGE_ERRORS, 'EINVAL', 'EMLINK', 'EXDEV'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, fromFd, fromPath, toFd, toPath, linkFlags) {
    if ((linkFlags & ~(AT.AT_SYMLINK_FOLLOW | AT.AT_EMPTY_PATH)) !== 0) return 'EINVAL';
    const follow = (linkFlags & AT.AT_SYMLINK_FOLLOW) !== 0;
    const empty = linkFlags & AT.AT_EMPTY_PATH;
    const from = targetAt(k, fromFd, fromPath, empty | (follow ? 0 : AT.AT_SYMLINK_NOFOLLOW));
    if (typeof from === 'string') return from;
    const isProtected = from.inode !== null && !mayLink(k.vfs, from.inode, k.task.credentials);
    const at = resolveAt(k, toFd, toPath, { follow: false, parent: true });
    if (typeof at === 'string') return at;
    if (from.inode === null) return 'EXDEV';
    if (isProtected) return whyNotLinkAt(from.mount, at) ?? 'EPERM';
    return doneOr(linkNode(k.vfs, walkerOf(k), from.inode, from.mount, at));
  },
});

const REMOVE_ERRORS = [...WALK_ERRORS, 'EBUSY', 'EINVAL', 'EISDIR', 'ENOTEMPTY', 'EPERM', 'EROFS'] as const;

export const unlinkat = syscall({
  nr: 35,
  name: 'unlinkat',
  args: [dirfd, path, flags({ AT_REMOVEDIR: AT.AT_REMOVEDIR })],
  errors: [...REMOVE_ERRORS],
  interrupted: 'never blocks',
  support: 'full',
  run(k, dirfd, pathname, removeFlags) {
    if ((removeFlags & ~AT.AT_REMOVEDIR) !== 0) return 'EINVAL';
    const at = resolveAt(k, dirfd, pathname, { follow: false, parent: true });
    if (typeof at === 'string') return at;
    const remove = removeFlags === 0 ? unlinkNode : removeDirectory;
    return doneOr(remove(k.vfs, walkerOf(k), at));
  },
});

export const renameat2 = syscall({
  nr: 276,
  name: 'renameat2',
  args: [dirfd, path, dirfd, path, flags({ RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT })],
  errors: [...REMOVE_ERRORS, 'EEXIST', 'EXDEV', 'ENOMEM', 'ENOSPC'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, fromFd, fromPath, toFd, toPath, renameFlags) {
    const isUnknown = (renameFlags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT)) !== 0;
    if (isUnknown || (renameFlags & RENAME_EXCHANGE && renameFlags !== RENAME_EXCHANGE)) return 'EINVAL';
    const from = resolveAt(k, fromFd, fromPath, { follow: false, parent: true });
    if (typeof from === 'string') return from;
    const to = resolveAt(k, toFd, toPath, { follow: false, parent: true });
    if (typeof to === 'string') return to;
    return doneOr(renameNode(k.vfs, walkerOf(k), from, to, renameFlags));
  },
});

export const readlinkat = syscall({
  nr: 78,
  name: 'readlinkat',
  args: [dirfd, path, outBuffer, size],
  errors: [...WALK_ERRORS, 'EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, dirfd, pathname, out, length) {
    const limit = length | 0;
    if (limit <= 0) return 'EINVAL';
    const text = readPath(k, pathname);
    if (isPathError(text)) return text;
    const target = targetAt(k, dirfd, pathname, AT.AT_SYMLINK_NOFOLLOW | AT.AT_EMPTY_PATH);
    if (typeof target === 'string') return target;
    if (target.inode?.kind !== 'symlink') return text === '' ? 'ENOENT' : 'EINVAL';
    if (!mayInspect(k.vfs, target.inode)) return 'EACCES';
    const link = readLink(k.vfs, target.inode);
    if (link === null) return 'ENOENT';
    const bytes = encodeUtf8(link).subarray(0, limit);
    return k.user.copyOut(out, bytes) ? bytes.length : 'EFAULT';
  },
});

/** Entries are too many to show: strace tells their number. */
const outEntries: Arg<number> = {
  ...pointer,
  when: 'after',
  show(addr, k, result) {
    if (typeof result !== 'number') return pointer.show(addr, k, result);
    let count = 0;
    const end = addr + result;
    for (let at = addr; at < end; at += k.user.readU16(at + RECLEN) || end) count++;
    return `${pointer.show(addr, k, result)} /* ${count} entries */`;
  },
};
/** Offset of d_reclen in struct linux_dirent64. */
const RECLEN = 16;

export const getdents64 = syscall({
  nr: 61,
  name: 'getdents64',
  args: [fd, outEntries, uint],
  errors: ['EBADF', 'EFAULT', 'EINVAL', 'ENOENT', 'ENOTDIR'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, directory, out, length) {
    const file = fileAt(k, directory);
    if (typeof file === 'string' || file.kind === 'path') return 'EBADF';
    if (file.kind !== 'directory') return 'ENOTDIR';
    const before = file.pos;
    // The length is an int to what fills the buffer: nothing fits into a negative one.
    const entries = readDirectory(k.vfs, file, Math.max(0, length | 0));
    if (typeof entries === 'string') return entries;
    if (k.user.copyOut(out, entries)) {
      tellFile(k.vfs, file, IN.IN_ACCESS);
      return entries.length;
    }
    file.pos = before;
    return 'EFAULT';
  },
});

export const DIRECTORY_CALLS = [
  mkdirat,
  mknodat,
  symlinkat,
  linkat,
  unlinkat,
  renameat2,
  readlinkat,
  getdents64,
];
