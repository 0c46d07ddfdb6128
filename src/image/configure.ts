/**
 * The configuration layer: what Debian's maintainer scripts would have left behind and programs rely on, made
 * from the packages' own files without running a script. Sources: the postinst scripts named beside each table.
 */
import { decodeUtf8, encodeUtf8 } from '../base/index.ts';
import { accountsOf, addAccounts } from './accounts.ts';
import { type Alternative, alternativesOf, javaAlternativesOf } from './alternatives.ts';
import type { GeneratedEntry } from './generated.ts';
import { pamFiles } from './pam.ts';
import { shadowOf } from './shadow.ts';
import { tmpfilesOf } from './tmpfiles.ts';
import { lookup, type TreeDirectory, walk } from './tree.ts';

export interface Unconfigured {
  /** All packages' trees, merged. */
  readonly root: TreeDirectory;
  /** A file's bytes in that tree. */
  readFile(path: string): Uint8Array | undefined;
  readonly postinsts: readonly string[];
}

/** Masters that a postinst copies when the target is missing. */
const COPIES: readonly (readonly [from: string, to: string])[] = [
  ['/usr/share/base-files/dot.profile', '/root/.profile'],
  ['/usr/share/base-files/dot.bashrc', '/root/.bashrc'],
  ['/usr/share/base-files/profile', '/etc/profile'],
  ['/usr/share/base-files/motd', '/etc/motd'],
  ['/usr/share/base-files/info.dir', '/usr/share/info/dir'],
  ['/usr/share/libc-bin/nsswitch.conf', '/etc/nsswitch.conf'],
  ['/usr/share/readline/inputrc', '/etc/inputrc'],
];

/** base-files' postinst and, for machines without one, what it expects of the kernel's mount points. */
const DIRECTORIES: readonly (readonly [path: string, mode: number, gid?: number])[] = [
  ...['/proc', '/sys', '/dev', '/run', '/home', '/mnt', '/srv', '/opt', '/media', '/etc/opt'].map(
    (path) => [path, 0o755] as const,
  ),
  ...['/var/opt', '/var/log', '/var/cache', '/var/lib', '/var/spool'].map((path) => [path, 0o755] as const),
  ...['bin', 'games', 'include', 'lib', 'libexec', 'sbin', 'share', 'share/man', 'src', 'etc'].map(
    (name) => [`/usr/local/${name}`, 0o755] as const,
  ),
  ['/root', 0o700],
  ['/tmp', 0o1777],
  ['/var/tmp', 0o1777],
  ['/run/lock', 0o1777],
  ['/var/mail', 0o2775, 8],
];

/** The merged-usr links come from base-files itself in trixie; older or foreign sets may lack them. */
const LINKS: readonly (readonly [path: string, target: string])[] = [
  ['/bin', 'usr/bin'],
  ['/sbin', 'usr/sbin'],
  ['/lib', 'usr/lib'],
  ['/bin/sh', 'dash'],
  ['/var/spool/mail', '../mail'],
  ['/usr/local/man', 'share/man'],
  ['/etc/os-release', '../usr/lib/os-release'],
  ['/etc/dpkg/origins/default', 'debian'],
  ['/etc/localtime', '/usr/share/zoneinfo/Etc/UTC'],
  ['/etc/mtab', '../proc/self/mounts'],
];

/** Directories that base-files ships empty for its postinst to turn into links. */
const MIGRATED: readonly (readonly [path: string, target: string])[] = [
  ['/var/run', '/run'],
  ['/var/lock', '/run/lock'],
];

const HOST = 'timeslice';
const FILES: readonly (readonly [path: string, text: string])[] = [
  ['/etc/hostname', `${HOST}\n`],
  ['/etc/hosts', `127.0.0.1\tlocalhost\n127.0.1.1\t${HOST}\n::1\tlocalhost ip6-localhost ip6-loopback\n`],
  ['/etc/resolv.conf', ''],
  ['/etc/timezone', 'Etc/UTC\n'],
  ['/etc/subuid', ''],
  ['/etc/subgid', ''],
  ['/etc/environment', ''],
  ['/var/log/wtmp', ''],
];

