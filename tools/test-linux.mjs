/**
 * `npm run test:linux [-- FILTER… [-t PATTERN]]`: the long tests, of real Linux programs (test/programs). Pulls the Debian packages
 * that the chosen test files name, with progress, once; what no mirror brings is skipped with a line that says so.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, checkNode, fail, installPackages, pullImage, root, run, say } from './setup.mjs';

const folder = join(root, 'test/programs');
const words = process.argv.slice(2);
/** Words that are neither options nor the pattern after -t, which names tests. */
const filters = words.filter((word, i) => !word.startsWith('-') && words[i - 1] !== '-t');

/** The test files whose path has one of the filters in it, as Vitest understands them. */
const files = readdirSync(folder, { recursive: true })
  .map((name) => relative(root, join(folder, name)))
  .filter((name) => name.endsWith('.test.ts'))
  .filter((name) => filters.length === 0 || filters.some((filter) => name.includes(filter)));
if (files.length === 0) fail(`no test file of test/programs has ${filters.join(' or ')} in its name`);

const sets = JSON.parse(readFileSync(join(folder, 'sets.json'), 'utf8'));
const needed = new Set(
  files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\bimageOfSet\('([^']+)'\)/g)].map(([, set]) => set),
  ),
);

checkNode();
installPackages();
build();
for (const set of needed) {
  const packages = sets[set] ?? fail(`test/programs/sets.json has no set ${set}`);
  // Compiling Python costs as much as two of CPython's tests win by it.
  const options = set === 'cpython' ? [] : ['--no-compile'];
  if (!pullImage([...options, ['debian', ...packages].join('+')]))
    say(`the packages of the set ${set} cannot be had: its tests are skipped`);
}
process.exit(
  run('npx', ['--no-install', 'vitest', 'run', '--project', 'programs', ...words], {
    mayFail: true,
  }),
);
