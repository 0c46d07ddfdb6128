/**
 * Pipes and FIFOs: a bounded queue of bytes between open files. Linux: fs/pipe.c; man 7 pipe.
 *
 * A pipe whose other end is the host is the same record (host-port.ts).
 */
import { type Errno, O, SIGNAL } from '../abi/index.ts';
import { bug } from '../base/index.ts';
import { roomForBuffers } from './buffers.ts';
import { type FileOps, NO_FILES, NO_OPS, PIECE, pause, waitFor } from './file-ops.ts';
import { pipeIoctl } from './ioctl.ts';
import { notify } from './notify.ts';
import { newFile } from './open-file.ts';
import {
  type ByteRing,
  newRing,
  ringDrop,
  ringFit,
  ringFromTransfer,
  ringPush,
  ringToTransfer,
} from './ring.ts';
import {
  type FileId,
  type InodeId,
  type Look,
  type OpenFile,
  type Outcome,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDNORM,
  POLLWRNORM,
  type QueueId,
  type Transfer,
} from './types.ts';
import type { Vfs } from './vfs.ts';

export interface Pipe {
  readonly id: number;
  readonly ring: ByteRing;
  /** Bytes it takes before writers wait: a power of two, or Infinity towards the host. */
  capacity: number;
  /** Ends that are open, the host's included. */
  readers: number;
  writers: number;
  /** Those who wait for bytes or the end of them, and those who wait for room. */
  readonly readQueue: QueueId;
  readonly writeQueue: QueueId;
  /** FIFOs: those who wait in open(2) for the other end. */
  readonly readerQueue: QueueId;
  readonly writerQueue: QueueId;
  /** Lengths of the packets in the ring, when written with O_DIRECT; null before the first. */
  packets: number[] | null;
  /** FIFOs: the inode that leads here. */
  readonly inode: InodeId | 0;
  /** FIFOs: tasks in open(2) that were told their other end has come; they count as ends already. */
  promised: { readonly tid: number; readonly end: 'reader' | 'writer' }[];
  /** Which end is the host's; `none` again once the host has let go. */
  host: 'none' | 'writer' | 'reader';
  /** Of both ends. */
  readonly look: Look;
}

/** Writes of at most this many bytes are never mixed with others (POSIX: PIPE_BUF). */
export const PIPE_BUF = 4096;
export const PIPE_CAPACITY = 65536;
/** What a pipe gets when pipes take too much memory already (Linux: PIPE_MIN_DEF_BUFFERS). */
const LEAST_CAPACITY = 8192;

export const pipeOf = (vfs: Vfs, id: number): Pipe => vfs.pipes.get(id) ?? bug(`there is no pipe ${id}`);

/** What the current task makes is its user's. */
export function newLook(vfs: Vfs, mode: number): Look {
  const { fsuid, fsgid } = vfs.host.credentials();
  return { mode, uid: fsuid, gid: fsgid };
}

/** Makes a pipe that nobody has opened yet. */
export function makePipe(vfs: Vfs, init: Partial<Pick<Pipe, 'capacity' | 'inode' | 'host'>> = {}): Pipe {
  const pipe: Pipe = {
    id: vfs.nextId++,
    ring: newRing(),
    capacity: init.capacity ?? (roomForBuffers(vfs) >= PIPE_CAPACITY ? PIPE_CAPACITY : LEAST_CAPACITY),
    readers: 0,
    writers: 0,
    readQueue: vfs.host.newQueue(),
    writeQueue: vfs.host.newQueue(),
    readerQueue: vfs.host.newQueue(),
    writerQueue: vfs.host.newQueue(),
    packets: null,
    inode: init.inode ?? 0,
    promised: [],
    host: init.host ?? 'none',
    look: init.host === undefined ? newLook(vfs, 0o600) : { mode: 0o600, uid: 0, gid: 0 },
  };
  vfs.pipes.set(pipe.id, pipe);
  if (pipe.host === 'none') vfs.buffers += pipe.capacity;
  return pipe;
}

/** May this open file be read, or written? Mode 3 is neither: it is good for ioctl alone. */
export const reads = (flags: number): boolean => (flags & O.O_WRONLY) === 0;
export const writes = (flags: number): boolean => ((flags + 1) & O.O_RDWR) !== 0;

