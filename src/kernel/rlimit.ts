/** Resource limits (man 2 getrlimit): their numbers, their defaults, and what memory management asks of them. */
import type { MemoryLimits } from '../memory/index.ts';
import type { KernelOptions } from './kernel.ts';
import type { Rlimit, ThreadGroup } from './types.ts';

export const RLIMIT = {
  RLIMIT_CPU: 0,
  RLIMIT_FSIZE: 1,
  RLIMIT_DATA: 2,
  RLIMIT_STACK: 3,
  RLIMIT_CORE: 4,
  RLIMIT_RSS: 5,
  RLIMIT_NPROC: 6,
  RLIMIT_NOFILE: 7,
  RLIMIT_MEMLOCK: 8,
  RLIMIT_AS: 9,
  RLIMIT_LOCKS: 10,
  RLIMIT_SIGPENDING: 11,
  RLIMIT_MSGQUEUE: 12,
  RLIMIT_NICE: 13,
  RLIMIT_RTPRIO: 14,
  RLIMIT_RTTIME: 15,
} as const;
export const RLIM_NLIMITS = 16;

const both = (value: number): Rlimit => ({ soft: value, hard: value });
const MIB = 2 ** 20;

/** What the first process begins with (Linux: INIT_RLIMITS). */
export function defaultLimits({ maxProcesses, maxOpenFiles }: KernelOptions): Rlimit[] {
  const limits: Rlimit[] = Array.from({ length: RLIM_NLIMITS }, () => both(Infinity));
  limits[RLIMIT.RLIMIT_STACK] = { soft: 8 * MIB, hard: Infinity };
  limits[RLIMIT.RLIMIT_CORE] = { soft: 0, hard: Infinity };
  limits[RLIMIT.RLIMIT_NPROC] = both(maxProcesses);
  limits[RLIMIT.RLIMIT_NOFILE] = { soft: Math.min(1024, maxOpenFiles), hard: maxOpenFiles };
  limits[RLIMIT.RLIMIT_MEMLOCK] = both(8 * MIB);
  limits[RLIMIT.RLIMIT_SIGPENDING] = both(maxProcesses);
  limits[RLIMIT.RLIMIT_MSGQUEUE] = both(819200);
  limits[RLIMIT.RLIMIT_NICE] = both(0);
  limits[RLIMIT.RLIMIT_RTPRIO] = both(0);
  return limits;
}

/** The soft limit of a resource. */
export const limitOf = (group: ThreadGroup, resource: number): number => group.rlimits[resource]!.soft;

/** Gives a process another limit. */
export function setLimit(group: ThreadGroup, resource: number, limit: Rlimit): void {
  const limits = group.rlimits.slice();
  limits[resource] = limit;
  group.rlimits = limits;
}

/** What mmap, brk and stack growth may use. */
export const memoryLimits = (group: ThreadGroup): MemoryLimits => ({
  addressSpace: limitOf(group, RLIMIT.RLIMIT_AS),
  data: limitOf(group, RLIMIT.RLIMIT_DATA),
  stack: limitOf(group, RLIMIT.RLIMIT_STACK),
});
