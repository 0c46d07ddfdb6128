/** Sockets: making, naming and connecting them. Only AF_UNIX; other families are refused. Linux: net/socket.c. */
import { AT, type Errno, O } from '../abi/index.ts';
import { decodeUtf8 } from '../base/index.ts';
import { type Arg, type Kernel, syscall } from '../kernel/index.ts';
import {
  acceptFrom,
  bindAbstract,
  bindToNode,
  connectTo,
  createNode,
  disconnect,
  freeAbstractName,
  inodeOf,
  installFd,
  installPair,
  listenAt,
  MAY_WRITE,
  makeSocket,
  mayAccess,
  newSocketPair,
  type OpenFile,
  type Outcome,
  openSocket,
  type Socket,
  type SocketType,
  shutdownSocket,
  socketOf,
  type Ucred,
} from '../vfs/index.ts';
import { fd, flags, int, oneOf, pointer } from './args.ts';
import { givePair, outPair } from './fd.ts';
import { openFile } from './file.ts';
import { resolveText, WALK_ERRORS, walkerOf } from './path.ts';
import { AF_UNIX, AF_UNSPEC, readAddress, writeAddress } from './sockaddr.ts';

const FAMILIES = {
  AF_UNSPEC,
  AF_UNIX,
  AF_INET: 2,
  AF_INET6: 10,
  AF_NETLINK: 16,
  AF_PACKET: 17,
  AF_VSOCK: 40,
};
const TYPES: Readonly<Record<number, SocketType>> = { 1: 'stream', 2: 'dgram', 3: 'dgram', 5: 'seqpacket' };
const TYPE_BITS = O.O_CLOEXEC | O.O_NONBLOCK;
const typeNames = oneOf({ SOCK_STREAM: 1, SOCK_DGRAM: 2, SOCK_RAW: 3, SOCK_SEQPACKET: 5 });
const typeFlags = flags({ SOCK_CLOEXEC: O.O_CLOEXEC, SOCK_NONBLOCK: O.O_NONBLOCK }, '');

/** A socket type with its flags, as strace prints it. */
const type: Arg<number> = {
  decode: (lo) => lo,
  show(value, k, result) {
    const bits = typeFlags.show(value & TYPE_BITS, k, result);
    return typeNames.show(value & ~TYPE_BITS, k, result) + (bits === '' ? '' : `|${bits}`);
  },
};

/** Who the current task is, for the other end of its sockets. */
export const ucredOf = (k: Kernel): Ucred => ({
  pid: k.group.tgid,
  uid: k.task.credentials.euid,
  gid: k.task.credentials.egid,
});

/** What kind of socket is asked for. Linux: __sock_create, unix_create. */
function checkKind(family: number, kind: number, protocol: number): SocketType | Errno {
  if (kind & ~(TYPE_BITS | 15)) return 'EINVAL';
  if (family < 0 || family >= 46 || family !== AF_UNIX) return 'EAFNOSUPPORT';
  if (protocol !== 0 && protocol !== AF_UNIX) return 'EPROTONOSUPPORT';
  return TYPES[kind & 15] ?? 'ESOCKTNOSUPPORT';
}

const isType = (kind: SocketType | Errno): kind is SocketType =>
  kind === 'stream' || kind === 'dgram' || kind === 'seqpacket';

const SOCKET_ERRORS = ['EAFNOSUPPORT', 'EINVAL', 'EMFILE', 'EPROTONOSUPPORT', 'ESOCKTNOSUPPORT'] as const;
const ONLY_UNIX = { partial: 'AF_UNIX; other families are EAFNOSUPPORT' };

export const socket = syscall({
  nr: 198,
  name: 'socket',
  args: [oneOf(FAMILIES), type, int],
  errors: SOCKET_ERRORS,
  interrupted: 'never blocks',
  support: ONLY_UNIX,
  run(k, family, kind, protocol) {
    const checked = checkKind(family, kind, protocol);
    if (!isType(checked)) return checked;
    const file = openSocket(k.vfs, makeSocket(k.vfs, checked, ucredOf(k)), kind);
    return installFd(k.vfs, k.files, file, (kind & O.O_CLOEXEC) !== 0);
  },
});