/** Opens an end (or, O_RDWR, both) of a pipe. */
export function openPipeEnd(vfs: Vfs, pipe: Pipe, flags: number, path = `pipe:[${pipe.id}]`): FileId {
  if (reads(flags)) pipe.readers++;
  if (writes(flags)) pipe.writers++;
  return newFile(vfs, { kind: 'pipe', flags, path, channel: pipe.id, inode: pipe.inode });
}

/** pipe2(2): the reading and the writing end. `flags` are O_NONBLOCK and O_DIRECT. */
export function newPipe(vfs: Vfs, flags: number): readonly [reader: FileId, writer: FileId] {
  const pipe = makePipe(vfs);
  return [
    openPipeEnd(vfs, pipe, O.O_RDONLY | (flags & O.O_NONBLOCK)),
    openPipeEnd(vfs, pipe, O.O_WRONLY | (flags & (O.O_NONBLOCK | O.O_DIRECT))),
  ];
}

function read(vfs: Vfs, file: OpenFile, to: Transfer): Outcome {
  const pipe = pipeOf(vfs, file.channel);
  if (to.left === 0) return 0;
  if (pipe.ring.length === 0) {
    if (pipe.writers === 0) return 0;
    return file.flags & O.O_NONBLOCK ? 'EAGAIN' : waitFor('pipe-read', pipe.readQueue, pipe.id);
  }
  const done = pipe.packets === null ? ringToTransfer(pipe.ring, to, to.left) : readPacket(pipe, to);
  if (done === 0) return 'EFAULT';
  notify(vfs, pipe.writeQueue);
  return done;
}

/** A packet is read in one piece: what does not fit is lost (man 2 pipe, O_DIRECT). */
function readPacket(pipe: Pipe, to: Transfer): number {
  const packet = pipe.packets!.shift()!;
  const done = ringToTransfer(pipe.ring, to, packet);
  if (done === 0) pipe.packets!.unshift(packet);
  else ringDrop(pipe.ring, packet - done);
  if (pipe.ring.length === 0) pipe.packets = null;
  return done;
}

export const roomIn = (pipe: Pipe): number => pipe.capacity - pipe.ring.length;

function write(vfs: Vfs, file: OpenFile, from: Transfer): Outcome {
  const pipe = pipeOf(vfs, file.channel);
  const total = from.left;
  if (total === 0) return 0;
  if (pipe.readers === 0) {
    vfs.host.signalCurrent(SIGNAL.SIGPIPE);
    return 'EPIPE';
  }
  const isPacket = (file.flags & O.O_DIRECT) !== 0 || pipe.packets !== null;
  const least = isPacket || total <= PIPE_BUF ? Math.min(total, PIPE_BUF) : 1;
  const { done, faulted } = fill(pipe, from, least, isPacket);
  if (pipe.host === 'reader') vfs.backlog += done;
  if (done > 0) notify(vfs, pipe.readQueue);
  if (faulted) return done > 0 ? done : 'EFAULT';
  if (from.left === 0) return done;
  if (file.flags & O.O_NONBLOCK) return done > 0 ? done : 'EAGAIN';
  return done < PIECE ? waitFor('pipe-write', pipe.writeQueue, pipe.id) : pause(vfs);
}

/** Moves what there is room for; a piece smaller than `least` only when nothing more is left. */
function fill(
  pipe: Pipe,
  from: Transfer,
  least: number,
  isPacket: boolean,
): { readonly done: number; readonly faulted: boolean } {
  let done = 0;
  while (from.left > 0 && done < PIECE && roomIn(pipe) >= Math.min(least, from.left)) {
    const want = Math.min(roomIn(pipe), from.left, isPacket ? PIPE_BUF : PIECE);
    const took = ringFromTransfer(pipe.ring, from, want);
    if (isPacket && took > 0) addPacket(pipe, took);
    done += took;
    if (took < want) return { done: done - unwrite(pipe, done), faulted: true };
  }
  return { done, faulted: false };
}

