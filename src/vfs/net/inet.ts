/**
 * The Internet within the machine: one interface, lo, and tables of who uses which port. Packets do not exist; what
 * is sent lies in the receiver's inbox at once. Linux: net/ipv4, net/ipv6.
 */
import type { Nanos } from '../../base/index.ts';
import { anyOf, type Endpoint, type Ip, isAny, isLoopback, isV4 } from './address.ts';
import type { Socket } from './socket.ts';

/** What a socket of the Internet has besides. */
export interface InetPart {
  local: Endpoint;
  /** Where it is connected to. */
  remote: Endpoint | null;
  /** The caller chose the address, the port. Linux: SOCK_BINDADDR_LOCK, SOCK_BINDPORT_LOCK. */
  hasOwnAddress: boolean;
  hasOwnPort: boolean;
  /** SO_BINDTODEVICE: the interface's index, 0 for any. */
  device: number;
  /** Multicast groups that were joined. */
  groups: readonly Group[];
}

export interface Group {
  readonly ip: Ip;
  readonly device: number;
}

/** A connection that no descriptor names any more: it holds its port for a while (TIME_WAIT). */
export interface Remnant {
  readonly family: number;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  state: 'FIN_WAIT2' | 'TIME_WAIT';
  since: Nanos;
  readonly options: Pick<Socket['options'], 'reuseAddress' | 'reusePort' | 'v6Only'>;
  readonly owner: Socket['owner'];
}

/** Who uses a port. */
export interface Bucket {
  readonly sockets: Set<number>;
  readonly remnants: Set<string>;
}

export interface Ports {
  readonly buckets: Map<number, Bucket>;
  /** Where the search for a free port goes on. */
  next: number;
}

/** All tables of the network. */
export interface Inet {
  readonly tcp: Ports;
  readonly udp: Ports;
  readonly udplite: Ports;
  /** Identifiers of ping sockets. */
  readonly ping: Ports;
  /** Listening TCP sockets by port. */
  readonly listeners: Map<number, number[]>;
  /** Connected TCP sockets by `pairKey` of their own end. */
  readonly connections: Map<string, number>;
  /** In the order in which they end. */
  readonly remnants: Map<string, Remnant>;
  /** Netlink sockets by protocol and port number. */
  readonly netlink: Map<string, number>;
  /** Open files on their way in messages. */
  flying: number;
  /** net.unix.max_dgram_qlen. */
  maxUnixDatagrams: number;
  /** What went through lo: octets and packets, for /proc/net/dev. */
  bytes: number;
  packets: number;
}

export const newInet = (): Inet => ({
  tcp: { buckets: new Map(), next: FIRST_PORT },
  udp: { buckets: new Map(), next: FIRST_PORT },
  udplite: { buckets: new Map(), next: FIRST_PORT },
  ping: { buckets: new Map(), next: FIRST_PORT },
  listeners: new Map(),
  connections: new Map(),
  remnants: new Map(),
  netlink: new Map(),
  flying: 0,
  maxUnixDatagrams: 10,
  bytes: 0,
  packets: 0,
});

/** net.ipv4.ip_local_port_range. */
export const FIRST_PORT = 32768;
export const LAST_PORT = 60999;

export const newInetPart = (family: number): InetPart => ({
  local: { ip: anyOf(family), port: 0 },
  remote: null,
  hasOwnAddress: false,
  hasOwnPort: false,
  device: 0,
  groups: [],
});

export const pairKey = (local: Endpoint, remote: Endpoint): string =>
  `${local.ip}:${local.port}-${remote.ip}:${remote.port}`;

/** Octets that went through the interface. */
export function countPacket(inet: Inet, bytes: number): void {
  inet.packets++;
  inet.bytes += bytes;
}

type Holder = Pick<Socket, 'family'> & { readonly options: Pick<Socket['options'], 'v6Only'> };

/** Would a packet to one of the addresses be the other's, too? Linux: inet_rcv_saddr_equal(). */
export function overlaps(a: Ip, holderA: Holder, b: Ip, holderB: Holder): boolean {
  if (isV4(a) === isV4(b)) return a === b || isAny(a) || isAny(b);
  const [wide, holder] = isV4(a) ? [b, holderB] : [a, holderA];
  return isAny(wide) && !holder.options.v6Only;
}

/** Which address answers: of 127.0.0.0/8 the first, unless the socket has one of its own. */
export const sourceFor = (to: Ip): Ip => (isV4(to) ? '7f000001' : to);

/** Does the machine answer to this address? All else is not reachable. */
export const isReachable = (ip: Ip): boolean => isLoopback(ip);
