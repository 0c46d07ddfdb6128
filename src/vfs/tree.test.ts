import fc from 'fast-check';
import { expect, test } from 'vitest';
import { O } from '../abi/index.ts';
import { decodeUtf8 } from '../base/index.ts';
import { attributesOf } from './attributes.ts';
import { namesOf } from './directory.ts';
import { readDirectory } from './dirent.ts';
import { inodeOf } from './inode.ts';
import { openPath } from './open.ts';
import { RENAME_EXCHANGE, RENAME_NOREPLACE, renameNode } from './rename.ts';
import { createNode, linkNode, removeDirectory, unlinkNode } from './tree.ts';
import { type Grove, grove, type Sketch } from './tree-fixture.ts';
import type { FileId } from './types.ts';
import { type Resolved, type Walker, walk } from './walk.ts';

const found = (trees: Grove, path: string, who: Walker = trees.who): Resolved => {
  const at = walk(trees.vfs, who, trees.root, path, { follow: false, parent: true });
  if (typeof at === 'string') throw new Error(`${path}: ${at}`);
  return at;
};

/** Changes by path, with the result as a word. */
const hand = (trees: Grove, who = trees.who) => {
  const { vfs } = trees;
  const at = (path: string) => walk(vfs, who, trees.root, path, { follow: false, parent: true });
  const make = (path: string, kind: 'file' | 'directory') => {
    const place = at(path);
    if (typeof place === 'string') return place;
    const made = createNode(vfs, who, place, { kind, mode: 0o777 });
    return typeof made === 'string' ? made : 'done';
  };
  const two = (from: string, to: string, change: (a: Resolved, b: Resolved) => string | null) => {
    const [a, b] = [at(from), at(to)];
    if (typeof a === 'string') return a;
    return typeof b === 'string' ? b : (change(a, b) ?? 'done');
  };
  const one = (path: string, change: (a: Resolved) => string | null) => {
    const a = at(path);
    return typeof a === 'string' ? a : (change(a) ?? 'done');
  };
  return {
    create: (path: string) => make(path, 'file'),
    mkdir: (path: string) => make(path, 'directory'),
    unlink: (path: string) => one(path, (a) => unlinkNode(vfs, who, a)),
    rmdir: (path: string) => one(path, (a) => removeDirectory(vfs, who, a)),
    rename: (from: string, to: string, flags = 0) =>
      two(from, to, (a, b) => renameNode(vfs, who, a, b, flags)),
    link: (from: string, to: string) =>
      two(from, to, (a, b) =>
        a.inode === 0 ? 'ENOENT' : linkNode(vfs, who, inodeOf(vfs, a.inode), a.mount, b),
      ),
  };
};

/** What a file system is: names to numbers of files, or to more names. */
type Model = Map<string, Model | { links: number }>;

const image: Sketch = { a: { b: { c: 'x' }, c: 'y' }, b: {}, c: 'z' };
const modelOf = (sketch: Sketch): Model =>
  new Map(
    Object.entries(sketch).map(([name, what]) => [
      name,
      typeof what === 'string' ? { links: 1 } : modelOf(what as Sketch),
    ]),
  );

/** The rules of POSIX in their plainest form, for paths without links. */
class Plain {
  readonly root = modelOf(image);

  split(path: string): { parent: Model; name: string } | string {
    const names = path.split('/').slice(1);
    const name = names.pop()!;
    let here: Model = this.root;
    for (const step of names) {
      const next = here.get(step);
      if (next === undefined) return 'ENOENT';
      if (!(next instanceof Map)) return 'ENOTDIR';
      here = next;
    }
    return { parent: here, name };
  }

  make(path: string, node: () => Model | { links: number }): string {
    const at = this.split(path);
    if (typeof at === 'string') return at;
    if (at.parent.has(at.name)) return 'EEXIST';
    at.parent.set(at.name, node());
    return 'done';
  }

  unlink(path: string): string {
    const at = this.split(path);
    if (typeof at === 'string') return at;
    const node = at.parent.get(at.name);
    if (node === undefined) return 'ENOENT';
    if (node instanceof Map) return 'EISDIR';
    node.links--;
    at.parent.delete(at.name);
    return 'done';
  }

  rmdir(path: string): string {
    const at = this.split(path);
    if (typeof at === 'string') return at;
    const node = at.parent.get(at.name);
    if (node === undefined) return 'ENOENT';
    if (!(node instanceof Map)) return 'ENOTDIR';
    if (node.size > 0) return 'ENOTEMPTY';
    at.parent.delete(at.name);
    return 'done';
  }

