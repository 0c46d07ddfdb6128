/** A Debian root of this computer's own architecture in the cache, and scripts in it: what Linux itself says. Needs root and debootstrap. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isProblem } from '../src/base/index.ts';
import { cacheFolder, chooseMirror } from '../src/host-node/index.ts';

const SUITE = 'trixie';
const TIMEOUT = 20 * 60_000;

/** Says it, and ends. */
export function fail(sentence: string): never {
  process.stderr.write(`timeslice: ${sentence}\n`);
  process.exit(1);
}

/** The root with these packages, made if it is not there; half of one is never taken for it. */
export function debianRoot(name: string, packages: readonly string[]): string {
  const root = join(cacheFolder(), 'oracle', name);
  if (existsSync(root)) return root;
  const mirror = chooseMirror({});
  if (isProblem(mirror)) fail(mirror.sentence);
  const part = `${root}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(dirname(root), { recursive: true });
  const args = ['--variant=minbase', `--include=${packages.join(',')}`, SUITE, part, mirror];
  const { error, status } = spawnSync('debootstrap', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error || status !== 0)
    fail('debootstrap cannot make a Debian root here: it must be installed, and run as root');
  renameSync(part, root);
  return root;
}

/** What a script of sh prints in the root, on both of its outputs. */
export function inRoot(root: string, script: string): string {
  const command = join(import.meta.dirname, 'oracle-root.sh');
  const options = { encoding: 'utf8', timeout: TIMEOUT, maxBuffer: 2 ** 28 } as const;
  const { stdout, error } = spawnSync(command, [root, `exec 2>&1; ${script}`], options);
  if (error) fail(`${command}: ${error.message}`);
  return stdout;
}
