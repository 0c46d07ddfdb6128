/** timespec and timeval in the caller's memory, checked as Linux checks them. */
import type { Nanos } from '../base/index.ts';
import { NEVER } from '../base/index.ts';
import type { Kernel } from '../kernel/index.ts';

interface TimeStruct {
  /** Nanoseconds, EFAULT, or EINVAL for a negative time or a fraction out of range. */
  readonly read: (k: Kernel, addr: number) => Nanos | 'EFAULT' | 'EINVAL';
  readonly write: (k: Kernel, addr: number, time: number) => boolean;
  readonly text: (k: Kernel, addr: number) => string | null;
}

function timeStruct(fraction: string, unitsPerSecond: number): TimeStruct {
  const nanosPerUnit = 1e9 / unitsPerSecond;
  return {
    read(k, addr) {
      const sec = k.user.readI64(addr);
      const part = k.user.readI64(addr + 8);
      if (sec === undefined || part === undefined) return 'EFAULT';
      if (sec < 0 || part < 0 || part >= unitsPerSecond) return 'EINVAL';
      // Longer than the machine can count is for ever.
      return Math.min(sec * 1e9 + part * nanosPerUnit, NEVER) as Nanos;
    },
    write: (k, addr, time) =>
      k.user.writeU64(addr, Math.floor(time / 1e9)) &&
      k.user.writeU64(addr + 8, Math.floor((time % 1e9) / nanosPerUnit)),
    text(k, addr) {
      const sec = k.user.readI64(addr);
      const part = k.user.readI64(addr + 8);
      return sec === undefined || part === undefined ? null : `{tv_sec=${sec}, ${fraction}=${part}}`;
    },
  };
}

export const timespecOf = timeStruct('tv_nsec', 1e9);
/** A wall-clock time as virtual time since boot, not before it; the call's deadline moves with the clock then. It has more digits than a double: two parts. */
export function readWall(k: Kernel, addr: number): Nanos | 'EFAULT' | 'EINVAL' {
  const checked = timespecOf.read(k, addr);
  if (typeof checked === 'string') return checked;
  const { sec, nsec } = k.epoch;
  k.call.isWall = true;
  const at = (k.user.readI64(addr)! - sec) * 1e9 + (k.user.readI64(addr + 8)! - nsec);
  return Math.max(0, Math.min(at, NEVER)) as Nanos;
}

export const timevalOf = timeStruct('tv_usec', 1e6);
