import { expect, test } from 'vitest';
import { accountsOf, addAccounts } from './accounts.ts';

const BASE = {
  passwd: 'root:*:0:0:root:/root:/bin/bash\nnobody:*:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  group: 'root:*:0:\nadm:*:4:\nusers:*:100:\nnogroup:*:65534:\n',
};
const none = () => undefined;

test('a system user gets the first free id, a group of its name, and what the script says of it', () => {
  const script = `
    # adduser --system ignored
    adduser --system $quiet --home /var/lib/db --no-create-home \\
        --shell /bin/bash --group --gecos "The administrator" db
    adduser $quiet db adm`;
  const { passwd, group } = addAccounts(BASE, accountsOf([script], none));
  expect(passwd).toBe(`${BASE.passwd}db:*:101:101:The administrator:/var/lib/db:/bin/bash\n`);
  expect(group).toContain('adm:*:4:db\n');
  expect(group).toContain('db:x:101:\n');
});

test('variables that are assigned plainly are read', () => {
  const script = 'USER="redis"\nadduser \\\n--system \\\n--group \\\n$USER || true';
  expect(addAccounts(BASE, accountsOf([script], none)).passwd).toContain('redis:*:101:101::/nonexistent:');
});

test('groups are made, with a number that is asked for', () => {
  const { group } = addAccounts(
    BASE,
    accountsOf(['addgroup --system --gid 42 shadow\naddgroup --system _ssh'], none),
  );
  expect(group).toContain('shadow:x:42:\n_ssh:x:101:\n');
});

test('files of sysusers.d are read where a script names them', () => {
  const files: Record<string, string> = {
    'sshd.conf': 'u sshd -:nogroup "sshd user" /run/sshd\ng render -\nm sshd adm\n# a comment\n',
  };
  const asked = accountsOf(['systemd-sysusers $ROOT sshd.conf'], (name) => files[name]);
  const { passwd, group } = addAccounts(BASE, asked);
  expect(passwd).toContain('sshd:*:102:65534:sshd user:/run/sshd:/usr/sbin/nologin\n');
  expect(group).toContain('adm:*:4:sshd\n');
  expect(group).toContain('render:x:101:\n');
});

test('what is there stays as it is', () => {
  expect(addAccounts(BASE, accountsOf(['adduser --system --group nobody\naddgroup adm'], none))).toEqual(
    BASE,
  );
});
