/** memfd_create(2): a file in memory without a name, which can be sealed. Linux: mm/memfd.c. */
import type { Errno } from '../abi/index.ts';
import { O } from '../abi/index.ts';
import { inodeOf, newInode } from './inode.ts';
import { newMemorySuper } from './mount.ts';
import { newFile } from './open-file.ts';
import type { FileId, Inode, OpenFile, SuperId } from './types.ts';
import type { Vfs } from './vfs.ts';

export const F_SEAL_SEAL = 1;
const F_SEAL_WRITE = 8;
export const F_SEAL_EXEC = 32;
const ALL_SEALS = 63;
/** F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE, F_SEAL_FUTURE_WRITE. */
const CONTENT_SEALS = 30;

/** The file system such files live on: mounted nowhere (Linux: shm_mnt). */
function memorySuper(vfs: Vfs): SuperId {
  if (vfs.memfdSuper === 0) vfs.memfdSuper = newMemorySuper(vfs, 'tmpfs', 0o777).id;
  return vfs.memfdSuper;
}

export interface MemfdInit {
  readonly name: string;
  readonly mayBeSealed: boolean;
  /** MFD_NOEXEC_SEAL: never executable. */
  readonly noExec: boolean;
  readonly uid: number;
  readonly gid: number;
}

export function newMemfd(vfs: Vfs, { name, mayBeSealed, noExec, uid, gid }: MemfdInit): FileId {
  const mode = noExec ? 0o666 : 0o777;
  const inode = newInode(vfs, { super: memorySuper(vfs), kind: 'file', mode, uid, gid });
  inode.seals = (mayBeSealed || noExec ? 0 : F_SEAL_SEAL) | (noExec ? F_SEAL_EXEC : 0);
  return newFile(vfs, {
    kind: 'regular',
    flags: O.O_RDWR | O.O_LARGEFILE,
    inode: inode.id,
    path: `/memfd:${name}`,
  });
}

const isMemfd = (vfs: Vfs, file: OpenFile) =>
  file.inode !== 0 && vfs.memfdSuper !== 0 && inodeOf(vfs, file.inode).super === vfs.memfdSuper;

/** fcntl(F_GET_SEALS). */
export const sealsOf = (vfs: Vfs, file: OpenFile): number | Errno =>
  isMemfd(vfs, file) ? inodeOf(vfs, file.inode).seals : 'EINVAL';

/** Could somebody write through a mapping that there is? Linux: mapping_deny_writable(). */
function isMappedToWrite(vfs: Vfs, { pages }: Inode): boolean {
  if (pages === 0 || vfs.memory.objects.get(pages).mappings === 0) return false;
  for (const { vmas } of vfs.memory.spaces.all.values())
    if (vmas.some((vma) => vma.object === pages && vma.shared && vma.mayWrite)) return true;
  return false;
}

/** fcntl(F_ADD_SEALS). */
export function addSeals(vfs: Vfs, file: OpenFile, seals: number): number | Errno {
  if (!isMemfd(vfs, file) || (seals & ~ALL_SEALS) !== 0) return 'EINVAL';
  if ((file.flags & O.O_ACCMODE) === O.O_RDONLY) return 'EPERM';
  const inode = inodeOf(vfs, file.inode);
  if (inode.seals & F_SEAL_SEAL) return 'EPERM';
  if (seals & F_SEAL_WRITE && isMappedToWrite(vfs, inode)) return 'EBUSY';
  inode.seals |= seals;
  // Linux: what can be run and cannot stop to be so keeps its content, too.
  if (seals & F_SEAL_EXEC && inode.mode & 0o111) inode.seals |= CONTENT_SEALS;
  return 0;
}
