/** `timeslice timeline` as a user runs it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { timeslice } from './timeslice.ts';

const folder = mkdtempSync(join(tmpdir(), 'timeslice-'));
const file = join(folder, 'run.tsrec');

beforeAll(async () => {
  const run = ['run', '--image', 'tiny', '--record', file, 'sh', '-c', 'sleep 1 | cat; echo done'];
  const { status, err } = await timeslice(run);
  expect({ status, err }).toEqual({ status: 0, err: '' });
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the terminal shows CPUs, tasks and arrows, in both languages', async () => {
  const { out, err, status } = await timeslice(['timeline', file], { env: { COLUMNS: '80' } });
  expect({ err, status }).toEqual({ err: '', status: 0 });
  expect(out).toMatch(/^ +0\.000 s +1\.000 s\nCPU 0 +▄/);
  expect(out).toMatch(/\n[A-Z] cat \d+ +[░▄█]?·{20,}/);
  expect(out).toMatch(/pipe {4}\d+ → \d+ \(pipe-read\)/);
  const korean = await timeslice(['timeline', file, '--lang', 'ko'], { env: { COLUMNS: '20' } });
  expect(korean.out).toContain('· 대기');
});

test.each([
  [['--from', '99s'], /there is nothing from 99000000000 to \d+ ns/],
  [['--from', '500ms', '--to', '400ms'], /there is nothing from 500000000 to 400000000 ns/],
  [['--to', 'tomorrow'], /--to tomorrow: not a moment/],
  [['--from', 'event:999999999'], /event 999999999 is not in the recording/],
  [['--pid', '77'], /there is no task 77 in the recording/],
  [['--pid', 'cat'], /--pid cat/],
  [['-o', join(folder, 'x.gif')], /x\.gif: the end of the name says what to write/],
  [['-o', join(folder, 'no', 'x.svg')], /no such file or folder/],
])('%j is told in a sentence', async (flags, sentence) => {
  const { out, err, status } = await timeslice(['timeline', file, ...flags]);
  expect({ out, status }).toEqual({ out: '', status: 125 });
  expect(err).toMatch(sentence);
});

test('a picture', async () => {
  const picture = join(folder, 'run.svg');
  const { err, status } = await timeslice(['timeline', file, '-o', picture]);
  expect({ err, status }).toEqual({ err: `timeslice: wrote ${picture}\n`, status: 0 });
  expect(readFileSync(picture, 'utf8')).toMatch(
    /^<\?xml[\s\S]*<svg [\s\S]*waits for data in pipe[\s\S]*<\/svg>\n$/,
  );
});

test('what is no recording, and one that is cut off', async () => {
  const other = join(folder, 'other.tsrec');
  writeFileSync(other, 'no recording');
  expect(await timeslice(['timeline', other])).toMatchObject({ status: 125, out: '' });
  writeFileSync(other, readFileSync(file).subarray(0, -40));
  expect(await timeslice(['timeline', other])).toMatchObject({ status: 0 });
});
