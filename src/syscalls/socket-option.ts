/** getsockopt and setsockopt at SOL_SOCKET. man 7 socket, man 7 unix. */

import { ERRNO } from '../abi/index.ts';
import type { Nanos } from '../base/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import type { Socket } from '../vfs/index.ts';
import { fd, int, oneOf, pointer } from './args.ts';
import { AF_UNIX } from './sockaddr.ts';
import { socketAt } from './socket.ts';

const SOL_SOCKET = 1;

const OPTIONS = {
  SO_REUSEADDR: 2,
  SO_TYPE: 3,
  SO_ERROR: 4,
  SO_DONTROUTE: 5,
  SO_BROADCAST: 6,
  SO_SNDBUF: 7,
  SO_RCVBUF: 8,
  SO_KEEPALIVE: 9,
  SO_PRIORITY: 12,
  SO_LINGER: 13,
  SO_REUSEPORT: 15,
  SO_PASSCRED: 16,
  SO_PEERCRED: 17,
  SO_RCVLOWAT: 18,
  SO_RCVTIMEO: 20,
  SO_SNDTIMEO: 21,
  SO_ACCEPTCONN: 30,
  SO_SNDBUFFORCE: 32,
  SO_RCVBUFFORCE: 33,
  SO_PROTOCOL: 38,
  SO_DOMAIN: 39,
} as const;

const TYPE_NUMBERS = { stream: 1, dgram: 2, seqpacket: 5 };

/** The words of an option's value; a timeout has two of 64 bits, the rest of 32. */
type Get = (socket: Socket) => readonly number[];

const zero: Get = () => [0];

const GET: Partial<Readonly<Record<number, Get>>> = {
  [OPTIONS.SO_REUSEADDR]: zero,
  [OPTIONS.SO_DONTROUTE]: zero,
  [OPTIONS.SO_BROADCAST]: zero,
  [OPTIONS.SO_KEEPALIVE]: zero,
  [OPTIONS.SO_PRIORITY]: zero,
  [OPTIONS.SO_REUSEPORT]: zero,
  [OPTIONS.SO_PROTOCOL]: zero,
  [OPTIONS.SO_LINGER]: () => [0, 0],
  [OPTIONS.SO_RCVLOWAT]: () => [1],
  [OPTIONS.SO_TYPE]: ({ type }) => [TYPE_NUMBERS[type]],
  [OPTIONS.SO_DOMAIN]: () => [AF_UNIX],
  [OPTIONS.SO_SNDBUF]: ({ sendBuffer }) => [sendBuffer],
  [OPTIONS.SO_RCVBUF]: ({ receiveBuffer }) => [receiveBuffer],
  [OPTIONS.SO_PASSCRED]: ({ passCredentials }) => [passCredentials ? 1 : 0],
  [OPTIONS.SO_ACCEPTCONN]: ({ state }) => [state === 'listening' ? 1 : 0],
  [OPTIONS.SO_PEERCRED]: ({ peerOwner }) =>
    peerOwner === null ? [0, -1, -1] : [peerOwner.pid, peerOwner.uid, peerOwner.gid],
  [OPTIONS.SO_ERROR](socket) {
    const { error } = socket;
    socket.error = null;
    return [error === null ? 0 : ERRNO[error]];
  },
};

/** struct timeval: seconds and microseconds. */
const TIMEOUTS: Partial<Readonly<Record<number, 'receiveTimeout' | 'sendTimeout'>>> = {
  [OPTIONS.SO_RCVTIMEO]: 'receiveTimeout',
  [OPTIONS.SO_SNDTIMEO]: 'sendTimeout',
};

function pack(words: readonly number[], size: 4 | 8): Uint8Array {
  const bytes = new Uint8Array(words.length * size);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => {
    view.setInt32(i * size, word, true);
  });
  return bytes;
}

