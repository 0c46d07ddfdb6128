/** What two tasks share, and what one may take from another: kcmp, pidfd_getfd. */
import type { Errno } from '../abi/index.ts';
import { type Kernel, mayTrace, syscall, type Task, type Tid } from '../kernel/index.ts';
import { fileAt as fileIn, installFd, pidOf, releaseFile, retainFile } from '../vfs/index.ts';
import { fd, int, oneOf, size, uint } from './args.ts';
import { fileAt } from './path.ts';

const KCMP = {
  KCMP_FILE: 0,
  KCMP_VM: 1,
  KCMP_FILES: 2,
  KCMP_FS: 3,
  KCMP_SIGHAND: 4,
  KCMP_IO: 5,
  KCMP_SYSVSEM: 6,
};

/** The open file of a task's descriptor. */
const openFile = (k: Kernel, task: Task, number: number) => {
  const files = k.filesTables.get(task.files);
  return files && fileIn(k.vfs, files, number);
};

type Id = (k: Kernel, task: Task, index: number) => number | undefined;

/** Handlers have no number: the first process that shares them stands for them. */
const handlersOf: Id = (k, task) => {
  const { handlers } = k.groups.get(task.group)!;
  return [...k.groups.values()].find((group) => group.handlers === handlers)?.tgid;
};

/** Nobody has an I/O context of its own; undo lists belong to processes. */
const IDS: Readonly<Record<number, Id>> = {
  [KCMP.KCMP_FILE]: (k, task, index) => openFile(k, task, index)?.id,
  [KCMP.KCMP_VM]: (_k, task) => task.mm,
  [KCMP.KCMP_FILES]: (_k, task) => task.files,
  [KCMP.KCMP_FS]: (_k, task) => task.fs,
  [KCMP.KCMP_SIGHAND]: handlersOf,
  [KCMP.KCMP_IO]: () => 0,
  [KCMP.KCMP_SYSVSEM]: (_k, task) => task.group,
};

/** Equal, less, greater: the order is only good for sorting. */
const order = (a: number, b: number): number => (a === b ? 0 : a < b ? 1 : 2);

export const kcmp = syscall({
  nr: 272,
  name: 'kcmp',
  args: [int, int, oneOf(KCMP), size, size],
  errors: ['EBADF', 'EINVAL', 'EPERM', 'ESRCH'],
  interrupted: 'never blocks',
  support: { partial: 'KCMP_EPOLL_TFD is refused with EINVAL' },
  run(k, pid1, pid2, type, index1, index2) {
    const first = k.tasks.get(pid1 as Tid);
    const second = k.tasks.get(pid2 as Tid);
    if (first === undefined || second === undefined) return 'ESRCH';
    if (!mayTrace(k, first) || !mayTrace(k, second)) return 'EPERM';
    const id = IDS[type];
    if (id === undefined) return 'EINVAL';
    const a = id(k, first, index1);
    const b = id(k, second, index2);
    return a === undefined || b === undefined ? 'EBADF' : order(a, b);
  },
});

/** A descriptor of another process becomes one of the caller's, too. */
function takeFile(k: Kernel, pid: number, number: number): number | Errno {
  const task = k.tasks.get(pid as Tid);
  if (pid === 0 || task === undefined || task.run === 'zombie') return 'ESRCH';
  if (!mayTrace(k, task)) return 'EPERM';
  const file = openFile(k, task, number);
  if (file === undefined) return 'EBADF';
  retainFile(k.vfs, file.id);
  const made = installFd(k.vfs, k.files, file.id, true);
  if (typeof made === 'string') releaseFile(k.vfs, file.id);
  return made;
}

export const pidfdGetfd = syscall({
  nr: 438,
  name: 'pidfd_getfd',
  args: [fd, int, uint],
  errors: ['EBADF', 'EINVAL', 'EMFILE', 'ENFILE', 'EPERM', 'ESRCH'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, pidfd, number, flags) {
    if (flags !== 0) return 'EINVAL';
    const file = fileAt(k, pidfd);
    if (typeof file === 'string') return file;
    return file.kind === 'pidfd' ? takeFile(k, pidOf(k.vfs, file), number) : 'EBADF';
  },
});

export const COMPARE_CALLS = [kcmp, pidfdGetfd];
