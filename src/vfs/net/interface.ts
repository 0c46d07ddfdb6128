/** The interface lo, and the ioctls that ask about it. man 7 netdevice; Linux: net/core/dev_ioctl.c. */
import type { IoctlArgument } from '../file-ops.ts';
import { giveInt } from '../ioctl.ts';
import type { Outcome } from '../types.ts';
import type { Vfs } from '../vfs.ts';
import { ANY4, bytesOfIp, type Ip, LOOPBACK4 } from './address.ts';
import { AF } from './socket.ts';

export const LO = {
  index: 1,
  name: 'lo',
  mtu: 65536,
  queueLength: 1000,
  /** IFF_UP, IFF_LOOPBACK, IFF_RUNNING; netlink says IFF_LOWER_UP, too. */
  flags: 0x49,
  /** ARPHRD_LOOPBACK. */
  type: 772,
} as const;

const IFNAMSIZ = 16;
/** struct ifreq on 64-bit machines. */
const IFREQ = 40;
const VALUE_AT = IFNAMSIZ;

const SIOC = {
  SIOCGIFNAME: 0x8910,
  SIOCGIFCONF: 0x8912,
} as const;

const intValue = (value: number): Uint8Array => {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
};

const shortValue = (value: number): Uint8Array => intValue(value & 0xffff);

/** struct sockaddr of an IPv4 address, or of a hardware address. */
const addressValue = (ip: Ip): Uint8Array => {
  const bytes = new Uint8Array(16);
  bytes[0] = AF.INET;
  bytes.set(bytesOfIp(ip), 4);
  return bytes;
};

/** What is answered about an interface, by request: the union of struct ifreq, or an errno. */
const ANSWERS: Readonly<Record<number, () => Uint8Array | 'EADDRNOTAVAIL' | 'EOPNOTSUPP'>> = {
  // SIOCGIFFLAGS
  35091: () => shortValue(LO.flags),
  // SIOCGIFADDR
  35093: () => addressValue(LOOPBACK4),
  // SIOCGIFDSTADDR
  35095: () => addressValue(LOOPBACK4),
  // SIOCGIFBRDADDR
  35097: () => addressValue(ANY4),
  // SIOCGIFNETMASK
  35099: () => addressValue('ff000000'),
  // SIOCGIFMETRIC
  35101: () => intValue(0),
  // SIOCGIFMTU
  35105: () => intValue(LO.mtu),
  // SIOCGIFHWADDR
  35111: () => shortValue(LO.type),
  // SIOCGIFINDEX
  35123: () => intValue(LO.index),
  // SIOCGIFTXQLEN
  35138: () => intValue(LO.queueLength),
  // SIOCGIFMAP
  35184: () => new Uint8Array(24),
  // SIOCETHTOOL
  35142: () => 'EOPNOTSUPP',
};

/** Requests that would change an interface: SIOCSIFFLAGS and its like. This one stays as it is. */
const CHANGES: ReadonlySet<number> = new Set([
  0x8914, 0x8916, 0x8918, 0x891a, 0x891c, 0x891e, 0x8922, 0x8924, 0x8923, 0x8931, 0x8932, 0x8936, 0x8943,
]);

/** Requests about interfaces and addresses, which every socket takes. */
export function interfaceIoctl(_vfs: Vfs, request: number, argument: IoctlArgument): Outcome {
  if (request === SIOC.SIOCGIFCONF) return giveList(argument);
  if (request === SIOC.SIOCGIFNAME) return giveName(argument);
  if (CHANGES.has(request)) return 'EPERM';
  const answer = ANSWERS[request];
  if (answer === undefined) return 'ENOTTY';
  const name = new Uint8Array(IFNAMSIZ);
  if (!argument.read(name)) return 'EFAULT';
  const value = isLo(name) ? answer() : 'ENODEV';
  if (typeof value === 'string') return value;
  const reply = new Uint8Array(VALUE_AT + value.length);
  reply.set(name);
  reply.set(value, VALUE_AT);
  return argument.write(reply) ? 0 : 'EFAULT';
}

/** The name up to its end, or to the colon of an alias. */
const isLo = (name: Uint8Array): boolean => /^lo(\0|:)/.test(String.fromCharCode(...name));

function giveName(argument: IoctlArgument): Outcome {
  const request = new Uint8Array(IFREQ);
  if (!argument.read(request)) return 'EFAULT';
  if (new DataView(request.buffer).getInt32(VALUE_AT, true) !== LO.index) return 'ENODEV';
  request.fill(0, 0, IFNAMSIZ);
  request.set([0x6c, 0x6f]);
  return argument.write(request) ? 0 : 'EFAULT';
}

/** struct ifconf { int length; struct ifreq *list }: without a list, how long it would be. */
function giveList(argument: IoctlArgument): Outcome {
  const head = new Uint8Array(16);
  if (!argument.read(head)) return 'EFAULT';
  const view = new DataView(head.buffer);
  const [room, list] = [view.getInt32(0, true), view.getUint32(8, true) + view.getUint32(12, true) * 2 ** 32];
  if (list === 0) return giveInt(argument, IFREQ);
  if (room < IFREQ) return giveInt(argument, 0);
  const entry = new Uint8Array(IFREQ);
  entry.set([0x6c, 0x6f]);
  entry.set(addressValue(LOOPBACK4), VALUE_AT);
  return argument.writeAt(list, entry) ? giveInt(argument, IFREQ) : 'EFAULT';
}
