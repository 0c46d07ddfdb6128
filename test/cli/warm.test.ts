/** The second run of a command begins where the first one was kept, and nobody notices but for the time it takes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { timeslice } from './timeslice.ts';

const cache = mkdtempSync(join(tmpdir(), 'timeslice-warm-'));
const starts = join(cache, 'starts-1');
const env = { TIMESLICE_CACHE: cache };
beforeEach(() => rmSync(starts, { recursive: true, force: true }));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const loop = 'i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done; read x; echo $x; exit 3';
const run = (...flags: string[]) =>
  timeslice(['run', '--image', 'tiny', '--seed', '5', ...flags, 'sh', '-c', loop], { env, input: 'word\n' });
const kept = (): readonly string[] => {
  try {
    return readdirSync(starts);
  } catch {
    return [];
  }
};

test('cold and warm say and give the same', async () => {
  const cold = await run('--cold');
  expect(cold).toEqual({ status: 3, out: 'word\n', err: '' });
  expect(kept()).toEqual([]);
  expect(await run()).toEqual(cold);
  expect(kept()).toHaveLength(1);
  expect(await run()).toEqual(cold);
  expect(await run('--tier', 'interpreter')).toEqual(cold);
  expect(kept()).toHaveLength(1);
});

test('what is damaged is made again without a word', async () => {
  const first = await run();
  const path = join(starts, kept()[0]!);
  const { size } = statSync(path);
  for (const damage of [readFileSync(path).fill(7, size >> 1), readFileSync(path).subarray(0, size >> 1)]) {
    writeFileSync(path, damage);
    expect(await run()).toEqual(first);
    expect(statSync(path).size).toBe(size);
  }
});

test('several at a time share the folder', async () => {
  const runs = await Promise.all(Array.from({ length: 4 }, () => run()));
  for (const each of runs) expect(each).toEqual({ status: 3, out: 'word\n', err: '' });
  expect(kept()).toHaveLength(1);
});

test('a summary tells of what happened before, too', async () => {
  const cold = await run('--cold', '--summary');
  await run();
  expect(await run('--summary')).toEqual(cold);
});

test('what is traced happens', async () => {
  await run();
  const { err } = await run('--trace=read');
  expect(err).toContain('read(0, "w"');
});
