import { expect, test } from 'vitest';
import { O } from '../abi/index.ts';
import { encodeUtf8 } from '../base/index.ts';
import { mountLayer } from './boot.ts';
import { changesOf } from './changes.ts';
import { writeAt } from './inode.ts';
import { openPath } from './open.ts';
import { renameNode } from './rename.ts';
import { createNode, unlinkNode } from './tree.ts';
import { type Grove, grove, sketchLayer } from './tree-fixture.ts';
import type { Resolved } from './walk.ts';

const host = () => {
  const trees = grove({});
  mountLayer(
    trees.vfs,
    trees.root,
    '/host',
    sketchLayer('host', { a: 'a', b: 'b', d: { x: 'x', y: { z: 'z' } }, l: '-> a' }),
  );
  const mount = [...trees.vfs.mounts.values()].find(({ path }) => path === '/host')!.id;
  return { ...trees, lines: () => changesOf(trees.vfs, mount).map(({ path, what }) => `${what} ${path}`) };
};
const at = (trees: Grove, path: string): Resolved => {
  const found = trees.find(path, { follow: false, parent: true });
  if (typeof found === 'string') throw new Error(found);
  return found;
};

test('reading changes nothing', () => {
  const trees = host();
  trees.get('/host/d/y/z');
  openPath(trees.vfs, trees.who, trees.root, '/host/a', { flags: O.O_RDONLY, mode: 0 });
  expect(trees.lines()).toEqual([]);
});

test('written, new and removed names are told, in an order they can be made in', () => {
  const trees = host();
  const { vfs, who } = trees;
  writeAt(vfs, trees.get('/host/a'), 0, encodeUtf8('A'));
  unlinkNode(vfs, who, at(trees, '/host/b'));
  createNode(vfs, who, at(trees, '/host/n'), { kind: 'directory', mode: 0o755 });
  createNode(vfs, who, at(trees, '/host/n/f'), { kind: 'file', mode: 0o644 });
  createNode(vfs, who, at(trees, '/host/n/p'), { kind: 'fifo', mode: 0o644 });
  trees.get('/host/d').mode = 0o700;
  expect(trees.lines()).toEqual(['gone b', 'file a', 'mode d', 'directory n', 'file n/f']);
});

test('a directory that was moved is gone where it was and new where it is, with all that is in it', () => {
  const trees = host();
  expect(renameNode(trees.vfs, trees.who, at(trees, '/host/d'), at(trees, '/host/e'), 0)).toBeNull();
  expect(trees.lines()).toEqual([
    ...['gone d/x', 'gone d/y/z', 'gone d/y', 'gone d'],
    ...['directory e', 'file e/x', 'directory e/y', 'file e/y/z'],
  ]);
});

test('a name that stands for something else now is gone first', () => {
  const trees = host();
  unlinkNode(trees.vfs, trees.who, at(trees, '/host/l'));
  createNode(trees.vfs, trees.who, at(trees, '/host/l'), { kind: 'file', mode: 0o644 });
  expect(trees.lines()).toEqual(['gone l', 'file l']);
});
