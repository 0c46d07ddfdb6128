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
  /** `next` was given as an absolute time of day: it moves when the wall clock is set. */
  isWall: boolean;
  /** Reads fail with ECANCELED once the wall clock has been set (TFD_TIMER_CANCEL_ON_SET). */
  cancel: 'no' | 'on set' | 'was set';
  /** `next` has come, and nobody has looked: a periodic timer stands still meanwhile. */
  isDue: boolean;
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
    isWall: false,
    cancel: 'no',
    isDue: false,
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
export function setTimer(
  vfs: Vfs,
  timer: TimerFd,
  to: Pick<TimerFd, 'next' | 'interval' | 'isWall' | 'cancel'>,
): void {
  Object.assign(timer, to);
  const { next } = to;
  timer.ticks = 0;
  timer.isDue = false;
  vfs.host.arm('timerfd', next, timer.id);
}

/** The wall clock was set forward by so much. Linux: timerfd_clock_was_set(). */
export function wallClockSet(vfs: Vfs, by: number): void {
  for (const timer of vfs.timerfds.values()) {
    if (timer.isWall && timer.next < NEVER && !timer.isDue) {
      timer.next = Math.max(0, timer.next - by) as Nanos;
      vfs.host.arm('timerfd', timer.next, timer.id);
    }
    if (timer.cancel === 'no') continue;
    timer.cancel = 'was set';
    timer.ticks++;
    notify(vfs, timer.queue);
  }
}

/** The timer came due: one tick. Who reads it or asks for its time sets a periodic one going again. */
export function timerfdFired(vfs: Vfs, id: number): void {
  const timer = vfs.timerfds.get(id);
  if (timer === undefined || timer.isDue || timer.next > vfs.host.now()) return;
  timer.ticks++;
  if (timer.interval === 0) timer.next = NEVER;
  else timer.isDue = true;
  notify(vfs, timer.queue);
}

/** Counts the periods that nobody looked at, and arms the timer for the one after them (Linux: timerfd_do_gettime). */
export function catchUp(vfs: Vfs, timer: TimerFd): void {
  if (!timer.isDue) return;
  const missed = Math.floor((vfs.host.now() - timer.next) / timer.interval);
  timer.ticks += missed;
  timer.next = Math.min(timer.next + (missed + 1) * timer.interval, NEVER) as Nanos;
  timer.isDue = false;
  vfs.host.arm('timerfd', timer.next, timer.id);
}

function read(vfs: Vfs, file: OpenFile, to: Transfer): Outcome {
  const timer = timerOf(vfs, file);
  if (to.left < 8) return 'EINVAL';
  if (timer.ticks === 0)
    return file.flags & O.O_NONBLOCK ? 'EAGAIN' : waitFor('timerfd', timer.queue, timer.id);
  if (timer.cancel === 'was set') {
    timer.cancel = 'on set';
    timer.ticks = 0;
    return 'ECANCELED';
  }
  catchUp(vfs, timer);
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