/** update-shells (debianutils): valid login shells, in both spellings of the merged-usr links. */
const SHELLS = ['sh', 'dash', 'bash', 'rbash'];

type Entry = Omit<GeneratedEntry, 'mtime'>;

export function configure(image: Unconfigured): GeneratedEntry[] {
  const mtime = newest(image.root);
  const has = (path: string) => lookup(image.root, path, 'keep') !== undefined;
  const entries: Entry[] = [];
  for (const [path, target] of LINKS) if (!has(path)) entries.push({ path, mode: 0o777, target });
  for (const [path, target] of MIGRATED) {
    const there = lookup(image.root, path, 'keep');
    if (!there || (there.kind === 'directory' && there.entries.size === 0))
      entries.push({ path, mode: 0o777, target });
  }
  for (const [path, mode, gid = 0] of DIRECTORIES) if (!has(path)) entries.push({ path, mode, gid });
  for (const [path, text] of FILES)
    if (!has(path)) entries.push({ path, mode: 0o644, bytes: encodeUtf8(text) });
  for (const [from, path] of COPIES) {
    const bytes = has(path) ? undefined : image.readFile(from);
    if (bytes) entries.push({ path, mode: 0o644, bytes });
  }
  if (!has('/etc/shells')) entries.push(shells(image.root));
  entries.push(...withShadow(image, accounts(image)), ...pam(image));
  entries.push(...pythonDirectories(image.root), ...alternativeLinks(image));
  entries.push(...tmpfiles(image, entries));
  return entries.map((entry) => ({ ...entry, mtime }));
}

function shells(root: TreeDirectory): Entry {
  const names = SHELLS.filter((name) => lookup(root, `/usr/bin/${name}`));
  const lines = names.flatMap((name) => [`/bin/${name}`, `/usr/bin/${name}`]);
  const text = `# /etc/shells: valid login shells\n${lines.join('\n')}\n`;
  return { path: '/etc/shells', mode: 0o644, bytes: encodeUtf8(text) };
}

/** base-passwd's masters with the users and groups of all packages, and the users' homes. */
function accounts({ postinsts, readFile }: Unconfigured): Entry[] {
  const text = (path: string) => decodeUtf8(readFile(path) ?? new Uint8Array());
  const database = (name: string) => text(`/etc/${name}`) || text(`/usr/share/base-passwd/${name}.master`);
  const asked = accountsOf(postinsts, (name) => text(`/usr/lib/sysusers.d/${name}`));
  const { passwd, group } = addAccounts({ passwd: database('passwd'), group: database('group') }, asked);
  const rows = new Map(passwd.split('\n').map((line) => [line.split(':')[0]!, line.split(':')]));
  const homes = asked.users
    .filter(({ home }) => home.startsWith('/var/'))
    .map(({ name, home }) => {
      const [, , uid, gid] = rows.get(name)!;
      return { path: home, mode: 0o755, uid: Number(uid), gid: Number(gid) };
    });
  const databases = [['/etc/passwd', passwd] as const, ['/etc/group', group] as const]
    .filter(([path, made]) => made !== text(path))
    .map(([path, made]) => ({ path, mode: 0o644, bytes: encodeUtf8(made) }));
  return [...databases, ...homes];
}

/** passwd's postinst (shadowconfig on): an image that can log users in keeps their passwords apart. */
function withShadow(image: Unconfigured, entries: readonly Entry[]): readonly Entry[] {
  const { root, readFile } = image;
  const canLogIn = ['/usr/bin/login', '/usr/bin/passwd'].some((path) => lookup(root, path));
  if (!canLogIn || lookup(root, '/etc/shadow')) return entries;
  const bytes = entries.find(({ path }) => path === '/etc/passwd')?.bytes ?? readFile('/etc/passwd');
  const { passwd, shadow } = shadowOf(decodeUtf8(bytes ?? new Uint8Array()));
  return [
    ...entries.filter(({ path }) => path !== '/etc/passwd'),
    { path: '/etc/passwd', mode: 0o644, bytes: encodeUtf8(passwd) },
    { path: '/etc/shadow', mode: 0o640, gid: SHADOW_GROUP, bytes: encodeUtf8(shadow) },
  ];
}

