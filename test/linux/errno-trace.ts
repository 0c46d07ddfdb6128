/** Calls about other processes, asked wrongly: tracing, their memory, their descriptors, filters of calls, POSIX timers, futexes. */
import { after, BAD, BUF, type ErrnoCase, inBuffer, onlyHere, refuses, type Step } from './errno-case.ts';

const NOBODY = 99999;
const INIT = 1;
const SECOND = 10 ** 9;
const FUTEX_U32 = 2;
const IS_HOSTS = 'the first process of this Linux may be out of reach';
const IS_OTHER_PROCESSOR = 'a call of riscv64';

const dropped: Step = ['setuid', [1000], 0];
const timer: Step = ['timer_create', [1, 0, BUF], 0];
const self: Step = ['pidfd_open', [INIT, 0], 3];

const TRACING: readonly ErrnoCase[] = [
  refuses('ptrace', [0x10, NOBODY, 0, 0], 'ESRCH'),
  refuses('ptrace', [0x4206, NOBODY, 0, 0], 'ESRCH'),
  refuses('ptrace', [12, INIT, 0, 0], 'ESRCH'),
  after([dropped], 'ptrace', [0x10, INIT, 0, 0], 'EPERM'),
  after([['ptrace', [0, 0, 0, 0], 0]], 'ptrace', [0, 0, 0, 0], 'EPERM'),
  refuses('process_vm_readv', [NOBODY, [65536, 8], 1, [65536, 8], 1, 0], 'ESRCH'),
  refuses('process_vm_readv', [INIT, BUF, 1, BUF, 1, 9], 'EINVAL'),
  refuses('process_vm_readv', [INIT, BAD, 1, BUF, 1, 0], 'EFAULT'),
  refuses('process_vm_readv', [INIT, BUF, 1025, BUF, 1, 0], 'EINVAL'),
  refuses('process_vm_writev', [NOBODY, BUF, 1, BUF, 1, 0], 0),
  refuses('process_vm_writev', [INIT, BUF, 1, BUF, 1, 9], 'EINVAL'),
  refuses('process_vm_writev', [INIT, [65536, 8], 1, BAD, 1, 0], 'EFAULT'),
  refuses('kcmp', [NOBODY, NOBODY, 0, 0, 0], 'ESRCH'),
  onlyHere(IS_HOSTS, refuses('kcmp', [INIT, INIT, 99, 0, 0], 'EINVAL')),
  onlyHere(IS_HOSTS, refuses('kcmp', [INIT, INIT, 0, 99, 0], 'EBADF')),
  after([dropped], 'kcmp', [INIT, INIT, 1, 0, 0], 'EPERM'),
  refuses('seccomp', [99, 0, 0], 'EINVAL'),
  refuses('seccomp', [0, 1, 0], 'EINVAL'),
  refuses('seccomp', [1, 0x8000, BUF], 'EINVAL'),
  refuses('seccomp', [1, 0, BAD], 'EFAULT'),
  refuses('seccomp', [1, 0, BUF], 'EINVAL'),
  refuses('seccomp', [2, 0, BAD], 'EFAULT'),
  refuses('pidfd_getfd', [99, 0, 0], 'EBADF'),
  refuses('pidfd_getfd', [0, 0, 1], 'EINVAL'),
  onlyHere(IS_HOSTS, after([self], 'pidfd_getfd', [3, 99, 0], 'EBADF')),
  after([self, dropped], 'pidfd_getfd', [3, 0, 0], 'EPERM'),
  refuses('process_madvise', [99, BUF, 1, 20, 0], 'EBADF'),
  refuses('process_madvise', [0, BUF, 1, 20, 1], 'EINVAL'),
  after([self], 'process_madvise', [3, BAD, 1, 20, 0], 'EFAULT'),
  after([self], 'process_madvise', [3, BUF, 1025, 20, 0], 'EINVAL'),
  refuses('process_mrelease', [99, 0], 'EBADF'),
  refuses('process_mrelease', [0, 1], 'EINVAL'),
  after([self], 'process_mrelease', [3, 0], 'EINVAL'),
];

