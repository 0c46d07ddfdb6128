/** Sending and receiving datagrams of UDP. Linux: net/ipv4/udp.c, net/ipv6/udp.c. */
import type { Errno } from '../../abi/index.ts';
import { roomForBuffers } from '../buffers.ts';
import { INPUT, notify } from '../notify.ts';
import type { Outcome, Transfer, Wait } from '../types.ts';
import type { Vfs } from '../vfs.ts';
import {
  type Endpoint,
  type Ip,
  isAny,
  isBroadcast,
  isMulticast,
  isV4,
  LOOPBACK4,
  LOOPBACK6,
  packInet,
  readInet,
} from './address.ts';
import { countPacket, isReachable, sourceFor } from './inet.ts';
import { portsOf, takeAnyPort } from './ports.ts';
import { brokenPipe, type Received, type ReceiveOptions, type SendOptions, waitToRead } from './protocol.ts';
import { AF, type Message, type PacketInfo, type Socket, takeError } from './socket.ts';

/** What a datagram takes of a receive buffer besides its bytes (Linux: the least truesize of an sk_buff). */
const OVERHEAD = 768;
/** All of an IPv4 packet but the headers; of IPv6's length field, but UDP's header. */
const MOST_BYTES = { [AF.INET]: 65507, [AF.INET6]: 65527 } as const;
const HEADERS = 28;
/** IP_MULTICAST_IF, IPV6_MULTICAST_IF. */
const MULTICAST_IF = [(0 << 16) | 32, (41 << 16) | 17] as const;
const IP_TTL = (0 << 16) | 2;
const IP_TOS = (0 << 16) | 1;

/** Why nothing can be sent there. The only routes are those of lo. */
export function routeError(socket: Socket, ip: Ip): Errno | null {
  if (socket.family === AF.INET6 && isV4(ip) && socket.options.v6Only) return 'ENETUNREACH';
  const { device } = socket.inet!;
  if (isMulticast(ip)) {
    const hasInterface = device !== 0 || MULTICAST_IF.some((key) => (socket.options.stored[key] ?? 0) !== 0);
    return hasInterface ? null : 'ENETUNREACH';
  }
  if (isBroadcast(ip) && (ip !== 'ffffffff' || device !== 0))
    return socket.options.broadcast ? null : 'EACCES';
  return isReachable(ip) ? null : 'ENETUNREACH';
}

/** Where a datagram goes: the address the call names, or the connected one. */
function targetOf(socket: Socket, { name }: SendOptions): Endpoint | Errno {
  const { remote, local } = socket.inet!;
  if (name === undefined) return remote ?? 'EDESTADDRREQ';
  const isUnspecified = name.length >= 2 && name[0] === AF.UNSPEC && name[1] === 0;
  if (isUnspecified && socket.family === AF.INET6) return remote ?? 'EDESTADDRREQ';
  const family = isUnspecified || (name[0] === AF.INET && name.length >= 16) ? AF.INET : socket.family;
  const bytes = isUnspecified ? Uint8Array.from(name, (byte, i) => (i === 0 ? AF.INET : byte)) : name;
  const to = readInet(family, bytes, socket.family === AF.INET ? 'EAFNOSUPPORT' : 'EINVAL');
  if (typeof to === 'string') return to;
  if (family !== AF.INET && socket.family === AF.INET) return 'EAFNOSUPPORT';
  if (to.port === 0) return 'EINVAL';
  const isOld = socket.family === AF.INET || isV4(to.ip) || isV4(local.ip);
  return isAny(to.ip) ? { ip: isOld ? LOOPBACK4 : LOOPBACK6, port: to.port } : to;
}

/** Sends one datagram. Nobody there: a connected sender hears of it with its next call ("ICMP"). */
export function sendUdp(vfs: Vfs, socket: Socket, from: Transfer, options: SendOptions): Outcome {
  const inet = socket.inet!;
  if (inet.local.port === 0 && !takeAnyPort(vfs, socket, inet.local.ip)) return 'EAGAIN';
  if (from.left > 0xffff) return 'EMSGSIZE';
  const to = targetOf(socket, options);
  if (typeof to === 'string') return to;
  const refused = routeError(socket, to.ip);
  if (refused !== null) return refused;
  if (socket.shutWrite) return brokenPipe(vfs, options);
  const error = takeError(socket);
  if (error !== null) return error;
  if (from.left > MOST_BYTES[isV4(to.ip) ? AF.INET : AF.INET6]) return 'EMSGSIZE';
  if (roomForBuffers(vfs) < from.left) return 'ENOBUFS';
  const bytes = new Uint8Array(from.left);
  if (from.take(bytes) < bytes.length) return 'EFAULT';
  countPacket(vfs.inet, bytes.length + HEADERS);
  const source = { ip: sourceOf(socket, to.ip, options), port: inet.local.port };
  if (isMulticast(to.ip) || isBroadcast(to.ip)) sendToAll(vfs, socket, source, to, bytes, options);
  else {
    const target = receiverOf(vfs, socket, to, source);
    if (target !== undefined) deliver(vfs, socket, target, { source, to, bytes }, options);
    else if (inet.remote !== null) {
      socket.error = 'ECONNREFUSED';
      notify(vfs, socket.readQueue);
    }
  }
  return bytes.length;
}

function sourceOf({ inet }: Socket, to: Ip, { packet }: SendOptions): Ip {
  if (packet?.ip !== undefined && !isAny(packet.ip)) return packet.ip;
  const { ip } = inet!.local;
  if (!isAny(ip) && !isMulticast(ip)) return ip;
  return isMulticast(to) || isBroadcast(to) ? (isV4(to) ? LOOPBACK4 : LOOPBACK6) : sourceFor(to);
}

