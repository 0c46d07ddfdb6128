/** Files made of events and memory: eventfd2, timerfd, signalfd4, memfd_create. */
import { CAP, type Errno, O } from '../abi/index.ts';
import { type Nanos, NEVER } from '../base/index.ts';
import { asMask, capable, type Kernel, syscall } from '../kernel/index.ts';
import {
  catchUp,
  installFd,
  newEventFd,
  newMemfd,
  newSignalFd,
  newTimerFd,
  setSignalFd,
  setTimer,
  type TimerFd,
  timerOf,
} from '../vfs/index.ts';
import { fd, flags, oneOf, path, size, struct, uint } from './args.ts';
import { openFile } from './file.ts';
import { inSet } from './text/sigset.ts';
import { readWall, timespecOf } from './time-struct.ts';

const EFD = { EFD_SEMAPHORE: 1, EFD_CLOEXEC: O.O_CLOEXEC, EFD_NONBLOCK: O.O_NONBLOCK };
const hasOnly = (bits: number, known: number) => (bits & ~known) === 0;
const isCloexec = (bits: number) => (bits & O.O_CLOEXEC) !== 0;
const OPEN_BITS = O.O_CLOEXEC | O.O_NONBLOCK;

export const eventfd2 = syscall({
  nr: 19,
  name: 'eventfd2',
  args: [uint, flags(EFD)],
  errors: ['EINVAL', 'EMFILE', 'ENFILE'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, value, bits) {
    if (!hasOnly(bits, OPEN_BITS | EFD.EFD_SEMAPHORE)) return 'EINVAL';
    const file = newEventFd(k.vfs, value, (bits & EFD.EFD_SEMAPHORE) !== 0, bits);
    return installFd(k.vfs, k.files, file, isCloexec(bits));
  },
});

/** Clocks a timerfd may run by. */
const TIMER_CLOCKS = {
  CLOCK_REALTIME: 0,
  CLOCK_MONOTONIC: 1,
  CLOCK_BOOTTIME: 7,
  CLOCK_REALTIME_ALARM: 8,
  CLOCK_BOOTTIME_ALARM: 9,
};
/** Those that would wake the machine from its sleep. */
const WAKES: ReadonlySet<number> = new Set([
  TIMER_CLOCKS.CLOCK_REALTIME_ALARM,
  TIMER_CLOCKS.CLOCK_BOOTTIME_ALARM,
]);
const isWall = (clock: number) =>
  clock === TIMER_CLOCKS.CLOCK_REALTIME || clock === TIMER_CLOCKS.CLOCK_REALTIME_ALARM;

export const timerfdCreate = syscall({
  nr: 85,
  name: 'timerfd_create',
  args: [oneOf(TIMER_CLOCKS), flags({ TFD_CLOEXEC: O.O_CLOEXEC, TFD_NONBLOCK: O.O_NONBLOCK })],
  errors: ['EINVAL', 'EMFILE', 'ENFILE', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, clock, bits) {
    const known = Object.values(TIMER_CLOCKS).includes(clock);
    if (!known || !hasOnly(bits, OPEN_BITS)) return 'EINVAL';
    if (WAKES.has(clock) && !capable(k, CAP.CAP_WAKE_ALARM)) return 'EPERM';
    return installFd(k.vfs, k.files, newTimerFd(k.vfs, clock, bits), isCloexec(bits));
  },
});

const timerText = (k: Kernel, addr: number): string | null => {
  const [interval, value] = [timespecOf.text(k, addr), timespecOf.text(k, addr + 16)];
  return interval === null || value === null ? null : `{it_interval=${interval}, it_value=${value}}`;
};

const giveTimer = (k: Kernel, addr: number, { next, interval }: TimerFd): boolean =>
  timespecOf.write(k, addr, interval) &&
  timespecOf.write(k, addr + 16, next >= NEVER ? 0 : Math.max(1, next - k.now()));

/** When a timer expires first, in virtual time: `value` is read again because wall times have more digits. */
function firstExpiry(k: Kernel, addr: number, value: Nanos, how: number, clock: number): Nanos {
  if (value === 0) return NEVER;
  if ((how & TFD.TFD_TIMER_ABSTIME) === 0) return Math.min(k.now() + value, NEVER) as Nanos;
  if (!isWall(clock)) return value;
  const at = readWall(k, addr);
  return typeof at === 'string' ? NEVER : (Math.max(1, at) as Nanos);
}

const TFD = { TFD_TIMER_ABSTIME: 1, TFD_TIMER_CANCEL_ON_SET: 2 };

function timerAt(k: Kernel, number: number): TimerFd | Errno {
  const file = openFile(k, number);
  if (file === undefined) return 'EBADF';
  return file.kind === 'timerfd' ? timerOf(k.vfs, file) : 'EINVAL';
}