const SCHEDULED: readonly ErrnoCase[] = [
  refuses('ioprio_set', [9, 0, 0], 'EINVAL'),
  refuses('ioprio_set', [1, NOBODY, 0x4000], 'ESRCH'),
  refuses('ioprio_set', [1, 0, 0xe000], 'EINVAL'),
  after([dropped], 'ioprio_set', [1, INIT, 0x4000], 'EPERM'),
  refuses('ioprio_get', [9, 0], 'EINVAL'),
  refuses('ioprio_get', [1, NOBODY], 'ESRCH'),
  refuses('restart_syscall', [], 'EINTR'),
];

const TIMERS: readonly ErrnoCase[] = [
  refuses('timer_create', [99, 0, BUF], 'EINVAL'),
  refuses('timer_create', [1, BAD, BUF], 'EFAULT'),
  refuses('timer_create', [1, 0, BAD], 'EFAULT'),
  refuses('timer_create', [1, [0, (99 << 0) | 0, 0, 0, 0, 0, 0, 0], BUF], 'EINVAL'),
  ...['timer_gettime', 'timer_delete', 'timer_getoverrun'].map((call) => refuses(call, [99, BUF], 'EINVAL')),
  refuses('timer_settime', [99, 0, [0, 0, 0, 0], 0], 'EINVAL'),
  refuses('timer_settime', [99, 0, 0, 0], 'EINVAL'),
  after([timer], 'timer_gettime', [0, BAD], 'EFAULT'),
  after([timer], 'timer_settime', [0, 0, BAD, 0], 'EFAULT'),
  after([timer], 'timer_settime', [0, 0, [0, 0, 0, SECOND], 0], 'EINVAL'),
  after([timer], 'timer_settime', [0, 0, [0, 0, 0, 0], BAD], 'EFAULT'),
];

/** struct futex_waitv: value, address, flags. */
const waiter = (flags: number): readonly number[] => [1, 65536, flags];

const FUTEXES: readonly ErrnoCase[] = [
  refuses('futex_waitv', [waiter(FUTEX_U32), 0, 0, 0, 0], 'EINVAL'),
  refuses('futex_waitv', [waiter(FUTEX_U32), 129, 0, 0, 0], 'EINVAL'),
  refuses('futex_waitv', [waiter(FUTEX_U32), 1, 1, 0, 0], 'EINVAL'),
  refuses('futex_waitv', [waiter(1), 1, 0, 0, 0], 'EINVAL'),
  refuses('futex_waitv', [BAD, 1, 0, 0, 0], 'EFAULT'),
  refuses('futex_waitv', [waiter(FUTEX_U32), 1, 0, BAD, 1], 'EFAULT'),
  refuses('futex_waitv', [waiter(FUTEX_U32), 1, 0, [0, SECOND], 1], 'EINVAL'),
  refuses('futex_waitv', [waiter(FUTEX_U32), 1, 0, [0, 0], 99], 'EINVAL'),
  refuses('futex_wake', [BUF, 1, 1, 99], 'EINVAL'),
  refuses('futex_wake', [BUF, 0, 1, FUTEX_U32], 'EINVAL'),
  refuses('futex_wake', [inBuffer(1), 1, 1, FUTEX_U32], 'EINVAL'),
  refuses('futex_wait', [BUF, 0, 1, 99, 0, 0], 'EINVAL'),
  refuses('futex_wait', [BUF, 1, 1, FUTEX_U32, 0, 0], 'EAGAIN'),
  refuses('futex_wait', [BUF, 0, 0, FUTEX_U32, 0, 0], 'EINVAL'),
  refuses('futex_wait', [BUF, 0, 1, FUTEX_U32, BAD, 1], 'EFAULT'),
  refuses('futex_requeue', [BAD, 0, 1, 1], 'EFAULT'),
  refuses('futex_requeue', [BUF, 1, 1, 1], 'EINVAL'),
  refuses('futex_requeue', [0, 0, 1, 1], 'EINVAL'),
  onlyHere(IS_OTHER_PROCESSOR, refuses('rseq', [inBuffer(1), 32, 0, 0], 'EINVAL')),
  refuses('rseq', [BUF, 32, 9, 0], 'EINVAL'),
];

export const traceCases: readonly ErrnoCase[] = [...TRACING, ...SCHEDULED, ...TIMERS, ...FUTEXES];
