/** What is published: the packed tarball, installed in an empty folder, runs a program by command and by library. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'timeslice-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/** Packs and installs; from npm's own cache if it has everything, else from the registry. */
function install(): string | null {
  const packed = spawnSync('npm', ['pack', ...QUIET, '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  if (packed.status !== 0) throw new Error(packed.stderr);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const tarball = `./${readdirSync(folder).find((name) => name.endsWith('.tgz'))}`;
  for (const source of ['--offline', '--prefer-offline']) {
    const { status, stderr } = spawnSync('npm', ['install', ...QUIET, source, tarball], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status === 0) return null;
    if (source === '--prefer-offline' && /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT/.test(stderr))
      return stderr;
    if (source === '--prefer-offline') throw new Error(stderr);
  }
  return null;
}

const unreachable = install();
if (unreachable !== null) console.warn(`skipped: the packages it needs cannot be fetched\n${unreachable}`);

describe.skipIf(unreachable !== null)('the packed package', () => {
  beforeAll(() => {
    writeFileSync(join(folder, 'use.js'), USE);
  });

  test('runs a program by its command', async () => {
    const { stdout } = await run(
      'npx',
      ['--no-install', 'timeslice', 'run', '--image', 'tiny', 'echo', 'hello'],
      {
        cwd: folder,
      },
    );
    expect(stdout).toBe('hello\n');
  });

  test('runs a program by its library, and has its parts under their names', async () => {
    const { stdout } = await run(process.execPath, ['use.js'], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual({
      out: 'hello\n',
      exitCode: 0,
      parts: ['boot', 'boot', 'assemble', 'parseElf'],
    });
  });

  test('is typed', async () => {
    writeFileSync(join(folder, 'typed.ts'), TYPED);
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const types = ['--typeRoots', join(root, 'node_modules/@types')];
    const { stdout } = await run(process.execPath, [tsc, ...options, ...types, 'typed.ts'], {
      cwd: folder,
    }).catch((error) => error);
    expect(stdout).toBe('');
  });

  test('holds what it needs and nothing else', () => {
    const installed = join(folder, 'node_modules/timeslice-os');
    expect(
      readdirSync(installed).filter((name) => !/^(README|CHANGELOG|LICENSE|THIRD-PARTY)/.test(name)),
    ).toEqual(['bin', 'dist', 'examples', 'package.json']);
    const web = readFileSync(join(installed, 'dist/web.js'), 'utf8');
    expect(importsOf(join(installed, 'dist'), 'web.js')).not.toContain('node:');
    expect(web).toContain('boot');
  });
});

/** Everything that a built file imports, however deep. */
function importsOf(dist: string, entry: string, seen = new Set<string>()): string {
  if (seen.has(entry)) return '';
  seen.add(entry);
  const text = readFileSync(join(dist, entry), 'utf8');
  const names = [...text.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map(([, name]) => name!);
  return names
    .map((name) => (name.startsWith('./') ? importsOf(dist, name.slice(2), seen) : name))
    .join('\n');
}

const USE = `
import { boot } from 'timeslice-os';
import * as web from 'timeslice-os/web';
import { assemble } from 'timeslice-os/isa';
import { parseElf } from 'timeslice-os/elf';
const machine = await boot({ image: 'tiny' });
const process = machine.spawn(['echo', 'hello']);
const out = await process.stdout.text();
const { exitCode } = await process.wait();
machine.close();
console.log(JSON.stringify({ out, exitCode, parts: [boot, web.boot, assemble, parseElf].map(({ name }) => name) }));
`;

const TYPED = `
import { boot, type Ended, hostLayer, isProblem, openImage, TimesliceError } from 'timeslice-os';
const image = openImage('/cache', 'debian');
const layer = hostLayer('.');
const machine = await boot({
  image: isProblem(image) ? 'tiny' : image,
  cpus: 2,
  mounts: isProblem(layer) ? {} : { '/work': layer },
  signal: AbortSignal.timeout(1000),
});
const process = machine.spawn(['ls'], { stdout: 'pipe' });
for await (const chunk of process.stdout) chunk.byteLength;
const ended: Ended = await process.wait();
export const told: string = ended.signal ?? new TimesliceError({ kind: 'problem', code: '', sentence: '', hint: '' }).hint;
`;
