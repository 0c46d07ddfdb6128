import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isProblem } from '../base/index.ts';
import { hostLayer } from './host-layer.ts';
import { isHostFile, mayShow, show } from './shown.ts';

const folder = mkdtempSync(join(tmpdir(), 'timeslice-shown-'));
mkdirSync(join(folder, 'sub'));
writeFileSync(join(folder, 'file'), 'content');
symlinkSync('file', join(folder, 'link'));
symlinkSync('/nowhere', join(folder, 'broken'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function layerOf(path: string) {
  const layer = hostLayer(path);
  if (isProblem(layer)) throw new Error(layer.sentence);
  return layer;
}

test('a folder is a layer: kinds, sizes, links as they are, bytes on demand', () => {
  const layer = layerOf(folder);
  const entries = layer.list(layer.root);
  expect([...entries.keys()].sort()).toEqual(['broken', 'file', 'link', 'sub']);
  expect(entries.get('link')).toMatchObject({ kind: 'symlink', target: 'file' });
  expect(entries.get('sub')).toMatchObject({ kind: 'directory' });
  const file = entries.get('file');
  const into = new Uint8Array(10);
  expect(file?.kind === 'file' && [file.size, layer.read(file, 3, into)]).toEqual([7, 4]);
  expect(new TextDecoder().decode(into.subarray(0, 4))).toBe('tent');
});

test('what is no folder is a problem', () => {
  expect(hostLayer(join(folder, 'file'))).toMatchObject({ code: 'no-folder' });
  expect(hostLayer(join(folder, 'nothing'))).toMatchObject({ code: 'no-folder' });
});

test('roots, home folders and what is above them are never shown whole', () => {
  const home = join(folder, 'sub');
  expect(['/', '/home', '/root', tmpdir(), folder, home].map((path) => mayShowIfThere(path, home))).toEqual(
    Array(6).fill(false),
  );
  expect(mayShow(folder, '/home/nobody')).toBe(true);
});

function mayShowIfThere(path: string, home: string): boolean {
  try {
    return mayShow(path, home);
  } catch {
    return false;
  }
}

test('a named file shows its folder; where the image has something, just the file', () => {
  const path = join(folder, 'file');
  const free = show([path], () => false);
  expect(!isProblem(free) && [Object.keys(free.mounts), free.files]).toEqual([[folder], null]);
  const taken = show([path], () => true);
  if (isProblem(taken) || taken.files === null) throw new Error('nothing is shown');
  expect(taken.mounts).toEqual({});
  let node = taken.files.root as Parameters<typeof taken.files.list>[0];
  for (const name of folder.split('/').slice(1)) node = taken.files.list(node).get(name) as typeof node;
  expect([...taken.files.list(node).keys()]).toEqual(['file']);
});

test('what a machine makes for itself is not taken from here', () => {
  expect(isHostFile('/proc/version')).toBe(false);
  expect(isHostFile(join(folder, 'file'))).toBe(true);
  expect(isHostFile(join(folder, 'sub'))).toBe(false);
});
