import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isProblem } from '../base/index.ts';
import type { Layer, LayerDirectory, LayerNode } from '../vfs/index.ts';
import { decodeTree, encodeTree, INDEX_FORMAT, parseLayerIndex, type Row } from './layer-index.ts';
import { mergeTree } from './merge.ts';
import {
  lookup,
  newDirectory,
  put,
  ROOT_META,
  type TreeDirectory,
  type TreeNode,
  treeLayer,
  walk,
} from './tree.ts';
import { decodeView, encodeView } from './tree-view.ts';

const file = (size = 0, offset = 0, pack = 0): TreeNode => ({
  kind: 'file',
  ...ROOT_META,
  mode: 0o644,
  size,
  blob: { pack, offset },
});
const link = (target: string): TreeNode => ({ kind: 'symlink', ...ROOT_META, mode: 0o777, target });

function tree(nodes: Readonly<Record<string, TreeNode>>): TreeDirectory {
  const root = newDirectory(ROOT_META);
  for (const [path, node] of Object.entries(nodes)) put(root, path, node);
  return root;
}

const paths = (root: TreeDirectory) => [...walk(root)].map(([path]) => path).sort();

test('a path is walked through links, relative, absolute and upward', () => {
  const sh = file(3);
  const root = tree({ '/usr/bin/dash': sh, '/bin': link('usr/bin'), '/usr/bin/sh': link('dash') });
  put(root, '/etc/alternatives/sh', link('/bin/../bin/sh'));
  expect(lookup(root, '/bin/sh')).toBe(sh);
  expect(lookup(root, '/etc/alternatives/sh')).toBe(sh);
  expect(lookup(root, '/bin', 'keep')?.kind).toBe('symlink');
  expect(lookup(root, '/../../bin/dash')).toBe(sh);
  expect(lookup(root, '/bin/dash/x')).toBeUndefined();
});

test('a circle of links ends with nothing', () => {
  expect(lookup(tree({ '/a': link('b'), '/b': link('/a') }), '/a')).toBeUndefined();
});

test('an upper tree reaches through the merged-usr links of the lower', () => {
  const root = tree({ '/lib': link('usr/lib'), '/usr/lib/a': file() });
  mergeTree(root, tree({ '/lib/riscv64-linux-gnu/libc.so.6': file() }));
  expect(paths(root)).toEqual([
    '/lib',
    '/usr',
    '/usr/lib',
    '/usr/lib/a',
    '/usr/lib/riscv64-linux-gnu',
    '/usr/lib/riscv64-linux-gnu/libc.so.6',
  ]);
});

test('a directory keeps its mode when a package above has it too', () => {
  const root = tree({ '/tmp': newDirectory({ ...ROOT_META, mode: 0o1777 }) });
  mergeTree(root, tree({ '/tmp/x': file() }));
  expect(lookup(root, '/tmp')?.mode).toBe(0o1777);
});

test('a link replaces an empty directory only', () => {
  const root = tree({ '/var/run': newDirectory(ROOT_META), '/var/log/x': file() });
  mergeTree(root, tree({ '/var/run': link('/run'), '/var/log': link('/run') }));
  expect(lookup(root, '/var/run', 'keep')?.kind).toBe('symlink');
  expect(lookup(root, '/var/log', 'keep')?.kind).toBe('directory');
});

test('merging leaves the upper tree as it was', () => {
  const upper = tree({ '/a/b': file() });
  const lower = tree({ '/c': file() });
  mergeTree(lower, upper);
  put(lower, '/a/new', file());
  expect(paths(upper)).toEqual(['/a', '/a/b']);
});

