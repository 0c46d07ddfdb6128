/**
 * epoll(7): interest lists, and the ready list that wake-ups fill (notify.ts). A wait looks only at files on
 * the ready list. Linux: fs/eventpoll.c.
 */
import { type Errno, O } from '../abi/index.ts';
import { bug } from '../base/index.ts';
import { type FileOps, NO_FILES, NO_OPS } from './file-ops.ts';
import { markReady } from './notify.ts';
import { fileOf, newFile } from './open-file.ts';
import { type FileId, type OpenFile, POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM } from './types.ts';
import type { Vfs } from './vfs.ts';
import { addWatch, type Epoll, removeWatch, type Watch, type WatchId, watchKey, watchOf } from './watch.ts';

export const EPOLLONESHOT = 1 << 30;
export const EPOLLET = 0x80000000 | 0;
export const EPOLLEXCLUSIVE = 1 << 28;
const EPOLLWAKEUP = 1 << 29;
const PRIVATE_BITS = EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE | EPOLLWAKEUP;
/** Linux: EPOLLEXCLUSIVE_OK_BITS. */
const EXCLUSIVE_BITS = POLLIN | POLLOUT | POLLERR | POLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE;
/** An epoll watched by an epoll watched by …: Linux's EP_MAX_NESTS. */
const MAX_NESTING = 4;

export function newEpoll(vfs: Vfs): FileId {
  const epoll: Epoll = { id: vfs.nextId++, queue: vfs.host.newQueue(), watches: new Map(), ready: [] };
  vfs.epolls.set(epoll.id, epoll);
  return newFile(vfs, { kind: 'epoll', flags: O.O_RDWR, path: 'anon_inode:[eventpoll]', channel: epoll.id });
}

export const epollOf = (vfs: Vfs, file: OpenFile): Epoll =>
  vfs.epolls.get(file.channel) ?? bug(`there is no epoll ${file.channel}`);

/** What a watch is asked for: EPOLL* bits and the caller's 64 bits. */
export interface EpollEvent {
  readonly events: number;
  readonly dataLo: number;
  readonly dataHi: number;
}

/** How deep epolls are nested below this file, and whether `within` is among them. */
function nesting(vfs: Vfs, file: OpenFile, within: Epoll): number {
  if (file.kind !== 'epoll') return 0;
  const epoll = epollOf(vfs, file);
  if (epoll === within) return Number.POSITIVE_INFINITY;
  let depth = 1;
  for (const id of epoll.watches.values())
    depth = Math.max(depth, 1 + nesting(vfs, fileOf(vfs, vfs.watches.get(id)!.file), within));
  return depth;
}

/** EPOLL_CTL_ADD. */
export function epollAdd(
  vfs: Vfs,
  epoll: Epoll,
  file: OpenFile,
  fd: number,
  event: EpollEvent,
): Errno | null {
  const isExclusive = (event.events & EPOLLEXCLUSIVE) !== 0;
  if (isExclusive && (file.kind === 'epoll' || (event.events & ~EXCLUSIVE_BITS) !== 0)) return 'EINVAL';
  if (watchOf(epoll, file.id, fd) !== undefined) return 'EEXIST';
  if (nesting(vfs, file, epoll) > MAX_NESTING) return 'ELOOP';
  const watch: Watch = {
    id: vfs.nextId++ as WatchId,
    epoll: epoll.id,
    file: file.id,
    fd,
    queues: vfs.ops[file.kind].queues(vfs, file),
    events: event.events,
    dataLo: event.dataLo,
    dataHi: event.dataHi,
    isArmed: true,
    isReady: false,
  };
  addWatch(vfs, watch);
  epoll.watches.set(watchKey(file.id, fd), watch.id);
  look(vfs, watch);
  return null;
}

/** EPOLL_CTL_MOD. */
export function epollModify(
  vfs: Vfs,
  epoll: Epoll,
  file: OpenFile,
  fd: number,
  event: EpollEvent,
): Errno | null {
  if (event.events & EPOLLEXCLUSIVE) return 'EINVAL';
  const id = watchOf(epoll, file.id, fd);
  if (id === undefined) return 'ENOENT';
  const watch = vfs.watches.get(id)!;
  if (watch.events & EPOLLEXCLUSIVE) return 'EINVAL';
  watch.events = event.events;
  watch.dataLo = event.dataLo;
  watch.dataHi = event.dataHi;
  watch.isArmed = true;
  look(vfs, watch);
  return null;
}

/** EPOLL_CTL_DEL. */
export function epollDelete(vfs: Vfs, epoll: Epoll, file: OpenFile, fd: number): Errno | null {
  const id = watchOf(epoll, file.id, fd);
  if (id === undefined) return 'ENOENT';
  removeWatch(vfs, id);
  return null;
}

/** A file that is ready when it is added or changed counts as an edge. */
function look(vfs: Vfs, watch: Watch): void {
  if (bitsOf(vfs, watch) !== 0) markReady(vfs, watch);
}

/** What of the watched bits holds now. */
function bitsOf(vfs: Vfs, watch: Watch): number {
  const file = fileOf(vfs, watch.file);
  const wanted = (watch.events & ~PRIVATE_BITS) | POLLERR | POLLHUP;
  return vfs.ops[file.kind].poll(vfs, file) & wanted;
}

/**
 * Takes up to `max` events off the ready list. `give` stores one and says whether it could; the one it could
 * not, and level-triggered ones, stay on the list. Linux: ep_send_events.
 */
export function epollCollect(
  vfs: Vfs,
  epoll: Epoll,
  max: number,
  give: (index: number, event: EpollEvent) => boolean,
): number | 'EFAULT' {
  const { ready } = epoll;
  const end = ready.length;
  const again: Watch[] = [];
  let given = 0;
  let at = 0;
  for (; at < end && given < max; at++) {
    const watch = ready[at]!;
    const events = bitsOf(vfs, watch);
    watch.isReady = false;
    if (events === 0) continue;
    if (!give(given, { events, dataLo: watch.dataLo, dataHi: watch.dataHi })) {
      watch.isReady = true;
      break;
    }
    given++;
    if (watch.events & EPOLLONESHOT) watch.isArmed = false;
    else if ((watch.events & EPOLLET) === 0) again.push(watch);
  }
  const failed = at < end && given < max;
  ready.splice(0, at);
  for (const watch of again) {
    watch.isReady = true;
    ready.push(watch);
  }
  // What stays ready is for the next who waits (Linux: ep_done_scan).
  if (ready.length > 0) vfs.host.wake(epoll.queue);
  return failed && given === 0 ? 'EFAULT' : given;
}

/** An epoll is itself readable while something it watches is ready. */
function poll(vfs: Vfs, file: OpenFile): number {
  const epoll = epollOf(vfs, file);
  const isReady = epoll.ready.some((watch) => bitsOf(vfs, watch) !== 0);
  return isReady ? POLLIN | POLLRDNORM : 0;
}

export const EPOLL_OPS: FileOps = {
  ...NO_OPS,
  poll,
  queues: (vfs, file) => [epollOf(vfs, file).queue],
  /** Linux: ep_eventpoll_ioctl(), which knows only the parameters of busy polling. */
  ioctl: () => 'EINVAL',
  close(vfs, file) {
    const epoll = epollOf(vfs, file);
    for (const id of [...epoll.watches.values()]) removeWatch(vfs, id);
    vfs.epolls.delete(epoll.id);
    return NO_FILES;
  },
};
