/** fcntl and flock: flags of descriptors and files, advisory locks, pipe sizes, seals. Linux: fs/fcntl.c. */
import { type Errno, O } from '../abi/index.ts';
import { type Arg, type Kernel, syscall } from '../kernel/index.ts';
import {
  addSeals,
  clearLock,
  dupFd,
  type FileLock,
  fileAt,
  type InodeId,
  inodeOf,
  lockInTheWay,
  lockQueue,
  type OpenFile,
  type Outcome,
  pipeOf,
  reads,
  sealsOf,
  setLock,
  setPipeCapacity,
  writes,
} from '../vfs/index.ts';
import { fd, flags, oneOf, unsigned64 } from './args.ts';
import { openFile } from './file.ts';

const COMMANDS = {
  F_DUPFD: 0,
  F_GETFD: 1,
  F_SETFD: 2,
  F_GETFL: 3,
  F_SETFL: 4,
  F_GETLK: 5,
  F_SETLK: 6,
  F_SETLKW: 7,
  F_SETOWN: 8,
  F_GETOWN: 9,
  F_SETSIG: 10,
  F_GETSIG: 11,
  F_SETOWN_EX: 15,
  F_GETOWN_EX: 16,
  F_OFD_GETLK: 36,
  F_OFD_SETLK: 37,
  F_OFD_SETLKW: 38,
  F_SETLEASE: 1024,
  F_GETLEASE: 1025,
  F_NOTIFY: 1026,
  F_DUPFD_QUERY: 1027,
  F_DUPFD_CLOEXEC: 1030,
  F_SETPIPE_SZ: 1031,
  F_GETPIPE_SZ: 1032,
  F_ADD_SEALS: 1033,
  F_GET_SEALS: 1034,
} as const;

interface Call {
  readonly fd: number;
  readonly file: OpenFile;
  /** The argument as a number of 64 bits, and its low word as an int. */
  readonly argument: number;
  readonly int: number;
}

type Run = (k: Kernel, call: Call) => Outcome;

const FD_CLOEXEC = 1;
/** What F_SETFL may change; other bits are ignored. */
const SETTABLE = O.O_APPEND | O.O_NONBLOCK | O.O_ASYNC | O.O_DIRECT | O.O_NOATIME;

const dupFrom =
  (cloexec: boolean): Run =>
  (k, { fd: number, int }) =>
    int < 0 || int >= k.vfs.host.limit('nofile') ? 'EINVAL' : dupFd(k.vfs, k.files, number, int, cloexec);

const F_RDLCK = 0;
const F_WRLCK = 1;
const F_UNLCK = 2;

/** A lock as the caller's struct flock asks for it; `type` is F_UNLCK for none. */
interface Asked {
  readonly type: number;
  readonly lock: FileLock;
}

/** struct flock { short type, whence; off_t start, len; pid_t pid }. Linux: flock64_to_posix_lock. */
function readFlock(k: Kernel, call: Call, family: 'posix' | 'ofd'): Asked | Errno {
  const { argument: addr, file } = call;
  const [type, whence] = [k.user.readU16(addr), k.user.readU16(addr + 2)];
  const [start, length, pid] = [
    k.user.readI64(addr + 8),
    k.user.readI64(addr + 16),
    k.user.readI32(addr + 24),
  ];
  if (type === undefined || whence === undefined || start === undefined) return 'EFAULT';
  if (length === undefined || pid === undefined) return 'EFAULT';
  if (type > F_UNLCK || (family === 'ofd' && pid !== 0)) return 'EINVAL';
  if (file.inode === 0) return 'EBADF';
  const base = [0, file.pos, inodeOf(k.vfs, file.inode).size][whence];
  if (base === undefined) return 'EINVAL';
  const from = base + start;
  const [first, end] = length < 0 ? [from + length, from] : [from, length === 0 ? Infinity : from + length];
  if (first < 0) return 'EINVAL';
  if (end !== Infinity && end > 2 ** 63) return 'EOVERFLOW';
  const owner = family === 'posix' ? k.group.tgid : file.id;
  return { type, lock: { family, owner, exclusive: type === F_WRLCK, start: first, end } };
}

