/** TCP: bind, listen, connect, accept. Linux: net/ipv4/inet_connection_sock.c, af_inet.c, tcp_ipv4.c. */
import type { Errno } from '../../abi/index.ts';
import type { Nanos } from '../../base/index.ts';
import { waitFor } from '../file-ops.ts';
import { notify } from '../notify.ts';
import type { Outcome, Wait } from '../types.ts';
import type { Vfs } from '../vfs.ts';
import {
  anyOf,
  type Endpoint,
  familyOf,
  type InetName,
  type Ip,
  isAny,
  isV4,
  LOOPBACK4,
  LOOPBACK6,
  readInet,
} from './address.ts';
import { boundedBacklog } from './backlog.ts';
import { countPacket, isReachable, pairKey, sourceFor } from './inet.ts';
import { addressError } from './inet-bind.ts';
import { freePort, holdPort, isFreePort, releasePort, takeAnyPort, takePort } from './ports.ts';
import { waitOr } from './protocol.ts';
import { AF, type Asker, type Socket, takeError } from './socket.ts';
import {
  closeConnection,
  enterConnection,
  GROWN_SEND_BUFFER,
  HEADERS,
  inetOf,
  makeTcp,
  notifyAll,
  receiveReset,
  sendReset,
  tcpOf,
} from './tcp.ts';

/** bind(2). */
export function bindTcp(vfs: Vfs, socket: Socket, bytes: Uint8Array, asker: Asker): Outcome {
  const name = readInet(socket.family, bytes);
  if (typeof name === 'string') return name;
  const refused = addressError(vfs, socket, name, asker);
  if (refused !== null) return refused;
  const inet = inetOf(socket);
  if (tcpOf(socket).state !== 'CLOSE' || isHeld(vfs, socket)) return 'EINVAL';
  if (name.port === 0) {
    if (!takeAnyPort(vfs, socket, name.ip)) return 'EADDRINUSE';
  } else {
    const taken = takePort(vfs, socket, name.ip, name.port);
    if (taken !== null) return taken;
    inet.hasOwnPort = true;
  }
  inet.hasOwnAddress = !isAny(name.ip);
  return 0;
}

/** listen(2): an unnamed socket gets a port of the kernel's choice. */
export function listenTcp(vfs: Vfs, socket: Socket, backlog: number): Errno | null {
  const [tcp, inet] = [tcpOf(socket), inetOf(socket)];
  if (socket.state === 'connecting' || socket.state === 'connected') return 'EINVAL';
  socket.backlogMax = boundedBacklog(backlog);
  if (tcp.state === 'LISTEN') return null;
  tcp.state = 'LISTEN';
  const { ip, port } = inet.local;
  const hasPort = isHeld(vfs, socket) ? isFreePort(vfs, socket, ip, port) : takeAnyPort(vfs, socket, ip);
  if (!hasPort) {
    tcp.state = 'CLOSE';
    return 'EADDRINUSE';
  }
  socket.state = 'listening';
  holdPort(vfs, socket, inet.local.port);
  const others = vfs.inet.listeners.get(inet.local.port);
  if (others === undefined) vfs.inet.listeners.set(inet.local.port, [socket.id]);
  else others.push(socket.id);
  return null;
}

/** How well a listener fits an address, 0 for not at all. Linux: compute_score(). */
function fitOf(socket: Socket, ip: Ip): number {
  const { local } = inetOf(socket);
  if (local.ip === ip) return socket.family === AF.INET ? 4 : 3;
  if (!isAny(local.ip)) return 0;
  if (socket.family === AF.INET) return isV4(ip) ? 2 : 0;
  return isV4(ip) && socket.options.v6Only ? 0 : 1;
}

/** Who listens at an address; of several that share it (SO_REUSEPORT) one, chosen by where the call comes from. */
function listenerAt(vfs: Vfs, to: Endpoint, from: Endpoint): Socket | undefined {
  let best: Socket[] = [];
  let bestFit = 1;
  for (const id of vfs.inet.listeners.get(to.port) ?? []) {
    const socket = vfs.sockets.get(id)!;
    const fit = fitOf(socket, to.ip);
    if (fit < bestFit) continue;
    best = fit === bestFit ? [...best, socket] : [socket];
    bestFit = fit;
  }
  return best[chosen(from.port, best.length)];
}

/** Spreads ports over so many places. */
const chosen = (port: number, places: number): number =>
  places <= 1 ? 0 : (Math.imul(port, 0x9e3779b1) >>> 16) % places;

