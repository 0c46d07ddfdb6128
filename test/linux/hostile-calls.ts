/**
 * Random system calls with hostile arguments: bad pointers, huge lengths, wrong and closed descriptors, every bit of
 * flags. One family of calls a script. The same script runs on this Linux and on our kernel, as an ordinary user.
 */

import { nextU32, type Random, seededRandom } from '../../src/base/index.ts';
import { newerCalls } from './errno-native.ts';

/** How an argument is made: a token of the script (guest/libc/hostile.c). */
type Kind = (random: Random) => string;

const below = (random: Random, n: number): number => nextU32(random) % n;
const oneOf =
  (...tokens: readonly (string | number)[]): Kind =>
  (random) => {
    const token = tokens[below(random, tokens.length)]!;
    return typeof token === 'number' ? `i${token}` : token;
  };
const either =
  (...kinds: readonly Kind[]): Kind =>
  (random) =>
    kinds[below(random, kinds.length)]!(random);

const HUGE = [2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 48, '9223372036854775807', '-9223372036854775808'].map(
  (n) => `i${n}`,
);
/** Lengths that no mapping has; shorter ones would take the program itself along. */
const FAR = [`i${2 ** 48}`, 'i9223372036854775807', 'i-9223372036854775808'];
const int = oneOf(0, 1, 2, 3, 7, 64, -1, -2, 4096, 2147483647, -2147483648);
const count = oneOf(0, 1, 2, 3, 8, 100, 1024, 1025, -1);
const length = either(oneOf(0, 1, 8, 100, 4095, 4096, 4097, 65536), oneOf(-1, ...HUGE));
const offset = either(oneOf(0, 1, 100, 4096, 65536), oneOf(-1, -100, ...HUGE));
const fd: Kind = (random) => `f${below(random, 16)}`;
/** Good memory, or none: nothing, unmapped, read-only, the kernel's half, across the end of the last page. */
const bad = oneOf(0, 1, 8, 4096, 'r0', 'r8', 'i-4096', 'i-1', 'e1', 'e7', 'e0');
const buffer: Kind = either(oneOf('b0', 'b1', 'b64', 'b4096', 'b8000'), oneOf('b0', 'b16'), bad);
const path: Kind = either(
  oneOf(
    's.',
    's..',
    'sfile',
    'sdir',
    'slink',
    'sloop',
    'sfifo',
    'snowhere',
    'sfile/x',
    'sdir/new',
    'snew',
    's/',
    's/proc/self',
    `s${'x'.repeat(255)}`,
    `s${'x'.repeat(256)}`,
    `s${'a/'.repeat(2100)}`,
    's/dev/null/x',
    's./dir/../file',
  ),
  bad,
);
const at = either(oneOf(-100), oneOf(-100), fd);
const pid: Kind = (random) => `p${below(random, 6)}`;
/** Pids that a signal may go to: never all processes. */
const other = oneOf('p1', 'p4', 'p5');
const signal = oneOf(0, 17, 18, 23, 28, 64, 65, -1, 1000);
/** Any bits: none, one, two, all. */
const bits: Kind = (random) => {
  const bit = () => (1 << below(random, 32)) | 0;
  return `i${[0, 0, bit(), bit() | bit(), -1][below(random, 5)]}`;
};
const few = (...values: readonly number[]): Kind => either(oneOf(...values), oneOf(...values), bits);
const words =
  (...kinds: readonly Kind[]): Kind =>
  (random) =>
    below(random, 6) === 0
      ? bad(random)
      : `w${below(random, 16)},${kinds.map((kind) => kind(random).replace(/^[a-z]/, '')).join(',')}`;
const second = oneOf(0, 0, 0, -1, 1);
const nanos = oneOf(0, 1, 999_999_999, 1_000_000_000, -1, '2000000000');
/** A time that has come, or a bad one, but never none: that would wait for ever. */
const now: Kind = (random) =>
  below(random, 5) === 0
    ? oneOf('r0', 8, 'i-4096', 'e1')(random)
    : `w${below(random, 16)},${[0, 0, -1][below(random, 3)]},${[0, 1, 1000, 1_000_000_000, -1][below(random, 5)]}`;
