/** What real Linux does with the programs of guest/tests, our kernel does too. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mismatch } from '../guest/case.ts';
import { fileLayer, run } from '../machine-fixture.ts';
import { linuxCases } from './cases.ts';

const guest = resolve(import.meta.dirname, '../../guest');
const suite = readFileSync(resolve(guest, 'suite.elf'));

describe.each([1, 2])('the kernel tests on %i processors', (cpus) => {
  test.each(linuxCases)('$name', (c) => {
    const { stdout, stderr, status } = run({
      layers: [fileLayer({ '/scratch/.keep': '', '/bin/suite': suite })],
      machine: { cpus, memory: 64 * 2 ** 20 },
      argv: ['/bin/suite', ...c.argv],
      cwd: '/scratch',
      env: { PATH: '/nonexistent' },
      stdin: c.stdin ?? '',
    });
    expect(mismatch(c, stdout), stderr).toBeNull();
    expect(status).toBe(c.status);
  });
});
