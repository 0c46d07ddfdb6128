/** All system calls by number, collected from the families; what is not here answers ENOSYS. */
import { bug } from '../base/index.ts';
import type { Syscall, SyscallTable } from '../kernel/index.ts';
import { ACCESS_CALLS } from './access.ts';
import { ATTRIBUTE_CALLS } from './attribute.ts';
import { CACHE_CALLS } from './cachestat.ts';
import { CAPABILITY_CALLS } from './capability.ts';
import { CLOCK_CALLS } from './clock.ts';
import { CLOCK_SET_CALLS } from './clock-set.ts';
import { CLONE_CALLS } from './clone.ts';
import { COMPARE_CALLS } from './compare.ts';
import { COPY_CALLS } from './copy.ts';
import { CREDENTIAL_CALLS } from './credentials.ts';
import { CWD_CALLS } from './cwd.ts';
import { DIRECTORY_CALLS } from './directory.ts';
import { EPOLL_CALLS } from './epoll.ts';
import { EVENTFD_CALLS } from './eventfd.ts';
import { EXEC_CALLS } from './exec.ts';
import { FCNTL_CALLS } from './fcntl.ts';
import { FD_CALLS } from './fd.ts';
import { FUTEX_CALLS } from './futex.ts';
import { FUTEX2_CALLS } from './futex2.ts';
import { INOTIFY_CALLS } from './inotify.ts';
import { IOCTL_CALLS } from './ioctl.ts';
import { LIMIT_CALLS } from './limits.ts';
import { LOCK_CALLS } from './lock.ts';
import { MEMORY_CALLS } from './memory.ts';
import { MEMORY_ADVICE_CALLS } from './memory-advice.ts';
import { MEMORY_LOCK_CALLS } from './memory-lock.ts';
import { MOUNT_CALLS } from './mount.ts';
import { MOUNT_FD_CALLS } from './mount-fd.ts';
import { MOUNT_TREE_CALLS } from './mount-tree.ts';
import { MQUEUE_CALLS } from './mqueue.ts';
import { MQUEUE_MESSAGE_CALLS } from './mqueue-message.ts';
import { MSG_CALLS } from './msg.ts';
import { OPEN_CALLS } from './open.ts';
import { PIDFD_CALLS } from './pidfd.ts';
import { POLL_CALLS } from './poll.ts';
import { POSIX_TIMER_CALLS } from './posix-timer.ts';
import { PRCTL_CALLS } from './prctl.ts';
import { PRIORITY_CALLS } from './priority.ts';
import { PROCESS_CALLS } from './process.ts';
import { PROCESS_MEMORY_CALLS } from './process-memory.ts';
import { PROCESSOR_CALLS } from './processor.ts';
import { PTRACE_CALLS } from './ptrace.ts';
import { READ_WRITE_CALLS } from './read-write.ts';
import { REFUSED_FILE_CALLS } from './refused-files.ts';
import { REFUSED_SYSTEM_CALLS } from './refused-system.ts';
import { RESIZE_CALLS } from './resize.ts';
import { rseq } from './rseq.ts';
import { SCHED_CALLS } from './sched.ts';
import { AFFINITY_CALLS } from './sched-affinity.ts';
import { SCHED_ATTR_CALLS } from './sched-attr.ts';
import { SECCOMP_CALLS } from './seccomp.ts';
import { SEM_CALLS } from './sem.ts';
import { SEM_CONTROL_CALLS } from './sem-control.ts';
import { SHM_CALLS } from './shm.ts';
import { SIGNAL_CALLS } from './signal.ts';
import { SIGNAL_SEND_CALLS } from './signal-send.ts';
import { SOCKET_CALLS } from './socket.ts';
import { SOCKET_CONNECT_CALLS } from './socket-connect.ts';
import { SOCKET_MANY_CALLS } from './socket-many.ts';
import { SOCKET_MESSAGE_CALLS } from './socket-message.ts';
import { SOCKET_OPTION_CALLS } from './socket-option.ts';
import { SPLICE_CALLS } from './splice.ts';
import { STAT_CALLS } from './stat.ts';
import { STATFS_CALLS } from './statfs.ts';
import { SYSTEM_CALLS } from './system.ts';
import { TIME_CALLS } from './time.ts';
import { UMOUNT_CALLS } from './umount.ts';
import { UNSHARE_CALLS } from './unshare.ts';
import { USAGE_CALLS } from './usage.ts';
import { VECTOR_CALLS } from './vector.ts';
import { WAIT_CALLS } from './wait.ts';
import { XATTR_CALLS } from './xattr.ts';

