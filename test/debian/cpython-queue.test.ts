/** CPython's test_queue, the longest of its tests here: apart, so that it runs beside the others. */
import { expect, test } from 'vitest';
import { debian, describeDebian } from './image.ts';

const image = 'debian+libpython3.13-testsuite';

describeDebian(
  'CPython’s test_queue',
  () => {
    test('passes', { timeout: 400_000 }, () => {
      const { stdout, stderr, status } = debian(['python3', '-m', 'test', '-v', 'test_queue'], {
        image,
        // Readers that spin on an empty queue keep its lock from the writers for as long as their turns fall so.
        machine: { memory: 512 * 2 ** 20, maxInstructions: 60_000_000_000 },
      });
      const output = `${stdout}\n${stderr}`;
      expect(status, output).toBe(0);
      expect(output).toContain('Result: SUCCESS');
      expect(output).toContain('Total tests: run=162 skipped=6');
      // As on any Linux without `-M`: these want gigabytes.
      const skipped = output.match(/ \.\.\. skipped .*/g) ?? [];
      expect(new Set(skipped)).toEqual(new Set([" ... skipped 'not enough memory: 4.9G minimum needed'"]));
    });
  },
  image,
);
