/** What stat(2) tells of an inode, or of an open file that has none; and statfs(2) of a file system. */
import { S_IF } from '../abi/index.ts';
import { layout } from '../memory/index.ts';
import { loadDirectory } from './layered.ts';
import { superOf } from './mount.ts';
import { numberOf } from './proc-tree.ts';
import type { FileKind, Inode, Look, OpenFile, SuperId, Timestamp } from './types.ts';
import type { Vfs } from './vfs.ts';

export interface Attributes {
  /** Minor device number; the major is 0, as for all file systems without a disk. */
  readonly device: number;
  readonly inode: number;
  /** Type and permission bits. */
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  /** Major × 256 + minor. */
  readonly rdev: number;
  readonly size: number;
  /** Bytes that are best read or written at once. */
  readonly blockSize: number;
  /** Units of 512 bytes. */
  readonly blocks: number;
  readonly atime: Timestamp;
  readonly mtime: Timestamp;
  readonly ctime: Timestamp;
  readonly btime: Timestamp;
}

/** What Linux's file systems call a block: s_blocksize of those that do not say a page. */
const BLOCK_SIZES: Readonly<Record<string, number>> = { proc: 1024, devpts: 1024 };

const SECTORS_PER_PAGE = layout.PAGE_SIZE / 512;

/** What an inode takes: pages that are there, and for a file of a layer all that the layer has. */
function blocksOf(vfs: Vfs, inode: Inode): number {
  if (inode.kind === 'directory' && superOf(vfs, inode.super).type === 'overlay') return SECTORS_PER_PAGE;
  if (inode.kind !== 'file' || inode.generator !== null) return 0;
  if (vfs.fileOrigins.has(inode.id)) return Math.ceil(inode.size / layout.PAGE_SIZE) * SECTORS_PER_PAGE;
  return inode.pages === 0 ? 0 : vfs.memory.objects.get(inode.pages).pages.size * SECTORS_PER_PAGE;
}

/** Linux: BOGO_DIRENT_SIZE, what a name adds to a directory of tmpfs. */
const NAME_SIZE = 20;

/** In tmpfs a directory grows with its names; elsewhere it is one block or nothing. */
function sizeOf(vfs: Vfs, inode: Inode): number {
  if (inode.kind !== 'directory') return inode.size;
  const { type } = superOf(vfs, inode.super);
  if (type === 'tmpfs' || type === 'devtmpfs') return (2 + (inode.entries?.size ?? 0)) * NAME_SIZE;
  return type === 'overlay' ? inode.size : 0;
}

/** Namespaces lie in a file system of their own (nsfs), by whose number lsns(8) tells them from the rest of /proc. */
const NAMESPACE_DEVICE = 0xfffff;

/** stat(2) of an inode. */
export function attributesOf(vfs: Vfs, inode: Inode): Attributes {
  // A directory's links are its subdirectories: they must be known.
  if (inode.kind === 'directory') loadDirectory(vfs, inode);
  return {
    device: inode.generator?.make.startsWith('ns/') === true ? NAMESPACE_DEVICE : inode.super,
    inode: inode.generator === null ? inode.id : numberOf(inode),
    mode: S_IF[inode.kind] | inode.mode,
    nlink: inode.nlink,
    uid: inode.uid,
    gid: inode.gid,
    rdev: inode.rdev,
    size: sizeOf(vfs, inode),
    blockSize: BLOCK_SIZES[superOf(vfs, inode.super).type] ?? layout.PAGE_SIZE,
    blocks: blocksOf(vfs, inode),
    atime: inode.atime,
    mtime: inode.mtime,
    ctime: inode.ctime,
    btime: inode.btime,
  };
}

/** Types of what has no place in the tree; eventfd and its like have none (Linux: fs/anon_inodes.c). */
const ANONYMOUS_MODES: Partial<Readonly<Record<FileKind, number>>> = {
  tty: S_IF.char | 0o620,
  device: S_IF.char | 0o666,
};

/** Minor device number of everything that has no place in the tree. */
const ANONYMOUS_DEVICE = 0;

/** Mode and owner of a pipe or a socket; null for what shares Linux's one anonymous inode. */
export function lookOf(vfs: Vfs, { kind, channel }: OpenFile): Look | null {
  const records = kind === 'pipe' ? vfs.pipes : kind === 'socket' ? vfs.sockets : null;
  return records?.get(channel)?.look ?? null;
}

/** fstat(2) of an open file without an inode: a pipe, a socket, an eventfd. */
export function anonymousAttributes(vfs: Vfs, file: OpenFile): Attributes {
  const now = vfs.host.wall();
  const look = lookOf(vfs, file);
  const type = file.kind === 'pipe' ? S_IF.fifo : S_IF.socket;
  return {
    device: ANONYMOUS_DEVICE,
    inode: file.channel !== 0 ? file.channel : file.id,
    mode: look === null ? (ANONYMOUS_MODES[file.kind] ?? 0o600) : type | look.mode,
    nlink: 1,
    uid: look?.uid ?? 0,
    gid: look?.gid ?? 0,
    rdev: 0,
    size: 0,
    blockSize: layout.PAGE_SIZE,
    blocks: 0,
    atime: now,
    mtime: now,
    ctime: now,
    btime: now,
  };
}

/** statfs(2)'s f_type of each file system (linux/magic.h). */
const MAGIC: Readonly<Record<string, number>> = {
  overlay: 0x794c7630,
  tmpfs: 0x01021994,
  devtmpfs: 0x01021994,
  proc: 0x9fa0,
  sysfs: 0x62656572,
  devpts: 0x1cd1,
  ramfs: 0x858458f6,
};
const ANON_INODE_FS_MAGIC = 0x09041934;

export interface FileSystemUsage {
  readonly magic: number;
  /** Pages, for file systems in memory; 0 for those that store nothing. */
  readonly blocks: number;
  readonly free: number;
  readonly inodes: number;
  readonly freeInodes: number;
}

/** statfs(2): file systems in memory share the machine's memory, and tmpfs may have a bound of its own. */
export function fileSystemUsage(vfs: Vfs, superId: SuperId | 0): FileSystemUsage {
  const made = superId === 0 ? undefined : superOf(vfs, superId);
  const magic = MAGIC[made?.type ?? ''] ?? ANON_INODE_FS_MAGIC;
  const stores = made !== undefined && STORING.has(made.type);
  if (!stores) return { magic, blocks: 0, free: 0, inodes: 0, freeInodes: 0 };
  const { frames, layout: plan } = vfs.memory;
  const isBounded = Number.isFinite(made.maxPages);
  const free = isBounded ? made.maxPages - made.pages : frames.free;
  const freeInodes = Number.isFinite(made.maxInodes) ? made.maxInodes - made.inodes : frames.free;
  const blocks = isBounded ? made.maxPages : plan.frames;
  return { magic, blocks, free, inodes: made.inodes + freeInodes, freeInodes };
}
const STORING: ReadonlySet<string> = new Set(['overlay', 'tmpfs', 'devtmpfs']);
