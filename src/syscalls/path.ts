/** What calls on paths share: reading the path, finding where it starts, walking it with the caller's rights. */
import { AT, type Errno } from '../abi/index.ts';
import type { Kernel } from '../kernel/index.ts';
import {
  type Dentry,
  type FileId,
  type Inode,
  inodeOf,
  type MountId,
  type OpenFile,
  PATH_MAX,
  type Place,
  type Resolved,
  type Walker,
  type WalkOptions,
  walk,
} from '../vfs/index.ts';

/** Errors every walk may end with. */
export const WALK_ERRORS = [
  'EACCES',
  'EBADF',
  'EFAULT',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
] as const satisfies readonly Errno[];

/** AT_* flags of calls that look at a path, by name. */
export const AT_FLAGS = {
  AT_SYMLINK_NOFOLLOW: AT.AT_SYMLINK_NOFOLLOW,
  AT_NO_AUTOMOUNT: AT.AT_NO_AUTOMOUNT,
  AT_EMPTY_PATH: AT.AT_EMPTY_PATH,
};

/** The current task as somebody who walks paths. */
export const walkerOf = (k: Kernel): Walker => ({ fs: k.fs, credentials: k.task.credentials });

/** Is this text of `cstring` an error rather than a path that is spelled like one? */
export function isTextError(k: Kernel, addr: number, text: string): text is 'EFAULT' | 'ENAMETOOLONG' {
  if (text !== 'EFAULT' && text !== 'ENAMETOOLONG') return false;
  for (let i = 0; i < text.length; i++) if (k.user.readU8(addr + i) !== text.charCodeAt(i)) return true;
  return k.user.readU8(addr + text.length) !== 0;
}

/** A path in the caller's memory. A file that bears the name of an error is told as `./EFAULT`. */
export function readPath(k: Kernel, addr: number): string | 'EFAULT' | 'ENAMETOOLONG' {
  const text = k.user.cstring(addr, PATH_MAX);
  if (!isPathError(text)) return text;
  return isTextError(k, addr, text) ? text : `./${text}`;
}

/** Did `readPath` give an error? */
export const isPathError = (text: string): text is 'EFAULT' | 'ENAMETOOLONG' =>
  text === 'EFAULT' || text === 'ENAMETOOLONG';

/** The open file of a descriptor. */
export function fileAt(k: Kernel, fd: number): OpenFile | 'EBADF' {
  const entry = k.files.fds[fd];
  return entry == null ? 'EBADF' : k.vfs.files.get(entry.file)!;
}

/** Where a path relative to a descriptor begins. An empty one is refused (ENOENT) before anyone asks for the descriptor. */
export function startOf(k: Kernel, dirfd: number, path: string): Place | 'EBADF' | 'ENOTDIR' {
  if (dirfd === AT.AT_FDCWD || path === '' || path.startsWith('/')) return k.fs.cwd;
  const file = fileAt(k, dirfd);
  if (typeof file === 'string') return file;
  if (file.inode === 0 || file.mount === 0) return 'ENOTDIR';
  return inodeOf(k.vfs, file.inode).kind === 'directory'
    ? { mount: file.mount, inode: file.inode }
    : 'ENOTDIR';
}

/** Walks a path given as (dirfd, address). */
export function resolveAt(k: Kernel, dirfd: number, addr: number, options: WalkOptions): Resolved | Errno {
  const path = readPath(k, addr);
  if (isPathError(path)) return path;
  return resolveText(k, dirfd, path, options);
}

/** Walks a path relative to a descriptor. */
export function resolveText(k: Kernel, dirfd: number, path: string, options: WalkOptions): Resolved | Errno {
  const start = startOf(k, dirfd, path);
  return typeof start === 'string' ? start : walk(k.vfs, walkerOf(k), start, path, options);
}

/** What a call works on: an inode seen through a mount, or an open file that has none. */
export type Target =
  | { readonly inode: Inode; readonly mount: MountId; readonly dentry: Dentry | null }
  | { readonly inode: null; readonly file: OpenFile };

/** What a descriptor stands for; AT_FDCWD for the working directory. */
export function targetOfFd(k: Kernel, fd: number): Target | 'EBADF' {
  if (fd === AT.AT_FDCWD) {
    return { inode: inodeOf(k.vfs, k.fs.cwd.inode), mount: k.fs.cwd.mount, dentry: null };
  }
  const file = fileAt(k, fd);
  return typeof file === 'string' ? file : targetOfFile(k, file);
}

function targetOfFile(k: Kernel, file: OpenFile): Target {
  if (file.inode === 0) return { inode: null, file };
  const mount = file.mount === 0 ? k.fs.root.mount : file.mount;
  return { inode: inodeOf(k.vfs, file.inode), mount, dentry: file.dentry };
}

/** What a (dirfd, path, AT_* flags) triple stands for. `flags` decides on links and empty paths. */
export function targetAt(k: Kernel, dirfd: number, addr: number, flags: number): Target | Errno {
  const mayBeEmpty = (flags & AT.AT_EMPTY_PATH) !== 0;
  // Linux 6.11: a null path with AT_EMPTY_PATH is an empty one.
  const path = mayBeEmpty && addr === 0 ? '' : readPath(k, addr);
  if (isPathError(path)) return path;
  if (path === '' && mayBeEmpty) return targetOfFd(k, dirfd);
  const found = resolveText(k, dirfd, path, { follow: (flags & AT.AT_SYMLINK_NOFOLLOW) === 0 });
  return typeof found === 'string' ? found : targetOfWalk(k, found);
}

function targetOfWalk(k: Kernel, found: Resolved): Target {
  if (found.file !== 0) return targetOfFile(k, k.vfs.files.get(found.file as FileId)!);
  const dentry = found.last === 'name' ? { parent: found.parent.inode, name: found.name } : null;
  return { inode: inodeOf(k.vfs, found.inode), mount: found.mount, dentry };
}

/** A call's outcome from "refused, or null when done". */
export const doneOr = (refused: Errno | null): 0 | Errno => refused ?? 0;
