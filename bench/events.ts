/** What recording events costs: programs that do little else than what leaves events, in CPU time of one process. */
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { compile } from './build.ts';
import type { Check } from './bulk.ts';
import type { Setting } from './engines.ts';

/** Programs and their counts: a run of each takes some tenths of a second. */
const COUNTS: Readonly<Record<string, number>> = {
  syscall: 2_000_000,
  pingpong: 100_000,
  forkwait: 400,
  futex: 125_000,
};
/** Measured more often than others: what is looked for is small. */
const TIMES = 3;

/** The cost of scheduling events and of all events, over a machine that records none. */
export function eventCost(setting: Setting, rounds: number, scale: number): Check[] {
  const library = join(dirname(setting.timeslice), '../dist/index.js');
  return Object.entries(COUNTS).flatMap(([name, count]) => {
    const elf = compile(`process/${name}.c`, 'riscv64');
    const words = [join(import.meta.dirname, 'events-run.mjs'), library, elf];
    const counts = [String(Math.round(count * scale)), String(TIMES * rounds)];
    const text = execFileSync(process.execPath, [...words, ...counts], { encoding: 'utf8' });
    const { always, all } = JSON.parse(text) as { always: number; all: number };
    return [
      {
        title: `${name} with scheduling events over one without events`,
        value: always,
        limit: 1.01,
        unit: '',
      },
      { title: `${name} with events of all kinds over one without events`, value: all, limit: 1.1, unit: '' },
    ];
  });
}