const arena = oneOf('b0', 'b4096', 'b8192', 'b1', 'b65536', 0, -4096, 4096);
const pages = oneOf(0, 1, 4096, 8192, 65536, -1, ...FAR);
const mode = few(0, 0o644, 0o755, 0o7777);

/** The master of a pseudo-terminal, and the terminal. */
const end = oneOf('q0', 'q1');
/** Settings, window, queues, exclusive use, packets, job control; none that ends or starts a session. */
const TERMINAL_REQUEST = oneOf(
  ...[0x5401, 0x5402, 0x5403, 0x5404, 0x802c542a, 0x402c542b, 0x540b, 0x540c, 0x540d, 0x80045440],
  ...[0x540f, 0x5410, 0x5411, 0x5413, 0x5414, 0x541b, 0x5420, 0x5422, 0x5424, 0x5429, 0x80045430],
  ...[0x80045438, 0x80045439, 0x40045436, 0x5456, 0x5457, 0x5423, 0x541e, 0x5421, 0x5450, 0x5451, 0x5499],
);

/** Those that every processor has, but for what would replace the registers, and for asking to be traced. */
const TRACE_REQUEST = oneOf(
  ...[1, 2, 4, 5, 7, 7, 8, 16, 16, 17, 24, 99, -1, 0x4200, 0x4200, 0x4201, 0x4202, 0x4204],
  ...[0x4206, 0x4206, 0x4207, 0x4207, 0x4208, 0x4209, 0x420a, 0x420b, 0x420e, 0x4300],
);
const fileSystem = either(oneOf('stmpfs', 'sproc', 'snowhere'), bad);

type Call = readonly [name: string, ...args: Kind[]];

