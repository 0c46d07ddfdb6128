/** mount and umount2 for the file systems there are; what would need another kind of kernel is refused. */
import { AT, type Errno } from '../abi/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import {
  isSuperuser,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  mountAt,
  newMemorySuper,
  newProcSuper,
  type Place,
  pathOf,
  type Super,
  superOf,
  unmount,
  type Vfs,
} from '../vfs/index.ts';
import { flags, path, pointer } from './args.ts';
import { isPathError, isTextError, readPath, type Target, targetAt, WALK_ERRORS } from './path.ts';

const MS_REMOUNT = 32;
const MS_BIND = 4096;
const MS_MOVE = 8192;
const MS_REC = 16384;
/** MS_UNBINDABLE, MS_PRIVATE, MS_SLAVE, MS_SHARED: there is one mount namespace, so these change nothing. */
const MS_PROPAGATION = (1 << 17) | (1 << 18) | (1 << 19) | (1 << 20);
const KEPT = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
const MOUNT_FLAGS = { MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_MOVE, MS_REC };

/** File systems mount(2) can make, by type; the data string is theirs. */
const MAKERS: Readonly<Record<string, (vfs: Vfs, data: string) => Super>> = {
  tmpfs: (vfs, data) => newMemorySuper(vfs, 'tmpfs', modeOption(data) ?? 0o1777),
  ramfs: (vfs, data) => newMemorySuper(vfs, 'ramfs', modeOption(data) ?? 0o755),
  proc: (vfs) => newProcSuper(vfs),
  // One for all, as in Linux: the one from boot.
  devtmpfs: (vfs) => existing(vfs, 'devtmpfs') ?? newMemorySuper(vfs, 'devtmpfs', 0o755),
  devpts: (vfs) => existing(vfs, 'devpts') ?? newMemorySuper(vfs, 'devpts', 0o755),
  sysfs: (vfs) => existing(vfs, 'sysfs') ?? newMemorySuper(vfs, 'sysfs', 0o555),
};

const existing = (vfs: Vfs, type: string): Super | undefined =>
  [...vfs.supers.values()].find((made) => made.type === type);

const modeOption = (data: string): number | undefined => {
  const found = /(?:^|,)mode=([0-7]+)(?:,|$)/.exec(data);
  return found === null ? undefined : Number.parseInt(found[1]!, 8) & 0o7777;
};

/** A string argument that may be a null pointer. */
function optionalText(k: Kernel, addr: number): string | { readonly error: Errno } {
  if (addr === 0) return '';
  const text = k.user.cstring(addr, 4096);
  return isTextError(k, addr, text) ? { error: text === 'EFAULT' ? 'EFAULT' : 'EINVAL' } : text;
}

function placeOf(target: Target | Errno): Place | Errno {
  if (typeof target === 'string') return target;
  return target.inode === null ? 'EINVAL' : { mount: target.mount, inode: target.inode.id };
}

interface MountCall {
  readonly on: Place;
  readonly source: string;
  readonly type: string;
  readonly flags: number;
  readonly data: string;
}

function hang(k: Kernel, call: MountCall, what: { super: Super['id']; root: Super['root'] }): 0 {
  const path = pathOf(k.vfs, call.on, k.fs.root);
  const shown = typeof path === 'string' ? path : path.unreachable;
  mountAt(k.vfs, { ...what, on: call.on, source: call.source, path: shown, flags: call.flags & KEPT });
  return 0;
}

function bind(k: Kernel, call: MountCall, sourceAddr: number): 0 | Errno {
  const from = targetAt(k, AT.AT_FDCWD, sourceAddr, 0);
  if (typeof from === 'string') return from;
  if (from.inode === null) return 'EINVAL';
  const on = k.vfs.inodes.get(call.on.inode)!;
  if ((from.inode.kind === 'directory') !== (on.kind === 'directory')) return 'ENOTDIR';
  return hang(k, call, { super: from.inode.super, root: from.inode.id });
}

function remount(k: Kernel, { on, flags: wanted }: MountCall): 0 | Errno {
  const mount = k.vfs.mounts.get(on.mount)!;
  if (mount.root !== on.inode) return 'EINVAL';
  k.vfs.mounts.set(mount.id, { ...mount, flags: wanted & KEPT });
  return 0;
}

function mountNew(k: Kernel, call: MountCall): 0 | Errno {
  const maker = MAKERS[call.type];
  if (maker === undefined) return 'ENODEV';
  if (k.vfs.inodes.get(call.on.inode)!.kind !== 'directory') return 'ENOTDIR';
  const made = maker(k.vfs, call.data);
  return hang(k, call, { super: made.id, root: superOf(k.vfs, made.id).root });
}

export const mount = syscall({
  nr: 40,
  name: 'mount',
  args: [path, path, path, flags(MOUNT_FLAGS), pointer],
  errors: [...WALK_ERRORS, 'EBUSY', 'EINVAL', 'ENODEV', 'ENOMEM', 'EPERM'],
  interrupted: 'never blocks',
  support: { partial: 'tmpfs, ramfs, proc, sysfs, devtmpfs, devpts, bind and remount; one namespace' },
  run(k, source, target, type, wanted, data) {
    if (!isSuperuser(k.task.credentials)) return 'EPERM';
    const [sourceText, typeText, dataText] = [source, type, data].map((addr) => optionalText(k, addr));
    if (typeof sourceText !== 'string') return sourceText!.error;
    if (typeof typeText !== 'string') return typeText!.error;
    if (typeof dataText !== 'string') return dataText!.error;
    const on = placeOf(targetAt(k, AT.AT_FDCWD, target, 0));
    if (typeof on === 'string') return on;
    const call: MountCall = {
      on,
      source: sourceText || 'none',
      type: typeText,
      flags: wanted,
      data: dataText,
    };
    if (wanted & MS_REMOUNT) return remount(k, call);
    if (wanted & MS_BIND) return bind(k, call, source);
    if (wanted & MS_PROPAGATION) return 0;
    return wanted & MS_MOVE ? 'EINVAL' : mountNew(k, call);
  },
});

const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;

export const umount2 = syscall({
  nr: 39,
  name: 'umount2',
  args: [path, flags({ MNT_FORCE: 1, MNT_DETACH, MNT_EXPIRE: 4, UMOUNT_NOFOLLOW })],
  errors: [...WALK_ERRORS, 'EBUSY', 'EINVAL', 'EPERM'],
  interrupted: 'never blocks',
  support: { partial: 'MNT_EXPIRE is EINVAL' },
  run(k, target, how) {
    if ((how & ~(1 | MNT_DETACH | UMOUNT_NOFOLLOW)) !== 0) return 'EINVAL';
    const text = readPath(k, target);
    if (isPathError(text)) return text;
    if (!isSuperuser(k.task.credentials)) return 'EPERM';
    const noFollow = how & UMOUNT_NOFOLLOW ? AT.AT_SYMLINK_NOFOLLOW : 0;
    const place = placeOf(targetAt(k, AT.AT_FDCWD, target, noFollow));
    if (typeof place === 'string') return place;
    return unmount(k.vfs, place, (how & MNT_DETACH) !== 0) ?? 0;
  },
});

const pivotRoot = syscall({
  nr: 41,
  name: 'pivot_root',
  args: [path, path],
  errors: ['EPERM'],
  interrupted: 'never blocks',
  support: { refused: 'EPERM', why: 'there is one mount namespace, and its root stays' },
  run: () => 'EPERM',
});

export const MOUNT_CALLS = [mount, umount2, pivotRoot];
