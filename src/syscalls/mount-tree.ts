/** open_tree, move_mount, mount_setattr: mounts by descriptors. Linux: fs/namespace.c. */
import { AT, CAP, O } from '../abi/index.ts';
import { capable, type Kernel, syscall } from '../kernel/index.ts';
import {
  installFd,
  type Mount,
  mountAt,
  mountOf,
  newFile,
  type Place,
  setPropagation,
  subtreeOf,
} from '../vfs/index.ts';
import { dirfd, flags, path, pointer, size } from './args.ts';
import { moveMount, PROPAGATIONS } from './mount.ts';
import { ATTR_ATIME, bitsOfAttributes, installMount, KNOWN_ATTRIBUTES } from './mount-fd.ts';
import { isMountRoot, likeness, placeOf } from './mount-place.ts';
import { targetAt, WALK_ERRORS } from './path.ts';

const AT_RECURSIVE = 0x8000;
const OPEN_TREE_CLONE = 1;
const LOOKS = AT.AT_EMPTY_PATH | AT.AT_NO_AUTOMOUNT | AT.AT_SYMLINK_NOFOLLOW;

/** A copy of a mount, with what hangs in it if asked for, that hangs nowhere. */
function copyTree(k: Kernel, { mount, inode }: Place, recursive: boolean): Mount {
  const original = mountOf(k.vfs, mount);
  const init = { ...likeness(original), peers: 0, master: 0, root: inode, on: null, path: '/' };
  const made = mountAt(k.vfs, init);
  const copies = new Map([[original.id, made.id]]);
  for (const each of recursive ? subtreeOf(k.vfs, original).slice(1) : []) {
    const parent = copies.get(each.on!.mount);
    if (parent === undefined || each.isUnbindable) continue;
    const on = { mount: parent, inode: each.on!.inode };
    copies.set(each.id, mountAt(k.vfs, { ...likeness(each), root: each.root, on, path: each.path }).id);
  }
  return made;
}

export const openTree = syscall({
  nr: 428,
  name: 'open_tree',
  args: [dirfd, path, flags({ OPEN_TREE_CLONE, AT_RECURSIVE, O_CLOEXEC: O.O_CLOEXEC })],
  errors: [...WALK_ERRORS, 'EINVAL', 'EMFILE', 'ENFILE', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, dirfd, pathname, bits) {
    const known = OPEN_TREE_CLONE | AT_RECURSIVE | O.O_CLOEXEC | LOOKS;
    const clones = (bits & OPEN_TREE_CLONE) !== 0;
    const recursive = (bits & AT_RECURSIVE) !== 0;
    if ((bits & ~known) !== 0 || (recursive && !clones)) return 'EINVAL';
    if (clones && !capable(k, CAP.CAP_SYS_ADMIN)) return 'EPERM';
    const place = placeOf(targetAt(k, dirfd, pathname, bits & LOOKS));
    if (typeof place === 'string') return place;
    const cloexec = (bits & O.O_CLOEXEC) !== 0;
    if (!clones) {
      const file = newFile(k.vfs, { kind: 'path', flags: O.O_PATH, ...place, path: '/' });
      return installFd(k.vfs, k.files, file, cloexec);
    }
    if (mountOf(k.vfs, place.mount).isUnbindable) return 'EINVAL';
    return installMount(k, copyTree(k, place, recursive).id, cloexec);
  },
});

const MOVE = {
  MOVE_MOUNT_F_SYMLINKS: 1,
  MOVE_MOUNT_F_AUTOMOUNTS: 2,
  MOVE_MOUNT_F_EMPTY_PATH: 4,
  MOVE_MOUNT_T_SYMLINKS: 0x10,
  MOVE_MOUNT_T_AUTOMOUNTS: 0x20,
  MOVE_MOUNT_T_EMPTY_PATH: 0x40,
};
const KNOWN_MOVE = 0x77;

const looksOf = (bits: number): number =>
  (bits & MOVE.MOVE_MOUNT_F_EMPTY_PATH ? AT.AT_EMPTY_PATH : 0) |
  (bits & MOVE.MOVE_MOUNT_F_SYMLINKS ? 0 : AT.AT_SYMLINK_NOFOLLOW);

