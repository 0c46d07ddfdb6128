/** fsopen, fsconfig, fsmount, fspick: a file system made in steps, by descriptors. Linux: fs/fsopen.c. */
import { AT, CAP, type Errno, O } from '../abi/index.ts';
import { capable, type Kernel, syscall } from '../kernel/index.ts';
import {
  type FsSetup,
  fsSetupOf,
  installFd,
  type MountId,
  MS_NOATIME,
  MS_NODIRATIME,
  MS_NOSYMFOLLOW,
  MS_RELATIME,
  mountAt,
  mountOf,
  newFile,
  newFsSetup,
  setTmpfsOptions,
  superOf,
} from '../vfs/index.ts';
import { dirfd, fd, flags, int, oneOf, path, pointer, uint } from './args.ts';
import { openFile } from './file.ts';
import { isMountRoot, placeOf } from './mount-place.ts';
import { isKnownType, makeSuper, takesOption } from './mount-types.ts';
import { isTextError, targetAt, WALK_ERRORS } from './path.ts';

const CLOEXEC = 1;

/** A short string of the caller. Linux: strndup_user. */
function textAt(k: Kernel, addr: number): string | { readonly error: 'EFAULT' | 'EINVAL' } {
  const text = k.user.cstring(addr, 256);
  return isTextError(k, addr, text) ? { error: text === 'EFAULT' ? 'EFAULT' : 'EINVAL' } : text;
}

export const fsopen = syscall({
  nr: 430,
  name: 'fsopen',
  args: [path, flags({ FSOPEN_CLOEXEC: CLOEXEC })],
  errors: ['EFAULT', 'EINVAL', 'EMFILE', 'ENFILE', 'ENODEV', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, name, bits) {
    if (!capable(k, CAP.CAP_SYS_ADMIN)) return 'EPERM';
    if ((bits & ~CLOEXEC) !== 0) return 'EINVAL';
    const type = textAt(k, name);
    if (typeof type !== 'string') return type.error;
    if (!isKnownType(type)) return 'ENODEV';
    const file = newFsSetup(k.vfs, { type, phase: 'parameters', super: 0 });
    return installFd(k.vfs, k.files, file, bits !== 0);
  },
});

const PICK = { FSPICK_CLOEXEC: 1, FSPICK_SYMLINK_NOFOLLOW: 2, FSPICK_NO_AUTOMOUNT: 4, FSPICK_EMPTY_PATH: 8 };

export const fspick = syscall({
  nr: 433,
  name: 'fspick',
  args: [dirfd, path, flags(PICK)],
  errors: [...WALK_ERRORS, 'EINVAL', 'EMFILE', 'ENFILE', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, dirfd, pathname, bits) {
    if (!capable(k, CAP.CAP_SYS_ADMIN)) return 'EPERM';
    if ((bits & ~15) !== 0) return 'EINVAL';
    const empty = bits & PICK.FSPICK_EMPTY_PATH ? AT.AT_EMPTY_PATH : 0;
    const link = bits & PICK.FSPICK_SYMLINK_NOFOLLOW ? AT.AT_SYMLINK_NOFOLLOW : 0;
    const place = placeOf(targetAt(k, dirfd, pathname, empty | link));
    if (typeof place === 'string') return place;
    if (!isMountRoot(k, place)) return 'EINVAL';
    const made = superOf(k.vfs, mountOf(k.vfs, place.mount).super);
    const file = newFsSetup(k.vfs, { type: made.type, phase: 'changes', super: made.id });
    return installFd(k.vfs, k.files, file, (bits & CLOEXEC) !== 0);
  },
});

const COMMANDS = {
  FSCONFIG_SET_FLAG: 0,
  FSCONFIG_SET_STRING: 1,
  FSCONFIG_SET_BINARY: 2,
  FSCONFIG_SET_PATH: 3,
  FSCONFIG_SET_PATH_EMPTY: 4,
  FSCONFIG_SET_FD: 5,
  FSCONFIG_CMD_CREATE: 6,
  FSCONFIG_CMD_RECONFIGURE: 7,
  FSCONFIG_CMD_CREATE_EXCL: 8,
} as const;

/** One parameter; those of every file system first. */
function setParameter(k: Kernel, setup: FsSetup, key: string, value: string | null): 0 | Errno {
  if (setup.phase !== 'parameters' && setup.phase !== 'changes') return 'EBUSY';
  if (value === null && (key === 'ro' || key === 'rw')) {
    setup.readOnly = key === 'ro';
    return 0;
  }
  if (key === 'source') {
    if (value === null || setup.source !== '') return 'EINVAL';
    setup.source = value;
    return 0;
  }
  const option = value === null ? key : `${key}=${value}`;
  if (!takesOption(k.vfs, setup.type, option)) return 'EINVAL';
  setup.options.push(option);
  return 0;
}

function create(k: Kernel, setup: FsSetup): 0 | Errno {
  if (setup.phase !== 'parameters') return 'EBUSY';
  const made = makeSuper(k.vfs, setup.type, setup.options.join(','));
  if (typeof made === 'string') return made;
  if (setup.readOnly) superOf(k.vfs, made).readOnly = true;
  setup.super = made;
  setup.phase = 'mount';
  return 0;
}

function reconfigure(k: Kernel, setup: FsSetup): 0 | Errno {
  if (setup.phase !== 'changes') return 'EBUSY';
  const made = superOf(k.vfs, setup.super as never);
  const isBad =
    made.type === 'tmpfs' && setTmpfsOptions(k.vfs, made, setup.options.join(','), false) !== null;
  if (isBad) return 'EINVAL';
  made.readOnly = setup.readOnly;
  return 0;
}