/** Calls of each family. Those that would wait for ever, harm others or depend on the processor are left out. */
export const FAMILIES: Readonly<Record<string, readonly Call[]>> = {
  files: [
    ['openat', at, path, few(0, 1, 2, 0o100, 0o300, 0o4000, 0o200000, 0o10000000, 0o20200000), mode],
    [
      'openat2',
      at,
      path,
      words(few(0, 2, 0o100), oneOf(0, 0o644), few(0, 1, 4, 8, 16)),
      oneOf(24, 24, 8, 0, 32, 5000),
    ],
    ['mkdirat', at, path, mode],
    ['unlinkat', at, path, few(0, 0x200)],
    ['symlinkat', path, at, path],
    ['linkat', at, path, at, path, oneOf(0, 0, 0x400, 0x800, -1)],
    ['renameat2', at, path, at, path, few(0, 1, 2, 4)],
    ['readlinkat', at, path, buffer, count],
    ['faccessat', at, path, few(0, 1, 4, 7)],
    ['faccessat2', at, path, few(0, 4), few(0, 0x100, 0x200, 0x1000)],
    ['fchmodat', at, path, mode],
    ['fchownat', at, path, int, int, few(0, 0x100, 0x1000)],
    ['utimensat', at, path, words(second, nanos, second, nanos), few(0, 0x100)],
    ['mknodat', at, path, few(0o10644, 0o100644, 0o140644, 0o20644), oneOf(0, 259)],
    ['statx', at, path, few(0, 0x100, 0x1000), bits, buffer],
    ['newfstatat', at, path, buffer, few(0, 0x100, 0x1000)],
    ['getdents64', fd, buffer, count],
    ['getcwd', buffer, oneOf(0, 1, 2, -1)],
    ['chdir', path],
    ['truncate', path, offset],
    ['setxattr', path, path, buffer, count, few(0, 1, 2)],
    ['getxattr', path, path, buffer, count],
    ['listxattr', path, buffer, count],
    ['statfs', path, buffer],
  ],
  moving: [
    ['read', fd, buffer, length],
    ['write', fd, buffer, length],
    ['pread64', fd, buffer, length, offset],
    ['pwrite64', fd, buffer, length, offset],
    ['readv', fd, words(oneOf(0, '268435456'), length, oneOf(0, '268435456'), length), count],
    ['writev', fd, words(oneOf(0, '268435456'), length, oneOf(0, '268435456'), length), count],
    ['preadv2', fd, words(oneOf('268435456'), count), oneOf(1, 0, -1), offset, oneOf(0), bits],
    ['pwritev2', fd, words(oneOf('268435456'), count), oneOf(1, 0, -1), offset, oneOf(0), bits],
    ['lseek', fd, offset, few(0, 1, 2, 3, 4)],
    ['ftruncate', fd, offset],
    ['fallocate', fd, few(0, 1, 2, 3), offset, length],
    ['sendfile', fd, fd, either(oneOf(0), buffer), length],
    ['splice', fd, either(oneOf(0), buffer), fd, either(oneOf(0), buffer), length, few(2, 3)],
    ['tee', fd, fd, length, few(2, 3)],
    ['vmsplice', fd, words(oneOf('268435456'), length), count, few(2, 10)],
    ['copy_file_range', fd, either(oneOf(0), buffer), fd, either(oneOf(0), buffer), length, bits],
    ['fsync', fd],
    ['sync_file_range', fd, offset, offset, few(0, 1, 2, 4)],
    ['fadvise64', fd, offset, offset, int],
    ['readahead', fd, offset, length],
    ['flock', fd, few(4 | 1, 4 | 2, 8, 4)],
  ],
  descriptors: [
    ['dup', fd],
    ['dup3', fd, oneOf(50, 51, -1, 400, 1_000_000), few(0, 0o2000000)],
    ['close', oneOf(50, 51, 999, -1)],
    ['close_range', oneOf(50, 60, -1), oneOf(60, 61, 40), few(0, 4)],
    [
      'fcntl',
      fd,
      few(0, 1, 3, 1030, 5, 6, 9, 1024, 1025, 1031, 1032, 1033, 1034, 36, 37),
      either(int, buffer),
    ],
    ['pipe2', buffer, few(0, 0o4000, 0o2000000, 0o40000)],
    ['eventfd2', int, few(0, 1, 0o4000)],
    ['epoll_create1', few(0, 0o2000000)],
    ['timerfd_create', few(0, 1, 7, 8), few(0, 0o4000)],
    ['timerfd_settime', fd, few(0, 1), words(second, nanos, oneOf(0, 100), nanos), either(oneOf(0), buffer)],
    ['timerfd_gettime', fd, buffer],
    ['signalfd4', either(oneOf(-1), fd), buffer, oneOf(8, 8, 4, 0), few(0, 0o4000)],
    ['memfd_create', path, few(0, 1, 2)],
    ['fstat', fd, buffer],
    ['fstatfs', fd, buffer],
    ['fchmod', fd, mode],
    ['fchown', fd, oneOf(-1, 30000, 0), oneOf(-1, 30000, 0)],
    ['fgetxattr', oneOf('f0', 'f1', 'f2', 'f14'), path, buffer, count],
    ['inotify_add_watch', fd, path, bits],
    ['inotify_rm_watch', fd, int],
  ],
  waiting: [
    ['epoll_ctl', fd, few(1, 2, 3), fd, words(few(1, 4, 0x80000001, 0x40000001, 0x10000001), int)],
    ['epoll_pwait', fd, buffer, count, oneOf(0), either(oneOf(0), buffer), oneOf(8, 8, 4)],
    ['epoll_pwait2', fd, buffer, count, now, oneOf(0), oneOf(8)],
    [
      'ppoll',
      words(oneOf('1125899906842624', '4294967299', '4294967305', -1), int),
      oneOf(0, 1, 2, 401, -1),
      now,
      oneOf(0),
      oneOf(8),
    ],
    [
      'pselect6',
      oneOf(0, 1, 64, -1, 5000),
      either(oneOf(0), buffer),
      either(oneOf(0), buffer),
      oneOf(0),
      now,
      oneOf(0),
    ],
    ['nanosleep', words(oneOf(0, -1), oneOf(0, 1, 1_000_000_000, -1)), either(oneOf(0), buffer)],
    [
      'clock_nanosleep',
      few(0, 1, 4, 7, 11),
      few(0, 1),
      words(oneOf(0, -1), oneOf(0, 1, 1_000_000_000)),
      either(oneOf(0), buffer),
    ],
    [
      'futex',
      buffer,
      few(1, 129, 3, 4, 5, 6, 7, 8, 10, 13, 128 | 9),
      int,
      either(oneOf(0), now),
      buffer,
      int,
    ],
    [
      'futex_waitv',
      words(int, oneOf(0, '268435456'), few(2, 130)),
      oneOf(0, 1, 129),
      bits,
      words(oneOf(1), oneOf(0)),
      few(0, 1),
    ],
    ['futex_wake', buffer, int, int, few(2, 130)],
    [
      'futex_requeue',
      words(int, oneOf('268435456'), oneOf(2), int, oneOf('268435456'), oneOf(2)),
      bits,
      int,
      int,
    ],
    ['wait4', pid, either(oneOf(0), buffer), few(1, 3, 9), either(oneOf(0), buffer)],
    ['waitid', few(0, 1, 2, 3), pid, buffer, few(5, 0x1000005, 4), either(oneOf(0), buffer)],
    ['getitimer', few(0, 1, 2), buffer],
    ['clock_gettime', oneOf(0, 1, 2, 3, 4, 5, 6, 7, 10, 99), bad],
    ['clock_getres', oneOf(0, 1, 2, 3, 5, 7, 10, 99), bad],
    [
      'timer_create',
      oneOf(0, 1, 2, 3, 7, 11, 99),
      words(int, oneOf('4294967306', '8589934602', 10), oneOf(0), oneOf(0)),
      buffer,
    ],
    ['timer_settime', int, few(0, 1), words(oneOf(0), nanos, oneOf(0, 100), nanos), either(oneOf(0), buffer)],
    ['timer_gettime', int, buffer],
    ['timer_delete', int],
    ['timer_getoverrun', int],
  ],
  memory: [
    [
      'mmap',
      either(oneOf(0), arena),
      pages,
      few(0, 1, 3, 5),
      oneOf(0x22, 0x02, 0x01, 0x21, 0x03, 0, 0x100022),
      fd,
      oneOf(0, 4096, 1, -4096),
    ],
    ['munmap', oneOf('b131072', 'b135168', 'b1', 0, -4096), oneOf(0, 1, 4096, -1, ...FAR)],
    ['mprotect', oneOf('b131072', 'b135168', 'b1', -4096), oneOf(0, 1, 4096, -1, ...FAR), oneOf(0, 1, 3, 5)],
    [
      'mremap',
      oneOf('b131072', 'b135168', 'b1', 0),
      oneOf(0, 1, 4096, 8192, -1),
      oneOf(0, 4096, 8192, -1),
      few(0, 1),
      oneOf(0, 1),
    ],
    ['madvise', arena, pages, few(0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 16, 17, 20, 21, 22, 23, 25)],
    ['mincore', arena, oneOf(0, 1, 4096, -1), buffer],
    ['msync', arena, oneOf(0, 1, 4096, -1), few(0, 1, 2, 4, 5, 6)],
    ['mlock', arena, oneOf(0, 1, 4096, -1)],
    ['munlock', arena, oneOf(0, 1, 4096, -1)],
    ['mlock2', arena, oneOf(0, 1, 4096), few(0, 1)],
    ['membarrier', few(0, 1, 8, 16, 32), few(0, 1), int],
    [
      'process_vm_readv',
      oneOf('p4', 'p1'),
      words(oneOf('268435456'), count),
      oneOf(0, 1, 1025),
      words(oneOf('268439552', 8), count),
      oneOf(0, 1, 1025),
      bits,
    ],
    [
      'process_vm_writev',
      oneOf('p4', 'p1'),
      words(oneOf('268435456'), count),
      oneOf(0, 1, 1025),
      words(oneOf('268439552', 8), count),
      oneOf(0, 1, 1025),
      bits,
    ],
  ],
  processes: [
    ['getpgid', pid],
    ['getsid', pid],
    ['setpgid', pid, oneOf('p0', 'p1', 'p4', 'i-5')],
    ['getpriority', few(0, 1, 2), oneOf(0, 'p4', 'p1', 'i77777')],
    ['setpriority', few(0, 1, 2), oneOf(0, 'p4', 'p1'), oneOf(0, 1, 19, 20, 100, 5)],
    ['getrlimit', few(0, 3, 7, 15, 16), buffer],
    [
      'prlimit64',
      oneOf(0, 'p4', 'p1'),
      few(4, 13, 16),
      either(oneOf(0), words(oneOf(0, 5, 10, -1), oneOf(0, 5, -1))),
      either(oneOf(0), buffer),
    ],
    ['getrusage', few(0, 1, -1), bad],
    ['getgroups', count, bad],
    ['setgroups', count, buffer],
    ['setresuid', oneOf(-1, 30000, 0), oneOf(-1, 30000, 0), oneOf(-1, 30000, 0)],
    ['setreuid', oneOf(-1, 30000, 0), oneOf(-1, 30000, 0)],
    ['getresuid', bad, buffer, buffer],
    ['setgid', oneOf(0, 30000, -1)],
    ['capget', words(oneOf('429392688', '537333798', 0), int), buffer],
    ['prctl', few(1, 2, 3, 4, 7, 15, 16, 21, 23, 24, 36, 37, 38, 39, 47), int, int, int, int],
    ['personality', oneOf(-1)],
    ['sched_setaffinity', oneOf(0, 'p1'), oneOf(0, 4, 8, 128), words(oneOf(0, 1))],
    ['sched_getparam', oneOf(0, 'p1', -1), bad],
    ['sched_setscheduler', oneOf(0, 'p1'), few(0, 1, 2, 3, 5), words(oneOf(0, 1, 99, 100))],
    ['sched_getscheduler', oneOf(0, 'p1', -1)],
    ['sched_get_priority_max', int],
    ['sched_setattr', oneOf(0, 'p1'), words(oneOf(48, 0, 8, 5000), bits, int, int), few(0)],
    ['pidfd_open', oneOf('p1', 'i-1', 'i0'), few(0, 0o4000)],
    ['pidfd_send_signal', fd, signal, oneOf(0), bits],
    ['kcmp', oneOf('p4', 'p1'), oneOf('p4', 'p1'), few(0, 1, 2, 3, 4), int, int],
    ['unshare', oneOf(0, 0x200, 0x400, 0x40000, 1, 2)],
    ['sethostname', buffer, count],
    ['uname', bad],
    ['getrandom', buffer, count, few(0, 1, 2)],
    ['sysinfo', bad],
    ['execve', path, bad, bad],
  ],
  signals: [
    ['rt_sigaction', signal, either(oneOf(0), bad), either(oneOf(0), buffer), oneOf(8, 8, 0, 4)],
    ['rt_sigprocmask', few(0, 1, 2), words(oneOf(0, 512, 2048)), either(oneOf(0), buffer), oneOf(8, 8, 0)],
    ['rt_sigpending', buffer, oneOf(8, 4, 0, 16)],
    ['rt_sigtimedwait', words(oneOf(512, 2048)), either(oneOf(0), buffer), now, oneOf(8, 8, 4)],
    [
      'sigaltstack',
      either(oneOf(0), words(oneOf('268435456'), int, oneOf(0, 2048, 65536))),
      either(oneOf(0), buffer),
    ],
    ['kill', other, oneOf(0, 65, -1, 1000)],
    ['tgkill', oneOf('p1', 'p4', 'i-1', 'i0'), oneOf('p1', 'p4', 'i-1'), oneOf(0, 65, -1)],
    ['tkill', oneOf('p1', 'i-1', 'i0'), oneOf(0, 65, -1)],
    ['rt_sigqueueinfo', oneOf('p1', 'i-1', 'i0'), signal, words(int, int)],
    ['rt_tgsigqueueinfo', oneOf('p1', 'i-1', 'i0'), oneOf('p1', 'i0'), signal, words(int, int)],
  ],
  sockets: [
    ['socket', few(1, 2, 10, 99), few(1, 2, 5, 0o4001), oneOf(0, 6, 17, 1, 999, -1)],
    ['socketpair', few(1, 2), few(1, 2, 5), oneOf(0), buffer],
    ['bind', fd, words(oneOf(1, 2, 0), int), oneOf(0, 1, 2, 3, 16, 110, 200, -1)],
    ['listen', fd, int],
    ['accept4', fd, either(oneOf(0), buffer), either(oneOf(0), buffer), few(0o4000)],
    ['connect', fd, words(oneOf(1, 0), int), oneOf(0, 1, 2, 3, 16, 110, 200, -1)],
    ['getsockname', fd, buffer, words(oneOf(0, 2, 16, -1))],
    ['getpeername', fd, buffer, words(oneOf(0, 2, 16, -1))],
    ['sendto', fd, buffer, oneOf(0, 1, 100), oneOf(0, 0x40, 0x4000, 1), oneOf(0), oneOf(0)],
    ['recvfrom', fd, buffer, oneOf(0, 1, 100), oneOf(0, 2, 0x20, 0x40), either(oneOf(0), buffer), oneOf(0)],
    [
      'sendmsg',
      fd,
      words(oneOf(0), oneOf(0), oneOf('268435456'), oneOf(0, 1, 1025), oneOf(0), oneOf(0, 1), oneOf(0)),
      oneOf(0, 0x4000),
    ],
    [
      'recvmsg',
      fd,
      words(oneOf(0), oneOf(0), oneOf('268435456'), oneOf(0, 1, 1025), oneOf(0), oneOf(0), oneOf(0)),
      oneOf(0, 2),
    ],
    [
      'getsockopt',
      fd,
      few(1, 6, 0, 41),
      few(1, 2, 3, 4, 7, 8, 9, 13, 17, 20, 29, 30, 38, 39, 59),
      buffer,
      words(oneOf(0, 1, 4, 16, -1)),
    ],
    ['setsockopt', fd, few(1), few(1, 2, 4, 6, 9, 13, 15, 16, 20), buffer, oneOf(0, 1, 4, 16, -1)],
    ['shutdown', fd, few(0, 1, 2)],
    ['sendmmsg', fd, buffer, oneOf(0, 1), oneOf(0)],
  ],
  ptys: [
    ['ioctl', end, TERMINAL_REQUEST, either(buffer, oneOf(0, 1, 2, 3, 4, -1))],
    ['ioctl', end, TERMINAL_REQUEST, either(buffer, oneOf(0, 1, 2, 3, 4, -1))],
    ['write', end, buffer, oneOf(0, 1, 2, 100)],
    ['fstat', end, buffer],
    ['lseek', end, offset, few(0, 1, 2)],
    ['ftruncate', end, offset],
    ['fchmod', end, oneOf(0o620, 0o777)],
    ['fcntl', end, few(1, 3), int],
    ['fsync', end],
    ['flock', end, few(4 | 1, 4 | 2, 8)],
    ['epoll_ctl', oneOf('f4'), few(1, 2, 3), end, words(few(1, 4), int)],
    ['ioctl', oneOf('f0', 'f3', 'f8', 'f10', 'f13', 'f14'), TERMINAL_REQUEST, buffer],
  ],
  mounts: [
    ['mount', path, path, fileSystem, bits, either(oneOf(0), buffer)],
    ['umount2', path, few(0, 1, 2, 4, 8)],
    ['pivot_root', path, path],
    ['chroot', path],
    ['fsopen', fileSystem, few(0, 1)],
    ['fspick', at, path, few(0, 1, 2)],
    ['fsconfig', fd, oneOf(0, 1, 2, 5, 6, 7, 99), either(oneOf('ssize', 0), bad), oneOf(0), int],
    ['fsmount', fd, few(0, 1), few(0)],
    ['move_mount', at, path, at, path, few(0, 4, 64)],
    ['open_tree', at, path, few(0, 1, 0x80000, 0x8000)],
    [
      'mount_setattr',
      at,
      path,
      few(0, 0x8000),
      words(oneOf(0, 1), oneOf(0, 1), oneOf(0), oneOf(0)),
      oneOf(32, 0, 8, 5000),
    ],
    ['statfs', path, buffer],
    ['fstatfs', fd, buffer],
    ['setns', fd, bits],
    ['sethostname', buffer, count],
    ['setdomainname', buffer, count],
  ],
  traces: [
    [
      'ptrace',
      TRACE_REQUEST,
      oneOf('c0', 'c0', 'c0', 'c0', 'c0', 'p1', 'p2', 'p4'),
      either(oneOf(0, 0, 1, 8, 'b0', 'r0'), bad),
      either(
        oneOf(0, 0, 10, 19, 99),
        few(0, 1, 2, 0x100000),
        words(oneOf('268435456'), oneOf(0, 7, 8)),
        buffer,
      ),
    ],
    // From memory that no register was ever told in.
    [
      'ptrace',
      oneOf(0x4203),
      oneOf('c0'),
      oneOf(0),
      words(oneOf(0, 5, 10, 99), oneOf(0, 1, 3, 7, 99, -1, -99), int, int, int, int, int),
    ],
    ['kill', oneOf('c0'), oneOf(0, 10, 12, 18, 19)],
    ['wait4', oneOf('c0', 'i-1'), either(oneOf(0), buffer), oneOf(1, 3, 11), either(oneOf(0), buffer)],
    [
      'process_vm_readv',
      oneOf('c0', 'p1', 'p2'),
      words(oneOf('268435456'), oneOf(8, 100)),
      oneOf(1),
      words(oneOf('268435456', 8), oneOf(8, 100)),
      oneOf(1),
      oneOf(0, 1),
    ],
    [
      'process_vm_writev',
      oneOf('c0', 'p1', 'p2'),
      words(oneOf('268435456'), oneOf(8, 100)),
      oneOf(1),
      words(oneOf('268435456', 8), oneOf(8, 100)),
      oneOf(1),
      oneOf(0, 1),
    ],
  ],
  ipc: [
    ['shmget', oneOf(0, '30000'), oneOf(0, 1, 4096, -1), oneOf(0o1600, 0o600, 0o3600)],
    ['shmat', oneOf(-1, '2147483647'), arena, few(0, 0o10000)],
    ['shmdt', arena],
    ['shmctl', oneOf(-1, '2147483647'), few(0, 1, 2, 11), buffer],
    ['semget', oneOf(0, '30001'), oneOf(0, 1, 5, -1, 40000), few(0o1600, 0o600)],
    ['semop', oneOf(-1, '2147483647'), buffer, oneOf(0, 1, 501)],
    ['semctl', oneOf(-1, '2147483647'), int, few(0, 11, 12, 13, 16, 17), buffer],
    ['msgget', oneOf(0, '30002'), few(0o1600, 0o600)],
    ['msgsnd', oneOf(-1, '2147483647'), words(oneOf(0, 1)), oneOf(0, 1, 9000, -1), few(0o4000)],
    ['msgrcv', oneOf(-1, '2147483647'), buffer, oneOf(0, 1, -1), int, few(0o4000)],
    ['msgctl', oneOf(-1, '2147483647'), few(0, 1, 2), buffer],
    [
      'mq_open',
      path,
      few(0, 2, 0o102),
      mode,
      either(oneOf(0), words(oneOf(0), oneOf(0, 5, 1000), oneOf(0, 8, 99999))),
    ],
    ['mq_unlink', path],
    ['mq_timedsend', fd, buffer, count, oneOf(0, 32768), now],
    ['mq_timedreceive', fd, buffer, count, either(oneOf(0), buffer), now],
    ['mq_getsetattr', fd, either(oneOf(0), buffer), either(oneOf(0), buffer)],
    ['mq_notify', fd, either(oneOf(0), buffer)],
  ],
};

