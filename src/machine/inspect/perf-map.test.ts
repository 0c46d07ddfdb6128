import { expect, test } from 'vitest';
import { parsePerfMap } from './perf-map.ts';

test('a map is read by address, its later lines before its earlier ones, and what is no line is passed over', () => {
  const text =
    '2000 20 b\n0x1000 0x10 LazyCompile:~f file.js:1\n2000 8 c d\n\nnonsense\n-1 5 e\n3000 4\n4000 zz g\n';
  expect(parsePerfMap(text)).toEqual([
    { start: 0x1000, size: 0x10, name: 'LazyCompile:~f file.js:1' },
    { start: 0x2000, size: 8, name: 'c d' },
  ]);
});
