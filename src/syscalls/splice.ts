/** splice, tee, vmsplice: bytes into, out of and between pipes without the caller's memory. Linux: fs/splice.c. */
import { type Errno, O, SIGNAL } from '../abi/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import {
  BufferTransfer,
  drainPipe,
  fillPipe,
  maySplice,
  type OpenFile,
  type Outcome,
  OWN_POSITION,
  type Pipe,
  pipeOf,
  reads,
  ringPeek,
  tellMoved,
  writes,
} from '../vfs/index.ts';
import { fd, flags, long, size } from './args.ts';
import { advance, CHUNK, type End, positionOf, WRITE_ERRORS, writeOut } from './copy.ts';
import { fileFor, isNegative, MAX_BYTES, openFile } from './file.ts';
import { inVector, readRanges } from './iovec.ts';
import { hasPositions } from './read-write.ts';
import { offset } from './text/file.ts';

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
  if (!maySplice(k.vfs, to.file, 'to')) return 'EINVAL';
  const bytes = peekPipe(k, pipe, length, isPatient);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const { done, stopped } = writeOut(k, to, bytes);
  drainPipe(k.vfs, pipe, done);
  if (done > 0) tellMoved(k.vfs, to.file, 'write');
  // What went is the result: the caller asks again for the rest.
  if (done > 0) return done;
  return typeof stopped === 'object' && stopped !== null && !isPatient ? 'EAGAIN' : (stopped ?? 0);
}

/** From a file to a pipe. */
function spliceIn(k: Kernel, from: End, pipe: Pipe, length: number, isPatient: boolean): Outcome {
  if (!maySplice(k.vfs, from.file, 'from')) return 'EINVAL';
  if (pipe.readers === 0) return brokenPipe(k);
  if (roomIn(pipe) === 0) return waitAt(k, 'pipe-write', pipe, isPatient);
  const at = positionOf(k, from);
  if (typeof at === 'string') return at;
  const buffer = new Uint8Array(Math.min(length, roomIn(pipe), CHUNK));
  const got = k.vfs.ops[from.file.kind].read(k.vfs, from.file, new BufferTransfer(buffer), at);
  if (typeof got !== 'number') return typeof got === 'object' && !isPatient ? 'EAGAIN' : got;
  if (got === 0) return 0;
  fillPipe(k.vfs, pipe, buffer.subarray(0, got));
  tellMoved(k.vfs, from.file, 'read');
  return advance(k, from, got) ? got : 'EFAULT';
}

function brokenPipe(k: Kernel): 'EPIPE' {
  k.vfs.host.signalCurrent(SIGNAL.SIGPIPE);
  return 'EPIPE';
}

/** What is wrong with the files and the offsets given for them: a pipe has none. Linux: __do_splice, do_splice. */
function wrongOffsets(k: Kernel, { from, to }: { readonly from: End; readonly to: End }): Errno | null {
  const [source, target] = [asPipe(k, from.file), asPipe(k, to.file)];
  if ((source !== null && from.addr !== 0) || (target !== null && to.addr !== 0)) return 'ESPIPE';
  for (const { addr } of [to, from]) if (addr !== 0 && k.user.readI64(addr) === undefined) return 'EFAULT';
  if (!reads(from.file.flags) || !writes(to.file.flags)) return 'EBADF';
  const other = source === null ? from : to;
  return other.addr !== 0 && !hasPositions(k, other.file) ? 'EINVAL' : null;
}

export const splice = syscall({
  nr: 76,
  name: 'splice',
  args: [fd, offset, fd, offset, size, flags(SPLICE)],
  errors: ['EBADF', 'EFAULT', 'EINTR', 'EINVAL', 'ESPIPE', ...WRITE_ERRORS],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, inFd, inOffset, outFd, outOffset, length, bits) {
    if (length === 0) return 0;
    if ((bits & ~KNOWN_SPLICE) !== 0) return 'EINVAL';
    const [from, to] = [openFile(k, inFd), openFile(k, outFd)];
    if (from === undefined || to === undefined) return 'EBADF';
    const [source, target] = [asPipe(k, from), asPipe(k, to)];
    const ends = { from: { file: from, addr: inOffset }, to: { file: to, addr: outOffset } };
    const wrong = wrongOffsets(k, ends);
    if (wrong !== null) return wrong;
    if (isNegative(length)) return 'EINVAL';
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
    if (file === undefined) return 'EBADF';
    const ranges = readRanges(k, addr, count);
    if (typeof ranges === 'string') return ranges;
    if (ranges.every(({ length }) => length === 0)) return 0;
    if (file.kind !== 'pipe') return 'EBADF';
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

export const SPLICE_CALLS = [splice, tee, vmsplice];
