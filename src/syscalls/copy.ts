/**
 * Moving bytes between files without the caller's memory: sendfile, copy_file_range, splice, tee, vmsplice.
 * Linux: fs/splice.c. The kernel's own buffer goes between; what the second file did not take stays in the first.
 */
import { type Errno, O } from '../abi/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import {
  BufferTransfer,
  drainPipe,
  fillPipe,
  inodeOf,
  type OpenFile,
  type Outcome,
  OWN_POSITION,
  type Pipe,
  pipeOf,
  ringPeek,
  type Wait,
} from '../vfs/index.ts';
import { fd, flags, long, pointer, size, uint } from './args.ts';
import { fileFor, isNegative, MAX_BYTES, openFile } from './file.ts';
import { inVector, readRanges } from './read-write.ts';

const CHUNK = 65536;

/** A file with the position that a call keeps in the caller's memory (`addr`), or in the file itself (0). */
interface End {
  readonly file: OpenFile;
  readonly addr: number;
}

/** The position an end is at; a pipe's or socket's is its own. */
function positionOf(k: Kernel, { addr }: End): number | Errno {
  if (addr === 0) return OWN_POSITION;
  const at = k.user.readI64(addr);
  if (at === undefined) return 'EFAULT';
  return at < 0 ? 'EINVAL' : at;
}

/** Moves an end on by what was read from it or written to it. */
function advance(k: Kernel, end: End, count: number): boolean {
  if (end.addr === 0) return true;
  return k.user.writeU64(end.addr, k.user.readI64(end.addr)! + count);
}

/** Writes bytes out; gives how many went, and what stood in the way of the rest. */
function writeOut(
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
  if (from.addr === 0) from.file.pos = start + done;
  else if (!advance(k, from, done)) return 'EFAULT';
  k.call.progress += done;
  return stopped ?? done;
}

/** Moves up to `length` bytes; what was moved before a wait is in `progress`, the positions are up to date. */
function moveAll(k: Kernel, from: End, to: End, length: number): Outcome {
  while (k.call.progress < length) {
    const step = moveChunk(k, from, to, length - k.call.progress);
    if (typeof step === 'object') return step;
    if (typeof step === 'string') return k.call.progress > 0 ? k.call.progress : step;
    if (step === 0) break;
  }
  return k.call.progress;
}

const WRITE_ERRORS = [
  'EAGAIN',
  'ECONNRESET',
  'EDESTADDRREQ',
  'EFBIG',
  'EIO',
  'EMSGSIZE',
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
  args: [fd, fd, pointer, size],
  errors: ['EBADF', 'EFAULT', 'EINTR', 'EINVAL', 'EISDIR', 'ESPIPE', ...WRITE_ERRORS],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, outFd, inFd, offset, length) {
    const [from, to] = [fileFor(k, inFd, 'read'), fileFor(k, outFd, 'write')];
    if (from === undefined || to === undefined) return 'EBADF';
    if (k.vfs.ops[from.kind].seek === null) return offset === 0 ? 'EINVAL' : 'ESPIPE';
    if (isNegative(length) || to.flags & O.O_APPEND) return 'EINVAL';
    return moveAll(k, { file: from, addr: offset }, { file: to, addr: 0 }, Math.min(length, MAX_BYTES));
  },
});

/** Linux: generic_copy_file_checks. */
function mayCopy(k: Kernel, from: End, to: End, length: number): Errno | null {
  const inodes = [from, to].map(({ file }) => (file.inode === 0 ? null : inodeOf(k.vfs, file.inode)));
  if (inodes.some((inode) => inode?.kind === 'directory')) return 'EISDIR';
  if ([from, to].some(({ file }) => file.kind !== 'regular')) return 'EINVAL';
  if (from.file.inode !== to.file.inode) return null;
  const [a, b] = [positionOf(k, from), positionOf(k, to)];
  if (typeof a === 'string') return a;
  if (typeof b === 'string') return b;
  const [start, target] = [a === OWN_POSITION ? from.file.pos : a, b === OWN_POSITION ? to.file.pos : b];
  return k.call.progress === 0 && start < target + length && target < start + length ? 'EINVAL' : null;
}

