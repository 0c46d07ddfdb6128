/**
 * Which calls look out of the machine: at the wall clock, at folders and streams of the host. All that a machine
 * does before the first of them depends on what it was made with alone. Calls that are not named here count as
 * ones that look, and so do calls that change files: those bear the time.
 */
import { AT, O } from '../abi/index.ts';
import type { CpuTrap, Kernel } from '../kernel/index.ts';
import { type Inode, inodeOf, leadsOutside, type OpenFile, pipeOf, readAt } from '../vfs/index.ts';
import { fileAt, isPathError, readPath, resolveText } from './path.ts';

/** What a call is about to look at: the wall clock, or anything else that is not the machine's own. */
export type Look = 'clock' | 'outside' | null;

/** The arguments are in `words` from `at` on, two words each: nothing is made for a look, as each call is looked at. */
type Check = (k: Kernel, words: Int32Array, at: number) => Look;

/** The low half of an argument. */
const word = (words: Int32Array, at: number, index: number): number => words[at + 2 * index]!;

/** All of an argument. */
const address = (words: Int32Array, at: number, index: number): number =>
  (words[at + 2 * index + 1]! >>> 0) * 2 ** 32 + (words[at + 2 * index]! >>> 0);

const quiet: Check = () => null;

/** Calls about the machine's own state alone. */
const QUIET = `
  brk munmap mremap mprotect madvise mincore mlock2 membarrier rseq riscv_flush_icache riscv_hwprobe
  clone clone3 exit exit_group wait4 waitid kill tkill tgkill set_tid_address set_robust_list get_robust_list
  rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend sigaltstack
  getpid getppid gettid getuid geteuid getgid getegid getgroups getresuid getresgid getpgid getsid setpgid setsid
  getpriority setpriority sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_getscheduler
  getrlimit setrlimit prlimit64 getrusage times sysinfo uname prctl personality umask getcpu
  getrandom getcwd close close_range dup dup3 lseek fchdir fstat fstatfs getdents64 pipe2 eventfd2
  clock_getres nanosleep getitimer setitimer
  socket socketpair getsockname getpeername getsockopt setsockopt
`;

/** CLOCK_REALTIME, its coarse and its alarm clock, CLOCK_TAI. */
const WALL_CLOCKS = new Set([0, 5, 8, 11]);
const TIMER_ABSTIME = 1;
const FUTEX_CLOCK_REALTIME = 256;
const AF_UNIX = 1;
const MAP_SHARED = 1;
const PROT_WRITE = 2;

/** F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC. */
const FCNTLS = new Set([0, 1, 2, 3, 4, 1030]);
/** TCGETS, TCGETS2, TIOCGPGRP, TIOCGWINSZ, FIONCLEX, FIOCLEX: a window's size is one of the first inputs. */
const IOCTLS = new Set([0x5401, 0x802c542a | 0, 0x540f, 0x5413, 0x5450, 0x5451]);

const LOOKS: Readonly<Record<string, Check>> = {
  ...forAll(QUIET.trim().split(/\s+/), quiet),
  clock_gettime: (_, words, at) => (WALL_CLOCKS.has(word(words, at, 0)) ? 'clock' : null),
  gettimeofday: () => 'clock',
  clock_nanosleep: (_, words, at) =>
    WALL_CLOCKS.has(word(words, at, 0)) && (word(words, at, 1) & TIMER_ABSTIME) !== 0 ? 'outside' : null,
  futex: (_, words, at) => ((word(words, at, 1) & FUTEX_CLOCK_REALTIME) === 0 ? null : 'outside'),
  mmap: (_, words, at) =>
    (word(words, at, 2) & PROT_WRITE) !== 0 && (word(words, at, 3) & MAP_SHARED) !== 0 ? 'outside' : null,
  fcntl: (_, words, at) => (FCNTLS.has(word(words, at, 1)) ? null : 'outside'),
  ioctl: (_, words, at) => (IOCTLS.has(word(words, at, 1)) ? null : 'outside'),
  ...forAll(['read', 'readv', 'pread64', 'preadv'], (k, words, at) => {
    const file = fileAt(k, word(words, at, 0));
    return file === 'EBADF' ? null : reads(k, file);
  }),
  ...forAll(['write', 'writev'], (k, words, at) => {
    const file = fileAt(k, word(words, at, 0));
    return file === 'EBADF' ? null : writes(k, file);
  }),
  openat: (k, words, at) => {
    const flags = word(words, at, 2);
    if ((flags & (O.O_CREAT | O.O_TRUNC)) !== 0 || (flags & O.O_TMPFILE) === O.O_TMPFILE) return 'outside';
    return ofPathAt(k, words, at, (flags & O.O_NOFOLLOW) === 0, opens);
  },
  newfstatat: (k, words, at) => ofPathAt(k, words, at, (word(words, at, 3) & AT.AT_SYMLINK_NOFOLLOW) === 0),
  statx: (k, words, at) => ofPathAt(k, words, at, (word(words, at, 2) & AT.AT_SYMLINK_NOFOLLOW) === 0),
  faccessat: (k, words, at) => ofPathAt(k, words, at, true),
  faccessat2: (k, words, at) => ofPathAt(k, words, at, (word(words, at, 3) & AT.AT_SYMLINK_NOFOLLOW) === 0),
  readlinkat: (k, words, at) => ofPathAt(k, words, at, false),
  ...forAll(['statfs', 'chdir'], (k, words, at) => ofPath(k, AT.AT_FDCWD, address(words, at, 0), true)),
  connect: (k, words, at) => {
    const name = address(words, at, 1);
    return k.user.readU16(name) === AF_UNIX ? ofPath(k, AT.AT_FDCWD, name + 2, true) : 'outside';
  },
  execve: (k, words, at) => ofPath(k, AT.AT_FDCWD, address(words, at, 0), true, executes),
};

