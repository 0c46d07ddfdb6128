/** The quick ones of CPython's regression tests come to the same as on Linux, and run twice alike to the nanosecond. */
import { expect, test } from 'vitest';
import { compareWithLinux } from '../programs/cpython/compare.ts';
import { imageOfSet } from '../programs/sets.ts';
import { describeDebian } from './image.ts';

const image = imageOfSet('cpython');
const QUICK = [
  'test_fcntl',
  'test_mmap',
  'test_poll',
  'test_threadsignals',
  'test_pty',
  'test_openpty',
  'test_ioctl',
] as const;

describeDebian(
  'CPython’s regression tests, the quick ones',
  () => {
    test('come to the same as on Linux, twice alike', { timeout: 600_000 }, async () => {
      // What they print has the virtual time that each test took.
      const first = await compareWithLinux(image, ...QUICK);
      expect(await compareWithLinux(image, ...QUICK)).toBe(first);
    });
  },
  image,
);
