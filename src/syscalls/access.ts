/** Calls about rights: access(2), umask(2). */
import { AT, type Errno } from '../abi/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import {
  isImmutable,
  isReadOnly,
  MAY_EXEC,
  MAY_WRITE,
  MS_NOEXEC,
  mayAccess,
  mountOf,
  realCredentials,
} from '../vfs/index.ts';
import { dirfd, flags, mode, octal, path } from './args.ts';
import { AT_FLAGS, targetAt, WALK_ERRORS } from './path.ts';

const ACCESS_MODES = { R_OK: 4, W_OK: 2, X_OK: 1 };

function access(k: Kernel, dirfd: number, pathname: number, want: number, atFlags: number): 0 | Errno {
  if ((want & ~7) !== 0) return 'EINVAL';
  const credentials = k.task.credentials;
  const asking = (atFlags & AT.AT_EACCESS) !== 0 ? credentials : realCredentials(credentials);
  // The walk itself, too, is done with the rights asked about (Linux: do_faccessat).
  k.task.credentials = asking;
  const target = targetAt(k, dirfd, pathname, atFlags);
  k.task.credentials = credentials;
  if (typeof target === 'string') return target;
  if (target.inode === null || want === 0) return 0;
  const { inode, mount } = target;
  const stored = inode.kind === 'file' || inode.kind === 'directory' || inode.kind === 'symlink';
  const isNoExec = inode.kind === 'file' && (mountOf(k.vfs, mount).flags & MS_NOEXEC) !== 0;
  if ((want & MAY_WRITE) !== 0 && isImmutable(inode)) return 'EPERM';
  if (!mayAccess(inode, asking, want) || (isNoExec && (want & MAY_EXEC) !== 0)) return 'EACCES';
  return want & MAY_WRITE && stored && isReadOnly(k.vfs, { mount, inode: inode.id }) ? 'EROFS' : 0;
}

export const faccessat = syscall({
  nr: 48,
  name: 'faccessat',
  args: [dirfd, path, flags(ACCESS_MODES, 'F_OK')],
  errors: [...WALK_ERRORS, 'EINVAL', 'EPERM', 'EROFS'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, dirfd, pathname, want) => access(k, dirfd, pathname, want, 0),
});

export const faccessat2 = syscall({
  nr: 439,
  name: 'faccessat2',
  args: [dirfd, path, flags(ACCESS_MODES, 'F_OK'), flags({ ...AT_FLAGS, AT_EACCESS: AT.AT_EACCESS })],
  errors: [...WALK_ERRORS, 'EINVAL', 'EPERM', 'EROFS'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, dirfd, pathname, want, atFlags) {
    const known = AT.AT_EACCESS | AT.AT_SYMLINK_NOFOLLOW | AT.AT_EMPTY_PATH;
    return (atFlags & ~known) !== 0 ? 'EINVAL' : access(k, dirfd, pathname, want, atFlags);
  },
});

export const umask = syscall({
  nr: 166,
  name: 'umask',
  args: [mode],
  errors: [],
  interrupted: 'never blocks',
  support: 'full',
  result: octal,
  run(k, mask) {
    const before = k.fs.umask;
    k.fs.umask = mask & 0o777;
    return before;
  },
});

export const ACCESS_CALLS = [faccessat, faccessat2, umask];
