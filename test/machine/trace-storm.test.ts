/**
 * Tracers that ask anything of anybody, at any time: the kernel stands, and when all have ended nothing is left of
 * them. Every run is held to a second one, and to the check of all counts (machine-fixture.ts).
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inFolder } from '../guest/linux.ts';
import { buildLibc, canCross } from '../linux/libc.ts';
import { fileLayer, run } from '../machine-fixture.ts';

const init = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));
const first = Number(process.env['TIMESLICE_SEED'] ?? 1);
const trials = Number(process.env['TIMESLICE_TRIALS'] ?? 3);

describe.skipIf(!canCross)('storms of tracers (needs gcc-riscv64-linux-gnu)', () => {
  const seeds = Array.from({ length: trials }, (_, i) => first + i);
  test.each(seeds)('storm %i leaves nothing behind', (seed) =>
    inFolder((folder) => {
      const path = join(folder, 'storm');
      expect(buildLibc('riscv64', 'storm', path)).toBeNull();
      const { status } = run({
        layers: [fileLayer({ '/tiny': init, '/storm': readFileSync(path) })],
        argv: ['/storm', String(seed)],
        machine: { initElf: init, cpus: 1 + (seed % 3) },
      });
      expect(status).toBe(0);
    }),
  );
});
