/**
 * The records of files: inodes (what is on a file system), open files (what a descriptor names) and
 * descriptor tables. Plain data that name each other by id; behaviour lies in tables keyed by `kind`.
 */

import type { Errno } from '../abi/index.ts';
import type { Id, Nanos } from '../base/index.ts';
import type { PageObjectId } from '../memory/index.ts';
import type { AsyncOwner } from './async.ts';
import type { Capabilities } from './capability.ts';

export type InodeId = Id<'InodeId'>;
/** A mounted file system (Linux: super_block); also its st_dev minor number. */
export type SuperId = Id<'SuperId'>;
export type MountId = Id<'MountId'>;
/** An open file description (Linux: struct file), shared by dup and fork. */
export type FileId = Id<'FileId'>;
/** A descriptor table (Linux: files_struct), shared by CLONE_FILES. */
export type FilesId = Id<'FilesId'>;
/** A place tasks wait at, in order of arrival. */
export type QueueId = Id<'QueueId'>;

/**
 * What a blocked task waits for: the answer of any call that cannot be served yet. Plain data. When one of
 * the queues is woken or the deadline comes, the call looks again.
 */
export interface Wait {
  /** Named in the views: `pipe-read`, `child`, `futex`, `disk`, `sleep`, `poll` … */
  readonly on: string;
  readonly queues: readonly QueueId[];
  /** NEVER when there is no deadline. */
  readonly until: Nanos;
  /** An id or address for the views: which pipe, which futex word. */
  readonly detail: number;
  /** Uninterruptible: only SIGKILL's delivery waits for the end (Linux: TASK_UNINTERRUPTIBLE). */
  readonly uninterruptible?: true;
}

/** What a call gives: a result, an error's name, or what to wait for. */
export type Outcome = number | Errno | Wait;

export type InodeKind = 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'char' | 'block';

export interface Timestamp {
  /** Seconds since the epoch, and nanoseconds within. */
  readonly sec: number;
  readonly nsec: number;
}

export interface Inode {
  readonly id: InodeId;
  readonly super: SuperId;
  readonly kind: InodeKind;
  /** Permission bits, 0o7777 at most. */
  mode: number;
  uid: number;
  gid: number;
  nlink: number;
  atime: Timestamp;
  mtime: Timestamp;
  ctime: Timestamp;
  btime: Timestamp;
  /** Open files and other holders; the inode goes when this and nlink are zero. */
  holders: number;
  /** Files opened for writing or, negative, processes that run this program: never both (Linux: i_writecount). */
  writers: number;
  /** Files: the page cache that is their content, made on first use (0 before). Size in bytes. */
  pages: PageObjectId | 0;
  size: number;
  /**
   * Directories: the inode of each name, 0 while nobody has looked it up and it lies only in a layer;
   * null until loaded from the layers. Names are sorted when they are listed.
   */
  entries: Map<string, InodeId | 0> | null;
  /** Directories: where `..` leads (the root of a file system: itself), and its one name there. */
  parent: InodeId | 0;
  name: string;
  /** Symbolic links. */
  target: string;
  /** Devices: major × 256 + minor; and for /proc nodes the generator's name with its arguments. */
  rdev: number;
  generator: ProcNode | null;
  /** FIFOs, sockets bound to a path and message queues: what is behind them, 0 before the first open. */
  channel: number;
  /** How long what is written will live (fcntl F_SET_RW_HINT). */
  writeHint: number;
  /** memfd seals. */
  seals: number;
  xattrs: Map<string, Uint8Array> | null;
}

/** Mode and owner of what has no place in the tree: a pipe, a socket. */
export interface Look {
  mode: number;
  uid: number;
  gid: number;
}

/** A node of /proc: what makes its text or entries, and about whom. */
export interface ProcNode {
  readonly make: string;
  readonly pid: number;
  readonly tid: number;
  readonly arg: number;
}

/** What kind of thing a descriptor names; the key of the operations table. */
export type FileKind =
  | 'regular'
  | 'directory'
  | 'path'
  | 'proc'
  | 'device'
  | 'pipe'
  | 'eventfd'
  | 'epoll'
  | 'timerfd'
  | 'signalfd'
  | 'pidfd'
  | 'inotify'
  | 'fscontext'
  | 'mqueue'
  | 'tty'
  | 'ptmx'
  | 'socket';

