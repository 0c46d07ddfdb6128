import { expect, test } from 'vitest';
import { table } from './call-table.ts';

test('the table is strace -c: what took longest first, then by number', () => {
  const text = table([
    { name: 'openat', calls: 3, errors: 1, time: 0 },
    { name: 'getcwd', calls: 1, errors: 0, time: 0 },
    { name: 'clock_nanosleep', calls: 9, errors: 0, time: 3_613_048_000 },
    { name: 'wait4', calls: 2, errors: 0, time: 1_102_765_000 },
  ]);
  expect(text).toBe(
    `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 76.62    3.613048      401449         9           clock_nanosleep
 23.38    1.102765      551382         2           wait4
  0.00    0.000000           0         1           getcwd
  0.00    0.000000           0         3         1 openat
------ ----------- ----------- --------- --------- ----------------
100.00    4.715813      314387        15         1 total
`,
  );
});

test('the last column is as wide as the longest name needs', () => {
  const text = table([{ name: 'sched_get_priority_max', calls: 1, errors: 0, time: 3000 }]);
  expect(text).toBe(
    `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- -----------------------
100.00    0.000003           3         1           sched_get_priority_max
------ ----------- ----------- --------- --------- -----------------------
100.00    0.000003           3         1           total
`,
  );
});

test('where nothing was called there is no table', () => {
  expect(table([])).toBe('');
});
