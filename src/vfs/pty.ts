/**
 * Pseudo-terminals: a master that programs read and write, and the terminal behind it, whose name lies in
 * /dev/pts. Linux: drivers/tty/pty.c, fs/devpts/inode.c; man 7 pty.
 */
import { type Errno, O } from '../abi/index.ts';
import { addName, childOf, removeName } from './directory.ts';
import { type FileOps, NO_FILES, NO_OPS, waitFor } from './file-ops.ts';
import { inodeOf, newInode } from './inode.ts';
import { newMemorySuper } from './mount.ts';
import { notify, OUTPUT } from './notify.ts';
import { type FileInit, newFile } from './open-file.ts';
import { masterIoctl } from './pty-ioctl.ts';
import { ringToTransfer } from './ring.ts';
import { newPtyTermios } from './termios.ts';
import { hangUp, isFull, newTty, openTty, type Tty, ttyOf } from './tty.ts';
import { receive } from './tty-input.ts';
import { showEchoes } from './tty-output.ts';
import {
  type FileId,
  type InodeId,
  type OpenFile,
  type Outcome,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLPRI,
  POLLRDNORM,
  POLLWRNORM,
  type QueueId,
  type Transfer,
} from './types.ts';
import type { Super, Vfs } from './vfs.ts';

/** What a terminal has besides when programs are at its other end. */
export interface Pty {
  readonly number: number;
  /** The name in devpts. */
  readonly inode: InodeId;
  /** Does its master still live? */
  isOpen: boolean;
  /** TIOCSPTLCK: the terminal cannot be opened yet. */
  isLocked: boolean;
  /** Has the terminal been opened, and is nobody there any more? The master reads EIO then. */
  isDeserted: boolean;
  /** Open files of the terminal. */
  users: number;
  isPacket: boolean;
  /** TIOCEXCL of the master itself. */
  isExclusive: boolean;
  /** What has happened since the last status byte. */
  status: number;
  readonly readQueue: QueueId;
  readonly writeQueue: QueueId;
}

/** Linux: the terminal's group in Debian, and the mode of its names. */
const TTY_GROUP = 5;
const MODE = 0o620;
/** The device numbers of terminals that have masters. */
export const PTS_MAJOR = 136;
/** Numbers whose device number is one byte beside the major number. */
const MAX_PTYS = 256;
/** What has been written by the master and not been typed in yet (Linux: TTYB_DEFAULT_MEM_LIMIT). */
const MAX_ARRIVING = 65536;
/** The most a read gives: what the master's own line discipline holds. */
const MAX_READ = 4095;

/** The file system of terminals' names, with the node that opens masters. */
export function newDevptsSuper(vfs: Vfs): Super {
  const made = newMemorySuper(vfs, 'devpts', 0o755);
  const ptmx = newInode(vfs, { super: made.id, kind: 'char', mode: 0, uid: 0, gid: 0 });
  ptmx.rdev = PTMX;
  made.options = ',gid=5,mode=620,ptmxmode=000';
  addName(vfs, inodeOf(vfs, made.root), 'ptmx', ptmx);
  return made;
}

/** /dev/ptmx: major 5, minor 2. */
export const PTMX = 5 * 256 + 2;

/** Opens a master, and makes its terminal's name. */
export function openMaster(vfs: Vfs, init: Omit<FileInit, 'kind' | 'channel'>): FileId | Errno {
  const devpts = [...vfs.supers.values()].find(({ type }) => type === 'devpts');
  if (devpts === undefined) return 'ENODEV';
  let number = 0;
  while (vfs.ttys.has(PTS_MAJOR * 256 + number)) number++;
  if (number >= MAX_PTYS) return 'ENOSPC';
  const tty = newPty(vfs, devpts, number);
  return newFile(vfs, { ...init, flags: init.flags & ~O.O_NOCTTY, kind: 'ptmx', channel: tty.id });
}

/** TIOCGPTPEER: the master's terminal, without a path to it. The master's mount need not be that of the name. */
export function openPeer(vfs: Vfs, file: OpenFile, flags: number): FileId | Errno {
  const tty = ttyOf(vfs, file);
  const { inode, number } = tty.pty!;
  const mount = [...vfs.mounts.values()].find((each) => each.super === inodeOf(vfs, inode).super);
  return openTty(vfs, tty, { flags, inode, mount: mount?.id ?? 0, path: `/dev/pts/${number}` });
}

