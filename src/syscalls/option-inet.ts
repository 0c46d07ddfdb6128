/** Options of IP and IPv6. man 7 ip, man 7 ipv6; Linux: net/ipv4/ip_sockglue.c, net/ipv6/ipv6_sockglue.c. */
import type { Errno } from '../abi/index.ts';
import { AF, ipOfBytes, isMulticast, LO, type Socket } from '../vfs/index.ts';
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

export const SOL_IP = 0;
export const SOL_IPV6 = 41;

const IP = {
  TOS: 1,
  TTL: 2,
  OPTIONS: 4,
  RECVOPTS: 6,
  RETOPTS: 7,
  PKTINFO: 8,
  MTU_DISCOVER: 10,
  RECVERR: 11,
  RECVTTL: 12,
  RECVTOS: 13,
  MTU: 14,
  FREEBIND: 15,
  TRANSPARENT: 19,
  RECVORIGDSTADDR: 20,
  MINTTL: 21,
  NODEFRAG: 22,
  BIND_ADDRESS_NO_PORT: 24,
  MULTICAST_IF: 32,
  MULTICAST_TTL: 33,
  MULTICAST_LOOP: 34,
  ADD_MEMBERSHIP: 35,
  DROP_MEMBERSHIP: 36,
  JOIN_GROUP: 42,
  LEAVE_GROUP: 45,
  MULTICAST_ALL: 49,
  UNICAST_IF: 50,
} as const;

const IPV6 = {
  UNICAST_HOPS: 16,
  MULTICAST_IF: 17,
  MULTICAST_HOPS: 18,
  MULTICAST_LOOP: 19,
  ADD_MEMBERSHIP: 20,
  DROP_MEMBERSHIP: 21,
  MTU_DISCOVER: 23,
  MTU: 24,
  RECVERR: 25,
  V6ONLY: 26,
  MULTICAST_ALL: 29,
  RECVPKTINFO: 49,
  RECVHOPLIMIT: 51,
  DONTFRAG: 62,
  RECVTCLASS: 66,
  TCLASS: 67,
  AUTOFLOWLABEL: 70,
  FREEBIND: 78,
} as const;

/** -1 stands for what the option begins with. */
const orFirst = (level: number, option: number, first: number, min: number): Option => ({
  get: (socket) => [storedAt(socket, keyOf(level, option)) ?? first],
  set: (socket, value) =>
    value !== -1 && (value < min || value > 255)
      ? 'EINVAL'
      : store(socket, keyOf(level, option), value === -1 ? first : value),
});

/** Of a datagram socket only. */
const NOT_STREAM = (option: Option): Option => ({
  get: option.get,
  set: (socket, value, k) => (socket.type === 'stream' ? 'EINVAL' : option.set!(socket, value, k)),
});

/** struct ip_mreq { group, address }, ip_mreqn { group, address, index } or ipv6_mreq { group, index }. */
function groupOf(socket: Socket, bytes: Uint8Array, family: number): { ip: string; device: number } | Errno {
  const wide = family === AF.INET6;
  if (bytes.length < (wide ? 20 : 8)) return 'EINVAL';
  const view = new DataView(bytes.buffer);
  const ip = ipOfBytes(bytes, 0, wide ? 16 : 4);
  if (!isMulticast(ip)) return 'EINVAL';
  const index = wide ? view.getInt32(16, true) : bytes.length >= 12 ? view.getInt32(8, true) : 0;
  const address = wide ? '' : ipOfBytes(bytes, 4, 4);
  if (index !== 0) return index === LO.index ? { ip, device: index } : 'ENODEV';
  if (address.startsWith('7f') || socket.inet!.device !== 0) return { ip, device: LO.index };
  // No route says which interface would be meant.
  return 'ENODEV';
}

/** IGMP_MAX_MEMBERSHIPS. */
const MOST_GROUPS = 20;

const membership = (family: number, joins: boolean): Option => ({
  get: null,
  set: () => 'EINVAL',
  setBytes(socket, bytes) {
    if (socket.type === 'stream') return 'EPROTO';
    const group = groupOf(socket, bytes, family);
    if (typeof group === 'string') return group;
    const inet = socket.inet!;
    const others = inet.groups.filter(({ ip, device }) => ip !== group.ip || device !== group.device);
    const isMember = others.length < inet.groups.length;
    if (joins && isMember) return 'EADDRINUSE';
    if (!joins && !isMember) return 'EADDRNOTAVAIL';
    if (joins && family === AF.INET && others.length >= MOST_GROUPS) return 'ENOBUFS';
    inet.groups = joins ? [...others, group] : others;
    return null;
  },
});

/** struct group_req { index, sockaddr_storage } at 8. */
const groupRequest = (joins: boolean): Option => ({
  get: null,
  set: () => 'EINVAL',
  setBytes(socket, bytes, k) {
    if (bytes.length < 136) return 'EINVAL';
    const family = bytes[8]! | (bytes[9]! << 8);
    if (family !== socket.family) return 'EADDRNOTAVAIL';
    const wide = family === AF.INET6;
    const group = wide ? bytes.slice(16, 32) : bytes.slice(12, 16);
    const body = new Uint8Array(wide ? 20 : 12);
    body.set(group);
    body.set(bytes.subarray(0, 4), body.length - 4);
    return membership(family, joins).setBytes!(socket, body, k);
  },
});

