import { expect, test } from 'vitest';
import { O } from '../abi/index.ts';
import { decodeUtf8 } from '../base/index.ts';
import { moveContext } from './boot.ts';
import { namesOf } from './directory.ts';
import { inodeOf, readAll } from './inode.ts';
import { pathOf } from './mount.ts';
import { openPath, whyNotHow } from './open.ts';
import { unlinkNode } from './tree.ts';
import { fileNode, grove, type Sketch } from './tree-fixture.ts';
import type { FileId, FsContext } from './types.ts';
import { walk } from './walk.ts';

const image: Sketch = {
  bin: '-> usr/bin',
  usr: { bin: { sh: '-> dash', dash: 'a shell' }, share: { doc: { a: 'a' } } },
  etc: { passwd: 'root', loop: '-> loop', here: '-> .', abroad: '-> /usr/share/', lost: '-> /nowhere/x' },
};
const errorOf = (path: string, options = {}) => {
  const found = grove(image).find(path, options);
  return typeof found === 'string' ? found : 'found';
};

test('links on the way and at the end are followed, relative to where they lie', () => {
  const { vfs, get } = grove(image);
  expect(decodeUtf8(readAll(vfs, get('/bin/sh')))).toBe('a shell');
  expect(get('/bin/sh')).toBe(get('/usr/bin/dash'));
  expect(get('/etc/here/here/passwd')).toBe(get('etc/passwd'));
  expect(get('/etc/abroad/doc/a').kind).toBe('file');
});

test('a link at the end is itself when it is not followed, unless slashes follow it', () => {
  const { find, vfs } = grove(image);
  const link = find('/bin', { follow: false });
  expect(typeof link === 'object' && inodeOf(vfs, link.inode).kind).toBe('symlink');
  const directory = find('/bin/', { follow: false });
  expect(typeof directory === 'object' && inodeOf(vfs, directory.inode).kind).toBe('directory');
});

test.each([
  ['', 'ENOENT'],
  ['/nothing', 'ENOENT'],
  ['/nothing/x', 'ENOENT'],
  ['/etc/passwd/x', 'ENOTDIR'],
  ['/etc/passwd/', 'ENOTDIR'],
  ['/etc/passwd/.', 'ENOTDIR'],
  ['/etc/passwd/..', 'ENOTDIR'],
  ['/etc/loop', 'ELOOP'],
  ['/etc/loop/x', 'ELOOP'],
  ['/etc/lost', 'ENOENT'],
  [`/${'n'.repeat(256)}`, 'ENAMETOOLONG'],
  [`/${'ü'.repeat(128)}`, 'ENAMETOOLONG'],
  [`/${'n'.repeat(255)}`, 'ENOENT'],
  ['/x'.repeat(2048), 'ENAMETOOLONG'],
])('the path %j is %s', (path, errno) => {
  expect(errorOf(path)).toBe(errno);
});

test('a path for something new gives the directory it will lie in, also through a dangling link', () => {
  const { find, get, vfs } = grove({ ...image, tmp2: { dangling: '-> ../etc/new' } });
  const at = find('/tmp2/dangling', { parent: true });
  expect(at).toMatchObject({ inode: 0, name: 'new', last: 'name', parent: { inode: get('/etc').id } });
  expect(errorOf('/nothing/x', { parent: true })).toBe('ENOENT');
  expect(vfs.mounts.size).toBeGreaterThan(5);
});

test('dots at the root, over the edge of a mount and above it', () => {
  const { get, find } = grove(image);
  expect(get('/..')).toBe(get('/'));
  expect(get('/../../etc/./../usr')).toBe(get('/usr'));
  expect(get('/proc/..')).toBe(get('/'));
  expect(get('/dev/pts/../null')).toBe(get('/dev/null'));
  expect(get('/proc').super).not.toBe(get('/').super);
  expect(find('/usr/..')).toMatchObject({ last: 'dotdot' });
  expect(find('/usr/.')).toMatchObject({ last: 'dot' });
  expect(find('/')).toMatchObject({ last: 'root' });
});

test('searching a directory takes its x bit, for everybody but root', () => {
  const { get, find, as } = grove(image);
  get('/usr').mode = 0o750;
  expect(find('/usr/share', { who: as(1000) })).toBe('EACCES');
  expect(find('/usr', { who: as(1000) })).toMatchObject({ name: 'usr' });
  get('/usr').mode = 0o600;
  expect(find('/usr/share')).toMatchObject({ name: 'share' });
});

test('higher layers win by name, directories merge, and what a file covers stays hidden', () => {
  const { vfs, get, find } = grove(
    { etc: { a: 'low', b: 'low', deep: { x: '1' } }, d: { low: '1' }, f: { under: 'x' } },
    { etc: { b: 'middle', deep: { y: '2' } }, d: 'a file', f: 'file' },
    { etc: { c: 'high', deep: { z: '3' } }, d: { high: '1' } },
  );
  expect(namesOf(vfs, get('/etc'))).toEqual(['a', 'b', 'c', 'deep']);
  expect(decodeUtf8(readAll(vfs, get('/etc/b')))).toBe('middle');
  expect(namesOf(vfs, get('/etc/deep'))).toEqual(['x', 'y', 'z']);
  expect(namesOf(vfs, get('/d'))).toEqual(['high']);
  expect(find('/f/under')).toBe('ENOTDIR');
});

