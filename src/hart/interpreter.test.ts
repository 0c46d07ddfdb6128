import { expect, test } from 'vitest';
import { interpreterModule } from './interpreter.ts';

/** Sizes of the functions' bodies in a module. */
function bodySizes(bytes: Uint8Array): number[] {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (bytes[at] !== 10) {
    at++;
    const size = number();
    at += size;
  }
  at++;
  number();
  return Array.from({ length: number() }, () => {
    const size = number();
    at += size;
    return size;
  });
}

test('the run loop stays small enough for the engine to optimise it well', () => {
  const largest = Math.max(...bodySizes(interpreterModule()));
  expect(largest).toBeGreaterThan(8_000);
  expect(largest).toBeLessThan(30_000);
});

test('the module is the same bytes every time, and valid', () => {
  const bytes = interpreterModule();
  expect(interpreterModule()).toEqual(bytes);
  expect(WebAssembly.validate(bytes)).toBe(true);
});
