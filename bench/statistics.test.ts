/** Medians, paired ratios and the comparison with a baseline. */
import { describe, expect, test } from 'vitest';
import { geometricMean, median, net, pairedRatio, regressions } from './statistics.ts';

describe('statistics of the benchmarks', () => {
  test('the median of an odd and an even number of values', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  test('a loaded round that slows both engines leaves the ratio as it is', () => {
    expect(pairedRatio([1, 10, 1], [2, 20, 2])).toBe(0.5);
    expect(pairedRatio([1, 2, 3], [1, 2])).toBe(1);
  });

  test('the geometric mean of a half and a double is one', () => {
    expect(geometricMean([0.5, 2])).toBeCloseTo(1);
  });

  test('the cost of operations is what a busy run took beyond an idle one, and never nothing', () => {
    expect(net([3, 2], [1, 2])).toEqual([2, 1e-6]);
    expect(net([3], [])).toEqual([3]);
  });

  test('only ratios beyond the tolerance are regressions, and what is new is none', () => {
    const baseline = { sieve: { q: 1, n: 2 } };
    const current = { sieve: { q: 1.2, n: 3 }, fresh: { q: 9 } };
    expect(regressions(baseline, current, 0.25)).toEqual([{ name: 'sieve', peer: 'n', before: 2, after: 3 }]);
  });
});
