/** Open files of /proc: text made by the read at the beginning, and writes handed to the kernel whole. */
import type { Errno } from '../abi/index.ts';
import { decodeUtf8, encodeUtf8 } from '../base/index.ts';
import { type FileOps, NO_OPS, OWN_POSITION } from './file-ops.ts';
import { inodeOf } from './inode.ts';
import { isMemory, readMemory, writeMemory } from './proc-memory.ts';
import type { OpenFile, Outcome, Transfer } from './types.ts';
import type { Vfs } from './vfs.ts';

/** Linux: one page at a time is all a /proc file takes. */
const MAX_WRITE = 4096;

/** The text as of the read at the beginning, so that a reader in pieces sees one moment. */
function textOf(vfs: Vfs, file: OpenFile, at: number): Uint8Array | null {
  if (at === 0 || file.text === null) {
    const text = vfs.host.proc.text(inodeOf(vfs, file.inode).generator!);
    file.text = text === null ? null : encodeUtf8(text);
  }
  return file.text;
}

function read(vfs: Vfs, file: OpenFile, to: Transfer, at: number): Outcome {
  if (isMemory(vfs, file)) return readMemory(vfs, file, to, at);
  if ((inodeOf(vfs, file.inode).mode & 0o444) === 0) return 'EINVAL';
  const from = at === OWN_POSITION ? file.pos : at;
  const text = textOf(vfs, file, from);
  // The process has gone since it was opened.
  if (text === null) return 'ESRCH';
  const bytes = text.subarray(from, from + to.left);
  if (bytes.length === 0) return 0;
  const done = to.put(bytes);
  if (done === 0) return 'EFAULT';
  if (at === OWN_POSITION) file.pos += done;
  return done;
}

function write(vfs: Vfs, file: OpenFile, from: Transfer, at: number): Outcome {
  if (isMemory(vfs, file)) return writeMemory(vfs, file, from, at);
  const bytes = new Uint8Array(Math.min(from.left, MAX_WRITE));
  const done = from.take(bytes);
  if (done < bytes.length) return 'EFAULT';
  const refused = vfs.host.proc.write(inodeOf(vfs, file.inode).generator!, decodeUtf8(bytes));
  if (refused !== null) return refused;
  if (at === OWN_POSITION) file.pos += done;
  return done;
}

const SEEK_SET = 0;
const SEEK_CUR = 1;

/** Seeking in what has no length: from the beginning or from here. */
export function seekWithoutEnd(_vfs: Vfs, file: OpenFile, offset: number, whence: number): number | Errno {
  if (whence !== SEEK_SET && whence !== SEEK_CUR) return 'EINVAL';
  const pos = (whence === SEEK_CUR ? file.pos : 0) + offset;
  if (pos < 0) return 'EINVAL';
  file.pos = pos;
  return pos;
}

const NS_GET_USERNS = 0xb701;
const NS_GET_PARENT = 0xb702;
const NS_GET_NSTYPE = 0xb703;
/** CLONE_NEW*. */
const KINDS: Readonly<Record<string, number>> = {
  cgroup: 0x02000000,
  ipc: 0x08000000,
  mnt: 0x00020000,
  net: 0x40000000,
  pid: 0x20000000,
  user: 0x10000000,
  uts: 0x04000000,
};

/** The first namespaces have no parent, and nobody here stands within the one that owns them. man 2 ioctl_ns. */
function ioctl(vfs: Vfs, { inode }: OpenFile, request: number): Outcome {
  const make = inodeOf(vfs, inode).generator?.make ?? '';
  if (!make.startsWith('ns/')) return 'ENOTTY';
  if (request === NS_GET_NSTYPE) return KINDS[make.slice(3).replace('_for_children', '')]!;
  return request === NS_GET_USERNS || request === NS_GET_PARENT ? 'EPERM' : 'ENOTTY';
}

/** Operations of a /proc file. */
export const PROC_OPS: FileOps = { ...NO_OPS, read, write, seek: seekWithoutEnd, ioctl };

/** Operations of a directory: it is listed by getdents64, and its position is that of the list. */
export const DIRECTORY_OPS: FileOps = {
  ...NO_OPS,
  read: () => 'EISDIR',
  write: () => 'EBADF',
  seek: seekWithoutEnd,
};

/** Operations of a file opened with O_PATH: none. */
export const PATH_OPS: FileOps = { ...NO_OPS, read: () => 'EBADF', write: () => 'EBADF' };
