/** The quick ones of CPython's regression tests come to the same as on Linux, and run twice alike to the nanosecond. */
import { expect, test } from 'vitest';
import { compareWithLinux } from '../programs/cpython/compare.ts';
import { imageOfSet } from '../programs/sets.ts';
import { describeDebian } from './image.ts';

const image = imageOfSet('cpython');
const QUICK = ['test_fcntl', 'test_mmap', 'test_resource', 'test_poll', 'test_threadsignals'] as const;

describeDebian(
  'CPython’s regression tests, the quick ones',
  () => {
    // What they print has the virtual time that each test took.
    test.each(QUICK)('%s', { timeout: 600_000 }, async (module) => {
      const first = await compareWithLinux(image, module);
      expect(await compareWithLinux(image, module)).toBe(first);
    });
  },
  image,
);
