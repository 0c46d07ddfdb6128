/** A disk with a service time: programs wait for it, and nothing else changes. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { fileLayer, run } from '../machine-fixture.ts';

const tiny = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));
const text = 'a line of text\n'.repeat(20_000);

const scene = (diskTime: number) => ({
  layers: [fileLayer({ '/bin/cat': tiny, '/text': text })],
  argv: ['/bin/cat', '/text'],
  machine: { diskTime },
});

test('reading and running from a disk takes its time, and gives the same', () => {
  const now = run(scene(0));
  const later = run(scene(1_000_000));
  expect(later.stdout).toBe(text);
  const { disk } = later.machine.kernel.vfs;
  // 32 pages at a time: the file needs three requests, the program itself at least one.
  expect(disk.reads).toBeGreaterThanOrEqual(4);
  expect(later.machine.now - now.machine.now).toBeGreaterThanOrEqual(disk.reads * 1_000_000);
  expect(now.machine.kernel.vfs.disk.reads).toBe(0);
});

test('two readers of one file share the requests', () => {
  const { stdout, machine } = run({
    ...scene(1_000_000),
    layers: [fileLayer({ '/bin/sh': tiny, '/bin/cat': tiny, '/bin/cmp': tiny, '/text': text })],
    argv: ['/bin/sh', '-c', 'cat /text > /tmp/a & cat /text > /tmp/b; wait; cmp /tmp/a /tmp/b && echo same'],
    env: { PATH: '/bin' },
  });
  expect(stdout).toBe('same\n');
  // 300 KB are 74 pages: three requests of 32, not six; the rest is the program.
  expect(machine.kernel.vfs.disk.reads).toBeLessThan(10);
});
