/** Descriptor tables: small numbers that name open files. Linux: fs/file.c. */
import { CAP, type Errno } from '../abi/index.ts';
import { hasCap } from './capability.ts';
import { releasePosixLocks } from './lock.ts';
import { fileOf, releaseFile, retainFile } from './open-file.ts';
import type { FdEntry, FileId, FilesId, FilesTable, OpenFile } from './types.ts';
import type { Vfs } from './vfs.ts';

/** A table with one user, empty unless told. */
export function newFilesTable(vfs: Vfs, fds: FilesTable['fds'] = [], next = 0): FilesTable {
  const table: FilesTable = { id: vfs.nextId++ as FilesId, users: 1, fds, next };
  vfs.tables.set(table.id, table);
  return table;
}

/** fork's copy: the same open files under the same numbers. */
export function copyFilesTable(vfs: Vfs, from: FilesTable): FilesTable {
  for (const entry of from.fds) if (entry !== null) retainFile(vfs, entry.file);
  return newFilesTable(vfs, from.fds.slice(), from.next);
}

/** A task that used the table goes; the last one closes all that is in it. */
export function releaseFilesTable(vfs: Vfs, table: FilesTable, tgid = 0): void {
  if (--table.users > 0) return;
  const { length } = table.fds;
  for (let fd = 0; fd < length; fd++) if (table.fds[fd] != null) closeFd(vfs, table, fd, tgid);
  vfs.tables.delete(table.id);
}

/** The open file of a descriptor, or undefined (EBADF). */
export function fileAt(vfs: Vfs, table: FilesTable, fd: number): OpenFile | undefined {
  const entry = table.fds[fd];
  return entry == null ? undefined : vfs.files.get(entry.file);
}

/** FD_CLOEXEC of a descriptor that is there. */
export function setCloseOnExec(table: FilesTable, fd: number, cloexec: boolean): void {
  table.fds[fd] = { file: table.fds[fd]!.file, cloexec };
}

/** The lowest free descriptor from `from` on. */
function lowestFree(table: FilesTable, from: number): number {
  const { fds, next } = table;
  let fd = Math.max(from, next);
  while (fd < fds.length && fds[fd] !== null) fd++;
  if (from <= next) table.next = fd;
  return fd;
}

/** Is there room for one more descriptor (RLIMIT_NOFILE)? */
export const hasFreeFd = (vfs: Vfs, table: FilesTable): boolean =>
  lowestFree(table, 0) < vfs.host.limit('nofile');

/**
 * Gives a file the lowest free descriptor. The table takes over the caller's reference; when the limit is
 * reached (RLIMIT_NOFILE) the file is released again and the answer is EMFILE.
 */
export function installFd(
  vfs: Vfs,
  table: FilesTable,
  file: FileId,
  cloexec: boolean,
  from = 0,
): number | 'EMFILE' | 'ENFILE' {
  // The machine's own limit (fs.file-max) does not bind its administrator. Linux: alloc_empty_file().
  if (vfs.files.size > vfs.maxFiles && !hasCap(vfs.host.credentials(), CAP.CAP_SYS_ADMIN)) {
    releaseFile(vfs, file);
    return 'ENFILE';
  }
  const fd = takeFd(vfs, table, file, cloexec, from);
  if (typeof fd === 'number') vfs.host.fdOpened(table, fd, file);
  return fd;
}

function takeFd(
  vfs: Vfs,
  table: FilesTable,
  file: FileId,
  cloexec: boolean,
  from: number,
): number | 'EMFILE' {
  const fd = lowestFree(table, from);
  if (fd >= vfs.host.limit('nofile')) {
    releaseFile(vfs, file);
    return 'EMFILE';
  }
  setEntry(table, fd, { file, cloexec });
  return fd;
}

/** Two descriptors or none: pipe2, socketpair. The files are released on EMFILE. */
export function installPair(
  vfs: Vfs,
  table: FilesTable,
  files: readonly [FileId, FileId],
  cloexec: boolean,
): readonly [number, number] | 'EMFILE' | 'ENFILE' {
  const first = installFd(vfs, table, files[0], cloexec);
  if (typeof first === 'string') {
    releaseFile(vfs, files[1]);
    return first;
  }
  const second = installFd(vfs, table, files[1], cloexec);
  if (typeof second === 'number') return [first, second];
  closeFd(vfs, table, first);
  return second;
}

function setEntry(table: FilesTable, fd: number, entry: FdEntry): void {
  while (table.fds.length < fd) table.fds.push(null);
  table.fds[fd] = entry;
}

/** dup(2) and fcntl(F_DUPFD): another number for the same file, not below `from`. */
export function dupFd(
  vfs: Vfs,
  table: FilesTable,
  fd: number,
  from = 0,
  cloexec = false,
): number | 'EBADF' | 'EMFILE' {
  const file = fileAt(vfs, table, fd);
  if (file === undefined) return 'EBADF';
  retainFile(vfs, file.id);
  const copy = takeFd(vfs, table, file.id, cloexec, from);
  if (typeof copy === 'number') vfs.host.fdCopied(table, copy, file.id, fd);
  return copy;
}

/** dup3(2): the number is given; what it named before is closed. */
export function dupTo(
  vfs: Vfs,
  table: FilesTable,
  fd: number,
  to: number,
  cloexec: boolean,
): number | 'EBADF' | 'EMFILE' {
  const file = fileAt(vfs, table, fd);
  if (file === undefined) return 'EBADF';
  if (to < 0 || to >= vfs.host.limit('nofile')) return 'EBADF';
  retainFile(vfs, file.id);
  if (table.fds[to] != null) closeFd(vfs, table, to);
  setEntry(table, to, { file: file.id, cloexec });
  vfs.host.fdCopied(table, to, file.id, fd);
  return to;
}

/** close(2). `tgid` is whose POSIX locks on the file go; the current process unless said otherwise. */
export function closeFd(vfs: Vfs, table: FilesTable, fd: number, tgid = 0): Errno | null {
  const entry = table.fds[fd];
  if (entry == null) return 'EBADF';
  table.fds[fd] = null;
  table.next = Math.min(table.next, fd);
  while (table.fds.length > 0 && table.fds[table.fds.length - 1] === null) table.fds.pop();
  const file = fileOf(vfs, entry.file);
  vfs.host.fdClosed(table, fd, entry.file);
  if (file.kind === 'mqueue') vfs.host.mqueueClosed(file, tgid || vfs.host.current().tgid);
  if (vfs.locks.size > 0) releasePosixLocks(vfs, file, tgid || vfs.host.current().tgid);
  releaseFile(vfs, entry.file);
  return null;
}

/** execve(2): descriptors marked close-on-exec go. */
export function closeOnExec(vfs: Vfs, table: FilesTable): void {
  for (let fd = table.fds.length - 1; fd >= 0; fd--) if (table.fds[fd]?.cloexec) closeFd(vfs, table, fd);
}

/** Open descriptors in ascending order, for /proc/PID/fd and the views. */
export function listFds(table: FilesTable): readonly { readonly fd: number; readonly entry: FdEntry }[] {
  return table.fds.flatMap((entry, fd) => (entry === null ? [] : [{ fd, entry }]));
}
