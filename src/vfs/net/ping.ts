/** Ping sockets: an echo request to this machine comes back at once. man 7 icmp; Linux: net/ipv4/ping.c. */
import { roomForBuffers } from '../buffers.ts';
import { INPUT, notify } from '../notify.ts';
import type { Outcome, Transfer } from '../types.ts';
import type { Vfs } from '../vfs.ts';
import { type Endpoint, isAny, LOOPBACK4, LOOPBACK6, packInet, readInet } from './address.ts';
import { countPacket, isReachable, newInetPart } from './inet.ts';
import { takeAnyPort } from './ports.ts';
import type { Protocol, SendOptions } from './protocol.ts';
import { AF, makeSocket, type Socket, type Ucred } from './socket.ts';
import { UDP } from './udp.ts';

export const IPPROTO_ICMP = { [AF.INET]: 1, [AF.INET6]: 58 } as const;
/** Types of the question and the answer. */
const ECHO = { [AF.INET]: [8, 0], [AF.INET6]: [128, 129] } as const;
/** Type, code, checksum, identifier, sequence. */
const HEADER = 8;
const IP_HEADER = 20;

type Family = keyof typeof ECHO;
const familyOf = ({ family }: Socket): Family => (family === AF.INET ? AF.INET : AF.INET6);

export const makePing = (vfs: Vfs, family: number, owner: Ucred): Socket =>
  makeSocket(vfs, {
    family,
    type: 'dgram',
    protocol: IPPROTO_ICMP[family === AF.INET ? AF.INET : AF.INET6],
    by: 'ping',
    owner,
    inet: newInetPart(family),
  });

/** RFC 1071. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum += i % 2 === 0 ? bytes[i]! << 8 : bytes[i]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 65536);
  return ~sum & 0xffff;
}

/** The answer to a request: the same but for the type; the identifier is the socket's own number. */
function answerTo(socket: Socket, request: Uint8Array): Uint8Array {
  const reply = request.slice();
  const view = new DataView(reply.buffer);
  reply[0] = ECHO[familyOf(socket)][1];
  view.setUint16(2, 0);
  view.setUint16(4, socket.inet!.local.port);
  view.setUint16(2, checksum(reply));
  return reply;
}

function send(vfs: Vfs, socket: Socket, from: Transfer, { name }: SendOptions): Outcome {
  if (from.left > 0xffff) return 'EMSGSIZE';
  if (from.left < HEADER) return 'EINVAL';
  const named = name === undefined ? (socket.inet!.remote ?? 'EDESTADDRREQ') : readInet(socket.family, name);
  if (typeof named === 'string') return named;
  const ip = isAny(named.ip) ? (socket.family === AF.INET ? LOOPBACK4 : LOOPBACK6) : named.ip;
  if (!isReachable(ip)) return 'ENETUNREACH';
  const { local } = socket.inet!;
  if (local.port === 0 && !takeAnyPort(vfs, socket, local.ip)) return 'EAGAIN';
  if (roomForBuffers(vfs) < from.left) return 'ENOBUFS';
  const bytes = new Uint8Array(from.left);
  if (from.take(bytes) < bytes.length) return 'EFAULT';
  if (bytes[0] !== ECHO[familyOf(socket)][0] || bytes[1] !== 0) return 'EINVAL';
  countPacket(vfs.inet, 2 * (bytes.length + IP_HEADER));
  receiveAnswer(vfs, socket, { ip, port: 0 }, answerTo(socket, bytes));
  return bytes.length;
}

function receiveAnswer(vfs: Vfs, socket: Socket, source: Endpoint, bytes: Uint8Array): void {
  if (socket.inboxBytes + bytes.length >= socket.options.receiveBuffer) return;
  socket.inbox.push({
    bytes,
    taken: 0,
    from: packInet(socket.family, source),
    files: [],
    credentials: null,
    sender: socket.id,
    to: { ip: source.ip, ttl: 64, tos: 0 },
    stamp: socket.options.stamps === 'none' ? null : vfs.host.wall(),
  });
  socket.inboxBytes += bytes.length;
  vfs.buffers += bytes.length;
  notify(vfs, socket.readQueue, INPUT);
}

/** Ports stand for identifiers; the rest is as UDP does it. */
export const PING: Protocol = { ...UDP, send };
