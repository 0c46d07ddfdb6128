/** A comparison as data. */
import type { SchedRun, Work } from './run-setting.ts';

const PARTS = 200;

/** All runs: what was set, what came of it, every task, and who had each processor when. */
export function asJson(runs: readonly SchedRun[], { programs, options }: Work): string {
  const told = runs.map(({ setting, measures, measuring }) => ({
    policy: setting.name,
    quantum: setting.quantum,
    cpus: setting.cpus,
    switchCost: options.switchCost ?? 0,
    ...measures,
    taskTimes: [...measuring.tasks.values()],
    gantt: {
      from: Math.max(0, measuring.from),
      to: measuring.to,
      lanes: measuring.lanes.map((lane) => lane.most(Math.max(0, measuring.from), measuring.to, PARTS)),
    },
  }));
  return `${JSON.stringify({ programs, runs: told }, null, 2)}\n`;
}
