/** Calls about rights: access(2), umask(2); and those of file handles and quotas, which are refused. */
import { AT, type Errno } from '../abi/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import { isReadOnly, MAY_WRITE, mayAccess, realCredentials } from '../vfs/index.ts';
import { fd, flags, mode, path, pointer, size, uint } from './args.ts';
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
  if (!mayAccess(inode, asking, want)) return 'EACCES';
  return want & MAY_WRITE && stored && isReadOnly(k.vfs, { mount, inode: inode.id }) ? 'EROFS' : 0;
}

export const faccessat = syscall({
  nr: 48,
  name: 'faccessat',
  args: [fd, path, flags(ACCESS_MODES, 'F_OK')],
  errors: [...WALK_ERRORS, 'EINVAL', 'EROFS'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, dirfd, pathname, want) => access(k, dirfd, pathname, want, 0),
});

export const faccessat2 = syscall({
  nr: 439,
  name: 'faccessat2',
  args: [fd, path, flags(ACCESS_MODES, 'F_OK'), flags({ ...AT_FLAGS, AT_EACCESS: AT.AT_EACCESS })],
  errors: [...WALK_ERRORS, 'EINVAL', 'EROFS'],
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
  result: 'octal',
  run(k, mask) {
    const before = k.fs.umask;
    k.fs.umask = mask & 0o777;
    return before;
  },
});

/** name_to_handle_at(2): file handles are for servers of files, and there is none. */
export const nameToHandleAt = syscall({
  nr: 264,
  name: 'name_to_handle_at',
  args: [fd, path, pointer, pointer, uint],
  errors: ['EOPNOTSUPP'],
  interrupted: 'never blocks',
  support: { refused: 'EOPNOTSUPP', why: 'file handles are not implemented' },
  run: () => 'EOPNOTSUPP',
});

export const quotactl = syscall({
  nr: 60,
  name: 'quotactl',
  args: [uint, path, uint, size],
  errors: ['ENOSYS'],
  interrupted: 'never blocks',
  support: { refused: 'ENOSYS', why: 'there are no quotas' },
  run: () => 'ENOSYS',
});

export const ACCESS_CALLS = [faccessat, faccessat2, umask, nameToHandleAt, quotactl];
