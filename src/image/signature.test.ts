import { expect, test } from 'vitest';
import { newKey, signText, testKey } from '../../test/debian-archive.ts';
import { isProblem } from '../base/index.ts';
import { packageList, parseRelease } from './release.ts';
import { pinnedOnly, readKeyring, verifyInRelease } from './signature.ts';

const TEXT = 'Suite: stable\nCodename: trixie\nSHA256:\n aa 5 main/binary-riscv64/Packages.gz\n';
const keys = async () => readKeyring((await testKey()).toPublic().write());

test('a good signature gives the signed text alone', async () => {
  const file = await signText(TEXT, await testKey());
  const text = await verifyInRelease(`Codename: evil\n\n${file}\nCodename: evil\n`, await keys());
  expect(text).not.toContain('evil');
  expect(text).toContain('Codename: trixie');
});

test('a changed text, an unknown key and no signature are three problems', async () => {
  const file = await signText(TEXT, await testKey());
  expect(await verifyInRelease(file.replace(' aa ', ' bb '), await keys())).toMatchObject({
    code: 'bad-signature',
  });
  expect(await verifyInRelease(await signText(TEXT, await newKey()), await keys())).toMatchObject({
    code: 'unknown-key',
  });
  expect(await verifyInRelease(TEXT, await keys())).toMatchObject({ code: 'bad-signature' });
});

test('keyrings are read binary and armored; nonsense has no keys', async () => {
  const armored = Buffer.from((await testKey()).toPublic().armor());
  expect(await readKeyring(armored)).toHaveLength(1);
  expect(await readKeyring(new Uint8Array(50))).toHaveLength(0);
});

test('of keys over an untrusted way, one without a pinned fingerprint does not count', async () => {
  expect(pinnedOnly(await keys())).toHaveLength(0);
});

test('the best compressed package list is chosen, and a missing architecture is a problem', () => {
  const release = parseRelease(`${TEXT} bb 3 main/binary-riscv64/Packages.xz\n`);
  if (isProblem(release)) throw new Error(release.sentence);
  expect(packageList(release, 'main', 'riscv64')).toEqual({
    path: 'main/binary-riscv64/Packages.xz',
    size: 3,
    sha256: 'bb',
  });
  expect(packageList(release, 'main', 'vax')).toMatchObject({ code: 'no-architecture' });
  expect(parseRelease('Suite: stable\n')).toMatchObject({ code: 'bad-release' });
});
