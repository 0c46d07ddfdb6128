/** POSIX message queues: mq_open, mq_unlink, mq_getsetattr, mq_notify; sending is in mqueue-message.ts. man 7 mq_overview. */
import { CAP, type Errno, O, SIGRTMAX } from '../abi/index.ts';
import { capable, endNotice, type Kernel, limitOf, RLIMIT, SIGEV, syscall } from '../kernel/index.ts';
import {
  addMqueue,
  createNode,
  fileAt,
  inodeOf,
  installFd,
  MAY_READ,
  MAY_WRITE,
  type MqNotice,
  mayAccess,
  mountAt,
  mqueueCost,
  mqueueOf,
  mqueueSuper,
  mqueueUse,
  newFile,
  type OpenFile,
  type Place,
  type Resolved,
  unlinkNode,
  walk,
} from '../vfs/index.ts';
import { fd, mode, path, pointer } from './args.ts';
import { openFile } from './file.ts';
import { openFlags } from './open.ts';
import { readPath, walkerOf } from './path.ts';

/** The directory of all queues, through whichever mount there is. */
function rootOf(k: Kernel): Place {
  const { id, root } = mqueueSuper(k.vfs);
  const known = [...k.vfs.mounts.values()].find((mount) => mount.super === id);
  const init = { super: id, root, on: null, source: 'mqueue', path: '/', flags: 0 };
  return { mount: (known ?? mountAt(k.vfs, init)).id, inode: root };
}

/** A queue's name, which glibc gives without its slash. */
function find(k: Kernel, addr: number): Resolved | Errno {
  const name = readPath(k, addr);
  if (name === 'EFAULT' || name === 'ENAMETOOLONG') return name;
  if (name === '') return 'ENOENT';
  if (name.includes('/') || name === '.' || name === '..') return 'EACCES';
  return walk(k.vfs, walkerOf(k), rootOf(k), name, { follow: false, parent: true, create: true });
}

interface Shape {
  readonly maxMessages: number;
  readonly messageSize: number;
}

/** Linux: HARD_MSGMAX, HARD_MSGSIZEMAX. */
const HARD = { messages: 65536, size: 16 * 1024 * 1024 };

function readShape(k: Kernel, addr: number): Shape | 'EFAULT' | null {
  if (addr === 0) return null;
  const [maxMessages, messageSize] = [k.user.readI64(addr + 8), k.user.readI64(addr + 16)];
  const last = k.user.readI64(addr + 56);
  return maxMessages === undefined || messageSize === undefined || last === undefined
    ? 'EFAULT'
    : { maxMessages, messageSize };
}

/** The shape of a new queue, or why it may not be. Linux: mqueue_create_attr(), mqueue_get_inode(). */
function shapeFor(k: Kernel, wish: Shape | null): Shape | Errno {
  const { mqLimits, mqueues } = k.vfs;
  const isRoot = capable(k, CAP.CAP_SYS_RESOURCE);
  if (mqueues.size >= mqLimits.queues_max && !isRoot) return 'ENOSPC';
  const shape = wish ?? {
    maxMessages: Math.min(mqLimits.msg_max, mqLimits.msg_default),
    messageSize: Math.min(mqLimits.msgsize_max, mqLimits.msgsize_default),
  };
  const { maxMessages, messageSize } = shape;
  const most = isRoot ? HARD : { messages: mqLimits.msg_max, size: mqLimits.msgsize_max };
  if (maxMessages <= 0 || messageSize <= 0) return 'EINVAL';
  if (maxMessages > most.messages || messageSize > most.size) return 'EINVAL';
  const use = mqueueUse(k.vfs, k.task.credentials.fsuid) + mqueueCost(maxMessages, messageSize);
  return use > limitOf(k.group, RLIMIT.RLIMIT_MSGQUEUE) ? 'EMFILE' : shape;
}

interface OpenCall {
  readonly at: Resolved;
  readonly how: number;
  readonly permissions: number;
  readonly wish: Shape | null;
}

function inodeFor(k: Kernel, { at, how, permissions, wish }: OpenCall): Resolved['inode'] | Errno {
  if (at.inode === 0) {
    if ((how & O.O_CREAT) === 0) return 'ENOENT';
    const shape = shapeFor(k, wish);
    if (typeof shape === 'string') return shape;
    const made = createNode(k.vfs, walkerOf(k), at, { kind: 'file', mode: permissions & 0o777 });
    if (typeof made === 'string') return made;
    addMqueue(k.vfs, made, shape.maxMessages, shape.messageSize);
    return made.id;
  }
  if ((how & O.O_CREAT) !== 0 && (how & O.O_EXCL) !== 0) return 'EEXIST';
  if ((how & O.O_ACCMODE) === O.O_ACCMODE) return 'EINVAL';
  const wants = [MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE][how & O.O_ACCMODE]!;
  return mayAccess(inodeOf(k.vfs, at.inode), k.task.credentials, wants) ? at.inode : 'EACCES';
}

