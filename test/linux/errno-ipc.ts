/** System V and POSIX objects of communication, and calls about mappings, asked wrongly. */
import { after, BAD, BUF, type ErrnoCase, inBuffer, OK, refuses, type Step } from './errno-case.ts';

const [IPC_CREAT, IPC_EXCL, IPC_NOWAIT] = [0o1000, 0o2000, 0o4000];
const [IPC_RMID, IPC_SET, IPC_STAT] = [0, 1, 2];
const NONE = 0x7fffffff;
const O_CREAT = 0o100;
const LONG = 'x'.repeat(256);
const dropped: Step = ['setuid', [1000], 0];

/** Bad identifiers and commands of the three kinds of System V objects. */
const controls = ['shmctl', 'msgctl'].flatMap((call) => [
  refuses(call, [NONE, IPC_STAT, BUF], 'EINVAL'),
  refuses(call, [0, 99, BUF], 'EINVAL'),
  refuses(call, [-1, IPC_RMID, 0], 'EINVAL'),
]);

const SYSV: readonly ErrnoCase[] = [
  ...controls,
  refuses('shmget', [77, 0, IPC_CREAT | 0o600], 'EINVAL'),
  refuses('shmget', [NONE, 4096, 0], 'ENOENT'),
  after(
    [['shmget', [4711, 4096, IPC_CREAT | 0o600], OK]],
    'shmget',
    [4711, 4096, IPC_CREAT | IPC_EXCL],
    'EEXIST',
  ),
  after([['shmget', [4711, 4096, IPC_CREAT | 0o600], OK], dropped], 'shmget', [4711, 4096, 0o600], 'EACCES'),
  refuses('shmat', [NONE, 0, 0], 'EINVAL'),
  refuses('shmdt', [4096], 'EINVAL'),
  refuses('semget', [77, -1, IPC_CREAT], 'EINVAL'),
  refuses('semget', [77, 0, IPC_CREAT | 0o600], 'EINVAL'),
  refuses('semget', [NONE, 1, 0], 'ENOENT'),
  refuses('semop', [NONE, BUF, 1], 'EINVAL'),
  refuses('semop', [0, BUF, 0], 'EINVAL'),
  refuses('semop', [0, BUF, 100000], 'E2BIG'),
  refuses('semop', [-1, BUF, 1], 'EINVAL'),
  refuses('semtimedop', [0, BAD, 1, 0], 'EFAULT'),
  refuses('semtimedop', [0, BUF, 1, BAD], 'EFAULT'),
  refuses('semtimedop', [-1, BUF, 1, 0], 'EINVAL'),
  refuses('semctl', [NONE, 0, IPC_STAT, BUF], 'EINVAL'),
  refuses('semctl', [0, 0, 99, BUF], 'EINVAL'),
  refuses('semctl', [-1, 0, IPC_RMID, 0], 'EINVAL'),
  refuses('msgget', [NONE, 0], 'ENOENT'),
  after([['msgget', [4712, IPC_CREAT | 0o600], OK]], 'msgget', [4712, IPC_CREAT | IPC_EXCL], 'EEXIST'),
  refuses('msgsnd', [NONE, [1], 1, 0], 'EINVAL'),
  refuses('msgsnd', [0, [0], 1, 0], 'EINVAL'),
  refuses('msgsnd', [0, BAD, 1, 0], 'EFAULT'),
  refuses('msgsnd', [0, [1], -1, 0], 'EINVAL'),
  refuses('msgrcv', [NONE, BUF, 1, 0, IPC_NOWAIT], 'EINVAL'),
  refuses('msgrcv', [-1, BUF, 1, 0, 0], 'EINVAL'),
  refuses('msgrcv', [0, BUF, -1, 0, 0], 'EINVAL'),
  refuses('msgctl', [0, IPC_SET, BAD], 'EFAULT'),
];

const queue = (name: string): Step => ['mq_open', [name, O_CREAT | 2, 0o600, 0], 3];

const QUEUES: readonly ErrnoCase[] = [
  refuses('mq_open', ['nowhere', 0, 0, 0], 'ENOENT'),
  refuses('mq_open', [BAD, 0, 0, 0], 'EFAULT'),
  refuses('mq_open', [LONG, O_CREAT | 2, 0o600, 0], 'ENAMETOOLONG'),
  refuses('mq_open', ['zero', O_CREAT | 2, 0o600, [0, 0, 0, 0, 0, 0, 0, 0]], 'EINVAL'),
  refuses('mq_open', ['bad', O_CREAT | 2, 0o600, BAD], 'EFAULT'),
  refuses('mq_unlink', ['nowhere'], 'ENOENT'),
  refuses('mq_unlink', [BAD], 'EFAULT'),
  refuses('mq_getsetattr', [99, 0, BUF], 'EBADF'),
  after([queue('attr')], 'mq_getsetattr', [3, BAD, 0], 'EFAULT'),
  after([queue('attr')], 'mq_getsetattr', [3, [1, 0, 0, 0, 0, 0, 0, 0], 0], 'EINVAL'),
  refuses('mq_notify', [99, 0], 'EBADF'),
  refuses('mq_notify', [99, BAD], 'EFAULT'),
  after([queue('note')], 'mq_notify', [3, [0, 99, 0, 0, 0, 0, 0, 0]], 'EINVAL'),
  refuses('mq_timedsend', [99, BUF, 1, 0, 0], 'EBADF'),
  refuses('mq_timedsend', [99, BUF, 1, 32768, 0], 'EINVAL'),
  refuses('mq_timedsend', [99, BUF, 1, 0, BAD], 'EFAULT'),
  after([queue('send')], 'mq_timedsend', [3, BUF, 100000, 0, 0], 'EMSGSIZE'),
  after([queue('send')], 'mq_timedsend', [3, BAD, 1, 0, 0], 'EFAULT'),
  refuses('mq_timedreceive', [99, BUF, 8192, 0, 0], 'EBADF'),
  after([queue('take')], 'mq_timedreceive', [3, BUF, 1, 0, 0], 'EMSGSIZE'),
  after([queue('take')], 'mq_timedreceive', [3, BUF, 8192, 0, [0, 0]], 'ETIMEDOUT'),
  ...['attr', 'note', 'send', 'take'].map((name) => refuses('mq_unlink', [name], 0)),
];

const PAGES: readonly ErrnoCase[] = [
  refuses('remap_file_pages', [BUF, 4096, 1, 0, 0], 'EINVAL'),
  refuses('remap_file_pages', [1, 4096, 0, 0, 0], 'EINVAL'),
  refuses('cachestat', [99, BUF, BUF, 0], 'EBADF'),
  after([['openat', [-100, 'cs', O_CREAT | 2, 0o600], 3]], 'cachestat', [3, BUF, inBuffer(64), 1], 'EINVAL'),
  after([['openat', [-100, 'cs', O_CREAT | 2, 0o600], 3]], 'cachestat', [3, BAD, BUF, 0], 'EFAULT'),
];

export const ipcCases: readonly ErrnoCase[] = [...SYSV, ...QUEUES, ...PAGES];
