/** Calls that change how long a file is, or give parts of it back. */
import { AT, type Errno, SI, SIGNAL } from '../abi/index.ts';
import { type Kernel, sigInfo, syscall } from '../kernel/index.ts';
import {
  breakLeases,
  dropPrivileges,
  IN,
  type Inode,
  isReadOnly,
  MAY_WRITE,
  mayAccess,
  type OpenFile,
  punchHole,
  sealsForbidSize,
  sealsForbidWrite,
  setAside,
  setSize,
  tellBoth,
  tellFile,
  writes,
} from '../vfs/index.ts';
import { fd, flags, long, path, unsignedLong } from './args.ts';
import { fileAt, targetAt, targetOfFd, WALK_ERRORS } from './path.ts';

/** The largest file: 8 TiB, more than any program asks for by intent. */
const MAX_FILE_SIZE = 2 ** 43;
const RLIMIT_FSIZE = 1;

/** May a file of this process become this large? Beyond RLIMIT_FSIZE it gets a signal, too (man 2 setrlimit). */
function tooLarge(k: Kernel, size: number): Errno | null {
  if (size > (k.group.rlimits[RLIMIT_FSIZE]?.soft ?? Number.POSITIVE_INFINITY)) {
    k.signalTask(k.task, sigInfo(SIGNAL.SIGXFSZ, { code: SI.SI_USER, pid: k.group.tgid }));
    return 'EFBIG';
  }
  return size > MAX_FILE_SIZE ? 'EFBIG' : null;
}

function resize(k: Kernel, inode: Inode, length: number): 0 | Errno {
  const refused = (length > inode.size ? tooLarge(k, length) : null) ?? sealsForbidSize(inode, length);
  if (refused !== null) return refused;
  dropPrivileges(k.vfs, inode);
  setSize(k.vfs, inode, length);
  return 0;
}

const SIZE_ERRORS = ['EFBIG', 'EINVAL', 'EPERM'] as const;

export const truncate = syscall({
  nr: 45,
  name: 'truncate',
  args: [path, unsignedLong],
  errors: [...WALK_ERRORS, 'EAGAIN', 'EINTR', ...SIZE_ERRORS, 'EISDIR', 'EROFS', 'ETXTBSY'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, pathname, length) {
    if (length < 0) return 'EINVAL';
    const target = targetAt(k, AT.AT_FDCWD, pathname, 0);
    if (typeof target === 'string') return target;
    if (target.inode === null) return 'EINVAL';
    const { inode } = target;
    if (inode.kind === 'directory') return 'EISDIR';
    if (inode.kind !== 'file') return 'EINVAL';
    if (isReadOnly(k.vfs, { mount: target.mount, inode: inode.id })) return 'EROFS';
    if (!mayAccess(inode, k.task.credentials, MAY_WRITE)) return 'EACCES';
    // Files of /proc and /sys have no size that could change. Linux: proc_setattr.
    if (inode.generator !== null) return 0;
    const held = breakLeases(k.vfs, inode.id, true, 0);
    if (held !== null) return held;
    if (inode.writers < 0) return 'ETXTBSY';
    const refused = resize(k, inode, length);
    if (refused === 0) tellBoth(k.vfs, inode, target.dentry, IN.IN_MODIFY);
    return refused;
  },
});

/** The regular file behind a descriptor that may be written through it. */
function writable(k: Kernel, file: number): { open: OpenFile; inode: Inode | null } | 'EBADF' {
  const open = fileAt(k, file);
  if (typeof open === 'string' || open.kind === 'path') return 'EBADF';
  const target = targetOfFd(k, file);
  return typeof target === 'string' ? target : { open, inode: target.inode };
}

/** Those who watch the file hear of a change that succeeded. */
function told(k: Kernel, open: OpenFile, result: 0 | Errno): 0 | Errno {
  if (result === 0) tellFile(k.vfs, open, IN.IN_MODIFY);
  return result;
}

export const ftruncate = syscall({
  nr: 46,
  name: 'ftruncate',
  args: [fd, unsignedLong],
  errors: ['EBADF', ...SIZE_ERRORS],
  interrupted: 'never blocks',
  support: 'full',
  run(k, file, length) {
    if (length < 0) return 'EINVAL';
    const found = writable(k, file);
    if (typeof found === 'string') return found;
    const { open, inode } = found;
    if (inode?.kind !== 'file') return 'EINVAL';
    if (inode.generator !== null) return writes(open.flags) ? 0 : 'EINVAL';
    if (open.kind !== 'regular') return 'EINVAL';
    return writes(open.flags) ? told(k, open, resize(k, inode, length)) : 'EINVAL';
  },
});

const FALLOC_FL_KEEP_SIZE = 1;
const FALLOC_FL_PUNCH_HOLE = 2;
/** What tmpfs does; the rest is for file systems that shift blocks about. */
const MODES = [0, FALLOC_FL_KEEP_SIZE, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE];

/** Allocating, punching, collapsing, zeroing, inserting, unsharing: one at a time. Linux: vfs_fallocate. */
const KNOWN_MODES: ReadonlySet<number> = new Set([0, FALLOC_FL_PUNCH_HOLE, 8, 16, 32, 64]);
/** Punching keeps the size, collapsing and inserting do not. */
const FORBIDDEN_MODES: ReadonlySet<number> = new Set([2, 8 | 1, 32 | 1]);

export const fallocate = syscall({
  nr: 47,
  name: 'fallocate',
  args: [fd, flags({ FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE }), long, long],
  errors: ['EBADF', 'EFBIG', 'EINVAL', 'EISDIR', 'ENODEV', 'ENOSPC', 'EOPNOTSUPP', 'EPERM', 'ESPIPE'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, file, how, offset, length) {
    const found = writable(k, file);
    if (typeof found === 'string') return found;
    const { open, inode } = found;
    if (offset < 0 || length <= 0) return 'EINVAL';
    if (!KNOWN_MODES.has(how & ~FALLOC_FL_KEEP_SIZE) || FORBIDDEN_MODES.has(how)) return 'EOPNOTSUPP';
    if (!writes(open.flags)) return 'EBADF';
    if (open.kind === 'pipe') return 'ESPIPE';
    if (open.kind === 'directory') return 'EISDIR';
    if (open.kind !== 'regular' || inode?.kind !== 'file') return 'ENODEV';
    if (!MODES.includes(how)) return 'EOPNOTSUPP';
    return told(k, open, allocate(k, inode, how, offset, offset + length));
  },
});

function allocate(k: Kernel, inode: Inode, how: number, start: number, end: number): 0 | Errno {
  if ((how & FALLOC_FL_PUNCH_HOLE) !== 0) {
    if (sealsForbidWrite(inode)) return 'EPERM';
    dropPrivileges(k.vfs, inode);
    punchHole(k.vfs, inode, start, end - start);
    return 0;
  }
  const grows = (how & FALLOC_FL_KEEP_SIZE) === 0 && end > inode.size;
  // Linux: shmem_fallocate asks both whether or not the size is kept.
  const refused = end > inode.size ? (tooLarge(k, end) ?? sealsForbidSize(inode, end)) : null;
  if (refused !== null) return refused;
  dropPrivileges(k.vfs, inode);
  if (!setAside(k.vfs, inode, start, end)) return 'ENOSPC';
  return grows ? resize(k, inode, end) : 0;
}

export const RESIZE_CALLS = [truncate, ftruncate, fallocate];
