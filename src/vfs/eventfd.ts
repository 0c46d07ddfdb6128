/** eventfd(2): a counter that writers add to and readers take. Linux: fs/eventfd.c. */
import { O } from '../abi/index.ts';
import { bug } from '../base/index.ts';
import { type FileOps, NO_FILES, NO_OPS, waitFor } from './file-ops.ts';
import { INPUT, notify, OUTPUT } from './notify.ts';
import { newFile } from './open-file.ts';
import {
  type FileId,
  type OpenFile,
  type Outcome,
  POLLERR,
  POLLIN,
  POLLOUT,
  type QueueId,
  type Transfer,
} from './types.ts';
import type { Vfs } from './vfs.ts';

/** The counter has 64 bits: two words, of which the value is never all ones. */
export interface EventFd {
  readonly id: number;
  lo: number;
  hi: number;
  /** EFD_SEMAPHORE: a read takes one. */
  readonly isSemaphore: boolean;
  readonly readQueue: QueueId;
  readonly writeQueue: QueueId;
}

const WORD = 2 ** 32;

/** Makes an eventfd; `flags` are O_NONBLOCK or nothing. */
export function newEventFd(vfs: Vfs, value: number, isSemaphore: boolean, flags: number): FileId {
  const event: EventFd = {
    id: vfs.nextId++,
    lo: value >>> 0,
    hi: 0,
    isSemaphore,
    readQueue: vfs.host.newQueue(),
    writeQueue: vfs.host.newQueue(),
  };
  vfs.eventfds.set(event.id, event);
  const path = 'anon_inode:[eventfd]';
  return newFile(vfs, { kind: 'eventfd', flags: O.O_RDWR | (flags & O.O_NONBLOCK), path, channel: event.id });
}

const eventOf = (vfs: Vfs, file: OpenFile): EventFd =>
  vfs.eventfds.get(file.channel) ?? bug(`there is no eventfd ${file.channel}`);

const words = (lo: number, hi: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, lo, true);
  view.setUint32(4, hi, true);
  return bytes;
};

function read(vfs: Vfs, file: OpenFile, to: Transfer): Outcome {
  const event = eventOf(vfs, file);
  if (to.left < 8) return 'EINVAL';
  if (event.lo === 0 && event.hi === 0)
    return file.flags & O.O_NONBLOCK ? 'EAGAIN' : waitFor('eventfd-read', event.readQueue, event.id);
  const [lo, hi] = event.isSemaphore ? [1, 0] : [event.lo, event.hi];
  if (to.put(words(lo, hi)) < 8) return 'EFAULT';
  event.hi = (event.hi - hi - (event.lo < lo ? 1 : 0)) >>> 0;
  event.lo = (event.lo - lo) >>> 0;
  notify(vfs, event.writeQueue, OUTPUT);
  return 8;
}

function write(vfs: Vfs, file: OpenFile, from: Transfer): Outcome {
  const event = eventOf(vfs, file);
  if (from.left !== 8) return 'EINVAL';
  const bytes = new Uint8Array(8);
  if (from.take(bytes) < 8) return 'EFAULT';
  const view = new DataView(bytes.buffer);
  const [lo, hi] = [view.getUint32(0, true), view.getUint32(4, true)];
  if (lo === WORD - 1 && hi === WORD - 1) return 'EINVAL';
  const sumLo = event.lo + lo;
  const sumHi = event.hi + hi + (sumLo >= WORD ? 1 : 0);
  const isFull = sumHi >= WORD || (sumHi === WORD - 1 && sumLo >>> 0 === WORD - 1);
  if (isFull) return file.flags & O.O_NONBLOCK ? 'EAGAIN' : again(event);
  event.lo = sumLo >>> 0;
  event.hi = sumHi;
  if (lo !== 0 || hi !== 0) notify(vfs, event.readQueue, INPUT);
  return 8;
}

const again = (event: EventFd) => waitFor('eventfd-write', event.writeQueue, event.id);

function poll(vfs: Vfs, file: OpenFile): number {
  const { lo, hi } = eventOf(vfs, file);
  const isFull = hi === WORD - 1 && lo >= WORD - 2;
  const overflown = hi === WORD - 1 && lo === WORD - 1;
  return (lo !== 0 || hi !== 0 ? POLLIN : 0) | (isFull ? 0 : POLLOUT) | (overflown ? POLLERR : 0);
}

export const EVENTFD_OPS: FileOps = {
  ...NO_OPS,
  read,
  write,
  poll,
  queues: (vfs, file) => {
    const { readQueue, writeQueue } = eventOf(vfs, file);
    return [readQueue, writeQueue];
  },
  close: (vfs, file) => {
    vfs.eventfds.delete(file.channel);
    return NO_FILES;
  },
};