/** connect(2). A connection is made at once; who does not wait hears of it later nevertheless, as on Linux. */
export function connectTcp(vfs: Vfs, socket: Socket, bytes: Uint8Array, isPatient: boolean): Outcome {
  if (familyOf(bytes) === AF.UNSPEC) return disconnect(vfs, socket);
  if (socket.state === 'connected' || socket.state === 'listening') return 'EISCONN';
  if (socket.state === 'idle') {
    const refused = begin(vfs, socket, bytes);
    if (refused !== null) return refused;
    socket.state = 'connecting';
    if (!isPatient) return 'EINPROGRESS';
  }
  if (tcpOf(socket).state === 'SYN_SENT') return waitForAnswer(vfs, socket, isPatient);
  if (tcpOf(socket).state !== 'CLOSE') {
    socket.state = 'connected';
    return 0;
  }
  const error = takeError(socket) ?? 'ECONNABORTED';
  disconnect(vfs, socket);
  return error;
}

/** Linux gives up after net.ipv4.tcp_syn_retries. */
const ANSWER_NANOS = 127e9 as Nanos;

function waitForAnswer(vfs: Vfs, socket: Socket, isPatient: boolean): Outcome {
  if (!isPatient) return 'EALREADY';
  const { sendTimeout } = socket.options;
  const wait = waitOr(vfs, socket, 'connect', socket.writeQueue, true, sendTimeout || ANSWER_NANOS);
  if (wait !== 'EAGAIN') return wait;
  if (sendTimeout !== 0) return 'EINPROGRESS';
  disconnect(vfs, socket);
  return 'ETIMEDOUT';
}

/** Where the caller wants to go, with 0.0.0.0 and :: standing for this machine. */
function targetOf(socket: Socket, bytes: Uint8Array): InetName | Errno {
  const name = readInet(socket.family, bytes);
  if (typeof name === 'string') return name;
  const isOld = socket.family === AF.INET || isV4(name.ip) || isV4(inetOf(socket).local.ip);
  const ip = isAny(name.ip) ? (isOld ? LOOPBACK4 : LOOPBACK6) : name.ip;
  if (socket.family === AF.INET6 && isV4(ip) && socket.options.v6Only) return 'ENETUNREACH';
  return isReachable(ip) ? { ...name, ip } : 'ENETUNREACH';
}

/** Names both ends and knocks at the other one. */
function begin(vfs: Vfs, socket: Socket, bytes: Uint8Array): Errno | null {
  const to = targetOf(socket, bytes);
  if (typeof to === 'string') return to;
  const inet = inetOf(socket);
  const ip = isAny(inet.local.ip) ? sourceFor(to.ip) : inet.local.ip;
  if (isV4(ip) !== isV4(to.ip)) return 'EINVAL';
  const refused = nameOwnEnd(vfs, socket, ip, to);
  if (refused !== null) return refused;
  inet.remote = { ip: to.ip, port: to.port };
  enterConnection(vfs, socket, 'SYN_SENT');
  countPacket(vfs.inet, HEADERS);
  knock(vfs, socket);
  return null;
}

/** How long after its end a connection between the same ports may be made again (net.ipv4.tcp_tw_reuse on lo). */
const TIME_WAIT_REUSE = 1e9;

function isFreePair(vfs: Vfs, key: string): boolean {
  if (vfs.inet.connections.has(key)) return false;
  const remnant = vfs.inet.remnants.get(key);
  return (
    remnant === undefined ||
    (remnant.state === 'TIME_WAIT' && remnant.since + TIME_WAIT_REUSE < vfs.host.now())
  );
}

function nameOwnEnd(vfs: Vfs, socket: Socket, ip: Ip, to: Endpoint): Errno | null {
  const inet = inetOf(socket);
  const isFree = (port: number) => isFreePair(vfs, pairKey({ ip, port }, to));
  if (inet.local.port !== 0 && inet.hasOwnPort && !isFree(inet.local.port)) return 'EADDRNOTAVAIL';
  if (!isHeld(vfs, socket)) {
    const port = freePort(vfs, socket, 0, isFree);
    if (port === null) return 'EADDRNOTAVAIL';
    inet.local = { ip, port };
    holdPort(vfs, socket, port);
  } else inet.local = { ip, port: inet.local.port };
  return null;
}

/** A port that the kernel chose goes with the connection it was for. */
const isHeld = (vfs: Vfs, socket: Socket): boolean =>
  vfs.inet.tcp.buckets.get(inetOf(socket).local.port)?.sockets.has(socket.id) === true;

/** A SYN arrives at the other end. */
function knock(vfs: Vfs, socket: Socket): void {
  const { local, remote } = inetOf(socket);
  const listener = listenerAt(vfs, remote!, local);
  if (listener !== undefined) {
    if (listener.backlog.length > listener.backlogMax) tcpOf(listener).knocking.push(socket.id);
    else establish(vfs, listener, socket);
  } else if (local.ip === remote!.ip && local.port === remote!.port) {
    // Both SYNs cross: a socket is connected to itself.
    socket.peer = socket.id;
    enterConnection(vfs, socket, 'ESTABLISHED');
  } else receiveReset(vfs, socket);
}