test('a hard link of a layer is one inode under two names and counts them from the start', () => {
  const node = fileNode('shared', { links: 2 });
  const { vfs, get, find, who } = grove({ a: { node }, d: { b: { node } } });
  expect(get('/a').nlink).toBe(2);
  const a = find('/a');
  if (typeof a === 'string') throw new Error(a);
  unlinkNode(vfs, who, a);
  expect(get('/d/b').nlink).toBe(1);
  expect(decodeUtf8(readAll(vfs, get('/d/b')))).toBe('shared');
});

test('inode numbers follow the order of looking, so that the same run has the same ones', () => {
  const look = (paths: string[]) => paths.map((path) => grove(image).get(path).id);
  const [one, two] = [grove(image), grove(image)];
  const paths = ['/usr/bin/dash', '/etc/passwd', '/bin', '/usr'];
  expect(paths.map((path) => one.get(path).id)).toEqual(paths.map((path) => two.get(path).id));
  expect(look(['/usr', '/etc'])[0]).toBe(look(['/etc', '/usr'])[0]);
});

test('the path of a directory is told up to the root the asker sees', () => {
  const { vfs, root, find, get } = grove(image);
  const doc = find('/usr/share/doc');
  if (typeof doc === 'string') throw new Error(doc);
  const place = { mount: doc.mount, inode: get('/usr/share/doc').id };
  expect(pathOf(vfs, place, root)).toBe('/usr/share/doc');
  expect(pathOf(vfs, place, { mount: doc.mount, inode: get('/usr').id })).toBe('/share/doc');
  expect(pathOf(vfs, root, root)).toBe('/');
});

test('inside a changed root, neither dots nor absolute links lead out', () => {
  const { vfs, who, root, get, find } = grove({ jail: { up: '-> /etc', etc: { mine: 'm' } }, etc: {} });
  moveContext(vfs, who.fs as FsContext, 'root', { mount: root.mount, inode: get('/jail').id });
  expect(find('/up/mine')).toMatchObject({ name: 'mine' });
  expect(find('/../../etc/mine')).toMatchObject({ name: 'mine' });
});

test('openat2 may forbid links, leaving the directory, and crossing mounts', () => {
  const { vfs, who, root } = grove(image);
  const beneath = (path: string, resolve: number) => walk(vfs, who, root, path, { follow: true, resolve });
  expect(beneath('bin/sh', 4)).toBe('ELOOP');
  expect(beneath('proc/1', 1)).toBe('EXDEV');
  expect(beneath('../x', 8)).toBe('EXDEV');
  expect(beneath('/etc', 8)).toBe('EXDEV');
  expect(beneath('etc/abroad', 8)).toBe('EXDEV');
  expect(beneath('/etc', 16)).toMatchObject({ name: 'etc' });
});

test('opening follows open(2): what flags and kinds allow', () => {
  const { vfs, who, root, as, get } = grove(image);
  const open = (path: string, flags: number, by = who) =>
    openPath(vfs, by, root, path, { flags, mode: 0o666 });
  expect(open('/etc', O.O_RDWR)).toBe('EISDIR');
  expect(open('/etc', O.O_RDONLY | O.O_CREAT)).toBe('EISDIR');
  expect(open('/etc/passwd', O.O_DIRECTORY)).toBe('ENOTDIR');
  expect(open('/bin', O.O_NOFOLLOW)).toBe('ELOOP');
  expect(open('/etc/passwd', O.O_CREAT | O.O_EXCL)).toBe('EEXIST');
  expect(open('/etc/lost', O.O_CREAT | O.O_EXCL | O.O_WRONLY)).toBe('EEXIST');
  expect(open('/etc/new/', O.O_CREAT | O.O_WRONLY)).toBe('EISDIR');
  expect(open('/etc/passwd', O.O_WRONLY, as(7))).toBe('EACCES');
  expect(open('/etc/mine', O.O_CREAT | O.O_WRONLY, as(7))).toBe('EACCES');
  expect(whyNotHow({ flags: O.O_TMPFILE, mode: 0o666 })).toBe('EINVAL');
  expect(open('/proc/x', O.O_CREAT | O.O_WRONLY)).toBe('EACCES');
  const made = vfs.files.get(open('/etc/new', O.O_CREAT | O.O_RDWR | O.O_TRUNC) as FileId)!;
  expect(made).toMatchObject({ kind: 'regular', path: '/etc/new', flags: O.O_RDWR | O.O_LARGEFILE });
  expect(get('/etc/new')).toMatchObject({ mode: 0o644, nlink: 1, holders: 1 });
  const link = vfs.files.get(open('/bin', O.O_PATH | O.O_NOFOLLOW) as FileId)!;
  expect(link).toMatchObject({ kind: 'path', path: '/bin' });
  const hidden = vfs.files.get(open('/tmp', O.O_TMPFILE | O.O_RDWR) as FileId)!;
  expect(inodeOf(vfs, hidden.inode)).toMatchObject({ nlink: 0, holders: 1 });
});

test('truncating a layer file on open leaves the layer and empties the file', () => {
  const { vfs, who, root, get } = grove(image);
  openPath(vfs, who, root, '/etc/passwd', { flags: O.O_WRONLY | O.O_TRUNC, mode: 0 });
  expect(get('/etc/passwd').size).toBe(0);
  expect(readAll(vfs, get('/etc/passwd')).length).toBe(0);
});

test('links lead into a process for those who may look into it', () => {
  const { find, as } = grove(image);
  expect(find('/proc/10/exe', { who: as(7), follow: false })).toMatchObject({ name: 'exe' });
  expect(find('/proc/10/exe', { who: as(7) })).toBe('EACCES');
  expect(find('/proc/1/exe', { who: as(7) })).toBe('ENOENT');
});