  link(from: string, to: string): string {
    const [a, b] = [this.split(from), this.split(to)];
    if (typeof a === 'string') return a;
    if (typeof b === 'string') return b;
    const node = a.parent.get(a.name);
    if (node === undefined) return 'ENOENT';
    if (b.parent.has(b.name)) return 'EEXIST';
    if (node instanceof Map) return 'EPERM';
    node.links++;
    b.parent.set(b.name, node);
    return 'done';
  }

  rename(from: string, to: string, flags: number): string {
    const [a, b] = [this.split(from), this.split(to)];
    if (typeof a === 'string') return a;
    if (typeof b === 'string') return b;
    const moved = a.parent.get(a.name);
    const victim = b.parent.get(b.name);
    if (moved === undefined) return 'ENOENT';
    if (flags & RENAME_NOREPLACE && victim !== undefined) return 'EEXIST';
    const exchange = (flags & RENAME_EXCHANGE) !== 0;
    if (exchange && victim === undefined) return 'ENOENT';
    if (moved !== victim && `${to}/`.startsWith(`${from}/`)) return 'EINVAL';
    if (moved === victim && moved instanceof Map) return 'done';
    if (moved !== victim && `${from}/`.startsWith(`${to}/`)) return exchange ? 'EINVAL' : 'ENOTEMPTY';
    if (moved === victim) return 'done';
    if (victim !== undefined && !exchange) {
      if (moved instanceof Map !== victim instanceof Map) return moved instanceof Map ? 'ENOTDIR' : 'EISDIR';
      if (victim instanceof Map && victim.size > 0) return 'ENOTEMPTY';
      if (!(victim instanceof Map)) victim.links--;
    }
    a.parent.delete(a.name);
    b.parent.set(b.name, moved);
    if (exchange) a.parent.set(a.name, victim!);
    return 'done';
  }
}

/** A picture of the whole tree: names, links, kinds. */
const picture = (model: Model): unknown =>
  [...model]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, node]) =>
      node instanceof Map
        ? [name, 2 + [...node.values()].filter((child) => child instanceof Map).length, picture(node)]
        : [name, node.links],
    );
const pictureOf = (trees: Grove, path: string): unknown =>
  namesOf(trees.vfs, trees.get(path === '' ? '/' : path))
    .filter((name) => path !== '' || name.length === 1)
    .map((name) => {
      const inode = trees.get(`${path}/${name}`);
      const { nlink } = attributesOf(trees.vfs, inode);
      return inode.kind === 'directory' ? [name, nlink, pictureOf(trees, `${path}/${name}`)] : [name, nlink];
    });

