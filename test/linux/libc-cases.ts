/**
 * Programs with glibc, from guest/libc. Recorded on a real Linux (x86-64, glibc 2.36) and compared with qemu-riscv64
 * 7.2. Built when a test needs them: they are too large to commit.
 */
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { resolve } from 'node:path';
import type { GuestCase } from '../guest/case.ts';

/** Long transcripts lie in files. */
const golden = (name: string): string =>
  readFileSync(resolve(import.meta.dirname, `../golden/libc/${name}.txt`), 'utf8');

function isLinuxSince(major: number, minor: number): boolean {
  const [hasMajor = 0, hasMinor = 0] = release().split('.').map(Number);
  return hasMajor > major || (hasMajor === major && hasMinor >= minor);
}

/** Rows by the name of the source; argv is empty. */
export const libcCases: readonly GuestCase[] = [
  {
    name: 'threads',
    argv: [],
    stdout: `thread 0: counter 8000, own 7
thread 1: counter 8000, own 8
thread 2: counter 8000, own 9
thread 3: counter 8000, own 10
sum 14, own 7, destroyed 6, inits 1, serial 1
owner thread gone: EOWNERDEAD
owner process gone: EOWNERDEAD
cleaned up after cancel
cancelled: 1
timed wait: ETIMEDOUT
`,
    status: 0,
    notInQemu: 'qemu-user 7.2 has no robust lists',
  },
  {
    name: 'processes',
    argv: [],
    stdout: `in the buffer before fork, so it comes out twice
atexit in the first
in the buffer before fork, so it comes out twice
read: line 1
read: line 2
status 5
posix_spawn: 0
spawned with WHO=spawned
status 9
posix_spawn of nothing: 2
atexit in the first
`,
    status: 3,
    notInQemu: 'qemu-user hands exec to the host, which cannot start a riscv64 program without binfmt_misc',
  },
  {
    name: 'signals',
    argv: [],
    stdout: `back from a fault, 2
back from a fault, 2
pages made on demand: 3
value 77
three alarms while computing, registers intact: 1
abort: signal 6
abort with SIGABRT ignored: signal 6
Segmentation fault, Terminated
`,
    status: 0,
  },
  {
    name: 'library',
    argv: [],
    stdout: `3.1415926536 6.020000e+23 0.3 0x1.5555555555555p-2
1.414 7.000 -3.000
1e-310 inf nan
0.333333
heap: 10000, big 1
files: 1000 values, 0 to 999, position 3889
size 3890
entry renamed.txt, regular 1
mkstemp 1
time 1971-01-01 00:00
cpus 1, page 4096
`,
    status: 0,
  },
  {
    name: 'descriptors',
    argv: [],
    stdout: golden('descriptors'),
    status: 0,
    notInQemu: 'partial transfers at a bad address, O_LARGEFILE and pwritev2 flags differ in qemu-user 7.2',
  },
  {
    name: 'timers',
    argv: [],
    stdout: golden('timers'),
    status: 0,
    notInQemu: 'qemu-user 7.2 checks the arguments of timers and the rights to set clocks otherwise',
  },
  {
    name: 'handlers',
    argv: [],
    stdout: golden('handlers'),
    status: 0,
    notInQemu: 'qemu-user 7.2 restarts calls and keeps stacks otherwise',
  },
  {
    name: 'scheduling',
    argv: [],
    stdout: golden('scheduling'),
    status: 0,
    notInQemu: 'the shares are those of the host, which is busy',
    ...(process.getuid?.() === 0 ? {} : { notNative: 'real-time policies need privilege' }),
  },
  {
    name: 'queued',
    argv: [],
    stdout: golden('queued'),
    status: 0,
    notInQemu: 'qemu-user 7.2 queues signals itself and keeps some of them for its own use',
  },
  {
    name: 'sysv',
    argv: [],
    stdout: golden('sysv'),
    status: 0,
    notInQemu: 'qemu-user 7.2 gives other errors for bad addresses of System V calls',
  },
  {
    name: 'mqueues',
    argv: [],
    stdout: golden('mqueues'),
    status: 0,
    notInQemu: 'qemu-user 7.2 does not let a thread be told of messages',
  },
  {
    name: 'inherit',
    argv: [],
    stdout: golden('inherit'),
    status: 0,
    notInQemu: 'qemu-user 7.2 hands numbers of the host to the guest in words, and has no futex_waitv',
  },
  { name: 'events', argv: [], stdout: golden('events'), status: 0 },
  { name: 'sockets', argv: [], stdout: golden('sockets'), status: 0 },
  {
    name: 'inet',
    argv: [],
    stdout: golden('inet'),
    status: 0,
    notInQemu: 'qemu-user 7.2 does not know all options and has its own ideas of recvmmsg',
  },
  {
    name: 'inotify',
    argv: [],
    stdout: golden('inotify'),
    status: 0,
    notInQemu: 'an unreadable buffer is EFAULT before there is anything to read in qemu-user 7.2',
  },
  {
    name: 'tracing',
    argv: [],
    stdout: golden('tracing'),
    status: 0,
    notInQemu: 'qemu-user 7.2 has no ptrace',
  },
  {
    name: 'looking',
    argv: [],
    stdout: golden('looking'),
    status: 0,
    notInQemu: 'qemu-user 7.2 has no ptrace, and breakpoints in it stop QEMU itself',
  },
  {
    name: 'mounts',
    argv: [],
    stdout: golden('mounts'),
    status: 0,
    notNative: 'recorded as root in a mount namespace of its own',
    notInQemu: 'recorded as root in a mount namespace of its own',
  },
  {
    name: 'sigio',
    argv: [],
    stdout: golden('sigio'),
    status: 0,
    notInQemu: 'qemu-user 7.2 does not translate F_SETOWN_EX and si_band',
  },
  {
    name: 'lease',
    argv: [],
    stdout: golden('lease'),
    status: 0,
    notInQemu: 'qemu-user 7.2 does not know F_CREATED_QUERY and write hints',
  },
  {
    name: 'forbidding',
    argv: [],
    stdout: golden('forbidding'),
    status: 0,
    notInQemu: 'qemu-user 7.2 has no seccomp',
  },
  {
    name: 'mount-api',
    argv: [],
    stdout: golden('mount-api'),
    status: 0,
    notNative: 'recorded as root in a mount namespace of its own',
    notInQemu: 'recorded as root in a mount namespace of its own',
  },
  {
    name: 'file-limits',
    argv: [],
    stdout: golden('file-limits'),
    status: 0,
    notNative: 'recorded on a tmpfs, with standard input and output alone',
    notInQemu: 'recorded on a tmpfs, with standard input and output alone',
  },
  {
    name: 'rseq',
    argv: [],
    stdout: golden('rseq'),
    status: 0,
    notInQemu: 'qemu-user 7.2 has no restartable sequences',
  },
  {
    name: 'vdso',
    argv: [],
    stdout: golden('vdso'),
    status: 0,
    notInQemu: 'qemu-user 7.2 has no such object for riscv64',
  },
  {
    name: 'pidfds',
    argv: [],
    stdout: golden('pidfds'),
    status: 0,
    notInQemu: 'qemu-user 7.2 hands numbers of the host to the guest',
  },
  {
    name: 'edges',
    argv: [],
    stdout: golden('edges'),
    status: 0,
    notInQemu: 'qemu-user 7.2 has no futexes with priority inheritance as Linux has them, and mseal is newer',
    ...(isLinuxSince(6, 10) ? {} : { notNative: 'mseal came with Linux 6.10' }),
  },
  {
    name: 'edges',
    argv: ['names'],
    stdout: golden('edges-names'),
    status: 0,
    notInQemu: 'qemu-user 7.2 hands PR_SET_VMA to the host with its addresses',
    notNative: 'a kernel may be built without CONFIG_ANON_VMA_NAME, and many are',
  },
  {
    name: 'powers',
    argv: [],
    stdout: golden('powers'),
    status: 0,
    notInQemu: 'capabilities of the host',
    ...(process.getuid?.() === 0 ? {} : { notNative: 'only root has capabilities to drop' }),
  },
  {
    name: 'things',
    argv: [],
    stdout: golden('things'),
    status: 0,
    notInQemu: 'memory of the host process',
    ...(process.getuid?.() === 0 ? {} : { notNative: 'gives things to other users' }),
  },
];