export const timerfdSettime = syscall({
  nr: 86,
  name: 'timerfd_settime',
  args: [fd, flags(TFD), struct(timerText), struct(timerText, 'after')],
  errors: ['EBADF', 'ECANCELED', 'EFAULT', 'EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, how, addr, old) {
    const [interval, value] = [timespecOf.read(k, addr), timespecOf.read(k, addr + 16)];
    if (interval === 'EFAULT' || value === 'EFAULT') return 'EFAULT';
    if (!hasOnly(how, 3)) return 'EINVAL';
    if (typeof interval === 'string') return interval;
    if (typeof value === 'string') return value;
    const timer = timerAt(k, number);
    if (typeof timer === 'string') return timer;
    catchUp(k.vfs, timer);
    if (old !== 0 && !giveTimer(k, old, timer)) return 'EFAULT';
    const isWallTime = (how & TFD.TFD_TIMER_ABSTIME) !== 0 && isWall(timer.clock);
    const next = firstExpiry(k, addr + 16, value, how, timer.clock);
    const cancels = isWallTime && (how & TFD.TFD_TIMER_CANCEL_ON_SET) !== 0;
    const wasSet = timer.cancel === 'was set';
    setTimer(k.vfs, timer, { next, interval, isWall: isWallTime, cancel: cancels ? 'on set' : 'no' });
    return cancels && wasSet ? 'ECANCELED' : 0;
  },
});

export const timerfdGettime = syscall({
  nr: 87,
  name: 'timerfd_gettime',
  args: [fd, struct(timerText, 'after')],
  errors: ['EBADF', 'EFAULT', 'EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, addr) {
    const timer = timerAt(k, number);
    if (typeof timer === 'string') return timer;
    catchUp(k.vfs, timer);
    return giveTimer(k, addr, timer) ? 0 : 'EFAULT';
  },
});

export const signalfd4 = syscall({
  nr: 74,
  name: 'signalfd4',
  args: [fd, inSet(2), size, flags({ SFD_CLOEXEC: O.O_CLOEXEC, SFD_NONBLOCK: O.O_NONBLOCK })],
  errors: ['EBADF', 'EFAULT', 'EINVAL', 'EMFILE', 'ENFILE'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, addr, length, bits) {
    if (length !== 8 || !hasOnly(bits, OPEN_BITS)) return 'EINVAL';
    const [low, high] = [k.user.readI32(addr), k.user.readI32(addr + 4)];
    if (low === undefined || high === undefined) return 'EFAULT';
    const { lo, hi } = asMask(low, high);
    if (number === -1) return installFd(k.vfs, k.files, newSignalFd(k.vfs, lo, hi, bits), isCloexec(bits));
    const file = openFile(k, number);
    if (file === undefined) return 'EBADF';
    if (file.kind !== 'signalfd') return 'EINVAL';
    setSignalFd(k.vfs, file, lo, hi);
    return number;
  },
});

const MFD = {
  MFD_CLOEXEC: 1,
  MFD_ALLOW_SEALING: 2,
  MFD_HUGETLB: 4,
  MFD_NOEXEC_SEAL: 8,
  MFD_EXEC: 16,
};
/** NAME_MAX less `memfd:`, and the terminating zero. */
const MAX_MEMFD_NAME = 250;

export const memfdCreate = syscall({
  nr: 279,
  name: 'memfd_create',
  args: [path, flags(MFD)],
  errors: ['EFAULT', 'EINVAL', 'EMFILE', 'ENFILE'],
  interrupted: 'never blocks',
  support: { partial: 'MFD_HUGETLB is EINVAL' },
  run(k, addr, bits) {
    const { MFD_CLOEXEC, MFD_ALLOW_SEALING, MFD_NOEXEC_SEAL, MFD_EXEC } = MFD;
    if (!hasOnly(bits, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL | MFD_EXEC)) return 'EINVAL';
    if (bits & MFD_NOEXEC_SEAL && bits & MFD_EXEC) return 'EINVAL';
    const name = k.user.cstring(addr, MAX_MEMFD_NAME);
    if (name === 'ENAMETOOLONG') return 'EINVAL';
    if (name === 'EFAULT') return name;
    const { fsuid, fsgid } = k.task.credentials;
    const mayBeSealed = (bits & MFD_ALLOW_SEALING) !== 0;
    const noExec = (bits & MFD_NOEXEC_SEAL) !== 0;
    const file = newMemfd(k.vfs, { name, mayBeSealed, noExec, uid: fsuid, gid: fsgid });
    return installFd(k.vfs, k.files, file, (bits & MFD_CLOEXEC) !== 0);
  },
});

export const EVENTFD_CALLS = [
  eventfd2,
  timerfdCreate,
  timerfdSettime,
  timerfdGettime,
  signalfd4,
  memfdCreate,
];
