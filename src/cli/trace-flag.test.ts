import { expect, test } from 'vitest';
import { fillTrace, readTraceFilter } from './trace-flag.ts';

const takesValue = (option: string) => ['--cpus', '--env'].includes(option);

test('a lone --trace before the program gets a value, so that the program stays the program', () => {
  expect(fillTrace(['--trace', 'ls', '-l'], takesValue)).toEqual(['--trace=all', 'ls', '-l']);
  expect(fillTrace(['--cpus', '2', '--trace', 'ls'], takesValue)).toEqual([
    '--cpus',
    '2',
    '--trace=all',
    'ls',
  ]);
  expect(fillTrace(['--trace=read', 'ls'], takesValue)).toEqual(['--trace=read', 'ls']);
});

test('words of the program, and values of other options, are left alone', () => {
  expect(fillTrace(['ls', '--trace'], takesValue)).toEqual(['ls', '--trace']);
  expect(fillTrace(['--env', '--trace', 'ls'], takesValue)).toEqual(['--env', '--trace', 'ls']);
  expect(fillTrace(['--', '--trace'], takesValue)).toEqual(['--', '--trace']);
});

test('a filter names calls, or with ! those that are not wanted', () => {
  expect(readTraceFilter('all')).toBeNull();
  expect(readTraceFilter('read,write')).toEqual(new Set(['read', 'write']));
  const others = readTraceFilter('!read') as ReadonlySet<string>;
  expect([others.has('read'), others.has('write')]).toEqual([false, true]);
  expect(readTraceFilter('raed')).toMatchObject({ code: 'bad-filter', hint: 'Did you mean read?' });
});
