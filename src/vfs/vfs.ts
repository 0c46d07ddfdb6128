/**
 * The state of all file systems and open files of a machine, and the doors the VFS needs. Behaviour is in
 * the modules beside this file: functions that take the `Vfs` first.
 */
import type { Memory } from '../memory/index.ts';
import type {
  FileId,
  FilesId,
  FilesTable,
  Inode,
  InodeId,
  MountId,
  OpenFile,
  SuperId,
  VfsHost,
} from './types.ts';

/** A mounted file system. `device` is what st_dev says. */
export interface Super {
  readonly id: SuperId;
  /** `overlay`, `tmpfs`, `proc`, `devtmpfs`: as /proc/mounts names it. */
  readonly type: string;
  readonly root: InodeId;
  readonly readOnly: boolean;
}

export interface Mount {
  readonly id: MountId;
  readonly super: SuperId;
  readonly root: InodeId;
  /** Where it is mounted: null for the root of all. */
  readonly on: { readonly mount: MountId; readonly inode: InodeId } | null;
  readonly source: string;
  /** Path of the mount point, for /proc/mounts. */
  readonly path: string;
  readonly flags: number;
}

export class Vfs {
  readonly memory: Memory;
  readonly host: VfsHost;

  // The tree (tree.ts, walk.ts, layered.ts)
  readonly supers = new Map<SuperId, Super>();
  readonly mounts = new Map<MountId, Mount>();
  readonly inodes = new Map<InodeId, Inode>();

  // Open files (open-file.ts, fd-table.ts and a module per kind)
  readonly files = new Map<FileId, OpenFile>();
  readonly tables = new Map<FilesId, FilesTable>();

  /** The next id of every kind: ids are never used twice. */
  nextId = 1;

  constructor(memory: Memory, host: VfsHost) {
    this.memory = memory;
    this.host = host;
  }
}
