import { expect, test } from 'vitest';
import { isProblem } from '../base/index.ts';
import { fillTrace, readTraceFilters } from './trace-flag.ts';

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

const only = (text: string): ReadonlySet<string> => {
  const choice = readTraceFilters([text]);
  return isProblem(choice) ? new Set() : choice.only!;
};

test('a filter names calls, or with ! those that are not wanted', () => {
  expect(readTraceFilters(['all'])).toEqual({});
  expect(readTraceFilters(['read,write'])).toEqual({ only: new Set(['read', 'write']) });
  expect([only('!read').has('read'), only('!read').has('write')]).toEqual([false, true]);
  expect(only('none').size).toBe(0);
  expect(only('?nothing,read')).toEqual(new Set(['read']));
});

test('a filter names classes of calls, and patterns', () => {
  expect(only('%file').has('openat')).toBe(true);
  expect(only('%file').has('read')).toBe(false);
  expect(only('!%net').has('socket')).toBe(false);
  expect(only('trace=/^sched_get,%process').has('sched_getattr')).toBe(true);
  expect(only('/^sched_get,%process').has('wait4')).toBe(true);
});

test('signals and results are chosen as well, and the last word holds', () => {
  expect(readTraceFilters(['signal=chld,SIGINT', 'status=failed'])).toEqual({
    signals: new Set(['SIGCHLD', 'SIGINT']),
    status: new Set(['failed']),
  });
  expect(readTraceFilters(['status=!successful'])).toEqual({ status: new Set(['failed', 'unfinished']) });
  expect(readTraceFilters(['read', 'all'])).toEqual({});
});

test('a bad filter is told in one sentence, with a hint', () => {
  const said = (text: string) => readTraceFilters([text]);
  expect(said('raed')).toMatchObject({ code: 'bad-filter', hint: 'Did you mean read?' });
  expect(said('%fiel')).toMatchObject({ sentence: '--trace=%fiel: there is no class %fiel' });
  expect(said('/(')).toMatchObject({ sentence: '--trace=/(: ( is not a regular expression' });
  expect(said('signal=CHILD')).toMatchObject({ hint: 'Did you mean SIGCHLD?' });
  expect(said('status=bad')).toMatchObject({ hint: 'A call is successful, failed, unfinished.' });
});
