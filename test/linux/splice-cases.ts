/** Which files sendfile and splice work with: answers of Linux 6.18. */
import { after, BUF, CWD, type ErrnoCase, type Step } from './errno-case.ts';

/** Opens something as descriptor 3 or 4. */
const open = (name: string, fd: number, flags = 0): Step => ['openat', [CWD, name, flags, 0o644], fd];
const SINKS: readonly (readonly [make: Step, answer: 'EINVAL' | 50])[] = [
  [['eventfd2', [0, 0], 3], 'EINVAL'],
  [['timerfd_create', [1, 0], 3], 'EINVAL'],
  [['epoll_create1', [0], 3], 'EINVAL'],
  [open('/dev/full', 3, 2), 'EINVAL'],
  [open('/dev/null', 3, 2), 50],
  [open('/dev/zero', 3, 2), 50],
  [open('splice', 3, 0o102), 50],
  [['memfd_create', ['m', 0], 3], 50],
];
const SOURCES: readonly (readonly [make: Step, answer: 'EINVAL' | 50])[] = [
  [['eventfd2', [1, 0], 3], 'EINVAL'],
  [['epoll_create1', [0], 3], 'EINVAL'],
  [open('.', 3, 0o200000), 'EINVAL'],
  [open('/proc/self/maps', 3), 'EINVAL'],
  [open('/proc/self/stat', 3), 'EINVAL'],
  [open('/dev/null', 3), 'EINVAL'],
  [open('/dev/zero', 3), 50],
  [open('/dev/full', 3), 50],
  [open('/dev/urandom', 3), 50],
];

export const spliceCases: readonly ErrnoCase[] = [
  ...SINKS.map(([make, answer]) => after([make, open('/dev/zero', 4)], 'sendfile', [3, 4, 0, 50], answer)),
  ...SOURCES.map(([make, answer]) =>
    after([make, open('splice2', 4, 0o102)], 'sendfile', [4, 3, 0, 50], answer),
  ),
  ...SINKS.map(([make, answer]) =>
    after([make, ['pipe2', [BUF, 0], 0], ['write', [5, BUF, 50], 50]], 'splice', [4, 0, 3, 0, 50, 2], answer),
  ),
  ...SOURCES.map(([make, answer]) =>
    after([make, ['pipe2', [BUF, 0], 0]], 'splice', [3, 0, 5, 0, 50, 2], answer),
  ),
];
