/** timerfd(2): a timer that is read, and polled, like a file. Linux: fs/timerfd.c. */
import { O } from '../abi/index.ts';
import { bug, type Nanos, NEVER } from '../base/index.ts';
import { type FileOps, NO_FILES, NO_OPS, waitFor } from './file-ops.ts';
import { notify } from './notify.ts';
import { newFile } from './open-file.ts';
import { type FileId, type OpenFile, type Outcome, POLLIN, type QueueId, type Transfer } from './types.ts';
import type { Vfs } from './vfs.ts';

export interface TimerFd {
  readonly id: number;
  /** CLOCK_*: only decides how absolute times are read. */
  readonly clock: number;
  /** Next expiration in virtual time; NEVER when disarmed. */
  next: Nanos;
  interval: Nanos;
  /** Expirations that nobody has read. */
  ticks: number;
  readonly queue: QueueId;
}

export function newTimerFd(vfs: Vfs, clock: number, flags: number): FileId {
  const timer: TimerFd = {
    id: vfs.nextId++,
    clock,
    next: NEVER,
    interval: 0 as Nanos,
    ticks: 0,
    queue: vfs.host.newQueue(),
  };
  vfs.timerfds.set(timer.id, timer);
  const path = 'anon_inode:[timerfd]';
  return newFile(vfs, { kind: 'timerfd', flags: O.O_RDWR | (flags & O.O_NONBLOCK), path, channel: timer.id });
}

export const timerOf = (vfs: Vfs, file: OpenFile): TimerFd =>
  vfs.timerfds.get(file.channel) ?? bug(`there is no timerfd ${file.channel}`);

/** timerfd_settime(2): `next` is an absolute virtual time, NEVER to disarm. */
export function setTimer(vfs: Vfs, timer: TimerFd, next: Nanos, interval: Nanos): void {
  timer.next = next;
  timer.interval = interval;
  timer.ticks = 0;
  vfs.host.arm('timerfd', next, timer.id);
}

/** The timer came due: one tick, and for a periodic one those that were missed. */
export function timerfdFired(vfs: Vfs, id: number): void {
  const timer = vfs.timerfds.get(id);
  if (timer === undefined || timer.next > vfs.host.now()) return;
  const periods = timer.interval === 0 ? 0 : Math.floor((vfs.host.now() - timer.next) / timer.interval);
  timer.ticks += 1 + periods;
  timer.next = timer.interval === 0 ? NEVER : ((timer.next + (periods + 1) * timer.interval) as Nanos);
  if (timer.next < NEVER) vfs.host.arm('timerfd', timer.next, id);
  notify(vfs, timer.queue);
}

function read(vfs: Vfs, file: OpenFile, to: Transfer): Outcome {
  const timer = timerOf(vfs, file);
  if (to.left < 8) return 'EINVAL';
  if (timer.ticks === 0)
    return file.flags & O.O_NONBLOCK ? 'EAGAIN' : waitFor('timerfd', timer.queue, timer.id);
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, timer.ticks, true);
  view.setUint32(4, Math.floor(timer.ticks / 2 ** 32), true);
  if (to.put(bytes) < 8) return 'EFAULT';
  timer.ticks = 0;
  return 8;
}

export const TIMERFD_OPS: FileOps = {
  ...NO_OPS,
  read,
  poll: (vfs, file) => (timerOf(vfs, file).ticks > 0 ? POLLIN : 0),
  queues: (vfs, file) => [timerOf(vfs, file).queue],
  close: (vfs, file) => {
    vfs.host.arm('timerfd', NEVER, file.channel);
    vfs.timerfds.delete(file.channel);
    return NO_FILES;
  },
};
