/** Builds the programs of guest/libc: statically for riscv64 with the cross compiler, or for this machine. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { inPath } from '../guest/linux.ts';

const folder = resolve(import.meta.dirname, '../../guest/libc');

/** The cross compiler and its glibc (Debian: gcc-riscv64-linux-gnu, libc6-dev-riscv64-cross) are there. */
export const canCross =
  inPath('riscv64-linux-gnu-gcc') !== undefined && existsSync('/usr/riscv64-linux-gnu/lib/libc.a');

/** Writes the program of that name to a file; null, or what the compiler said. */
export const buildLibc = (target: 'riscv64' | 'native', name: string, to: string): string | null => {
  const compiler = target === 'riscv64' ? 'riscv64-linux-gnu-gcc' : 'cc';
  const flags = ['-O2', '-w', '-pthread', ...(target === 'riscv64' ? ['-static'] : [])];
  const run = spawnSync(compiler, [...flags, '-o', to, `${folder}/${name}.c`, '-lm'], { encoding: 'utf8' });
  return run.status === 0 ? null : run.stderr;
};
