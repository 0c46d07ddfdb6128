/** The program that debuggers are tried on (guest/libc/debugged.c), built here: it needs the cross compiler. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { canCross } from '../linux/libc.ts';

const source = resolve(import.meta.dirname, '../../guest/libc/debugged.c');

/** In the folder of its source, so that no path of this computer gets into what debuggers show. */
function build(folder: string, name: string, flags: readonly string[]): Uint8Array {
  const to = join(folder, name);
  const made = spawnSync(
    'riscv64-linux-gnu-gcc',
    ['-g', '-O0', '-pthread', ...flags, '-o', to, 'debugged.c'],
    { cwd: resolve(source, '..'), encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(made.stderr);
  return readFileSync(to);
}

/** The program, statically linked and not, and its source; nothing without the compiler. */
export function debuggedFiles(): Readonly<Record<string, Uint8Array>> {
  if (!canCross) return {};
  const folder = mkdtempSync(join(tmpdir(), 'timeslice-trace-'));
  try {
    return {
      '/work/moving': build(folder, 'moving', []),
      '/work/still': build(folder, 'still', ['-static']),
      '/work/debugged.c': readFileSync(source),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