export const mqOpen = syscall({
  nr: 180,
  name: 'mq_open',
  args: [path, openFlags, mode, pointer],
  errors: [
    'EACCES',
    'EEXIST',
    'EFAULT',
    'EINVAL',
    'EMFILE',
    'ENFILE',
    'ENAMETOOLONG',
    'ENOENT',
    'ENOSPC',
    'ENOTDIR',
    'EROFS',
  ],
  interrupted: 'never blocks',
  support: 'full',
  run(k, addr, how, permissions, attributes) {
    const wish = readShape(k, attributes);
    if (wish === 'EFAULT') return wish;
    const at = find(k, addr);
    if (typeof at === 'string') return at;
    const inode = inodeFor(k, { at, how, permissions, wish });
    if (typeof inode === 'string') return inode;
    const { mount } = at.parent;
    const kept = (how & (O.O_ACCMODE | O.O_NONBLOCK)) | O.O_LARGEFILE;
    const file = newFile(k.vfs, { kind: 'mqueue', flags: kept, inode, mount, path: `/${at.name}` });
    return installFd(k.vfs, k.files, file, true);
  },
});

export const mqUnlink = syscall({
  nr: 181,
  name: 'mq_unlink',
  args: [path],
  errors: ['EACCES', 'EBUSY', 'EFAULT', 'EISDIR', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR', 'EPERM', 'EROFS'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, addr) {
    const at = find(k, addr);
    return typeof at === 'string' ? at : (unlinkNode(k.vfs, walkerOf(k), at) ?? 0);
  },
});

/** The open queue of a descriptor. */
export function queueFile(k: Kernel, number: number): OpenFile | 'EBADF' {
  const file = openFile(k, number);
  return file?.kind === 'mqueue' ? file : 'EBADF';
}

export const mqGetsetattr = syscall({
  nr: 185,
  name: 'mq_getsetattr',
  args: [fd, pointer, pointer],
  errors: ['EBADF', 'EFAULT', 'EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, next, old) {
    const wish = next === 0 ? null : k.user.readI64(next);
    if (wish === undefined) return 'EFAULT';
    if (wish !== null && (wish < 0 || (wish & ~O.O_NONBLOCK) !== 0 || wish > O.O_NONBLOCK)) return 'EINVAL';
    const file = queueFile(k, number);
    if (file === 'EBADF') return file;
    const { maxMessages, messageSize, messages } = mqueueOf(k.vfs, file);
    const before = [file.flags & O.O_NONBLOCK, maxMessages, messageSize, messages.length, 0, 0, 0, 0];
    if (wish !== null) file.flags = (file.flags & ~O.O_NONBLOCK) | wish;
    const given = old === 0 || before.every((value, i) => k.user.writeU64(old + 8 * i, value));
    return given ? 0 : 'EFAULT';
  },
});

/** Linux: NOTIFY_COOKIE_LEN. */
const COOKIE = 32;

/** What a struct sigevent asks for. */
function readNotice(k: Kernel, addr: number): MqNotice | Errno {
  const words = [0, 4, 8, 12].map((at) => k.user.readI32(addr + at));
  const [valueLo, valueHi, signo, notify] = words;
  if (valueLo === undefined || valueHi === undefined || signo === undefined || notify === undefined)
    return 'EFAULT';
  const { SIGEV_SIGNAL, SIGEV_NONE, SIGEV_THREAD } = SIGEV;
  if (notify !== SIGEV_NONE && notify !== SIGEV_SIGNAL && notify !== SIGEV_THREAD) return 'EINVAL';
  if (notify === SIGEV_SIGNAL && (signo < 0 || signo > SIGRTMAX)) return 'EINVAL';
  const notice = { tgid: k.group.tgid, notify, signo, valueLo, valueHi, socket: 0, cookie: null };
  if (notify !== SIGEV_THREAD) return notice;
  const cookie = new Uint8Array(COOKIE);
  if (!k.user.copyIn((valueHi >>> 0) * 2 ** 32 + (valueLo >>> 0), cookie)) return 'EFAULT';
  const file = fileAt(k.vfs, k.files, signo);
  if (file === undefined) return 'EBADF';
  const socket = file.kind === 'socket' ? k.vfs.sockets.get(file.channel) : undefined;
  if (socket === undefined) return 'ENOTSOCK';
  return socket.netlink == null ? 'EINVAL' : { ...notice, socket: socket.id, cookie };
}

export const mqNotify = syscall({
  nr: 184,
  name: 'mq_notify',
  args: [fd, pointer],
  errors: ['EBADF', 'EBUSY', 'EFAULT', 'EINVAL', 'ENOTSOCK'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, addr) {
    const notice = addr === 0 ? null : readNotice(k, addr);
    if (typeof notice === 'string') return notice;
    const file = queueFile(k, number);
    if (file === 'EBADF') return file;
    const queue = mqueueOf(k.vfs, file);
    if (notice !== null) {
      if (queue.notice !== null) return 'EBUSY';
      queue.notice = notice;
    } else if (queue.notice?.tgid === k.group.tgid) {
      endNotice(k, queue.notice);
      queue.notice = null;
    }
    return 0;
  },
});

export const MQUEUE_CALLS = [mqOpen, mqUnlink, mqGetsetattr, mqNotify];
