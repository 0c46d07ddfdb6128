/** Who may use which port, and which one is free. Linux: net/ipv4/inet_connection_sock.c, net/ipv4/udp.c. */
import type { Errno } from '../../abi/index.ts';
import type { Vfs } from '../vfs.ts';
import type { Ip } from './address.ts';
import { type Bucket, FIRST_PORT, type Inet, LAST_PORT, overlaps, type Ports, type Remnant } from './inet.ts';
import type { Socket } from './socket.ts';

/** How long a closed connection keeps its port: TCP_TIMEWAIT_LEN, net.ipv4.tcp_fin_timeout. */
const LINGER_NANOS = 60e9;

export const IPPROTO_UDPLITE = 136;

/** The ports of a socket's own protocol. */
export function portsOf(inet: Inet, { by, protocol }: Socket): Ports {
  if (by === 'tcp') return inet.tcp;
  if (by === 'ping') return inet.ping;
  return protocol === IPPROTO_UDPLITE ? inet.udplite : inet.udp;
}

function bucketAt(ports: Ports, port: number): Bucket {
  const known = ports.buckets.get(port);
  if (known !== undefined) return known;
  const bucket: Bucket = { sockets: new Set(), remnants: new Set() };
  ports.buckets.set(port, bucket);
  return bucket;
}

type Other = Pick<Socket, 'family' | 'owner'> & Pick<Remnant, 'options'>;

/** May both have the port? `blocks` says that the other one's SO_REUSEADDR does not count, since it listens. */
function mayShare(socket: Socket, other: Other, blocks: boolean, isAlive: boolean): boolean {
  const { options, owner } = socket;
  if (options.reuseAddress && other.options.reuseAddress && !blocks) return true;
  return options.reusePort && other.options.reusePort && (!isAlive || owner.uid === other.owner.uid);
}

function isTaken(vfs: Vfs, bucket: Bucket, socket: Socket, ip: Ip): boolean {
  for (const id of bucket.sockets) {
    const other = vfs.sockets.get(id)!;
    if (other === socket || other.inet === null) continue;
    const isApart = socket.inet!.device !== 0 && other.inet.device !== 0;
    if (isApart && socket.inet!.device !== other.inet.device) continue;
    if (!overlaps(ip, socket, other.inet.local.ip, other)) continue;
    if (!mayShare(socket, other, other.tcp?.state === 'LISTEN', true)) return true;
  }
  for (const key of bucket.remnants) {
    const remnant = vfs.inet.remnants.get(key)!;
    if (!overlaps(ip, socket, remnant.local.ip, remnant)) continue;
    if (!mayShare(socket, remnant, false, remnant.state !== 'TIME_WAIT')) return true;
  }
  return false;
}

/** May the socket have this port at this address? */
export function isFreePort(vfs: Vfs, socket: Socket, ip: Ip, port: number): boolean {
  expireRemnants(vfs);
  const bucket = portsOf(vfs.inet, socket).buckets.get(port);
  return bucket === undefined || !isTaken(vfs, bucket, socket, ip);
}

/** Registers the socket at a port. */
export function holdPort(vfs: Vfs, socket: Socket, port: number): void {
  bucketAt(portsOf(vfs.inet, socket), port).sockets.add(socket.id);
}

/** Gives the port of a socket back; the socket still tells its number. */
export function releasePort(vfs: Vfs, socket: Socket): void {
  const { port } = socket.inet!.local;
  const ports = portsOf(vfs.inet, socket);
  const bucket = ports.buckets.get(port);
  if (bucket === undefined) return;
  bucket.sockets.delete(socket.id);
  forgetIfEmpty(ports, port, bucket);
}

function forgetIfEmpty(ports: Ports, port: number, { sockets, remnants }: Bucket): void {
  if (sockets.size === 0 && remnants.size === 0) ports.buckets.delete(port);
}

/** bind(2) to a port that the caller names. */
export function takePort(vfs: Vfs, socket: Socket, ip: Ip, port: number): Errno | null {
  if (!isFreePort(vfs, socket, ip, port)) return 'EADDRINUSE';
  socket.inet!.local = { ip, port };
  holdPort(vfs, socket, port);
  return null;
}

/**
 * Finds a port that nobody has; where there is none, one that `mayUse` allows. As on Linux, bind(2) gets odd numbers
 * and connect(2) even ones while there are any.
 */
export function freePort(
  vfs: Vfs,
  socket: Socket,
  parity: 0 | 1,
  mayUse: (port: number) => boolean,
): number | null {
  expireRemnants(vfs);
  const ports = portsOf(vfs.inet, socket);
  const span = LAST_PORT - FIRST_PORT + 1;
  for (const odd of [parity, 1 - parity])
    for (let i = 0; i < span; i++) {
      const port = FIRST_PORT + ((ports.next - FIRST_PORT + i) % span);
      if (port % 2 !== odd || ports.buckets.has(port)) continue;
      ports.next = port + 1 > LAST_PORT ? FIRST_PORT : port + 1;
      return port;
    }
  for (let port = FIRST_PORT; port <= LAST_PORT; port++) if (mayUse(port)) return port;
  return null;
}

/** A port for bind(2) to 0, and for those who use a socket before they bind it. */
export function takeAnyPort(vfs: Vfs, socket: Socket, ip: Ip): boolean {
  const port = freePort(vfs, socket, 1, (each) => isFreePort(vfs, socket, ip, each));
  if (port === null) return false;
  socket.inet!.local = { ip, port };
  holdPort(vfs, socket, port);
  return true;
}

/** Leaves what a connection leaves when its descriptor is closed. */
export function leaveRemnant(vfs: Vfs, key: string, remnant: Remnant): void {
  vfs.inet.remnants.delete(key);
  vfs.inet.remnants.set(key, remnant);
  bucketAt(vfs.inet.tcp, remnant.local.port).remnants.add(key);
}

export function dropRemnant(vfs: Vfs, key: string): void {
  const remnant = vfs.inet.remnants.get(key);
  if (remnant === undefined) return;
  vfs.inet.remnants.delete(key);
  const { port } = remnant.local;
  const bucket = vfs.inet.tcp.buckets.get(port)!;
  bucket.remnants.delete(key);
  forgetIfEmpty(vfs.inet.tcp, port, bucket);
}

/** Lets those go whose time is over: they lie in the order of their ends. */
export function expireRemnants(vfs: Vfs): void {
  const now = vfs.host.now();
  for (const [key, { since }] of vfs.inet.remnants) {
    if (since + LINGER_NANOS > now) return;
    dropRemnant(vfs, key);
  }
}
