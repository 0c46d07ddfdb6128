/** umount2 and pivot_root. Linux: fs/namespace.c. */
import { AT, CAP } from '../abi/index.ts';
import { capable, syscall } from '../kernel/index.ts';
import { unmount } from '../vfs/index.ts';
import { flags, path } from './args.ts';
import { isDirectory, isMountRoot, placeOf } from './mount-place.ts';
import { isPathError, readPath, targetAt, WALK_ERRORS } from './path.ts';

const MNT_FORCE = 1;
const MNT_DETACH = 2;
const MNT_EXPIRE = 4;
const UMOUNT_NOFOLLOW = 8;

export const umount2 = syscall({
  nr: 39,
  name: 'umount2',
  args: [path, flags({ MNT_FORCE, MNT_DETACH, MNT_EXPIRE, UMOUNT_NOFOLLOW })],
  errors: [...WALK_ERRORS, 'EAGAIN', 'EBUSY', 'EINVAL', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, target, how) {
    if ((how & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW)) !== 0) return 'EINVAL';
    const text = readPath(k, target);
    if (isPathError(text)) return text;
    const noFollow = how & UMOUNT_NOFOLLOW ? AT.AT_SYMLINK_NOFOLLOW : 0;
    const place = placeOf(targetAt(k, AT.AT_FDCWD, target, noFollow));
    if (typeof place === 'string') return place;
    if (!capable(k, CAP.CAP_SYS_ADMIN)) return 'EPERM';
    if (!isMountRoot(k, place)) return 'EINVAL';
    const expire = (how & MNT_EXPIRE) !== 0;
    if (expire && how & (MNT_FORCE | MNT_DETACH)) return 'EINVAL';
    return unmount(k.vfs, place, { lazy: (how & MNT_DETACH) !== 0, expire }) ?? 0;
  },
});

export const pivotRoot = syscall({
  nr: 41,
  name: 'pivot_root',
  args: [path, path],
  errors: [...WALK_ERRORS, 'EINVAL', 'EPERM'],
  interrupted: 'never blocks',
  support: { partial: 'EINVAL, as on the root that a kernel boots with: it cannot be exchanged' },
  run(k, root, old) {
    if (!capable(k, CAP.CAP_SYS_ADMIN)) return 'EPERM';
    const places = [root, old].map((addr) => placeOf(targetAt(k, AT.AT_FDCWD, addr, 0)));
    for (const place of places) {
      if (typeof place === 'string') return place;
      if (!isDirectory(k, place.inode)) return 'ENOTDIR';
    }
    return 'EINVAL';
  },
});

export const UMOUNT_CALLS = [umount2, pivotRoot];
