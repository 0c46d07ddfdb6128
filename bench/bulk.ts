/** What has no peer: how our cost and memory grow with many processes and much code. */
import { compile } from './build.ts';
import type { Setting } from './engines.ts';
import { eventCost } from './events.ts';
import { runOnce } from './measure.ts';
import { median } from './statistics.ts';

/** A number with what it should be at most. */
export interface Check {
  readonly title: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
}

const MEBIBYTES = 100;
const LIVE = 10_000;
const FORKS = 30_000;

const ours = (setting: Setting, program: string, ...args: readonly (string | number)[]) =>
  runOnce([
    ...[process.execPath, setting.timeslice, 'run', '--cold', '--warp', '--image', 'tiny'],
    ...['--max-processes', '20000', compile(`process/${program}.c`, 'riscv64'), ...args.map(String)],
  ]);

function freshCode(setting: Setting, scale: number): Check[] {
  const mebibytes = Math.max(1, Math.round(MEBIBYTES * scale));
  const grown = ours(setting, 'freshcode', mebibytes).peak - ours(setting, 'freshcode', 0).peak;
  return [
    {
      title: `host memory of a run of ${mebibytes} MiB of distinct code, over its start`,
      value: grown / 1024,
      limit: 256,
      unit: 'MiB',
    },
  ];
}

function manyProcesses(setting: Setting, rounds: number, scale: number): Check[] {
  const live = Math.max(100, Math.round(LIVE * scale));
  const forks = Math.max(200, Math.round(FORKS * scale));
  const costs: number[] = [];
  const each: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // Both sides of a difference fork often, so that both have compiled what that takes.
    const [few, twiceFew] = [
      ours(setting, 'processes', forks, 10),
      ours(setting, 'processes', 2 * forks, 10),
    ];
    const [many, twiceMany] = [
      ours(setting, 'processes', forks, live),
      ours(setting, 'processes', 2 * forks, live),
    ];
    costs.push((twiceMany.cpu - many.cpu) / (twiceFew.cpu - few.cpu));
    each.push((many.peak - few.peak) / live);
  }
  return [
    {
      title: `fork+exit+wait with ${live} live processes over that with 10`,
      value: median(costs),
      limit: 1.5,
      unit: '',
    },
    {
      title: `host memory of each of ${live} live processes, its own pages included`,
      value: median(each),
      limit: 64,
      unit: 'KiB',
    },
  ];
}

/** What lives in numbers, and what is done with one of it so many times. */
interface Crowd {
  readonly title: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly count: number;
}

const CROWDS: Readonly<Record<string, Crowd>> = {
  manyfiles: {
    title: 'a descriptor ready, reported and read with 10000 in the epoll',
    program: 'manyfiles',
    args: [],
    count: 150_000,
  },
  manytimers: {
    title: 'a timer moved, fired and taken with 10000 armed',
    program: 'manytimers',
    args: [],
    count: 60_000,
  },
  manythreads: {
    title: 'a thread woken and answering with 10000 asleep',
    program: 'manythreads',
    args: [],
    count: 80_000,
  },
  manyready: {
    title: 'a yield of the processor with 10000 threads ready',
    program: 'manythreads',
    args: ['yield'],
    count: 300_000,
  },
};
const FEW = 100;
const MANY = 10_000;

/** The cost of one operation among many over that among few: each the difference of two runs, least of all rounds. */
function crowded({ title, program, args, count }: Crowd) {
  return (setting: Setting, rounds: number, scale: number): Check[] => {
    const n = Math.round(count * scale);
    const least = (operations: number, live: number) =>
      Math.min(
        ...Array.from({ length: rounds }, () => ours(setting, program, operations, live, ...args).cpu),
      );
    const cost = (live: number) => least(3 * n, live) - least(n, live);
    return [{ title: `${title} over that with ${FEW}`, value: cost(MANY) / cost(FEW), limit: 2, unit: '' }];
  };
}

/** The checks by the name that `--only` takes. */
export const BULK: Readonly<Record<string, (setting: Setting, rounds: number, scale: number) => Check[]>> = {
  freshcode: (setting, _rounds, scale) => freshCode(setting, scale),
  processes: manyProcesses,
  events: eventCost,
  ...Object.fromEntries(Object.entries(CROWDS).map(([name, crowd]) => [name, crowded(crowd)])),
};
