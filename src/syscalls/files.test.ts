import { beforeEach, expect, test } from 'vitest';
import { encodeUtf8, type Nanos } from '../base/index.ts';
import type { Hart } from '../hart/index.ts';
import { createKernel, type Kernel, RLIMIT, setLimit } from '../kernel/index.ts';
import { type layout, Memory } from '../memory/index.ts';
import { type BootOptions, bootTree, capabilitiesOf, newFilesTable, newFsContext } from '../vfs/index.ts';
import { SYSCALLS } from './table.ts';

const AT_FDCWD = -100;
const O_CREAT = 0o100;
const O_RDWR = 2;

let k: Kernel;
let top: number;
let low: number;

function boot(layers: BootOptions['layers'] = []): void {
  const plan: layout.Layout = {
    frames: 400,
    firstFrame: 16,
    codeIndex: 0,
    codeStart: 0,
    codeEnd: 0,
    marks: 0,
    wasmPages: 0,
  };
  const buffer = new ArrayBuffer(416 * 4096);
  const tlb = { flushPage: () => {}, flushAll: () => {}, frameWritten: () => {}, frameFreed: () => {} };
  const memory = new Memory({ buffer } as WebAssembly.Memory, plan, tlb);
  const options = {
    cpus: 1,
    policy: 'fair',
    quantum: 5_000_000 as Nanos,
    switchCost: 0 as Nanos,
    seed: 1,
    epoch: { sec: 1000, nsec: 0 },
    maxProcesses: 10,
    maxOpenFiles: 64,
    hostname: 'slice',
    user: 0,
    strict: true,
    eventCapacity: 1000,
  };
  k = createKernel({ memory, hart: {} as Hart, table: SYSCALLS, options });
  k.fs = newFsContext(k.vfs, bootTree(k.vfs, { layers, cpus: 1 }));
  k.files = newFilesTable(k.vfs);
  const mm = memory.spaces.create();
  if (typeof mm === 'string') throw new Error(mm);
  k.mm = mm;
  low = memory.spaces.mmap(mm, { length: 1 << 18, prot: 3 }) as number;
  top = low;
}

beforeEach(() => boot());

/** Room in the caller's memory. */
const room = (size: number): number => {
  const at = top;
  top += Math.ceil(size / 8) * 8;
  return at;
};
const place = (text: string): number => {
  const bytes = encodeUtf8(`${text}\0`);
  const at = room(bytes.length);
  k.user.copyOut(at, bytes);
  return at;
};

/** Makes a call by name; a string stands for the address of a copy of it. */
function call(name: string, ...args: (number | string)[]): unknown {
  const row = SYSCALLS.find((one) => one?.name === name);
  if (row === undefined) throw new Error(`no call ${name}`);
  top = low;
  return run(name, ...args.map((arg) => (typeof arg === 'string' ? place(arg) : arg)));
}
function run(name: string, ...args: number[]): unknown {
  const row = SYSCALLS.find((one) => one?.name === name)!;
  const result = row.run(k, ...(args as never[]));
  if (typeof result === 'string') expect(row.errors, `${name} gives ${result}`).toContain(result);
  return result;
}

const as = (uid: number) => {
  const ids = {
    ruid: uid,
    euid: uid,
    suid: uid,
    fsuid: uid,
    rgid: uid,
    egid: uid,
    sgid: uid,
    fsgid: uid,
    caps: capabilitiesOf(uid),
    securebits: 0,
  };
  k.task.credentials = { ...ids, groups: [] };
};
const touch = (path: string, mode = 0o644) => {
  const fd = call('openat', AT_FDCWD, path, O_CREAT | O_RDWR, mode);
  expect(typeof fd).toBe('number');
  return fd as number;
};

