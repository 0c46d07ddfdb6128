/** AF_NETLINK: questions to the kernel in messages. man 7 netlink; Linux: net/netlink/af_netlink.c. */
import { CAP, type Errno } from '../../abi/index.ts';
import { hasCap } from '../capability.ts';
import type { IoctlArgument } from '../file-ops.ts';
import { FIONREAD, giveInt } from '../ioctl.ts';
import { notify } from '../notify.ts';
import { type Outcome, POLLERR, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM, type Transfer } from '../types.ts';
import type { Vfs } from '../vfs.ts';
import { familyOf } from './address.ts';
import { interfaceIoctl } from './interface.ts';
import {
  type Protocol,
  type Received,
  type ReceiveOptions,
  type SendOptions,
  waitToRead,
} from './protocol.ts';
import { answerRoute, refuseAll } from './rtnetlink.ts';
import { AF, makeSocket, type Socket, type SocketType, takeError, type Ucred } from './socket.ts';

const NETLINK_ROUTE = 0;
/** Questions about sockets: no module answers them, and ss(8) reads /proc/net instead. */
const NETLINK_SOCK_DIAG = 4;

export const NETLINK_PROTOCOLS: ReadonlySet<number> = new Set([NETLINK_ROUTE, NETLINK_SOCK_DIAG]);

export interface NetlinkPart {
  /** nl_pid: this socket's number, 0 before it has one. */
  port: number;
  groups: number;
}

const SOCKADDR_NL = 12;

export const makeNetlink = (vfs: Vfs, type: SocketType, protocol: number, owner: Ucred): Socket =>
  makeSocket(vfs, {
    family: AF.NETLINK,
    type,
    protocol,
    by: 'netlink',
    owner,
    netlink: { port: 0, groups: 0 },
  });

function pack(port: number, groups: number): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_NL);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF.NETLINK, true);
  view.setUint32(4, port, true);
  view.setUint32(8, groups, true);
  return bytes;
}

const KERNEL = pack(0, 0);

function read(bytes: Uint8Array): { readonly port: number; readonly groups: number } | Errno {
  if (bytes.length < SOCKADDR_NL || familyOf(bytes) !== AF.NETLINK) return 'EINVAL';
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { port: view.getUint32(4, true), groups: view.getUint32(8, true) };
}

const keyOf = (socket: Socket, port: number): string => `${socket.protocol}:${port}`;

/** The process's number where nobody has it, or one counted down from the top. Linux: netlink_autobind(). */
function autobind(vfs: Vfs, socket: Socket): void {
  let port = vfs.host.current().tgid;
  for (let next = 2 ** 32 - 4097; vfs.inet.netlink.has(keyOf(socket, port)); next--) port = next;
  take(vfs, socket, port);
}

function take(vfs: Vfs, socket: Socket, port: number): void {
  socket.netlink!.port = port;
  vfs.inet.netlink.set(keyOf(socket, port), socket.id);
}

function bind(vfs: Vfs, socket: Socket, bytes: Uint8Array): Outcome {
  const name = read(bytes);
  if (typeof name === 'string') return name;
  const own = socket.netlink!;
  if (own.port !== 0) {
    if (name.port !== own.port) return 'EINVAL';
  } else if (name.port === 0) autobind(vfs, socket);
  else if (vfs.inet.netlink.has(keyOf(socket, name.port))) return 'EADDRINUSE';
  else take(vfs, socket, name.port);
  own.groups = name.groups;
  return 0;
}

/** A program talks to the kernel only: nobody else listens. */
function connect(vfs: Vfs, socket: Socket, bytes: Uint8Array): Outcome {
  if (familyOf(bytes) === AF.UNSPEC) {
    socket.state = 'idle';
    return 0;
  }
  const name = read(bytes);
  if (typeof name === 'string') return name;
  if (name.port !== 0 || name.groups !== 0)
    return hasCap(vfs.host.credentials(), CAP.CAP_NET_ADMIN) ? 'ECONNREFUSED' : 'EPERM';
  if (socket.netlink!.port === 0) autobind(vfs, socket);
  socket.state = 'connected';
  return 0;
}

