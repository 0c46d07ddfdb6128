/** Options at SOL_SOCKET. man 7 socket; Linux: net/core/sock.c. */

import { CAP, ERRNO, type Errno } from '../abi/index.ts';
import type { Nanos } from '../base/index.ts';
import type { Kernel } from '../kernel/index.ts';
import { capable } from '../kernel/index.ts';
import { AF, installFd, LO, newPidfd, protocolOf, type Socket, takeError, type Ucred } from '../vfs/index.ts';
import {
  forRoot,
  kept,
  keptFlag,
  keyOf,
  type Option,
  type Options,
  store,
  storedAt,
  told,
} from './option-row.ts';

export const SOL_SOCKET = 1;

/** SO_*, as strace names them. */
export const SO = {
  SO_DEBUG: 1,
  SO_REUSEADDR: 2,
  SO_TYPE: 3,
  SO_ERROR: 4,
  SO_DONTROUTE: 5,
  SO_BROADCAST: 6,
  SO_SNDBUF: 7,
  SO_RCVBUF: 8,
  SO_KEEPALIVE: 9,
  SO_OOBINLINE: 10,
  SO_NO_CHECK: 11,
  SO_PRIORITY: 12,
  SO_LINGER: 13,
  SO_REUSEPORT: 15,
  SO_PASSCRED: 16,
  SO_PEERCRED: 17,
  SO_RCVLOWAT: 18,
  SO_SNDLOWAT: 19,
  SO_RCVTIMEO: 20,
  SO_SNDTIMEO: 21,
  SO_BINDTODEVICE: 25,
  SO_DETACH_FILTER: 27,
  SO_PEERNAME: 28,
  SO_TIMESTAMP: 29,
  SO_ACCEPTCONN: 30,
  SO_SNDBUFFORCE: 32,
  SO_RCVBUFFORCE: 33,
  SO_TIMESTAMPNS: 35,
  SO_MARK: 36,
  SO_PROTOCOL: 38,
  SO_DOMAIN: 39,
  SO_RXQ_OVFL: 40,
  SO_PEEK_OFF: 42,
  SO_LOCK_FILTER: 44,
  SO_BUSY_POLL: 46,
  SO_MAX_PACING_RATE: 47,
  SO_INCOMING_CPU: 49,
  SO_COOKIE: 57,
  SO_PEERGROUPS: 59,
  SO_BINDTOIFINDEX: 62,
  SO_BUF_LOCK: 72,
  SO_PASSPIDFD: 76,
  SO_PEERPIDFD: 77,
} as const;

const TYPE_NUMBERS = { stream: 1, dgram: 2, raw: 3, seqpacket: 5 };

const stored = (option: number, bounds?: Parameters<typeof kept>[2]): Option =>
  kept(SOL_SOCKET, option, bounds);
const flag = (option: number): Option => keptFlag(SOL_SOCKET, option);

type FlagName = 'reuseAddress' | 'reusePort' | 'broadcast' | 'passCredentials' | 'passPidfd';

/** A switch that changes what a socket does. */
const active = (name: FlagName, mayHave: (socket: Socket) => boolean = () => true): Option => ({
  get: (socket) => (mayHave(socket) ? [socket.options[name] ? 1 : 0] : 'EOPNOTSUPP'),
  set(socket, value) {
    if (!mayHave(socket)) return 'EOPNOTSUPP';
    socket.options[name] = value !== 0;
    return null;
  },
});
const isUnix = ({ family }: Socket): boolean => family === AF.UNIX || family === AF.NETLINK;

/** net.core.wmem_max and rmem_max. */
const MOST_ASKED = 212992;
const LEAST = { sendBuffer: 4608, receiveBuffer: 2304 } as const;

/** The kernel doubles what is asked for (man 7 socket). */
const buffer = (option: number, name: 'sendBuffer' | 'receiveBuffer', isForced = false): Option => ({
  get: isForced ? null : ({ options }) => [options[name]],
  set(socket, value, k) {
    if (isForced && !capable(k, CAP.CAP_NET_ADMIN)) return 'EPERM';
    const asked = isForced ? Math.max(0, value) : Math.min(value >>> 0, MOST_ASKED);
    socket.options[name] = Math.max(LEAST[name], Math.min(2 * asked, 2 ** 31 - 1));
    // A buffer that was set does not grow by itself any more.
    return store(socket, keyOf(SOL_SOCKET, option), value);
  },
});

