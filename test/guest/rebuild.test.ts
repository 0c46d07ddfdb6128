/** The committed guest programs are what their sources say: rebuilding gives the same bytes. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inFolder } from './linux.ts';

const root = resolve(import.meta.dirname, '../..');
const compiler = spawnSync('riscv64-linux-gnu-gcc', ['-dumpversion'], { encoding: 'utf8' });
const pinned = compiler.status === 0 && compiler.stdout.startsWith('12');
const programs = ['tiny.elf', 'suite.elf', 'heap.elf', 'traces.elf', 'vdso.elf'];
/** Whatever a compiler gave something for is committed beside its source. */
const examples = (folder: string) => readdirSync(folder).map((name) => join(name, name));

describe.skipIf(!pinned)(
  'guest programs (need riscv64-linux-gnu-gcc 12, package gcc-riscv64-linux-gnu)',
  () => {
    test('rebuild to the committed bytes', () => {
      inFolder((folder) => {
        const run = spawnSync(join(root, 'tools/build-guest.sh'), [folder, join(folder, 'examples')], {
          encoding: 'utf8',
        });
        expect(run.stderr).toBe('');
        for (const name of programs) {
          const committed = readFileSync(join(root, 'guest', name));
          expect(readFileSync(join(folder, name)).equals(committed), `${name}: run npm run guest`).toBe(true);
        }
        for (const name of examples(join(folder, 'examples'))) {
          const committed = readFileSync(join(root, 'examples', name));
          const built = readFileSync(join(folder, 'examples', name));
          expect(built.equals(committed), `examples/${name}: run npm run guest`).toBe(true);
        }
      });
    });
  },
);

test('tiny stays small enough to embed', () => {
  expect(readFileSync(join(root, 'guest/tiny.elf')).length).toBeLessThan(100_000);
});
