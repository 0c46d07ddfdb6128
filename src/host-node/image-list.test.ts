import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeArchive, serve, type TestMirror } from '../../test/debian-archive.ts';
import { isProblem } from '../base/index.ts';
import { exportImage, importImage, listImages, openImage, pullImage, removeImage } from './image.ts';
import { cacheFolder, storeAt } from './image-cache.ts';
import { chooseMirror } from './image-mirror.ts';

let folder: string;
let mirror: TestMirror;
let cacheDir: string;
let count = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'timeslice-test-'));
  const archive = await makeArchive([
    { name: 'tool', files: [{ path: '/usr/bin/tool', text: 'tool'.repeat(999) }] },
    { name: 'extra', files: [{ path: '/usr/bin/extra', text: 'extra'.repeat(99) }] },
  ]);
  mirror = await serve(archive.files);
  writeFileSync(join(folder, 'keyring'), archive.keyring);
});

afterAll(async () => {
  await mirror.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  cacheDir = join(folder, `cache-${count++}`);
});

async function pull(name = 'debian', add: readonly string[] = []) {
  const options = { cacheDir, mirror: mirror.url, keyring: join(folder, 'keyring'), packages: ['tool'] };
  const pulled = await pullImage({ ...options, name, add });
  if (isProblem(pulled)) throw new Error(pulled.sentence);
  return pulled;
}

test('images are listed with their size; an empty cache has none', async () => {
  expect(listImages(cacheDir)).toEqual([]);
  const { id } = await pull();
  expect(listImages(cacheDir)).toMatchObject([
    { name: 'debian', id, packages: 1, origin: { suite: 'trixie' } },
  ]);
  expect(listImages(cacheDir)[0]!.size).toBeGreaterThan(3996);
});

test('an image that lost its name is still listed and opened by its id, also a short one', async () => {
  const { id } = await pull();
  await pull('debian', ['extra']);
  expect(listImages(cacheDir).map(({ name }) => name)).toEqual(['debian', undefined]);
  expect(openImage(cacheDir, id.slice(0, 20))).toMatchObject({ id });
});

test('removing an image keeps the layers that another needs', async () => {
  await pull();
  await pull('debian+extra');
  const removed = await removeImage(cacheDir, 'debian+extra');
  expect(removed).toMatchObject({ freed: expect.any(Number) });
  expect(openImage(cacheDir, 'debian+extra')).toMatchObject({ code: 'unknown-image' });
  expect(openImage(cacheDir, 'debian')).toMatchObject({ name: 'debian' });
  await removeImage(cacheDir, 'debian');
  expect(readdirSync(storeAt(cacheDir).layers)).toEqual([]);
  expect(await removeImage(cacheDir, 'debian')).toMatchObject({ code: 'unknown-image' });
});

test('a run that has an image open reads it after it was removed', async () => {
  await pull();
  const image = openImage(cacheDir, 'debian');
  if (isProblem(image)) throw new Error(image.sentence);
  await removeImage(cacheDir, 'debian');
  const layer = image.layers[0]!;
  const bin = layer.list(layer.root).get('usr');
  const tool = bin?.kind === 'directory' ? layer.list(bin).get('bin') : undefined;
  const file = tool?.kind === 'directory' ? layer.list(tool).get('tool') : undefined;
  if (file?.kind !== 'file') throw new Error('no file');
  expect(layer.read(file, 0, new Uint8Array(4000))).toBe(3996);
  image.close();
});

test('an image goes through a file into another cache and is the same', async () => {
  const { id } = await pull();
  const file = join(folder, 'image.tar');
  expect(await exportImage(cacheDir, 'debian', file)).toBeUndefined();
  const first = readFileSync(file);
  await exportImage(cacheDir, 'debian', file);
  expect(readFileSync(file).equals(first)).toBe(true);
  const other = join(folder, 'other');
  expect(await importImage(other, file)).toEqual({ name: 'debian', id });
  expect(openImage(other, 'debian')).toMatchObject({ id });
});

