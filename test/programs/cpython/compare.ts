/** Runs a module of CPython's regression tests in the machine, and holds what it came to to what it came to on Linux. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { timeslice } from '../../cli/timeslice.ts';
import { DIFFERENCES, type Difference } from './differences.ts';
import type { Module } from './modules.ts';
import { type Outcomes, outcomesOf, parseOutcomes, scriptOf } from './outcomes.ts';

const linux = parseOutcomes(readFileSync(join(import.meta.dirname, 'linux.txt'), 'utf8'));
const MACHINE = ['--cpus', '2', '--memory', '1G', '--max-output', '500M', '--epoch', '2025-01-01T00:00Z'];

/** What a module printed, once its tests were found to differ from Linux only where it is known. By the built command:
 * sources that a test runner has changed are several times slower. */
export async function compareWithLinux(image: string, module: Module): Promise<string> {
  const where = ['run', '--cold', '--no-host', '--image', image, ...MACHINE];
  const { out, err } = await timeslice([...where, 'sh', '-c', scriptOf(module)]);
  const here = outcomesOf(out);
  if (here === null)
    expect.fail(`${module} did not come to its end:\n${out.slice(-2000)}\n${err.slice(-2000)}`);
  expect(differencesOf(here, linux[module] ?? {})).toEqual(known(module));
  return out;
}

type Found = Omit<Difference, 'reason'>;

function differencesOf(here: Outcomes, there: Outcomes): Found[] {
  const names = [...new Set([...Object.keys(here), ...Object.keys(there)])].sort();
  return names
    .filter((name) => here[name] !== there[name])
    .map((name) => ({ test: name, here: here[name], linux: there[name] }));
}

const known = (module: string): Found[] =>
  DIFFERENCES.filter(({ test }) => test.startsWith(`test.${module}.`)).map(
    ({ reason: _, ...found }) => found,
  );
