/** Calls on descriptors and positions: close, dup, lseek, pipe2, and those that sync or advise. */
import { O } from '../abi/index.ts';
import { type Kernel, syscall, useTables } from '../kernel/index.ts';
import {
  closeFd,
  diskFlush,
  dupFd,
  dupTo,
  fileAt,
  installPair,
  mayMakePipe,
  newPipe,
  type OpenFile,
  type Outcome,
  setCloseOnExec,
} from '../vfs/index.ts';
import { fd, flags, long, oneOf, size, struct, uint } from './args.ts';
import { fileFor, openFile } from './file.ts';
import { pipeFlags } from './text/file.ts';
import { ownFiles } from './unshare.ts';

export const close = syscall({
  nr: 57,
  name: 'close',
  args: [fd],
  errors: ['EBADF'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, number) => closeFd(k.vfs, k.files, number) ?? 0,
});

const CLOSE_RANGE = { CLOSE_RANGE_UNSHARE: 2, CLOSE_RANGE_CLOEXEC: 4 };

export const closeRange = syscall({
  nr: 436,
  name: 'close_range',
  args: [uint, uint, flags(CLOSE_RANGE)],
  errors: ['EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, first, last, bits) {
    const known = CLOSE_RANGE.CLOSE_RANGE_UNSHARE | CLOSE_RANGE.CLOSE_RANGE_CLOEXEC;
    if ((bits & ~known) !== 0 || first > last) return 'EINVAL';
    if (bits & CLOSE_RANGE.CLOSE_RANGE_UNSHARE) {
      ownFiles(k);
      useTables(k);
    }
    for (let number = Math.min(last, k.files.fds.length - 1); number >= first; number--) {
      const entry = k.files.fds[number];
      if (entry == null) continue;
      if (bits & CLOSE_RANGE.CLOSE_RANGE_CLOEXEC) setCloseOnExec(k.files, number, true);
      else closeFd(k.vfs, k.files, number);
    }
    return 0;
  },
});

export const dup = syscall({
  nr: 23,
  name: 'dup',
  args: [fd],
  errors: ['EBADF', 'EMFILE'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, number) => dupFd(k.vfs, k.files, number),
});

export const dup3 = syscall({
  nr: 24,
  name: 'dup3',
  args: [fd, fd, flags({ O_CLOEXEC: O.O_CLOEXEC })],
  errors: ['EBADF', 'EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, from, to, bits) {
    if ((bits & ~O.O_CLOEXEC) !== 0 || from === to) return 'EINVAL';
    return dupTo(k.vfs, k.files, from, to, bits !== 0);
  },
});

/** Files without positions that do not mind (Linux: noop_llseek). */
const STAYS: ReadonlySet<string> = new Set(['timerfd', 'eventfd', 'signalfd', 'epoll']);

export const lseek = syscall({
  nr: 62,
  name: 'lseek',
  args: [fd, long, oneOf({ SEEK_SET: 0, SEEK_CUR: 1, SEEK_END: 2, SEEK_DATA: 3, SEEK_HOLE: 4 })],
  errors: ['EBADF', 'EINVAL', 'ENXIO', 'EOVERFLOW', 'ESPIPE'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, offset, whence) {
    const file = openFile(k, number);
    if (file === undefined) return 'EBADF';
    if (whence < 0 || whence > 4) return 'EINVAL';
    if (STAYS.has(file.kind)) return file.pos;
    return k.vfs.ops[file.kind].seek?.(k.vfs, file, offset, whence) ?? 'ESPIPE';
  },
});

/** `[3, 4]`: two descriptors a call delivered. */
export const outPair = struct((k, addr) => {
  const [first, second] = [k.user.readI32(addr), k.user.readI32(addr + 4)];
  return first === undefined || second === undefined ? null : `[${first}, ${second}]`;
}, 'after');

/** Tells the caller two new descriptors; takes them back when it cannot be told. */
export function givePair(
  k: Kernel,
  addr: number,
  pair: readonly [number, number] | 'EMFILE' | 'ENFILE',
): Outcome {
  if (typeof pair === 'string') return pair;
  if (k.user.writeU32(addr, pair[0]) && k.user.writeU32(addr + 4, pair[1])) return 0;
  for (const number of pair) closeFd(k.vfs, k.files, number);
  return 'EFAULT';
}

