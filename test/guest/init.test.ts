/** Our init, built for this machine, as the first process of a container of this Linux whose console is a terminal. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tinyPrograms } from '../../src/api/index.ts';
import { areInOrder, type InitCase, initCases } from './init-cases.ts';
import { inPath } from './linux.ts';

const root = resolve(import.meta.dirname, '../..');
const player = resolve(import.meta.dirname, 'init.py');
/** Namespaces and mounts are what only root may make, and not in every container. */
const mayUnshare = spawnSync('unshare', ['-m', '-p', '-u', '-f', 'mount', '-t', 'proc', 'proc', '/proc']);
const isReady =
  process.arch === 'x64' && mayUnshare.status === 0 && inPath('cc') !== undefined && inPath('python3');

const FLAGS = (
  '-std=gnu11 -O1 -static -nostdlib -ffreestanding -fno-stack-protector -fno-pie -no-pie -mno-red-zone ' +
  '-fno-tree-loop-distribute-patterns -w'
).split(' ');

interface Answer {
  readonly shown: string;
  readonly missing: unknown;
}

const play = (job: unknown): Promise<Answer> =>
  new Promise((done, failed) => {
    const child = spawn('python3', [player], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    child.on('error', failed).on('close', () => done(JSON.parse(text)));
    child.stdin.end(JSON.stringify(job));
  });

/** A system of its own in a folder. */
function makeSystem(folder: string, program: string, { table }: InitCase): string {
  const system = mkdtempSync(join(folder, 'system-'));
  for (const name of ['bin', 'sbin', 'dev', 'proc', 'etc', 'run', 'root', 'tmp', 'var/log'])
    mkdirSync(join(system, name), { recursive: true });
  cpSync(program, join(system, 'bin/tiny'));
  for (const name of tinyPrograms()) symlinkSync('tiny', join(system, 'bin', name));
  symlinkSync('../bin/tiny', join(system, 'sbin/init'));
  for (const name of ['dev/console', 'dev/null', 'var/log/wtmp']) writeFileSync(join(system, name), '');
  writeFileSync(join(system, 'etc/inittab'), table);
  return system;
}

// Real time decides here, too.
describe.skipIf(!isReady)('init on this Linux (needs root, unshare, cc and python3)', { retry: 2 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'timeslice-init-'));
  const program = join(folder, 'tiny');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(() => {
    const sources = ['lib', 'sh', 'tools', 'init', 'demos', 'native'].flatMap((part) =>
      readdirSync(join(root, 'guest', part)).map((name) => join(root, 'guest', part, name)),
    );
    const files = [join(root, 'guest/applets.c'), ...sources.filter((name) => name.endsWith('.c'))];
    const built = spawnSync('cc', [...FLAGS, '-o', program, ...files, '-lgcc'], { encoding: 'utf8' });
    expect(built.stderr).toBe('');
  });

  test.concurrent.each(initCases)('$name', async (c) => {
    const { shown, missing } = await play({ root: makeSystem(folder, program, c), steps: c.steps });
    expect(missing, shown).toBeNull();
    expect(areInOrder(shown, c.inOrder), shown).toBe(true);
  });
});
