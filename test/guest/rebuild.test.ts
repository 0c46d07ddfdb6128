/** The committed guest programs are what their sources say: rebuilding gives the same bytes. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inFolder } from './linux.ts';

const root = resolve(import.meta.dirname, '../..');
const compiler = spawnSync('riscv64-linux-gnu-gcc', ['-dumpversion'], { encoding: 'utf8' });
const pinned = compiler.status === 0 && compiler.stdout.startsWith('12');
const programs = ['tiny.elf', 'suite.elf', 'vdso.elf'];

describe.skipIf(!pinned)(
  'guest programs (need riscv64-linux-gnu-gcc 12, package gcc-riscv64-linux-gnu)',
  () => {
    test('rebuild to the committed bytes', () => {
      inFolder((folder) => {
        const run = spawnSync(join(root, 'tools/build-guest.sh'), [folder], { encoding: 'utf8' });
        expect(run.stderr).toBe('');
        for (const name of programs) {
          const committed = readFileSync(join(root, 'guest', name));
          expect(readFileSync(join(folder, name)).equals(committed), `${name}: run npm run guest`).toBe(true);
        }
      });
    });
  },
);

test('tiny stays small enough to embed', () => {
  expect(readFileSync(join(root, 'guest/tiny.elf')).length).toBeLessThan(100_000);
});
