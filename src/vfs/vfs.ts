/**
 * The state of all file systems and open files of a machine, and the doors the VFS needs. Behaviour is in
 * the modules beside this file: functions that take the `Vfs` first.
 */
import type { Memory, PageObjectId } from '../memory/index.ts';
import type { Layer, LayerDirectory, LayerFile, LayerNode } from './layer.ts';
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

/** A layer's node with the layer it comes from, by index in `Vfs.layers`. */
export interface LayerPart<N extends LayerNode = LayerNode> {
  readonly layer: number;
  readonly node: N;
}

/** What of a directory still lies in layers: all of it, or the children nobody has looked up. */
export interface DirectoryOrigin {
  /** Topmost first. */
  readonly parts: readonly LayerPart<LayerDirectory>[];
  /** Of each name, the node that shows and, under a directory, those it covers; null until listed. */
  unborn: Map<string, readonly LayerPart[]> | null;
}

export class Vfs {
  readonly memory: Memory;
  readonly host: VfsHost;

  // The tree (tree.ts, walk.ts, layered.ts)
  readonly supers = new Map<SuperId, Super>();
  readonly mounts = new Map<MountId, Mount>();
  readonly inodes = new Map<InodeId, Inode>();
  /** Mount points: the mounts on an inode, in order of mounting. */
  readonly mountPoints = new Map<InodeId, MountId[]>();
  /** The read-only layers below; nodes of a layer are constants, so a snapshot shares them. */
  readonly layers: Layer[] = [];
  readonly directoryOrigins = new Map<InodeId, DirectoryOrigin>();
  readonly fileOrigins = new Map<InodeId, LayerPart<LayerFile>>();
  /** Which layer file fills the absent pages of a page object. */
  readonly fills = new Map<PageObjectId, LayerPart<LayerFile>>();
  /** Inodes of files and links by their node, so that hard links meet. */
  readonly born = new Map<LayerNode, InodeId>();
  /** Inodes of /proc that have been looked up: by pid (0 for the rest), then by node. */
  readonly procInodes = new Map<number, Map<string, InodeId>>();

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
