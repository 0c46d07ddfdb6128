/** Sockets: making them, and what they are called. Linux: net/socket.c. */
import { CAP, type Errno, O } from '../abi/index.ts';
import { type Arg, asInt, capable, type Kernel, recordUnsupported, syscall } from '../kernel/index.ts';
import {
  AF,
  IPPROTO_ICMP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_UDPLITE,
  installFd,
  installPair,
  makeNetlink,
  makePing,
  makeTcp,
  makeUdp,
  makeUdplite,
  makeUnix,
  NETLINK_PROTOCOLS,
  newSocketPair,
  type OpenFile,
  openSocket,
  protocolOf,
  type Socket,
  type SocketType,
  socketOf,
  type Ucred,
} from '../vfs/index.ts';
import { fd, flags, int, oneOf } from './args.ts';
import { givePair, outPair } from './fd.ts';
import { openFile } from './file.ts';
import { writeAddress } from './sockaddr.ts';
import { outAddress, outLength, protocol } from './text/sockaddr.ts';

const FAMILIES = Object.fromEntries(Object.entries(AF).map(([name, family]) => [`AF_${name}`, family]));
/** What Linux has nearly everywhere, and this kernel has not. */
const NOT_HERE: ReadonlySet<number> = new Set([AF.PACKET, AF.VSOCK]);
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

type Make = (k: Kernel, protocol: number) => Socket | Errno;

const unix =
  (type: SocketType): Make =>
  (k, protocol) =>
    protocol === 0 || protocol === AF.UNIX ? makeUnix(k.vfs, type, ucredOf(k)) : 'EPROTONOSUPPORT';

const inet =
  (family: number, own: number, make: typeof makeTcp | typeof makeUdp): Make =>
  (k, protocol) =>
    protocol === 0 || protocol === own ? make(k.vfs, family, ucredOf(k)) : foreign(k, protocol);

const IPPROTO_MAX = 263;
/** Protocols that a socket type does not have. Linux: inet_create(). */
const foreign = (k: Kernel, protocol: number): Errno => {
  if (protocol < 0 || protocol >= IPPROTO_MAX) return 'EINVAL';
  recordUnsupported(k);
  return 'EPROTONOSUPPORT';
};

const raw: Make = (k, protocol) => {
  if (protocol < 0 || protocol >= IPPROTO_MAX) return 'EINVAL';
  if (protocol === 0) return 'EPROTONOSUPPORT';
  recordUnsupported(k);
  return capable(k, CAP.CAP_NET_RAW) ? 'EPROTONOSUPPORT' : 'EPERM';
};

const MAX_NETLINK = 32;
const netlink =
  (type: SocketType): Make =>
  (k, protocol) => {
    if (NETLINK_PROTOCOLS.has(protocol)) return makeNetlink(k.vfs, type, protocol, ucredOf(k));
    if (protocol > 0 && protocol < MAX_NETLINK) recordUnsupported(k);
    return 'EPROTONOSUPPORT';
  };

const datagram =
  (family: typeof AF.INET | typeof AF.INET6): Make =>
  (k, protocol) => {
    if (protocol === IPPROTO_UDPLITE) return makeUdplite(k.vfs, family, ucredOf(k));
    if (protocol === IPPROTO_ICMP[family]) return makePing(k.vfs, family, ucredOf(k));
    return inet(family, IPPROTO_UDP, makeUdp)(k, protocol);
  };

const inetTypes = (family: typeof AF.INET | typeof AF.INET6): Readonly<Record<number, Make>> => ({
  1: inet(family, IPPROTO_TCP, makeTcp),
  2: datagram(family),
  3: raw,
});

/** Who makes a socket of a family and type. */
const MAKERS: Readonly<Record<number, Readonly<Record<number, Make>>>> = {
  // Linux: SOCK_RAW is taken for SOCK_DGRAM.
  [AF.UNIX]: { 1: unix('stream'), 2: unix('dgram'), 3: unix('dgram'), 5: unix('seqpacket') },
  [AF.INET]: inetTypes(AF.INET),
  [AF.INET6]: inetTypes(AF.INET6),
  [AF.NETLINK]: { 2: netlink('dgram'), 3: netlink('raw') },
};

const SOCK_MAX = 11;