export const moveMountCall = syscall({
  nr: 429,
  name: 'move_mount',
  args: [dirfd, path, dirfd, path, flags(MOVE)],
  errors: [...WALK_ERRORS, 'EINVAL', 'EPERM'],
  interrupted: 'never blocks',
  support: { partial: 'MOVE_MOUNT_SET_GROUP and MOVE_MOUNT_BENEATH are EINVAL' },
  run(k, fromFd, fromPath, toFd, toPath, bits) {
    if (!capable(k, CAP.CAP_SYS_ADMIN)) return 'EPERM';
    if ((bits & ~KNOWN_MOVE) !== 0) return 'EINVAL';
    const from = placeOf(targetAt(k, fromFd, fromPath, looksOf(bits)));
    if (typeof from === 'string') return from;
    const to = placeOf(targetAt(k, toFd, toPath, looksOf(bits >> 4)));
    return typeof to === 'string' ? to : moveMount(k, from, to);
  },
});

const ATTR_SIZE = 32;

/** Applies attributes to one mount; false when they contradict each other. */
function setAttributes(mount: Mount, set: number, clear: number): boolean {
  const [toSet, toClear] = [bitsOfAttributes(set), bitsOfAttributes(clear & ~ATTR_ATIME)];
  if (toSet === null || toClear === null) return false;
  const changesTimes = (clear & ATTR_ATIME) !== 0;
  const times = bitsOfAttributes(0)!;
  const timeBits = times | bitsOfAttributes(0x10)!;
  const kept = changesTimes ? mount.flags & ~timeBits : mount.flags;
  mount.flags = (kept & ~(toClear & ~times)) | (changesTimes ? toSet : toSet & ~times);
  return true;
}

export const mountSetattr = syscall({
  nr: 442,
  name: 'mount_setattr',
  args: [dirfd, path, flags({ AT_RECURSIVE, AT_EMPTY_PATH: AT.AT_EMPTY_PATH }), pointer, size],
  errors: [...WALK_ERRORS, 'E2BIG', 'EINVAL', 'EPERM'],
  interrupted: 'never blocks',
  support: { partial: 'MOUNT_ATTR_IDMAP is EINVAL: there are no user namespaces' },
  run(k, dirfd, pathname, bits, addr, length) {
    if ((bits & ~(LOOKS | AT_RECURSIVE)) !== 0) return 'EINVAL';
    if (length > 4096) return 'E2BIG';
    if (length < ATTR_SIZE) return 'EINVAL';
    if (!capable(k, CAP.CAP_SYS_ADMIN)) return 'EPERM';
    const [set, clear, propagation] = [0, 8, 16].map((at) => k.user.readU64(addr + at));
    if (set === undefined || clear === undefined || propagation === undefined) return 'EFAULT';
    if (set === 0 && clear === 0 && propagation === 0) return 0;
    const how = PROPAGATIONS.get(propagation);
    const isUnknown = set > 2 ** 31 || clear > 2 ** 31 || ((set | clear) & ~KNOWN_ATTRIBUTES) !== 0;
    const isHalf = (set & ATTR_ATIME) !== 0 && (clear & ATTR_ATIME) === 0;
    if (isUnknown || isHalf || (propagation !== 0 && how === undefined)) return 'EINVAL';
    const place = placeOf(targetAt(k, dirfd, pathname, bits & LOOKS));
    if (typeof place === 'string') return place;
    if (!isMountRoot(k, place)) return 'EINVAL';
    const top = mountOf(k.vfs, place.mount);
    for (const mount of bits & AT_RECURSIVE ? subtreeOf(k.vfs, top) : [top]) {
      if (!setAttributes(mount, set, clear)) return 'EINVAL';
      if (how !== undefined) setPropagation(k.vfs, mount, how);
    }
    return 0;
  },
});

export const MOUNT_TREE_CALLS = [openTree, moveMountCall, mountSetattr];
