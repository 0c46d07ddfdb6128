/**
 * The states of a TCP connection, both ends of which are here: what one end does is known to the other at once.
 * Linux: net/ipv4/tcp.c, tcp_input.c; RFC 9293.
 */
import { notify } from '../notify.ts';
import { type ByteRing, newRing } from '../ring.ts';
import type { Vfs } from '../vfs.ts';
import { type Endpoint, packInet } from './address.ts';
import { countPacket, type InetPart, newInetPart, pairKey, type Remnant } from './inet.ts';
import { dropRemnant, leaveRemnant, releasePort } from './ports.ts';
import { DEFAULT_OPTIONS, makeSocket, type Socket, type SocketOptions, type Ucred } from './socket.ts';

/** By their numbers in struct tcp_info and /proc/net/tcp. */
export const TCP_STATES = {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT1: 4,
  FIN_WAIT2: 5,
  TIME_WAIT: 6,
  CLOSE: 7,
  CLOSE_WAIT: 8,
  LAST_ACK: 9,
  LISTEN: 10,
  CLOSING: 11,
} as const;

export type TcpState = Exclude<keyof typeof TCP_STATES, 'TIME_WAIT' | 'FIN_WAIT1' | 'LAST_ACK' | 'CLOSING'>;

export interface TcpPart {
  state: TcpState;
  /** What came and was not read yet. */
  readonly ring: ByteRing;
  /** Somebody found no room to write: he hears of it when there is (Linux: SOCK_NOSPACE). */
  wantsRoom: boolean;
  /** Listening: sockets whose connection waits for a place in the backlog. */
  readonly knocking: number[];
  /** In a backlog: whose. Shown there only when data has come, where that was asked for (TCP_DEFER_ACCEPT). */
  listener: number;
  isDeferred: boolean;
  /** Octets that were sent and that came, for TCP_INFO. */
  sent: number;
  received: number;
}

export const newTcpPart = (): TcpPart => ({
  state: 'CLOSE',
  ring: newRing(),
  wantsRoom: false,
  knocking: [],
  listener: 0,
  isDeferred: false,
  sent: 0,
  received: 0,
});

/** The second words of net.ipv4.tcp_wmem and tcp_rmem; a connection's send buffer grows by itself on lo. */
const SEND_BUFFER = 16384;
const RECEIVE_BUFFER = 131072;
export const GROWN_SEND_BUFFER = 2626560;

export const IPPROTO_TCP = 6;

export const makeTcp = (vfs: Vfs, family: number, owner: Ucred, options?: SocketOptions): Socket =>
  makeSocket(vfs, {
    family,
    type: 'stream',
    protocol: IPPROTO_TCP,
    by: 'tcp',
    owner,
    options: options ?? { ...DEFAULT_OPTIONS, sendBuffer: SEND_BUFFER, receiveBuffer: RECEIVE_BUFFER },
    inet: newInetPart(family),
    tcp: newTcpPart(),
  });

export const inetOf = (socket: Socket): InetPart => socket.inet!;
export const tcpOf = (socket: Socket): TcpPart => socket.tcp!;

/** Everybody who waits for anything of this socket looks again. */
export function notifyAll(vfs: Vfs, socket: Socket): void {
  notify(vfs, socket.readQueue);
  notify(vfs, socket.writeQueue);
}

/** An end is connected: it is found by its two addresses. */
export function enterConnection(vfs: Vfs, socket: Socket, state: 'SYN_SENT' | 'ESTABLISHED'): void {
  const { local, remote } = inetOf(socket);
  tcpOf(socket).state = state;
  vfs.inet.connections.set(pairKey(local, remote!), socket.id);
}

function forgetConnection(vfs: Vfs, socket: Socket): void {
  const { local, remote } = inetOf(socket);
  if (remote === null) return;
  const key = pairKey(local, remote);
  if (vfs.inet.connections.get(key) === socket.id) vfs.inet.connections.delete(key);
}

/** The connection is over for this end. Linux: tcp_done(). */
function finish(vfs: Vfs, socket: Socket): void {
  forgetConnection(vfs, socket);
  tcpOf(socket).state = 'CLOSE';
  socket.shutRead = true;
  socket.shutWrite = true;
  socket.peer = 0;
  if (!inetOf(socket).hasOwnPort) releasePort(vfs, socket);
  notifyAll(vfs, socket);
}

/** A RST came. Linux: tcp_reset(). */
export function receiveReset(vfs: Vfs, socket: Socket): void {
  const { state } = tcpOf(socket);
  if (state === 'CLOSE') return;
  socket.error = state === 'SYN_SENT' ? 'ECONNREFUSED' : state === 'CLOSE_WAIT' ? 'EPIPE' : 'ECONNRESET';
  finish(vfs, socket);
}

const keyOf = ({ local, remote }: { readonly local: Endpoint; readonly remote: Endpoint | null }) =>
  pairKey(local, remote!);