test('any tree survives its index, hard links included', () => {
  const name = fc
    .string({ minLength: 1, maxLength: 6, unit: 'grapheme' })
    .filter((text) => !/^\.{1,2}$|[/\0]/.test(text));
  const shared = file(9, 9, 2);
  const node = fc.oneof(
    fc.record({ size: fc.nat(), offset: fc.nat() }).map(({ size, offset }) => file(size, offset)),
    fc.string().map(link),
    fc.constant(shared),
    fc.constant(null).map(() => newDirectory(ROOT_META)),
  );
  const entry = fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }), node);
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
      const root = newDirectory(ROOT_META);
      for (const [parts, one] of entries) {
        const parent = lookup(root, parts.slice(0, -1).join('/'));
        if (parent?.kind === 'directory' && !parent.entries.has(parts.at(-1)!))
          parent.entries.set(parts.at(-1)!, one);
      }
      const again = decodeTree(JSON.parse(JSON.stringify(encodeTree(root))) as Row[]);
      expect(paths(again)).toEqual(paths(root));
      for (const [path, one] of walk(root)) {
        const { entries: _, ...facts } = one as TreeDirectory;
        expect(again.entries.size > 0 && lookupExact(again, path)).toMatchObject(facts);
      }
      const links = [...walk(again)].filter(([, one]) => one.kind === 'file' && one.blob.pack === 2);
      expect(new Set(links.map(([, one]) => one)).size).toBeLessThanOrEqual(1);
      const view = decodeView(encodeView(root, [7, 8]));
      expect(view.packs).toEqual([7, 8]);
      const layer = view.layer('id', () => 0);
      expect(listed(layer, layer.root)).toEqual(
        listed(
          treeLayer('id', root, () => 0),
          root,
        ),
      );
    }),
    { numRuns: 60 },
  );
});

/** All that a layer shows below a directory; files that are one file are one number. */
function listed(layer: Layer, directory: LayerDirectory, files: LayerNode[] = []): unknown {
  return [...layer.list(directory)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, node]) => {
      if (node.kind === 'directory') return [name, listed(layer, node, files)];
      if (node.kind === 'file' && !files.includes(node)) files.push(node);
      return [name, node, files.indexOf(node)];
    });
}

test('a tree that is cut off is none', () => {
  const bytes = encodeView(tree({ '/a/b': file(1, 2), '/c': link('a') }), []);
  for (const length of [0, 5, bytes.length - 1])
    expect(() => decodeView(bytes.subarray(0, length))).toThrow();
});

/** Without following links: the names of the property may be anything. */
function lookupExact(root: TreeDirectory, path: string): TreeNode | undefined {
  let node: TreeNode | undefined = root;
  for (const name of path.slice(1).split('/'))
    node = node?.kind === 'directory' ? node.entries.get(name) : undefined;
  return node;
}

test('reading stops at the end of a file, though the pack goes on', () => {
  const pack = new Uint8Array(100).map((_, i) => i);
  const root = tree({ '/f': file(10, 20) });
  const layer = treeLayer('id', root, (_, position, into) => {
    into.set(pack.subarray(position, position + into.length));
    return into.length;
  });
  const found = layer.list(layer.root).get('f');
  if (found?.kind !== 'file') throw new Error('no file');
  const into = new Uint8Array(16);
  expect(layer.read(found, 4, into)).toBe(6);
  expect([...into.subarray(0, 6)]).toEqual([24, 25, 26, 27, 28, 29]);
  expect(layer.read(found, 10, into)).toBe(0);
});

const index = (rows: unknown[]) =>
  parseLayerIndex(
    JSON.stringify({ format: INDEX_FORMAT, pack: { size: 10, sha256: 'x' }, postinst: '', rows }),
  );
const dir = (...entries: (string | number)[]) => [0o040755, 0, 0, 0, entries];

test('an index that is no tree inside its pack is refused', () => {
  expect(isProblem(index([dir('a', 1), [0o100644, 0, 0, 0, 10, 0, 0]]))).toBe(false);
  const bad: unknown[][] = [
    [dir('a', 1), [0o100644, 0, 0, 0, 10, 1, 0]],
    [dir('a', 1), [0o100644, 0, 0, 0, -1, 0, 0]],
    [dir('a', 1), dir('b', 0)],
    [dir('a', 1, 'b', 1), dir()],
    [dir('a', 7)],
    [dir('..', 1), dir()],
    [dir('a/b', 1), dir()],
    [dir(5, 1), dir()],
    [[0o040755, 0, 0, 'x', []]],
  ];
  for (const rows of bad) expect(isProblem(index(rows)), JSON.stringify(rows)).toBe(true);
  expect(isProblem(parseLayerIndex('{"format":1'))).toBe(true);
});
