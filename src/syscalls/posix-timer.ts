/** POSIX timers: timer_create and its kin. Linux: kernel/time/posix-timers.c. */
import { SIGNAL, SIGRTMAX } from '../abi/index.ts';
import { type Nanos, NEVER } from '../base/index.ts';
import {
  armPosixTimer,
  clockNow,
  countQueued,
  cpuClockOf,
  deletePosixTimer,
  isCpuClock,
  isQueueFull,
  type Kernel,
  type PosixTimer,
  SIGEV,
  syscall,
  type Tid,
  timeLeft,
} from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { flags, int, struct } from './args.ts';
import { clock, isClock, isReadOnly, isWallClock } from './clock.ts';
import { inSigevent, outTimerId } from './text/time.ts';
import { readWall, timespecOf } from './time-struct.ts';

/** struct sigevent { value; signo; notify; tid }, in 64 bytes. */
const SIGEVENT_SIZE = 64;

/** Whom a timer tells, and how. */
type Event = Pick<PosixTimer, 'notify' | 'signo' | 'valueLo' | 'valueHi' | 'tid'>;

function readEvent(k: Kernel, addr: number): Event | 'EFAULT' | 'EINVAL' {
  const bytes = new Uint8Array(SIGEVENT_SIZE);
  if (!k.user.copyIn(addr, bytes)) return 'EFAULT';
  const view = new DataView(bytes.buffer);
  const at = (offset: number) => view.getInt32(offset, true);
  const event = { valueLo: at(0), valueHi: at(4), signo: at(8), notify: at(12), tid: at(16) as Tid };
  if (event.notify === SIGEV.SIGEV_NONE) return { ...event, tid: 0 };
  if (event.signo <= 0 || event.signo > SIGRTMAX) return 'EINVAL';
  if (event.notify === SIGEV.SIGEV_THREAD_ID)
    return k.tasks.get(event.tid)?.group === k.group.tgid ? event : 'EINVAL';
  const isPlain = event.notify === SIGEV.SIGEV_SIGNAL || event.notify === SIGEV.SIGEV_THREAD;
  return isPlain ? { ...event, tid: 0 } : 'EINVAL';
}

const MAX_ID = 0x7fffffff;

function newTimer(k: Kernel, clockId: number, event: Event | null): PosixTimer {
  const { group } = k;
  const id = group.nextTimer;
  group.nextTimer = id === MAX_ID ? 0 : id + 1;
  const key = ++k.counters.timers;
  const timer: PosixTimer = {
    ...{ key, id, group: group.tgid, clock: clockId, owner: k.task.credentials.ruid },
    cpu: isCpuClock(clockId) ? cpuClockOf(k, clockId)! : null,
    ...(event ?? { notify: SIGEV.SIGEV_SIGNAL, signo: SIGNAL.SIGALRM, valueLo: id, valueHi: 0, tid: 0 }),
    ...{ next: NEVER, isWall: false, interval: 0 as Nanos, isDue: false, overrun: 0, lastOverrun: 0 },
  };
  group.timers ??= new Map();
  group.timers.set(id, key);
  k.posixTimers.set(key, timer);
  countQueued(k, timer.owner);
  return timer;
}

export const timerCreate = syscall({
  nr: 107,
  name: 'timer_create',
  args: [clock, inSigevent, outTimerId],
  errors: ['EAGAIN', 'EFAULT', 'EINVAL', 'EOPNOTSUPP'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, id, sigevent, out) {
    const event = sigevent === 0 ? null : readEvent(k, sigevent);
    if (event === 'EFAULT') return event;
    if (!isClock(k, id)) return 'EINVAL';
    if (isReadOnly(id)) return 'EOPNOTSUPP';
    if (isQueueFull(k, k.group, k.task.credentials.ruid)) return 'EAGAIN';
    if (event === 'EINVAL') return event;
    if (!k.user.writeU32(out, k.group.nextTimer)) return 'EFAULT';
    newTimer(k, id, event);
    return 0;
  },
});

const timerOf = (k: Kernel, id: number): PosixTimer | undefined =>
  k.posixTimers.get(k.group.timers?.get(id) ?? 0);

const timerText = (k: Kernel, addr: number): string | null => {
  const [interval, value] = [timespecOf.text(k, addr), timespecOf.text(k, addr + 16)];
  return interval === null || value === null ? null : `{it_interval=${interval}, it_value=${value}}`;
};
const outTimer = struct(timerText, 'after');

const giveTimer = (k: Kernel, addr: number, interval: number, left: number): boolean =>
  timespecOf.write(k, addr, interval) && timespecOf.write(k, addr + 16, left);

export const timerGettime = syscall({
  nr: 108,
  name: 'timer_gettime',
  args: [int, outTimer],
  errors: ['EFAULT', 'EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, id, addr) {
    const timer = timerOf(k, id);
    if (timer === undefined) return 'EINVAL';
    return giveTimer(k, addr, timer.interval, timeLeft(k, timer)) ? 0 : 'EFAULT';
  },
});

export const timerGetoverrun = syscall({
  nr: 109,
  name: 'timer_getoverrun',
  args: [int],
  errors: ['EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, id) => timerOf(k, id)?.lastOverrun ?? 'EINVAL',
});

const TIMER_ABSTIME = 1;

/** When the timer expires first by its clock; NEVER disarms it. */
function firstExpiry(k: Kernel, timer: PosixTimer, addr: number, value: Nanos, isAbsolute: boolean): Nanos {
  if (value === 0) return NEVER;
  if (!isAbsolute) return Math.min(clockNow(k, timer) + value, NEVER) as Nanos;
  const at = isWallClock(timer.clock) ? readWall(k, addr) : value;
  return typeof at === 'string' ? NEVER : at;
}

function setTime(k: Kernel, id: number, how: number, addr: number, old: number): Outcome {
  if (addr === 0) return 'EINVAL';
  const [interval, value] = [timespecOf.read(k, addr), timespecOf.read(k, addr + 16)];
  if (interval === 'EFAULT' || value === 'EFAULT') return 'EFAULT';
  if (typeof interval === 'string' || typeof value === 'string') return 'EINVAL';
  const timer = timerOf(k, id);
  if (timer === undefined) return 'EINVAL';
  const [lastInterval, left] = [timer.interval, timeLeft(k, timer)];
  const isAbsolute = (how & TIMER_ABSTIME) !== 0;
  timer.interval = value === 0 ? (0 as Nanos) : interval;
  timer.isWall = isAbsolute && isWallClock(timer.clock);
  timer.isDue = false;
  timer.overrun = 0;
  armPosixTimer(k, timer, firstExpiry(k, timer, addr + 16, value, isAbsolute));
  return old === 0 || giveTimer(k, old, lastInterval, left) ? 0 : 'EFAULT';
}

export const timerSettime = syscall({
  nr: 110,
  name: 'timer_settime',
  args: [int, flags({ TIMER_ABSTIME }), struct(timerText), outTimer],
  errors: ['EFAULT', 'EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run: setTime,
});

export const timerDelete = syscall({
  nr: 111,
  name: 'timer_delete',
  args: [int],
  errors: ['EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, id) {
    const timer = timerOf(k, id);
    if (timer === undefined) return 'EINVAL';
    deletePosixTimer(k, k.group, timer);
    return 0;
  },
});

export const POSIX_TIMER_CALLS = [timerCreate, timerGettime, timerGetoverrun, timerSettime, timerDelete];
