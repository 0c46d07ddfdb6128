/**
 * `npm run oracle:cpython [-- MODULE…]`: what CPython's regression tests come to on Linux. Makes a Debian root of this
 * computer's own architecture in the cache (as root, with debootstrap, from the mirror in apt's configuration), runs
 * each module there until two runs agree, and writes test/programs/cpython/linux.txt, to which `npm run test:linux`
 * holds the machine.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODULES } from '../test/programs/cpython/modules.ts';
import {
  type Outcomes,
  outcomesOf,
  outcomesText,
  parseOutcomes,
  scriptOf,
} from '../test/programs/cpython/outcomes.ts';
import { debianRoot, fail, inRoot } from './oracle-root.ts';

const file = join(import.meta.dirname, '../test/programs/cpython/linux.txt');
/** As in the image: the default set's programs that tests look for, and the tests. */
const PACKAGES = ['python3', 'libpython3.13-testsuite', 'procps', 'psmisc'];
const MOST_TRIES = 5;

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

const root = debianRoot('trixie', PACKAGES);
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
