/** mount and umount2: new file systems, bind mounts, moving, propagation. Linux: fs/namespace.c. */
import { AT, CAP, type Errno } from '../abi/index.ts';
import { capable, type Kernel, syscall } from '../kernel/index.ts';
import {
  dropSuper,
  hangMount,
  isWriter,
  type Mount,
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_NOSYMFOLLOW,
  MS_RDONLY,
  MS_RELATIME,
  mountAt,
  mountOf,
  mountShared,
  type Place,
  type Propagation,
  setPropagation,
  setTmpfsOptions,
  subtreeOf,
  superOf,
  unhangMount,
} from '../vfs/index.ts';
import { flags, path, text } from './args.ts';
import { isDirectory, isMountRoot, likeness, placeOf, shownAt } from './mount-place.ts';
import { makeSuper } from './mount-types.ts';
import { isTextError, targetAt, WALK_ERRORS } from './path.ts';

const MS_REMOUNT = 32;
const MS_BIND = 4096;
const MS_MOVE = 8192;
const MS_REC = 16384;
const MS_SILENT = 32768;
const MS_STRICTATIME = 1 << 24;
const MS_MGC_MSK = 0xffff0000 | 0;
const MS_MGC_VAL = 0xc0ed0000 | 0;
/** For the kernel's own mounts. */
const MS_NOUSER = 0x80000000 | 0;

/** MS_* bits of propagation. */
export const PROPAGATIONS = new Map<number, Propagation>([
  [1 << 17, 'unbindable'],
  [1 << 18, 'private'],
  [1 << 19, 'slave'],
  [1 << 20, 'shared'],
]);
const MS_PROPAGATION = (1 << 17) | (1 << 18) | (1 << 19) | (1 << 20);

/** What belongs to the mount rather than to its file system. */
const KEPT = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOSYMFOLLOW | MS_NOATIME | MS_NODIRATIME;
const ATIMES = MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME;
const MOUNT_FLAGS = {
  MS_RDONLY,
  MS_NOSUID,
  MS_NODEV,
  MS_NOEXEC,
  MS_SYNCHRONOUS: 16,
  MS_REMOUNT,
  MS_NOSYMFOLLOW,
  MS_NOATIME,
  MS_NODIRATIME,
  MS_BIND,
  MS_MOVE,
  MS_REC,
  MS_SILENT,
  MS_UNBINDABLE: 1 << 17,
  MS_PRIVATE: 1 << 18,
  MS_SLAVE: 1 << 19,
  MS_SHARED: 1 << 20,
  MS_RELATIME,
  MS_STRICTATIME,
};

/** Relative access times unless others are asked for. Linux: path_mount. */
function mountBits(wanted: number): number {
  const bits = wanted & KEPT;
  return (wanted & (MS_NOATIME | MS_STRICTATIME)) === 0 ? bits | MS_RELATIME : bits;
}

/** A string argument that may be a null pointer. */
function optionalText(k: Kernel, addr: number): string | { readonly error: Errno } {
  if (addr === 0) return '';
  const text = k.user.cstring(addr, 4096);
  return isTextError(k, addr, text) ? { error: text === 'EFAULT' ? 'EFAULT' : 'EINVAL' } : text;
}

interface MountCall {
  readonly on: Place;
  readonly sourceAddr: number;
  readonly source: string;
  readonly type: string;
  readonly flags: number;
  readonly data: string;
}

function bind(k: Kernel, { on, sourceAddr, source, flags: wanted }: MountCall): 0 | Errno {
  if (source === '') return 'EINVAL';
  const from = placeOf(targetAt(k, AT.AT_FDCWD, sourceAddr, 0));
  if (typeof from === 'string') return from;
  const original = mountOf(k.vfs, from.mount);
  if (original.isUnbindable) return 'EINVAL';
  if (isDirectory(k, from.inode) !== isDirectory(k, on.inode)) return 'ENOTDIR';
  const inside = wanted & MS_REC ? subtreeOf(k.vfs, original).slice(1) : [];
  const made = mountShared(k.vfs, { ...likeness(original), root: from.inode, on, path: shownAt(k, on) });
  const copies = new Map([[original.id, made.id]]);
  for (const each of inside) {
    const parent = copies.get(each.on!.mount);
    if (parent === undefined || each.isUnbindable) continue;
    const at = { mount: parent, inode: each.on!.inode };
    const copy = mountAt(k.vfs, { ...likeness(each), root: each.root, on: at, path: each.path });
    copies.set(each.id, copy.id);
  }
  return 0;
}

/** Other flags for the mount, and without MS_BIND other options for its file system. */
function remount(k: Kernel, { on, flags: wanted, data }: MountCall): 0 | Errno {
  if (!isMountRoot(k, on)) return 'EINVAL';
  const mount = mountOf(k.vfs, on.mount);
  if ((wanted & MS_BIND) === 0) {
    const made = superOf(k.vfs, mount.super);
    const readOnly = (wanted & MS_RDONLY) !== 0;
    if (readOnly && !made.readOnly && isWritten(k, mount)) return 'EBUSY';
    if (made.type === 'tmpfs' && setTmpfsOptions(k.vfs, made, data, false) !== null) return 'EINVAL';
    made.readOnly = readOnly;
  } else if (wanted & MS_RDONLY && isWrittenThrough(k, mount)) return 'EBUSY';
  const times = wanted & ATIMES ? mountBits(wanted) : (mount.flags & ATIMES) | (wanted & KEPT);
  mount.flags = times;
  return 0;
}