const NOBODY: Ucred = { pid: 0, uid: -1, gid: -1 };

const linger: Option = {
  get: ({ options }) => [options.linger < 0 ? 0 : 1, Math.max(0, options.linger)],
  set: () => 'EINVAL',
  setBytes(socket, bytes) {
    if (bytes.length < 8) return 'EINVAL';
    const view = new DataView(bytes.buffer);
    socket.options.linger = view.getInt32(0, true) === 0 ? -1 : view.getUint32(4, true);
    return null;
  },
};

/** struct timeval: seconds and microseconds. */
const timeout = (name: 'receiveTimeout' | 'sendTimeout'): Option => ({
  get({ options }) {
    const micros = Math.floor(options[name] / 1000);
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, Math.floor(micros / 1e6), true);
    view.setUint32(8, micros % 1e6, true);
    return bytes;
  },
  set: () => 'EINVAL',
  setBytes(socket, bytes) {
    if (bytes.length < 16) return 'EINVAL';
    const view = new DataView(bytes.buffer);
    const [sec, micros] = [0, 8].map(
      (at) => view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true),
    );
    if (micros! < 0 || micros! >= 1e6) return 'EDOM';
    const nanos = sec! * 1e9 + micros! * 1000;
    socket.options[name] = (sec! < 0 || nanos > Number.MAX_SAFE_INTEGER ? 0 : nanos) as Nanos;
    return null;
  },
});

const stamps = (which: 'micro' | 'nano'): Option => ({
  get: ({ options }) => [options.stamps === which ? 1 : 0],
  set(socket, value) {
    socket.options.stamps = value === 0 ? 'none' : which;
    return null;
  },
});

function setDevice(socket: Socket, index: number): Errno | null {
  if (index !== 0 && index !== LO.index) return 'ENODEV';
  if (socket.inet !== null) socket.inet.device = index;
  return null;
}
const deviceOf = ({ inet }: Socket): number => inet?.device ?? 0;

/** The name of an interface; none for any. */
const bindToDevice: Option = {
  get: (socket) =>
    deviceOf(socket) === 0 ? new Uint8Array(0) : Uint8Array.from([...LO.name, '\0'], (c) => c.charCodeAt(0)),
  set: () => 'EINVAL',
  setBytes(socket, bytes) {
    const name = String.fromCharCode(...bytes.subarray(0, 15)).replace(/\0.*/s, '');
    return setDevice(socket, name === '' ? 0 : name === LO.name ? LO.index : -1);
  },
};

/** A pidfd of whoever is at the other end. */
function peerPidfd({ peerOwner }: Socket, k: Kernel): readonly number[] | Errno {
  const group = peerOwner === null ? undefined : k.groups.get(peerOwner.pid as never);
  if (peerOwner === null) return 'ENODATA';
  if (group === undefined) return 'ESRCH';
  const number = installFd(k.vfs, k.files, newPidfd(k.vfs, peerOwner.pid, 0, group.life === 'zombie'), true);
  return typeof number === 'string' ? number : [number];
}

