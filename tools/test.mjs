/**
 * `npm test`: sets up what the tests need, builds, and runs all of them. What cannot be set up on this machine is
 * skipped with a line that says so; in CI a skip is a failure.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, checkNode, fail, installPackages, installTestTools, pullImage, run, say } from './setup.mjs';

checkNode();
installPackages();
installTestTools();
build();
const ready = pullImage() && pullImage(['debian+libpython3.13-testsuite']);
if (!ready) say('without the Debian image the tests of Debian programs are skipped');

const folder = mkdtempSync(join(tmpdir(), 'timeslice-test-'));
const report = join(folder, 'report.json');
// The project `programs` is for `npm run test:linux`.
const projects = ['--project', 'unit', '--project', 'machine'];
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const status = run(
  'npx',
  ['--no-install', 'vitest', 'run', ...projects, ...reporters, ...process.argv.slice(2)],
  {
    mayFail: true,
  },
);
const counts = JSON.parse(readFileSync(report, 'utf8'));
rmSync(folder, { recursive: true });
const skipped = counts.numPendingTests + counts.numTodoTests;
process.stdout.write(
  `\n${counts.numPassedTests} passed, ${counts.numFailedTests} failed, ${skipped} skipped\n`,
);
if (process.env.CI && skipped > 0 && status === 0)
  fail(`${skipped} tests were skipped; in CI nothing may be`);
process.exit(status);
