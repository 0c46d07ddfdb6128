/** Advisory locks: fcntl's lock commands and flock. Linux: fs/locks.c. */
import type { Errno } from '../abi/index.ts';
import { type Kernel, syscall, type Tgid } from '../kernel/index.ts';
import {
  clearLock,
  type FileLock,
  inodeOf,
  lockedInode,
  lockInTheWay,
  lockQueue,
  type OpenFile,
  type Outcome,
  reads,
  setLock,
  writes,
} from '../vfs/index.ts';
import { fd, flags } from './args.ts';
import { openFile } from './file.ts';

/** The file of a lock command, and where its struct flock lies. */
interface Call {
  readonly file: OpenFile;
  readonly argument: number;
}

type Run = (k: Kernel, call: Call) => Outcome;

const F_RDLCK = 0;
const F_WRLCK = 1;
/** No lock: what F_GETLK finds, and what gives one up. */
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
  const size = file.inode === 0 ? 0 : inodeOf(k.vfs, file.inode).size;
  const base = [0, file.pos, size][whence];
  if (base === undefined) return 'EINVAL';
  const from = base + start;
  const [first, end] = length < 0 ? [from + length, from] : [from, length === 0 ? Infinity : from + length];
  if (first < 0) return 'EINVAL';
  if (end !== Infinity && end > 2 ** 63) return 'EOVERFLOW';
  const owner = family === 'posix' ? k.group.tgid : file.id;
  return { type, lock: { family, owner, exclusive: type === F_WRLCK, start: first, end } };
}

/** F_GETLK, F_OFD_GETLK: what stands in the way of a lock. */
export const getLock =
  (family: 'posix' | 'ofd'): Run =>
  (k, call) => {
    const asked = readFlock(k, call, family);
    if (typeof asked === 'string') return asked;
    if (asked.type === F_UNLCK) return 'EINVAL';
    const { argument: addr, file } = call;
    const held = lockInTheWay(k.vfs, lockedInode(file), asked.lock);
    if (held === undefined) return k.user.writeU16(addr, F_UNLCK) ? 0 : 'EFAULT';
    const written =
      k.user.writeU16(addr, held.exclusive ? F_WRLCK : F_RDLCK) &&
      k.user.writeU16(addr + 2, 0) &&
      k.user.writeU64(addr + 8, held.start) &&
      k.user.writeU64(addr + 16, held.end === Infinity ? 0 : held.end - held.start) &&
      k.user.writeU32(addr + 24, held.family === 'posix' ? held.owner : -1 >>> 0);
    return written ? 0 : 'EFAULT';
  };

/** F_SETLK, F_SETLKW and their OFD forms. */
export const changeLock =
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
  const inode = lockedInode(file);
  if (type === F_UNLCK) {
    clearLock(k.vfs, inode, wanted);
    return 0;
  }
  const held = lockInTheWay(k.vfs, inode, wanted);
  if (held === undefined) {
    setLock(k.vfs, inode, wanted);
    return 0;
  }
  if (waits && wanted.family === 'posix') {
    if (isDeadlock(k, held, wanted.owner)) return 'EDEADLK';
    k.call.note = ownerOf(held);
  }
  return waits ? k.waitOn('file-lock', [lockQueue(k.vfs, inode)], inode) : 'EAGAIN';
}

/** The process that holds a lock of fcntl's first family; 0 for others. A call that waits for it keeps it in its note. */
const ownerOf = ({ family, owner }: FileLock): number => (family === 'posix' ? owner : 0);

/** Linux looks no further. */
const MAX_DEADLK_ITERATIONS = 10;

/** Does the holder of a lock, or whom that one waits for, wait for the caller? Linux: posix_locks_deadlock(). */
function isDeadlock(k: Kernel, held: FileLock, caller: number): boolean {
  let owner = ownerOf(held);
  for (let i = 0; i <= MAX_DEADLK_ITERATIONS && owner !== 0; i++) {
    const { threads } = k.groups.get(owner as Tgid)!;
    const waiting = [...threads].map((tid) => k.tasks.get(tid)!).find(({ wait }) => wait?.on === 'file-lock');
    owner = waiting?.call?.note ?? 0;
    if (owner === caller) return true;
  }
  return false;
}

const LOCK = {
  LOCK_SH: 1,
  LOCK_EX: 2,
  LOCK_NB: 4,
  LOCK_UN: 8,
  LOCK_MAND: 32,
  LOCK_READ: 64,
  LOCK_WRITE: 128,
};

export const flock = syscall({
  nr: 32,
  name: 'flock',
  args: [fd, flags(LOCK)],
  errors: ['EAGAIN', 'EBADF', 'EINTR', 'EINVAL'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, operation) {
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
    const file = openFile(k, number);
    if (file === undefined) return 'EBADF';
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

export const LOCK_CALLS = [flock];
