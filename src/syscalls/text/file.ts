/** What calls on files take and give, as strace prints it: flags, modes, devices, times, attributes. */
import { O, S_IF, S_IFMT } from '../../abi/index.ts';
import { type Arg, asUint, asUnsigned64, type Kernel } from '../../kernel/index.ts';
import { bitNames, flags, octal, pointer, showBytes, struct, wordOf } from '../args.ts';
import { addressText, type Fields, fieldsAt, structure } from './fields.ts';

const ACCESS_NAMES = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_ACCMODE'];
/** In the order in which strace tells them: what is made of several bits before its bits. */
const OPEN_BITS = {
  O_CREAT: O.O_CREAT,
  O_EXCL: O.O_EXCL,
  O_NOCTTY: O.O_NOCTTY,
  O_TRUNC: O.O_TRUNC,
  O_APPEND: O.O_APPEND,
  O_NONBLOCK: O.O_NONBLOCK,
  O_SYNC: O.O_SYNC,
  O_DSYNC: O.O_DSYNC,
  O_ASYNC: O.O_ASYNC,
  O_DIRECT: O.O_DIRECT,
  O_LARGEFILE: O.O_LARGEFILE,
  O_NOFOLLOW: O.O_NOFOLLOW,
  O_NOATIME: O.O_NOATIME,
  O_CLOEXEC: O.O_CLOEXEC,
  O_PATH: O.O_PATH,
  O_TMPFILE: O.O_TMPFILE,
  O_DIRECTORY: O.O_DIRECTORY,
};

/** Flags of open(2), the access mode first. */
export function openText(bits: number): string {
  const access = ACCESS_NAMES[bits & O.O_ACCMODE]!;
  const rest = bits & ~O.O_ACCMODE;
  return rest === 0 ? access : `${access}|${bitNames(OPEN_BITS, '', rest, 'O_???')}`;
}

/** Flags that pipe2(2) has of those of open(2). */
export const pipeFlags: Arg<number> = flags(OPEN_BITS, '0', 'O_???');

const TYPES: readonly (readonly [number, string])[] = [
  [S_IF.fifo, 'S_IFIFO'],
  [S_IF.char, 'S_IFCHR'],
  [S_IF.directory, 'S_IFDIR'],
  [S_IF.block, 'S_IFBLK'],
  [S_IF.file, 'S_IFREG'],
  [S_IF.symlink, 'S_IFLNK'],
  [S_IF.socket, 'S_IFSOCK'],
];
const SPECIAL = { S_ISUID: 0o4000, S_ISGID: 0o2000, S_ISVTX: 0o1000 };

/** st_mode: the type by name, the bits above permissions by name. */
function modeText(bits: number): string {
  const type = TYPES.find(([value]) => value === (bits & S_IFMT));
  if (type === undefined) return octal(bits);
  const special = bitNames(SPECIAL, '', bits & 0o7000, '');
  return [type[1], special, octal(bits & 0o777)].filter((part) => part !== '').join('|');
}

/** The mode of mknod(2). */
export const nodeMode: Arg<number> = { decode: asUint, show: modeText };

const deviceText = (major: number, minor: number): string =>
  `makedev(0x${major.toString(16)}, 0x${minor.toString(16)})`;
const isDevice = (bits: number): boolean => (bits & S_IFMT) === S_IF.char || (bits & S_IFMT) === S_IF.block;

/** The device of mknod(2): only devices have one. */
export const device: Arg<number> = {
  decode: asUint,
  show: (value, k) =>
    isDevice(k.call.words[4]!)
      ? deviceText((value >>> 8) & 0xfff, (value & 0xff) | ((value >>> 12) & 0xfff00))
      : '',
};

/** struct stat, in brief. */
export const statText = structure(128, (at) => {
  const bits = at.u32(16);
  const device = at.u32(32);
  const what = isDevice(bits)
    ? `st_rdev=${deviceText((device >>> 8) & 0xfff, device & 0xff)}`
    : `st_size=${at.i64(48)}`;
  return `{st_mode=${modeText(bits)}, ${what}, ...}`;
});