function forAll(names: readonly string[], check: Check): Record<string, Check> {
  return Object.fromEntries(names.map((name) => [name, check]));
}

const CHECKS: ReadonlyMap<string, Check> = new Map(Object.entries(LOOKS));

/** Names of the calls that need not look outside, for the test that each is one. */
export const INSIDE_NAMES: readonly string[] = [...CHECKS.keys()];

const A0 = 20;
const A7 = 34;

/** What the call that the current task has just made, or goes on with, is about to look at. */
export function looksAt(k: Kernel, trap: CpuTrap): Look {
  const x = k.hart.xWords;
  if (trap === 'ecall') return looksFor(k, x[A7]!, x, A0);
  return trap === 'resume' && k.task.call !== null ? looksFor(k, k.task.call.nr, k.task.call.words, 0) : null;
}

function looksFor(k: Kernel, nr: number, words: Int32Array, at: number): Look {
  const row = k.table[nr];
  // A call that there is not, or that is refused to everybody, sees nothing.
  if (row === undefined || (typeof row.support === 'object' && 'refused' in row.support)) return null;
  const check = CHECKS.get(row.name);
  return check === undefined ? 'outside' : check(k, words, at);
}

const isHosts = (k: Kernel, file: OpenFile): boolean =>
  file.kind === 'tty' || (file.kind === 'pipe' && pipeOf(k.vfs, file.channel).host !== 'none');

/** /proc/stat tells when the machine was booted. */
const tellsTime = (inode: Inode): boolean => inode.generator?.make === 'stat';

function reads(k: Kernel, file: OpenFile): Look {
  if (file.kind === 'proc' && tellsTime(inodeOf(k.vfs, file.inode))) return 'clock';
  return isHosts(k, file) ? 'outside' : null;
}

const writes = (k: Kernel, file: OpenFile): Look =>
  file.kind === 'regular' || isHosts(k, file) ? 'outside' : null;

const TTY_MAJORS = new Set([4, 5, 136]);
const DEV_TTY = 0x500;

/** /dev/tty of a process that has no terminal is an error, whoever asks. */
const opens = (k: Kernel, inode: Inode): Look => {
  if (inode.kind === 'fifo') return 'outside';
  if (inode.kind !== 'char' || !TTY_MAJORS.has(inode.rdev >> 8)) return null;
  return inode.rdev === DEV_TTY && k.group.tty === 0 ? null : 'outside';
};

const HASH_BANG = 0x2123;

/** A script names its interpreter, which may lie anywhere. */
function executes(k: Kernel, inode: Inode): Look {
  if (inode.kind !== 'file') return null;
  const head = new Uint8Array(2);
  readAt(k.vfs, inode, 0, head);
  return head[0]! + head[1]! * 256 === HASH_BANG ? 'outside' : null;
}

/** A path that is an argument, behind its directory. */
const ofPathAt = (
  k: Kernel,
  words: Int32Array,
  at: number,
  follow: boolean,
  check?: (k: Kernel, inode: Inode) => Look,
): Look => ofPath(k, word(words, at, 0), address(words, at, 1), follow, check);

/** Walks as the call will, and stops where it would look at names that are not the machine's own. */
function ofPath(
  k: Kernel,
  directory: number,
  address: number,
  follow: boolean,
  check: (k: Kernel, inode: Inode) => Look = () => null,
): Look {
  const path = readPath(k, address);
  if (isPathError(path)) return null;
  if (path === '') return directory === AT.AT_FDCWD ? 'outside' : null;
  const mayLook = (inode: Inode) => !leadsOutside(k.vfs, inode);
  const found = resolveText(k, directory, path, { follow, mayLook });
  if (found === 'ECANCELED') return 'outside';
  if (typeof found === 'string') return null;
  if (found.inode === 0) return 'outside';
  const inode = inodeOf(k.vfs, found.inode);
  return leadsOutside(k.vfs, inode) ? 'outside' : check(k, inode);
}
