/** What a datagram's sender chooses and its receiver is told: address, interface, TTL. man 7 ip, man 7 ipv6. */
import type { Errno } from '../abi/index.ts';
import type { Kernel } from '../kernel/index.ts';
import {
  AF,
  bytesOfIp,
  ipOfBytes,
  isV4,
  LO,
  type PacketInfo,
  type Received,
  type Socket,
  widened,
} from '../vfs/index.ts';
import type { ControlMessage } from './socket-control.ts';

const SOL_IP = 0;
const SOL_IPV6 = 41;
const IP = { TOS: 1, TTL: 2, PKTINFO: 8, RECVTTL: 12, RECVTOS: 13, RECVORIGDSTADDR: 20 } as const;
const IPV6 = {
  RECVPKTINFO: 49,
  PKTINFO: 50,
  RECVHOPLIMIT: 51,
  HOPLIMIT: 52,
  RECVTCLASS: 66,
  TCLASS: 67,
} as const;

const keyOf = (level: number, option: number): number => (level << 16) | option;
const isOn = ({ options }: Socket, level: number, option: number): boolean =>
  (options.stored[keyOf(level, option)] ?? 0) !== 0;

const wordsOf = (ip: string): number[] => {
  const view = new DataView(bytesOfIp(ip).buffer);
  return Array.from({ length: ip.length / 8 }, (_, i) => view.getUint32(4 * i, true));
};

/** A row per option that asks for a message. */
const ROWS: readonly {
  readonly level: number;
  readonly option: number;
  readonly type: number;
  readonly words: (packet: PacketInfo) => readonly number[];
}[] = [
  // struct in_pktinfo { interface, local address, header's address }
  {
    level: SOL_IP,
    option: IP.PKTINFO,
    type: IP.PKTINFO,
    words: ({ ip }) => [LO.index, ...wordsOf(ip), ...wordsOf(ip)],
  },
  { level: SOL_IP, option: IP.RECVTTL, type: IP.TTL, words: ({ ttl }) => [ttl] },
  { level: SOL_IP, option: IP.RECVTOS, type: IP.TOS, words: ({ tos }) => [tos] },
  {
    level: SOL_IPV6,
    option: IPV6.RECVPKTINFO,
    type: IPV6.PKTINFO,
    words: ({ ip }) => [...wordsOf(widened(ip)), LO.index],
  },
  { level: SOL_IPV6, option: IPV6.RECVHOPLIMIT, type: IPV6.HOPLIMIT, words: ({ ttl }) => [ttl] },
  { level: SOL_IPV6, option: IPV6.RECVTCLASS, type: IPV6.TCLASS, words: ({ tos }) => [tos] },
];

/** What the receiver of a datagram asked to be told. */
export function packetMessages(socket: Socket, { to }: Received): ControlMessage[] {
  if (to === null) return [];
  return ROWS.filter(
    ({ level, option }) =>
      isOn(socket, level, option) && (level === SOL_IP ? isV4(to.ip) : socket.family === AF.INET6),
  ).map(({ level, type, words }) => ({ level, type, words: words(to) }));
}

/** Reads a control message of a datagram that is sent. Linux: ip_cmsg_send(), ip6_datagram_send_ctl(). */
export function readPacketOption(
  k: Kernel,
  level: number,
  type: number,
  data: { readonly at: number; readonly length: number },
): Partial<PacketInfo> | Errno {
  if (level === SOL_IP && type === IP.PKTINFO)
    return data.length === 12 ? addressAt(k, data.at + 4, 4) : 'EINVAL';
  if (level === SOL_IPV6 && type === IPV6.PKTINFO)
    return data.length >= 20 ? addressAt(k, data.at, 16) : 'EINVAL';
  const isTtl = level === SOL_IP ? type === IP.TTL : type === IPV6.HOPLIMIT;
  const isTos = level === SOL_IP ? type === IP.TOS : type === IPV6.TCLASS;
  if (!isTtl && !isTos) return 'EINVAL';
  if (data.length !== 4) return 'EINVAL';
  const value = k.user.readI32(data.at);
  if (value === undefined) return 'EFAULT';
  if (value < (level === SOL_IP && isTtl ? 1 : -1) || value > 255) return 'EINVAL';
  // -1 is what the socket is set to.
  return value < 0 ? {} : isTtl ? { ttl: value } : { tos: value };
}

function addressAt(k: Kernel, addr: number, length: 4 | 16): Partial<PacketInfo> | 'EFAULT' {
  const bytes = new Uint8Array(length);
  return k.user.copyIn(addr, bytes) ? { ip: ipOfBytes(bytes, 0, length) } : 'EFAULT';
}