/** Results of calls, in the words of the manual pages. `setup` runs as root, the call as user 1000 or root. */
const cases: readonly (readonly [
  what: string,
  setup: () => void,
  uid: number,
  call: () => unknown,
  unknown,
])[] = [
  ['mkdir over a file', () => touch('/f'), 0, () => call('mkdirat', AT_FDCWD, '/f', 0o755), 'EEXIST'],
  ['mkdir below a file', () => touch('/f'), 0, () => call('mkdirat', AT_FDCWD, '/f/d', 0o755), 'ENOTDIR'],
  ['mkdir below nothing', () => {}, 0, () => call('mkdirat', AT_FDCWD, '/x/d', 0o755), 'ENOENT'],
  ['mkdir with slashes', () => {}, 0, () => call('mkdirat', AT_FDCWD, '/d//', 0o755), 0],
  ['mkdir without a right', () => {}, 1000, () => call('mkdirat', AT_FDCWD, '/d', 0o755), 'EACCES'],
  ['mkdir from a bad address', () => {}, 0, () => run('mkdirat', AT_FDCWD, 0, 0o755), 'EFAULT'],
  ['mkdir at a bad descriptor', () => {}, 0, () => call('mkdirat', 9, 'd', 0o755), 'EBADF'],
  ['mkdir at a file', () => touch('/f'), 0, () => call('mkdirat', 0, 'd', 0o755), 'ENOTDIR'],
  ['mknod of a device', () => {}, 1000, () => call('mknodat', AT_FDCWD, '/tmp/n', 0o20666, 0x103), 'EPERM'],
  ['mknod of a fifo', () => {}, 1000, () => call('mknodat', AT_FDCWD, '/tmp/n', 0o10666, 0), 0],
  ['mknod of a directory', () => {}, 0, () => call('mknodat', AT_FDCWD, '/tmp/n', 0o40666, 0), 'EPERM'],
  ['mknod of nonsense', () => {}, 0, () => call('mknodat', AT_FDCWD, '/tmp/n', 0o70666, 0), 'EINVAL'],
  ['unlink of a directory', () => {}, 0, () => call('unlinkat', AT_FDCWD, '/tmp', 0), 'EISDIR'],
  ['rmdir of a file', () => touch('/f'), 0, () => call('unlinkat', AT_FDCWD, '/f', 0x200), 'ENOTDIR'],
  ['unlink with bad flags', () => {}, 0, () => call('unlinkat', AT_FDCWD, '/f', 1), 'EINVAL'],
  ['unlink of nothing', () => {}, 0, () => call('unlinkat', AT_FDCWD, '/f', 0), 'ENOENT'],
  ['symlink to nothing', () => {}, 0, () => call('symlinkat', '', AT_FDCWD, '/l'), 'ENOENT'],
  [
    'link of a directory',
    () => {},
    0,
    () => call('linkat', AT_FDCWD, '/dev/pts/..', AT_FDCWD, '/dev/l', 0),
    'EPERM',
  ],
  [
    'link across mounts',
    () => touch('/f'),
    0,
    () => call('linkat', AT_FDCWD, '/f', AT_FDCWD, '/tmp/f', 0),
    'EXDEV',
  ],
  ['link with bad flags', () => {}, 0, () => call('linkat', AT_FDCWD, '/f', AT_FDCWD, '/g', 1), 'EINVAL'],
  [
    'rename with both flags',
    () => {},
    0,
    () => call('renameat2', AT_FDCWD, '/f', AT_FDCWD, '/g', 3),
    'EINVAL',
  ],
  [
    'readlink of a file',
    () => touch('/f'),
    0,
    () => call('readlinkat', AT_FDCWD, '/f', low + 4096, 100),
    'EINVAL',
  ],
  [
    'readlink into nothing',
    () => {},
    0,
    () => call('readlinkat', AT_FDCWD, '/dev/fd', low + 4096, 0),
    'EINVAL',
  ],
  ['readlink cut short', () => {}, 0, () => call('readlinkat', AT_FDCWD, '/dev/fd', low + 4096, 5), 5],
  ['chdir to a file', () => touch('/f'), 0, () => call('chdir', '/f'), 'ENOTDIR'],
  [
    'chdir without a right',
    () => call('mkdirat', AT_FDCWD, '/d', 0o700),
    1000,
    () => call('chdir', '/d'),
    'EACCES',
  ],
  ['fchdir to nothing', () => {}, 0, () => call('fchdir', 5), 'EBADF'],
  ['chroot by a user', () => {}, 1000, () => call('chroot', '/tmp'), 'EPERM'],
  ['getcwd into little', () => {}, 0, () => call('getcwd', low, 1), 'ERANGE'],
  ['getcwd', () => call('chdir', '/dev/pts'), 0, () => call('getcwd', low, 100), 9],
  ['chmod by another', () => touch('/f'), 1000, () => call('fchmodat', AT_FDCWD, '/f', 0o777), 'EPERM'],
  [
    'chmod of an O_PATH file',
    () => call('openat', AT_FDCWD, '/tmp', 0o10000000, 0),
    0,
    () => call('fchmod', 0, 0o777),
    'EBADF',
  ],
  ['fchmodat2 with bad flags', () => {}, 0, () => call('fchmodat2', AT_FDCWD, '/', 0, 1), 'EINVAL'],
  ['chown by a user', () => touch('/f'), 1000, () => call('fchownat', AT_FDCWD, '/f', 1000, -1, 0), 'EPERM'],
  ['truncate to less than nothing', () => touch('/f'), 0, () => call('truncate', '/f', -1), 'EINVAL'],
  ['truncate of a directory', () => {}, 0, () => call('truncate', '/', 0), 'EISDIR'],
  ['truncate without a right', () => touch('/f'), 1000, () => call('truncate', '/f', 0), 'EACCES'],
  ['truncate to very much', () => touch('/f'), 0, () => call('truncate', '/f', 2 ** 50), 'EFBIG'],
  [
    'ftruncate read-only',
    () => [touch('/f'), call('openat', AT_FDCWD, '/f', 0, 0)],
    0,
    () => call('ftruncate', 1, 0),
    'EINVAL',
  ],
  [
    'fallocate of a directory',
    () => call('openat', AT_FDCWD, '/', 0, 0),
    0,
    () => call('fallocate', 0, 0, 0, 1),
    'EBADF',
  ],
  [
    'fallocate of a hole that grows',
    () => touch('/f'),
    0,
    () => call('fallocate', 0, 2, 0, 10),
    'EOPNOTSUPP',
  ],
  ['fallocate of nothing', () => touch('/f'), 0, () => call('fallocate', 0, 0, 0, 0), 'EINVAL'],
  ['access of nothing', () => {}, 0, () => call('faccessat', AT_FDCWD, '/x', 0), 'ENOENT'],
  ['access with bad mode', () => {}, 0, () => call('faccessat', AT_FDCWD, '/', 8), 'EINVAL'],
  [
    'access without a right',
    () => touch('/f', 0o600),
    1000,
    () => call('faccessat', AT_FDCWD, '/f', 4),
    'EACCES',
  ],
  [
    'access to run what is no program',
    () => touch('/f'),
    0,
    () => call('faccessat', AT_FDCWD, '/f', 1),
    'EACCES',
  ],
  ['stat of an empty path', () => {}, 0, () => call('newfstatat', AT_FDCWD, '', low + 4096, 0), 'ENOENT'],
  [
    'stat of an empty path, meant',
    () => {},
    0,
    () => call('newfstatat', AT_FDCWD, '', low + 4096, 0x1000),
    0,
  ],
  ['stat with bad flags', () => {}, 0, () => call('newfstatat', AT_FDCWD, '/', low + 4096, 1), 'EINVAL'],
  ['stat to a bad address', () => {}, 0, () => call('newfstatat', AT_FDCWD, '/', 8, 0), 'EFAULT'],
  ['fstat of nothing', () => {}, 0, () => call('fstat', 3, low), 'EBADF'],
  [
    'statx with a reserved mask',
    () => {},
    0,
    () => call('statx', AT_FDCWD, '/', 0, 0x80000000 | 0, low + 4096),
    'EINVAL',
  ],
  [
    'utimensat of another',
    () => touch('/f', 0o666),
    1000,
    () => call('utimensat', AT_FDCWD, '/f', 0, 0),
    'EACCES',
  ],
  ['getdents of a file', () => touch('/f'), 0, () => call('getdents64', 0, low, 100), 'ENOTDIR'],
  [
    'getdents into little',
    () => call('openat', AT_FDCWD, '/', 0, 0),
    0,
    () => call('getdents64', 0, low, 8),
    'EINVAL',
  ],
  ['mount by a user', () => {}, 1000, () => call('mount', 'none', '/tmp', 'tmpfs', 0, 0), 'EPERM'],
  ['mount of nonsense', () => {}, 0, () => call('mount', 'none', '/tmp', 'ext9', 0, 0), 'ENODEV'],
  ['umount of no mount', () => {}, 0, () => call('umount2', '/dev/null', 0), 'EINVAL'],
  ['umount of a busy one', () => {}, 0, () => call('umount2', '/dev', 0), 'EBUSY'],
  ['openat2 of too little', () => {}, 0, () => call('openat2', AT_FDCWD, '/', low + 4096, 8), 'EINVAL'],
  [
    'open at the limit',
    () => {
      setLimit(k.group, RLIMIT.RLIMIT_NOFILE, { soft: 0, hard: 0 });
    },
    0,
    () => call('openat', AT_FDCWD, '/', 0, 0),
    'EMFILE',
  ],
  [
    'open of a device without a driver',
    () => call('mknodat', AT_FDCWD, '/n', 0o20666, 0xfa0),
    0,
    () => call('openat', AT_FDCWD, '/n', 0, 0),
    'ENXIO',
  ],
  [
    'xattr of a class unknown',
    () => touch('/f'),
    0,
    () => call('getxattr', '/f', 'system.posix_acl_access', low, 0),
    'EOPNOTSUPP',
  ],
  [
    'xattr that is not there',
    () => touch('/f'),
    0,
    () => call('getxattr', '/f', 'user.x', low + 4096, 0),
    'ENODATA',
  ],
  [
    'xattr replaced that is not there',
    () => touch('/f'),
    0,
    () => call('setxattr', '/f', 'user.x', 'v', 1, 2),
    'ENODATA',
  ],
  [
    'xattr on a fifo',
    () => call('mknodat', AT_FDCWD, '/n', 0o10666, 0),
    0,
    () => call('setxattr', '/n', 'user.x', 'v', 1, 0),
    'EPERM',
  ],
];

