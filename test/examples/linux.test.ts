/** The Python examples do on this Linux what their table says. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mismatch } from '../guest/case.ts';
import { inPath } from '../guest/linux.ts';
import { exampleCases } from './cases.ts';

const cwd = resolve(import.meta.dirname, '../..');

describe.skipIf(process.platform !== 'linux' || !inPath('python3'))(
  'examples under python3 of this Linux',
  () => {
    test.each(exampleCases)('$name', (c) => {
      const env = { PATH: process.env['PATH'] };
      const run = spawnSync('python3', c.argv, { cwd, env, encoding: 'utf8', timeout: 30_000 });
      expect(mismatch(c, run.stdout), run.stderr).toBeNull();
      expect(run.status).toBe(c.status);
    });
  },
);
