/** What has no peer: how our cost and memory grow with many processes and much code. */
import { compile } from './build.ts';
import type { Setting } from './engines.ts';
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

/** The checks by the name that `--only` takes. */
export const BULK: Readonly<Record<string, (setting: Setting, rounds: number, scale: number) => Check[]>> = {
  freshcode: (setting, _rounds, scale) => freshCode(setting, scale),
  processes: manyProcesses,
};
