import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  makeArchive,
  newKey,
  serve,
  signText,
  type TestArchive,
  type TestMirror,
  type TestPackage,
} from '../../test/debian-archive.ts';
import { isProblem } from '../base/index.ts';
import { lookup, type TreeDirectory } from '../image/index.ts';
import {
  addLayer,
  type OpenImage,
  openImage,
  type PulledImage,
  type PullOptions,
  pullImage,
} from './image.ts';
import { storeAt } from './image-cache.ts';

const BIG = 'x'.repeat(50_000);
const PACKAGES: readonly TestPackage[] = [
  {
    name: 'base-files',
    files: [
      { path: '/usr/bin/' },
      { path: '/bin', target: 'usr/bin' },
      { path: '/usr/share/base-passwd/passwd.master', text: 'root:x:0:0::/root:/bin/bash\n' },
    ],
  },
  {
    name: 'libc',
    files: [{ path: '/usr/lib/libc.so', text: Array.from({ length: 9000 }, (_, i) => i).join() }],
  },
  {
    name: 'tool',
    fields: { Depends: 'libc' },
    postinst: 'update-alternatives --install /usr/bin/pick pick /usr/bin/tool 5',
    files: [{ path: '/bin/tool', text: 'tool', mode: 0o755 }],
  },
  { name: 'extra', files: [{ path: '/usr/share/big', text: BIG }] },
];

let folder: string;
let cacheDir: string;
let archive: TestArchive;
let mirror: TestMirror;
let options: PullOptions;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'timeslice-test-'));
  cacheDir = join(folder, 'cache');
  archive = await makeArchive(PACKAGES);
  mirror = await serve(archive.files);
  const keyring = join(folder, 'keyring.gpg');
  writeFileSync(keyring, archive.keyring);
  options = { cacheDir, mirror: mirror.url, keyring, packages: ['tool'], patience: 1 };
});

afterEach(async () => {
  await mirror.close();
  rmSync(folder, { recursive: true, force: true });
});

function good<T>(value: T): Exclude<T, { kind: 'problem' }> {
  if (isProblem(value)) throw new Error(`${value.code}: ${value.sentence}`);
  return value as Exclude<T, { kind: 'problem' }>;
}

const pull = async (more: PullOptions = {}): Promise<PulledImage> =>
  good(await pullImage({ ...options, ...more }));
const trouble = async (more: PullOptions = {}) => {
  const result = await pullImage({ ...options, ...more });
  return isProblem(result) ? result.code : 'no problem';
};

function read(image: OpenImage, path: string): string {
  const layer = image.layers[0]!;
  const node = lookup(layer.root as TreeDirectory, path);
  if (node?.kind !== 'file') return `${path} is ${node?.kind ?? 'missing'}`;
  const bytes = new Uint8Array(node.size);
  return Buffer.from(bytes.subarray(0, layer.read(node, 0, bytes))).toString();
}

test('a pulled image opens with its packages unpacked, merged and configured', async () => {
  const pulled = await pull();
  expect(pulled.lock.packages.map(({ name }) => name)).toEqual(['base-files', 'libc', 'tool']);
  const image = good(openImage(cacheDir, 'debian'));
  expect(image.id).toBe(pulled.id);
  expect(read(image, '/usr/bin/tool')).toBe('tool');
  expect(read(image, '/usr/bin/pick')).toBe('tool');
  expect(read(image, '/etc/passwd')).toBe('root:x:0:0::/root:/bin/bash\n');
  expect(read(image, '/usr/share/big')).toContain('missing');
  image.close();
});

test('pulling again fetches no package, and the image is the same', async () => {
  const first = await pull();
  mirror.requests.length = 0;
  const second = await pull();
  expect(second).toMatchObject({ id: first.id, reused: 3 });
  expect(mirror.requests).toEqual(['dists/trixie/InRelease']);
  await mirror.close();
  expect(await pull({ ifMissing: true })).toMatchObject({ id: first.id });
});

test('two caches filled apart hold the same image', async () => {
  const first = await pull();
  const second = await pull({ cacheDir: join(folder, 'other') });
  expect(second.id).toBe(first.id);
});

