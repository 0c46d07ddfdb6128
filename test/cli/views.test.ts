/** ps, tree, pcb, maps, fds and queues of a recording, at any moment. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { timeslice } from './timeslice.ts';

const COMMANDS = ['ps', 'tree', 'pcb', 'maps', 'fds', 'queues', 'heap'];

const folder = mkdtempSync(join(tmpdir(), 'timeslice-'));
const file = join(folder, 'run.tsrec');

beforeAll(async () => {
  const run = ['run', '--image', 'tiny', '--record', file, 'sh', '-c', 'sleep 1 | cat'];
  const { status, err } = await timeslice(run);
  expect({ status, err }).toEqual({ status: 0, err: '' });
});
afterAll(() => rmSync(folder, { recursive: true }));

test('each shows the run at a moment, in both languages and as JSON', async () => {
  const at = ['--at', '500ms'];
  const tree = await timeslice(['tree', file, ...at]);
  expect(tree.out).toMatch(
    /^init 1 \(blocked\)\n└─ sh (\d+) \(blocked\)\n {3}├─ sleep \d+ \(blocked\)\n {3}└─ cat/,
  );
  const queues = await timeslice(['queues', file, ...at, '--lang', 'ko']);
  expect(queues.out).toMatch(/준비 큐: 없음[\s\S]*cat \d+ +파이프 \d+의 데이터/);
  const pcb = await timeslice(['pcb', file, '--json', ...at]);
  expect(JSON.parse(pcb.out)).toMatchObject({ comm: 'sh', state: 'blocked', waitsFor: { on: 'child' } });
  for (const command of COMMANDS) {
    const text = await timeslice([command, file, ...at], { env: { COLUMNS: '20' } });
    expect({ status: text.status, err: text.err }).toEqual({ status: 0, err: '' });
    JSON.parse((await timeslice([command, file, ...at, '--json'])).out);
  }
});

test('tree --history shows everybody who lived, who made them, and what they executed', async () => {
  const { out } = await timeslice(['tree', file, '--history']);
  const lines = out.trimEnd().split('\n');
  expect(lines[1]).toMatch(/^init 1 +- +- +- +lives +-$/);
  expect(lines[2]).toMatch(/^└─ sh (\d+) .*host 1 .*exit 0 +1 at 1 s$/);
  expect(lines[3]).toMatch(/^ {3}├─ sh \d+ → sleep \(.*(v?fork|clone) \d+ +1 s +exit 0/);
  const early = await timeslice(['tree', file, '--history', '--at', '500ms', '--lang', 'ko']);
  expect(early.out).toMatch(/→ cat .* 살아 있음/);
  const [init] = JSON.parse((await timeslice(['tree', file, '--history', '--json'])).out);
  expect(init.children[0]).toMatchObject({ how: 'host', children: [{ comm: 'sleep' }, { comm: 'cat' }] });
});

test('heap tells of no heap where allocators have no names', async () => {
  const text = await timeslice(['heap', file]);
  expect(text).toEqual({ status: 0, err: '', out: expect.stringMatching(/^No process asked an allocator/) });
  expect(JSON.parse((await timeslice(['heap', file, '--json'])).out)).toEqual([]);
});

test('without a moment it is the last one before the program ends', async () => {
  const { out } = await timeslice(['ps', file]);
  expect(out.split('\n').filter((line) => line.includes(' sh -c '))).toHaveLength(1);
});

test.each([
  [['--at', '99s'], /the recording has no time 99000000000 ns/],
  [['--at', 'event:999999999'], /there is no event 999999999/],
  [['--at', 'yesterday'], /--at yesterday: not a moment/],
  [['--pid', '77'], /there is no task 77 at that moment/],
  [['--pid', 'x'], /--pid x/],
])('%j is told in a sentence', async (flags, sentence) => {
  const { out, err, status } = await timeslice(['pcb', file, ...flags]);
  expect({ out, status }).toEqual({ out: '', status: 125 });
  expect(err).toMatch(sentence);
});

test('the functions of a program of this computer have their names', async () => {
  const other = join(folder, 'pcb.tsrec');
  const { status } = await timeslice(['run', '--image', 'tiny', '--record', other, 'examples/pcb/pcb']);
  expect(status).toBe(0);
  const { out } = await timeslice(['pcb', other, '--at', '11ms']);
  expect(out).toMatch(/#0 .*ecall[\s\S]*wait_for_word[\s\S]*main/);
});