/** Makes the socket that is asked for. Linux: __sock_create(). */
function make(k: Kernel, family: number, kind: number, protocol: number): Socket | Errno {
  if (kind & ~(TYPE_BITS | 15)) return 'EINVAL';
  const type = kind & 15;
  if (type >= SOCK_MAX) return 'EINVAL';
  const makers = MAKERS[family];
  const isInet = family === AF.INET || family === AF.INET6;
  if (isInet && (protocol < 0 || protocol >= IPPROTO_MAX)) return 'EINVAL';
  if (makers !== undefined) return makers[type]?.(k, protocol) ?? 'ESOCKTNOSUPPORT';
  if (NOT_HERE.has(family)) recordUnsupported(k);
  return 'EAFNOSUPPORT';
}

const SOCKET_ERRORS = [
  'EAFNOSUPPORT',
  'EINVAL',
  'EMFILE',
  'ENFILE',
  'EPERM',
  'EPROTONOSUPPORT',
  'ESOCKTNOSUPPORT',
] as const;

export const socket = syscall({
  nr: 198,
  name: 'socket',
  args: [oneOf(FAMILIES), type, protocol],
  errors: SOCKET_ERRORS,
  interrupted: 'never blocks',
  support: {
    partial:
      'AF_UNIX; TCP, UDP and ping of AF_INET and AF_INET6 on the loopback interface; NETLINK_ROUTE (to look, not to change). Other families are EAFNOSUPPORT, other protocols and raw sockets EPROTONOSUPPORT or EPERM',
  },
  run(k, family, kind, protocol) {
    const made = make(k, family, kind, protocol);
    if (typeof made === 'string') return made;
    return installFd(k.vfs, k.files, openSocket(k.vfs, made, kind), (kind & O.O_CLOEXEC) !== 0);
  },
});

const PAIR_TYPES: Readonly<Record<number, SocketType>> = {
  1: 'stream',
  2: 'dgram',
  3: 'dgram',
  5: 'seqpacket',
};

/** Which pair is asked for; only AF_UNIX has any. */
function pairType(k: Kernel, family: number, kind: number, protocol: number): { type: SocketType } | Errno {
  if (kind & ~(TYPE_BITS | 15)) return 'EINVAL';
  if (family !== AF.UNIX) {
    const made = make(k, family, kind, protocol);
    if (typeof made === 'string') return made;
    protocolOf(made).close(k.vfs, made);
    return 'EOPNOTSUPP';
  }
  if (protocol !== 0 && protocol !== AF.UNIX) return 'EPROTONOSUPPORT';
  const known = PAIR_TYPES[kind & 15];
  return known === undefined ? 'ESOCKTNOSUPPORT' : { type: known };
}

export const socketpair = syscall({
  nr: 199,
  name: 'socketpair',
  args: [oneOf(FAMILIES), type, int, outPair],
  errors: [...SOCKET_ERRORS, 'EFAULT', 'EOPNOTSUPP'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, family, kind, protocol, addr) {
    if (kind & ~(TYPE_BITS | 15)) return 'EINVAL';
    // Linux writes the numbers first, and makes the sockets then.
    if (!k.user.writeU64(addr, 0)) return 'EFAULT';
    const pair = pairType(k, family, kind, protocol);
    if (typeof pair === 'string') return pair;
    const files = newSocketPair(k.vfs, pair.type, ucredOf(k), kind);
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
  args: [fd, outAddress, outLength],
  errors: ['EBADF', 'EFAULT', 'EINVAL', 'ENOTSOCK'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, addr, lengthAddr) {
    const at = socketAt(k, number);
    return typeof at === 'string'
      ? at
      : writeAddress(k, protocolOf(at.socket).name(at.socket), addr, lengthAddr);
  },
});

export const getpeername = syscall({
  nr: 205,
  name: 'getpeername',
  args: [fd, outAddress, outLength],
  errors: ['EBADF', 'EFAULT', 'EINVAL', 'ENOTCONN', 'ENOTSOCK'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, addr, lengthAddr) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    const name = protocolOf(at.socket).peerName(at.socket);
    return typeof name === 'string' ? name : writeAddress(k, name, addr, lengthAddr);
  },
});

export const shutdown = syscall({
  nr: 210,
  name: 'shutdown',
  args: [fd, oneOf({ SHUT_RD: 0, SHUT_WR: 1, SHUT_RDWR: 2 })],
  errors: ['EBADF', 'EINVAL', 'ENOTCONN', 'ENOTSOCK', 'EOPNOTSUPP'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, how) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    if (how < 0 || how > 2) return 'EINVAL';
    return protocolOf(at.socket).shutdown(k.vfs, at.socket, how !== 1, how !== 0) ?? 0;
  },
});

export const SOCKET_CALLS = [socket, socketpair, getsockname, getpeername, shutdown];