test('a changed byte anywhere in an exported image is found', async () => {
  await pull();
  const file = join(folder, 'damaged.tar');
  await exportImage(cacheDir, 'debian', file);
  const bytes = readFileSync(file);
  for (const at of [
    bytes.indexOf('tooltool'),
    bytes.indexOf('"rows"') + 20,
    bytes.indexOf('"index":"') + 10,
    100,
  ]) {
    const damaged = Buffer.from(bytes);
    damaged[at] = damaged[at] === 0x31 ? 0x32 : 0x31;
    writeFileSync(file, damaged);
    expect(await importImage(join(folder, 'other-2'), file), String(at)).toMatchObject({
      code: 'damaged-archive',
    });
  }
  writeFileSync(file, bytes.subarray(0, bytes.length / 2));
  expect(await importImage(join(folder, 'other-2'), file)).toMatchObject({ code: 'damaged-archive' });
  expect(listImages(join(folder, 'other-2'))).toEqual([]);
});

test('files that cannot be read or written are problems', async () => {
  await pull();
  expect(await exportImage(cacheDir, 'debian', join(folder, 'none', 'x.tar'))).toMatchObject({
    code: 'file-not-writable',
  });
  expect(await exportImage(cacheDir, 'nothing', join(folder, 'x.tar'))).toMatchObject({
    code: 'unknown-image',
  });
  expect(await importImage(cacheDir, join(folder, 'none.tar'))).toMatchObject({ code: 'file-not-readable' });
});

test('a layer that is cut off or missing is a problem at opening, and pulling mends it', async () => {
  const { lock } = await pull();
  const place = join(storeAt(cacheDir).layers, lock.packages[0]!.sha256);
  writeFileSync(join(place, 'pack'), 'short');
  expect(openImage(cacheDir, 'debian')).toMatchObject({ code: 'missing-layer' });
  await pull();
  expect(openImage(cacheDir, 'debian')).toMatchObject({ name: 'debian' });
  rmSync(place, { recursive: true });
  rmSync(storeAt(cacheDir).views, { recursive: true });
  expect(openImage(cacheDir, 'debian')).toMatchObject({ code: 'missing-layer' });
});

test('a damaged lock file is a problem, and the image can be removed', async () => {
  await pull();
  writeFileSync(join(storeAt(cacheDir).names, 'debian.json'), '{');
  expect(openImage(cacheDir, 'debian')).toMatchObject({ code: 'damaged-lock' });
  expect(await removeImage(cacheDir, 'debian')).toMatchObject({ freed: expect.any(Number) });
  expect(openImage(cacheDir, '../../etc/passwd')).toMatchObject({ code: 'unknown-image' });
});

test('the cache folder is where each system keeps caches', () => {
  expect(cacheFolder({ TIMESLICE_CACHE: '/x' }, 'linux', '/home/a')).toBe('/x');
  expect(cacheFolder({ XDG_CACHE_HOME: '/c' }, 'linux', '/home/a')).toBe(join('/c', 'timeslice'));
  expect(cacheFolder({}, 'linux', '/home/a')).toBe(join('/home/a', '.cache', 'timeslice'));
  expect(cacheFolder({}, 'darwin', '/Users/a')).toBe(join('/Users/a', 'Library', 'Caches', 'timeslice'));
  expect(cacheFolder({ LOCALAPPDATA: 'L' }, 'win32', 'H')).toBe(join('L', 'timeslice', 'Cache'));
});

test('the mirror is what the user says before what apt says', async () => {
  const apt = join(folder, 'apt');
  const { mkdirSync } = await import('node:fs');
  mkdirSync(join(apt, 'sources.list.d'), { recursive: true });
  writeFileSync(
    join(apt, 'sources.list.d', 'debian.sources'),
    'Types: deb\nURIs: http://apt.example.org/debian/\nSuites: trixie\n',
  );
  const env = { TIMESLICE_MIRROR: 'http://env.example.org/debian' };
  expect(chooseMirror({ mirror: 'http://said.example.org/debian/', env, apt })).toBe(
    'http://said.example.org/debian',
  );
  expect(chooseMirror({ env, apt })).toBe('http://env.example.org/debian');
  expect(chooseMirror({ env: {}, apt })).toBe('http://apt.example.org/debian');
  expect(chooseMirror({ env: {}, apt: join(folder, 'none') })).toMatchObject({ code: 'no-mirror' });
});
