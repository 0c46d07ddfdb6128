/**
 * The state of all file systems and open files of a machine, and the doors the VFS needs. Behaviour is in
 * the modules beside this file: functions that take the `Vfs` first.
 */
import type { Memory, PageObjectId } from '../memory/index.ts';
import { type Disk, newDisk } from './disk.ts';
import type { EventFd } from './eventfd.ts';
import type { FileOps } from './file-ops.ts';
import type { FsSetup } from './fs-context.ts';
import { type Inotify, type InotifyLimits, newInotifyLimits } from './inotify-queue.ts';
import type { Layer, LayerDirectory, LayerFile, LayerNode } from './layer.ts';
import type { LeaseList } from './lease.ts';
import type { LockList } from './lock.ts';
import type { Mark } from './mark.ts';
import { type MqLimits, type Mqueue, newMqLimits } from './mqueue.ts';
import { type Inet, newInet } from './net/inet.ts';
import type { Socket } from './net/socket.ts';
import { OPS } from './ops.ts';
import type { Pidfd } from './pidfd.ts';
import type { Pipe } from './pipe.ts';
import type { SignalFd } from './signalfd.ts';
import type { TimerFd } from './timerfd.ts';
import type { Tty } from './tty.ts';
import type {
  FileId,
  FileKind,
  FilesId,
  FilesTable,
  Inode,
  InodeId,
  MountId,
  OpenFile,
  Place,
  QueueId,
  SuperId,
  VfsHost,
} from './types.ts';
import type { Epoll, Watch, WatchId } from './watch.ts';

/** A mounted file system. `device` is what st_dev says. */
export interface Super {
  readonly id: SuperId;
  /** `overlay`, `tmpfs`, `proc`, `devtmpfs`: as /proc/mounts names it. */
  readonly type: string;
  readonly root: InodeId;
  readOnly: boolean;
  /** Of tmpfs: how many pages and inodes it may have (Infinity for any number), and how many it has. */
  maxPages: number;
  maxInodes: number;
  pages: number;
  inodes: number;
  /** Options that /proc/mounts shows behind the mount's own: `,size=64k,mode=755`. */
  options: string;
}

export interface Mount {
  readonly id: MountId;
  readonly super: SuperId;
  readonly root: InodeId;
  /** Where it is mounted: null for the root of all, and for one that hangs nowhere (any more). */
  on: Place | null;
  source: string;
  /** Path of the mount point when it was mounted, for the mounts on files; that of a directory is where it is. */
  readonly path: string;
  /** MS_* bits of this mount. */
  flags: number;
  /** The group whose members get each other's mounts (0: private), and the group this one only gets them from. */
  peers: number;
  master: number;
  isUnbindable: boolean;
  /** Nobody has used it since umount2(MNT_EXPIRE) looked. */
  isExpiring: boolean;
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

/** Settings of /proc/sys/fs, 0 for off. */
export interface Protections {
  hardlinks: number;
  symlinks: number;
  fifos: number;
  regular: number;
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
  /** How many mounts hang nowhere: the root of all, and those that go with their last user. */
  unhung = 0;
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
  /** Bytes in all pipes towards the host: asked for after every call, so it is kept. */
  backlog = 0;
  /** Bytes that pipes may hold and that sockets do hold: of the machine's memory they may take a part only. */
  buffers = 0;
  /** What can be done with a file of each kind: behaviour, no state. */
  readonly ops: Readonly<Record<FileKind, FileOps>> = OPS;

  // What open files without a place in the tree name by their `channel`
  readonly pipes = new Map<number, Pipe>();
  /** Tasks that wait in open(2) for a FIFO's other end, and at which pipe. */
  readonly opening = new Map<number, number>();
  readonly eventfds = new Map<number, EventFd>();
  readonly mqueues = new Map<number, Mqueue>();
  readonly timerfds = new Map<number, TimerFd>();
  readonly signalfds = new Map<number, SignalFd>();
  /** By pidfd; the kernel tells when a process ends. */
  readonly pidfds = new Map<number, Pidfd>();
  readonly sockets = new Map<number, Socket>();
  /** Sockets by abstract name (man 7 unix). */
  readonly abstractSockets = new Map<string, number>();
  /** The network: ports and connections. */
  readonly inet: Inet = newInet();
  /** Terminals by device number. */
  readonly ttys = new Map<number, Tty>();
  /** Advisory locks by inode. */
  readonly locks = new Map<InodeId, LockList>();
  /** Leases by inode. */
  readonly leases = new Map<InodeId, LeaseList>();
  /** File systems in the making (fsopen). */
  readonly fsSetups = new Map<number, FsSetup>();
  /** inotify instances, and their watches by inode. */
  readonly inotifies = new Map<number, Inotify>();
  readonly marks = new Map<InodeId, Mark[]>();
  readonly inotifyLimits: InotifyLimits = newInotifyLimits();
  readonly mqLimits: MqLimits = newMqLimits();
  /** /proc/sys/fs/protected_*: what links and files in shared directories are guarded against. */
  readonly protections: Protections = { hardlinks: 1, symlinks: 1, fifos: 1, regular: 1 };
  /** Ports below it take a capability (net.ipv4.ip_unprivileged_port_start). */
  firstFreePort = 1024;
  readonly disk: Disk;
  /** Woken whenever a signal is sent while somebody has a signalfd; 0 before. */
  signalQueue: QueueId | 0 = 0;
  /** The file system of memfds, 0 before the first. */
  memfdSuper: SuperId | 0 = 0;

  // Epoll: interest lists, and who watches a file or a queue
  readonly epolls = new Map<number, Epoll>();
  readonly watches = new Map<WatchId, Watch>();
  readonly watchesOfFile = new Map<FileId, Watch[]>();
  /** Files whose owners hear by a signal (O_ASYNC), by queue. */
  readonly listeners = new Map<QueueId, FileId[]>();
  readonly watchers = new Map<QueueId, Watch[]>();

  /** fs.file-max: open files of all processes together. */
  maxFiles = Number.POSITIVE_INFINITY;

  /** The next id of every kind: ids are never used twice. */
  nextId = 1;

  constructor(memory: Memory, host: VfsHost) {
    this.memory = memory;
    this.host = host;
    this.disk = newDisk();
  }
}