const isWrittenThrough = (k: Kernel, { id }: Mount): boolean =>
  [...k.vfs.files.values()].some((file) => file.mount === id && isWriter(file));

const isWritten = (k: Kernel, { super: id }: Mount): boolean =>
  [...k.vfs.inodes.values()].some((inode) => inode.super === id && inode.writers > 0);

function change(k: Kernel, { on, flags: wanted }: MountCall): 0 | Errno {
  const how = PROPAGATIONS.get(wanted & ~(MS_REC | MS_SILENT));
  if (how === undefined || !isMountRoot(k, on)) return 'EINVAL';
  const mount = mountOf(k.vfs, on.mount);
  const all = wanted & MS_REC ? subtreeOf(k.vfs, mount) : [mount];
  for (const each of all) setPropagation(k.vfs, each, how);
  return 0;
}

function move(k: Kernel, { on, source, sourceAddr }: MountCall): 0 | Errno {
  if (source === '') return 'EINVAL';
  const from = placeOf(targetAt(k, AT.AT_FDCWD, sourceAddr, 0));
  if (typeof from === 'string') return from;
  return moveMount(k, from, on);
}

/** Hangs a mount in elsewhere. Linux: do_move_mount. */
export function moveMount(k: Kernel, from: Place, on: Place): 0 | Errno {
  const mount = mountOf(k.vfs, from.mount);
  if (!isMountRoot(k, from) || mount.id === [...k.vfs.mounts.keys()][0]) return 'EINVAL';
  if (mount.on !== null && mountOf(k.vfs, mount.on.mount).peers !== 0) return 'EINVAL';
  if (isDirectory(k, from.inode) !== isDirectory(k, on.inode)) return 'EINVAL';
  if (subtreeOf(k.vfs, mount).some(({ id }) => id === on.mount)) return 'ELOOP';
  unhangMount(k.vfs, mount);
  hangMount(k.vfs, mount, on);
  return 0;
}

function mountNew(k: Kernel, call: MountCall): 0 | Errno {
  if (call.type === '') return 'EINVAL';
  const { on } = call;
  const made = makeSuper(k.vfs, call.type, call.data);
  if (typeof made === 'string') return made;
  const refused = hangNew(k, on, made, call.source || 'none', mountBits(call.flags));
  if (refused !== 0) dropSuper(k.vfs, made);
  else if (call.flags & MS_RDONLY) superOf(k.vfs, made).readOnly = true;
  return refused;
}

/** The same file system twice at one place is refused, and anything but a directory. */
function hangNew(k: Kernel, on: Place, made: Mount['super'], source: string, bits: number): 0 | Errno {
  if (isMountRoot(k, on) && mountOf(k.vfs, on.mount).super === made) return 'EBUSY';
  if (!isDirectory(k, on.inode)) return 'ENOTDIR';
  const { root } = superOf(k.vfs, made);
  mountShared(k.vfs, { super: made, root, on, source, path: shownAt(k, on), flags: bits });
  return 0;
}

/** What mount(2) does, by the first of these flags that is set. */
const ACTIONS: readonly (readonly [flag: number, run: (k: Kernel, call: MountCall) => 0 | Errno])[] = [
  [MS_REMOUNT, remount],
  [MS_BIND, bind],
  [MS_PROPAGATION, change],
  [MS_MOVE, move],
];

export const mount = syscall({
  nr: 40,
  name: 'mount',
  args: [path, path, path, flags(MOUNT_FLAGS), text],
  errors: [...WALK_ERRORS, 'EBUSY', 'EINVAL', 'ENODEV', 'ENOMEM', 'EPERM'],
  interrupted: 'never blocks',
  support: { partial: 'tmpfs, ramfs, proc, sysfs, devtmpfs, devpts, bind and propagation; one namespace' },
  run(k, source, target, type, wanted, data) {
    const [sourceText, typeText, dataText] = [source, type, data].map((addr) => optionalText(k, addr));
    if (typeof typeText !== 'string') return typeText!.error;
    if (typeof sourceText !== 'string') return sourceText!.error;
    const bits = (wanted & MS_MGC_MSK) === MS_MGC_VAL ? wanted & ~MS_MGC_MSK : wanted;
    if (typeof dataText !== 'string') return dataText!.error;
    const on = placeOf(targetAt(k, AT.AT_FDCWD, target, 0));
    if (typeof on === 'string') return on;
    if ((bits & MS_NOUSER) !== 0) return 'EINVAL';
    if (!capable(k, CAP.CAP_SYS_ADMIN)) return 'EPERM';
    const action = ACTIONS.find(([flag]) => (bits & flag) !== 0)?.[1] ?? mountNew;
    return action(k, {
      on,
      sourceAddr: source,
      source: sourceText,
      type: typeText,
      flags: bits,
      data: dataText,
    });
  },
});

export const MOUNT_CALLS = [mount];
