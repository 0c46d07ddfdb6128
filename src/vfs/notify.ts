/**
 * Telling that a file's state changed: tasks that wait there look again, and epolls that watch it put it on
 * their ready lists. Linux: __wake_up on a wait queue that holds both tasks and ep_poll_callback.
 */
import { tellListeners } from './async.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDNORM, POLLWRNORM, type QueueId } from './types.ts';
import type { Vfs } from './vfs.ts';
import type { Watch } from './watch.ts';

/** What may have changed: room to write, or something to read. Linux: the key of a wake-up. */
export const INPUT = POLLIN | POLLPRI | POLLRDNORM;
export const OUTPUT = POLLOUT | POLLWRNORM;
const ANYTHING = -1;
/** What is told without being asked for. */
const ALWAYS = POLLERR | POLLHUP;

/**
 * Wakes a queue and all epolls that watch it, through nested ones, too. Who watches nothing of `bits` hears nothing:
 * for edges that is to be seen.
 */
export function notify(vfs: Vfs, queue: QueueId, bits = ANYTHING): void {
  vfs.host.wake(queue);
  if (vfs.listeners.size > 0) tellListeners(vfs, queue, bits);
  const watches = vfs.watchers.get(queue);
  if (watches !== undefined) for (const watch of watches) markReady(vfs, watch, bits);
}

/** Puts a watched file on its epoll's ready list. */
export function markReady(vfs: Vfs, watch: Watch, bits = ANYTHING): void {
  if (!watch.isArmed || ((watch.events | ALWAYS) & bits) === 0) return;
  const epoll = vfs.epolls.get(watch.epoll)!;
  if (!watch.isReady) epoll.ready.push(watch);
  watch.isReady = true;
  notify(vfs, epoll.queue);
}
