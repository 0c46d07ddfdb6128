/**
 * `npm test`: sets up what the tests need, builds, and runs all of them. What cannot be set up on this machine is
 * skipped with a line that says so; in CI a skip is a failure.
 */
import { build, checkNode, installPackages, installTestTools, pullImage, run, say } from './setup.mjs';

checkNode();
installPackages();
installTestTools();
build();
const ready = pullImage() && pullImage(['--no-compile', 'debian+libpython3.13-testsuite']);
if (!ready) say('without the Debian image the tests of Debian programs are skipped');
process.exit(run('npx', ['--no-install', 'vitest', 'run', ...process.argv.slice(2)], { mayFail: true }));
