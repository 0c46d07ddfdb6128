/** getsockopt and setsockopt. man 2 getsockopt; Linux: net/socket.c. */
import type { Errno } from '../abi/index.ts';
import { type Arg, asInt, type Kernel, syscall } from '../kernel/index.ts';
import { AF, type Socket } from '../vfs/index.ts';
import { fd, int, oneOf, pointer } from './args.ts';
import { IP_OPTIONS, IPV6_OPTIONS, SOL_IP, SOL_IPV6 } from './option-inet.ts';
import type { Option, Options } from './option-row.ts';
import { SO, SOCKET_OPTIONS, SOL_SOCKET } from './option-socket.ts';
import { SOL_TCP, SOL_UDP, SOL_UDPLITE, TCP_OPTIONS, UDP_OPTIONS, UDPLITE_OPTIONS } from './option-tcp.ts';
import { socketAt } from './socket.ts';

const SOL_NETLINK = 270;
const LEVELS = { SOL_IP, SOL_SOCKET, SOL_TCP, SOL_UDP, SOL_UDPLITE, SOL_IPV6, SOL_NETLINK };

/** Options of netlink: memberships and switches for more detail; there is nothing more to tell. */
const NETLINK_OPTIONS: Options = Object.fromEntries(
  [1, 2, 3, 4, 5, 8, 10, 11, 12].map((option): [number, Option] => [
    option,
    { get: () => [0], set: () => null },
  ]),
);

/** Which options a socket has at a level; nothing where the level is not its own. */
function optionsAt(socket: Socket, level: number): Options | null {
  if (level === SOL_SOCKET) return SOCKET_OPTIONS;
  if (socket.family === AF.NETLINK) return level === SOL_NETLINK ? NETLINK_OPTIONS : null;
  if (socket.inet === null) return null;
  if (level === SOL_IP) return IP_OPTIONS;
  if (level === SOL_IPV6) return socket.family === AF.INET6 ? IPV6_OPTIONS : null;
  if (level === SOL_TCP) return socket.by === 'tcp' ? TCP_OPTIONS : null;
  if (socket.protocol === SOL_UDPLITE && level === SOL_UDPLITE) return UDPLITE_OPTIONS;
  if (level !== SOL_UDP || socket.by !== 'udp') return null;
  return socket.protocol === SOL_UDPLITE ? UDPLITE_OPTIONS : UDP_OPTIONS;
}

/** The errno for a level that a socket does not have. Linux: ip_getsockopt(), do_ip_setsockopt(). */
const noLevel = ({ inet, family }: Socket, sets: boolean): Errno =>
  inet === null || (!sets && family === AF.INET) ? 'EOPNOTSUPP' : 'ENOPROTOOPT';

const soNames = oneOf(SO);
/** Options have names at SOL_SOCKET; those of protocols are shown as numbers. */
const option: Arg<number> = {
  decode: asInt,
  show: (value, k, result) =>
    k.call.words[2] === SOL_SOCKET ? soNames.show(value, k, result) : String(value),
};

function packed(value: readonly number[] | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const bytes = new Uint8Array(4 * value.length);
  const view = new DataView(bytes.buffer);
  value.forEach((word, i) => {
    view.setInt32(4 * i, word, true);
  });
  return bytes;
}

/** A byte is enough for an int of IP that fits. */
function cutToByte(level: number, room: number, bytes: Uint8Array): Uint8Array {
  const isSmall = (level === SOL_IP || level === SOL_IPV6) && bytes.length === 4 && room > 0 && room < 4;
  return bytes.subarray(0, isSmall ? 1 : room);
}

const OPTION_ERRORS = [
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'EBADF',
  'EDOM',
  'EFAULT',
  'EINVAL',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENODATA',
  'ENODEV',
  'ENOENT',
  'ENOPROTOOPT',
  'ENOTCONN',
  'ENOTSOCK',
  'EOPNOTSUPP',
  'EPERM',
  'EPROTO',
  'ESRCH',
] as const;

export const getsockopt = syscall({
  nr: 209,
  name: 'getsockopt',
  args: [fd, oneOf(LEVELS), option, pointer, pointer],
  errors: OPTION_ERRORS,
  interrupted: 'never blocks',
  support: { partial: 'SOL_SOCKET, IP, IPv6, TCP and UDP without packet filters, routing and error queues' },
  run(k, number, level, name, addr, lengthAddr) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    const options = optionsAt(at.socket, level);
    if (options === null) return noLevel(at.socket, false);
    const room = k.user.readI32(lengthAddr);
    if (room === undefined) return 'EFAULT';
    if (room < 0) return 'EINVAL';
    const get = options[name]?.get ?? null;
    if (get === null) return 'ENOPROTOOPT';
    const value = get(at.socket, k);
    if (typeof value === 'string') return value;
    const bytes = cutToByte(level, room, packed(value));
    return k.user.copyOut(addr, bytes) && k.user.writeU32(lengthAddr, bytes.length) ? 0 : 'EFAULT';
  },
});

/** The most bytes that a structure of an option has. */
const MOST = 256;

/** The int an option is set to; those of IP may be a byte. */
function intAt(k: Kernel, level: number, addr: number, length: number): number | Errno {
  if (length < 4 && (level !== SOL_IP || length < 1)) return 'EINVAL';
  const value = length < 4 ? k.user.readU8(addr) : k.user.readI32(addr);
  return value === undefined ? 'EFAULT' : value;
}

function setOption(
  k: Kernel,
  socket: Socket,
  { set, setBytes }: Option,
  level: number,
  addr: number,
  length: number,
): Errno | null {
  if (setBytes !== undefined) {
    const bytes = new Uint8Array(Math.min(length, MOST));
    return k.user.copyIn(addr, bytes) ? setBytes(socket, bytes, k) : 'EFAULT';
  }
  if (set === null) return 'ENOPROTOOPT';
  const value = intAt(k, level, addr, length);
  return typeof value === 'string' ? value : set(socket, value, k);
}

export const setsockopt = syscall({
  nr: 208,
  name: 'setsockopt',
  args: [fd, oneOf(LEVELS), option, pointer, int],
  errors: OPTION_ERRORS,
  interrupted: 'never blocks',
  support: { partial: 'SOL_SOCKET, IP, IPv6, TCP and UDP without packet filters, routing and error queues' },
  run(k, number, level, name, addr, length) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    if (length < 0) return 'EINVAL';
    const options = optionsAt(at.socket, level);
    if (options === null) return noLevel(at.socket, true);
    const found = options[name];
    if (found === undefined) return 'ENOPROTOOPT';
    return setOption(k, at.socket, found, level, addr, length) ?? 0;
  },
});

export const SOCKET_OPTION_CALLS = [getsockopt, setsockopt];
