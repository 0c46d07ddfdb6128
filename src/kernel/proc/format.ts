/** How /proc writes numbers: clock ticks, kB columns, masks, escaped names. man 5 proc. */
import type { SigSet } from '../types.ts';

/** USER_HZ: clock ticks per second in everything /proc shows. */
export const TICKS_PER_SECOND = 100;
const NANOS_PER_TICK = 1e9 / TICKS_PER_SECOND;

export const ticks = (nanos: number): number => Math.floor(nanos / NANOS_PER_TICK);

const KIB = 1024;
export const kib = (bytes: number): number => Math.floor(bytes / KIB);

/** `VmRSS:\t    1234 kB`, as in /proc/PID/status. */
export const statusKib = (name: string, bytes: number): string =>
  `${name}:\t${String(kib(bytes)).padStart(8)} kB\n`;

/** `MemTotal:       12345678 kB`, as in /proc/meminfo and smaps. */
export const alignedKib = (name: string, bytes: number): string =>
  `${`${name}:`.padEnd(16)}${String(kib(bytes)).padStart(8)} kB\n`;

export const hex = (n: number, width: number): string => n.toString(16).padStart(width, '0');

/** 64 bits of a signal set. */
export const setHex = ({ lo, hi }: SigSet): string => hex(hi >>> 0, 8) + hex(lo >>> 0, 8);

/** Linux: seq_escape. A name must not break the line it stands on. */
export const escapeName = (name: string, also = ''): string =>
  name.replace(/[\\\n\t ]/g, (c) =>
    c === '\n' || c === '\\' || also.includes(c) ? `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}` : c,
  );

/** `0-3`, `0,2`: a set of processors as text. */
export function rangeText(bits: number, count: number): string {
  const parts: string[] = [];
  for (let first = 0; first < count; first++) {
    if (((bits >>> first) & 1) === 0) continue;
    let last = first;
    while (last + 1 < count && ((bits >>> (last + 1)) & 1) === 1) last++;
    parts.push(first === last ? `${first}` : `${first}-${last}`);
    first = last;
  }
  return parts.join(',');
}