function send(vfs: Vfs, socket: Socket, from: Transfer, options: SendOptions): Outcome {
  if (options.name !== undefined) {
    const name = read(options.name);
    if (typeof name === 'string') return name;
    if (name.port !== 0 || name.groups !== 0)
      return hasCap(vfs.host.credentials(), CAP.CAP_NET_ADMIN) ? 'ECONNREFUSED' : 'EPERM';
  }
  if (socket.netlink!.port === 0) autobind(vfs, socket);
  if (from.left > socket.options.sendBuffer - 32) return 'EMSGSIZE';
  const bytes = new Uint8Array(from.left);
  if (from.take(bytes) < bytes.length) return 'EFAULT';
  const answer = socket.protocol === NETLINK_ROUTE ? answerRoute : refuseAll;
  for (const each of answer(vfs, bytes, socket.netlink!.port)) deliverNetlink(vfs, socket, each);
  return bytes.length;
}

/** The kernel sends a socket a message. */
export function deliverNetlink(vfs: Vfs, socket: Socket, bytes: Uint8Array): void {
  if (socket.inboxBytes + bytes.length > socket.options.receiveBuffer) {
    socket.error = 'ENOBUFS';
    return;
  }
  const credentials = { pid: 0, uid: 0, gid: 0 };
  socket.inbox.push({
    bytes,
    taken: 0,
    from: KERNEL,
    files: [],
    credentials,
    sender: 0,
    to: null,
    stamp: null,
  });
  socket.inboxBytes += bytes.length;
  vfs.buffers += bytes.length;
  notify(vfs, socket.readQueue);
}

function receive(
  vfs: Vfs,
  socket: Socket,
  to: Transfer,
  { isPatient, isPeek = false }: ReceiveOptions,
): Received | Errno | ReturnType<typeof waitToRead> | 0 {
  const error = takeError(socket);
  if (error !== null) return error;
  const [message] = socket.inbox;
  if (message === undefined) return waitToRead(vfs, socket, isPatient);
  const { bytes, from, credentials } = message;
  const want = Math.min(bytes.length, to.left);
  const count = want === 0 ? 0 : to.put(bytes, 0, want);
  if (count < want) return 'EFAULT';
  if (!isPeek) {
    socket.inbox.shift();
    socket.inboxBytes -= bytes.length;
    vfs.buffers -= bytes.length;
  }
  return { count, length: bytes.length, from, files: [], credentials, to: null, stamp: null };
}

function poll(_vfs: Vfs, socket: Socket): number {
  const bits = POLLOUT | POLLWRNORM | (socket.error === null ? 0 : POLLERR);
  return socket.inbox.length > 0 ? bits | POLLIN | POLLRDNORM : bits;
}

function ioctl(vfs: Vfs, socket: Socket, request: number, argument: IoctlArgument): Outcome {
  if (request === FIONREAD) return giveInt(argument, socket.inbox[0]?.bytes.length ?? 0);
  return interfaceIoctl(vfs, request, argument);
}

function close(vfs: Vfs, socket: Socket): readonly never[] {
  const key = keyOf(socket, socket.netlink!.port);
  if (vfs.inet.netlink.get(key) === socket.id) vfs.inet.netlink.delete(key);
  vfs.buffers -= socket.inboxBytes;
  vfs.sockets.delete(socket.id);
  return [];
}

export const NETLINK: Protocol = {
  bind,
  connect,
  listen: () => 'EOPNOTSUPP',
  accept: () => 'EOPNOTSUPP',
  send,
  receive,
  poll,
  shutdown: () => 'EOPNOTSUPP',
  ioctl,
  close,
  name: ({ netlink }) => pack(netlink!.port, netlink!.groups),
  peerName: () => KERNEL,
};
