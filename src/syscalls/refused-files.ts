/** Calls of file families that are not there, with the reason; ENOSYS lets programs fall back. */
import type { Errno } from '../abi/index.ts';
import { syscall } from '../kernel/index.ts';

const refuse = (nr: number, name: string, errno: Errno, why: string) =>
  syscall({
    nr,
    name,
    args: [],
    errors: [errno],
    interrupted: 'never blocks',
    support: { refused: errno, why },
    run: () => errno,
  });

const NO_QUOTA = 'as a kernel built without CONFIG_QUOTA';
const NO_FANOTIFY = 'as a kernel built without CONFIG_FANOTIFY';
const NO_AIO = 'as a kernel built without CONFIG_AIO: C libraries and databases use threads';
const NO_HANDLES = 'as a kernel built without CONFIG_FHANDLE: nothing here serves files to other machines';
const BY_TEXT = 'as before Linux 6.8: /proc/self/mountinfo tells the same';
const GONE = 'as every kernel since Linux 3.1';

export const REFUSED_FILE_CALLS = [
  refuse(0, 'io_setup', 'ENOSYS', NO_AIO),
  refuse(1, 'io_destroy', 'ENOSYS', NO_AIO),
  refuse(2, 'io_submit', 'ENOSYS', NO_AIO),
  refuse(3, 'io_cancel', 'ENOSYS', NO_AIO),
  refuse(4, 'io_getevents', 'ENOSYS', NO_AIO),
  refuse(292, 'io_pgetevents', 'ENOSYS', NO_AIO),
  refuse(18, 'lookup_dcookie', 'ENOSYS', 'as every kernel since Linux 6.8'),
  refuse(42, 'nfsservctl', 'ENOSYS', GONE),
  refuse(60, 'quotactl', 'ENOSYS', NO_QUOTA),
  refuse(443, 'quotactl_fd', 'ENOSYS', NO_QUOTA),
  refuse(262, 'fanotify_init', 'ENOSYS', NO_FANOTIFY),
  refuse(263, 'fanotify_mark', 'ENOSYS', NO_FANOTIFY),
  refuse(457, 'statmount', 'ENOSYS', BY_TEXT),
  refuse(458, 'listmount', 'ENOSYS', BY_TEXT),
  refuse(264, 'name_to_handle_at', 'ENOSYS', NO_HANDLES),
  refuse(265, 'open_by_handle_at', 'ENOSYS', NO_HANDLES),
];