/** A family as docs/support.md heads it, and its calls. Rows differ in their arguments: the table forgets which. */
export interface SyscallFamily {
  readonly title: string;
  readonly calls: readonly Syscall[];
}

const family = (title: string, ...lists: readonly (readonly unknown[])[]): SyscallFamily => ({
  title,
  calls: lists.flat() as readonly Syscall[],
});

/** Every declared call once, in the order of the support table. */
export const FAMILIES: readonly SyscallFamily[] = [
  family(
    'Processes and threads',
    CLONE_CALLS,
    PROCESS_CALLS,
    EXEC_CALLS,
    WAIT_CALLS,
    USAGE_CALLS,
    CREDENTIAL_CALLS,
    CAPABILITY_CALLS,
    LIMIT_CALLS,
    PRCTL_CALLS,
    PIDFD_CALLS,
    UNSHARE_CALLS,
  ),
  family('Scheduling', SCHED_CALLS, SCHED_ATTR_CALLS, AFFINITY_CALLS, PRIORITY_CALLS),
  family('Memory', MEMORY_CALLS, MEMORY_LOCK_CALLS, MEMORY_ADVICE_CALLS),
  family('Signals', SIGNAL_CALLS, SIGNAL_SEND_CALLS),
  family('Time', CLOCK_CALLS, CLOCK_SET_CALLS, TIME_CALLS, POSIX_TIMER_CALLS),
  family('Futexes', FUTEX_CALLS, FUTEX2_CALLS),
  family(
    'Descriptors',
    OPEN_CALLS,
    FD_CALLS,
    CACHE_CALLS,
    READ_WRITE_CALLS,
    VECTOR_CALLS,
    COPY_CALLS,
    SPLICE_CALLS,
    FCNTL_CALLS,
    LOCK_CALLS,
    IOCTL_CALLS,
  ),
  family('Waiting for files', POLL_CALLS, EPOLL_CALLS, EVENTFD_CALLS),
  family(
    'Sockets',
    SOCKET_CALLS,
    SOCKET_CONNECT_CALLS,
    SOCKET_MESSAGE_CALLS,
    SOCKET_MANY_CALLS,
    SOCKET_OPTION_CALLS,
  ),
  family(
    'Files and directories',
    STAT_CALLS,
    STATFS_CALLS,
    ACCESS_CALLS,
    DIRECTORY_CALLS,
    CWD_CALLS,
    ATTRIBUTE_CALLS,
    RESIZE_CALLS,
    XATTR_CALLS,
    MOUNT_CALLS,
    UMOUNT_CALLS,
    MOUNT_FD_CALLS,
    MOUNT_TREE_CALLS,
    INOTIFY_CALLS,
    REFUSED_FILE_CALLS,
  ),
  family('POSIX message queues', MQUEUE_CALLS, MQUEUE_MESSAGE_CALLS),
  family('System V objects', SHM_CALLS, SEM_CALLS, SEM_CONTROL_CALLS, MSG_CALLS),
  family('Tracing', PTRACE_CALLS, PROCESS_MEMORY_CALLS, COMPARE_CALLS, SECCOMP_CALLS),
  family('System', SYSTEM_CALLS, PROCESSOR_CALLS, [rseq], REFUSED_SYSTEM_CALLS),
];

function byNumber(families: readonly SyscallFamily[]): SyscallTable {
  const table: (Syscall | undefined)[] = [];
  for (const call of families.flatMap(({ calls }) => calls)) {
    if (table[call.nr] !== undefined) bug(`two rows for call ${call.nr}`);
    table[call.nr] = call;
  }
  return Array.from(table);
}

/** What `machine` hands to the kernel. */
export const SYSCALLS: SyscallTable = byNumber(FAMILIES);