/** How well a socket fits a datagram, 0 for not at all. Linux: compute_score(). */
function fitOf(socket: Socket, to: Endpoint, from: Endpoint): number {
  const { local, remote } = socket.inet!;
  let fit = socket.family === AF.INET ? 2 : 1;
  if (isAny(local.ip)) {
    if (isV4(to.ip) ? socket.family !== AF.INET && socket.options.v6Only : isV4(local.ip)) return 0;
  } else if (local.ip !== to.ip) return 0;
  else fit += 4;
  if (remote === null) return fit;
  return remote.ip === from.ip && remote.port === from.port ? fit + 8 : 0;
}

/** Who gets a datagram: of several that share the port (SO_REUSEPORT) one, chosen by where it comes from. */
function receiverOf(vfs: Vfs, socket: Socket, to: Endpoint, from: Endpoint): Socket | undefined {
  let best: Socket[] = [];
  let bestFit = 1;
  for (const id of portsOf(vfs.inet, socket).buckets.get(to.port)?.sockets ?? []) {
    const socket = vfs.sockets.get(id)!;
    const fit = fitOf(socket, to, from);
    if (fit < bestFit) continue;
    best = fit === bestFit ? [...best, socket] : [socket];
    bestFit = fit;
  }
  const shares = best.length > 1 && best.every(({ options }) => options.reusePort);
  return shares ? best[(Math.imul(from.port, 0x9e3779b1) >>> 16) % best.length] : best.at(-1);
}

/** Groups and broadcasts reach everybody who has the port and wants them. */
function sendToAll(
  vfs: Vfs,
  socket: Socket,
  source: Endpoint,
  to: Endpoint,
  bytes: Uint8Array,
  options: SendOptions,
): void {
  const isGroup = isMulticast(to.ip);
  if (isGroup && (socket.options.stored[isV4(to.ip) ? IP_MULTICAST_LOOP : IPV6_MULTICAST_LOOP] ?? 1) === 0)
    return;
  for (const id of [...(portsOf(vfs.inet, socket).buckets.get(to.port)?.sockets ?? [])]) {
    const target = vfs.sockets.get(id)!;
    const { local, groups, remote } = target.inet!;
    const isMine = (isAny(local.ip) && (isV4(to.ip) || !isV4(local.ip))) || local.ip === to.ip;
    const isWanted = !isGroup || groups.some(({ ip }) => ip === to.ip) || wantsAll(target);
    if (isMine && isWanted && (remote === null || remote.port === source.port))
      deliver(vfs, socket, target, { source, to, bytes }, options);
  }
}
const IP_MULTICAST_LOOP = (0 << 16) | 34;
const IPV6_MULTICAST_LOOP = (41 << 16) | 19;
const IP_MULTICAST_ALL = (0 << 16) | 49;
/** All groups that anybody joined, which is how Linux begins. */
const wantsAll = ({ options }: Socket): boolean => (options.stored[IP_MULTICAST_ALL] ?? 1) !== 0;

interface Datagram {
  readonly source: Endpoint;
  readonly to: Endpoint;
  readonly bytes: Uint8Array;
}

const lookOf = (socket: Socket, ip: Ip, { packet }: SendOptions): PacketInfo => ({
  ip,
  ttl: packet?.ttl ?? socket.options.stored[IP_TTL] ?? 64,
  tos: packet?.tos ?? socket.options.stored[IP_TOS] ?? 0,
});

/** Puts a datagram into an inbox; where it has no room, it is lost. */
function deliver(
  vfs: Vfs,
  from: Socket,
  target: Socket,
  { source, to, bytes }: Datagram,
  options: SendOptions,
): void {
  const { inbox, inboxBytes } = target;
  if (inboxBytes + bytes.length + OVERHEAD * inbox.length >= target.options.receiveBuffer) return;
  const message: Message = {
    bytes,
    taken: 0,
    from: packInet(target.family, source),
    files: [],
    credentials: null,
    sender: from.id,
    to: lookOf(from, to.ip, options),
    stamp: target.options.stamps === 'none' ? null : vfs.host.wall(),
  };
  inbox.push(message);
  target.inboxBytes += bytes.length;
  vfs.buffers += bytes.length;
  notify(vfs, target.readQueue, INPUT);
}

/** One datagram: what does not fit is lost. */
export function receiveUdp(
  vfs: Vfs,
  socket: Socket,
  to: Transfer,
  { isPatient, isPeek = false }: ReceiveOptions,
): Received | Errno | Wait | 0 {
  const error = takeError(socket);
  if (error !== null) return error;
  let skip = isPeek ? Math.max(0, socket.options.peekOffset) : 0;
  let at = 0;
  for (; skip > 0 && at < socket.inbox.length && skip >= socket.inbox[at]!.bytes.length; at++)
    skip -= socket.inbox[at]!.bytes.length;
  const message = socket.inbox[at];
  if (message === undefined) return socket.shutRead ? 0 : waitToRead(vfs, socket, isPatient);
  const { bytes, from, stamp } = message;
  const want = Math.min(bytes.length - skip, to.left);
  const count = want === 0 ? 0 : to.put(bytes, skip, skip + want);
  if (count < want) return 'EFAULT';
  const { options } = socket;
  if (!isPeek) {
    socket.inbox.shift();
    socket.inboxBytes -= bytes.length;
    vfs.buffers -= bytes.length;
    if (options.peekOffset > 0) options.peekOffset = Math.max(0, options.peekOffset - bytes.length);
  } else if (options.peekOffset >= 0) options.peekOffset += count;
  return { count, length: bytes.length - skip, from, files: [], credentials: null, to: message.to, stamp };
}