const TCP_DEFER_ACCEPT = (6 << 16) | 9;

function establish(vfs: Vfs, listener: Socket, socket: Socket): void {
  const served = makeTcp(vfs, listener.family, listener.owner, listener.options);
  const [inet, tcp] = [inetOf(served), tcpOf(served)];
  const { local, remote } = inetOf(socket);
  Object.assign(inet, { local: remote!, remote: local, device: inetOf(listener).device });
  served.state = 'connected';
  enterConnection(vfs, served, 'ESTABLISHED');
  enterConnection(vfs, socket, 'ESTABLISHED');
  holdPort(vfs, served, inet.local.port);
  for (const [one, other] of [
    [served, socket],
    [socket, served],
  ] as const) {
    one.peer = other.id;
    one.options.sendBuffer = Math.max(one.options.sendBuffer, grown(one));
  }
  tcp.listener = listener.id;
  tcp.isDeferred = (listener.options.stored[TCP_DEFER_ACCEPT] ?? 0) > 0;
  listener.backlog.push(served.id);
  countPacket(vfs.inet, 2 * HEADERS);
  if (!tcp.isDeferred) notify(vfs, listener.readQueue);
  notifyAll(vfs, socket);
}

/** Who set his buffer keeps it. Linux: SOCK_SNDBUF_LOCK. */
const SO_SNDBUF = (1 << 16) | 7;
const grown = ({ options }: Socket): number =>
  options.stored[SO_SNDBUF] === undefined ? GROWN_SEND_BUFFER : 0;

/** accept(2): the next connection. */
export function acceptTcp(vfs: Vfs, socket: Socket, isPatient: boolean): Socket | Errno | Wait {
  if (tcpOf(socket).state !== 'LISTEN') return 'EINVAL';
  const at = socket.backlog.findIndex((id) => !tcpOf(vfs.sockets.get(id)!).isDeferred);
  if (at < 0) {
    const { receiveTimeout } = socket.options;
    if (receiveTimeout !== 0)
      return waitOr(vfs, socket, 'accept', socket.readQueue, isPatient, receiveTimeout);
    return isPatient ? waitFor('accept', socket.readQueue, socket.id) : 'EAGAIN';
  }
  const [next] = socket.backlog.splice(at, 1);
  const served = vfs.sockets.get(next!)!;
  tcpOf(served).listener = 0;
  letIn(vfs, socket);
  return served;
}

/** There is a place in the backlog: who knocked first gets it. */
function letIn(vfs: Vfs, listener: Socket): void {
  const { knocking } = tcpOf(listener);
  while (knocking.length > 0 && listener.backlog.length <= listener.backlogMax) {
    const socket = vfs.sockets.get(knocking.shift()!);
    if (socket !== undefined && tcpOf(socket).state === 'SYN_SENT') establish(vfs, listener, socket);
  }
}

/** Ends listening: who waits to be accepted is reset. Linux: inet_csk_listen_stop(). */
export function stopListening(vfs: Vfs, socket: Socket): void {
  const tcp = tcpOf(socket);
  const { port } = inetOf(socket).local;
  const others = vfs.inet.listeners.get(port)!.filter((id) => id !== socket.id);
  if (others.length > 0) vfs.inet.listeners.set(port, others);
  else vfs.inet.listeners.delete(port);
  tcp.state = 'CLOSE';
  socket.state = 'idle';
  for (const id of socket.backlog.splice(0)) {
    const served = vfs.sockets.get(id)!;
    if (tcpOf(served).state !== 'CLOSE') sendReset(vfs, served);
    closeConnection(vfs, served);
  }
  for (const id of tcp.knocking.splice(0)) {
    const knocking = vfs.sockets.get(id);
    if (knocking !== undefined && tcpOf(knocking).state === 'SYN_SENT') receiveReset(vfs, knocking);
  }
  notifyAll(vfs, socket);
}

/** Dissolves a connection, or stops listening; the socket can be used again. Linux: tcp_disconnect(). */
export function disconnect(vfs: Vfs, socket: Socket): 0 {
  const [tcp, inet] = [tcpOf(socket), inetOf(socket)];
  if (tcp.state === 'LISTEN') stopListening(vfs, socket);
  else if (tcp.state !== 'CLOSE') sendReset(vfs, socket);
  if (!inet.hasOwnPort) releasePort(vfs, socket);
  const ip = inet.hasOwnAddress ? inet.local.ip : anyOf(socket.family);
  inet.local = { ip, port: inet.local.port };
  inet.remote = null;
  Object.assign(socket, { state: 'idle', shutRead: false, shutWrite: false, isOver: false, error: null });
  vfs.buffers -= socket.inboxBytes;
  socket.inboxBytes = 0;
  Object.assign(tcp.ring, { head: 0, length: 0 });
  return 0;
}
