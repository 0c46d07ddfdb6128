/** fcntl: flags of descriptors and files, locks (lock.ts), pipe sizes, seals. Linux: fs/fcntl.c. */
import { CAP, O } from '../abi/index.ts';
import { capable, type Kernel, syscall } from '../kernel/index.ts';
import {
  addSeals,
  dupFd,
  fileAt,
  type Inode,
  leaseOf,
  type OpenFile,
  type Outcome,
  owns,
  pipeOf,
  sealsOf,
  setCloseOnExec,
  setLease,
  setPipeCapacity,
} from '../vfs/index.ts';
import { fd, oneOf } from './args.ts';
import { listen, OWNER_COMMANDS, own } from './fcntl-owner.ts';
import { changeLock, getLock } from './lock.ts';
import { fcntlArgument, fcntlResult } from './text/fcntl.ts';

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
  F_CREATED_QUERY: 1028,
  F_DUPFD_CLOEXEC: 1030,
  F_SETPIPE_SZ: 1031,
  F_GETPIPE_SZ: 1032,
  F_ADD_SEALS: 1033,
  F_GET_SEALS: 1034,
  F_GET_RW_HINT: 1035,
  F_SET_RW_HINT: 1036,
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
const SETTABLE = O.O_APPEND | O.O_NONBLOCK | O.O_DIRECT | O.O_NOATIME;

const dupFrom =
  (cloexec: boolean): Run =>
  (k, { fd: number, int }) =>
    int < 0 || int >= k.vfs.host.limit('nofile') ? 'EINVAL' : dupFd(k.vfs, k.files, number, int, cloexec);

const setPipeSize: Run = (k, { file, int }) => {
  if (file.kind !== 'pipe') return 'EBADF';
  const pipe = pipeOf(k.vfs, file.channel);
  const size = setPipeCapacity(k.vfs, pipe, int);
  if (typeof size === 'number') k.wake(pipe.writeQueue);
  return size;
};

const inodeAt = (k: Kernel, { inode }: OpenFile): Inode | null =>
  inode === 0 ? null : (k.vfs.inodes.get(inode) ?? null);

/** RWH_WRITE_LIFE_EXTREME, the last. */
const LAST_HINT = 5;

const setHint: Run = (k, { file, argument }) => {
  const inode = inodeAt(k, file);
  const hint = k.user.readU64(argument);
  if (inode === null) return 'EINVAL';
  if (!owns(inode, k.task.credentials)) return 'EPERM';
  if (hint === undefined) return 'EFAULT';
  if (hint > LAST_HINT) return 'EINVAL';
  inode.writeHint = hint;
  return 0;
};

const F_UNLCK = 2;

/** Who asks for a lease is told when it is broken, unless somebody else is. */
const askLease: Run = (k, { fd: number, file, int }) => {
  if (int < 0 || int > F_UNLCK) return 'EINVAL';
  // Linux's one anonymous inode is root's.
  const isRoots = file.inode === 0 && file.kind !== 'pipe' && file.kind !== 'socket';
  if (isRoots && k.task.credentials.fsuid !== 0 && !capable(k, CAP.CAP_LEASE)) return 'EACCES';
  const result = setLease(k.vfs, file, inodeAt(k, file), int);
  if (result === 0 && !file.async?.id) own(k, file, number);
  return result;
};

const RUN: Partial<Readonly<Record<number, Run>>> = {
  [COMMANDS.F_DUPFD]: dupFrom(false),
  [COMMANDS.F_DUPFD_CLOEXEC]: dupFrom(true),
  [COMMANDS.F_GETFD]: (k, call) => (k.files.fds[call.fd]!.cloexec ? FD_CLOEXEC : 0),
  [COMMANDS.F_SETFD]: (k, call) => {
    setCloseOnExec(k.files, call.fd, (call.int & FD_CLOEXEC) !== 0);
    return 0;
  },
  [COMMANDS.F_GETFL]: (_k, { file }) => file.flags,
  [COMMANDS.F_SETFL]: (k, { fd: number, file, int }) => {
    const inode = file.inode === 0 ? undefined : k.vfs.inodes.get(file.inode);
    const asks = int & ~file.flags & O.O_NOATIME;
    if (asks !== 0 && inode !== undefined && !owns(inode, k.task.credentials)) return 'EPERM';
    file.flags = (file.flags & ~SETTABLE) | (int & SETTABLE);
    listen(k, file, number, (int & O.O_ASYNC) !== 0);
    return 0;
  },
  [COMMANDS.F_GETLK]: getLock('posix'),
  [COMMANDS.F_SETLK]: changeLock('posix', false),
  [COMMANDS.F_SETLKW]: changeLock('posix', true),
  [COMMANDS.F_OFD_GETLK]: getLock('ofd'),
  [COMMANDS.F_OFD_SETLK]: changeLock('ofd', false),
  [COMMANDS.F_OFD_SETLKW]: changeLock('ofd', true),
  ...OWNER_COMMANDS,
  [COMMANDS.F_GETLEASE]: (k, { file }) => leaseOf(k.vfs, file),
  [COMMANDS.F_SETLEASE]: (k, call) => askLease(k, call),
  [COMMANDS.F_CREATED_QUERY]: (_k, { file }) => (file.wasCreated ? 1 : 0),
  [COMMANDS.F_GET_RW_HINT]: (k, { file, argument }) => {
    const inode = inodeAt(k, file);
    if (inode === null) return 'EINVAL';
    return k.user.writeU64(argument, inode.writeHint) ? 0 : 'EFAULT';
  },
  [COMMANDS.F_SET_RW_HINT]: setHint,
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

export const fcntl = syscall({
  nr: 25,
  name: 'fcntl',
  args: [fd, oneOf(COMMANDS, 'F_???'), fcntlArgument],
  result: fcntlResult,
  errors: [
    'EACCES',
    'EAGAIN',
    'EBADF',
    'EBUSY',
    'EDEADLK',
    'EFAULT',
    'EINTR',
    'EINVAL',
    'EMFILE',
    'ENOTDIR',
    'EOVERFLOW',
    'EPERM',
    'ESRCH',
  ],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, command, value) {
    const file = fileAt(k.vfs, k.files, number);
    if (file === undefined || (file.kind === 'path' && !ON_PATHS.has(command))) return 'EBADF';
    const int = k.call.words[4]!;
    return RUN[command]?.(k, { fd: number, file, argument: value, int }) ?? 'EINVAL';
  },
});

export const FCNTL_CALLS = [fcntl];
