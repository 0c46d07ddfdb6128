import { expect, test } from 'vitest';
import { alternativesOf } from './alternatives.ts';

test('an install call with slaves over several lines is found', () => {
  const script = `#!/bin/sh
if [ "$1" = configure ]; then
    update-alternatives --install /usr/bin/awk awk /usr/bin/mawk 5 \\
        --slave /usr/bin/nawk nawk /usr/bin/mawk \\
        --slave /usr/share/man/man1/awk.1.gz awk.1.gz /usr/share/man/man1/mawk.1.gz
fi`;
  expect(alternativesOf(script)).toEqual([
    {
      link: '/usr/bin/awk',
      name: 'awk',
      path: '/usr/bin/mawk',
      priority: 5,
      slaves: [
        { link: '/usr/bin/nawk', name: 'nawk', path: '/usr/bin/mawk' },
        { link: '/usr/share/man/man1/awk.1.gz', name: 'awk.1.gz', path: '/usr/share/man/man1/mawk.1.gz' },
      ],
    },
  ]);
});

test('plainly assigned variables and quotes are understood', () => {
  const script = `prio=30
editor="/usr/bin/vim.tiny"
update-alternatives --quiet --install '/usr/bin/vi' vi "$editor" \${prio} || true`;
  expect(alternativesOf(script)).toMatchObject([
    { link: '/usr/bin/vi', path: '/usr/bin/vim.tiny', priority: 30 },
  ]);
});

test('a call with unknown variables, a removal and a comment are passed over', () => {
  const script = `update-alternatives --install /usr/bin/x x /usr/bin/$i 10
update-alternatives --remove x /usr/bin/y
# update-alternatives --install /usr/bin/x x /usr/bin/z 10`;
  expect(alternativesOf(script)).toEqual([]);
});
