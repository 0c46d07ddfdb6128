/** openat and openat2: from a path to a descriptor. */
import { type Errno, O } from '../abi/index.ts';
import { type Arg, asInt, type Kernel, syscall } from '../kernel/index.ts';
import { installFd, type OpenHow, type Outcome, openPath, PATH_FLAGS, whyNotHow } from '../vfs/index.ts';
import { bitNames, dirfd, mode, octal, path, size, struct, wordOf } from './args.ts';
import { isPathError, readPath, startOf, WALK_ERRORS, walkerOf } from './path.ts';
import { openText } from './text/file.ts';

/** Flags of open(2), the access mode first, as strace prints them. */
export const openFlags: Arg<number> = { decode: asInt, show: openText };

const RESOLVE = {
  RESOLVE_NO_XDEV: 1,
  RESOLVE_NO_MAGICLINKS: 2,
  RESOLVE_NO_SYMLINKS: 4,
  RESOLVE_BENEATH: 8,
  RESOLVE_IN_ROOT: 0x10,
  RESOLVE_CACHED: 0x20,
};

/** The mode matters, and is shown, only when a file is made. */
const createMode: Arg<number> = {
  ...mode,
  show(value, k, result) {
    const openBits = k.call.words[2 * OPEN_FLAGS_INDEX]!;
    return openBits & (O.O_CREAT | (O.O_TMPFILE & ~O.O_DIRECTORY)) ? mode.show(value, k, result) : '';
  },
};
const OPEN_FLAGS_INDEX = 2;

const OPEN_ERRORS = [
  ...WALK_ERRORS,
  'EAGAIN',
  'EBUSY',
  'EEXIST',
  'EINTR',
  'EINVAL',
  'EIO',
  'EISDIR',
  'EMFILE',
  'ENFILE',
  'ENODEV',
  'ENOMEM',
  'ENOSPC',
  'ENXIO',
  'EOPNOTSUPP',
  'EPERM',
  'EROFS',
  'ETXTBSY',
] as const satisfies readonly Errno[];

function open(k: Kernel, dirfd: number, pathAddr: number, how: OpenHow): Outcome {
  const refused = whyNotHow(how);
  if (refused !== null) return refused;
  const text = readPath(k, pathAddr);
  if (isPathError(text)) return text;
  const start = startOf(k, dirfd, text);
  if (typeof start === 'string') return start;
  const file = openPath(k.vfs, walkerOf(k), start, text, how);
  if (typeof file !== 'number') return file;
  return installFd(k.vfs, k.files, file, (how.flags & O.O_CLOEXEC) !== 0);
}

/** Of open(2)'s flags, O_PATH leaves few. */
const heeded = (openBits: number): number => (openBits & O.O_PATH ? openBits & PATH_FLAGS : openBits);

export const openat = syscall({
  nr: 56,
  name: 'openat',
  args: [dirfd, path, openFlags, createMode],
  errors: OPEN_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run: (k, dirfd, pathname, openBits, bits) =>
    open(k, dirfd, pathname, { flags: heeded(openBits), mode: bits & 0o7777 }),
});

const HOW_SIZE = 24;
const KNOWN_RESOLVE = 0x3f;
const KNOWN_FLAGS = Object.values(O).reduce<number>((all, bit) => all | bit, 0);

const howText = (k: Kernel, addr: number): string | null => {
  const how = wordOf(k, 3) < HOW_SIZE ? 'EINVAL' : readHow(k, addr, HOW_SIZE);
  if (typeof how === 'string') return null;
  const created = how.mode === 0 ? '' : `, mode=${octal(how.mode)}`;
  const resolve = bitNames(RESOLVE, '0', how.resolve ?? 0, 'RESOLVE_???');
  return `{flags=${openText(how.flags)}${created}, resolve=${resolve}}`;
};

/** struct open_how, which later kernels may lengthen: what we do not know must be zero. */
function readHow(k: Kernel, addr: number, length: number): OpenHow | 'EINVAL' | 'EFAULT' | 'E2BIG' {
  if (length < HOW_SIZE) return 'EINVAL';
  if (length > 4096) return 'E2BIG';
  const words = [0, 8, 16].map((at) => k.user.readU64(addr + at));
  const [openBits, createMode, resolve] = words;
  if (openBits === undefined || createMode === undefined || resolve === undefined) return 'EFAULT';
  for (let at = HOW_SIZE; at < length; at++) {
    const byte = k.user.readU8(addr + at);
    if (byte === undefined) return 'EFAULT';
    if (byte !== 0) return 'E2BIG';
  }
  return { flags: openBits, mode: createMode, resolve };
}

/** openat2(2) refuses what openat(2) overlooks. */
function isValidHow({ flags: openBits, mode: createMode, resolve = 0 }: OpenHow): boolean {
  if (openBits >= 2 ** 31 || (openBits & ~KNOWN_FLAGS) !== 0 || resolve > KNOWN_RESOLVE) return false;
  const creates = (openBits & (O.O_CREAT | (O.O_TMPFILE & ~O.O_DIRECTORY))) !== 0;
  if (creates ? createMode > 0o7777 : createMode !== 0) return false;
  if (openBits & O.O_PATH && (openBits & ~PATH_FLAGS) !== 0) return false;
  const both = 8 | 16;
  return (resolve & both) !== both;
}

export const openat2 = syscall({
  nr: 437,
  name: 'openat2',
  args: [dirfd, path, struct(howText), size],
  errors: [...OPEN_ERRORS, 'E2BIG', 'EXDEV'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, dirfd, pathname, howAddr, length) {
    const how = readHow(k, howAddr, length);
    if (typeof how === 'string') return how;
    return isValidHow(how) ? open(k, dirfd, pathname, how) : 'EINVAL';
  },
});

export const OPEN_CALLS = [openat, openat2];
