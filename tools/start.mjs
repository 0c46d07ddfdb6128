/**
 * `npm start`: from a fresh clone to a family of real processes. Sets up what is missing, runs
 * examples/family.py on Debian's CPython (or the same story in C on the embedded image when there is no Debian
 * mirror), then shows the process tree and the timeline of that very run.
 */
import { join } from 'node:path';
import { build, checkNode, installPackages, pullImage, root, run, say } from './setup.mjs';

checkNode();
installPackages();
build();
const timeslice = (...args) =>
  run(process.execPath, [join(root, 'bin/timeslice.js'), ...args], { mayFail: true });
const python = pullImage();
if (!python) say('no Debian image: telling the same story in C on the embedded image');
const program = python ? ['python3', 'examples/family.py'] : ['family'];
const status = timeslice(
  'run',
  ...(python ? [] : ['--image', 'tiny']),
  '--cpus',
  '2',
  '--summary',
  ...program,
);
if (status !== 0) process.exit(status);
say('next, try:');
const traced = python ? 'examples/family.py' : '--image tiny fork';
for (const [command, text] of [
  [`npx timeslice run --trace ${traced}`, 'every system call, as strace -f prints it'],
  ['npx timeslice shell', `an interactive ${python ? 'bash' : 'shell'} with job control`],
  ['npx timeslice run ./your-program', 'a riscv64 ELF or a script of your own'],
])
  process.stderr.write(`  ${command.padEnd(48)} ${text}\n`);
