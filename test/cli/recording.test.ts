/** `--record`, `--events` and `replay` as a user has them. */
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { timeslice } from './timeslice.ts';

const folder = mkdtempSync(join(tmpdir(), 'timeslice-recording-'));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const tiny = (...words: string[]) => timeslice(['run', '--image', 'tiny', ...words], { input: 'word\n' });
const script = 'read x; echo got $x; echo oops >&2; ls / | wc; exit 3';

test('what was recorded is printed again, with the same status', async () => {
  const run = await tiny('--record', path('a'), 'sh', '-c', script);
  expect(await timeslice(['replay', path('a')])).toEqual(run);
  const verified = await timeslice(['replay', '--verify', path('a')]);
  expect(verified.err).toMatch(
    /^oops\ntimeslice: the replay is as it was recorded: \d+ events, and the state\n$/,
  );
});

test('an event stream has one JSON object a line, of the kinds that were asked for', async () => {
  await tiny('--events', path('b'), '--events-kinds', 'processes,signal-sent', 'sh', '-c', script);
  const events = readFileSync(path('b'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(new Set(events.map(({ kind }) => kind))).toEqual(
    new Set(['exec', 'fork', 'exit', 'reap', 'signal-sent']),
  );
  expect(events[1]).toMatchObject({ kind: 'exec', path: '/bin/tiny', comm: 'sh', tid: 2 });
});

test('info and events of a recording are text or JSON, safe for a terminal', async () => {
  await tiny('--record', path('c'), 'sh', '-c', 'echo hi #\x1b[31m');
  const info = await timeslice(['replay', '--info', path('c')]);
  expect(info.out).toContain('echo hi #\\u{1b}[31m');
  const json = JSON.parse((await timeslice(['replay', '--info', '--json', path('c')])).out);
  expect(json).toMatchObject({ broken: null, programs: [{ argv: ['sh', '-c', 'echo hi #\x1b[31m'] }] });
  const events = await timeslice(['replay', '--events', path('c')]);
  expect(events.out).toMatch(/task 2 executes \/bin\/tiny\n/);
});

test('one that is cut off is played as far as it goes', async () => {
  await tiny('--record', path('d'), 'sh', '-c', script);
  truncateSync(path('d'), statSync(path('d')).size - 3);
  const cut = await timeslice(['replay', path('d')]);
  expect(cut).toMatchObject({ status: 125, out: expect.stringContaining('got word\n') });
  expect(cut.err).toMatch(/timeslice: the recording is cut off: it tells of the first .* of the run\n$/);
});

test.each([
  [['--until', 'event:999999', 'ok'], 'there is no event 999999 in the recording'],
  [['--until', '5h', 'ok'], 'the recording has no time 18000000000000 ns'],
  [['--until', '-5', 'ok'], '--until -5: not a moment'],
  [['--until', 'event:x', 'ok'], '--until event:x: not a moment'],
  [['none'], 'none: ENOENT: no such file or directory'],
  [['text'], 'this is not a recording of timeslice'],
])('replay %j says what is wrong', async (words, sentence) => {
  await tiny('--record', path('ok'), 'echo', 'hi');
  writeFileSync(path('text'), 'hello\n');
  const told = await timeslice(['replay', ...words], { cwd: folder });
  expect(told).toMatchObject({ status: 125, out: '' });
  expect(told.err).toContain(`timeslice: ${sentence}\n`);
});

test.each([
  [['--record', '/nowhere/file'], '/nowhere/file: ENOENT: no such file or directory'],
  [['--events-kinds', 'fork'], '--events-kinds: there is no --events'],
  [
    ['--events', '/dev/null', '--events-kinds', 'frok'],
    '--events-kinds frok: there is no kind of event "frok"',
  ],
])('run %j says what is wrong', async (words, sentence) => {
  const told = await tiny(...words, 'echo', 'hi');
  expect(told).toMatchObject({ status: 125, out: '' });
  expect(told.err).toContain(`timeslice: ${sentence}\n`);
});

test('a run that is killed leaves what there was', async () => {
  const words = ['--record', path('killed'), 'sh', '-c', 'echo started; ls / | wc; while true; do :; done'];
  const run = await timeslice(['run', '--image', 'tiny', '--cold', ...words], {
    onOutput: (kill) => setTimeout(() => kill('SIGKILL'), 700),
  });
  const again = await timeslice(['replay', '--verify', path('killed')]);
  expect(again).toMatchObject({ status: 125, out: run.out });
  expect(again.err).toContain('the recording is cut off');
});