function newPty(vfs: Vfs, devpts: Super, number: number): Tty {
  const { fsuid } = vfs.host.credentials();
  const node = newInode(vfs, { super: devpts.id, kind: 'char', mode: MODE, uid: fsuid, gid: TTY_GROUP });
  node.rdev = PTS_MAJOR * 256 + number;
  addName(vfs, inodeOf(vfs, devpts.root), `${number}`, node);
  const tty = newTty(vfs, node.rdev, false, newPtyTermios());
  Object.assign(tty.size, { rows: 0, columns: 0 });
  tty.pty = {
    number,
    inode: node.id,
    isOpen: true,
    isLocked: true,
    isDeserted: false,
    users: 0,
    isPacket: false,
    isExclusive: false,
    status: 0,
    readQueue: vfs.host.newQueue(),
    writeQueue: vfs.host.newQueue(),
  };
  return tty;
}

function read(vfs: Vfs, file: OpenFile, to: Transfer): Outcome {
  const tty = ttyOf(vfs, file);
  const pty = tty.pty!;
  if (to.left === 0) return 0;
  if (pty.isPacket && pty.status !== 0) {
    if (to.put(Uint8Array.of(pty.status)) === 0) return 'EFAULT';
    pty.status = 0;
    return 1;
  }
  if (tty.output.length === 0) {
    if (pty.isDeserted) return 'EIO';
    return file.flags & O.O_NONBLOCK ? 'EAGAIN' : waitFor('tty-read', pty.readQueue, tty.id);
  }
  if (pty.isPacket && to.put(Uint8Array.of(0)) === 0) return 'EFAULT';
  const wasFull = isFull(tty);
  const done = ringToTransfer(tty.output, to, MAX_READ);
  showEchoes(tty);
  if (wasFull && !isFull(tty)) notify(vfs, tty.writeQueue, OUTPUT);
  const mark = pty.isPacket ? 1 : 0;
  return done + mark || 'EFAULT';
}

const scratch = new Uint8Array(4096);

function write(vfs: Vfs, file: OpenFile, from: Transfer): Outcome {
  const tty = ttyOf(vfs, file);
  let done = 0;
  while (from.left > 0 && tty.arriving.length < MAX_ARRIVING) {
    const want = Math.min(from.left, scratch.length, MAX_ARRIVING - tty.arriving.length);
    const took = from.take(scratch.subarray(0, want));
    if (took < want) return done > 0 ? done : 'EFAULT';
    receive(vfs, tty, scratch.subarray(0, took));
    done += took;
  }
  if (done > 0 || from.left === 0) return done;
  return file.flags & O.O_NONBLOCK ? 'EAGAIN' : waitFor('tty-write', tty.pty!.writeQueue, tty.id);
}

function poll(vfs: Vfs, file: OpenFile): number {
  const tty = ttyOf(vfs, file);
  const pty = tty.pty!;
  const hasStatus = pty.isPacket && pty.status !== 0;
  return (
    (tty.output.length > 0 || hasStatus ? POLLIN | POLLRDNORM : 0) |
    (hasStatus ? POLLPRI : 0) |
    (pty.isDeserted ? POLLHUP : 0) |
    (tty.arriving.length < MAX_ARRIVING ? POLLOUT | POLLWRNORM : 0)
  );
}

/** The master goes: the terminal hangs up, and its name with it. */
function close(vfs: Vfs, file: OpenFile): readonly FileId[] {
  const tty = ttyOf(vfs, file);
  const pty = tty.pty!;
  pty.isOpen = false;
  pty.isPacket = false;
  const directory = inodeOf(vfs, devptsRoot(vfs, pty.inode));
  if (childOf(vfs, directory, `${pty.number}`) === pty.inode) removeName(vfs, directory, `${pty.number}`);
  hangUp(vfs, tty.id, 'line');
  if (pty.users === 0) vfs.ttys.delete(tty.id);
  return NO_FILES;
}

const devptsRoot = (vfs: Vfs, inode: InodeId): InodeId => vfs.supers.get(inodeOf(vfs, inode).super)!.root;

/** Operations of a master. */
export const PTMX_OPS: FileOps = {
  ...NO_OPS,
  read,
  write,
  poll,
  queues: (vfs, file) => {
    const { readQueue, writeQueue } = ttyOf(vfs, file).pty!;
    return [readQueue, writeQueue];
  },
  ioctl: masterIoctl,
  close,
};
