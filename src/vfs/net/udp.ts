/** UDP within the machine: datagrams to whoever has the port. Linux: net/ipv4/udp.c; man 7 udp. */
import type { Errno } from '../../abi/index.ts';
import type { IoctlArgument } from '../file-ops.ts';
import { FIONREAD, giveInt, TIOCOUTQ } from '../ioctl.ts';
import { notify } from '../notify.ts';
import {
  type Outcome,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRNORM,
} from '../types.ts';
import type { Vfs } from '../vfs.ts';
import {
  anyOf,
  familyOf,
  type InetName,
  isAny,
  isMulticast,
  isV4,
  LOOPBACK4,
  LOOPBACK6,
  packInet,
  readInet,
} from './address.ts';
import { newInetPart, sourceFor } from './inet.ts';
import { addressError } from './inet-bind.ts';
import { interfaceIoctl } from './interface.ts';
import { IPPROTO_UDPLITE, releasePort, takeAnyPort, takePort } from './ports.ts';
import type { Protocol } from './protocol.ts';
import { AF, type Asker, makeSocket, type Socket, type Ucred } from './socket.ts';
import { receiveUdp, routeError, sendUdp } from './udp-message.ts';

export const IPPROTO_UDP = 17;

const makeWith =
  (protocol: number) =>
  (vfs: Vfs, family: number, owner: Ucred): Socket =>
    makeSocket(vfs, {
      family,
      type: 'dgram',
      protocol,
      by: 'udp',
      owner,
      inet: newInetPart(family),
    });

/** A socket of UDP. */
export const makeUdp = makeWith(IPPROTO_UDP);

/** UDP with a checksum of less than all (man 7 udplite): nothing is damaged on lo, so it differs in its ports only. */
export const makeUdplite = makeWith(IPPROTO_UDPLITE);

function bind(vfs: Vfs, socket: Socket, bytes: Uint8Array, asker: Asker): Outcome {
  const isOldStyle = socket.family === AF.INET && familyOf(bytes) === AF.UNSPEC;
  const named = isOldStyle ? unspecified(bytes) : readInet(socket.family, bytes);
  if (typeof named === 'string') return named;
  const refused = addressError(vfs, socket, named, asker);
  if (refused !== null) return refused;
  const inet = socket.inet!;
  if (inet.local.port !== 0) return 'EINVAL';
  if (named.port === 0) {
    if (!takeAnyPort(vfs, socket, named.ip)) return 'EADDRINUSE';
  } else {
    const taken = takePort(vfs, socket, named.ip, named.port);
    if (taken !== null) return taken;
    inet.hasOwnPort = true;
  }
  inet.hasOwnAddress = !isAny(named.ip);
  return 0;
}

/** Compatible with old programs: AF_UNSPEC stands for AF_INET where the address is INADDR_ANY. */
function unspecified(bytes: Uint8Array): InetName | Errno {
  const name = readInet(
    AF.INET,
    Uint8Array.from(bytes, (byte, i) => (i === 0 ? AF.INET : byte)),
  );
  return typeof name === 'string' || isAny(name.ip) ? name : 'EAFNOSUPPORT';
}

function connect(vfs: Vfs, socket: Socket, bytes: Uint8Array): Outcome {
  const inet = socket.inet!;
  if (familyOf(bytes) === AF.UNSPEC) return disconnect(vfs, socket);
  const name = readInet(socket.family, bytes);
  if (typeof name === 'string') return name;
  const isOld = socket.family === AF.INET || isV4(name.ip) || isV4(inet.local.ip);
  const ip = isAny(name.ip) ? (isOld ? LOOPBACK4 : LOOPBACK6) : name.ip;
  const refused = routeError(socket, ip);
  if (refused !== null) return refused;
  const source = isAny(inet.local.ip) ? (isMulticast(ip) ? LOOPBACK4 : sourceFor(ip)) : inet.local.ip;
  if (inet.local.port === 0) {
    if (!takeAnyPort(vfs, socket, source)) return 'EAGAIN';
  } else inet.local = { ip: source, port: inet.local.port };
  inet.remote = { ip, port: name.port };
  socket.state = 'connected';
  socket.isOver = false;
  return 0;
}

/** connect(2) to AF_UNSPEC. Linux: __udp_disconnect(). */
function disconnect(vfs: Vfs, socket: Socket): 0 {
  const inet = socket.inet!;
  inet.remote = null;
  socket.state = 'idle';
  const ip = inet.hasOwnAddress ? inet.local.ip : anyOf(socket.family);
  if (!inet.hasOwnPort) releasePort(vfs, socket);
  inet.local = { ip, port: inet.hasOwnPort ? inet.local.port : 0 };
  return 0;
}

function poll(_vfs: Vfs, socket: Socket): number {
  const input = POLLIN | POLLRDNORM;
  let bits = socket.error === null ? 0 : POLLERR;
  if (socket.shutRead) bits |= input | POLLRDHUP;
  if (socket.shutRead && socket.shutWrite) bits |= POLLHUP;
  if (socket.inbox.length > 0) bits |= input;
  return bits | POLLOUT | POLLWRNORM;
}

/** An unconnected socket is told so, and shut down all the same. Linux: inet_shutdown(). */
function shutdown(vfs: Vfs, socket: Socket, read: boolean, write: boolean): Errno | null {
  socket.shutRead ||= read;
  socket.shutWrite ||= write;
  notify(vfs, socket.readQueue);
  notify(vfs, socket.writeQueue);
  return socket.inet!.remote === null ? 'ENOTCONN' : null;
}

function ioctl(vfs: Vfs, socket: Socket, request: number, argument: IoctlArgument): Outcome {
  if (request === FIONREAD) return giveInt(argument, socket.inbox[0]?.bytes.length ?? 0);
  return request === TIOCOUTQ ? giveInt(argument, 0) : interfaceIoctl(vfs, request, argument);
}

function close(vfs: Vfs, socket: Socket): readonly never[] {
  releasePort(vfs, socket);
  vfs.buffers -= socket.inboxBytes;
  vfs.sockets.delete(socket.id);
  return [];
}

export const UDP: Protocol = {
  bind,
  connect,
  listen: () => 'EOPNOTSUPP',
  accept: () => 'EOPNOTSUPP',
  send: sendUdp,
  receive: receiveUdp,
  poll,
  shutdown,
  ioctl,
  close,
  name: ({ family, inet }) => packInet(family, inet!.local),
  peerName: ({ family, inet }) =>
    inet!.remote === null || inet!.remote.port === 0 ? 'ENOTCONN' : packInet(family, inet!.remote),
};
