/** Setting the wall clock, and what adjtimex tells of it. man 2 clock_settime, adjtimex; Linux: kernel/time/ntp.c. */

import type { Errno } from '../abi/index.ts';
import { CAP } from '../abi/index.ts';
import { capable, isCpuClock, type Kernel, setWallClock, syscall } from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { inTimespec, pointer, struct } from './args.ts';
import { CLOCKS, clock, isClock } from './clock.ts';
import { timevalOf } from './time-struct.ts';

/** Linux: TIME_SETTOD_SEC_MAX, thirty years before its count of nanoseconds ends. */
const MAX_SECONDS = 9_223_372_036 - 30 * 365 * 24 * 3600;

/** Does the caller have CAP_SYS_TIME? */
const maySet = (k: Kernel): boolean => capable(k, CAP.CAP_SYS_TIME);

function setTo(k: Kernel, sec: number, nsec: number): Outcome {
  if (sec < 0 || sec >= MAX_SECONDS || nsec < 0 || nsec >= 1e9) return 'EINVAL';
  if (!maySet(k)) return 'EPERM';
  // The day cannot be earlier than the machine's own age.
  if (sec * 1e9 + nsec < k.now()) return 'EINVAL';
  setWallClock(k, { sec, nsec });
  return 0;
}

export const clockSettime = syscall({
  nr: 112,
  name: 'clock_settime',
  args: [clock, inTimespec],
  errors: ['EFAULT', 'EINVAL', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, id, addr) {
    if (id < 0 && isClock(k, id)) return 'EPERM';
    if (id !== CLOCKS.CLOCK_REALTIME) return 'EINVAL';
    const [sec, nsec] = [k.user.readI64(addr), k.user.readI64(addr + 8)];
    return sec === undefined || nsec === undefined ? 'EFAULT' : setTo(k, sec, nsec);
  },
});

export const settimeofday = syscall({
  nr: 170,
  name: 'settimeofday',
  args: [struct(timevalOf.text), pointer],
  errors: ['EFAULT', 'EINVAL', 'EPERM'],
  interrupted: 'never blocks',
  support: { partial: 'a time zone other than UTC is EPERM' },
  run(k, tv, tz) {
    const [sec, usec] = tv === 0 ? [0, 0] : [k.user.readI64(tv), k.user.readI64(tv + 8)];
    const [west, daylight] = tz === 0 ? [0, 0] : [k.user.readI32(tz), k.user.readI32(tz + 4)];
    if (sec === undefined || usec === undefined || west === undefined || daylight === undefined)
      return 'EFAULT';
    if (usec < 0 || usec > 1e6) return 'EINVAL';
    if (tv === 0 && !maySet(k)) return 'EPERM';
    if (west > 15 * 60 || west < -15 * 60) return 'EINVAL';
    if (west !== 0 || daylight !== 0) return 'EPERM';
    return tv === 0 ? 0 : setTo(k, sec, usec * 1000);
  },
});

const ADJ = {
  SETOFFSET: 0x100,
  NANO: 0x2000,
  TICK: 0x4000,
  ADJTIME: 0x8000,
  SINGLESHOT: 1,
  READONLY: 0x2000,
};
const TIMEX_SIZE = 208;
/** struct timex as Linux begins with it, and leaves it while nothing disciplines the clock. */
const TIMEX: readonly (readonly [offset: number, value: number])[] = [
  [24, 16_000_000], // maxerror
  [32, 16_000_000], // esterror
  [40, 64], // status: STA_UNSYNC
  [48, 2], // constant
  [56, 1], // precision
  [64, 32_768_000], // tolerance
  [88, 10_000], // tick
];
/** The clock is not synchronised. */
const TIME_ERROR = 5;

/** What may not be asked for, or null. */
function whyNotAdjust(k: Kernel, modes: number): Errno | null {
  if ((modes & ADJ.ADJTIME) !== 0) {
    if ((modes & ADJ.SINGLESHOT) === 0) return 'EINVAL';
    return (modes & ADJ.READONLY) === 0 ? 'EPERM' : null;
  }
  if (modes !== 0 && !maySet(k)) return 'EPERM';
  // Virtual time has one rate: instructions.
  return (modes & ~(ADJ.SETOFFSET | ADJ.NANO)) === 0 ? null : 'EPERM';
}

function adjust(k: Kernel, addr: number): Outcome {
  const bytes = new Uint8Array(TIMEX_SIZE);
  if (!k.user.copyIn(addr, bytes)) return 'EFAULT';
  const modes = new DataView(bytes.buffer).getUint32(0, true);
  const refused = whyNotAdjust(k, modes);
  if (refused !== null) return refused;
  if ((modes & ADJ.SETOFFSET) !== 0) {
    const unit = (modes & ADJ.NANO) !== 0 ? 1 : 1000;
    const part = k.user.readI64(addr + 80)! * unit;
    if (part < 0 || part >= 1e9) return 'EINVAL';
    const { sec, nsec } = k.wall();
    const total = nsec + part;
    const set = setTo(k, sec + k.user.readI64(addr + 72)! + Math.floor(total / 1e9), total % 1e9);
    if (set !== 0) return set;
  }
  return writeTimex(k, addr, modes) ? TIME_ERROR : 'EFAULT';
}

function writeTimex(k: Kernel, addr: number, modes: number): boolean {
  const view = new DataView(new ArrayBuffer(TIMEX_SIZE));
  view.setUint32(0, modes, true);
  for (const [offset, value] of TIMEX) view.setUint32(offset, value, true);
  const { sec, nsec } = k.wall();
  view.setUint32(72, sec, true);
  view.setUint32(76, Math.floor(sec / 2 ** 32), true);
  view.setUint32(80, Math.floor(nsec / 1000), true);
  return k.user.copyOut(addr, new Uint8Array(view.buffer));
}

const ADJUSTMENTS = { partial: 'the rate of virtual time cannot be changed: EPERM' } as const;

export const adjtimex = syscall({
  nr: 171,
  name: 'adjtimex',
  args: [pointer],
  errors: ['EFAULT', 'EINVAL', 'EPERM'],
  interrupted: 'never blocks',
  support: ADJUSTMENTS,
  run: adjust,
});

export const clockAdjtime = syscall({
  nr: 266,
  name: 'clock_adjtime',
  args: [clock, pointer],
  errors: ['EFAULT', 'EINVAL', 'EOPNOTSUPP', 'EPERM'],
  interrupted: 'never blocks',
  support: ADJUSTMENTS,
  run(k, id, addr) {
    // Linux reads the structure before it looks at the clock.
    if (!isCpuClock(id) && !k.user.copyIn(addr, new Uint8Array(TIMEX_SIZE))) return 'EFAULT';
    if (!isClock(k, id)) return 'EINVAL';
    if (id === CLOCKS.CLOCK_REALTIME) return adjust(k, addr);
    return 'EOPNOTSUPP';
  },
});

export const CLOCK_SET_CALLS = [clockSettime, settimeofday, clockAdjtime, adjtimex];
