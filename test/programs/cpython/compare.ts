/** Runs modules of CPython's regression tests in the machine, and holds what they came to to what they came to on Linux. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { timeslice } from '../../cli/timeslice.ts';
import { DIFFERENCES, type Difference } from './differences.ts';
import type { Module } from './modules.ts';
import { type Outcomes, outcomesOf, parseOutcomes, scriptOf } from './outcomes.ts';

const linux = parseOutcomes(readFileSync(join(import.meta.dirname, 'linux.txt'), 'utf8'));
const MACHINE = ['--cpus', '2', '--memory', '1G', '--max-output', '500M', '--epoch', '2025-01-01T00:00Z'];

/**
 * What modules printed, run by one runner, once their tests were found to differ from Linux only where it is known. By
 * the built command: sources that a test runner has changed are several times slower.
 */
export async function compareWithLinux(image: string, ...modules: Module[]): Promise<string> {
  const where = ['run', '--cold', '--no-host', '--image', image, ...MACHINE];
  const { out, err } = await timeslice([...where, 'sh', '-c', scriptOf(modules)]);
  const here = outcomesOf(out);
  if (here === null)
    expect.fail(`${modules.join(', ')} did not come to an end:\n${out.slice(-2000)}\n${err.slice(-2000)}`);
  const there: Outcomes = Object.assign({}, ...modules.map((module) => linux[module]));
  expect(differencesOf(here, there)).toEqual(modules.flatMap(known));
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
