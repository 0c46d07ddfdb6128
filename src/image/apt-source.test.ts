import { expect, test } from 'vitest';
import { mirrorListPath, mirrorsFromApt } from './apt-source.ts';

const sources = (text: string) => mirrorsFromApt([{ name: 'debian.sources', text }]);
const lines = (text: string) => mirrorsFromApt([{ name: 'sources.list', text }]);

test('deb822 sources give the archive and not the security archive', () => {
  const text = `Types: deb
# a comment inside
URIs: http://mirror.example.org/debian/
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://mirror.example.org/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;
  expect(sources(text)).toEqual(['http://mirror.example.org/debian']);
});

test('one-line sources with options are read, comments and source packages are not', () => {
  const text = `# deb http://old.example.org/debian sid main
deb-src http://src.example.org/debian trixie main
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://corp.example.org/mirror trixie main
deb http://two.example.org/debian trixie main contrib
`;
  expect(lines(text)).toEqual(['https://corp.example.org/mirror', 'http://two.example.org/debian']);
});

test('a disabled source, another distribution and other transports are no mirror', () => {
  expect(sources('Enabled: no\nTypes: deb\nURIs: http://a.example.org/debian\nSuites: trixie\n')).toEqual([]);
  expect(sources('Types: deb\nURIs: http://a.example.org/ubuntu\nSuites: noble\n')).toEqual([]);
  expect(lines('deb cdrom:[Debian]/debian trixie main\n')).toEqual([]);
});

test('a list of mirrors in a file is recognised', () => {
  const [found] = sources(
    'Types: deb\nURIs: mirror+file:///etc/apt/mirrors/debian.list\nSuites: trixie\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n',
  );
  expect(mirrorListPath(found ?? '')).toBe('/etc/apt/mirrors/debian.list');
});
