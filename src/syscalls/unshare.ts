/** unshare and setns: own copies of what clone shared; namespaces are not built in. man 2 unshare. */
import { CLONE, type FsId, isSet, type Kernel, leaveUndo, syscall, useTables } from '../kernel/index.ts';
import { copyFilesTable, copyFsContext, releaseFilesTable, releaseFsContext } from '../vfs/index.ts';
import { fd, flags } from './args.ts';
import { openFile } from './file.ts';
import { namespaceKind } from './text/process.ts';

/** What a lone thread need not unshare, and a thread among others cannot. */
const OWN_TO_PROCESS = CLONE.CLONE_VM | CLONE.CLONE_SIGHAND | CLONE.CLONE_THREAD;
const KNOWN = OWN_TO_PROCESS | CLONE.CLONE_FS | CLONE.CLONE_FILES | CLONE.CLONE_SYSVSEM;

/** The caller has a table of descriptors of its own from now on. */
export function ownFiles(k: Kernel): void {
  if (k.files.users === 1) return;
  const shared = k.files;
  k.task.files = copyFilesTable(k.vfs, shared).id;
  releaseFilesTable(k.vfs, shared, k.group.tgid);
}

function ownFs(k: Kernel): void {
  if (k.fs.users === 1) return;
  const shared = k.fs;
  k.task.fs = k.counters.fs++ as FsId;
  k.fsContexts.set(k.task.fs, copyFsContext(k.vfs, shared));
  releaseFsContext(k.vfs, shared);
}

export const unshare = syscall({
  nr: 97,
  name: 'unshare',
  args: [flags(CLONE)],
  errors: ['EINVAL', 'ENOMEM', 'EPERM'],
  interrupted: 'never blocks',
  support: { partial: 'namespaces are refused with EINVAL, as by a kernel built without them' },
  run(k, bits) {
    if ((bits & ~KNOWN) !== 0) return 'EINVAL';
    const isLone = k.group.threads.size === 1 && k.mm.users === 1;
    if ((bits & OWN_TO_PROCESS) !== 0 && !isLone) return 'EINVAL';
    if (isSet(bits, CLONE.CLONE_FILES)) ownFiles(k);
    if (isSet(bits, CLONE.CLONE_FS)) ownFs(k);
    if (isSet(bits, CLONE.CLONE_SYSVSEM)) leaveUndo(k, k.task);
    useTables(k);
    return 0;
  },
});

export const setns = syscall({
  nr: 268,
  name: 'setns',
  args: [fd, namespaceKind],
  errors: ['EBADF', 'EINVAL'],
  interrupted: 'never blocks',
  support: { refused: 'EINVAL', why: 'as a kernel built without namespaces: no descriptor is one' },
  run: (k, number) => (openFile(k, number) === undefined ? 'EBADF' : 'EINVAL'),
});

export const UNSHARE_CALLS = [unshare, setns];
