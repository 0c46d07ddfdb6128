/** /proc/PID/fd, fdinfo, cwd, root and exe: what a process has open and where it stands. */
import {
  type FileId,
  isDeleted,
  type OpenFile,
  type Place,
  type ProcNode,
  pathOf,
  pathOfDentry,
} from '../../vfs/index.ts';
import type { Kernel } from '../kernel.ts';
import type { Who } from './who.ts';

/** The open file of a descriptor of this process. */
export function openFileOf(k: Kernel, { task }: Who, fd: number): OpenFile | null {
  const entry = k.filesTables.get(task.files)?.fds[fd];
  return entry == null ? null : (k.vfs.files.get(entry.file) ?? null);
}

/** Descriptors in ascending order. */
export function descriptorsOf(k: Kernel, { task }: Who): number[] {
  const found: number[] = [];
  k.filesTables.get(task.files)?.fds.forEach((entry, fd) => {
    if (entry !== null && entry !== undefined) found.push(fd);
  });
  return found;
}

/** The name it was opened by, where that is now; or the path as it was. Marked when the name has gone. */
function pathOfFile(k: Kernel, file: OpenFile): string {
  const now = pathOfDentry(k.vfs, file, k.fs.root);
  if (now !== null) return now;
  const { path, inode } = file;
  const found = inode === 0 ? undefined : k.vfs.inodes.get(inode);
  const gone = found !== undefined && isDeleted(found) && path.startsWith('/');
  return gone && !path.endsWith(' (deleted)') ? `${path} (deleted)` : path;
}

export const fdLink = (k: Kernel, who: Who, fd: number): string | null => {
  const file = openFileOf(k, who, fd);
  return file === null ? null : pathOfFile(k, file);
};

/** Where cwd and root point; a zombie stands nowhere. */
export function placeOf(k: Kernel, { task }: Who, which: 'cwd' | 'root'): Place | null {
  return k.fsContexts.get(task.fs)?.[which] ?? null;
}

export function placeText(k: Kernel, place: Place): string {
  const path = pathOf(k.vfs, place, k.fs.root);
  return typeof path === 'string' ? path : path.unreachable;
}

/** Where fd/N leads. */
export function fdTarget(k: Kernel, who: Who, { arg }: ProcNode): Place | { readonly file: FileId } | null {
  const file = openFileOf(k, who, arg);
  if (file === null) return null;
  if (file.inode === 0 || file.mount === 0) return { file: file.id };
  return { mount: file.mount, inode: file.inode };
}
