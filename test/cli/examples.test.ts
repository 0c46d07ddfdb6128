/** The list of the examples, their texts in both languages, and running what a text says. */
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { timeslice } from './timeslice.ts';

test('examples are listed by group in the language that is asked for', async () => {
  const { status, out } = await timeslice(['examples']);
  expect(status).toBe(0);
  expect(out).toMatch(/^Processes\n {2}create +A process is created\n/);
  expect((await timeslice(['examples', '--lang', 'ko'])).out).toMatch(
    /^프로세스\n {2}create +프로세스 생성\n/,
  );
  const groups = JSON.parse((await timeslice(['examples', '--json'])).out);
  expect(groups[0].examples[0]).toMatchObject({ name: 'create', title: { ko: '프로세스 생성' } });
});

test('a text names paths that work from where one is', async () => {
  expect((await timeslice(['examples', 'zombie'])).out).toContain('run.tsrec examples/zombie/zombie\n');
  const elsewhere = await timeslice(['examples', 'zombie', '--lang', 'ko'], { cwd: tmpdir() });
  expect(elsewhere.out).toMatch(
    /^# 좀비 프로세스\n[\s\S]* --record run\.tsrec \S+\/examples\/zombie\/zombie\n/,
  );
});

test('--run runs the commands of the text', async () => {
  const { status, out, err } = await timeslice(['examples', 'zombie', '--run', '--lang', 'ko'], {
    cwd: tmpdir(),
  });
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toMatch(
    /\$ timeslice ps run\.tsrec --at 10ms\nPID[\s\S]*<defunct>[\s\S]*프로세스 제어 블록: zombie 3/,
  );
});

test('an example that is not there is told', async () => {
  const { status, err } = await timeslice(['examples', '../src']);
  expect(status).toBe(125);
  expect(err).toMatch(/^timeslice: there is no example \.\.\/src\n/);
});
