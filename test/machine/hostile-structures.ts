/** Structures that make sense, at fixed addresses, and how the hostile program's calls use them. */
import { type Arguments, CODE, SENSIBLE } from './hostile-arguments.ts';

const at = (offset: number) => SENSIBLE + offset;

/** Where each structure lies. */
export const S = {
  soon: at(0),
  now: at(0x10),
  never: at(0x20),
  itimer: at(0x40),
  signals: at(0x60),
  action: at(0x70),
  ranges: at(0x90),
  message: at(0xc0),
  pair: at(0x100),
  control: at(0x110),
  socketPath: at(0x140),
  abstractPath: at(0x1b0),
  polls: at(0x1c0),
  epollEvent: at(0x200),
  cloneArgs: at(0x210),
  argv: at(0x270),
  limit: at(0x290),
  lock: at(0x2a0),
  openHow: at(0x2c0),
  attributes: at(0x2e0),
  futexes: at(0x320),
  offset: at(0x330),
  buffer: at(0x800),
} as const;

/** The bytes from `SENSIBLE` on, with the addresses of some paths. */
export function sensible(truePath: number): Uint8Array {
  const bytes = new Uint8Array(0x1000);
  const view = new DataView(bytes.buffer);
  const put = (address: number, ...words: (number | bigint)[]) => {
    for (const [i, word] of words.entries())
      view.setBigUint64(address - SENSIBLE + 8 * i, BigInt.asUintN(64, BigInt(word)), true);
  };
  const text = (address: number, value: string) =>
    bytes.set(new TextEncoder().encode(value), address - SENSIBLE);
  put(S.soon, 0, 1000);
  put(S.now, 0, 0);
  put(S.never, 1_000_000, 0);
  put(S.itimer, 0, 3000, 0, 2000);
  put(S.signals, 0x10a00);
  put(S.action, CODE, 0x10000004, 0x400);
  put(S.ranges, S.buffer, 100, S.buffer + 512, 5000, S.futexes, 16);
  put(S.message, 0, 0, S.ranges, 2, S.control, 32, 0);
  put(S.control, 24, 0x100000001n, (14n << 32n) | 3n);
  put(S.socketPath, 1);
  text(S.socketPath + 2, '/tmp/socket');
  put(S.abstractPath, 1);
  text(S.abstractPath + 2, '\0name');
  for (let i = 0; i < 8; i++) put(S.polls + 8 * i, BigInt(3 * i) | (0x3fn << 32n));
  put(S.epollEvent, 5, 77);
  put(S.cloneArgs, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0);
  put(S.argv, truePath, truePath, 0);
  put(S.limit, 20, 40);
  put(S.lock, 1, 0, 100, 0);
  put(S.openHow, 0o102, 0o644, 0);
  put(S.attributes, 48, 0, 0, 0, 0, 0);
  put(S.offset, 4096, 0);
  return bytes;
}

type Maker = (m: Arguments) => bigint;
const one =
  (value: number | bigint): Maker =>
  () =>
    BigInt.asUintN(64, BigInt(value));
const oneOf =
  (...values: readonly (number | bigint)[]): Maker =>
  ({ dice }) =>
    BigInt.asUintN(64, BigInt(dice.pick(values)));
const fd: Maker = (m) => m.descriptor();
const path: Maker = (m) => m.path();
const page: Maker = (m) => m.page();
const pages: Maker = (m) => m.pages();
const small: Maker = (m) => m.small();
const pointer: Maker = (m) => m.pointer();
const length = oneOf(0, 1, 10, 100, 4096, 70000, 2 ** 31, 2n ** 63n - 1n);
const HERE = -100;
const prot = oneOf(0, 1, 3, 3, 3, 5, 7);
const pid = oneOf(0, 0, 2, 3, 4, 5, 6, 7, 8, -1, -5, 1, 99999, 2n ** 31n);
const signo = oneOf(0, 9, 14, 15, 17, 18, 19, 10, 11, 20, 34, 64, 65);
const time = oneOf(S.soon, S.soon, S.now, S.never, 0);
/** fork, vfork, threads, and sharings nobody uses. */
const cloneFlags = oneOf(
  ...[
    17, 17, 17, 0x4111, 0x3d0f00, 0x3d0f00, 0x50f00, 0x111, 0x711, 0x8011, 0x1011, 0x100, 0x1200011, 0x4011,
    0,
  ],
);

