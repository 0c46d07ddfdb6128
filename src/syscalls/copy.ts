/**
 * Moving bytes between files without the caller's memory: sendfile, copy_file_range. Linux: fs/read_write.c. The kernel's own buffer goes between; what the second file did not take stays in the first.
 */
import { type Errno, O } from '../abi/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import {
  BufferTransfer,
  inodeOf,
  maySplice,
  type OpenFile,
  type Outcome,
  OWN_POSITION,
  PIECE,
  pause,
  reads,
  tellMoved,
  type Wait,
  writes,
} from '../vfs/index.ts';
import { fd, size, uint } from './args.ts';
import { fileFor, isNegative, MAX_BYTES, openFile } from './file.ts';
import { movedOffset, offset } from './text/file.ts';

/** Bytes between the two files at once. */
export const CHUNK = 65536;

/** A file with the position that a call keeps in the caller's memory (`addr`), or in the file itself (0). */
export interface End {
  readonly file: OpenFile;
  readonly addr: number;
}

/** The position an end is at; a pipe's or socket's is its own. */
export function positionOf(k: Kernel, { addr }: End): number | Errno {
  if (addr === 0) return OWN_POSITION;
  const at = k.user.readI64(addr);
  if (at === undefined) return 'EFAULT';
  return at < 0 ? 'EINVAL' : at;
}

/** Moves an end on by what was read from it or written to it. */
export function advance(k: Kernel, end: End, count: number): boolean {
  if (end.addr === 0) return true;
  return k.user.writeU64(end.addr, k.user.readI64(end.addr)! + count);
}

/** Writes bytes out; gives how many went, and what stood in the way of the rest. */
export function writeOut(
  k: Kernel,
  to: End,
  bytes: Uint8Array,
): { readonly done: number; readonly stopped: Errno | Wait | null } {
  const at = positionOf(k, to);
  if (typeof at === 'string') return { done: 0, stopped: at };
  const transfer = new BufferTransfer(bytes);
  const result = k.vfs.ops[to.file.kind].write(k.vfs, to.file, transfer, at);
  const done = typeof result === 'number' ? result : bytes.length - transfer.left;
  if (!advance(k, to, done)) return { done, stopped: 'EFAULT' };
  return { done, stopped: typeof result === 'number' ? null : result };
}

/** One chunk from a file with positions: what the other end took counts as read. */
function moveChunk(k: Kernel, from: End, to: End, length: number): number | Errno | Wait {
  const at = positionOf(k, from);
  if (typeof at === 'string') return at;
  const start = at === OWN_POSITION ? from.file.pos : at;
  const buffer = new Uint8Array(Math.min(length, CHUNK));
  const got = k.vfs.ops[from.file.kind].read(k.vfs, from.file, new BufferTransfer(buffer), start);
  if (typeof got !== 'number' || got === 0) return got;
  const { done, stopped } = writeOut(k, to, buffer.subarray(0, got));
  if (done > 0) {
    tellMoved(k.vfs, from.file, 'read');
    tellMoved(k.vfs, to.file, 'write');
  }
  if (from.addr === 0) from.file.pos = start + done;
  else if (!advance(k, from, done)) return 'EFAULT';
  k.call.progress += done;
  return stopped ?? done;
}

/** Moves up to `length` bytes; what was moved before a wait is in `progress`, the positions are up to date. */
function moveAll(k: Kernel, from: End, to: End, length: number): Outcome {
  const end = k.call.progress + PIECE;
  while (k.call.progress < length) {
    if (k.call.progress >= end) return pause(k.vfs);
    const step = moveChunk(k, from, to, length - k.call.progress);
    if (typeof step === 'object') return step;
    if (typeof step === 'string') return k.call.progress > 0 ? k.call.progress : step;
    if (step === 0) break;
  }
  return k.call.progress;
}

