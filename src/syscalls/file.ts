/** What calls on descriptors share: the open file behind a number, and its checks. */
import type { Kernel } from '../kernel/index.ts';
import { layout } from '../memory/index.ts';
import { fileAt, type OpenFile, reads, writes } from '../vfs/index.ts';

/** No call moves more bytes than this at once (Linux: MAX_RW_COUNT). */
export const MAX_BYTES = 0x7ffff000;

/** The open file of a descriptor, as it was when the call began; one opened with O_PATH counts as none. */
export function openFile(k: Kernel, fd: number): OpenFile | undefined {
  const { held } = k.call;
  const known = held?.find((each) => each.fd === fd);
  const file = known === undefined ? fileAt(k.vfs, k.files, fd) : k.vfs.files.get(known.file);
  return file === undefined || file.kind === 'path' ? undefined : file;
}

/** A file that was opened for reading (or writing), or undefined: EBADF. */
export function fileFor(k: Kernel, fd: number, what: 'read' | 'write'): OpenFile | undefined {
  const file = openFile(k, fd);
  if (file === undefined) return undefined;
  return (what === 'read' ? reads(file.flags) : writes(file.flags)) ? file : undefined;
}

/** Does a range reach beyond what any address space has? Asked before the file is. Linux: access_ok(). */
export const isBeyond = (addr: number, length: number): boolean =>
  length > layout.USER_END || addr > layout.USER_END - length;

/** A signed 64-bit argument that arrived as an unsigned one: is it negative? */
export const isNegative = (value: number): boolean => value >= 2 ** 63;