test('packages are added by the image name, or into the image and kept there', async () => {
  await pull({ name: 'debian+extra' });
  expect(read(good(openImage(cacheDir, 'debian+extra')), '/usr/share/big')).toBe(BIG);
  expect(openImage(cacheDir, 'debian')).toMatchObject({ code: 'unknown-image' });
  await pull({ add: ['extra'] });
  await pull();
  expect(read(good(openImage(cacheDir, 'debian')), '/usr/share/big')).toBe(BIG);
});

test('a broken download goes on where it stopped, in the same run', async () => {
  const deb = archive.files.get('pool/libc_1.0_riscv64.deb')!;
  let breaks = 2;
  mirror.fault = (path, request, response) => {
    if (!path.includes('libc') || breaks-- <= 0 || request.headers.range?.startsWith('bytes=0')) return false;
    const from = Number(/\d+/.exec(request.headers.range ?? '0')![0]);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': deb.length - from });
    response.write(deb.subarray(from, from + 3000), () => setTimeout(() => response.destroy(), 20));
    return true;
  };
  await pull();
  const ranges = mirror.requests.filter((line) => line.includes('libc'));
  expect(ranges.map((line) => /bytes=(\d+)/.exec(line)?.[1])).toEqual([undefined, '3000', '6000']);
});

test('a download that a killed run left is gone on with by the next', async () => {
  const deb = archive.files.get('pool/libc_1.0_riscv64.deb')!;
  mirror.fault = (path, _, response) => {
    if (!path.includes('libc')) return false;
    response.writeHead(200, { 'content-length': deb.length });
    response.write(deb.subarray(0, 5000), () => setTimeout(() => response.destroy(), 20));
    return true;
  };
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 300);
  expect(await trouble({ signal: stop.signal, patience: 100_000 })).toBe('interrupted');
  mirror.fault = () => false;
  await pull();
  expect(mirror.requests).toContain('pool/libc_1.0_riscv64.deb bytes=5000-');
}, 10_000);

test('a mirror that knows no ranges is asked for the whole again', async () => {
  const path = 'pool/libc_1.0_riscv64.deb';
  let first = true;
  mirror.fault = (asked, _, response) => {
    if (asked !== path) return false;
    const bytes = archive.files.get(path)!;
    response.writeHead(200, { 'content-length': bytes.length });
    if (first) response.write(bytes.subarray(0, 1000), () => setTimeout(() => response.destroy(), 20));
    else response.end(bytes);
    first = false;
    return true;
  };
  expect((await pull()).lock.packages).toHaveLength(3);
});

test('a busy mirror is asked again, one that stays broken is a problem', async () => {
  let refusals = 2;
  mirror.fault = (_, __, response) => refusals-- > 0 && response.writeHead(503).end() !== undefined;
  await pull();
  refusals = Number.POSITIVE_INFINITY;
  expect(await trouble()).toBe('mirror-failed');
});

test('wrong bytes are a bad checksum, also when there are too many', async () => {
  const path = 'pool/libc_1.0_riscv64.deb';
  const right = archive.files.get(path)!;
  archive.files.set(path, new Uint8Array(right.length));
  expect(await trouble()).toBe('bad-checksum');
  archive.files.set(path, Buffer.concat([right, right]));
  expect(await trouble()).toBe('bad-checksum');
  archive.files.set(path, right);
  await pull();
  const list = 'dists/trixie/main/binary-riscv64/Packages.gz';
  archive.files.set(list, new Uint8Array(archive.files.get(list)!.length));
  expect(await trouble({ cacheDir: join(folder, 'fresh') })).toBe('bad-checksum');
});

test('a package that the archive vouches for but that is none is a problem', async () => {
  const broken = await makeArchive([{ name: 'tool' }], { damage: () => Buffer.from('no archive') });
  for (const [path, bytes] of broken.files) archive.files.set(path, bytes);
  expect(await trouble()).toBe('bad-package');
});

test('a changed index, another key and another suite are refused', async () => {
  const path = 'dists/trixie/InRelease';
  const file = Buffer.from(archive.files.get(path)!).toString();
  archive.files.set(path, Buffer.from(file.replace('Codename: trixie', 'Codename: trixy')));
  expect(await trouble()).toBe('bad-signature');
  archive.files.set(path, Buffer.from(await signText('Codename: trixie\nSHA256:\n', await newKey())));
  expect(await trouble()).toBe('unknown-key');
  const other = await makeArchive(PACKAGES, { suite: 'sid' });
  archive.files.set(path, other.files.get('dists/sid/InRelease')!);
  expect(await trouble()).toBe('wrong-suite');
  expect(await trouble({ suite: 'buster' })).toBe('unknown-suite');
});