/** A name in a directory (Linux: struct dentry, without its inode). */
export interface Dentry {
  readonly parent: InodeId | 0;
  readonly name: string;
}

export interface OpenFile {
  readonly id: FileId;
  readonly kind: FileKind;
  /** Descriptors (of all tables), mappings and calls in flight that hold it. */
  refs: number;
  /** O_* flags without the creation ones; F_SETFL changes some. */
  flags: number;
  /** File position, or the cookie of a directory stream. */
  pos: number;
  /** 0 for anonymous objects. */
  readonly inode: InodeId | 0;
  /** The mount it was opened through, 0 for anonymous objects. */
  readonly mount: MountId | 0;
  /** The name it was opened by, which follows a rename; null for directories and what was opened by no name. */
  dentry: Dentry | null;
  /** As /proc/PID/fd shows it when it has no name: absolute path at open time, or `pipe:[12]`, `anon_inode:[eventpoll]`. */
  path: string;
  /** The pipe, epoll, eventfd, terminal or socket behind it, by the kind's own id. */
  readonly channel: number;
  /** Did this open(2) make the file? */
  wasCreated: boolean;
  /** Who hears of it by a signal; null for nobody yet. */
  async: AsyncOwner | null;
  /** A directory stream's names, or a /proc file's text: made by the read at 0, kept until the next one. */
  listing: readonly string[] | null;
  text: Uint8Array | null;
}

export interface FdEntry {
  readonly file: FileId;
  readonly cloexec: boolean;
}

export interface FilesTable {
  readonly id: FilesId;
  /** Tasks that share it. */
  users: number;
  /** Indexed by descriptor. */
  readonly fds: (FdEntry | null)[];
  /** No descriptor below this one is free (Linux: next_fd). */
  next: number;
}

/** Current directory, root and umask (Linux: fs_struct), shared by CLONE_FS. */
export interface FsContext {
  users: number;
  cwd: Place;
  root: Place;
  umask: number;
}

/** A directory seen through a mount. */
export interface Place {
  readonly mount: MountId;
  readonly inode: InodeId;
}

/** Whose rights a path walk uses. */
export interface Credentials {
  readonly ruid: number;
  readonly euid: number;
  readonly suid: number;
  readonly fsuid: number;
  readonly rgid: number;
  readonly egid: number;
  readonly sgid: number;
  readonly fsgid: number;
  readonly groups: readonly number[];
  readonly caps: Capabilities;
  /** SECBIT_* (man 7 capabilities). */
  readonly securebits: number;
}

/** Bytes on their way between a call's user memory (or a kernel buffer) and a file. Lives for one call only. */
export interface Transfer {
  /** Bytes still to move. */
  readonly left: number;
  /**
   * Copies bytes, or those from `start` to `end`, to the caller's memory; gives how many fitted before a fault
   * (all of them without one).
   */
  put(bytes: Uint8Array, start?: number, end?: number): number;
  /** Fetches at most `end - start` bytes from the caller's memory; gives how many came before a fault. */
  take(into: Uint8Array, start?: number, end?: number): number;
}

/** poll(2) bits. */
export const POLLIN = 1;
export const POLLPRI = 2;
export const POLLOUT = 4;
export const POLLERR = 8;
export const POLLHUP = 16;
export const POLLNVAL = 32;
export const POLLRDNORM = 64;
export const POLLWRNORM = 256;
export const POLLRDHUP = 0x2000;

/** Who is asking. */
export interface Identity {
  readonly tid: number;
  readonly tgid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly tty: number;
}

/** A signal that a signalfd took: what its structure tells. */
export interface TakenSignal {
  readonly signo: number;
  readonly code: number;
  readonly pid: number;
  readonly uid: number;
  readonly status: number;
  readonly valueHi: number;
  readonly addr: number;
  readonly errno: number;
  readonly tail: readonly number[] | null;
}

