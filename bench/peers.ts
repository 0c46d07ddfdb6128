/** The engines and tools beside ours: found, or fetched where that needs no question. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { out } from './build.ts';

const V86 = '0.5.462';
const TOOLS: readonly (readonly [program: string, package_: string])[] = [
  ['gcc', 'gcc'],
  ['riscv64-linux-gnu-gcc', 'gcc-riscv64-linux-gnu'],
  ['qemu-riscv64', 'qemu-user'],
  ['taskset', 'util-linux'],
];

const onPath = (program: string) => spawnSync('which', [program]).status === 0;

/** Installs Debian packages that are missing, as root; otherwise says which. */
export function ensureTools(): void {
  const missing = TOOLS.filter(([program]) => !onPath(program)).map(([, name]) => name);
  if (missing.includes('gcc-riscv64-linux-gnu')) missing.push('libc6-dev-riscv64-cross');
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !onPath('apt-get'))
    throw new Error(`missing: ${missing.join(', ')}; on Debian: sudo apt-get install ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const install = ['install', '-qq', '-y', '--no-install-recommends', ...missing];
  execFileSync('apt-get', install, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The folder of v86's package, fetched from npm on first use: 18 MB that nothing else needs. */
export function ensureV86(): string | null {
  const folder = join(out, `v86-${V86}`);
  if (existsSync(join(folder, 'package/build/v86.wasm'))) return join(folder, 'package');
  mkdirSync(folder, { recursive: true });
  const packed = spawnSync('npm', ['pack', '--silent', `v86@${V86}`, '--pack-destination', folder]);
  if (packed.status !== 0) return null;
  execFileSync('tar', ['xf', join(folder, `v86-${V86}.tgz`), '-C', folder]);
  return join(folder, 'package');
}

/** Fetches a Debian image unless it is there; without a mirror, what needs it has no numbers. */
export function ensureImage(timeslice: string, image: string): void {
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  spawnSync(process.execPath, [timeslice, 'image', 'pull', '--if-missing', image], { stdio: [...stdio] });
}

const firstLine = (command: string, args: readonly string[]) =>
  spawnSync(command, args, { encoding: 'utf8' }).stdout?.split('\n')[0]?.trim() ?? '';

/** What was measured with: for the reader of the report. */
export function versions(): Readonly<Record<string, string>> {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return {
    system: /PRETTY_NAME="(.*)"/.exec(release)?.[1] ?? process.platform,
    node: process.version,
    qemu: /version (\S+)/.exec(firstLine('qemu-riscv64', ['--version']))?.[1] ?? '',
    gcc: firstLine('gcc', ['-dumpfullversion']),
    v86: V86,
  };
}