export const socketpair = syscall({
  nr: 199,
  name: 'socketpair',
  args: [oneOf(FAMILIES), type, int, outPair],
  errors: [...SOCKET_ERRORS, 'EFAULT', 'EOPNOTSUPP'],
  interrupted: 'never blocks',
  support: ONLY_UNIX,
  run(k, family, kind, protocol, addr) {
    const checked = checkKind(family, kind, protocol);
    if (!isType(checked)) return checked;
    const files = newSocketPair(k.vfs, checked, ucredOf(k), kind);
    return givePair(k, addr, installPair(k.vfs, k.files, files, (kind & O.O_CLOEXEC) !== 0));
  },
});

/** The socket of a descriptor, with its open file. */
export function socketAt(k: Kernel, number: number): { file: OpenFile; socket: Socket } | Errno {
  const file = openFile(k, number);
  if (file === undefined) return 'EBADF';
  return file.kind === 'socket' ? { file, socket: socketOf(k.vfs, file) } : 'ENOTSOCK';
}

/** Does a call on this file wait? */
export const isPatient = (file: OpenFile): boolean => (file.flags & O.O_NONBLOCK) === 0;

/** A path whose characters are bytes, as the tree knows it. */
const asPath = (name: string) => decodeUtf8(Uint8Array.from(name, (c) => c.charCodeAt(0)));

function bindPath(k: Kernel, bound: Socket, name: string): Outcome {
  const at = resolveText(k, AT.AT_FDCWD, asPath(name), { follow: false, parent: true });
  if (typeof at === 'string') return at;
  if (at.inode === 0 && bound.address !== '') return 'EINVAL';
  const node = createNode(k.vfs, walkerOf(k), at, { kind: 'socket', mode: 0o777 });
  if (typeof node === 'string') return node === 'EEXIST' ? 'EADDRINUSE' : node;
  bindToNode(bound, node, name);
  return 0;
}

export const bind = syscall({
  nr: 200,
  name: 'bind',
  args: [fd, pointer, int],
  errors: [...WALK_ERRORS, 'EADDRINUSE', 'EINVAL', 'ENOTSOCK', 'EPERM', 'EROFS', 'ENOSPC'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, addr, length) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    const address = readAddress(k, addr, length);
    if (typeof address === 'string') return address;
    if (address.family !== AF_UNIX) return 'EINVAL';
    if (address.name !== '' && !address.name.startsWith('\0')) return bindPath(k, at.socket, address.name);
    if (at.socket.address !== '') return 'EINVAL';
    const name = address.name === '' ? freeAbstractName(k.vfs) : address.name;
    return bindAbstract(k.vfs, at.socket, name) ?? 0;
  },
});

export const listen = syscall({
  nr: 201,
  name: 'listen',
  args: [fd, int],
  errors: ['EBADF', 'EINVAL', 'ENOTSOCK', 'EOPNOTSUPP'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, backlog) {
    const at = socketAt(k, number);
    return typeof at === 'string' ? at : (listenAt(at.socket, backlog) ?? 0);
  },
});

/** The socket behind a name; undefined when nobody is there any more. */
export function socketNamed(k: Kernel, name: string): Socket | undefined | Errno {
  if (name === '') return 'EINVAL';
  if (name.startsWith('\0')) return k.vfs.sockets.get(k.vfs.abstractSockets.get(name) ?? 0);
  const found = resolveText(k, AT.AT_FDCWD, asPath(name), { follow: true });
  if (typeof found === 'string') return found;
  if (found.inode === 0) return 'ECONNREFUSED';
  const node = inodeOf(k.vfs, found.inode);
  if (!mayAccess(node, k.task.credentials, MAY_WRITE)) return 'EACCES';
  return node.kind === 'socket' ? k.vfs.sockets.get(node.channel) : 'ECONNREFUSED';
}