test.each(cases)('%s', (_what, setup, uid, act, expected) => {
  setup();
  as(uid);
  expect(act()).toBe(expected);
});

test('stat has the layout of asm-generic', () => {
  const fd = touch('/f', 0o640);
  call('ftruncate', fd, 5000);
  expect(call('fstat', fd, low)).toBe(0);
  expect(k.user.readU32(low + 16)).toBe(0o100640);
  expect(k.user.readU32(low + 20)).toBe(1);
  expect(k.user.readU64(low + 48)).toBe(5000);
  expect(k.user.readU32(low + 56)).toBe(4096);
  expect(k.user.readU64(low + 72)).toBe(1000);
  const inode = k.user.readU64(low + 8);
  call('statx', AT_FDCWD, '/f', 0, 0x7ff, low + 4096);
  expect(k.user.readU64(low + 4096 + 32)).toBe(inode);
  expect(k.user.readU16(low + 4096 + 28)).toBe(0o100640);
  expect(k.user.readU64(low + 4096 + 40)).toBe(5000);
});

test('device numbers come back as they were made', () => {
  call('newfstatat', AT_FDCWD, '/dev/null', low + 4096, 0);
  expect(k.user.readU64(low + 4096 + 32)).toBe(0x103);
  expect(k.user.readU32(low + 4096 + 16)).toBe(0o20666);
});