/** What the VFS needs of the kernel around it: time, waking, and who is asking. */
export interface VfsHost {
  /** Virtual time since boot. */
  now(): Nanos;
  /** Wall clock for the times of files. */
  wall(): Timestamp;
  newQueue(): QueueId;
  /** Makes every task that waits at the queue look again. */
  wake(queue: QueueId): void;
  /** The current task asked the disk for pages of an object; the disk has served a request. */
  diskAsked(request: number, first: number, pages: number, object: number): void;
  diskServed(request: number, pages: number): void;
  /** A table has a descriptor now, has it for the same file as `from`, or has it no more. */
  fdOpened(table: FilesTable, fd: number, file: FileId): void;
  fdCopied(table: FilesTable, fd: number, file: FileId, from: number): void;
  fdClosed(table: FilesTable, fd: number, file: FileId): void;
  /** A process has closed a descriptor of a message queue. */
  mqueueClosed(file: OpenFile, tgid: number): void;
  /** Sends a signal to a process group (terminals) or to the current task (SIGPIPE). */
  signalGroup(pgid: number, signo: number): void;
  signalCurrent(signo: number): void;
  /** Sends the owner of a file a signal that tells why. */
  signalOwner(owner: AsyncOwner, reason: { readonly code: number; readonly band: number }): void;
  /** The current task's identity, for locks, terminals and /proc/self; `tty` is its controlling terminal or 0. */
  current(): Identity;
  /** With whose rights the current task acts. */
  credentials(): Credentials;
  /** Soft resource limit of the current process; Infinity for none. */
  limit(resource: 'fsize' | 'nofile'): number;
  /** Bytes of the machine's entropy. */
  random(into: Uint8Array): void;
  /** The deadline of the call being served, fixed when first asked for; and whether it has come. */
  deadline(relative: Nanos): Nanos;
  expired(): boolean;
  /** Sets a timer: `timerfdFired` or `deviceInterrupt` is called with the id at that time. NEVER disarms it. */
  arm(kind: 'timerfd' | 'device', at: Nanos, id: number): void;
  /** Tids of the tasks that wait at the queue. */
  waiters(queue: QueueId): readonly number[];
  /**
   * A process in the background reads from (SIGTTIN) or changes (SIGTTOU) its terminal. 0: let it go on (it
   * ignores SIGTTOU); EIO: it may not; otherwise its group gets the signal and the call waits for what comes of
   * it. Linux: __tty_check_change, job_control.
   */
  stopForTty(signo: number): Outcome;
  /** Makes the terminal the controlling one of the current process, or takes it from the whole session. */
  setTty(tty: number): void;
  dropTty(sid: number): void;
  /** The terminal of a session is gone: it has none any more, and its leader gets SIGHUP and SIGCONT. */
  hangUpSession(sid: number, foreground: number): void;
  /** Does a process stand in this mount, or run a program through it? */
  standsIn(mount: MountId): boolean;
  /** The session of a process group, 0 when there is no such group. */
  sessionOf(pgid: number): number;
  /** Is a signal of this set (bit n-1 is signal n) pending for the current task; and taking one as siginfo. */
  hasSignal(lo: number, hi: number): boolean;
  takeSignal(lo: number, hi: number): TakenSignal | null;
  /** Text, link target or entries of a /proc node; the kernel owns what they tell. */
  proc: ProcSource;
}

/** What /proc shows. `null` means the process or thread has gone (ENOENT / ESRCH). */
export interface ProcSource {
  /** Text of a file node, made when it is opened or read at 0. */
  text(node: ProcNode): string | null;
  link(node: ProcNode): string | null;
  /** Pids for /proc, tids for task/, descriptors for fd/. */
  numbers(node: ProcNode): readonly number[] | null;
  /** Where a magic link (fd/N, cwd, root, exe) leads, past all names: a place, or an open file without one. */
  target(node: ProcNode): Place | { readonly file: FileId } | null;
  /** What a write to the node does; gives an error's name or null. */
  write(node: ProcNode, text: string): Errno | null;
  /** May the current task look into the process the node is about? */
  mayInspect(node: ProcNode): boolean;
  /** Moves bytes of a process's memory whatever its mappings allow; gives how many, null when it has none. */
  peek(node: ProcNode, address: number, into: Uint8Array): number | null;
  poke(node: ProcNode, address: number, from: Uint8Array): number | null;
  /**
   * Owner of the node (the process's euid and egid), and its mode where that is not the same for all (fd/N);
   * null when nothing of that pid or tid exists.
   */
  owner(node: ProcNode): { readonly uid: number; readonly gid: number; readonly mode?: number } | null;
}
