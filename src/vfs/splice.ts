/**
 * Which files bytes may be moved between without passing through a program: Linux's splice_read and splice_write of
 * struct file_operations, which sendfile and splice need. What has none of them gives EINVAL.
 */
import { takesSplices } from './device.ts';
import { inodeOf } from './inode.ts';
import type { FileKind, OpenFile } from './types.ts';
import type { Vfs } from './vfs.ts';

const ALWAYS: ReadonlySet<FileKind> = new Set<FileKind>(['regular', 'pipe', 'socket', 'tty', 'ptmx']);

/** May bytes go from this file into a pipe, or from a pipe to it? */
export function maySplice(vfs: Vfs, file: OpenFile, direction: 'from' | 'to'): boolean {
  if (ALWAYS.has(file.kind)) return true;
  if (file.kind === 'device') return takesSplices(vfs, file)[direction];
  // Of /proc, what is not about one process.
  return file.kind === 'proc' && inodeOf(vfs, file.inode).generator?.pid === 0;
}
