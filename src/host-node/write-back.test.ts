import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FileChange } from '../api/index.ts';
import { writeBack } from './write-back.ts';

let base: string;
let folder: string;
const at = (path: string) => join(folder, path);
const text = (path: string) => readFileSync(at(path), 'utf8');

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'timeslice-write-back-'));
  folder = join(base, 'shared');
  mkdirSync(at('sub'), { recursive: true });
  writeFileSync(at('a'), 'old a');
  writeFileSync(at('sub/b'), 'old b');
  writeFileSync(join(base, 'outside'), 'untouched');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** A machine that changed this, with the texts that its files have now. */
function changed(changes: readonly FileChange[], texts: readonly (string | (() => string))[] = []) {
  return {
    changes: () => changes,
    readChanged(file: number, offset: number, into: Uint8Array) {
      const content = texts[file]!;
      const bytes = Buffer.from(typeof content === 'string' ? content : content());
      return bytes.copy(into, 0, offset);
    },
  };
}

const file = (path: string, id: number, size: number, mode = 0o644): FileChange => ({
  what: 'file',
  path,
  mode,
  size,
  mtime: 1_000_000_000.5,
  file: id,
});

test('files, directories and links are made, replaced and removed, and nothing of ours stays', () => {
  const machine = changed(
    [
      { what: 'gone', path: 'sub/b' },
      { what: 'gone', path: 'sub' },
      file('a', 0, 5, 0o755),
      { what: 'directory', path: 'new', mode: 0o555 },
      file('new/c', 1, 0),
      { what: 'symlink', path: 'new/l', target: '../a' },
    ],
    ['new a', ''],
  );
  expect(writeBack(machine, '/data', folder)).toBeNull();
  expect(readdirSync(folder).sort()).toEqual(['a', 'new']);
  expect(text('a')).toBe('new a');
  expect(statSync(at('a')).mode & 0o7777).toBe(0o755);
  expect(statSync(at('a')).mtimeMs).toBe(1_000_000_000_500);
  expect(statSync(at('new')).mode & 0o7777).toBe(0o555);
  expect([text('new/c'), readlinkSync(at('new/l'))]).toEqual(['', '../a']);
  chmodSync(at('new'), 0o755);
});

test('contents are taken before anything is removed: files can change places', () => {
  const machine = changed(
    [{ what: 'gone', path: 'a' }, { what: 'gone', path: 'sub/b' }, file('a', 0, 5), file('sub/b', 1, 5)],
    [() => text('sub/b'), () => text('a')],
  );
  expect(writeBack(machine, '/data', folder)).toBeNull();
  expect([text('a'), text('sub/b')]).toEqual(['old b', 'old a']);
});

test('a large file arrives whole', () => {
  const large = 'timeslice '.repeat(400_000);
  expect(writeBack(changed([file('large', 0, large.length)], [large]), '/data', folder)).toBeNull();
  expect(text('large') === large).toBe(true);
});

test('permissions are changed, but no set-id bit is given', () => {
  const machine = changed([
    { what: 'mode', path: 'a', mode: 0o4700 },
    { what: 'mode', path: 'sub', mode: 0o700 },
  ]);
  expect(writeBack(machine, '/data', folder)).toBeNull();
  expect(statSync(at('a')).mode & 0o7777).toBe(0o700);
  expect(statSync(at('sub')).mode & 0o7777).toBe(0o700);
});

test.each(['../outside', 'sub/../../outside', '/outside', 'sub//b', '..', '.', ''])(
  'the path %j is refused',
  (path) => {
    const told = writeBack(changed([file(path, 0, 3), file('kept', 1, 4)], ['bad', 'kept']), '/data', folder);
    expect(told).toMatchObject({ code: 'not-written' });
    expect(told!.sentence).toContain('the name leads out of the folder');
    expect(readFileSync(join(base, 'outside'), 'utf8')).toBe('untouched');
    expect(text('kept')).toBe('kept');
  },
);

test('a link to somewhere else is replaced, never followed', () => {
  symlinkSync('../outside', at('link'));
  symlinkSync('..', at('up'));
  expect(writeBack(changed([file('link', 0, 3)], ['new']), '/data', folder)).toBeNull();
  expect(lstatSync(at('link')).isFile()).toBe(true);
  const through = [file('up/outside', 0, 3), { what: 'gone', path: 'up/outside' } as const];
  expect(writeBack(changed(through, ['new']), '/data', folder)!.sentence).toMatch(/is no folder, and 1 more/);
  symlinkSync('../outside', at('mode'));
  const mode = statSync(join(base, 'outside')).mode;
  const made = writeBack(changed([{ what: 'mode', path: 'mode', mode: 0 }]), '/data', folder);
  expect(made!.sentence).toContain('it is a symbolic link now');
  expect([readFileSync(join(base, 'outside'), 'utf8'), statSync(join(base, 'outside')).mode]).toEqual([
    'untouched',
    mode,
  ]);
});

test('a folder in which something is that the guest did not see stays', () => {
  writeFileSync(at('sub/since'), 'came meanwhile');
  const gone = [
    { what: 'gone', path: 'sub/b' },
    { what: 'gone', path: 'sub' },
  ] as const;
  const told = writeBack(changed(gone), '/data', folder);
  expect(told!.sentence).toBe(`${at('sub')} cannot be written back: directory not empty`);
  expect(told!.hint).toBe('Everything else was written.');
  expect(readdirSync(at('sub'))).toEqual(['since']);
});

test('what cannot be put into its place is kept and named', () => {
  mkdirSync(at('x'));
  const told = writeBack(changed([file('x', 0, 5)], ['saved']), '/data', folder);
  expect(told!.sentence).toMatch(/x cannot be written back: /);
  const [, kept] = /lies in (.*)\.$/.exec(told!.hint)!;
  expect(readFileSync(join(kept!, '0'), 'utf8')).toBe('saved');
});

test('when contents cannot be taken, nothing is changed', () => {
  const broken = () => {
    throw new Error('ENOSPC: no space left on device, write');
  };
  const machine = changed([{ what: 'gone', path: 'a' }, file('n', 0, 5)], [broken]);
  const told = writeBack(machine, '/data', folder);
  expect(told!.sentence).toBe(`${at('n')} cannot be written back: no space left on device`);
  expect(told!.hint).toBe(`Nothing in ${folder} was changed.`);
  expect(readdirSync(folder).sort()).toEqual(['a', 'sub']);
});

test('a guest that changed nothing leaves no trace', () => {
  expect(writeBack(changed([]), '/data', join(base, 'nowhere'))).toBeNull();
  expect(existsSync(join(base, 'nowhere'))).toBe(false);
});
