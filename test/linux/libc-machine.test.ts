/** Programs with glibc on our kernel: linked statically, and dynamically with ld.so and the cross compiler's libraries. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mismatch } from '../guest/case.ts';
import { fileLayer, run } from '../machine-fixture.ts';
import { canCross } from './libc.ts';
import { libcCases } from './libc-cases.ts';

const root = resolve(import.meta.dirname, '../..');
const libraries = '/usr/riscv64-linux-gnu/lib';
const init = readFileSync(join(root, 'guest/tiny.elf'));

/** What a dynamic program finds where ld.so looks. */
const runtime = () =>
  Object.fromEntries(
    ['ld-linux-riscv64-lp64d.so.1', 'libc.so.6', 'libm.so.6', 'libgcc_s.so.1'].map((name) => [
      `/lib/${name}`,
      readFileSync(join(libraries, name)),
    ]),
  );

describe.skipIf(!canCross)('glibc programs on our kernel (needs gcc-riscv64-linux-gnu)', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'timeslice-libc-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const build = (name: string, how: string): Uint8Array => {
    const to = join(folder, `${name}-${how}`);
    const flags = how === 'static' ? ['-static'] : ['-pie'];
    const source = join(root, 'guest/libc', `${name}.c`);
    const made = spawnSync(
      'riscv64-linux-gnu-gcc',
      ['-O2', '-w', '-pthread', ...flags, '-o', to, source, '-lm'],
      { encoding: 'utf8' },
    );
    expect(made.status, made.stderr).toBe(0);
    return readFileSync(to);
  };

  const rows = ['static', 'dynamic'].flatMap((how) =>
    // On one processor a spawned child may print before its parent has its turn.
    [1, 3].flatMap((cpus) => libcCases.map((c) => ({ ...c, how, cpus, anyOrder: cpus === 1 }))),
  );
  test.each(rows)('$name, $how, on $cpus processors', ({ how, cpus, ...c }) => {
    const { stdout, stderr, status } = run({
      layers: [
        fileLayer({ ...(how === 'dynamic' && runtime()), '/tiny': init, '/program': build(c.name, how) }),
      ],
      argv: ['/program', ...c.argv],
      cwd: '/tmp',
      machine: { initElf: init, cpus },
    });
    expect(mismatch(c, stdout), stderr).toBeNull();
    expect(status).toBe(c.status);
  });
});