/** A piece in which a fault came is not written at all (Linux: pipe_write). Gives how much was taken back. */
function unwrite(pipe: Pipe, done: number): number {
  const piece = done % PIPE_BUF;
  pipe.ring.length -= piece;
  if (piece > 0) pipe.packets?.pop();
  return piece;
}

/** Bytes written before packets began count as one. */
function addPacket(pipe: Pipe, length: number): void {
  const before = pipe.ring.length - length;
  pipe.packets ??= before > 0 ? [before] : [];
  pipe.packets.push(length);
}

function poll(vfs: Vfs, file: OpenFile): number {
  const pipe = pipeOf(vfs, file.channel);
  let bits = 0;
  if (reads(file.flags)) {
    if (pipe.ring.length > 0) bits |= POLLIN | POLLRDNORM;
    if (pipe.writers === 0) bits |= POLLHUP;
  }
  if (writes(file.flags)) {
    if (roomIn(pipe) >= PIPE_BUF) bits |= POLLOUT | POLLWRNORM;
    if (pipe.readers === 0) bits |= POLLERR;
  }
  return bits;
}

function queues(vfs: Vfs, file: OpenFile): readonly QueueId[] {
  const pipe = pipeOf(vfs, file.channel);
  if (!writes(file.flags)) return [pipe.readQueue];
  return reads(file.flags) ? [pipe.readQueue, pipe.writeQueue] : [pipe.writeQueue];
}

/** Puts bytes of the kernel's own into a pipe that has room for them (splice, tee, the host). */
export function fillPipe(vfs: Vfs, pipe: Pipe, bytes: Uint8Array): void {
  ringPush(pipe.ring, bytes);
  if (pipe.host === 'reader') vfs.backlog += bytes.length;
  notify(vfs, pipe.readQueue);
}

/** Takes bytes out of a pipe that went elsewhere. */
export function drainPipe(vfs: Vfs, pipe: Pipe, count: number): void {
  if (count === 0) return;
  ringDrop(pipe.ring, count);
  notify(vfs, pipe.writeQueue);
}

/** An end goes; when both have, so does the pipe with what is in it. */
export function closeEnds(vfs: Vfs, pipe: Pipe, flags: number): void {
  if (reads(flags) && --pipe.readers === 0) notify(vfs, pipe.writeQueue);
  if (writes(flags) && --pipe.writers === 0) notify(vfs, pipe.readQueue);
  dropPipe(vfs, pipe);
}

/** Lets a pipe go that has no ends. */
export function dropPipe(vfs: Vfs, pipe: Pipe): void {
  if (pipe.readers > 0 || pipe.writers > 0) return;
  vfs.pipes.delete(pipe.id);
  if (Number.isFinite(pipe.capacity)) vfs.buffers -= pipe.capacity;
  const inode = pipe.inode === 0 ? undefined : vfs.inodes.get(pipe.inode);
  if (inode !== undefined) inode.channel = 0;
}

function close(vfs: Vfs, file: OpenFile): readonly FileId[] {
  closeEnds(vfs, pipeOf(vfs, file.channel), file.flags);
  return NO_FILES;
}

/** fcntl(F_SETPIPE_SZ): rounded up to a power of two of pages. Gives the new capacity. */
export function setPipeCapacity(vfs: Vfs, pipe: Pipe, asked: number): number | Errno {
  if (asked < 0 || asked > 2 ** 31) return 'EINVAL';
  let size = PIPE_BUF;
  while (size < asked) size *= 2;
  if (size > MAX_CAPACITY) return 'EPERM';
  if (size < pipe.ring.length) return 'EBUSY';
  if (!Number.isFinite(pipe.capacity)) return size;
  if (size - pipe.capacity > Math.max(0, roomForBuffers(vfs))) return 'EPERM';
  vfs.buffers += size - pipe.capacity;
  pipe.capacity = size;
  ringFit(pipe.ring, size);
  return size;
}
/** /proc/sys/fs/pipe-max-size. */
const MAX_CAPACITY = 1 << 20;

export const PIPE_OPS: FileOps = {
  ...NO_OPS,
  read,
  write,
  poll,
  queues,
  close,
  ioctl: pipeIoctl,
};
