/** The calls that build mounts step by step, asked wrongly; and vhangup. */
import { after, BAD, BUF, CWD, type ErrnoCase, refuses, type Step } from './errno-case.ts';

const dropped: Step = ['setuid', [1000], 0];
const tmpfs: Step = ['fsopen', ['tmpfs', 0], 3];
const pipe: Step = ['pipe2', [BUF, 0], 0];

export const mountCases: readonly ErrnoCase[] = [
  refuses('fsopen', ['nofs', 0], 'ENODEV'),
  refuses('fsopen', ['tmpfs', 99], 'EINVAL'),
  refuses('fsopen', [BAD, 0], 'EFAULT'),
  after([dropped], 'fsopen', ['tmpfs', 0], 'EPERM'),
  refuses('fsconfig', [99, 0, 'x', 0, 0], 'EBADF'),
  refuses('fsconfig', [-1, 0, 'x', 0, 0], 'EINVAL'),
  after([pipe], 'fsconfig', [3, 0, 'x', 0, 0], 'EINVAL'),
  after([tmpfs], 'fsconfig', [3, 99, 0, 0, 0], 'EOPNOTSUPP'),
  after([tmpfs], 'fsconfig', [3, 0, 0, 0, 0], 'EINVAL'),
  after([tmpfs], 'fsconfig', [3, 1, 'nokey', 'x', 0], 'EINVAL'),
  refuses('fsmount', [99, 0, 0], 'EBADF'),
  refuses('fsmount', [99, 9, 0], 'EINVAL'),
  after([pipe], 'fsmount', [3, 0, 0], 'EINVAL'),
  after([tmpfs], 'fsmount', [3, 0, 0], 'EINVAL'),
  after([dropped], 'fsmount', [99, 0, 0], 'EPERM'),
  refuses('fspick', [CWD, 'nowhere', 0], 'ENOENT'),
  refuses('fspick', [CWD, '/', 99], 'EINVAL'),
  after([dropped], 'fspick', [CWD, '/', 0], 'EPERM'),
  refuses('open_tree', [CWD, 'nowhere', 0], 'ENOENT'),
  refuses('open_tree', [CWD, '.', 2], 'EINVAL'),
  after([dropped], 'open_tree', [CWD, '.', 1], 'EPERM'),
  refuses('move_mount', [CWD, 'nowhere', CWD, '.', 0], 'ENOENT'),
  refuses('move_mount', [CWD, '.', CWD, '.', 0x10000], 'EINVAL'),
  after([dropped], 'move_mount', [CWD, '.', CWD, '.', 0], 'EPERM'),
  refuses('mount_setattr', [CWD, '.', 0, BUF, 8], 'EINVAL'),
  refuses('mount_setattr', [CWD, '.', 0, BUF, 5000], 'E2BIG'),
  refuses('mount_setattr', [CWD, '.', 9, BUF, 32], 'EINVAL'),
  after([dropped], 'mount_setattr', [CWD, '/', 0, [1, 0, 0, 0], 32], 'EPERM'),
  after([dropped], 'vhangup', [], 'EPERM'),
];
