/**
 * Telling that a file's state changed: tasks that wait there look again, and epolls that watch it put it on
 * their ready lists. Linux: __wake_up on a wait queue that holds both tasks and ep_poll_callback.
 */
import type { QueueId } from './types.ts';
import type { Vfs } from './vfs.ts';
import type { WatchId } from './watch.ts';

/** Wakes a queue and all epolls that watch it, through nested ones, too. */
export function notify(vfs: Vfs, queue: QueueId): void {
  vfs.host.wake(queue);
  const watches = vfs.watchers.get(queue);
  if (watches !== undefined) for (const id of watches) markReady(vfs, id);
}

/** Puts a watched file on its epoll's ready list. */
export function markReady(vfs: Vfs, id: WatchId): void {
  const watch = vfs.watches.get(id);
  if (watch === undefined || !watch.isArmed) return;
  const epoll = vfs.epolls.get(watch.epoll)!;
  if (!watch.isReady) epoll.ready.push(id);
  watch.isReady = true;
  notify(vfs, epoll.queue);
}
