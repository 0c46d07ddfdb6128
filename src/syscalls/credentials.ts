/** Users and groups. man 7 credentials; Linux: kernel/sys.c. */
import { CAP, type Errno } from '../abi/index.ts';
import {
  capable,
  capsAfterFsUser,
  capsAfterUser,
  commitCredentials,
  type Kernel,
  syscall,
} from '../kernel/index.ts';
import type { Credentials } from '../vfs/index.ts';
import { int, uint } from './args.ts';
import { inGroups, outGroups, outNumber } from './text/process.ts';

const get = (nr: number, name: string, of: (who: Credentials) => number) =>
  syscall({
    nr,
    name,
    args: [],
    errors: [],
    interrupted: 'never blocks',
    support: 'full',
    run: (k) => of(k.task.credentials),
  });

/** The four ids of one kind: users and groups follow the same rules. */
type Ids = readonly [real: number, effective: number, saved: number, fs: number];
type Kind = 'user' | 'group';

const idsOf = (kind: Kind, who: Credentials): Ids =>
  kind === 'user' ? [who.ruid, who.euid, who.suid, who.fsuid] : [who.rgid, who.egid, who.sgid, who.fsgid];

function setIds(k: Kernel, kind: Kind, [real, effective, saved, fs]: Ids): 0 {
  const change =
    kind === 'user'
      ? { ruid: real, euid: effective, suid: saved, fsuid: fs }
      : { rgid: real, egid: effective, sgid: saved, fsgid: fs };
  const old = k.task.credentials;
  const next = { ...old, ...change };
  commitCredentials(k, kind === 'user' ? { ...next, caps: capsAfterUser(old, next) } : next);
  return 0;
}

/** "Leave it as it is". */
const SAME = -1;
const isPrivileged = (k: Kernel, kind: Kind) => capable(k, kind === 'user' ? CAP.CAP_SETUID : CAP.CAP_SETGID);

/** setuid and setgid: root sets all, others take one of the ids they have. */
function setOne(k: Kernel, kind: Kind, id: number): 0 | Errno {
  if (id === SAME) return 'EINVAL';
  const [real, , saved] = idsOf(kind, k.task.credentials);
  if (isPrivileged(k, kind)) return setIds(k, kind, [id, id, id, id]);
  return id === real || id === saved ? setIds(k, kind, [real, id, saved, id]) : 'EPERM';
}

/** setreuid and setregid: the saved id follows when the real one is set, or the effective one to another. */
function setTwo(k: Kernel, kind: Kind, real: number, effective: number): 0 | Errno {
  const [r, e, s] = idsOf(kind, k.task.credentials);
  const may = isPrivileged(k, kind);
  if (!may && real !== SAME && real !== r && real !== e) return 'EPERM';
  if (!may && effective !== SAME && ![r, e, s].includes(effective)) return 'EPERM';
  const [nextReal, next] = [real === SAME ? r : real, effective === SAME ? e : effective];
  const follows = real !== SAME || (effective !== SAME && effective !== r);
  return setIds(k, kind, [nextReal, next, follows ? next : s, next]);
}

function setThree(k: Kernel, kind: Kind, wanted: readonly number[]): 0 | Errno {
  const now = idsOf(kind, k.task.credentials);
  const allowed = (id: number) => id === SAME || isPrivileged(k, kind) || now.slice(0, 3).includes(id);
  if (!wanted.every(allowed)) return 'EPERM';
  const [real, effective, saved] = wanted.map((id, i) => (id === SAME ? now[i]! : id));
  return setIds(k, kind, [real!, effective!, saved!, effective!]);
}

function setFsId(k: Kernel, kind: Kind, id: number): void {
  const old = k.task.credentials;
  if (kind === 'group') commitCredentials(k, { ...old, fsgid: id });
  else commitCredentials(k, { ...old, fsuid: id, caps: capsAfterFsUser(old, id) });
}

/** setfsuid: gives the old id and never says whether it changed anything. */
function setFs(k: Kernel, kind: Kind, id: number): number {
  const [real, effective, saved, fs] = idsOf(kind, k.task.credentials);
  if (id !== SAME && (isPrivileged(k, kind) || [real, effective, saved, fs].includes(id)))
    setFsId(k, kind, id);
  return fs;
}

const base = { interrupted: 'never blocks', support: 'full' } as const;
const SET_ERRORS: readonly Errno[] = ['EINVAL', 'EPERM'];

const one = (nr: number, name: string, kind: Kind) =>
  syscall({ nr, name, args: [int], errors: SET_ERRORS, ...base, run: (k, id) => setOne(k, kind, id) });
const two = (nr: number, name: string, kind: Kind) =>
  syscall({
    nr,
    name,
    args: [int, int],
    errors: SET_ERRORS,
    ...base,
    run: (k, r, e) => setTwo(k, kind, r, e),
  });
const three = (nr: number, name: string, kind: Kind) =>
  syscall({
    nr,
    name,
    args: [int, int, int],
    errors: SET_ERRORS,
    ...base,
    run: (k, r, e, s) => setThree(k, kind, [r, e, s]),
  });
const getThree = (nr: number, name: string, kind: Kind) =>
  syscall({
    nr,
    name,
    args: [outNumber, outNumber, outNumber],
    errors: ['EFAULT'],
    ...base,
    run(k, ...addresses) {
      const ids = idsOf(kind, k.task.credentials);
      return addresses.every((addr, i) => k.user.writeU32(addr, ids[i]!)) ? 0 : 'EFAULT';
    },
  });
const fs = (nr: number, name: string, kind: Kind) =>
  syscall({ nr, name, args: [int], errors: [], ...base, run: (k, id) => setFs(k, kind, id) });

export const getgroups = syscall({
  nr: 158,
  name: 'getgroups',
  args: [int, outGroups],
  errors: ['EFAULT', 'EINVAL'],
  ...base,
  run(k, count, addr) {
    const { groups } = k.task.credentials;
    if (count < 0 || (count > 0 && count < groups.length)) return 'EINVAL';
    const told = count === 0 || groups.every((gid, i) => k.user.writeU32(addr + 4 * i, gid));
    return told ? groups.length : 'EFAULT';
  },
});

const NGROUPS_MAX = 65536;

export const setgroups = syscall({
  nr: 159,
  name: 'setgroups',
  args: [uint, inGroups],
  errors: ['EFAULT', 'EINVAL', 'EPERM'],
  ...base,
  run(k, count, addr) {
    if (!isPrivileged(k, 'group')) return 'EPERM';
    if (count > NGROUPS_MAX) return 'EINVAL';
    const groups: number[] = [];
    for (let i = 0; i < count; i++) {
      const gid = k.user.readU32(addr + 4 * i);
      if (gid === undefined) return 'EFAULT';
      groups.push(gid);
    }
    commitCredentials(k, { ...k.task.credentials, groups });
    return 0;
  },
});

export const CREDENTIAL_CALLS = [
  get(174, 'getuid', ({ ruid }) => ruid),
  get(175, 'geteuid', ({ euid }) => euid),
  get(176, 'getgid', ({ rgid }) => rgid),
  get(177, 'getegid', ({ egid }) => egid),
  one(146, 'setuid', 'user'),
  one(144, 'setgid', 'group'),
  two(145, 'setreuid', 'user'),
  two(143, 'setregid', 'group'),
  three(147, 'setresuid', 'user'),
  three(149, 'setresgid', 'group'),
  getThree(148, 'getresuid', 'user'),
  getThree(150, 'getresgid', 'group'),
  fs(151, 'setfsuid', 'user'),
  fs(152, 'setfsgid', 'group'),
  getgroups,
  setgroups,
];
