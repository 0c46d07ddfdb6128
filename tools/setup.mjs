/**
 * Sets up what a checkout needs, step by step and only what is missing: npm packages, the build, Debian
 * packages for tests, the Debian image for the guest. Plain Node without dependencies: it runs first.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a command with our terminal; ends the script with a sentence when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) fail(`${command} cannot be started: ${error.message}`);
  if (status !== 0 && !options.mayFail)
    fail(`\`${[command, ...args].join(' ')}\` failed; its own words are above`);
  return status;
}

export function say(text) {
  process.stderr.write(`timeslice: ${text}\n`);
}

export function fail(text) {
  say(text);
  process.exit(1);
}

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Node ${process.versions.node} is too old; install Node 20.19 or newer`);
}

/** npm's own record of what it installed is newer than the lock file when nothing is to be done. */
export function installPackages() {
  const done = join(root, 'node_modules/.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs) return;
  say('installing npm packages');
  // Not `npm ci`: where a registry does not carry the native packages of every platform, the lock cannot name them all.
  run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']);
}

const newestIn = (directory) =>
  readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (newest, entry) => Math.max(newest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
      0,
    );

export function build() {
  const built = join(root, 'dist/cli.cjs');
  const sources = Math.max(newestIn(join(root, 'src')), statSync(join(root, 'tsdown.config.ts')).mtimeMs);
  if (existsSync(built) && statSync(built).mtimeMs > sources) return;
  say('building');
  run('npm', ['run', '--silent', 'build']);
}

const onPath = (program) =>
  process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, program)));

const isDebian = () => existsSync('/etc/debian_version') && onPath('apt-get');

/** Programs the tests compare with, and the Debian package that brings each. */
export const TEST_TOOLS = [
  ['qemu-riscv64', 'qemu-user'],
  ['riscv64-linux-gnu-gcc', 'gcc-riscv64-linux-gnu'],
  ['chromium', 'chromium'],
  ['gcc', 'gcc'],
  ['readelf', 'binutils'],
  ['python3', 'python3'],
];

/** C libraries to compile against, by a file each has. */
const HEADERS = [
  ['/usr/include/stdio.h', 'libc6-dev'],
  ['/usr/riscv64-linux-gnu/include/stdio.h', 'libc6-dev-riscv64-cross'],
];

/** Installs the missing ones as root on Debian; elsewhere says what is missing and what that skips. */
export function installTestTools() {
  const missing = TEST_TOOLS.filter(([program]) => !onPath(program)).map(([, name]) => name);
  for (const [header, name] of HEADERS) if (!existsSync(header)) missing.push(name);
  if (missing.length === 0) return;
  if (!isDebian() || process.getuid?.() !== 0) {
    say(
      `not installed: ${missing.join(', ')}; tests that need them are skipped (on Debian: sudo apt-get install ${missing.join(' ')})`,
    );
    return;
  }
  say(`installing Debian packages: ${missing.join(' ')}`);
  const environment = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
  };
  run('apt-get', ['update', '-qq'], environment);
  run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...missing], environment);
}

/** Pulls the Debian image unless it is there. Gives false, having said why, when no mirror answers. */
export function pullImage(extra = []) {
  return (
    run(process.execPath, [join(root, 'bin/timeslice.js'), 'image', 'pull', '--if-missing', ...extra], {
      mayFail: true,
    }) === 0
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  checkNode();
  installPackages();
}
