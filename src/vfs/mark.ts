/**
 * Telling those who watch an inode what happens to it and to what it contains. Linux: fs/notify/fsnotify.c. Calls
 * that change or use files tell; while nobody watches anything this costs one comparison.
 */
import { POLL_MSG } from './async.ts';
import { queueEvent } from './inotify-queue.ts';
import type { Dentry, FileId, Inode, InodeId, OpenFile } from './types.ts';
import type { Vfs } from './vfs.ts';

/** What can happen (linux/inotify.h), and how a watch is to be kept. */
export const IN = {
  IN_ACCESS: 0x1,
  IN_MODIFY: 0x2,
  IN_ATTRIB: 0x4,
  IN_CLOSE_WRITE: 0x8,
  IN_CLOSE_NOWRITE: 0x10,
  IN_OPEN: 0x20,
  IN_MOVED_FROM: 0x40,
  IN_MOVED_TO: 0x80,
  IN_CREATE: 0x100,
  IN_DELETE: 0x200,
  IN_DELETE_SELF: 0x400,
  IN_MOVE_SELF: 0x800,
  IN_UNMOUNT: 0x2000,
  IN_Q_OVERFLOW: 0x4000,
  IN_IGNORED: 0x8000,
  IN_ONLYDIR: 0x1000000,
  IN_DONT_FOLLOW: 0x2000000,
  IN_EXCL_UNLINK: 0x4000000,
  IN_MASK_CREATE: 0x10000000,
  IN_MASK_ADD: 0x20000000,
  IN_ISDIR: 0x40000000,
  IN_ONESHOT: 0x80000000 | 0,
} as const;

/** One watch of an inotify instance (Linux: struct inotify_inode_mark). */
export interface Mark {
  /** The instance and the number it knows the watch by. */
  readonly group: number;
  readonly wd: number;
  readonly inode: InodeId;
  /** The directory of fcntl(F_NOTIFY), whose owner gets a signal instead; 0 for a watch. */
  readonly file: FileId | 0;
  /** IN_* events wanted, with IN_ONESHOT and IN_EXCL_UNLINK. */
  mask: number;
}

/** Events that a directory's watch gets without a bit that says so. */
const ALWAYS = IN.IN_UNMOUNT | IN.IN_IGNORED;

/** Something happened to the inode itself, or to a name in this directory. */
export function tell(vfs: Vfs, inode: Inode, mask: number, name = '', cookie = 0): void {
  if (vfs.marks.size === 0) return;
  const marks = vfs.marks.get(inode.id);
  if (marks === undefined) return;
  // Linux: inotify never says of an inode's own end and move that it is a directory.
  const isDirectory = name === '' && inode.kind === 'directory';
  const hides = (mask & (IN.IN_DELETE_SELF | IN.IN_MOVE_SELF)) !== 0;
  const told = mask | (isDirectory && !hides ? IN.IN_ISDIR : 0);
  for (const mark of [...marks]) send(vfs, mark, told, name, cookie);
}

/** Something happened to a child of this directory under a name. */
export function tellName(
  vfs: Vfs,
  directory: Inode,
  mask: number,
  child: { readonly name: string; readonly inode: Inode },
  cookie = 0,
): void {
  if (vfs.marks.size === 0) return;
  tell(vfs, directory, mask | (child.inode.kind === 'directory' ? IN.IN_ISDIR : 0), child.name, cookie);
}

/** Something happened to an inode that was reached by a name: its directory is told first. */
export function tellBoth(vfs: Vfs, inode: Inode, dentry: Dentry | null, mask: number): void {
  if (vfs.marks.size === 0) return;
  const from = inode.kind === 'directory' ? { parent: inode.parent, name: inode.name } : dentry;
  const directory = from === null ? undefined : vfs.inodes.get(from.parent as InodeId);
  if (directory !== undefined && directory !== inode) tellParent(vfs, directory, inode, from!.name, mask);
  tell(vfs, inode, mask);
}

function tellParent(vfs: Vfs, directory: Inode, inode: Inode, name: string, mask: number): void {
  const marks = vfs.marks.get(directory.id);
  if (marks === undefined) return;
  const isUnlinked = directory.entries?.get(name) !== inode.id;
  const told = mask | (inode.kind === 'directory' ? IN.IN_ISDIR : 0);
  for (const mark of [...marks])
    if (!isUnlinked || (mark.mask & IN.IN_EXCL_UNLINK) === 0) send(vfs, mark, told, name, 0);
}

/** Something happened through an open file. */
export function tellFile(vfs: Vfs, file: OpenFile, mask: number): void {
  if (vfs.marks.size === 0 || file.inode === 0 || SILENT.has(file.kind)) return;
  const inode = vfs.inodes.get(file.inode);
  if (inode !== undefined) tellBoth(vfs, inode, file.dentry, mask);
}
/** Linux: files with FMODE_NONOTIFY. */
const SILENT: ReadonlySet<OpenFile['kind']> = new Set<OpenFile['kind']>(['path']);

/** Bytes went through an open file. Of pipes nobody is told (Linux: FMODE_NONOTIFY of FIFOs). */
export function tellMoved(vfs: Vfs, file: OpenFile, what: 'read' | 'write'): void {
  if (vfs.marks.size > 0 && file.kind !== 'pipe')
    tellFile(vfs, file, what === 'read' ? IN.IN_ACCESS : IN.IN_MODIFY);
}

function send(vfs: Vfs, mark: Mark, mask: number, name: string, cookie: number): void {
  if ((mark.mask & mask & EVENTS) === 0 && (mask & ALWAYS) === 0) return;
  if (mark.file !== 0) {
    signalWatcher(vfs, mark, mark.file);
    return;
  }
  queueEvent(vfs, mark.group, { wd: mark.wd, mask, cookie, name });
  if (mark.mask & IN.IN_ONESHOT) removeMark(vfs, mark);
}
const EVENTS = 0xfff;

function signalWatcher(vfs: Vfs, mark: Mark, file: FileId): void {
  const owner = vfs.files.get(file)?.async;
  if (owner != null) vfs.host.signalOwner({ ...owner, fd: mark.wd }, POLL_MSG);
  if (mark.mask & IN.IN_ONESHOT) forgetMark(vfs, mark);
}

/** Puts a watch on an inode. */
export function addMark(vfs: Vfs, mark: Mark): void {
  const marks = vfs.marks.get(mark.inode);
  if (marks === undefined) vfs.marks.set(mark.inode, [mark]);
  else marks.push(mark);
  if (mark.file === 0) vfs.inotifies.get(mark.group)!.wds.set(mark.wd, mark);
}

/** Takes a watch away, which its instance is told. */
export function removeMark(vfs: Vfs, mark: Mark): void {
  forgetMark(vfs, mark);
  if (mark.file !== 0) return;
  vfs.inotifies.get(mark.group)!.wds.delete(mark.wd);
  queueEvent(vfs, mark.group, { wd: mark.wd, mask: IN.IN_IGNORED, cookie: 0, name: '' });
}

/** Takes a watch from its inode. */
export function forgetMark(vfs: Vfs, mark: Mark): void {
  const marks = vfs.marks.get(mark.inode)!;
  marks.splice(marks.indexOf(mark), 1);
  if (marks.length === 0) vfs.marks.delete(mark.inode);
}

/** The inode goes: with its last name and holder, or because its file system is unmounted. */
export function endMarks(vfs: Vfs, inode: Inode, why: number): void {
  if (vfs.marks.size === 0) return;
  tell(vfs, inode, why);
  for (const mark of [...(vfs.marks.get(inode.id) ?? [])]) removeMark(vfs, mark);
}
