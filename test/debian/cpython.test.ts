/** CPython's own tests of processes and threads (package libpython3.13-testsuite) pass as they do on Linux. */
import { expect, test } from 'vitest';
import { debian, describeDebian } from './image.ts';

const image = 'debian+libpython3.13-testsuite';

/** Which tests each file brings, as a real Linux counts them for CPython 3.13. */
const RUNS: readonly (readonly [counts: Readonly<Record<string, number>>, cpus: number])[] = [
  [
    { test_fork1: 4, test_wait3: 3, test_wait4: 2, test_popen: 5, test_sched: 11, test_threading_local: 22 },
    1,
  ],
  [{ test_thread: 35 }, 2],
];

/** A count per file, of tests that ran; the run must have been a success. */
function verbose(names: readonly string[], cpus: number): { stdout: string; counts: number[] } {
  const { stdout, stderr, status } = debian(['python3', '-m', 'test', '-v', ...names], {
    image,
    machine: { cpus, memory: 512 * 2 ** 20 },
  });
  const output = `${stdout}\n${stderr}`;
  expect(status, output).toBe(0);
  expect(output).toContain('Result: SUCCESS');
  return { stdout: output, counts: [...output.matchAll(/^Ran (\d+) tests? in/gm)].map(([, n]) => Number(n)) };
}

describeDebian(
  'CPython’s tests',
  () => {
    test.each(RUNS)('%o on %i processors', { timeout: 400_000 }, (expected, cpus) => {
      const { stdout, counts } = verbose(Object.keys(expected), cpus);
      expect(counts).toEqual(Object.values(expected));
      expect(stdout).not.toMatch(/ \.\.\. skipped /);
    });
  },
  image,
);
