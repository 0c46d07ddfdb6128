/** The committed guest programs are what their sources say: rebuilding gives the same bytes. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const compiler = spawnSync('riscv64-linux-gnu-gcc', ['-dumpversion'], { encoding: 'utf8' });
const pinned = compiler.status === 0 && compiler.stdout.startsWith('12');

describe.skipIf(!pinned)(
  'guest programs (need riscv64-linux-gnu-gcc 12, package gcc-riscv64-linux-gnu)',
  () => {
    test('rebuild to the committed bytes', () => {
      const folder = mkdtempSync(join(tmpdir(), 'timeslice-rebuild-'));
      try {
        const run = spawnSync(join(root, 'tools/build-guest.sh'), [folder], { encoding: 'utf8' });
        expect(run.stderr).toBe('');
        for (const name of ['tiny.elf', 'suite.elf'].filter((n) => existsSync(join(root, 'guest', n))))
          expect(readFileSync(join(folder, name)).equals(readFileSync(join(root, 'guest', name))), name).toBe(
            true,
          );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    test('tiny stays small enough to embed', () => {
      expect(existsSync(join(root, 'guest/tiny.elf'))).toBe(true);
      expect(readFileSync(join(root, 'guest/tiny.elf')).length).toBeLessThan(100_000);
    });
  },
);
