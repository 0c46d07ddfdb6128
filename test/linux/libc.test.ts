/** Programs with glibc do on Linux what their table says: under qemu-riscv64, and on a real kernel. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mismatch } from '../guest/case.ts';
import { hasQemu, inFolder, inPath, runHere, runInQemu } from '../guest/linux.ts';
import { buildLibc, canCross } from './libc.ts';
import { libcCases } from './libc-cases.ts';

const needs = 'needs gcc-riscv64-linux-gnu, libc6-dev-riscv64-cross, qemu-user';

// A real kernel's scheduler orders the lines of parent and child, on a busy host now and then otherwise.
const patient = { retry: 3 };

describe.skipIf(!hasQemu || !canCross)(`glibc programs under qemu-riscv64 (${needs})`, patient, () => {
  test.each(libcCases.filter((c) => !c.notInQemu))('$name', (c) =>
    inFolder((folder) => {
      const program = join(folder, c.name);
      expect(buildLibc('riscv64', c.name, program)).toBeNull();
      const run = runInQemu(program, c.argv);
      expect(mismatch(c, run.stdout), run.stderr).toBeNull();
      expect(run.status).toBe(c.status);
    }),
  );
});

describe.skipIf(process.platform !== 'linux' || !inPath('cc'))(
  'glibc programs on this Linux itself',
  patient,
  () => {
    test.each(libcCases.filter((c) => !c.notNative))('$name', (c) =>
      inFolder((folder) => {
        const program = join(folder, c.name);
        expect(buildLibc('native', c.name, program)).toBeNull();
        const run = runHere(program, c.argv);
        expect(mismatch(c, run.stdout), run.stderr).toBeNull();
        expect(run.status).toBe(c.status);
      }),
    );
  },
);
