/** Clocks: reading them. Every clock is virtual time; man 2 clock_gettime. Setting them is in clock-set.ts. */
import { type Arg, cpuClockOf, type Kernel, readCpuClock, syscall } from '../kernel/index.ts';
import { oneOf, outTimespec, outTimeval, pointer } from './args.ts';
import { timespecOf } from './time-struct.ts';

export const CLOCKS = {
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
export const clock: Arg<number> = oneOf(CLOCKS);

/** Clocks that tell the time of day. */
export const isWallClock = (id: number): boolean => WALL_CLOCKS.has(id);
const WALL_CLOCKS: ReadonlySet<number> = new Set([
  CLOCKS.CLOCK_REALTIME,
  CLOCKS.CLOCK_REALTIME_COARSE,
  CLOCKS.CLOCK_REALTIME_ALARM,
  CLOCKS.CLOCK_TAI,
]);
/** Clocks that can be read, but that nobody can wait by. */
export const isReadOnly = (id: number): boolean => READ_ONLY.has(id);
const READ_ONLY: ReadonlySet<number> = new Set([
  CLOCKS.CLOCK_MONOTONIC_RAW,
  CLOCKS.CLOCK_REALTIME_COARSE,
  CLOCKS.CLOCK_MONOTONIC_COARSE,
]);
const KNOWN: ReadonlySet<number> = new Set(Object.values(CLOCKS));

/** Is there such a clock for the caller? */
export const isClock = (k: Kernel, id: number): boolean =>
  id < 0 ? cpuClockOf(k, id) !== undefined : KNOWN.has(id);

/** A wall-clock time has more digits than a double: seconds and nanoseconds apart. */
interface ClockTime {
  readonly sec: number;
  readonly nsec: number;
}
const split = (nanos: number): ClockTime => ({ sec: Math.floor(nanos / 1e9), nsec: nanos % 1e9 });

function readClock(k: Kernel, id: number): ClockTime | undefined {
  if (WALL_CLOCKS.has(id)) return k.wall();
  const cpu = cpuClockOf(k, id);
  if (cpu !== undefined && (id < 0 || id === 2 || id === 3)) return split(readCpuClock(k, cpu));
  return KNOWN.has(id) ? split(k.now()) : undefined;
}

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

/** Coarse clocks move once a tick of a 250th of a second on Linux. */
const TICK = 4_000_000;
const isCoarse = (id: number): boolean =>
  id === CLOCKS.CLOCK_REALTIME_COARSE || id === CLOCKS.CLOCK_MONOTONIC_COARSE;

export const clockGetres = syscall({
  nr: 114,
  name: 'clock_getres',
  args: [clock, outTimespec],
  errors: ['EINVAL', 'EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, id, addr) {
    if (!isClock(k, id)) return 'EINVAL';
    return addr === 0 || timespecOf.write(k, addr, isCoarse(id) ? TICK : 1) ? 0 : 'EFAULT';
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

export const CLOCK_CALLS = [clockGettime, clockGetres, gettimeofday];
