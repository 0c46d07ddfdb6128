import { expect, test } from 'vitest';
import { ar, makeDeb } from '../../test/debian-archive.ts';
import { isProblem } from '../base/index.ts';
import { arMembers, decompress, gather, unpackDeb } from './deb.ts';
import { lookup } from './tree.ts';

async function unpacked(deb: Uint8Array) {
  const chunks: Uint8Array[] = [];
  const result = await unpackDeb(deb, { write: async (bytes) => void chunks.push(bytes.slice()) });
  if (isProblem(result)) throw new Error(result.sentence);
  return { ...result, bytes: Buffer.concat(chunks).toString() };
}

test('a package is unpacked: files, links, modes, times and its postinst', async () => {
  const deb = await makeDeb({
    name: 'x',
    postinst: 'echo hello',
    files: [
      { path: '/usr/bin/', mode: 0o755 },
      { path: '/usr/bin/tool', text: 'tool', mode: 0o4755 },
      { path: '/usr/bin/same', hardLink: '/usr/bin/tool' },
      { path: '/usr/bin/link', target: 'tool' },
      { path: '/etc/conf', text: 'conf' },
      { path: '/etc/empty', text: '' },
    ],
  });
  const { root, postinst, bytes } = await unpacked(deb);
  expect(postinst).toBe('echo hello');
  expect(bytes).toBe('toolconf');
  expect(lookup(root, '/usr/bin/tool')).toMatchObject({
    mode: 0o4755,
    mtime: 1e9,
    size: 4,
    blob: { offset: 0 },
  });
  expect(lookup(root, '/usr/bin/same')).toBe(lookup(root, '/usr/bin/tool'));
  expect(lookup(root, '/usr/bin/link', 'keep')).toMatchObject({ kind: 'symlink', target: 'tool' });
  expect(lookup(root, '/etc/conf')).toMatchObject({ size: 4, blob: { offset: 4 } });
  expect(lookup(root, '/etc/empty')).toMatchObject({ size: 0 });
});

test('xz, zstd and plain members are decompressed', async () => {
  const packed = {
    'data.tar.xz':
      '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAPaGVsbG8gZnJvbSBkYXRhCgDRY5qvDIEWHgABKBDlC2xgH7bzfQEAAAAABFla',
    'data.tar.zst': 'KLUv/SQQgQAAaGVsbG8gZnJvbSBkYXRhCgf3wqk=',
    'data.tar': Buffer.from('hello from data\n').toString('base64'),
  };
  for (const [name, base64] of Object.entries(packed)) {
    const text = new TextDecoder().decode(
      await gather(await decompress(name, Buffer.from(base64, 'base64'))),
    );
    expect(text, name).toBe('hello from data\n');
  }
});

test('what is no package is a problem, and so is one that is cut off', async () => {
  const deb = await makeDeb({ name: 'x', files: [{ path: '/a', text: 'a'.repeat(5000) }] });
  const sink = { write: async () => undefined };
  const nonsense = [
    new Uint8Array(100),
    deb.subarray(0, deb.length - 40),
    ar([
      ['control.tar.gz', new Uint8Array(9)],
      ['data.tar.gz', new Uint8Array(9)],
    ]),
  ];
  for (const bytes of nonsense) expect(await unpackDeb(bytes, sink)).toMatchObject({ code: 'bad-package' });
});

test('ar members of odd size are padded', () => {
  const members = arMembers(
    ar([
      ['a', Buffer.from('odd')],
      ['b', Buffer.from('next')],
    ]),
  );
  expect([...members].map(([name, bytes]) => [name, Buffer.from(bytes).toString()])).toEqual([
    ['a', 'odd'],
    ['b', 'next'],
  ]);
});