const SYNC_RANGE = {
  SYNC_FILE_RANGE_WAIT_BEFORE: 1,
  SYNC_FILE_RANGE_WRITE: 2,
  SYNC_FILE_RANGE_WAIT_AFTER: 4,
};

export const pipe2 = syscall({
  nr: 59,
  name: 'pipe2',
  args: [outPair, pipeFlags],
  errors: ['EFAULT', 'EINVAL', 'EMFILE', 'ENFILE'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, addr, bits) {
    if ((bits & ~(O.O_CLOEXEC | O.O_NONBLOCK | O.O_DIRECT)) !== 0) return 'EINVAL';
    if (!mayMakePipe(k.vfs)) return 'ENFILE';
    const files = newPipe(k.vfs, bits);
    return givePair(k, addr, installPair(k.vfs, k.files, files, (bits & O.O_CLOEXEC) !== 0));
  },
});

/** Waits one service time of the disk, if it has one. */
function flush(k: Kernel): Outcome {
  if (k.call.note !== 0) return 0;
  const wait = diskFlush(k.vfs);
  if (wait === null) return 0;
  k.call.note = 1;
  return wait;
}

const isSyncable = (file: OpenFile) => file.kind === 'regular' || file.kind === 'directory';

const syncFile = (nr: number, name: string) =>
  syscall({
    nr,
    name,
    args: [fd],
    errors: ['EBADF', 'EINVAL'],
    interrupted: 'never blocks',
    support: 'full',
    run(k, number) {
      const file = openFile(k, number);
      if (file === undefined) return 'EBADF';
      return isSyncable(file) ? flush(k) : 'EINVAL';
    },
  });

export const fsync = syncFile(82, 'fsync');
export const fdatasync = syncFile(83, 'fdatasync');

export const sync = syscall({
  nr: 81,
  name: 'sync',
  args: [],
  errors: [],
  interrupted: 'never blocks',
  support: 'full',
  run: flush,
});

export const syncfs = syscall({
  nr: 267,
  name: 'syncfs',
  args: [fd],
  errors: ['EBADF'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, number) => (openFile(k, number) === undefined ? 'EBADF' : flush(k)),
});

export const syncFileRange = syscall({
  nr: 84,
  name: 'sync_file_range',
  args: [fd, long, long, flags(SYNC_RANGE)],
  errors: ['EBADF', 'EINVAL', 'ESPIPE'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, offset, length, bits) {
    const file = openFile(k, number);
    if (file === undefined) return 'EBADF';
    const isTooFar = offset + length >= 2 ** 63;
    if ((bits & ~7) !== 0 || offset < 0 || length < 0 || isTooFar) return 'EINVAL';
    return isSyncable(file) ? flush(k) : 'ESPIPE';
  },
});

export const readahead = syscall({
  nr: 213,
  name: 'readahead',
  args: [fd, long, size],
  errors: ['EBADF', 'EINVAL'],
  interrupted: 'never blocks',
  support: { partial: 'a hint that changes nothing: pages come with the read' },
  run(k, number) {
    const file = fileFor(k, number, 'read');
    if (file === undefined) return 'EBADF';
    return file.kind === 'regular' ? 0 : 'EINVAL';
  },
});

const ADVICE = {
  POSIX_FADV_NORMAL: 0,
  POSIX_FADV_RANDOM: 1,
  POSIX_FADV_SEQUENTIAL: 2,
  POSIX_FADV_WILLNEED: 3,
  POSIX_FADV_DONTNEED: 4,
  POSIX_FADV_NOREUSE: 5,
};

export const fadvise64 = syscall({
  nr: 223,
  name: 'fadvise64',
  args: [fd, long, long, oneOf(ADVICE)],
  errors: ['EBADF', 'EINVAL', 'ESPIPE'],
  interrupted: 'never blocks',
  support: { partial: 'a hint that changes nothing' },
  run(k, number, _offset, length, advice) {
    const file = fileAt(k.vfs, k.files, number);
    if (file === undefined || file.kind === 'path') return 'EBADF';
    if (file.kind === 'pipe') return 'ESPIPE';
    return length < 0 || advice < 0 || advice > 5 ? 'EINVAL' : 0;
  },
});

export const FD_CALLS = [
  close,
  closeRange,
  dup,
  dup3,
  lseek,
  pipe2,
  fsync,
  fdatasync,
  sync,
  syncfs,
  syncFileRange,
  readahead,
  fadvise64,
];
