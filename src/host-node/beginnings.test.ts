import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keptBeginnings, storedBeginnings } from './beginnings.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'timeslice-starts-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

const key = (n: number) => Uint8Array.of(n);
const bytes = (n: number, length = 1000) => new Uint8Array(length).fill(n);
const open = (most?: number) => storedBeginnings(cache, { build: 'b', ...(most !== undefined && { most }) })!;
const folder = () => join(cache, 'starts-1');

test('what was kept is there for the same code and the same key only', async () => {
  const kept = open();
  kept.save(key(1), bytes(7));
  await kept.flush();
  expect(open().load(key(1))).toEqual(bytes(7));
  expect(open().load(key(2))).toBeUndefined();
  expect(storedBeginnings(cache, { build: 'c' })!.load(key(1))).toBeUndefined();
  expect(keptBeginnings(cache)).toEqual({ count: 1, bytes: 1008 });
});

test('code without a version keeps nothing', () => {
  expect(storedBeginnings(cache, { build: undefined })).toBeUndefined();
});

test('damaged, cut off or empty: it is as if it had never been there', async () => {
  const path = () => join(folder(), readdirSync(folder())[0]!);
  for (const damage of [
    (file: Buffer) => file.fill(1, 500, 501),
    (file: Buffer) => file.subarray(0, 700),
    () => Buffer.alloc(0),
  ]) {
    const kept = open();
    kept.save(key(1), bytes(7));
    await kept.flush();
    writeFileSync(path(), damage(readFileSync(path())));
    expect(open().load(key(1))).toBeUndefined();
    expect(readdirSync(folder())).toEqual([]);
  }
});

test('what was not used for longest goes when there is no more room', async () => {
  for (const n of [1, 2, 3]) {
    const kept = open();
    kept.save(key(n), bytes(n));
    await kept.flush();
    const newest = readdirSync(folder()).map((name) => join(folder(), name));
    for (const path of newest) if (Date.now() - statSync(path).mtimeMs < 60_000) utimesSync(path, n, n);
  }
  expect(open().load(key(1))).toEqual(bytes(1));
  const full = open(3500);
  full.save(key(4), bytes(4));
  await full.flush();
  const left = [1, 2, 3, 4].filter((n) => open().load(key(n)) !== undefined);
  expect(left).toEqual([1, 3, 4]);
});

test('writers at the same time leave one whole file', async () => {
  const writers = Array.from({ length: 8 }, () => open());
  for (const [n, kept] of writers.entries()) kept.save(key(1), bytes(n, 100_000));
  await Promise.all(writers.map((kept) => kept.flush()));
  expect(readdirSync(folder())).toHaveLength(1);
  const read = open().load(key(1))!;
  expect(read).toEqual(bytes(read[0]!, 100_000));
});

test('a folder that cannot be written is no hindrance', async () => {
  mkdirSync(cache, { recursive: true });
  writeFileSync(folder(), 'a file');
  const kept = open();
  kept.save(key(1), bytes(1));
  await kept.flush();
  expect(kept.load(key(1))).toBeUndefined();
});
