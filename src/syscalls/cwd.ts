/** Where a process stands: working directory and root. */
import { AT, CAP, type Errno } from '../abi/index.ts';
import { decodeUtf8, encodeUtf8 } from '../base/index.ts';
import { type Arg, capable, type Kernel, syscall } from '../kernel/index.ts';
import { MAY_EXEC, mayAccess, moveContext, pathOf } from '../vfs/index.ts';
import { fd, path, pointer, quote, size } from './args.ts';
import { type Target, targetAt, targetOfFd, WALK_ERRORS } from './path.ts';

/** chdir and chroot: to a directory the caller may search. */
function moveTo(k: Kernel, which: 'cwd' | 'root', target: Target | Errno): 0 | Errno {
  if (typeof target === 'string') return target;
  if (target.inode === null || target.inode.kind !== 'directory') return 'ENOTDIR';
  const { inode, mount } = target;
  if (!mayAccess(inode, k.task.credentials, MAY_EXEC)) return 'EACCES';
  if (which === 'root' && !capable(k, CAP.CAP_SYS_CHROOT)) return 'EPERM';
  moveContext(k.vfs, k.fs, which, { mount, inode: inode.id });
  return 0;
}

export const chdir = syscall({
  nr: 49,
  name: 'chdir',
  args: [path],
  errors: WALK_ERRORS,
  interrupted: 'never blocks',
  support: 'full',
  run: (k, pathname) => moveTo(k, 'cwd', targetAt(k, AT.AT_FDCWD, pathname, 0)),
});

export const fchdir = syscall({
  nr: 50,
  name: 'fchdir',
  args: [fd],
  errors: ['EACCES', 'EBADF', 'ENOTDIR'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, directory) => moveTo(k, 'cwd', directory < 0 ? 'EBADF' : targetOfFd(k, directory)),
});

export const chroot = syscall({
  nr: 51,
  name: 'chroot',
  args: [path],
  errors: [...WALK_ERRORS, 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, pathname) => moveTo(k, 'root', targetAt(k, AT.AT_FDCWD, pathname, 0)),
});

/** The path a call delivers, with its NUL counted in the result. */
const outCwd: Arg<number> = {
  ...pointer,
  when: 'after',
  show(addr, k, result) {
    const bytes = new Uint8Array(typeof result === 'number' ? result - 1 : 0);
    const isThere = typeof result === 'number' && k.user.copyIn(addr, bytes);
    return isThere ? quote(decodeUtf8(bytes)) : pointer.show(addr, k, result);
  },
};

export const getcwd = syscall({
  nr: 17,
  name: 'getcwd',
  args: [outCwd, size],
  errors: ['EFAULT', 'ENOENT', 'ERANGE'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, out, length) {
    const found = pathOf(k.vfs, k.fs.cwd, k.fs.root);
    if (typeof found !== 'string' && found.unreachable.endsWith(' (deleted)')) return 'ENOENT';
    const text = typeof found === 'string' ? found : `(unreachable)${found.unreachable}`;
    const bytes = encodeUtf8(`${text}\0`);
    if (bytes.length > length) return 'ERANGE';
    return k.user.copyOut(out, bytes) ? bytes.length : 'EFAULT';
  },
});

export const CWD_CALLS = [chdir, fchdir, chroot, getcwd];
