/** getrusage and times: what processes have used, in the structures that tell it. */
import { groupUsage, type Kernel, syscall, taskUsage, type Usage } from '../kernel/index.ts';
import { oneOf, struct } from './args.ts';
import { outUsage } from './text/process.ts';
import { timevalOf } from './time-struct.ts';

/** struct rusage: sixteen words after the two times. Linux fills these seven. */
const RUSAGE_WORDS = 14;

/** Writes a struct rusage (man 2 getrusage). */
export function writeUsage(k: Kernel, addr: number, usage: Usage): boolean {
  const words = new Array<number>(RUSAGE_WORDS).fill(0);
  // ru_maxrss is in KiB, ours in pages.
  words[0] = usage.maxRss * 4;
  words[4] = usage.minorFaults;
  words[5] = usage.majorFaults;
  words[12] = usage.voluntarySwitches;
  words[13] = usage.involuntarySwitches;
  if (!timevalOf.write(k, addr, usage.userTime) || !timevalOf.write(k, addr + 16, usage.systemTime))
    return false;
  return words.every((word, i) => k.user.writeU64(addr + 32 + i * 8, word));
}

const WHO = { RUSAGE_SELF: 0, RUSAGE_CHILDREN: -1, RUSAGE_THREAD: 1 };

const USAGES: Readonly<Record<number, (k: Kernel) => Usage>> = {
  [WHO.RUSAGE_SELF]: (k) => groupUsage(k, k.group),
  [WHO.RUSAGE_CHILDREN]: (k) => k.group.childUsage,
  [WHO.RUSAGE_THREAD]: (k) => taskUsage(k, k.task),
};

export const getrusage = syscall({
  nr: 165,
  name: 'getrusage',
  args: [oneOf(WHO), outUsage],
  errors: ['EFAULT', 'EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, who, addr) {
    const usage = USAGES[who];
    if (usage === undefined) return 'EINVAL';
    return writeUsage(k, addr, usage(k)) ? 0 : 'EFAULT';
  },
});

/** Clock ticks of a hundredth of a second. */
const TICK = 10_000_000;
const ticks = (nanos: number) => Math.floor(nanos / TICK);

export const times = syscall({
  nr: 153,
  name: 'times',
  args: [struct(() => null, 'after')],
  errors: ['EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, addr) {
    const own = groupUsage(k, k.group);
    const { childUsage } = k.group;
    const all = [own.userTime, own.systemTime, childUsage.userTime, childUsage.systemTime];
    if (addr !== 0 && !all.every((time, i) => k.user.writeU64(addr + i * 8, ticks(time)))) return 'EFAULT';
    return ticks(k.now());
  },
});

export const USAGE_CALLS = [getrusage, times];