const remnantOf = (vfs: Vfs, socket: Socket, state: Remnant['state']): Remnant => ({
  family: socket.family,
  local: inetOf(socket).local,
  remote: inetOf(socket).remote!,
  state,
  since: vfs.host.now(),
  options: socket.options,
  owner: socket.owner,
});

/** The other end's address is this one's remote, and the other way round. */
const otherKey = ({ local, remote }: InetPart): string => pairKey(remote!, local);

/** A FIN came: nothing more will. Linux: tcp_fin(). */
function receiveFin(vfs: Vfs, socket: Socket): void {
  const tcp = tcpOf(socket);
  socket.isOver = true;
  if (tcp.state === 'ESTABLISHED') tcp.state = 'CLOSE_WAIT';
  else if (tcp.state === 'FIN_WAIT2') {
    leaveRemnant(vfs, keyOf(inetOf(socket)), remnantOf(vfs, socket, 'TIME_WAIT'));
    finish(vfs, socket);
  }
  showDeferred(vfs, socket);
  notifyAll(vfs, socket);
}

/** This end will send no more. */
export function sendFin(vfs: Vfs, socket: Socket): void {
  const tcp = tcpOf(socket);
  const peer = vfs.sockets.get(socket.peer);
  countPacket(vfs.inet, HEADERS);
  if (tcp.state === 'ESTABLISHED') {
    tcp.state = 'FIN_WAIT2';
    if (peer !== undefined) receiveFin(vfs, peer);
  } else if (tcp.state === 'CLOSE_WAIT') {
    if (peer !== undefined) receiveFin(vfs, peer);
    else ripen(vfs, otherKey(inetOf(socket)));
    finish(vfs, socket);
  }
}

/** The other end was closed and waited for this FIN. */
function ripen(vfs: Vfs, key: string): void {
  const remnant = vfs.inet.remnants.get(key);
  if (remnant?.state === 'FIN_WAIT2')
    leaveRemnant(vfs, key, { ...remnant, state: 'TIME_WAIT', since: vfs.host.now() });
}

/** Breaks the connection: the other end gets a RST, and nothing is left of this one. */
export function sendReset(vfs: Vfs, socket: Socket): void {
  const peer = vfs.sockets.get(socket.peer);
  countPacket(vfs.inet, HEADERS);
  if (inetOf(socket).remote !== null) dropRemnant(vfs, otherKey(inetOf(socket)));
  finish(vfs, socket);
  if (peer !== undefined && peer !== socket) receiveReset(vfs, peer);
}

/** Octets of the headers of a segment, as lo counts them. */
export const HEADERS = 52;

/** Data came for a closed end: it is answered by a RST. */
export function refuseData(vfs: Vfs, socket: Socket): void {
  dropRemnant(vfs, otherKey(inetOf(socket)));
  receiveReset(vfs, socket);
}

/** A connection that was to be accepted with its first data is now shown to accept(2). */
export function showDeferred(vfs: Vfs, socket: Socket): void {
  const tcp = tcpOf(socket);
  if (!tcp.isDeferred) return;
  tcp.isDeferred = false;
  const listener = vfs.sockets.get(tcp.listener);
  if (listener !== undefined) notify(vfs, listener.readQueue);
}

/** The last descriptor goes. Linux: __tcp_close(). */
export function closeConnection(vfs: Vfs, socket: Socket): void {
  const tcp = tcpOf(socket);
  const isOpen = tcp.state === 'ESTABLISHED' || tcp.state === 'CLOSE_WAIT' || tcp.state === 'FIN_WAIT2';
  if (isOpen && (tcp.ring.length > 0 || socket.options.linger === 0)) sendReset(vfs, socket);
  else {
    sendFin(vfs, socket);
    if (tcpOf(socket).state === 'FIN_WAIT2') leaveBehind(vfs, socket);
  }
  forgetConnection(vfs, socket);
  releasePort(vfs, socket);
  vfs.buffers -= socket.inboxBytes;
  vfs.sockets.delete(socket.id);
}

/** The connection goes on without a socket, until the other end has finished, too. */
function leaveBehind(vfs: Vfs, socket: Socket): void {
  leaveRemnant(vfs, keyOf(inetOf(socket)), remnantOf(vfs, socket, 'FIN_WAIT2'));
  const peer = vfs.sockets.get(socket.peer);
  if (peer !== undefined) peer.peer = 0;
}

export const isConnected = ({ tcp }: Socket): boolean =>
  tcp!.state !== 'CLOSE' && tcp!.state !== 'SYN_SENT' && tcp!.state !== 'LISTEN';

export const tcpName = (socket: Socket): Uint8Array => packInet(socket.family, inetOf(socket).local);

export const tcpPeerName = (socket: Socket): Uint8Array | 'ENOTCONN' =>
  isConnected(socket) ? packInet(socket.family, inetOf(socket).remote!) : 'ENOTCONN';
