/** The programs of the tiny image do on our kernel what they do on Linux: the same table, another target. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileLayer, run } from '../machine-fixture.ts';
import { mismatch } from './case.ts';
import { tinyCases } from './cases.ts';

const elf = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));

describe('tiny on our kernel', () => {
  test.each(tinyCases)('$name', (c) => {
    const { stdout, stderr, status } = run({
      layers: [fileLayer({ '/scratch/.keep': '', '/bin/tiny': elf })],
      argv: ['/bin/tiny', ...c.argv],
      cwd: '/scratch',
      env: { PATH: '/nonexistent' },
      stdin: c.stdin ?? '',
    });
    expect(mismatch(c, stdout), stderr).toBeNull();
    expect(status).toBe(c.status);
  });
});
