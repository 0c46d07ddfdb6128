/** Sleeping and interval timers. man 2 nanosleep, setitimer. */
import { type Nanos, NEVER } from '../base/index.ts';
import {
  armCpuSleep,
  cpuClockOf,
  type IntervalTimer,
  isCpuClock,
  type Kernel,
  planCpuTimers,
  processTime,
  readCpuClock,
  syscall,
  type ThreadGroup,
} from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { flags, inTimespec, oneOf, struct } from './args.ts';
import { CLOCKS, clock, isClock, isReadOnly, isWallClock } from './clock.ts';
import { clockSleepRest, sleepRest } from './text/time.ts';
import { readWall, timespecOf, timevalOf } from './time-struct.ts';

/** Sleeps until the call's deadline. */
const sleep = (k: Kernel): Outcome => (k.expired() ? 0 : k.waitOn('sleep', []));

/** An interrupted relative sleep tells what was left. */
const tellRest = (k: Kernel, rest: number): 'EFAULT' | null =>
  rest === 0 || timespecOf.write(k, rest, Math.max(0, k.call.deadline - k.now())) ? null : 'EFAULT';

export const nanosleep = syscall({
  nr: 101,
  name: 'nanosleep',
  args: [inTimespec, sleepRest],
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

/** Sleeps until a clock of processor time has come so far: somebody else's, or that of the caller's other threads. */
function sleepCpu(k: Kernel, id: number, isAbsolute: boolean, time: Nanos): Outcome {
  const cpu = cpuClockOf(k, id);
  if (cpu === undefined) return 'EINVAL';
  if (cpu.tid === k.task.tid) return 'EINVAL';
  const now = readCpuClock(k, cpu);
  if (k.call.note === 0) k.call.note = (isAbsolute ? time : Math.min(now + time, NEVER)) + 1;
  const until = (k.call.note - 1) as Nanos;
  if (now >= until) return 0;
  armCpuSleep(k, k.task.tid, cpu, until);
  return { on: 'cpu-clock', queues: [], until: NEVER, detail: 0 };
}

/** What is left of a sleep by a clock of processor time. */
function tellCpuRest(k: Kernel, id: number, rest: number): 'EFAULT' | null {
  const cpu = cpuClockOf(k, id);
  const left = cpu === undefined ? 0 : Math.max(0, k.call.note - 1 - readCpuClock(k, cpu));
  return rest === 0 || timespecOf.write(k, rest, left) ? null : 'EFAULT';
}

export const clockNanosleep = syscall({
  nr: 115,
  name: 'clock_nanosleep',
  args: [clock, flags({ TIMER_ABSTIME }), inTimespec, clockSleepRest],
  errors: ['EFAULT', 'EINTR', 'EINVAL', 'EOPNOTSUPP'],
  interrupted: 'ERESTART_RESTARTBLOCK',
  support: 'full',
  run(k, id, how, request) {
    if (!isClock(k, id)) return 'EINVAL';
    if (isReadOnly(id) || id === CLOCKS.CLOCK_THREAD_CPUTIME_ID) return 'EOPNOTSUPP';
    const isAbsolute = (how & TIMER_ABSTIME) !== 0;
    const time = isAbsolute && isWallClock(id) ? readWall(k, request) : timespecOf.read(k, request);
    if (typeof time === 'string') return time;
    if (isCpuClock(id)) return sleepCpu(k, id, isAbsolute, time);
    k.deadline((isAbsolute ? Math.max(0, time - k.now()) : time) as Nanos);
    return sleep(k);
  },
  cut(k, id, how, _request, rest) {
    if ((how & TIMER_ABSTIME) !== 0) return null;
    return isCpuClock(id) ? tellCpuRest(k, id, rest) : tellRest(k, rest);
  },
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
    else planCpuTimers(k, k.group);
    return 0;
  },
});

export const TIME_CALLS = [nanosleep, clockNanosleep, getitimer, setitimer];