export const getsockopt = syscall({
  nr: 209,
  name: 'getsockopt',
  args: [fd, oneOf({ SOL_SOCKET }), oneOf(OPTIONS), pointer, pointer],
  errors: ['EBADF', 'EFAULT', 'EINVAL', 'ENOPROTOOPT', 'ENOTSOCK', 'EOPNOTSUPP'],
  interrupted: 'never blocks',
  support: { partial: 'SOL_SOCKET' },
  run(k, number, level, option, addr, lengthAddr) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    if (level !== SOL_SOCKET) return 'EOPNOTSUPP';
    const room = k.user.readI32(lengthAddr);
    if (room === undefined) return 'EFAULT';
    if (room < 0) return 'EINVAL';
    const value = optionValue(at.socket, option);
    if (typeof value === 'string') return value;
    const told = value.subarray(0, Math.min(room, value.length));
    return k.user.copyOut(addr, told) && k.user.writeU32(lengthAddr, told.length) ? 0 : 'EFAULT';
  },
});

function optionValue(socket: Socket, option: number): Uint8Array | 'ENOPROTOOPT' {
  const timeout = TIMEOUTS[option];
  if (timeout !== undefined) {
    const micros = Math.floor(socket[timeout] / 1000);
    return pack([Math.floor(micros / 1e6), micros % 1e6], 8);
  }
  const words = GET[option]?.(socket);
  return words === undefined ? 'ENOPROTOOPT' : pack(words, 4);
}

/** What setting an option to an int does. */
type Set = (socket: Socket, value: number) => void;

const accepted: Set = () => {};
const LEAST_BUFFER = 4608;
const MOST_BUFFER = 425984;
/** The kernel doubles what is asked for (man 7 socket). */
const bufferSize = (value: number) => Math.max(LEAST_BUFFER, Math.min(2 * value, MOST_BUFFER));

const SET: Partial<Readonly<Record<number, Set>>> = {
  [OPTIONS.SO_REUSEADDR]: accepted,
  [OPTIONS.SO_DONTROUTE]: accepted,
  [OPTIONS.SO_BROADCAST]: accepted,
  [OPTIONS.SO_KEEPALIVE]: accepted,
  [OPTIONS.SO_PRIORITY]: accepted,
  [OPTIONS.SO_LINGER]: accepted,
  [OPTIONS.SO_REUSEPORT]: accepted,
  [OPTIONS.SO_RCVLOWAT]: accepted,
  [OPTIONS.SO_PASSCRED]: (socket, value) => {
    socket.passCredentials = value !== 0;
  },
  [OPTIONS.SO_SNDBUF]: (socket, value) => {
    socket.sendBuffer = bufferSize(value);
  },
  [OPTIONS.SO_RCVBUF]: (socket, value) => {
    socket.receiveBuffer = bufferSize(value);
  },
};

function setTimeoutOption(k: Kernel, socket: Socket, which: 'receiveTimeout' | 'sendTimeout', addr: number) {
  const [sec, micros] = [k.user.readI64(addr), k.user.readI64(addr + 8)];
  if (sec === undefined || micros === undefined) return 'EFAULT';
  if (micros < 0 || micros >= 1e6) return 'EDOM';
  socket[which] = Math.max(0, sec * 1e9 + micros * 1000) as Nanos;
  return 0;
}

export const setsockopt = syscall({
  nr: 208,
  name: 'setsockopt',
  args: [fd, oneOf({ SOL_SOCKET }), oneOf(OPTIONS), pointer, int],
  errors: ['EBADF', 'EDOM', 'EFAULT', 'EINVAL', 'ENOPROTOOPT', 'ENOTSOCK', 'EOPNOTSUPP'],
  interrupted: 'never blocks',
  support: { partial: 'SOL_SOCKET' },
  run(k, number, level, option, addr, length) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    if (level !== SOL_SOCKET) return 'EOPNOTSUPP';
    const timeout = TIMEOUTS[option];
    if (length < (timeout === undefined ? 4 : 16)) return 'EINVAL';
    if (timeout !== undefined) return setTimeoutOption(k, at.socket, timeout, addr);
    const value = k.user.readI32(addr);
    if (value === undefined) return 'EFAULT';
    const set = SET[option];
    if (set === undefined) return 'ENOPROTOOPT';
    set(at.socket, value);
    return 0;
  },
});

export const SOCKET_OPTION_CALLS = [getsockopt, setsockopt];
