/** Whatever a valid program of classic BPF is, it comes to an end with a word. What operations mean is in guest/libc/forbidding.c. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isValidBpf, runBpf } from './bpf.ts';

const CODES = [
  0, 1, 2, 3, 4, 5, 6, 7, 12, 20, 21, 22, 28, 29, 32, 36, 37, 44, 45, 52, 53, 60, 61, 68, 69, 76,
];
const MORE = [77, 84, 92, 96, 97, 100, 108, 116, 124, 128, 129, 132, 135, 164, 172];
const small = fc.integer({ min: 0, max: 6 });
const constant = fc.oneof(small, fc.integer({ min: 0, max: 64 }), fc.integer());
const instruction = fc.tuple(fc.constantFrom(...CODES, ...MORE), small, small, constant);

test('a valid program ends with a word, whatever it looks at', () => {
  let valid = 0;
  const programs = fc.array(instruction, { minLength: 1, maxLength: 8 });
  const words = fc.uint32Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(programs, words, (body, data) => {
      const program = Int32Array.from([...body, [22, 0, 0, 0]].flat());
      if (!isValidBpf(program)) return;
      valid++;
      expect(Number.isInteger(runBpf(program, data))).toBe(true);
    }),
    { numRuns: 5000 },
  );
  expect(valid).toBeGreaterThan(50);
});

test('a program without an end, or that reads what it has not written, is not valid', () => {
  expect(isValidBpf(Int32Array.of(0, 0, 0, 1))).toBe(false);
  expect(isValidBpf(Int32Array.of(96, 0, 0, 3, 22, 0, 0, 0))).toBe(false);
  expect(isValidBpf(Int32Array.of(2, 0, 0, 3, 96, 0, 0, 3, 22, 0, 0, 0))).toBe(true);
});
