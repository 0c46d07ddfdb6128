/** read, write and their vector and positioned forms. Linux: fs/read_write.c. */
import { type Errno, O } from '../abi/index.ts';
import { type Arg, type Kernel, syscall } from '../kernel/index.ts';
import { type OpenFile, type Outcome, OWN_POSITION, type Transfer } from '../vfs/index.ts';
import { fd, flags, inBuffer, int, long, outBuffer, quote, size, struct } from './args.ts';
import { fileFor, isNegative, MAX_BYTES, openFile } from './file.ts';

type Direction = 'read' | 'write';

interface Range {
  readonly addr: number;
  readonly length: number;
}

/** One run of a call that moves bytes. What a waiting call has moved already is kept in `progress`. */
function move(
  k: Kernel,
  file: OpenFile,
  what: Direction,
  bytes: Transfer,
  at: number,
  isPatient = true,
): Outcome {
  const before = bytes.left;
  const from = at === OWN_POSITION ? at : at + k.call.progress;
  const result = k.vfs.ops[file.kind][what](k.vfs, file, bytes, from);
  if (typeof result === 'number') return k.call.progress + result;
  if (typeof result === 'object') {
    k.call.progress += before - bytes.left;
    if (isPatient) return result;
  }
  if (k.call.progress > 0) return k.call.progress;
  return typeof result === 'object' ? 'EAGAIN' : result;
}

/** The plain forms: one buffer. */
function moveOne(
  k: Kernel,
  file: OpenFile,
  what: Direction,
  addr: number,
  length: number,
  at: number,
): Outcome {
  const { progress } = k.call;
  return move(k, file, what, k.transfer(addr + progress, Math.min(length, MAX_BYTES) - progress), at);
}

/** The file of a positioned call, or why there is none, in Linux's order. */
function positioned(k: Kernel, number: number, what: Direction, at: number): OpenFile | Errno {
  if (at < 0) return 'EINVAL';
  const file = openFile(k, number);
  if (file === undefined) return 'EBADF';
  if (k.vfs.ops[file.kind].seek === null) return 'ESPIPE';
  return fileFor(k, number, what) ?? 'EBADF';
}

const READ_ERRORS = ['EAGAIN', 'EBADF', 'EFAULT', 'EINTR', 'EINVAL', 'EIO', 'EISDIR', 'ESRCH'] as const;
const SOCKET_READ_ERRORS = ['ECONNREFUSED', 'ECONNRESET', 'ENOTCONN'] as const;
const WRITE_ERRORS = [
  'EACCES',
  'EAGAIN',
  'EBADF',
  'EFAULT',
  'EFBIG',
  'EINTR',
  'EINVAL',
  'EIO',
  'ENOSPC',
  'EPERM',
  'EPIPE',
  'ESRCH',
] as const;
const SOCKET_WRITE_ERRORS = ['ECONNREFUSED', 'ECONNRESET', 'EDESTADDRREQ', 'EMSGSIZE', 'ENOTCONN'] as const;

export const read = syscall({
  nr: 63,
  name: 'read',
  args: [fd, outBuffer, size],
  errors: [...READ_ERRORS, ...SOCKET_READ_ERRORS],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length) {
    const file = fileFor(k, number, 'read');
    if (file === undefined) return 'EBADF';
    return isNegative(length) ? 'EINVAL' : moveOne(k, file, 'read', addr, length, OWN_POSITION);
  },
});

export const write = syscall({
  nr: 64,
  name: 'write',
  args: [fd, inBuffer, size],
  errors: [...WRITE_ERRORS, ...SOCKET_WRITE_ERRORS],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length) {
    const file = fileFor(k, number, 'write');
    if (file === undefined) return 'EBADF';
    return isNegative(length) ? 'EINVAL' : moveOne(k, file, 'write', addr, length, OWN_POSITION);
  },
});

export const pread64 = syscall({
  nr: 67,
  name: 'pread64',
  args: [fd, outBuffer, size, long],
  errors: [...READ_ERRORS, 'ESPIPE'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length, at) {
    const file = positioned(k, number, 'read', at);
    if (typeof file === 'string') return file;
    return isNegative(length) ? 'EINVAL' : moveOne(k, file, 'read', addr, length, at);
  },
});

export const pwrite64 = syscall({
  nr: 68,
  name: 'pwrite64',
  args: [fd, inBuffer, size, long],
  errors: [...WRITE_ERRORS, 'ESPIPE'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length, at) {
    const file = positioned(k, number, 'write', at);
    if (typeof file === 'string') return file;
    return isNegative(length) ? 'EINVAL' : moveOne(k, file, 'write', addr, length, at);
  },
});

/** Linux: UIO_MAXIOV. */
const MAX_RANGES = 1024;
const IOVEC = 16;

/** struct iovec[count] of the caller, cut at the most bytes a call moves. Linux: import_iovec. */
export function readRanges(k: Kernel, addr: number, count: number): Range[] | 'EINVAL' | 'EFAULT' {
  if (count < 0 || count > MAX_RANGES) return 'EINVAL';
  const ranges: Range[] = [];
  let room = MAX_BYTES;
  for (let i = 0; i < count; i++) {
    const base = k.user.readU64(addr + i * IOVEC);
    const length = k.user.readU64(addr + i * IOVEC + 8);
    if (base === undefined || length === undefined) return 'EFAULT';
    if (isNegative(length)) return 'EINVAL';
    ranges.push({ addr: base, length: Math.min(length, room) });
    room -= Math.min(length, room);
  }
  return ranges;
}

