/** Clocks, sleeping and interval timers. Every clock is virtual time; man 2 clock_gettime, setitimer. */
import { type Nanos, NEVER } from '../base/index.ts';
import {
  type Arg,
  type IntervalTimer,
  type Kernel,
  processTime,
  syscall,
  type Tgid,
  type ThreadGroup,
  type Tid,
} from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { flags, inTimespec, oneOf, outTimespec, outTimeval, pointer, struct } from './args.ts';
import { readWall, timespecOf, timevalOf } from './time-struct.ts';

const CLOCKS = {
  CLOCK_REALTIME: 0,
  CLOCK_MONOTONIC: 1,
  CLOCK_PROCESS_CPUTIME_ID: 2,
  CLOCK_THREAD_CPUTIME_ID: 3,
  CLOCK_MONOTONIC_RAW: 4,
  CLOCK_REALTIME_COARSE: 5,
  CLOCK_MONOTONIC_COARSE: 6,
  CLOCK_BOOTTIME: 7,
  CLOCK_REALTIME_ALARM: 8,
  CLOCK_BOOTTIME_ALARM: 9,
  CLOCK_TAI: 11,
} as const;
const clock: Arg<number> = oneOf(CLOCKS);

const threadTime = (k: Kernel, tid: number): number | undefined => {
  const task = k.tasks.get(tid as Tid);
  return task && task.userTime + task.systemTime;
};

/** A wall-clock time has more digits than a double: seconds and nanoseconds apart. */
interface ClockTime {
  readonly sec: number;
  readonly nsec: number;
}
const split = (nanos: number): ClockTime => ({ sec: Math.floor(nanos / 1e9), nsec: nanos % 1e9 });

const READ: Readonly<Record<number, (k: Kernel) => ClockTime>> = {
  [CLOCKS.CLOCK_REALTIME]: (k) => k.wall(),
  [CLOCKS.CLOCK_REALTIME_COARSE]: (k) => k.wall(),
  [CLOCKS.CLOCK_REALTIME_ALARM]: (k) => k.wall(),
  [CLOCKS.CLOCK_TAI]: (k) => k.wall(),
  [CLOCKS.CLOCK_MONOTONIC]: (k) => split(k.now()),
  [CLOCKS.CLOCK_MONOTONIC_RAW]: (k) => split(k.now()),
  [CLOCKS.CLOCK_MONOTONIC_COARSE]: (k) => split(k.now()),
  [CLOCKS.CLOCK_BOOTTIME]: (k) => split(k.now()),
  [CLOCKS.CLOCK_BOOTTIME_ALARM]: (k) => split(k.now()),
  [CLOCKS.CLOCK_PROCESS_CPUTIME_ID]: (k) => split(processTime(k, k.group, 'all')),
  [CLOCKS.CLOCK_THREAD_CPUTIME_ID]: (k) => split(threadTime(k, k.task.tid)!),
};

/** A negative clock names another process's or thread's processor time (Linux: posix-timers, CPUCLOCK_*). */
function cpuClock(k: Kernel, id: number): ClockTime | undefined {
  const pid = ~(id >> 3);
  if ((id & 4) !== 0) {
    const used = threadTime(k, pid === 0 ? k.task.tid : pid);
    return used === undefined ? undefined : split(used);
  }
  const group = pid === 0 ? k.group : k.groups.get(pid as Tgid);
  return group && split(processTime(k, group, 'all'));
}

const readClock = (k: Kernel, id: number): ClockTime | undefined =>
  id < 0 ? cpuClock(k, id) : READ[id]?.(k);

export const clockGettime = syscall({
  nr: 113,
  name: 'clock_gettime',
  args: [clock, outTimespec],
  errors: ['EINVAL', 'EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, id, addr) {
    const time = readClock(k, id);
    if (time === undefined) return 'EINVAL';
    return k.user.writeU64(addr, time.sec) && k.user.writeU64(addr + 8, time.nsec) ? 0 : 'EFAULT';
  },
});

export const clockGetres = syscall({
  nr: 114,
  name: 'clock_getres',
  args: [clock, outTimespec],
  errors: ['EINVAL', 'EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, id, addr) {
    if (readClock(k, id) === undefined) return 'EINVAL';
    return addr === 0 || timespecOf.write(k, addr, 1) ? 0 : 'EFAULT';
  },
});

export const gettimeofday = syscall({
  nr: 169,
  name: 'gettimeofday',
  args: [outTimeval, pointer],
  errors: ['EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, tv, tz) {
    const { sec, nsec } = k.wall();
    if (tv !== 0 && !(k.user.writeU64(tv, sec) && k.user.writeU64(tv + 8, Math.floor(nsec / 1000))))
      return 'EFAULT';
    return tz === 0 || k.user.writeU64(tz, 0) ? 0 : 'EFAULT';
  },
});

/** The clock is the machine's input: nobody inside may set it, not even root. */
const unsettable = 'virtual time is the machine’s own; no guest sets it';
const refuseSetting = (nr: number, name: string) =>
  syscall({
    nr,
    name,
    args: [pointer, pointer],
    errors: ['EPERM'],
    interrupted: 'never blocks',
    support: { refused: 'EPERM', why: unsettable },
    run: () => 'EPERM',
  });

export const settimeofday = refuseSetting(170, 'settimeofday');
export const clockSettime = refuseSetting(112, 'clock_settime');
export const clockAdjtime = refuseSetting(266, 'clock_adjtime');
export const adjtimex = refuseSetting(171, 'adjtimex');