const STATX = {
  STATX_ALL: 0xfff,
  STATX_BASIC_STATS: 0x7ff,
  STATX_TYPE: 1,
  STATX_MODE: 2,
  STATX_NLINK: 4,
  STATX_UID: 8,
  STATX_GID: 0x10,
  STATX_ATIME: 0x20,
  STATX_MTIME: 0x40,
  STATX_CTIME: 0x80,
  STATX_INO: 0x100,
  STATX_SIZE: 0x200,
  STATX_BLOCKS: 0x400,
  STATX_BTIME: 0x800,
  STATX_MNT_ID: 0x1000,
  STATX_DIOALIGN: 0x2000,
  STATX_MNT_ID_UNIQUE: 0x4000,
  STATX_SUBVOL: 0x8000,
};
/** Which fields statx(2) is asked for. */
export const statxMask: Arg<number> = flags(STATX);

const SYNC = ['AT_STATX_SYNC_AS_STAT', 'AT_STATX_FORCE_SYNC', 'AT_STATX_DONT_SYNC', 'AT_STATX_SYNC_TYPE'];
const STATX_FLAGS = { AT_SYMLINK_NOFOLLOW: 0x100, AT_NO_AUTOMOUNT: 0x800, AT_EMPTY_PATH: 0x1000 };
/** How statx(2) looks: first whether a network is asked. */
export const statxFlags: Arg<number> = {
  decode: asUint,
  show(value) {
    const rest = value & ~0x6000;
    const sync = SYNC[(value >>> 13) & 3]!;
    return rest === 0 ? sync : `${sync}|${bitNames(STATX_FLAGS, '', rest, 'AT_???')}`;
  },
};

const STATX_ATTRIBUTES = {
  STATX_ATTR_COMPRESSED: 4,
  STATX_ATTR_IMMUTABLE: 0x10,
  STATX_ATTR_APPEND: 0x20,
  STATX_ATTR_NODUMP: 0x40,
  STATX_ATTR_ENCRYPTED: 0x800,
  STATX_ATTR_AUTOMOUNT: 0x1000,
  STATX_ATTR_MOUNT_ROOT: 0x2000,
};
/** struct statx, in brief. */
export const statxText = structure(256, (at) => {
  const mask = bitNames(STATX, '0', at.u32(0), 'STATX_???');
  const attributes = bitNames(STATX_ATTRIBUTES, '0', at.u32(8), 'STATX_ATTR_???');
  return `{stx_mask=${mask}, stx_attributes=${attributes}, stx_mode=${modeText(at.u16(28))}, stx_size=${at.u64(40)}, ...}`;
});

const UTIME_NOW = 0x3fffffffn;
const UTIME_OMIT = 0x3ffffffen;

/** A time of the calendar behind a timespec, as strace comments it. */
function calendar(seconds: bigint, nanos: bigint): string {
  if (seconds < 0n || seconds > 253_402_300_799n) return '';
  const days = Number(seconds / 86_400n);
  const rest = Number(seconds % 86_400n);
  const two = (n: number) => String(n).padStart(2, '0');
  const [year, month, day] = civil(days);
  const clock = [rest / 3600, (rest / 60) % 60, rest % 60].map((part) => two(Math.floor(part))).join(':');
  const fraction = nanos === 0n ? '' : `.${String(nanos).padStart(9, '0')}`;
  return ` /* ${year}-${two(month)}-${two(day)}T${clock}${fraction}+0000 */`;
}

