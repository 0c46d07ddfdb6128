import { expect, test } from 'vitest';
import { isProblem } from '../base/index.ts';
import { parseCount, parseDuration, parseSize } from './units.ts';

test('times are read in every unit', () => {
  expect(parseDuration('--quantum', '5ms')).toBe(5e6);
  expect(parseDuration('--quantum', '20us')).toBe(20e3);
  expect(parseDuration('--quantum', '1.5s')).toBe(1.5e9);
  expect(parseDuration('--quantum', '2')).toBe(2e9);
});

test('sizes are read with and without unit', () => {
  expect(parseSize('--memory', '512M')).toBe(512 * 2 ** 20);
  expect(parseSize('--memory', '64KiB')).toBe(65536);
  expect(parseSize('--memory', '100')).toBe(100);
});

test('what is no number is a problem that names the option', () => {
  for (const bad of [
    parseDuration('--quantum', 'soon'),
    parseSize('--memory', '5 elephants'),
    parseCount('--cpus', '0', 1),
  ])
    expect(isProblem(bad)).toBe(true);
  expect(parseCount('--cpus', '0', 1, 64)).toMatchObject({
    sentence: '--cpus 0: not a whole number from 1 to 64',
  });
  expect(parseCount('--max-instructions', '1e9', 1)).toBe(1e9);
});