/** Calls with arguments that could be meant: they get further, and what they leave behind meets the others. */
export const SENSIBLE_CALLS: readonly (readonly [name: string, ...args: Maker[]])[] = [
  ['clone', cloneFlags, oneOf(0, 0, S.buffer + 1024), one(S.pair), one(0), one(S.pair + 4)],
  ['clone3', one(S.cloneArgs), oneOf(64, 80, 88)],
  ['clone3', pointer, oneOf(64, 80, 88)],
  ['execve', path, oneOf(S.argv, 0), oneOf(0, S.argv)],
  ['wait4', oneOf(-1, 0, -1, 3), oneOf(0, S.pair), oneOf(0, 1, 3, 0x40000001, 10), oneOf(0, S.buffer)],
  ['waitid', oneOf(0, 1, 2, 3), small, oneOf(S.buffer, 0), oneOf(4, 5, 0x1000005, 15), one(0)],
  ['kill', pid, signo],
  ['tkill', pid, signo],
  ['tgkill', pid, pid, signo],
  ['rt_sigaction', signo, oneOf(S.action, S.action, 0), oneOf(0, S.buffer), one(8)],
  ['rt_sigprocmask', oneOf(0, 1, 2), oneOf(S.signals, 0), oneOf(0, S.buffer), one(8)],
  ['rt_sigsuspend', oneOf(S.signals, S.now), one(8)],
  ['rt_sigtimedwait', one(S.signals), oneOf(0, S.buffer), time, one(8)],
  ['signalfd4', oneOf(-1, -1, 24), one(S.signals), one(8), oneOf(0, 0o4000)],
  ['sigaltstack', oneOf(S.ranges, 0), oneOf(0, S.buffer)],
  ['setitimer', oneOf(0, 1, 2), oneOf(S.itimer, S.now), oneOf(0, S.buffer)],
  ['nanosleep', time, oneOf(0, S.buffer)],
  ['clock_nanosleep', oneOf(0, 1), oneOf(0, 1), time, one(0)],
  ['timerfd_settime', fd, oneOf(0, 1), oneOf(S.itimer, S.soon, S.now), oneOf(0, S.buffer)],
  ['mmap', page, pages, prot, oneOf(0x22, 0x22, 0x21, 0x32, 0x1000022, 0x8122, 0x8022), one(-1), one(0)],
  ['mmap', page, pages, prot, oneOf(1, 2, 0x11, 0x12), fd, oneOf(0, 4096, 2n ** 40n, 2n ** 63n - 4096n)],
  ['munmap', page, pages],
  ['mprotect', page, pages, prot],
  ['mremap', page, pages, pages, oneOf(0, 1, 1, 3, 5), page],
  ['madvise', page, pages, oneOf(0, 4, 4, 8, 9, 10, 11, 18, 21, 23)],
  ['msync', page, pages, oneOf(1, 2, 4)],
  ['mincore', page, pages, one(S.buffer)],
  ['mlock', page, pages],
  ['brk', oneOf(0, 0x434000, 0x500000, 0x800000, 0x40000000)],
  [
    'futex',
    oneOf(S.futexes, S.futexes + 4),
    oneOf(0, 1, 128, 129, 3, 4, 9, 10, 137),
    oneOf(0, 1),
    time,
    oneOf(S.futexes + 4),
    one(-1),
  ],
  ['set_robust_list', pointer, one(24)],
  [
    'openat',
    oneOf(HERE, 4),
    path,
    oneOf(0, 1, 2, 0o102, 0o302, 0o1102, 0o200000, 0o10000000, 0o20200002, 0o4000, 0o4002),
    one(0o644),
  ],
  ['openat2', one(HERE), path, one(S.openHow), one(24)],
  ['close', fd],
  ['close_range', oneOf(3, 20), oneOf(5, 30, 2 ** 32 - 1), oneOf(0, 2, 4)],
  ['dup3', fd, oneOf(3, 5, 30, 1023), oneOf(0, 0o2000000)],
  [
    'fcntl',
    fd,
    oneOf(0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1031, 1032, 1033, 1034),
    oneOf(0, 1, 30, S.lock, S.lock, 65536, 0o4000),
  ],
  ['flock', fd, oneOf(1, 2, 5, 6, 8)],
  [
    'ioctl',
    fd,
    oneOf(0x5401, 0x5402, 0x540f, 0x5410, 0x5413, 0x5414, 0x541b, 0x5421, 0x5429, 0x540e, 0x540b),
    oneOf(S.buffer, 0, 1),
  ],
  ['read', fd, one(S.buffer), length],
  ['write', fd, one(S.buffer), length],
  ['readv', fd, one(S.ranges), oneOf(1, 2, 3)],
  ['writev', fd, one(S.ranges), oneOf(1, 2, 3)],
  ['pread64', fd, one(S.buffer), length, oneOf(0, 100, 2n ** 40n, 2n ** 63n - 1n)],
  ['pwrite64', fd, one(S.buffer), length, oneOf(0, 100, 2n ** 40n, 2n ** 53n - 1n)],
  ['preadv2', fd, one(S.ranges), oneOf(2), oneOf(-1, 0), one(0), oneOf(0, 8, 16)],
  ['pwritev2', fd, one(S.ranges), oneOf(2), oneOf(-1, 0), one(0), oneOf(0, 8, 16)],
  ['lseek', fd, oneOf(0, 10, 2n ** 62n, -1), oneOf(0, 1, 2, 3, 4)],
  ['sendfile', fd, fd, oneOf(0, S.offset), length],
  ['splice', fd, oneOf(0, S.offset), fd, oneOf(0, S.offset), length, oneOf(0, 2)],
  ['tee', oneOf(11, 13), oneOf(12, 14), length, oneOf(0, 2)],
  ['vmsplice', oneOf(11, 12, 13, 14), one(S.ranges), oneOf(1, 2), oneOf(0, 2)],
  ['copy_file_range', oneOf(3, 10, 18), oneOf(0, S.offset), oneOf(3, 18), oneOf(0, S.offset), length, one(0)],
  [
    'fallocate',
    oneOf(3, 18),
    oneOf(0, 1, 3, 2),
    oneOf(0, 5000, 2n ** 40n),
    oneOf(1, 10000, 2n ** 40n, 2n ** 62n),
  ],
  ['ftruncate', oneOf(3, 18), oneOf(0, 100, 100000, 2n ** 40n, 2n ** 53n)],
  ['truncate', path, oneOf(0, 100, 2n ** 50n)],
  ['getdents64', oneOf(4, 6), one(S.buffer), oneOf(24, 100, 1000)],
  ['newfstatat', one(HERE), path, one(S.buffer), oneOf(0, 0x100)],
  ['statx', one(HERE), path, oneOf(0, 0x100), one(0x7ff), one(S.buffer)],
  ['linkat', one(HERE), path, one(HERE), path, oneOf(0, 0x400)],
  ['renameat2', oneOf(HERE, 4), path, oneOf(HERE, 4), path, oneOf(0, 1, 2)],
  ['unlinkat', oneOf(HERE, 4), path, oneOf(0, 0x200)],
  ['mkdirat', one(HERE), path, one(0o755)],
  ['symlinkat', path, one(HERE), path],
  ['mknodat', one(HERE), path, oneOf(0o010644, 0o100644, 0o140644, 0o020644), oneOf(0x103, 0x501)],
  ['chdir', path],
  ['setxattr', path, path, one(S.buffer), oneOf(0, 10), oneOf(0, 1, 2)],
  ['getxattr', path, path, one(S.buffer), oneOf(0, 100)],
  ['mount', path, path, path, oneOf(0, 4096, 32, 1), one(0)],
  ['umount2', path, oneOf(0, 2)],
  ['memfd_create', path, oneOf(0, 1, 2, 3)],
  ['pipe2', one(S.pair), oneOf(0, 0o4000, 0o40000)],
  ['epoll_ctl', oneOf(15, 15, 24), oneOf(1, 1, 1, 2, 3), fd, one(S.epollEvent)],
  ['epoll_pwait', one(15), one(S.buffer), oneOf(1, 8), oneOf(0, 1, -1), one(0), one(8)],
  ['ppoll', one(S.polls), oneOf(1, 4, 8), time, one(0), one(8)],
  ['pselect6', oneOf(5, 30), oneOf(S.signals, 0), oneOf(S.futexes, 0), one(0), time, one(0)],
  ['socketpair', one(1), oneOf(1, 2, 5, 0o4001), one(0), one(S.pair)],
  ['socket', one(1), oneOf(1, 2, 5, 0o4001), one(0)],
  ['bind', oneOf(23, 24), oneOf(S.socketPath, S.abstractPath), oneOf(2, 7, 20)],
  ['listen', oneOf(23, 24), oneOf(0, 1, 5)],
  ['connect', oneOf(23, 24, 25), oneOf(S.socketPath, S.abstractPath), oneOf(7, 20)],
  ['accept4', oneOf(23, 24), oneOf(0, S.buffer), oneOf(0, S.futexes), oneOf(0, 0o4000)],
  ['sendmsg', oneOf(19, 20, 21, 22, 24), oneOf(S.message), oneOf(0, 0x40, 0x4000)],
  ['recvmsg', oneOf(19, 20, 21, 22, 24), oneOf(S.message), oneOf(0, 2, 0x40, 0x40000000)],
  [
    'sendto',
    oneOf(19, 20, 21, 22),
    one(S.buffer),
    length,
    oneOf(0, 0x40),
    oneOf(0, S.socketPath),
    oneOf(0, 20),
  ],
  ['recvfrom', oneOf(19, 20, 21, 22), one(S.buffer), length, oneOf(0, 0x40, 2, 0x100), one(0), one(0)],
  ['shutdown', oneOf(19, 20, 21, 22), oneOf(0, 1, 2)],
  [
    'setsockopt',
    oneOf(19, 20, 23),
    one(1),
    oneOf(2, 7, 8, 16, 20, 21),
    oneOf(S.futexes, S.soon),
    oneOf(4, 16),
  ],
  ['getsockopt', oneOf(19, 20, 23), one(1), oneOf(3, 4, 7, 8, 17, 30), one(S.buffer), one(S.futexes)],
  ['pidfd_open', pid, oneOf(0, 0o4000)],
  ['pidfd_send_signal', oneOf(24, 25), signo, one(0), one(0)],
  ['prlimit64', oneOf(0), oneOf(0, 1, 3, 6, 7, 9), oneOf(S.limit, 0), oneOf(0, S.buffer)],
  ['prctl', oneOf(1, 2, 3, 4, 15, 16, 36, 37, 38, 39), oneOf(0, 1, 9, S.buffer), one(0), one(0), one(0)],
  ['setsid'],
  ['setpgid', pid, pid],
  ['setresuid', oneOf(-1, 0, 1000), oneOf(-1, 0, 1000), oneOf(-1, 0, 1000)],
  ['setpriority', oneOf(0, 1, 2), pid, oneOf(-20, 0, 19)],
  ['sched_setaffinity', pid, oneOf(8), oneOf(S.futexes, S.ranges + 8, S.limit)],
  ['sched_setattr', pid, one(S.attributes), one(0)],
  ['sched_setscheduler', pid, oneOf(0, 1, 2, 3), oneOf(S.futexes, S.soon + 8)],
  ['unshare', oneOf(0, 0x200, 0x400, 0x600, 0x40000)],
  ['chroot', path],
  ['exit'],
];
