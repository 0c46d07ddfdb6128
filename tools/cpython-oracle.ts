/**
 * `npm run oracle:cpython [-- MODULE…]`: what CPython's regression tests come to on Linux. Makes a Debian root of this
 * computer's own architecture in the cache (as root, with debootstrap, from the mirror in apt's configuration), runs
 * each module there until two runs agree, and writes test/programs/cpython/linux.txt, to which `npm run test:linux`
 * holds the machine.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isProblem } from '../src/base/index.ts';
import { cacheFolder, chooseMirror } from '../src/host-node/index.ts';
import { MODULES } from '../test/programs/cpython/modules.ts';
import {
  type Outcomes,
  outcomesOf,
  outcomesText,
  parseOutcomes,
  scriptOf,
} from '../test/programs/cpython/outcomes.ts';

const file = join(import.meta.dirname, '../test/programs/cpython/linux.txt');
const SUITE = 'trixie';
/** As in the image: the default set's programs that tests look for, and the tests. */
const PACKAGES = ['python3', 'libpython3.13-testsuite', 'procps', 'psmisc'];
const TIMEOUT = 20 * 60_000;
const MOST_TRIES = 5;

function fail(sentence: string): never {
  process.stderr.write(`timeslice: ${sentence}\n`);
  process.exit(1);
}

/** The root, made if it is not there; half of one is never taken for it. */
function debianRoot(): string {
  const root = join(cacheFolder(), 'oracle', SUITE);
  if (existsSync(root)) return root;
  const mirror = chooseMirror({});
  if (isProblem(mirror)) fail(mirror.sentence);
  const part = `${root}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(dirname(root), { recursive: true });
  const args = ['--variant=minbase', `--include=${PACKAGES.join(',')}`, SUITE, part, mirror];
  const { error, status } = spawnSync('debootstrap', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error || status !== 0)
    fail('debootstrap cannot make a Debian root here: it must be installed, and run as root');
  renameSync(part, root);
  return root;
}

function inRoot(root: string, script: string): string {
  const command = join(import.meta.dirname, 'cpython-oracle.sh');
  const options = { encoding: 'utf8', timeout: TIMEOUT, maxBuffer: 2 ** 28 } as const;
  const { stdout, error } = spawnSync(command, [root, `exec 2>&1; ${script}`], options);
  if (error) fail(`${command}: ${error.message}`);
  return stdout;
}

/**
 * What two runs of a module agree on: tests that race with a clock lose now and then on a busy computer. A module that
 * never comes to the same twice is no oracle.
 */
function outcomesOn(root: string, module: string): Outcomes {
  const seen = new Set<string>();
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const outcomes = outcomesOf(inRoot(root, scriptOf([module]))) ?? fail(`${module} gave no outcomes`);
    const text = outcomesText({ [module]: outcomes });
    if (seen.has(text)) return outcomes;
    seen.add(text);
  }
  return fail(`${module} came to something else in each of ${MOST_TRIES} runs`);
}

const root = debianRoot();
const former = existsSync(file) ? parseOutcomes(readFileSync(file, 'utf8')) : {};
const chosen = process.argv.slice(2);
const modules: Record<string, Outcomes> = {};
for (const module of MODULES) {
  const kept = chosen.length > 0 && !chosen.includes(module) ? former[module] : undefined;
  if (!kept) process.stderr.write(`timeslice: ${module}\n`);
  modules[module] = kept ?? outcomesOn(root, module);
}
const version = inRoot(root, 'python3 -V; dpkg-query -W libpython3.13-testsuite');
const heading = `# ${version.trim().replace(/\s+/g, ' ')}, on Linux: written by npm run oracle:cpython.\n`;
writeFileSync(file, heading + outcomesText(modules));