/** Days since 1970 as a date: years begin in March, so that the leap day is the last. */
function civil(days: number): readonly [year: number, month: number, day: number] {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const year = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const march = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * march + 2) / 5) + 1;
  const month = march < 10 ? march + 3 : march - 9;
  return [year + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

function timeText(at: Fields, offset: number): string {
  const [sec, nsec] = [at.i64(offset), at.u64(offset + 8)];
  if (nsec === UTIME_NOW) return 'UTIME_NOW';
  if (nsec === UTIME_OMIT) return 'UTIME_OMIT';
  return `{tv_sec=${sec}, tv_nsec=${nsec}}${calendar(sec, nsec)}`;
}
/** The two times of utimensat(2). */
export const timesText = structure(32, (at) => `[${timeText(at, 0)}, ${timeText(at, 16)}]`);

/** An offset that the call moves on: where it was. */
export const offset: Arg<number> = {
  decode: asUnsigned64,
  show(addr, k) {
    const at = addr === 0 ? null : fieldsAt(k, addr, 8);
    return at === null ? pointer.show(addr, k, null) : `[${at.i64(0)}]`;
  },
};

/** The same where strace tells what became of it: `[2] => [6]`. */
export const movedOffset: Arg<number> = {
  ...offset,
  change(addr, k, result) {
    const told = typeof result === 'number' && result > 0 ? offset.show(addr, k, null) : 'NULL';
    return told.startsWith('[') ? ` => ${told}` : '';
  },
};

const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  16914836: 'TMPFS_MAGIC',
  40864: 'PROC_SUPER_MAGIC',
  1650812274: 'SYSFS_MAGIC',
  7377: 'DEVPTS_SUPER_MAGIC',
  2035054128: 'OVERLAYFS_SUPER_MAGIC',
  61267: 'EXT2_SUPER_MAGIC',
  1346981957: 'PIPEFS_MAGIC',
  1397703499: 'SOCKFS_MAGIC',
  427819522: 'MQUEUE_MAGIC',
};
const ST = {
  ST_RDONLY: 1,
  ST_NOSUID: 2,
  ST_NODEV: 4,
  ST_NOEXEC: 8,
  ST_SYNCHRONOUS: 0x10,
  ST_VALID: 0x20,
  ST_MANDLOCK: 0x40,
  ST_NOATIME: 0x400,
  ST_NODIRATIME: 0x800,
  ST_RELATIME: 0x1000,
  ST_NOSYMFOLLOW: 0x2000,
};
/** struct statfs, all of it. */
export const outStatfs: Arg<number> = struct(
  structure(120, (at) => {
    const type = at.word(0);
    const fields = ['f_bsize', 'f_blocks', 'f_bfree', 'f_bavail', 'f_files', 'f_ffree'];
    const numbers = fields.map((name, i) => `${name}=${at.u64(8 + 8 * i)}`).join(', ');
    const id = [at.u32(56), at.u32(60)]
      .map((part) => (part === 0 ? '0' : `0x${part.toString(16)}`))
      .join(', ');
    const told = FILE_SYSTEMS[type] ?? `0x${type.toString(16)}`;
    const tail = `f_namelen=${at.u64(64)}, f_frsize=${at.u64(72)}, f_flags=${bitNames(ST, '0', at.u32(80), 'ST_???')}`;
    return `{f_type=${told}, ${numbers}, f_fsid={val=[${id}]}, ${tail}}`;
  }),
  'after',
);

/** The value of an attribute; the zero that ends a text is not told. */
export const inValue: Arg<number> = {
  decode: asUnsigned64,
  show(addr, k) {
    const length = wordOf(k, VALUE + 1);
    const ends = length > 0 && k.user.readU8(addr + length - 1) === 0;
    return showBytes(k, addr, length - (ends ? 1 : 0));
  },
};
const VALUE = 2;

/** The value of an attribute, as much as the call told. */
export const outValue: Arg<number> = {
  decode: asUnsigned64,
  when: 'after',
  show: (addr, k: Kernel, result) =>
    typeof result === 'number' && result > 0 ? showBytes(k, addr, result) : addressText(addr),
};
