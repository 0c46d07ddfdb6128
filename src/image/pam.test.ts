import { expect, test } from 'vitest';
import { pamFiles } from './pam.ts';

const UNIX = `Name: Unix authentication
Default: yes
Priority: 256
Auth-Type: Primary
Auth:
	[success=end default=ignore]	pam_unix.so nullok try_first_pass
Auth-Initial:
	[success=end default=ignore]	pam_unix.so nullok
Session-Type: Additional
Session:
	required	pam_unix.so
`;
const OTHER = `Name: Other
Default: yes
Priority: 128
Auth-Type: Primary
Auth:
	[success=end default=ignore]	pam_other.so
`;
const OFF = `Name: Home\nDefault: no\nPriority: 900\nSession-Type: Additional\nSession:\n\toptional pam_mkhomedir.so\n`;
const TEMPLATES: Record<string, string> = {
  'common-auth': '# auth\n$auth_primary\nauth\trequisite\tpam_deny.so\n$auth_additional\n',
  'common-session': '$session_primary\n$session_additional\n',
};

test('modules stand in the order of priority, the first in its initial form, and success jumps behind the denial', () => {
  const files = pamFiles([OTHER, OFF, UNIX], (name) => TEMPLATES[name] ?? '');
  expect(files).toEqual([
    {
      path: '/etc/pam.d/common-auth',
      text: [
        '# auth',
        'auth\t[success=2 default=ignore]\tpam_unix.so nullok',
        'auth\t[success=1 default=ignore]\tpam_other.so',
        'auth\trequisite\tpam_deny.so',
        '',
        '',
      ].join('\n'),
    },
    {
      path: '/etc/pam.d/common-session',
      text: 'session\t[default=1]\tpam_permit.so\nsession\trequired\tpam_unix.so\n',
    },
  ]);
});

test('without templates there is nothing to write', () => {
  expect(pamFiles([UNIX], () => '')).toEqual([]);
});
