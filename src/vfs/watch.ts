/**
 * Which files epolls watch, by file and by queue. A queue that is woken finds its watches here (notify.ts); a
 * file that is closed takes its watches along. The lists hold the watches themselves: with ten thousand of them,
 * each look into a table of ids is a miss of the cache.
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
  readonly ready: Watch[];
}

/** Registers a watch at the queues of its file. */
export function addWatch(vfs: Vfs, watch: Watch): void {
  vfs.watches.set(watch.id, watch);
  add(vfs.watchesOfFile, watch.file, watch);
  for (const queue of watch.queues) add(vfs.watchers, queue, watch);
}

/** Takes a watch out of its epoll and all queues. */
export function removeWatch(vfs: Vfs, id: WatchId): void {
  const watch = vfs.watches.get(id);
  if (watch === undefined) return;
  vfs.watches.delete(id);
  remove(vfs.watchesOfFile, watch.file, watch);
  for (const queue of watch.queues) remove(vfs.watchers, queue, watch);
  const epoll = vfs.epolls.get(watch.epoll);
  if (epoll === undefined) return;
  epoll.watches.delete(watchKey(watch.file, watch.fd));
  if (watch.isReady) removeFrom(epoll.ready, watch);
}

/** A file was closed for good: nobody watches it any more (man 7 epoll, Q6). */
export function forgetFile(vfs: Vfs, file: OpenFile): void {
  const watches = vfs.watchesOfFile.get(file.id);
  if (watches === undefined) return;
  for (const { id } of [...watches]) removeWatch(vfs, id);
  vfs.watchesOfFile.delete(file.id);
  for (const queue of vfs.ops[file.kind].queues(vfs, file))
    if (vfs.watchers.get(queue)?.length === 0) vfs.watchers.delete(queue);
}

/** An epoll names what it watches by file and descriptor (Linux: struct epoll_filefd). Descriptors end at fs.nr_open. */
export const watchKey = (file: FileId, fd: number): number => file * 2 ** 20 + fd;

/** The watch of a file under a descriptor, if there is one. */
export const watchOf = (epoll: Epoll, file: FileId, fd: number): WatchId | undefined =>
  epoll.watches.get(watchKey(file, fd));

function add<K>(index: Map<K, Watch[]>, key: K, watch: Watch): void {
  const watches = index.get(key);
  if (watches === undefined) index.set(key, [watch]);
  else watches.push(watch);
}

/** A list that is empty stays: who is taken off and put on again often finds it. It goes with the file. */
function remove<K>(index: Map<K, Watch[]>, key: K, watch: Watch): void {
  const watches = index.get(key);
  if (watches !== undefined) removeFrom(watches, watch);
}

function removeFrom(watches: Watch[], watch: Watch): void {
  const at = watches.indexOf(watch);
  if (at >= 0) watches.splice(at, 1);
}