/** What writing to the second file may end with. */
export const WRITE_ERRORS = [
  'EAGAIN',
  'ECONNRESET',
  'EDESTADDRREQ',
  'EFBIG',
  'EIO',
  'EMSGSIZE',
  'ENOBUFS',
  'ENOSPC',
  'ENOTCONN',
  'EPERM',
  'EPIPE',
  'ESRCH',
  'EACCES',
] as const;

export const sendfile = syscall({
  nr: 71,
  name: 'sendfile',
  args: [fd, fd, movedOffset, size],
  errors: ['EBADF', 'EFAULT', 'EINTR', 'EINVAL', 'ESPIPE', ...WRITE_ERRORS],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, outFd, inFd, offset, length) {
    if (offset !== 0 && k.user.readI64(offset) === undefined) return 'EFAULT';
    const from = fileFor(k, inFd, 'read');
    if (from === undefined) return 'EBADF';
    const isSeekable = k.vfs.ops[from.kind].seek !== null;
    if (!isSeekable && offset !== 0) return 'ESPIPE';
    const at = positionOf(k, { file: from, addr: offset });
    if (typeof at === 'string') return at;
    const to = fileFor(k, outFd, 'write');
    if (to === undefined) return 'EBADF';
    if (length === 0) return 0;
    if (!isSeekable) return 'EINVAL';
    if (!maySplice(k.vfs, from, 'from') || !maySplice(k.vfs, to, 'to')) return 'EINVAL';
    if (isNegative(length) || to.flags & O.O_APPEND) return 'EINVAL';
    return moveAll(k, { file: from, addr: offset }, { file: to, addr: 0 }, Math.min(length, MAX_BYTES));
  },
});

/** Where an end is to begin, which may be before the beginning. */
const startOf = (k: Kernel, { file, addr }: End): number | undefined =>
  addr === 0 ? file.pos : k.user.readI64(addr);

/** Linux: generic_copy_file_checks. */
function mayCopy(k: Kernel, from: End, to: End, length: number): number | Errno {
  const inodes = [from, to].map(({ file }) => (file.inode === 0 ? null : inodeOf(k.vfs, file.inode)));
  if (inodes.some((inode) => inode?.kind === 'directory')) return 'EISDIR';
  if ([from, to].some(({ file }) => file.kind !== 'regular')) return 'EINVAL';
  if (!reads(from.file.flags) || !writes(to.file.flags) || to.file.flags & O.O_APPEND) return 'EBADF';
  const [start, target] = [startOf(k, from), startOf(k, to)];
  if (start === undefined || target === undefined) return 'EFAULT';
  if ((start < 0 && length >= -start) || (target < 0 && length >= -target)) return 'EOVERFLOW';
  if (start < 0 || target < 0) return 'EINVAL';
  const count = Math.min(length, Math.max(0, inodes[0]!.size - start));
  const overlaps = from.file.inode === to.file.inode && start < target + count && target < start + count;
  return overlaps ? 'EINVAL' : count;
}

export const copyFileRange = syscall({
  nr: 285,
  name: 'copy_file_range',
  args: [fd, offset, fd, offset, size, uint],
  errors: ['EBADF', 'EFAULT', 'EINTR', 'EINVAL', 'EISDIR', 'EOVERFLOW', ...WRITE_ERRORS],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, inFd, inOffset, outFd, outOffset, length, bits) {
    const [from, to] = [openFile(k, inFd), openFile(k, outFd)];
    if (from === undefined || to === undefined) return 'EBADF';
    for (const addr of [inOffset, outOffset])
      if (addr !== 0 && k.user.readI64(addr) === undefined) return 'EFAULT';
    if (bits !== 0) return 'EINVAL';
    const ends = [
      { file: from, addr: inOffset },
      { file: to, addr: outOffset },
    ] as const;
    // How much there is to copy is settled at the beginning: a file may grow by its own copy.
    const count = k.call.note > 0 ? k.call.note : mayCopy(k, ...ends, length);
    if (typeof count === 'string' || count === 0) return count;
    k.call.note = count;
    return moveAll(k, ...ends, Math.min(count, MAX_BYTES));
  },
});

export const COPY_CALLS = [sendfile, copyFileRange];
