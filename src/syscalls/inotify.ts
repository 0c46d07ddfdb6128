/** inotify_init1, inotify_add_watch, inotify_rm_watch. Linux: fs/notify/inotify/inotify_user.c. */
import { AT, type Errno, O } from '../abi/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import {
  IN,
  inotifyOf,
  installFd,
  MAY_READ,
  mayAccess,
  newInotify,
  type OpenFile,
  unwatch,
  watchInode,
} from '../vfs/index.ts';
import { fd, flags, int, path } from './args.ts';
import { openFile } from './file.ts';
import { targetAt, WALK_ERRORS } from './path.ts';

const IN_FLAGS = { IN_NONBLOCK: O.O_NONBLOCK, IN_CLOEXEC: O.O_CLOEXEC };

export const inotifyInit1 = syscall({
  nr: 26,
  name: 'inotify_init1',
  args: [flags(IN_FLAGS)],
  errors: ['EINVAL', 'EMFILE', 'ENFILE'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, bits) {
    if ((bits & ~(O.O_CLOEXEC | O.O_NONBLOCK)) !== 0) return 'EINVAL';
    const file = newInotify(k.vfs, k.task.credentials.ruid, bits);
    return typeof file === 'string' ? file : installFd(k.vfs, k.files, file, (bits & O.O_CLOEXEC) !== 0);
  },
});

/** The instance behind a descriptor. */
function instanceAt(k: Kernel, number: number): OpenFile | Errno {
  const file = openFile(k, number);
  if (file === undefined) return 'EBADF';
  return file.kind === 'inotify' ? file : 'EINVAL';
}

/** Any bit that means something: a mask without one is refused. */
const KNOWN = Object.values(IN).reduce<number>((all, bit) => all | bit, 0);

export const inotifyAddWatch = syscall({
  nr: 27,
  name: 'inotify_add_watch',
  args: [fd, path, flags(IN)],
  errors: [...WALK_ERRORS, 'EEXIST', 'EINVAL', 'ENOSPC'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, pathname, mask) {
    if ((mask & KNOWN) === 0 || (mask & ~KNOWN) !== 0) return 'EINVAL';
    const both = IN.IN_MASK_ADD | IN.IN_MASK_CREATE;
    if ((mask & both) === both) return 'EINVAL';
    const file = instanceAt(k, number);
    if (typeof file === 'string') return file;
    const target = targetAt(k, AT.AT_FDCWD, pathname, mask & IN.IN_DONT_FOLLOW ? AT.AT_SYMLINK_NOFOLLOW : 0);
    if (typeof target === 'string') return target;
    const { inode } = target;
    if (mask & IN.IN_ONLYDIR && inode?.kind !== 'directory') return 'ENOTDIR';
    // What has no place in the tree has no inode of ours: nothing is ever told of it.
    if (inode === null || !mayAccess(inode, k.task.credentials, MAY_READ)) return 'EACCES';
    return watchInode(k.vfs, inotifyOf(k.vfs, file), inode, mask);
  },
});

export const inotifyRmWatch = syscall({
  nr: 28,
  name: 'inotify_rm_watch',
  args: [fd, int],
  errors: ['EBADF', 'EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, wd) {
    const file = instanceAt(k, number);
    return typeof file === 'string' ? file : unwatch(k.vfs, inotifyOf(k.vfs, file), wd);
  },
});

export const INOTIFY_CALLS = [inotifyInit1, inotifyAddWatch, inotifyRmWatch];
