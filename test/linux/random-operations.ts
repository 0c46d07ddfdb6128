/**
 * Random sequences of operations (guest/libc/random-files.c, random-maps.c): every answer and what they leave, a tree or
 * mappings, are those of Linux, which is asked at the same time.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileLayer, run } from '../machine-fixture.ts';
import { buildLibc, canCross } from './libc.ts';

const init = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));

/** How many operations a sequence of each kind has. */
const OPERATIONS = { 'random-files': 800, 'random-maps': 300 } as const;

/** Runs a program as root in an empty tmpfs of its own; null where that cannot be. */
function runInTmpfs(program: string, argv: readonly string[]): string | null {
  const script = `d=$(mktemp -d) && mount -t tmpfs -o mode=1777 tmpfs $d && cd $d && exec "$@"`;
  const made = spawnSync('unshare', ['--mount', 'sh', '-c', script, 'sh', program, ...argv], {
    encoding: 'latin1',
  });
  return made.error === undefined && made.status === 0 ? made.stdout : null;
}

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

/** Compares this many sequences. */
export const describeSeeds = (count: number, kind: keyof typeof OPERATIONS = 'random-files'): void => {
  const seeds = Array.from({ length: count }, (_, i) => i + 1);
  describe.skipIf(!isRoot || !canCross)(`${kind} (needs root, unshare, the cross compiler)`, () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'timeslice-random-'));
      for (const how of ['native', 'riscv64'] as const)
        expect(buildLibc(how, kind, join(folder, how))).toBeNull();
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    test.each(seeds)('seed %i', (seed) => {
      const argv = [String(seed), String(OPERATIONS[kind])];
      const expected = runInTmpfs(join(folder, 'native'), argv);
      // A container may not mount.
      if (expected === null) return;
      const layers = [fileLayer({ '/tiny': init, '/program': readFileSync(join(folder, 'riscv64')) })];
      const ours = run({
        layers,
        argv: ['/program', ...argv],
        cwd: '/tmp',
        machine: { initElf: init, cpus: 1 },
      });
      expect(ours.stdout.split('\n')).toEqual(expected.split('\n'));
    });
  });
};