test('chown takes the set-user-id bit away, from the owner and from root', () => {
  touch('/f', 0o755);
  call('fchmodat', AT_FDCWD, '/f', 0o6755);
  expect(call('fchownat', AT_FDCWD, '/f', 7, 8, 0)).toBe(0);
  call('newfstatat', AT_FDCWD, '/f', low + 4096, 0);
  expect(k.user.readU32(low + 4096 + 16)).toBe(0o100755);
  expect([k.user.readU32(low + 4096 + 24), k.user.readU32(low + 4096 + 28)]).toEqual([7, 8]);
});

test('times are set, left or made the present one by one', () => {
  touch('/f');
  const times = low + 8192;
  k.user.writeU64(times, 77);
  k.user.writeU64(times + 8, 5);
  k.user.writeU64(times + 16, 0);
  k.user.writeU64(times + 24, 0x3ffffffe);
  expect(call('utimensat', AT_FDCWD, '/f', times, 0)).toBe(0);
  call('newfstatat', AT_FDCWD, '/f', low + 4096, 0);
  expect([72, 80, 88].map((at) => k.user.readU64(low + 4096 + at))).toEqual([77, 5, 1000]);
});

test('extended attributes are kept, listed and removed', () => {
  touch('/f');
  expect(call('setxattr', '/f', 'user.b', 'two', 3, 0)).toBe(0);
  expect(call('setxattr', '/f', 'user.a', 'one', 3, 1)).toBe(0);
  expect(call('setxattr', '/f', 'user.a', 'one', 3, 1)).toBe('EEXIST');
  expect(call('listxattr', '/f', low + 4096, 100)).toBe(14);
  expect(k.user.cstring(low + 4096, 100)).toBe('user.a');
  expect(call('getxattr', '/f', 'user.b', low + 4096, 2)).toBe('ERANGE');
  expect(call('getxattr', '/f', 'user.b', low + 4096, 0)).toBe(3);
  expect(call('removexattr', '/f', 'user.b')).toBe(0);
  expect(call('listxattr', '/f', low + 4096, 100)).toBe(7);
});