test('an index whose validity has run out is refused', async () => {
  const old = await makeArchive(PACKAGES, { release: 'Valid-Until: Sat, 01 Jan 2000 00:00:00 UTC\n' });
  archive.files.set('dists/trixie/InRelease', old.files.get('dists/trixie/InRelease')!);
  expect(await trouble()).toBe('stale-release');
});

test('without a keyring the archive keys are those with pinned fingerprints, which a test key is not', async () => {
  const { keyring: _, ...bare } = options;
  expect(await pullImage({ ...bare, keyrings: join(folder, 'none') })).toMatchObject({ code: 'no-keys' });
  expect(await trouble({ keyring: join(folder, 'none') })).toBe('bad-keyring');
});

test('unknown packages and images, no mirror and a bad one are problems', async () => {
  expect(await trouble({ add: ['tol'] })).toBe('unknown-package');
  expect(await trouble({ name: 'alpine' })).toBe('unknown-image');
  expect(await trouble({ mirror: 'ftp://example.org/debian' })).toBe('bad-mirror');
  const { mirror: _, ...none } = options;
  expect(await pullImage({ ...none, env: {}, apt: join(folder, 'none') })).toMatchObject({
    code: 'no-mirror',
  });
});

test('a cache that cannot be written is a problem', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(await trouble({ cacheDir: join(file, 'cache') })).toBe('cache-not-writable');
});

test.skipIf(!existsSync('/dev/full'))('a full disk is a problem', async () => {
  await pull({ packages: ['libc'] });
  const tool = (await pull({ cacheDir: join(folder, 'other') })).lock.packages.at(-1)!;
  symlinkSync('/dev/full', join(storeAt(cacheDir).downloads, `${tool.sha256}.deb.part`));
  expect(await trouble()).toBe('disk-full');
});

test('two pulls into one cache wait for each other', async () => {
  const stages: string[] = [];
  const both = await Promise.all([pull(), pullImage(options, ({ stage }) => void stages.push(stage))]);
  expect(good(both[1])).toMatchObject({ id: both[0].id });
  expect(mirror.requests.filter((line) => line.includes('libc'))).toHaveLength(1);
  expect(stages).toContain('packages');
});

test('progress grows to the size of the packages', async () => {
  const seen: number[] = [];
  const last = { bytes: 0, total: -1, packages: 0 };
  await pullImage(options, ({ stage, doneBytes, totalBytes, donePackages }) => {
    if (stage !== 'packages') return;
    seen.push(doneBytes);
    Object.assign(last, { bytes: doneBytes, total: totalBytes, packages: donePackages });
  });
  expect(last.bytes).toBe(last.total);
  expect(last.packages).toBe(3);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

test('nothing half-made stays in the store', async () => {
  archive.files.set('pool/tool_1.0_riscv64.deb', new Uint8Array(7));
  expect(await trouble()).toBe('bad-checksum');
  const store = storeAt(cacheDir);
  expect(readdirSync(store.names)).toEqual([]);
  expect(readdirSync(store.layers).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a layer made at set-up lies on top, changes the id, and survives a pull of the same packages', async () => {
  const { id } = await pull();
  const bytes = Buffer.from('compiled');
  const entries = [{ path: '/usr/lib/python3.13/__pycache__/os.pyc', mode: 0o644, bytes }];
  const changed = good(await addLayer(cacheDir, 'debian', 'compiled', entries));
  expect(changed).not.toBe(id);
  expect(await pull()).toMatchObject({ id: changed });
  const image = good(openImage(cacheDir, 'debian'));
  expect(read(image, '/usr/lib/python3.13/__pycache__/os.pyc')).toBe('compiled');
  expect((await pull({ add: ['extra'] })).lock.generated).toHaveLength(1);
  expect(good(openImage(cacheDir, id)).id).toBe(id);
  expect(await addLayer(cacheDir, 'debian+none', 'x', [])).toMatchObject({ code: 'unknown-image' });
});
