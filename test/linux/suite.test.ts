/** The expectations of the kernel's tests hold on Linux: under qemu-riscv64, and on a real kernel. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GuestCase, mismatch } from '../guest/case.ts';
import { hasQemu, inPath, type LinuxResult, runHere, runInQemu } from '../guest/linux.ts';
import { linuxCases } from './cases.ts';

const root = resolve(import.meta.dirname, '../..');

const check = (c: GuestCase, run: LinuxResult): void => {
  expect(mismatch(c, run.stdout), run.stderr).toBeNull();
  expect(run.status).toBe(c.status);
};

// Some cases sleep for milliseconds that a busy host stretches.
describe.skipIf(!hasQemu)(
  'the kernel suite under qemu-riscv64 (Debian package qemu-user)',
  { retry: 3 },
  () => {
    const elf = join(root, 'guest/suite.elf');
    test.each(linuxCases.filter((c) => !c.notInQemu))('$name', (c) => check(c, runInQemu(elf, c.argv)));
  },
);

const canBuild = process.platform === 'linux' && process.arch === 'x64' && inPath('cc') !== undefined;

describe.skipIf(!canBuild)(
  'the kernel suite on this Linux itself (x86-64 with a C compiler)',
  { retry: 3 },
  () => {
    const program = join(tmpdir(), `timeslice-suite-${process.pid}`);
    beforeAll(() => {
      const build = spawnSync(join(root, 'tools/build-native.sh'), [program], { encoding: 'utf8' });
      expect(build.status, build.stderr).toBe(0);
    });
    afterAll(() => rmSync(program, { force: true }));
    test.each(linuxCases.filter((c) => !c.notNative))('$name', (c) => check(c, runHere(program, c.argv)));
  },
);