test('a tmpfs can be mounted over a directory, bound elsewhere and taken away', () => {
  call('mkdirat', AT_FDCWD, '/m', 0o755);
  call('mkdirat', AT_FDCWD, '/n', 0o755);
  touch('/m/below');
  expect(call('mount', 'none', '/m', 'tmpfs', 0, 'mode=700')).toBe(0);
  expect(call('faccessat', AT_FDCWD, '/m/below', 0)).toBe('ENOENT');
  touch('/m/above');
  expect(call('mount', '/m', '/n', 'none', 4096, 0)).toBe(0);
  expect(call('faccessat', AT_FDCWD, '/n/above', 0)).toBe(0);
  expect(call('umount2', '/n', 0)).toBe(0);
  expect(call('umount2', '/m', 0)).toBe('EBUSY');
  expect(call('umount2', '/m', 2)).toBe(0);
  expect(call('faccessat', AT_FDCWD, '/m/below', 0)).toBe(0);
});

test('a read-only mount refuses changes with EROFS', () => {
  call('mkdirat', AT_FDCWD, '/m', 0o755);
  call('mount', 'none', '/m', 'tmpfs', 0, 0);
  call('close', call('openat', AT_FDCWD, '/m/f', O_CREAT | O_RDWR, 0o644) as number);
  expect(call('mount', 'none', '/m', 'none', 33, 0)).toBe(0);
  expect(call('mkdirat', AT_FDCWD, '/m/d', 0o755)).toBe('EROFS');
  expect(call('openat', AT_FDCWD, '/m/f', 1, 0)).toBe('EROFS');
  expect(call('fchmodat', AT_FDCWD, '/m/f', 0)).toBe('EROFS');
  expect(call('faccessat', AT_FDCWD, '/m/f', 2)).toBe('EROFS');
  expect(call('unlinkat', AT_FDCWD, '/m/f', 0)).toBe('EROFS');
});

test('a working directory that was removed is told as such', () => {
  call('mkdirat', AT_FDCWD, '/d', 0o755);
  call('chdir', '/d');
  expect(call('unlinkat', AT_FDCWD, '/d', 0x200)).toBe(0);
  expect(call('getcwd', low, 100)).toBe('ENOENT');
  expect(call('openat', AT_FDCWD, 'x', O_CREAT | O_RDWR, 0o644)).toBe('ENOENT');
  expect(call('newfstatat', AT_FDCWD, '.', low + 4096, 0)).toBe(0);
  expect(call('chdir', '/')).toBe(0);
});

test('a file with the name of an error is a file', () => {
  touch('EFAULT');
  expect(call('faccessat', AT_FDCWD, 'EFAULT', 0)).toBe(0);
  expect(call('symlinkat', 'ENAMETOOLONG', AT_FDCWD, '/l')).toBe(0);
});