/** Calls whose result is an address, a pid or a time: only whether it failed is compared. */
const LOOSE: ReadonlySet<string> = new Set(
  'mmap mremap getpgid getsid getrandom prctl personality sysinfo shmget semget msgget membarrier getdents64 statfs getcwd wait4'.split(
    ' ',
  ),
);

/** The table of calls for the guest program. */
export const callTable = (): string => {
  const names = [...new Set(Object.values(FAMILIES).flatMap((calls) => calls.map(([name]) => name)))];
  const rows = names.map(
    (name) => `#ifdef SYS_${name}\n    {"${name}", SYS_${name}, ${LOOSE.has(name) ? 1 : 0}},\n#endif`,
  );
  return `${newerCalls()}\n#ifndef SYS_newfstatat\n#define SYS_newfstatat SYS_fstatat\n#endif\nstatic const struct { const char *name; long nr; int is_loose; } calls[] = {\n${rows.join('\n')}\n};\n`;
};

/** So many calls of a family. */
export function hostileScript(family: string, seed: number, calls: number): string {
  const random = seededRandom(seed);
  const table = FAMILIES[family]!;
  let script = '';
  for (let i = 0; i < calls; i++) {
    const [name, ...args] = table[below(random, table.length)]!;
    script += `${[name, ...args.map((kind) => kind(random))].join(' ')}\n`;
  }
  return script;
}