const getLock =
  (family: 'posix' | 'ofd'): Run =>
  (k, call) => {
    const asked = readFlock(k, call, family);
    if (typeof asked === 'string') return asked;
    if (asked.type === F_UNLCK) return 'EINVAL';
    const { argument: addr, file } = call;
    const held = lockInTheWay(k.vfs, file.inode as InodeId, asked.lock);
    if (held === undefined) return k.user.writeU16(addr, F_UNLCK) ? 0 : 'EFAULT';
    const written =
      k.user.writeU16(addr, held.exclusive ? F_WRLCK : F_RDLCK) &&
      k.user.writeU16(addr + 2, 0) &&
      k.user.writeU64(addr + 8, held.start) &&
      k.user.writeU64(addr + 16, held.end === Infinity ? 0 : held.end - held.start) &&
      k.user.writeU32(addr + 24, held.family === 'posix' ? held.owner : -1 >>> 0);
    return written ? 0 : 'EFAULT';
  };

const changeLock =
  (family: 'posix' | 'ofd', waits: boolean): Run =>
  (k, call) => {
    const asked = readFlock(k, call, family);
    if (typeof asked === 'string') return asked;
    const { file } = call;
    if (asked.type === F_RDLCK && !reads(file.flags)) return 'EBADF';
    if (asked.type === F_WRLCK && !writes(file.flags)) return 'EBADF';
    return lock(k, file, asked, waits);
  };

function lock(k: Kernel, file: OpenFile, { type, lock: wanted }: Asked, waits: boolean): Outcome {
  const inode = file.inode as InodeId;
  if (type === F_UNLCK) {
    clearLock(k.vfs, inode, wanted);
    return 0;
  }
  if (lockInTheWay(k.vfs, inode, wanted) === undefined) {
    setLock(k.vfs, inode, wanted);
    return 0;
  }
  return waits ? k.waitOn('file-lock', [lockQueue(k.vfs, inode)], inode) : 'EAGAIN';
}

const setPipeSize: Run = (k, { file, int }) => {
  if (file.kind !== 'pipe') return 'EBADF';
  const pipe = pipeOf(k.vfs, file.channel);
  const size = setPipeCapacity(pipe, int);
  if (typeof size === 'number') k.wake(pipe.writeQueue);
  return size;
};

const RUN: Partial<Readonly<Record<number, Run>>> = {
  [COMMANDS.F_DUPFD]: dupFrom(false),
  [COMMANDS.F_DUPFD_CLOEXEC]: dupFrom(true),
  [COMMANDS.F_GETFD]: (k, call) => (k.files.fds[call.fd]!.cloexec ? FD_CLOEXEC : 0),
  [COMMANDS.F_SETFD]: (k, call) => {
    k.files.fds[call.fd]!.cloexec = (call.int & FD_CLOEXEC) !== 0;
    return 0;
  },
  [COMMANDS.F_GETFL]: (_k, { file }) => file.flags,
  [COMMANDS.F_SETFL]: (_k, { file, int }) => {
    file.flags = (file.flags & ~SETTABLE) | (int & SETTABLE);
    return 0;
  },
  [COMMANDS.F_GETLK]: getLock('posix'),
  [COMMANDS.F_SETLK]: changeLock('posix', false),
  [COMMANDS.F_SETLKW]: changeLock('posix', true),
  [COMMANDS.F_OFD_GETLK]: getLock('ofd'),
  [COMMANDS.F_OFD_SETLK]: changeLock('ofd', false),
  [COMMANDS.F_OFD_SETLKW]: changeLock('ofd', true),
  [COMMANDS.F_GETOWN]: (_k, { file }) => file.owner,
  [COMMANDS.F_SETOWN]: (_k, { file, int }) => {
    file.owner = int;
    return 0;
  },
  [COMMANDS.F_GETSIG]: () => 0,
  [COMMANDS.F_SETSIG]: (_k, { int }) => (int === 0 ? 0 : 'EINVAL'),
  [COMMANDS.F_GETLEASE]: () => F_UNLCK,
  [COMMANDS.F_DUPFD_QUERY]: (k, { file, int }) => (fileAt(k.vfs, k.files, int) === file ? 1 : 0),
  [COMMANDS.F_SETPIPE_SZ]: setPipeSize,
  [COMMANDS.F_GETPIPE_SZ]: (k, { file }) =>
    file.kind === 'pipe' ? Math.min(pipeOf(k.vfs, file.channel).capacity, 65536) : 'EBADF',
  [COMMANDS.F_ADD_SEALS]: (k, { file, int }) => addSeals(k.vfs, file, int),
  [COMMANDS.F_GET_SEALS]: (k, { file }) => sealsOf(k.vfs, file),
};

