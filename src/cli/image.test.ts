import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { makeArchive, serve, type TestMirror } from '../../test/debian-archive.ts';
import { DEFAULT_PACKAGES } from '../image/index.ts';
import { registerImageCommand } from './image.ts';

let folder: string;
let mirror: TestMirror;
let said: string;
let printed: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'timeslice-test-'));
  const packages = [...DEFAULT_PACKAGES, 'extra'].map((name) => ({
    name,
    files: [{ path: `/${name}`, text: name }],
  }));
  const archive = await makeArchive(packages);
  mirror = await serve(archive.files);
  writeFileSync(join(folder, 'keyring'), archive.keyring);
});

afterAll(async () => {
  await mirror.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  said = '';
  printed = '';
  process.exitCode = undefined;
  vi.stubEnv('TIMESLICE_CACHE', join(folder, 'cache'));
  vi.stubEnv('TIMESLICE_MIRROR', mirror.url);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

async function image(...args: string[]): Promise<void> {
  const program = new Command('timeslice');
  registerImageCommand(program);
  await program.parseAsync(['image', ...args], { from: 'user' });
}

const pull = (...args: string[]) => image('pull', ...args, '--keyring', join(folder, 'keyring'));

test('pull, ls, export, rm and import tell what they did', async () => {
  await image('ls');
  expect(said).toContain('there are no images yet');
  await pull('--add', 'extra');
  expect(said).toMatch(/10 % \(\d+ of 16 packages\)[\s\S]*100 % \(\d+ of 16 packages\)/);
  expect(said).toContain('image debian is ready: 16 packages of Debian 13.0 trixie, 0 from the cache');
  await image('ls');
  expect(printed).toMatch(
    /^NAME +ID +PACKAGES +SIZE +DEBIAN\ndebian +sha256:[0-9a-f]{12} +16 +[\d.]+ KB +trixie 13\.0\n$/,
  );
  printed = '';
  await image('ls', '--json');
  expect(JSON.parse(printed)).toMatchObject([{ name: 'debian', packages: 16 }]);
  const file = join(folder, 'debian.tar');
  await image('export', 'debian', file);
  await image('rm', 'debian');
  expect(said).toContain('image debian is removed');
  await image('import', file);
  expect(said).toContain('image debian is ready, sha256:');
  await pull('--if-missing');
  expect(process.exitCode).toBeUndefined();
});

test('a problem is a sentence with a hint, and status 125', async () => {
  await image('rm', 'alpine');
  expect(said).toMatch(/^timeslice: there is no image alpine on this machine\. See what there is/);
  expect(process.exitCode).toBe(125);
  await pull('debian+nonsense');
  expect(said).toContain('there is no package nonsense for this architecture');
});