/** The ranges without what was moved before the call had to wait. */
function remaining(ranges: readonly Range[], done: number): readonly Range[] {
  if (done === 0) return ranges;
  let skip = done;
  return ranges.map(({ addr, length }) => {
    const skipped = Math.min(skip, length);
    skip -= skipped;
    return { addr: addr + skipped, length: length - skipped };
  });
}

interface VectorCall {
  readonly addr: number;
  readonly count: number;
  readonly at: number;
  readonly isPatient: boolean;
}

function moveVector(k: Kernel, file: OpenFile, what: Direction, call: VectorCall): Outcome {
  const ranges = readRanges(k, call.addr, call.count);
  if (typeof ranges === 'string') return ranges;
  const transfer = k.transferVector(remaining(ranges, k.call.progress));
  return move(k, file, what, transfer, call.at, call.isPatient);
}

/** `[{iov_base="text", iov_len=4}, …]`; what was read is cut at the result. */
function rangesText(k: Kernel, addr: number, count: number, moved: number): string | null {
  const ranges = readRanges(k, addr, count);
  if (typeof ranges === 'string') return null;
  let left = moved;
  const shown = ranges.map(({ addr: base, length }) => {
    const known = Math.max(0, Math.min(left, length));
    left -= length;
    const bytes = new Uint8Array(Math.min(known, SHOWN_BYTES));
    const text = k.user.copyIn(base, bytes)
      ? quote(String.fromCharCode(...bytes)) + (known > SHOWN_BYTES ? '...' : '')
      : `0x${base.toString(16)}`;
    return `{iov_base=${text}, iov_len=${length}}`;
  });
  return `[${shown.join(', ')}]`;
}
const SHOWN_BYTES = 32;

const countOf = (k: Kernel) => k.call.words[4]!;
export const inVector: Arg<number> = struct((k, addr) =>
  rangesText(k, addr, countOf(k), Number.POSITIVE_INFINITY),
);
const outVector: Arg<number> = {
  ...inVector,
  when: 'after',
  show: (addr, k, result) =>
    rangesText(k, addr, countOf(k), typeof result === 'number' ? result : 0) ?? `0x${addr.toString(16)}`,
};

export const readv = syscall({
  nr: 65,
  name: 'readv',
  args: [fd, outVector, int],
  errors: [...READ_ERRORS, ...SOCKET_READ_ERRORS],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, count) {
    const file = fileFor(k, number, 'read');
    if (file === undefined) return 'EBADF';
    return moveVector(k, file, 'read', { addr, count, at: OWN_POSITION, isPatient: true });
  },
});

export const writev = syscall({
  nr: 66,
  name: 'writev',
  args: [fd, inVector, int],
  errors: [...WRITE_ERRORS, ...SOCKET_WRITE_ERRORS],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, count) {
    const file = fileFor(k, number, 'write');
    if (file === undefined) return 'EBADF';
    return moveVector(k, file, 'write', { addr, count, at: OWN_POSITION, isPatient: true });
  },
});

export const preadv = syscall({
  nr: 69,
  name: 'preadv',
  args: [fd, outVector, int, long],
  errors: [...READ_ERRORS, 'ESPIPE'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, count, at) {
    const file = positioned(k, number, 'read', at);
    return typeof file === 'string'
      ? file
      : moveVector(k, file, 'read', { addr, count, at, isPatient: true });
  },
});

export const pwritev = syscall({
  nr: 70,
  name: 'pwritev',
  args: [fd, inVector, int, long],
  errors: [...WRITE_ERRORS, 'ESPIPE'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, count, at) {
    const file = positioned(k, number, 'write', at);
    return typeof file === 'string'
      ? file
      : moveVector(k, file, 'write', { addr, count, at, isPatient: true });
  },
});

const RWF = { RWF_HIPRI: 1, RWF_DSYNC: 2, RWF_SYNC: 4, RWF_NOWAIT: 8, RWF_APPEND: 16 };
const KNOWN_RWF = 31;

/** preadv2 and pwritev2: position -1 is the file's own, flags hold for this call only. */
function moveWith(k: Kernel, number: number, what: Direction, call: VectorCall, bits: number): Outcome {
  const own = call.at === OWN_POSITION;
  const file = own ? (fileFor(k, number, what) ?? 'EBADF') : positioned(k, number, what, call.at);
  if (typeof file === 'string') return file;
  if ((bits & ~KNOWN_RWF) !== 0) return 'EOPNOTSUPP';
  const before = file.flags;
  if (bits & RWF.RWF_APPEND) file.flags |= O.O_APPEND;
  const result = moveVector(k, file, what, { ...call, isPatient: (bits & RWF.RWF_NOWAIT) === 0 });
  file.flags = before;
  return result;
}

export const preadv2 = syscall({
  nr: 286,
  name: 'preadv2',
  args: [fd, outVector, int, long, long, flags(RWF)],
  errors: [...READ_ERRORS, ...SOCKET_READ_ERRORS, 'EOPNOTSUPP', 'ESPIPE'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run: (k, number, addr, count, at, _high, bits) =>
    moveWith(k, number, 'read', { addr, count, at, isPatient: true }, bits),
});

export const pwritev2 = syscall({
  nr: 287,
  name: 'pwritev2',
  args: [fd, inVector, int, long, long, flags(RWF)],
  errors: [...WRITE_ERRORS, ...SOCKET_WRITE_ERRORS, 'EOPNOTSUPP', 'ESPIPE'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run: (k, number, addr, count, at, _high, bits) =>
    moveWith(k, number, 'write', { addr, count, at, isPatient: true }, bits),
});

export const READ_WRITE_CALLS = [
  read,
  write,
  pread64,
  pwrite64,
  readv,
  writev,
  preadv,
  pwritev,
  preadv2,
  pwritev2,
];