/** What each command wants beside its descriptor: a key, a value, and which numbers. Linux: fsconfig(2). */
interface Shape {
  readonly key: boolean;
  readonly value: boolean;
  readonly aux: (aux: number) => boolean;
}
const isZero = (aux: number): boolean => aux === 0;
const PATHS: Shape = { key: true, value: true, aux: (aux) => aux === AT.AT_FDCWD || aux >= 0 };
const COMMAND: Shape = { key: false, value: false, aux: isZero };
const SHAPES: readonly Shape[] = [
  { key: true, value: false, aux: isZero },
  { key: true, value: true, aux: isZero },
  { key: true, value: true, aux: (aux) => aux > 0 && aux <= 2 ** 20 },
  PATHS,
  PATHS,
  { key: true, value: false, aux: (aux) => aux >= 0 },
  COMMAND,
  COMMAND,
  COMMAND,
];

export const fsconfig = syscall({
  nr: 431,
  name: 'fsconfig',
  args: [fd, oneOf(COMMANDS), path, pointer, int],
  errors: ['EBADF', 'EBUSY', 'EFAULT', 'EINVAL', 'EOPNOTSUPP'],
  interrupted: 'never blocks',
  support: {
    partial: 'parameters that are paths, descriptors or binary are EINVAL: no file system takes any',
  },
  run(k, number, command, keyAddr, valueAddr, aux) {
    if (number < 0) return 'EINVAL';
    if (command < 0 || command > COMMANDS.FSCONFIG_CMD_CREATE_EXCL) return 'EOPNOTSUPP';
    const hasValue = command === COMMANDS.FSCONFIG_SET_STRING;
    const isCommand = command >= COMMANDS.FSCONFIG_CMD_CREATE;
    const shape = SHAPES[command]!;
    if (shape.key !== (keyAddr !== 0) || shape.value !== (valueAddr !== 0) || !shape.aux(aux))
      return 'EINVAL';
    const file = openFile(k, number);
    if (file === undefined) return 'EBADF';
    if (file.kind !== 'fscontext') return 'EINVAL';
    const setup = fsSetupOf(k.vfs, file);
    if (command === COMMANDS.FSCONFIG_CMD_RECONFIGURE) return reconfigure(k, setup);
    if (isCommand) return create(k, setup);
    if (!hasValue && command !== COMMANDS.FSCONFIG_SET_FLAG) return 'EINVAL';
    const key = textAt(k, keyAddr);
    if (typeof key !== 'string') return key.error;
    const value = hasValue ? textAt(k, valueAddr) : null;
    return value === null || typeof value === 'string' ? setParameter(k, setup, key, value) : value.error;
  },
});

/** MOUNT_ATTR_*: the first four are MS_* bits. */
const ATTR = { NOATIME: 0x10, STRICTATIME: 0x20, NODIRATIME: 0x80, NOSYMFOLLOW: 0x200000 };
export const ATTR_ATIME = 0x70;
export const KNOWN_ATTRIBUTES = 15 | ATTR_ATIME | ATTR.NODIRATIME | ATTR.NOSYMFOLLOW;

/** A mount's flags from MOUNT_ATTR_* bits; null when they contradict each other. */
export function bitsOfAttributes(attributes: number): number | null {
  const times = attributes & ATTR_ATIME;
  if (times !== 0 && times !== ATTR.NOATIME && times !== ATTR.STRICTATIME) return null;
  return (
    (attributes & 15) |
    (times === 0 ? MS_RELATIME : times === ATTR.NOATIME ? MS_NOATIME : 0) |
    (attributes & ATTR.NODIRATIME ? MS_NODIRATIME : 0) |
    (attributes & ATTR.NOSYMFOLLOW ? MS_NOSYMFOLLOW : 0)
  );
}

/** A descriptor of a mount that hangs nowhere yet. */
export function installMount(k: Kernel, mount: MountId, cloexec: boolean): number | 'EMFILE' | 'ENFILE' {
  const { root } = mountOf(k.vfs, mount);
  const file = newFile(k.vfs, { kind: 'path', flags: O.O_PATH, inode: root, mount, path: '/' });
  return installFd(k.vfs, k.files, file, cloexec);
}

export const fsmount = syscall({
  nr: 432,
  name: 'fsmount',
  args: [fd, flags({ FSMOUNT_CLOEXEC: CLOEXEC }), uint],
  errors: ['EBADF', 'EBUSY', 'EINVAL', 'EMFILE', 'ENFILE', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, bits, attributes) {
    if (!capable(k, CAP.CAP_SYS_ADMIN)) return 'EPERM';
    if ((bits & ~CLOEXEC) !== 0 || (attributes & ~KNOWN_ATTRIBUTES) !== 0) return 'EINVAL';
    const mountFlags = bitsOfAttributes(attributes);
    const file = openFile(k, number);
    if (mountFlags === null) return 'EINVAL';
    if (file === undefined) return 'EBADF';
    if (file.kind !== 'fscontext') return 'EINVAL';
    const setup = fsSetupOf(k.vfs, file);
    if (setup.phase !== 'mount') return setup.phase === 'done' ? 'EBUSY' : 'EINVAL';
    setup.phase = 'done';
    const made = superOf(k.vfs, setup.super as never);
    const source = setup.source || 'none';
    const init = { super: made.id, root: made.root, on: null, source, path: '/', flags: mountFlags };
    return installMount(k, mountAt(k.vfs, init).id, bits !== 0);
  },
});

export const MOUNT_FD_CALLS = [fsopen, fsconfig, fsmount, fspick];
