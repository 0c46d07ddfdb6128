/**
 * CPython's own regression tests come to the same here as on Linux, test by test: cpython/linux.txt has what they come
 * to there (`npm run oracle:cpython` writes it), cpython/differences.ts where we differ and why.
 */
import { expect, test } from 'vitest';
import { describeDebian } from '../debian/image.ts';
import { compareWithLinux } from './cpython/compare.ts';
import { DIFFERENCES } from './cpython/differences.ts';
import { MODULES } from './cpython/modules.ts';
import { imageOfSet } from './sets.ts';

const image = imageOfSet('cpython');

describeDebian(
  'CPython’s regression tests',
  () => {
    test('differ from Linux in ten places at most, each with its reason', () => {
      expect(DIFFERENCES.length).toBeLessThanOrEqual(10);
      expect(DIFFERENCES.filter(({ reason }) => reason === '')).toEqual([]);
    });

    test.concurrent.each(MODULES)('%s', { timeout: 2 * 3_600_000 }, async (module) => {
      await compareWithLinux(image, module);
    });
  },
  image,
);