/** What may be asked of a file opened with O_PATH (man 2 open). */
const ON_PATHS: ReadonlySet<number> = new Set([
  COMMANDS.F_DUPFD,
  COMMANDS.F_DUPFD_CLOEXEC,
  COMMANDS.F_GETFD,
  COMMANDS.F_SETFD,
  COMMANDS.F_GETFL,
  COMMANDS.F_DUPFD_QUERY,
]);

/** The third argument: a flag word for the commands that take one, an int or address otherwise. */
const argument: Arg<number> = {
  decode: unsigned64,
  show(value, k, result) {
    const command = k.call.words[2]!;
    if (command === COMMANDS.F_SETFD) return flags({ FD_CLOEXEC }).show(value, k, result);
    if (command === COMMANDS.F_SETFL) return flags(O_FLAGS).show(value, k, result);
    return value > 0xffff ? `0x${value.toString(16)}` : String(value | 0);
  },
};
const { O_ACCMODE: _mode, O_RDONLY: _read, ...O_FLAGS } = O;

export const fcntl = syscall({
  nr: 25,
  name: 'fcntl',
  args: [fd, oneOf(COMMANDS), argument],
  errors: ['EAGAIN', 'EBADF', 'EBUSY', 'EFAULT', 'EINTR', 'EINVAL', 'EMFILE', 'EOVERFLOW', 'EPERM'],
  interrupted: 'ERESTARTSYS',
  support: {
    partial: 'no leases, no signal-driven input and output, no detection of deadlocks between locks',
  },
  run(k, number, command, value) {
    const file = fileAt(k.vfs, k.files, number);
    if (file === undefined || (file.kind === 'path' && !ON_PATHS.has(command))) return 'EBADF';
    const int = k.call.words[4]!;
    return RUN[command]?.(k, { fd: number, file, argument: value, int }) ?? 'EINVAL';
  },
});

const LOCK = { LOCK_SH: 1, LOCK_EX: 2, LOCK_NB: 4, LOCK_UN: 8, LOCK_MAND: 32 };

export const flock = syscall({
  nr: 32,
  name: 'flock',
  args: [fd, flags(LOCK)],
  errors: ['EAGAIN', 'EBADF', 'EINTR', 'EINVAL'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, operation) {
    const file = openFile(k, number);
    if (file === undefined) return 'EBADF';
    // Mandatory locks have gone from Linux; asking for one does nothing.
    if (operation & LOCK.LOCK_MAND) return 0;
    const type = [
      undefined,
      F_RDLCK,
      F_WRLCK,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      F_UNLCK,
    ][operation & ~LOCK.LOCK_NB];
    if (type === undefined) return 'EINVAL';
    if (file.inode === 0) return 'EBADF';
    const wanted: FileLock = {
      family: 'flock',
      owner: file.id,
      exclusive: type === F_WRLCK,
      start: 0,
      end: Infinity,
    };
    return lock(k, file, { type, lock: wanted }, (operation & LOCK.LOCK_NB) === 0);
  },
});

export const FCNTL_CALLS = [fcntl, flock];
