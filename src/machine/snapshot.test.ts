import { expect, test } from 'vitest';
import { saveKernel } from '../kernel/index.ts';
import { bootMachine } from './boot.ts';
import type { Machine } from './machine.ts';

/** What a kernel is made with, what saves itself or follows from other fields, and what is no state. */
const NOT_SAVED = [
  ...['options', 'memory', 'hart', 'vfs', 'events', 'table', 'user', 'scheduler', 'registers', 'timers'],
  ...['filesTables', 'mms', 'mm', 'files', 'fs', 'call', 'vdsoPage', 'vvarPage'],
  ...['tracer', 'seal', 'isHeld', 'now', 'newQueue', 'wake'],
];

test('every field of the kernel is saved, or has a reason not to be', () => {
  const { kernel } = bootMachine({ layers: [], memory: 2 ** 23 }) as Machine;
  const { maps, ...fields } = saveKernel(kernel);
  const saved = new Set([...Object.keys(maps), ...Object.keys(fields), ...NOT_SAVED]);
  expect(Object.keys(kernel).filter((name) => !saved.has(name))).toEqual([]);
});