export const copyFileRange = syscall({
  nr: 285,
  name: 'copy_file_range',
  args: [fd, pointer, fd, pointer, size, uint],
  errors: ['EBADF', 'EFAULT', 'EINTR', 'EINVAL', 'EISDIR', ...WRITE_ERRORS],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, inFd, inOffset, outFd, outOffset, length, bits) {
    const [from, to] = [fileFor(k, inFd, 'read'), fileFor(k, outFd, 'write')];
    if (from === undefined || to === undefined || to.flags & O.O_APPEND) return 'EBADF';
    if (bits !== 0) return 'EINVAL';
    const ends = [
      { file: from, addr: inOffset },
      { file: to, addr: outOffset },
    ] as const;
    const refused = mayCopy(k, ...ends, length);
    return refused ?? moveAll(k, ...ends, Math.min(length, MAX_BYTES));
  },
});

const SPLICE = { SPLICE_F_MOVE: 1, SPLICE_F_NONBLOCK: 2, SPLICE_F_MORE: 4, SPLICE_F_GIFT: 8 };
const KNOWN_SPLICE = 15;

const asPipe = (k: Kernel, file: OpenFile): Pipe | null =>
  file.kind === 'pipe' ? pipeOf(k.vfs, file.channel) : null;

const roomIn = (pipe: Pipe) => pipe.capacity - pipe.ring.length;
const waitAt = (k: Kernel, on: string, pipe: Pipe, isPatient: boolean): Outcome =>
  isPatient ? k.waitOn(on, [on === 'pipe-read' ? pipe.readQueue : pipe.writeQueue], pipe.id) : 'EAGAIN';

/** Bytes at the head of a pipe, not taken yet; or that there are none, or that the caller must wait. */
function peekPipe(k: Kernel, pipe: Pipe, length: number, isPatient: boolean): Uint8Array | Outcome {
  if (pipe.ring.length === 0) return pipe.writers === 0 ? 0 : waitAt(k, 'pipe-read', pipe, isPatient);
  const bytes = new Uint8Array(Math.min(length, pipe.ring.length, CHUNK));
  ringPeek(pipe.ring, bytes);
  return bytes;
}

/** From a pipe to anything. */
function spliceOut(k: Kernel, pipe: Pipe, to: End, length: number, isPatient: boolean): Outcome {
  const bytes = peekPipe(k, pipe, length, isPatient);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const { done, stopped } = writeOut(k, to, bytes);
  drainPipe(k.vfs, pipe, done);
  // What went is the result: the caller asks again for the rest.
  if (done > 0) return done;
  return typeof stopped === 'object' && stopped !== null && !isPatient ? 'EAGAIN' : (stopped ?? 0);
}

/** From a file to a pipe. */
function spliceIn(k: Kernel, from: End, pipe: Pipe, length: number, isPatient: boolean): Outcome {
  if (pipe.readers === 0) return brokenPipe(k);
  if (roomIn(pipe) === 0) return waitAt(k, 'pipe-write', pipe, isPatient);
  const at = positionOf(k, from);
  if (typeof at === 'string') return at;
  const buffer = new Uint8Array(Math.min(length, roomIn(pipe), CHUNK));
  const got = k.vfs.ops[from.file.kind].read(k.vfs, from.file, new BufferTransfer(buffer), at);
  if (typeof got !== 'number') return typeof got === 'object' && !isPatient ? 'EAGAIN' : got;
  if (got === 0) return 0;
  fillPipe(k.vfs, pipe, buffer.subarray(0, got));
  return advance(k, from, got) ? got : 'EFAULT';
}

function brokenPipe(k: Kernel): 'EPIPE' {
  k.vfs.host.signalCurrent(13);
  return 'EPIPE';
}

/** Why an offset may not be given: pipes have none. */
const badOffset = (k: Kernel, { file, addr }: End): boolean =>
  addr !== 0 && k.vfs.ops[file.kind].seek === null;

