/** Compiles the programs for each engine; what is newer than its source stays. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

const here = import.meta.dirname;
/** Where everything built and fetched is. */
export const out = join(here, 'out');

const STATIC = ['-O2', '-static'];
const BARE = [
  ...['-O2', '-static', '-m32', '-msse2', '-mfpmath=sse', '-ffreestanding', '-nostdlib', '-nostdinc', '-w'],
  ...['-fno-pic', '-no-pie', '-fno-stack-protector', '-fno-asynchronous-unwind-tables'],
  ...[`-I${join(here, 'v86')}`, '-Wl,-Ttext=0x100000,--build-id=none', join(here, 'v86/runtime.c')],
];
const COMPILERS = {
  native: ['gcc', ...STATIC],
  riscv64: ['riscv64-linux-gnu-gcc', ...STATIC],
  v86: ['gcc', ...BARE],
} as const;

/** Whether a file is there and newer than all of the others. */
const isNewer = (file: string, others: readonly string[]) =>
  existsSync(file) && others.every((other) => statSync(other).mtimeMs < statSync(file).mtimeMs);

/** Compiles one C file of bench/ and gives the program's path. */
export function compile(source: string, target: keyof typeof COMPILERS): string {
  const [compiler, ...flags] = COMPILERS[target];
  const from = join(here, source);
  const to = join(out, `${basename(source, '.c')}.${target}`);
  const inputs = target === 'v86' ? [from, join(here, 'v86/runtime.c'), join(here, 'v86/stdio.h')] : [from];
  if (isNewer(to, inputs)) return to;
  mkdirSync(out, { recursive: true });
  execFileSync(compiler, [...flags, '-o', to, from], { stdio: ['ignore', 'ignore', 'inherit'] });
  return to;
}