/** Sleeps until the call's deadline. */
const sleep = (k: Kernel): Outcome => (k.expired() ? 0 : k.waitOn('sleep', []));

/** An interrupted relative sleep tells what was left. */
const tellRest = (k: Kernel, rest: number): 'EFAULT' | null =>
  rest === 0 || timespecOf.write(k, rest, Math.max(0, k.call.deadline - k.now())) ? null : 'EFAULT';

export const nanosleep = syscall({
  nr: 101,
  name: 'nanosleep',
  args: [inTimespec, outTimespec],
  errors: ['EFAULT', 'EINTR', 'EINVAL'],
  interrupted: 'ERESTART_RESTARTBLOCK',
  support: 'full',
  run(k, request) {
    const time = timespecOf.read(k, request);
    if (typeof time === 'string') return time;
    k.deadline(time);
    return sleep(k);
  },
  cut: (k, _request, rest) => tellRest(k, rest),
});

const TIMER_ABSTIME = 1;
const CPU_CLOCKS: ReadonlySet<number> = new Set([
  CLOCKS.CLOCK_PROCESS_CPUTIME_ID,
  CLOCKS.CLOCK_THREAD_CPUTIME_ID,
]);
const WALL_CLOCKS: ReadonlySet<number> = new Set([
  CLOCKS.CLOCK_REALTIME,
  CLOCKS.CLOCK_TAI,
  CLOCKS.CLOCK_REALTIME_ALARM,
]);

export const clockNanosleep = syscall({
  nr: 115,
  name: 'clock_nanosleep',
  args: [clock, flags({ TIMER_ABSTIME }), inTimespec, outTimespec],
  errors: ['EFAULT', 'EINTR', 'EINVAL', 'EOPNOTSUPP'],
  interrupted: 'ERESTART_RESTARTBLOCK',
  support: { partial: 'processor-time clocks are refused with EOPNOTSUPP' },
  run(k, id, how, request) {
    if (id < 0 || CPU_CLOCKS.has(id)) return 'EOPNOTSUPP';
    if (READ[id] === undefined) return 'EINVAL';
    const isAbsolute = (how & TIMER_ABSTIME) !== 0;
    const time = isAbsolute && WALL_CLOCKS.has(id) ? readWall(k, request) : timespecOf.read(k, request);
    if (typeof time === 'string') return time;
    k.deadline((isAbsolute ? Math.max(0, time - k.now()) : time) as Nanos);
    return sleep(k);
  },
  cut: (k, _id, how, _request, rest) => ((how & TIMER_ABSTIME) !== 0 ? null : tellRest(k, rest)),
});

const ITIMERS = { ITIMER_REAL: 0, ITIMER_VIRTUAL: 1, ITIMER_PROF: 2 };
type TimerName = 'realTimer' | 'virtualTimer' | 'profTimer';
const TIMER_NAMES: readonly TimerName[] = ['realTimer', 'virtualTimer', 'profTimer'];

/** The clock a timer runs by. */
const timerNow = (k: Kernel, group: ThreadGroup, name: TimerName): number =>
  name === 'realTimer' ? k.now() : processTime(k, group, name === 'virtualTimer' ? 'user' : 'all');

const itimerText = (k: Kernel, addr: number): string | null => {
  const [interval, value] = [timevalOf.text(k, addr), timevalOf.text(k, addr + 16)];
  return interval === null || value === null ? null : `{it_interval=${interval}, it_value=${value}}`;
};

function writeTimer(k: Kernel, addr: number, name: TimerName, timer: IntervalTimer): boolean {
  const rest = timer.next - timerNow(k, k.group, name);
  // One that is due, and whose signal nobody has taken, does not run.
  const runs = timer.next < NEVER && (rest > 0 || name !== 'realTimer');
  const left = runs ? Math.max(1000, rest) : 0;
  return timevalOf.write(k, addr, timer.interval) && timevalOf.write(k, addr + 16, left);
}

export const getitimer = syscall({
  nr: 102,
  name: 'getitimer',
  args: [oneOf(ITIMERS), struct(itimerText, 'after')],
  errors: ['EFAULT', 'EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, which, addr) {
    const name = TIMER_NAMES[which];
    if (name === undefined) return 'EINVAL';
    return writeTimer(k, addr, name, k.group[name]) ? 0 : 'EFAULT';
  },
});

export const setitimer = syscall({
  nr: 103,
  name: 'setitimer',
  args: [oneOf(ITIMERS), struct(itimerText), struct(itimerText, 'after')],
  errors: ['EFAULT', 'EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, which, next, old) {
    const name = TIMER_NAMES[which];
    if (name === undefined) return 'EINVAL';
    const before = k.group[name];
    const interval = next === 0 ? 0 : timevalOf.read(k, next);
    const value = next === 0 ? 0 : timevalOf.read(k, next + 16);
    if (typeof interval === 'string') return interval;
    if (typeof value === 'string') return value;
    if (old !== 0 && !writeTimer(k, old, name, before)) return 'EFAULT';
    const at = (value === 0 ? NEVER : timerNow(k, k.group, name) + value) as Nanos;
    k.group[name] = { next: at, interval: interval as Nanos };
    if (name === 'realTimer') k.timers.arm(at, 'itimer', k.group.tgid);
    return 0;
  },
});

export const TIME_CALLS = [
  clockGettime,
  clockGetres,
  gettimeofday,
  settimeofday,
  clockSettime,
  clockAdjtime,
  adjtimex,
  nanosleep,
  clockNanosleep,
  getitimer,
  setitimer,
];
