/** Regular files: reading and writing through the page cache that is their content. Linux: mm/filemap.c. */
import { type Errno, O, SIGNAL } from '../abi/index.ts';
import { layout, type PageObject } from '../memory/index.ts';
import { bytesCached, waitForPage } from './disk.ts';
import { type FileOps, NO_OPS, OWN_POSITION } from './file-ops.ts';
import {
  chargePages,
  inodeOf,
  inodePages,
  roomForPages,
  sealsForbidSize,
  sealsForbidWrite,
  touchModified,
  touchRead,
} from './inode.ts';
import { FIONREAD, giveInt } from './ioctl.ts';
import { dropPrivileges } from './permission.ts';
import { seekBytes } from './seek.ts';
import type { Inode, OpenFile, Outcome, Transfer } from './types.ts';
import type { Vfs } from './vfs.ts';

const { PAGE_SIZE } = layout;
/** Positions are safe integers (Linux's own bound is 2^63 - 1). */
const MAX_OFFSET = Number.MAX_SAFE_INTEGER;
const ZEROS = new Uint8Array(PAGE_SIZE);
const scratch = new Uint8Array(PAGE_SIZE);

function read(vfs: Vfs, file: OpenFile, to: Transfer, at: number): Outcome {
  const inode = inodeOf(vfs, file.inode);
  const start = at === OWN_POSITION ? file.pos : at;
  const length = Math.min(to.left, inode.size - start);
  if (length <= 0) return 0;
  const object = vfs.memory.objects.get(inodePages(vfs, inode));
  const cached = bytesCached(vfs, object, start, length);
  const done = copyPages(vfs, object, start, cached, to);
  if (at === OWN_POSITION) file.pos = start + done;
  if (done > 0 && (file.flags & O.O_NOATIME) === 0) touchRead(vfs, inode, file.mount);
  if (done < cached) return done > 0 ? done : 'EFAULT';
  return done === length ? done : waitForPage(vfs, object, start + done);
}

/** Copies page by page; gives the number of bytes before a fault. */
function copyPages(vfs: Vfs, object: PageObject, start: number, length: number, to: Transfer): number {
  let done = 0;
  while (done < length) {
    const offset = (start + done) % PAGE_SIZE;
    const count = Math.min(PAGE_SIZE - offset, length - done);
    const put = putPage(vfs, object, Math.floor((start + done) / PAGE_SIZE), offset, count, to);
    done += put;
    if (put < count) break;
  }
  return done;
}

function putPage(
  vfs: Vfs,
  object: PageObject,
  index: number,
  offset: number,
  count: number,
  to: Transfer,
): number {
  const { frames, objects } = vfs.memory;
  const isFilled = object.filled && index * PAGE_SIZE < object.filledSize;
  const frame = objects.page(object.id, index, isFilled);
  if (frame === 0) {
    if (!isFilled) return to.put(ZEROS, 0, count);
    // No memory for the cache: the page is read past it.
    objects.read(object.id, index * PAGE_SIZE + offset, scratch.subarray(0, count));
    return to.put(scratch, 0, count);
  }
  // A fault on the caller's side may reclaim cached pages: not this one.
  frames.retain(frame);
  const from = frame * PAGE_SIZE + offset;
  const put = to.put(frames.u8, from, from + count);
  frames.release(frame);
  return put;
}

/** How much may be written at `start`: up to RLIMIT_FSIZE and the largest offset (Linux: generic_write_checks). */
function writable(vfs: Vfs, inode: Inode, start: number, length: number): number | Errno {
  if (sealsForbidWrite(inode)) return 'EPERM';
  const limit = vfs.host.limit('fsize');
  if (start >= limit) {
    vfs.host.signalCurrent(SIGNAL.SIGXFSZ);
    return 'EFBIG';
  }
  if (start >= MAX_OFFSET) return 'EFBIG';
  const allowed = Math.min(length, limit - start, MAX_OFFSET - start);
  if (sealsForbidSize(inode, Math.max(inode.size, start + allowed)) === null) return allowed;
  // A sealed file may not grow: the page in which it would is refused as a whole (Linux: shmem_write_begin).
  const whole = inode.size - (inode.size % PAGE_SIZE) - start;
  return whole > 0 ? whole : 'EPERM';
}

function write(vfs: Vfs, file: OpenFile, from: Transfer, at: number): Outcome {
  const inode = inodeOf(vfs, file.inode);
  if (from.left === 0) return 0;
  const start = file.flags & O.O_APPEND ? inode.size : at === OWN_POSITION ? file.pos : at;
  const length = writable(vfs, inode, start, from.left);
  if (typeof length === 'string') return length;
  const { done, why } = writePages(vfs, inode, start, length, from);
  if (done > 0) {
    inode.size = Math.max(inode.size, start + done);
    touchModified(vfs, inode);
    dropPrivileges(vfs, inode);
    if (at === OWN_POSITION) file.pos = start + done;
  }
  return done > 0 ? done : why;
}

function writePages(
  vfs: Vfs,
  inode: Inode,
  start: number,
  length: number,
  from: Transfer,
): { readonly done: number; readonly why: Errno } {
  const id = inodePages(vfs, inode);
  const { pages } = vfs.memory.objects.get(id);
  let done = 0;
  while (done < length) {
    const had = pages.size;
    const isNew = !pages.has(Math.floor((start + done) / PAGE_SIZE));
    if (isNew && roomForPages(vfs, inode) <= 0) return { done, why: 'ENOSPC' };
    const offset = (start + done) % PAGE_SIZE;
    const count = Math.min(PAGE_SIZE - offset, length - done);
    const took = from.take(scratch, 0, count);
    const wrote = vfs.memory.objects.write(id, start + done, scratch.subarray(0, took));
    done += wrote;
    if (pages.size > had) chargePages(vfs, inode, 1);
    if (wrote < took) return { done, why: 'ENOSPC' };
    if (took < count) return { done, why: 'EFAULT' };
  }
  return { done, why: 'EFAULT' };
}

export const REGULAR_OPS: FileOps = {
  ...NO_OPS,
  read,
  write,
  seek: seekBytes,
  ioctl: (vfs, file, request, argument) =>
    request === FIONREAD ? giveInt(argument, inodeOf(vfs, file.inode).size - file.pos) : 'ENOTTY',
  pages: (vfs, file) => inodePages(vfs, inodeOf(vfs, file.inode)),
};