export const SOCKET_OPTIONS: Options = {
  [SO.SO_DEBUG]: forRoot(flag(SO.SO_DEBUG)),
  [SO.SO_REUSEADDR]: active('reuseAddress'),
  [SO.SO_TYPE]: told(({ type }) => [TYPE_NUMBERS[type]]),
  [SO.SO_ERROR]: told((socket) => {
    const error = takeError(socket);
    return [error === null ? 0 : ERRNO[error]];
  }),
  [SO.SO_DONTROUTE]: flag(SO.SO_DONTROUTE),
  [SO.SO_BROADCAST]: active('broadcast'),
  [SO.SO_SNDBUF]: buffer(SO.SO_SNDBUF, 'sendBuffer'),
  [SO.SO_RCVBUF]: buffer(SO.SO_RCVBUF, 'receiveBuffer'),
  [SO.SO_KEEPALIVE]: flag(SO.SO_KEEPALIVE),
  [SO.SO_OOBINLINE]: flag(SO.SO_OOBINLINE),
  [SO.SO_NO_CHECK]: flag(SO.SO_NO_CHECK),
  [SO.SO_PRIORITY]: {
    ...stored(SO.SO_PRIORITY),
    set: (socket, value, k) =>
      (value >= 0 && value <= 6) || capable(k, CAP.CAP_NET_ADMIN)
        ? store(socket, keyOf(SOL_SOCKET, SO.SO_PRIORITY), value)
        : 'EPERM',
  },
  [SO.SO_LINGER]: linger,
  [SO.SO_REUSEPORT]: active('reusePort', ({ inet, options }) => inet !== null || options.reusePort),
  [SO.SO_PASSCRED]: active('passCredentials', isUnix),
  [SO.SO_PEERCRED]: told(({ peerOwner }) => {
    const { pid, uid, gid } = peerOwner ?? NOBODY;
    return [pid, uid, gid];
  }),
  [SO.SO_RCVLOWAT]: {
    get: ({ options }) => [options.receiveLow],
    set(socket, value) {
      const most = Math.max(1, socket.options.receiveBuffer >> 1);
      const asked = value < 0 ? 2 ** 31 - 1 : value;
      socket.options.receiveLow = socket.by === 'tcp' ? Math.min(asked || 1, most) : asked || 1;
      return null;
    },
  },
  [SO.SO_SNDLOWAT]: told(() => [1]),
  [SO.SO_RCVTIMEO]: timeout('receiveTimeout'),
  [SO.SO_SNDTIMEO]: timeout('sendTimeout'),
  [SO.SO_BINDTODEVICE]: bindToDevice,
  [SO.SO_DETACH_FILTER]: { get: null, set: () => 'ENOENT' },
  [SO.SO_PEERNAME]: told((socket) => protocolOf(socket).peerName(socket)),
  [SO.SO_TIMESTAMP]: stamps('micro'),
  [SO.SO_ACCEPTCONN]: told(({ state }) => [state === 'listening' ? 1 : 0]),
  [SO.SO_SNDBUFFORCE]: buffer(SO.SO_SNDBUF, 'sendBuffer', true),
  [SO.SO_RCVBUFFORCE]: buffer(SO.SO_RCVBUF, 'receiveBuffer', true),
  [SO.SO_TIMESTAMPNS]: stamps('nano'),
  [SO.SO_MARK]: forRoot(stored(SO.SO_MARK)),
  [SO.SO_PROTOCOL]: told(({ protocol }) => [protocol]),
  [SO.SO_DOMAIN]: told(({ family }) => [family]),
  [SO.SO_RXQ_OVFL]: flag(SO.SO_RXQ_OVFL),
  [SO.SO_PEEK_OFF]: {
    get: (socket) => (socket.family === AF.NETLINK ? 'EOPNOTSUPP' : [socket.options.peekOffset]),
    set(socket, value) {
      if (socket.family === AF.NETLINK) return 'EOPNOTSUPP';
      socket.options.peekOffset = Math.max(-1, value);
      return null;
    },
  },
  [SO.SO_LOCK_FILTER]: flag(SO.SO_LOCK_FILTER),
  [SO.SO_BUSY_POLL]: stored(SO.SO_BUSY_POLL, { min: 0 }),
  [SO.SO_MAX_PACING_RATE]: stored(SO.SO_MAX_PACING_RATE, { first: -1 }),
  [SO.SO_INCOMING_CPU]: stored(SO.SO_INCOMING_CPU, { first: -1 }),
  [SO.SO_COOKIE]: told(({ id }) => [id, 0]),
  [SO.SO_PEERGROUPS]: told(({ peerOwner }) => (peerOwner === null ? 'ENODATA' : [])),
  [SO.SO_BINDTOIFINDEX]: { get: (socket) => [deviceOf(socket)], set: setDevice },
  [SO.SO_BUF_LOCK]: told((socket) => [
    (storedAt(socket, keyOf(SOL_SOCKET, SO.SO_SNDBUF)) === undefined ? 0 : 1) |
      (storedAt(socket, keyOf(SOL_SOCKET, SO.SO_RCVBUF)) === undefined ? 0 : 2),
  ]),
  [SO.SO_PASSPIDFD]: active('passPidfd', isUnix),
  [SO.SO_PEERPIDFD]: told(peerPidfd),
};
