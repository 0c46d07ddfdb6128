import { expect, test } from 'vitest';
import { isProblem } from '../base/index.ts';
import { closure } from './closure.ts';
import { findPackage, parseDepends, parsePackages } from './package-index.ts';

const paragraph = (name: string, fields = '') =>
  `Package: ${name}\nVersion: 1\nArchitecture: riscv64\n${fields}Filename: pool/${name}.deb\nSize: 7\nSHA256: ${name}\nDescription: none\n more\n`;

const index = (...paragraphs: string[]) => parsePackages(paragraphs.join('\n'));

const names = (index_: ReturnType<typeof index>, ...wanted: string[]) => {
  const found = closure(index_, wanted);
  return isProblem(found) ? found.code : found.map(({ name }) => name);
};

test('a package is found with the fields that fetching needs', () => {
  const found = findPackage(index(paragraph('a'), paragraph('b', 'Depends: a (>= 1), c | d\n')), 'b');
  expect(found).toMatchObject({ name: 'b', version: '1', filename: 'pool/b.deb', size: 7, sha256: 'b' });
  expect(found?.depends).toEqual([['a'], ['c', 'd']]);
});

test('versions, architectures and build profiles are dropped from dependencies', () => {
  expect(parseDepends('libc6 (>= 2.38), python3:any, a [riscv64] | b <!nocheck>, g++ (<< 1)')).toEqual([
    ['libc6'],
    ['python3'],
    ['a', 'b'],
    ['g++'],
  ]);
  expect(parseDepends('')).toEqual([]);
});

test('the closure has dependencies before what needs them, and pre-dependencies too', () => {
  const archive = index(
    paragraph('shell', 'Depends: late\nPre-Depends: libc (>= 2)\n'),
    paragraph('libc'),
    paragraph('late', 'Depends: libc\n'),
  );
  expect(names(archive, 'shell')).toEqual(['libc', 'late', 'shell']);
});

test('base-files comes first, though it depends on others', () => {
  const archive = index(
    paragraph('base-files', 'Pre-Depends: awk\n'),
    paragraph('mawk', 'Provides: awk\n'),
    paragraph('x'),
  );
  expect(names(archive, 'x')).toEqual(['base-files', 'mawk', 'x']);
});

test('the first alternative that exists is taken, unless another is there already', () => {
  const archive = index(paragraph('a', 'Depends: gone | b | c\n'), paragraph('b'), paragraph('c'));
  expect(names(archive, 'a')).toEqual(['b', 'a']);
  expect(names(archive, 'c', 'a')).toEqual(['c', 'a']);
});

test('of several providers of a virtual package, the one of higher priority is taken', () => {
  const archive = index(
    paragraph('gawk', 'Provides: awk\nPriority: optional\n'),
    paragraph('mawk', 'Provides: awk (= 1)\nPriority: required\n'),
    paragraph('user', 'Depends: awk\n'),
  );
  expect(names(archive, 'user')).toEqual(['mawk', 'user']);
  expect(names(archive, 'gawk', 'user')).toEqual(['gawk', 'user']);
});

test('a circle of dependencies ends', () => {
  const archive = index(paragraph('a', 'Depends: b\n'), paragraph('b', 'Depends: a\n'));
  expect(names(archive, 'a')).toEqual(['b', 'a']);
});

test('an unknown package is a problem that names what needs it and what is near', () => {
  const archive = index(paragraph('a', 'Depends: missing\n'), paragraph('hostname'));
  const inner = closure(archive, ['a']);
  expect(isProblem(inner) && inner.sentence).toContain('missing, which a needs');
  const outer = closure(archive, ['hostnme']);
  expect(isProblem(outer) && [outer.code, outer.hint]).toEqual([
    'unknown-package',
    'Check the name; there is hostname.',
  ]);
});
