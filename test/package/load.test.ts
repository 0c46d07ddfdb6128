/** The command's loader: where it keeps code, and that what it keeps can be damaged. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
// @ts-expect-error It is plain JavaScript: nothing is built when it runs.
import { cacheFolder as early } from '../../bin/load.js';
import { cacheFolder } from '../../src/host-node/index.ts';
import { timeslice } from '../cli/timeslice.ts';

const cache = mkdtempSync(join(tmpdir(), 'timeslice-code-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

test('the cache folder is the same before and after the bundle is loaded', () => {
  const environments = [
    {},
    { XDG_CACHE_HOME: '/x' },
    { TIMESLICE_CACHE: '/t', XDG_CACHE_HOME: '/x' },
    { LOCALAPPDATA: '/l' },
  ];
  for (const env of environments)
    for (const platform of ['linux', 'darwin', 'win32', 'freebsd'])
      expect(early(env, platform, '/home/u')).toBe(cacheFolder(env, platform, '/home/u'));
});

test('code is kept, used, and made again when it is damaged', async () => {
  const run = () =>
    timeslice(['run', '--image', 'tiny', 'echo', 'hello'], { env: { TIMESLICE_CACHE: cache } });
  const told = { status: 0, out: 'hello\n', err: '' };
  const folder = join(cache, 'code-1');
  expect(await run()).toEqual(told);
  const kept = readdirSync(folder);
  expect(kept.length).toBeGreaterThan(3);
  expect(await run()).toEqual(told);
  for (const name of kept) writeFileSync(join(folder, name), 'damaged');
  expect(await run()).toEqual(told);
  expect(readdirSync(folder)).toEqual(kept);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file');
  expect(await run()).toEqual(told);
});
