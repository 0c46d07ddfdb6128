/** The programs of the tiny image do on Linux what their table says. */
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mismatch } from './case.ts';
import { tinyCases } from './cases.ts';
import { hasQemu, runInQemu } from './linux.ts';

const elf = resolve(import.meta.dirname, '../../guest/tiny.elf');

describe.skipIf(!hasQemu)('tiny under qemu-riscv64 (Debian package qemu-user)', { retry: 3 }, () => {
  test.each(tinyCases.filter((c) => !c.notInQemu))('$name', (c) => {
    const run = runInQemu(elf, c.argv, c.stdin);
    expect(mismatch(c, run.stdout), run.stderr).toBeNull();
    expect(run.status).toBe(c.status);
  });
});