export const splice = syscall({
  nr: 76,
  name: 'splice',
  args: [fd, pointer, fd, pointer, size, flags(SPLICE)],
  errors: ['EBADF', 'EFAULT', 'EINTR', 'EINVAL', 'EISDIR', 'ESPIPE', ...WRITE_ERRORS],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, inFd, inOffset, outFd, outOffset, length, bits) {
    if (length === 0) return 0;
    if ((bits & ~KNOWN_SPLICE) !== 0) return 'EINVAL';
    const [from, to] = [fileFor(k, inFd, 'read'), fileFor(k, outFd, 'write')];
    if (from === undefined || to === undefined) return 'EBADF';
    const [source, target] = [asPipe(k, from), asPipe(k, to)];
    const ends = { from: { file: from, addr: inOffset }, to: { file: to, addr: outOffset } };
    if (badOffset(k, ends.from) || badOffset(k, ends.to)) return 'ESPIPE';
    const isPatient =
      (bits & SPLICE.SPLICE_F_NONBLOCK) === 0 && ((from.flags | to.flags) & O.O_NONBLOCK) === 0;
    const most = Math.min(length, MAX_BYTES);
    if (source !== null && source === target) return 'EINVAL';
    if (source !== null)
      return to.flags & O.O_APPEND ? 'EINVAL' : spliceOut(k, source, ends.to, most, isPatient);
    return target === null ? 'EINVAL' : spliceIn(k, ends.from, target, most, isPatient);
  },
});

export const tee = syscall({
  nr: 77,
  name: 'tee',
  args: [fd, fd, size, flags(SPLICE)],
  errors: ['EAGAIN', 'EBADF', 'EINTR', 'EINVAL', 'EPIPE'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, inFd, outFd, length, bits) {
    if ((bits & ~KNOWN_SPLICE) !== 0) return 'EINVAL';
    if (length === 0) return 0;
    const [from, to] = [fileFor(k, inFd, 'read'), fileFor(k, outFd, 'write')];
    if (from === undefined || to === undefined) return 'EBADF';
    const [source, target] = [asPipe(k, from), asPipe(k, to)];
    if (source === null || target === null || source === target) return 'EINVAL';
    const isPatient = (bits & SPLICE.SPLICE_F_NONBLOCK) === 0;
    if (target.readers === 0) return brokenPipe(k);
    if (roomIn(target) === 0) return waitAt(k, 'pipe-write', target, isPatient);
    const bytes = peekPipe(k, source, Math.min(length, roomIn(target)), isPatient);
    if (!(bytes instanceof Uint8Array)) return bytes;
    fillPipe(k.vfs, target, bytes);
    return bytes.length;
  },
});

export const vmsplice = syscall({
  nr: 75,
  name: 'vmsplice',
  args: [fd, inVector, long, flags(SPLICE)],
  errors: ['EAGAIN', 'EBADF', 'EFAULT', 'EINTR', 'EINVAL', 'EPIPE'],
  interrupted: 'ERESTARTSYS',
  support: { partial: 'pages are copied, never given away' },
  run(k, number, addr, count, bits) {
    if ((bits & ~KNOWN_SPLICE) !== 0) return 'EINVAL';
    const file = openFile(k, number);
    if (file === undefined || file.kind !== 'pipe') return 'EBADF';
    const ranges = readRanges(k, addr, count);
    if (typeof ranges === 'string') return ranges;
    const { read, write } = k.vfs.ops.pipe;
    const move = fileFor(k, number, 'write') === undefined ? read : write;
    const transfer = k.transferVector(ranges);
    const before = transfer.left;
    const result = move(k.vfs, file, transfer, OWN_POSITION);
    const moved = before - transfer.left;
    if (typeof result !== 'object' || (moved === 0 && (bits & SPLICE.SPLICE_F_NONBLOCK) === 0)) return result;
    return moved > 0 ? moved : 'EAGAIN';
  },
});

export const COPY_CALLS = [sendfile, copyFileRange, splice, tee, vmsplice];
