/**
 * The system users and groups that maintainer scripts would make, read from their adduser and addgroup calls and from
 * the sysusers.d files they name. man 8 adduser, man 5 sysusers.d.
 */
import { callsOf, type ScriptCommand } from './script-words.ts';

interface User {
  readonly name: string;
  readonly uid?: number;
  /** A group of its own name unless another one is named. */
  readonly group: string | undefined;
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
}

/** What scripts ask for, in their order. */
export interface Accounts {
  readonly users: User[];
  readonly groups: { readonly name: string; readonly gid?: number }[];
  readonly members: { readonly user: string; readonly group: string }[];
}

/** The databases' texts: man 5 passwd, group, shadow. */
export interface Databases {
  readonly passwd: string;
  readonly group: string;
}

/** FIRST_SYSTEM_UID and LAST_SYSTEM_UID of Debian's adduser.conf. */
const FIRST = 100;
const LAST = 999;
const NOLOGIN = '/usr/sbin/nologin';

/** Reads scripts; `sysusers` gives the text of a file of /usr/lib/sysusers.d. */
export function accountsOf(
  scripts: readonly string[],
  sysusers: (name: string) => string | undefined,
): Accounts {
  const accounts: Accounts = { users: [], groups: [], members: [] };
  for (const script of scripts) {
    for (const call of callsOf(script, 'addgroup')) addGroup(accounts, call);
    for (const call of callsOf(script, 'adduser')) addUser(accounts, call);
    for (const call of callsOf(script, 'systemd-sysusers'))
      for (const name of call) if (name?.endsWith('.conf')) readSysusers(accounts, sysusers(name) ?? '');
  }
  return accounts;
}

/** Options of adduser and addgroup that take a word. */
const TAKES_WORD = new Set(['--home', '--shell', '--gecos', '--comment', '--uid', '--gid', '--ingroup']);

function optionsOf(call: ScriptCommand): { options: Map<string, string>; names: string[] } {
  const options = new Map<string, string>();
  const names: string[] = [];
  for (let i = 0; i < call.length; i++) {
    const [option, joined] = call[i]?.startsWith('--') ? call[i]!.split(/=(.*)/) : [undefined];
    if (option !== undefined)
      options.set(option, joined ?? (TAKES_WORD.has(option) ? (call[++i] ?? '') : ''));
    else if (call[i] !== undefined) names.push(call[i]!);
  }
  return { options, names };
}

const numberOf = (text: string | undefined) => (text && /^\d+$/.test(text) ? Number(text) : undefined);

function addGroup(accounts: Accounts, call: ScriptCommand): void {
  const { options, names } = optionsOf(call);
  const gid = numberOf(options.get('--gid'));
  if (names[0]) accounts.groups.push({ name: names[0], ...(gid !== undefined && { gid }) });
}

function addUser(accounts: Accounts, call: ScriptCommand): void {
  const { options, names } = optionsOf(call);
  const [name, group] = names;
  if (name && group) accounts.members.push({ user: name, group });
  else if (name && options.has('--group') && !options.has('--system')) addGroup(accounts, call);
  else if (name && options.has('--system')) {
    const uid = numberOf(options.get('--uid'));
    accounts.users.push({
      name,
      ...(uid !== undefined && { uid }),
      group: options.get('--ingroup') ?? (options.has('--group') ? undefined : 'nogroup'),
      gecos: options.get('--gecos') ?? options.get('--comment') ?? '',
      home: options.get('--home') || '/nonexistent',
      shell: options.get('--shell') || NOLOGIN,
    });
  }
}

/** Lines such as `u sshd -:nogroup "sshd user" /run/sshd`. */
function readSysusers(accounts: Accounts, text: string): void {
  for (const line of text.split('\n')) {
    const [type, name, id = '-', gecos = '-', home = '-', shell = '-'] = (
      line.match(/"[^"]*"|\S+/g) ?? []
    ).map((word) => word.replaceAll('"', ''));
    if (name === undefined) continue;
    const [uid, group] = id.split(':');
    const number = numberOf(uid);
    if (type === 'g') accounts.groups.push({ name, ...(number !== undefined && { gid: number }) });
    if (type === 'm') accounts.members.push({ user: name, group: id });
    if (type === 'u' || type === 'u!')
      accounts.users.push({
        name,
        ...(number !== undefined && { uid: number }),
        group,
        gecos: gecos === '-' ? '' : gecos,
        home: home === '-' ? '/' : home,
        shell: shell === '-' ? NOLOGIN : shell,
      });
  }
}

type Rows = string[][];
const parse = (text: string): Rows => text.split('\n').flatMap((line) => (line ? [line.split(':')] : []));
const format = (rows: Rows): string => rows.map((row) => `${row.join(':')}\n`).join('');

/** The databases with the accounts added; a name that is there stays as it is. */
export function addAccounts(databases: Databases, accounts: Accounts): Databases {
  const passwd = parse(databases.passwd);
  const group = parse(databases.group);
  const row = (rows: Rows, name: string) => rows.find(([known]) => known === name);
  const isFree = (id: number) => ![...passwd, ...group].some((known) => Number(known[2]) === id);
  const newId = (wanted: number | undefined): number => {
    if (wanted !== undefined && isFree(wanted)) return wanted;
    for (let id = FIRST; id < LAST; id++) if (isFree(id)) return id;
    return LAST;
  };
  const makeGroup = (name: string, gid: number) => {
    if (!row(group, name)) group.push([name, 'x', `${gid}`, '']);
    return row(group, name)![2]!;
  };
  const makesUser = new Set(accounts.users.map(({ name }) => name));
  const groups = accounts.groups.filter(({ name }) => !makesUser.has(name));
  for (const { name, gid } of groups) if (!row(group, name)) makeGroup(name, newId(gid));
  for (const user of accounts.users) {
    if (row(passwd, user.name)) continue;
    const uid = newId(user.uid);
    const gid = /^\d+$/.test(user.group ?? '') ? user.group! : makeGroup(user.group ?? user.name, uid);
    passwd.push([user.name, '*', `${uid}`, gid, user.gecos, user.home, user.shell]);
  }
  for (const { user, group: name } of accounts.members) {
    const members = row(group, name);
    if (!members || !row(passwd, user)) continue;
    const list = members[3] ? members[3].split(',') : [];
    if (!list.includes(user)) members[3] = [...list, user].join(',');
  }
  return { passwd: format(passwd), group: format(group) };
}