/** An interface by its address or number; what is asked for again is the address. */
const multicastInterface: Option = {
  get: (socket) => [storedAt(socket, keyOf(SOL_IP, IP.MULTICAST_IF)) === undefined ? 0 : 0x0100007f],
  set: () => 'EINVAL',
  setBytes(socket, bytes) {
    if (socket.type === 'stream' || bytes.length < 4) return 'EINVAL';
    const view = new DataView(bytes.buffer);
    const index = bytes.length >= 12 ? view.getInt32(8, true) : 0;
    const ip = ipOfBytes(bytes, bytes.length >= 8 ? 4 : 0, 4);
    const isLo = index === LO.index || (index === 0 && ip.startsWith('7f'));
    if (isLo) return store(socket, keyOf(SOL_IP, IP.MULTICAST_IF), LO.index);
    if (index !== 0 || ip !== '00000000') return 'EADDRNOTAVAIL';
    return store(socket, keyOf(SOL_IP, IP.MULTICAST_IF), 0);
  },
};

/** How much fits into a packet: known only once there is a route. */
const mtu = told(({ inet }) => (inet!.remote === null ? 'ENOTCONN' : [LO.mtu]));

const flag = (option: number, first = 0): Option => keptFlag(SOL_IP, option, first);
const flag6 = (option: number, first = 0): Option => keptFlag(SOL_IPV6, option, first);

export const IP_OPTIONS: Options = {
  [IP.TOS]: kept(SOL_IP, IP.TOS, { min: 0, max: 255 }),
  [IP.TTL]: orFirst(SOL_IP, IP.TTL, 64, 1),
  [IP.OPTIONS]: {
    get: () => new Uint8Array(0),
    set: () => 'EINVAL',
    setBytes: (_s, { length }) => (length > 40 ? 'EINVAL' : null),
  },
  [IP.RECVOPTS]: flag(IP.RECVOPTS),
  [IP.RETOPTS]: flag(IP.RETOPTS),
  [IP.PKTINFO]: flag(IP.PKTINFO),
  [IP.MTU_DISCOVER]: kept(SOL_IP, IP.MTU_DISCOVER, { first: 1, min: 0, max: 5 }),
  [IP.RECVERR]: flag(IP.RECVERR),
  [IP.RECVTTL]: flag(IP.RECVTTL),
  [IP.RECVTOS]: flag(IP.RECVTOS),
  [IP.MTU]: mtu,
  [IP.FREEBIND]: flag(IP.FREEBIND),
  [IP.TRANSPARENT]: forRoot(flag(IP.TRANSPARENT)),
  [IP.RECVORIGDSTADDR]: flag(IP.RECVORIGDSTADDR),
  [IP.MINTTL]: kept(SOL_IP, IP.MINTTL, { min: 0, max: 255 }),
  [IP.BIND_ADDRESS_NO_PORT]: flag(IP.BIND_ADDRESS_NO_PORT),
  [IP.MULTICAST_IF]: multicastInterface,
  [IP.MULTICAST_TTL]: NOT_STREAM(orFirst(SOL_IP, IP.MULTICAST_TTL, 1, 0)),
  [IP.MULTICAST_LOOP]: flag(IP.MULTICAST_LOOP, 1),
  [IP.ADD_MEMBERSHIP]: membership(AF.INET, true),
  [IP.DROP_MEMBERSHIP]: membership(AF.INET, false),
  [IP.JOIN_GROUP]: groupRequest(true),
  [IP.LEAVE_GROUP]: groupRequest(false),
  [IP.MULTICAST_ALL]: flag(IP.MULTICAST_ALL, 1),
  [IP.UNICAST_IF]: kept(SOL_IP, IP.UNICAST_IF),
};

const v6Only: Option = {
  get: ({ options }) => [options.v6Only ? 1 : 0],
  set(socket, value) {
    if (socket.inet!.local.port !== 0) return 'EINVAL';
    socket.options.v6Only = value !== 0;
    return null;
  },
};

export const IPV6_OPTIONS: Options = {
  [IPV6.UNICAST_HOPS]: orFirst(SOL_IPV6, IPV6.UNICAST_HOPS, 64, 0),
  [IPV6.MULTICAST_IF]: NOT_STREAM(kept(SOL_IPV6, IPV6.MULTICAST_IF, { min: 0, max: LO.index })),
  [IPV6.MULTICAST_HOPS]: NOT_STREAM(orFirst(SOL_IPV6, IPV6.MULTICAST_HOPS, 1, 0)),
  [IPV6.MULTICAST_LOOP]: kept(SOL_IPV6, IPV6.MULTICAST_LOOP, { first: 1, min: 0, max: 1 }),
  [IPV6.ADD_MEMBERSHIP]: membership(AF.INET6, true),
  [IPV6.DROP_MEMBERSHIP]: membership(AF.INET6, false),
  [IPV6.MTU_DISCOVER]: kept(SOL_IPV6, IPV6.MTU_DISCOVER, { first: 1, min: 0, max: 5 }),
  [IPV6.MTU]: mtu,
  [IPV6.RECVERR]: flag6(IPV6.RECVERR),
  [IPV6.V6ONLY]: v6Only,
  [IPV6.MULTICAST_ALL]: flag6(IPV6.MULTICAST_ALL, 1),
  [IP.JOIN_GROUP]: groupRequest(true),
  [IP.LEAVE_GROUP]: groupRequest(false),
  [IPV6.RECVPKTINFO]: flag6(IPV6.RECVPKTINFO),
  [IPV6.RECVHOPLIMIT]: flag6(IPV6.RECVHOPLIMIT),
  [IPV6.DONTFRAG]: flag6(IPV6.DONTFRAG),
  [IPV6.RECVTCLASS]: flag6(IPV6.RECVTCLASS),
  [IPV6.TCLASS]: orFirst(SOL_IPV6, IPV6.TCLASS, 0, 0),
  [IPV6.AUTOFLOWLABEL]: flag6(IPV6.AUTOFLOWLABEL, 1),
  [IPV6.FREEBIND]: flag6(IPV6.FREEBIND),
};