/** base-passwd's group shadow. */
const SHADOW_GROUP = 42;

/** What is made at boot, with the owners that the image's databases give. */
function tmpfiles({ root, readFile }: Unconfigured, entries: readonly Entry[]): Entry[] {
  const made = new Map(entries.map((entry) => [entry.path, entry]));
  const idsIn = (path: string) => {
    const text = decodeUtf8(made.get(path)?.bytes ?? readFile(path) ?? new Uint8Array());
    const rows = text.split('\n').map((line) => line.split(':'));
    return (name: string) => {
      const id = rows.find(([known]) => known === name)?.[2];
      return id === undefined ? undefined : Number(id);
    };
  };
  const folder = '/usr/lib/tmpfiles.d';
  const names = namesIn(root, folder).filter((name) => name.endsWith('.conf'));
  const texts = names.sort().map((name) => decodeUtf8(readFile(`${folder}/${name}`) ?? new Uint8Array()));
  const ids = { user: idsIn('/etc/passwd'), group: idsIn('/etc/group') };
  return tmpfilesOf(texts, ids, (path) => made.has(path) || lookup(root, path, 'keep') !== undefined);
}

/** libpam-runtime's postinst. */
function pam({ root, readFile }: Unconfigured): Entry[] {
  const text = (path: string) => decodeUtf8(readFile(path) ?? new Uint8Array());
  const folder = '/usr/share/pam-configs';
  const profiles = namesIn(root, folder).map((name) => text(`${folder}/${name}`));
  return pamFiles(profiles, (name) => text(`/usr/share/pam/${name}`)).map((file) => ({
    path: file.path,
    mode: 0o644,
    bytes: encodeUtf8(file.text),
  }));
}

/** python3.N-minimal's postinst: the site directory is on sys.path. */
function pythonDirectories(root: TreeDirectory): Entry[] {
  return namesIn(root, '/usr/lib')
    .filter((name) => /^python3\.\d+$/.test(name))
    .map((name) => ({ path: `/usr/local/lib/${name}/dist-packages`, mode: 0o755 }));
}

/** The best alternative of each name, as update-alternatives in its automatic mode links it. */
function alternativeLinks({ root, postinsts, readFile }: Unconfigured): Entry[] {
  const best = new Map<string, Alternative>();
  const java = namesIn(root, '/usr/lib/jvm').filter((name) => name.endsWith('.jinfo'));
  const registered = [
    ...postinsts.flatMap(alternativesOf),
    ...java.flatMap((name) => javaAlternativesOf(decodeUtf8(readFile(`/usr/lib/jvm/${name}`)!))),
  ];
  for (const one of registered) {
    const there = best.get(one.name);
    if (lookup(root, one.path) && (!there || there.priority < one.priority)) best.set(one.name, one);
  }
  const links = [...best.values()].flatMap((one) => [
    one,
    ...one.slaves.filter(({ path }) => lookup(root, path)),
  ]);
  return links.flatMap(({ link, name, path }) => [
    { path: `/etc/alternatives/${name}`, mode: 0o777, target: path },
    { path: link, mode: 0o777, target: `/etc/alternatives/${name}` },
  ]);
}

function namesIn(root: TreeDirectory, path: string): string[] {
  const directory = lookup(root, path);
  return directory?.kind === 'directory' ? [...directory.entries.keys()] : [];
}

/** The configuration has no clock of its own: the same packages give the same layer. */
function newest(root: TreeDirectory): number {
  let mtime = root.mtime;
  for (const [, node] of walk(root)) if (node.mtime > mtime) mtime = node.mtime;
  return mtime;
}
