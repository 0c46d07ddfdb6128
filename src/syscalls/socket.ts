/** Sockets: making, naming and connecting them. Only AF_UNIX; other families are refused. Linux: net/socket.c. */
import { type Errno, O } from '../abi/index.ts';
import { type Arg, asInt, type Kernel, recordUnsupported, syscall } from '../kernel/index.ts';
import {
  installFd,
  installPair,
  makeSocket,
  newSocketPair,
  type OpenFile,
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
import { AF_UNIX, AF_UNSPEC, writeAddress } from './sockaddr.ts';

const FAMILIES = {
  AF_UNSPEC,
  AF_UNIX,
  AF_INET: 2,
  AF_INET6: 10,
  AF_NETLINK: 16,
  AF_PACKET: 17,
  AF_VSOCK: 40,
};
/** What Linux has nearly everywhere. */
const NOT_HERE: ReadonlySet<number> = new Set(
  Object.values(FAMILIES).filter((family) => family !== AF_UNIX && family !== AF_UNSPEC),
);
const TYPES: Readonly<Record<number, SocketType>> = { 1: 'stream', 2: 'dgram', 3: 'dgram', 5: 'seqpacket' };
/** Flags that a socket's type may carry. */
export const TYPE_BITS = O.O_CLOEXEC | O.O_NONBLOCK;
const typeNames = oneOf({ SOCK_STREAM: 1, SOCK_DGRAM: 2, SOCK_RAW: 3, SOCK_SEQPACKET: 5 });
/** Those flags for strace. */
export const typeFlags = flags({ SOCK_CLOEXEC: O.O_CLOEXEC, SOCK_NONBLOCK: O.O_NONBLOCK }, '');

/** A socket type with its flags, as strace prints it. */
const type: Arg<number> = {
  decode: asInt,
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
function checkKind(k: Kernel, family: number, kind: number, protocol: number): SocketType | Errno {
  if (kind & ~(TYPE_BITS | 15)) return 'EINVAL';
  if (family !== AF_UNIX) {
    if (NOT_HERE.has(family)) recordUnsupported(k);
    return 'EAFNOSUPPORT';
  }
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
    const checked = checkKind(k, family, kind, protocol);
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
    const checked = checkKind(k, family, kind, protocol);
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

export const SOCKET_CALLS = [socket, socketpair, getsockname, getpeername, shutdown];