test('any sequence of changes over a layered image leaves the tree that plain rules leave', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`);
  const change = fc.oneof(
    fc.record({ do: fc.constantFrom('create', 'mkdir', 'unlink', 'rmdir'), path }),
    fc.record({ do: fc.constant('link'), path, to: path }),
    fc.record({ do: fc.constant('rename'), path, to: path, flags: fc.constantFrom(0, 1, 2) }),
  );
  type Change = { do: string; path: string; to?: string; flags?: number };
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes: Change[]) => {
      const trees = grove(image);
      const plain = new Plain();
      const real = hand(trees);
      for (const { do: what, path: at, to = '', flags = 0 } of changes) {
        const expected = {
          create: () => plain.make(at, () => ({ links: 1 })),
          mkdir: () => plain.make(at, () => new Map()),
          unlink: () => plain.unlink(at),
          rmdir: () => plain.rmdir(at),
          link: () => plain.link(at, to),
          rename: () => plain.rename(at, to, flags),
        }[what]!();
        const actual = {
          create: () => real.create(at),
          mkdir: () => real.mkdir(at),
          unlink: () => real.unlink(at),
          rmdir: () => real.rmdir(at),
          link: () => real.link(at, to),
          rename: () => real.rename(at, to, flags),
        }[what]!();
        expect(`${what} ${at} ${to} ${flags}: ${actual}`).toBe(`${what} ${at} ${to} ${flags}: ${expected}`);
      }
      expect(pictureOf(trees, '')).toEqual(picture(plain.root));
    }),
  );
});

test('a sticky directory lets only owners remove', () => {
  const trees = grove({});
  const [mine, theirs] = [hand(trees, trees.as(10)), hand(trees, trees.as(20))];
  expect(mine.create('/tmp/x')).toBe('done');
  expect(theirs.unlink('/tmp/x')).toBe('EPERM');
  expect(theirs.rename('/tmp/x', '/tmp/y')).toBe('EPERM');
  expect(mine.unlink('/tmp/x')).toBe('done');
});

test('what lies in a setgid directory gets its group, and a directory the bit, too', () => {
  const trees = grove({ shared: {} });
  Object.assign(trees.get('/shared'), { mode: 0o2777, gid: 50 });
  hand(trees, trees.as(10)).mkdir('/shared/sub');
  hand(trees, trees.as(10)).create('/shared/file');
  expect(trees.get('/shared/sub')).toMatchObject({ uid: 10, gid: 50, mode: 0o2755 });
  expect(trees.get('/shared/file')).toMatchObject({ gid: 50, mode: 0o755 });
});

test('mount points, the root and dots are busy or invalid to remove', () => {
  const trees = grove({ etc: {} });
  const real = hand(trees);
  expect(real.rmdir('/proc')).toBe('EBUSY');
  expect(real.rmdir('/')).toBe('EBUSY');
  expect(real.rmdir('/etc/.')).toBe('EINVAL');
  expect(real.rmdir('/etc/..')).toBe('ENOTEMPTY');
  expect(real.rename('/dev', '/etc/dev')).toBe('EBUSY');
  expect(real.rename('/etc', '/tmp/etc')).toBe('EXDEV');
  expect(real.unlink('/etc')).toBe('EISDIR');
  expect(real.mkdir('/proc/x')).toBe('EPERM');
  expect(real.unlink('/proc/1/stat')).toBe('EPERM');
});

test('a file lives on without a name while somebody has it open', () => {
  const trees = grove({ file: 'content' });
  const { vfs, who, root } = trees;
  const file = vfs.files.get(openPath(vfs, who, root, '/file', { flags: O.O_RDONLY, mode: 0 }) as FileId)!;
  expect(unlinkNode(vfs, who, found(trees, '/file'))).toBeNull();
  expect(trees.find('/file')).toBe('ENOENT');
  expect(inodeOf(vfs, file.inode)).toMatchObject({ nlink: 0, size: 7 });
});

test('in a directory that was removed nothing can be made', () => {
  const trees = grove({ d: {} });
  const inside = { ...found(trees, '/d/new') };
  expect(trees.vfs.inodes.get(inside.parent.inode)).toBeDefined();
  trees.get('/d').holders++;
  expect(hand(trees).rmdir('/d')).toBe('done');
  expect(createNode(trees.vfs, trees.who, inside, { kind: 'file', mode: 0o644 })).toBe('ENOENT');
});

/** The names in a buffer of struct linux_dirent64. */
const namesIn = (bytes: Uint8Array): string[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const names: string[] = [];
  for (let at = 0; at < bytes.length; at += view.getUint16(at + 16, true)) {
    const end = bytes.indexOf(0, at + 19);
    names.push(decodeUtf8(bytes, at + 19, end));
  }
  return names;
};

test('a listing is in byte order, and goes on rightly while its names are removed', () => {
  const trees = grove({ d: { é: '', z: '', Z: '', aa: '', a: '' } });
  const { vfs, who, root } = trees;
  const open = openPath(vfs, who, root, '/d', { flags: O.O_DIRECTORY, mode: 0 }) as FileId;
  const file = vfs.files.get(open)!;
  const seen: string[] = [];
  for (;;) {
    const bytes = readDirectory(vfs, file, 24);
    if (typeof bytes === 'string' || bytes.length === 0) break;
    for (const name of namesIn(bytes)) {
      seen.push(name);
      if (!name.startsWith('.')) hand(trees).unlink(`/d/${name}`);
    }
  }
  expect(seen).toEqual(['.', '..', 'Z', 'a', 'aa', 'z', 'é']);
  expect(readDirectory(vfs, file, 10)).toHaveLength(0);
  file.pos = 0;
  expect(readDirectory(vfs, file, 10)).toBe('EINVAL');
  expect(namesIn(readDirectory(vfs, file, 1000) as Uint8Array)).toEqual(['.', '..']);
});

test('/proc lists its fixed names before the processes, which come in order of number', () => {
  const { vfs, get } = grove({});
  const names = namesOf(vfs, get('/proc'));
  expect(names.slice(-2)).toEqual(['1', '10']);
  expect(names).toContain('meminfo');
  expect(get('/proc/self')).toBe(get('/proc/1'));
  expect(get('/proc/10/stat')).toMatchObject({ uid: 10, kind: 'file', mode: 0o444 });
});
