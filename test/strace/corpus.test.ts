/** `--trace` line by line as Debian's strace on Linux, for every program of corpus/. README.md says what may differ. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { normal, normalInOrder } from './normal.ts';
import { goldenOf, programs } from './programs.ts';
import { traceOf } from './trace-of.ts';

const NOT_YET = ['ipc', 'sockets'];

describe('a trace is what strace prints of', () => {
  test.each(programs().filter((name) => !NOT_YET.includes(name)))('%s', (name) => {
    expect(normal(traceOf(name))).toEqual(normal(readFileSync(goldenOf(name), 'utf8')));
  });
});

test('lines of several tasks come and are cut in the same order', () => {
  const golden = readFileSync(goldenOf('together'), 'utf8');
  expect(normalInOrder(traceOf('together'))).toEqual(normalInOrder(golden));
});
