import { expect, test } from 'vitest';
import { encodeUtf8 } from '../base/index.ts';
import { configure } from './configure.ts';
import { addedPackages, canonicalName } from './debian.ts';
import { newDirectory, put, ROOT_META, type TreeNode } from './tree.ts';

const file = (mtime = 0): TreeNode => ({
  kind: 'file',
  ...ROOT_META,
  mtime,
  size: 1,
  blob: { pack: 0, offset: 0 },
});

function configured(paths: readonly string[], postinsts: readonly string[] = []) {
  const root = newDirectory(ROOT_META);
  for (const path of paths) put(root, path, path.endsWith('/') ? newDirectory(ROOT_META) : file(5));
  const entries = configure({
    root,
    postinsts,
    readFile: (path) => (paths.includes(path) ? encodeUtf8(`${path}\n`) : undefined),
  });
  return new Map(entries.map((entry) => [entry.path, entry]));
}

test('masters are copied, missing directories and links made, with a time that the packages decide', () => {
  const made = configured([
    '/usr/share/base-passwd/passwd.master',
    '/usr/bin/dash',
    '/usr/lib/python3.13/os.py',
  ]);
  expect(made.get('/etc/passwd')).toMatchObject({
    mode: 0o644,
    bytes: encodeUtf8('/usr/share/base-passwd/passwd.master\n'),
  });
  expect(made.get('/etc/group')).toBeUndefined();
  expect(made.get('/bin')).toMatchObject({ target: 'usr/bin' });
  expect(made.get('/tmp')).toMatchObject({ mode: 0o1777 });
  expect(made.get('/usr/local/lib/python3.13/dist-packages')).toMatchObject({ mode: 0o755 });
  expect(new TextDecoder().decode(made.get('/etc/shells')?.bytes)).toContain('/usr/bin/dash');
  expect([...made.values()].every(({ mtime }) => mtime === 5)).toBe(true);
});

test('what a package brought is left alone', () => {
  const made = configured(['/etc/hosts', '/etc/passwd', '/usr/share/base-passwd/passwd.master', '/bin/']);
  expect(['/etc/hosts', '/etc/passwd', '/bin'].map((path) => made.get(path))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('an empty /var/run becomes a link, one with files stays', () => {
  expect(configured(['/var/run/']).get('/var/run')).toMatchObject({ target: '/run' });
  expect(configured(['/var/run/x']).get('/var/run')).toBeUndefined();
});

test('the alternative of highest priority whose program is there gets the links', () => {
  const scripts = ['vi /usr/bin/vim.tiny 15', 'vi /usr/bin/vim.basic 30', 'vi /usr/bin/gone 99'].map(
    (text) => {
      const [name, path, priority] = text.split(' ');
      return `update-alternatives --install /usr/bin/${name} ${name} ${path} ${priority}`;
    },
  );
  const made = configured(['/usr/bin/vim.tiny', '/usr/bin/vim.basic'], scripts);
  expect(made.get('/usr/bin/vi')).toMatchObject({ target: '/etc/alternatives/vi' });
  expect(made.get('/etc/alternatives/vi')).toMatchObject({ target: '/usr/bin/vim.basic' });
});

test('an image name says which packages are added, and one set has one name', () => {
  expect(addedPackages('debian')).toEqual([]);
  expect(addedPackages('debian+gdb+libstdc++6')).toEqual(['gdb', 'libstdc++6']);
  expect(canonicalName('debian+vim+gdb')).toBe('debian+gdb+vim');
  expect(addedPackages('alpine')).toMatchObject({ code: 'unknown-image' });
  expect(addedPackages('debian+../x')).toMatchObject({ code: 'unknown-image' });
});
