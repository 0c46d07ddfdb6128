import { expect, test } from 'vitest';
import { tmpfilesOf } from './tmpfiles.ts';

const ids = {
  user: (name: string) => ({ root: 0, postgres: 101 })[name],
  group: (name: string) => ({ root: 0, postgres: 104 })[name],
};
const made = (text: string, there: readonly string[] = []) =>
  tmpfilesOf([text], ids, (path) => there.includes(path));

test('directories, files and links with mode and owner', () => {
  expect(made('d /run/postgresql 2775 postgres postgres - -\nD /var/run/x\n# no\n\n')).toEqual([
    { path: '/run/postgresql', mode: 0o2775, uid: 101, gid: 104 },
    { path: '/run/x', mode: 0o755, uid: 0, gid: 0 },
  ]);
  expect(made('f /run/motd 0600 - - - hello there\nL+ /run/shm - - - - /dev/shm')).toEqual([
    { path: '/run/motd', mode: 0o600, uid: 0, gid: 0, bytes: new TextEncoder().encode('hello there') },
    { path: '/run/shm', mode: 0o777, uid: 0, gid: 0, target: '/dev/shm' },
  ]);
});

test('what is there stays, the first line for a path counts, and what is not understood is left out', () => {
  expect(made('d /run/lock 1777\nd /run/a 700\nd /run/a 755', ['/run/lock'])).toMatchObject([
    { path: '/run/a', mode: 0o700 },
  ]);
  expect(
    made(
      'f+! /run/nologin\nf^ /run/c\nd /run/%u\nz /run/b 700\nd /run/d 755 nobody-knows\nL /run/l\nr relative',
    ),
  ).toEqual([]);
});
