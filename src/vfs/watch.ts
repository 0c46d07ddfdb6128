/**
 * Which files epolls watch, by file and by queue. A queue that is woken finds its watches here (notify.ts); a
 * file that is closed takes its watches along.
 */
import type { Id } from '../base/index.ts';
import type { FileId, OpenFile, QueueId } from './types.ts';
import type { Vfs } from './vfs.ts';

export type WatchId = Id<'WatchId'>;

/** One file on the interest list of an epoll (Linux: struct epitem). */
export interface Watch {
  readonly id: WatchId;
  readonly epoll: number;
  readonly file: FileId;
  readonly fd: number;
  /** The file's queues: each wake-up there is an edge. */
  readonly queues: readonly QueueId[];
  /** EPOLL* bits asked for, with EPOLLET and EPOLLONESHOT. */
  events: number;
  /** The caller's 64 bits. */
  dataLo: number;
  dataHi: number;
  /** False after EPOLLONESHOT has fired. */
  isArmed: boolean;
  /** On the ready list: the file may have something to tell. */
  isReady: boolean;
}

/** An epoll instance (Linux: struct eventpoll). */
export interface Epoll {
  readonly id: number;
  /** Those in epoll_wait, and epolls and polls that watch this one. */
  readonly queue: QueueId;
  /** By `watchKey`. */
  readonly watches: Map<number, WatchId>;
  /** In the order in which the files became ready. */
  readonly ready: WatchId[];
}

/** Registers a watch at the queues of its file. */
export function addWatch(vfs: Vfs, watch: Watch): void {
  vfs.watches.set(watch.id, watch);
  add(vfs.watchesOfFile, watch.file, watch.id);
  for (const queue of watch.queues) add(vfs.watchers, queue, watch.id);
}

/** Takes a watch out of its epoll and all queues. */
export function removeWatch(vfs: Vfs, id: WatchId): void {
  const watch = vfs.watches.get(id);
  if (watch === undefined) return;
  vfs.watches.delete(id);
  remove(vfs.watchesOfFile, watch.file, id);
  for (const queue of watch.queues) remove(vfs.watchers, queue, id);
  const epoll = vfs.epolls.get(watch.epoll);
  if (epoll === undefined) return;
  epoll.watches.delete(watchKey(watch.file, watch.fd));
  if (watch.isReady) removeFrom(epoll.ready, id);
}

/** A file was closed for good: nobody watches it any more (man 7 epoll, Q6). */
export function forgetFile(vfs: Vfs, file: OpenFile): void {
  const ids = vfs.watchesOfFile.get(file.id);
  if (ids === undefined) return;
  for (const id of [...ids]) removeWatch(vfs, id);
  vfs.watchesOfFile.delete(file.id);
  for (const queue of vfs.ops[file.kind].queues(vfs, file))
    if (vfs.watchers.get(queue)?.length === 0) vfs.watchers.delete(queue);
}

/** An epoll names what it watches by file and descriptor (Linux: struct epoll_filefd). Descriptors end at fs.nr_open. */
export const watchKey = (file: FileId, fd: number): number => file * 2 ** 20 + fd;

/** The watch of a file under a descriptor, if there is one. */
export const watchOf = (epoll: Epoll, file: FileId, fd: number): WatchId | undefined =>
  epoll.watches.get(watchKey(file, fd));

function add<K>(index: Map<K, WatchId[]>, key: K, id: WatchId): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, [id]);
  else ids.push(id);
}

/** A list that is empty stays: who is taken off and put on again often finds it. It goes with the file. */
function remove<K>(index: Map<K, WatchId[]>, key: K, id: WatchId): void {
  const ids = index.get(key);
  if (ids !== undefined) removeFrom(ids, id);
}

function removeFrom(ids: WatchId[], id: WatchId): void {
  const at = ids.indexOf(id);
  if (at >= 0) ids.splice(at, 1);
}