const CONNECT_ERRORS = [
  ...WALK_ERRORS,
  'EAGAIN',
  'ECONNREFUSED',
  'EINTR',
  'EINVAL',
  'EISCONN',
  'ENOTSOCK',
  'EPROTOTYPE',
] as const;

export const connect = syscall({
  nr: 203,
  name: 'connect',
  args: [fd, pointer, int],
  errors: CONNECT_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    const address = readAddress(k, addr, length);
    if (typeof address === 'string') return address;
    if (address.family === AF_UNSPEC && at.socket.type === 'dgram') {
      disconnect(at.socket);
      return 0;
    }
    if (address.family !== AF_UNIX) return 'EINVAL';
    const target = socketNamed(k, address.name);
    if (typeof target === 'string') return target;
    return connectTo(k.vfs, at.socket, target, isPatient(at.file));
  },
});

function acceptOne(k: Kernel, number: number, addr: number, lengthAddr: number, bits: number): Outcome {
  const at = socketAt(k, number);
  if (typeof at === 'string') return at;
  const accepted = acceptFrom(k.vfs, at.socket, isPatient(at.file));
  if (typeof accepted === 'string' || 'on' in accepted) return accepted;
  const number2 = installFd(k.vfs, k.files, openSocket(k.vfs, accepted, bits), (bits & O.O_CLOEXEC) !== 0);
  if (typeof number2 === 'string' || addr === 0) return number2;
  const told = writeAddress(k, accepted.peerAddress, addr, lengthAddr);
  return told === 0 ? number2 : told;
}

const ACCEPT_ERRORS = [
  'EAGAIN',
  'EBADF',
  'EFAULT',
  'EINTR',
  'EINVAL',
  'EMFILE',
  'ENOTSOCK',
  'EOPNOTSUPP',
] as const;

export const accept = syscall({
  nr: 202,
  name: 'accept',
  args: [fd, pointer, pointer],
  errors: ACCEPT_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run: (k, number, addr, lengthAddr) => acceptOne(k, number, addr, lengthAddr, 0),
});

export const accept4 = syscall({
  nr: 242,
  name: 'accept4',
  args: [fd, pointer, pointer, typeFlags],
  errors: ACCEPT_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run: (k, number, addr, lengthAddr, bits) =>
    bits & ~TYPE_BITS ? 'EINVAL' : acceptOne(k, number, addr, lengthAddr, bits),
});

export const getsockname = syscall({
  nr: 204,
  name: 'getsockname',
  args: [fd, pointer, pointer],
  errors: ['EBADF', 'EFAULT', 'EINVAL', 'ENOTSOCK'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, addr, lengthAddr) {
    const at = socketAt(k, number);
    return typeof at === 'string' ? at : writeAddress(k, at.socket.address, addr, lengthAddr);
  },
});

export const getpeername = syscall({
  nr: 205,
  name: 'getpeername',
  args: [fd, pointer, pointer],
  errors: ['EBADF', 'EFAULT', 'EINVAL', 'ENOTCONN', 'ENOTSOCK'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, addr, lengthAddr) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    if (at.socket.peerOwner === null) return 'ENOTCONN';
    return writeAddress(k, at.socket.peerAddress, addr, lengthAddr);
  },
});

export const shutdown = syscall({
  nr: 210,
  name: 'shutdown',
  args: [fd, oneOf({ SHUT_RD: 0, SHUT_WR: 1, SHUT_RDWR: 2 })],
  errors: ['EBADF', 'EINVAL', 'ENOTCONN', 'ENOTSOCK'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, how) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    if (how < 0 || how > 2) return 'EINVAL';
    shutdownSocket(k.vfs, at.socket, how !== 1, how !== 0);
    return 0;
  },
});

export const SOCKET_CALLS = [
  socket,
  socketpair,
  bind,
  listen,
  accept,
  connect,
  getsockname,
  getpeername,
  shutdown,
  accept4,
];
