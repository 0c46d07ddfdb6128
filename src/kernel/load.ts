/**
 * The load averages over one, five and fifteen minutes. Linux (kernel/sched/loadavg.c) counts runnable tasks every
 * five seconds. Here no timer ticks: when a machine falls asleep, and when somebody asks, the time since the last look
 * is told by how long its CPUs were busy, times those who shared them.
 */
import type { Nanos } from '../base/index.ts';
import type { Kernel } from './kernel.ts';

/** The averages, and what they stand on. */
export interface Load {
  /** Fixed point with eleven bits behind it. */
  readonly averages: [one: number, five: number, fifteen: number];
  /** They hold until then, and the CPUs had been busy for so long. */
  since: Nanos;
  busy: number;
}

export const newLoad = (): Load => ({ averages: [0, 0, 0], since: 0 as Nanos, busy: 0 });

const PERIOD = 5e9;
const ONE = 2048;
/** What is left after a period: 1/exp(5s/1min), 1/exp(5s/5min), 1/exp(5s/15min). Linux: EXP_1, EXP_5, EXP_15. */
const LEFT = [1884, 2014, 2037];

/** Time has come to `now`. */
export function followLoad(k: Kernel, now: Nanos): void {
  const { load } = k;
  const periods = Math.floor((now - load.since) / PERIOD);
  if (periods <= 0) return;
  const busy = k.cpus.reduce((sum, cpu) => sum + cpu.busyTime, 0);
  const share = (busy - load.busy) / (now - load.since);
  load.since = (load.since + periods * PERIOD) as Nanos;
  load.busy = busy - share * (now - load.since);
  const active = Math.round(share * Math.max(1, runnable(k) / k.cpus.length) * ONE);
  load.averages.forEach((average, i) => {
    load.averages[i] = after(average, power(LEFT[i]!, periods), active);
  });
}

const runnable = (k: Kernel): number =>
  k.cpus.reduce((count, cpu) => count + (cpu.task === 0 ? 0 : 1), k.scheduler.size);

/** Linux: calc_load, which rounds up while the load grows. */
const after = (average: number, left: number, active: number): number =>
  Math.floor((average * left + active * (ONE - left) + (active >= average ? ONE - 1 : 0)) / ONE);

/** Linux: fixed_power_int. */
function power(of: number, times: number): number {
  let result = ONE;
  for (let base = of, n = times; n > 0 && result > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result = Math.floor((result * base + ONE / 2) / ONE);
    base = Math.floor((base * base + ONE / 2) / ONE);
  }
  return result;
}

/** The three averages now, as numbers. */
export function loadAverages(k: Kernel): readonly number[] {
  followLoad(k, k.now());
  return k.load.averages.map((average) => average / ONE);
}
