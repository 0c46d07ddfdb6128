/** Addresses of sockets as strace prints them, and the lengths that stand beside them. */
import { type Arg, asInt, asUnsigned64, type Kernel } from '../../kernel/index.ts';
import { latin1, oneOf, quote, wordOf } from '../args.ts';
import { addressText, type Fields, fieldsAt } from './fields.ts';

const FAMILY = { AF_UNSPEC: 0, AF_UNIX: 1, AF_INET: 2, AF_INET6: 10, AF_NETLINK: 16, AF_PACKET: 17 };
const families = oneOf(FAMILY, 'AF_???');
const MOST = 128;
const LEAST = 2;
/** How long addresses of a family are at least for their fields to be told. */
const [INET, INET6, NETLINK] = [16, 24, 12];

/** A path up to its zero; an abstract name behind an @. */
function unixText(at: Fields): string {
  const name = latin1(at.bytes.subarray(LEAST));
  if (name === '') return '';
  if (name.startsWith('\0')) return `, sun_path=@${quote(name.slice(1))}`;
  return `, sun_path=${quote(name.replace(/\0.*$/s, ''))}`;
}

/** An address of IPv6: the longest run of zeros, the first of several, is left out (RFC 5952). */
function inet6Text(at: Fields, offset: number): string {
  const words = Array.from({ length: 8 }, (_, i) => at.be16(offset + 2 * i).toString(16));
  const runs = [...words.join(':').matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)];
  const longest = runs.sort((a, b) => b[0].length - a[0].length || a.index - b.index)[0];
  const text = words.join(':');
  if (longest === undefined) return text;
  const [head, tail] = [text.slice(0, longest.index), text.slice(longest.index + longest[0].length)];
  return `${head.replace(/:$/, '')}::${tail.replace(/^:/, '')}`;
}

const familyFields = (at: Fields, family: number): string => {
  const size = at.bytes.length;
  if (family === FAMILY.AF_UNIX) return unixText(at);
  if (family === FAMILY.AF_INET && size >= INET)
    return `, sin_port=htons(${at.be16(2)}), sin_addr=inet_addr("${[...at.bytes.subarray(4, 8)].join('.')}")`;
  if (family === FAMILY.AF_INET6 && size >= INET6) {
    const scope = size >= INET6 + 4 ? `, sin6_scope_id=${at.u32(24)}` : '';
    return `, sin6_port=htons(${at.be16(2)}), sin6_flowinfo=htonl(${at.be32(4)}), inet_pton(AF_INET6, "${inet6Text(at, 8)}", &sin6_addr)${scope}`;
  }
  if (family === FAMILY.AF_NETLINK && size >= NETLINK) {
    const groups = at.u32(8);
    return `, nl_pid=${at.u32(4)}, nl_groups=${groups === 0 ? '0' : '0x'}${groups === 0 ? '' : groups.toString(16).padStart(8, '0')}`;
  }
  return size > LEAST ? `, sa_data=${quote(latin1(at.bytes.subarray(LEAST)))}` : '';
};

/** The address of that length; where it lies when it cannot be read. */
export function sockaddrText(k: Kernel, addr: number, length: number): string {
  const isOne = addr !== 0 && length >= LEAST && length <= MOST;
  const at = isOne ? fieldsAt(k, addr, length) : null;
  if (at === null) return addressText(addr);
  const family = at.u16(0);
  return `{sa_family=${families.show(family, k, null)}${familyFields(at, family)}}`;
}

/** An address that the caller gives; the next argument is its length. */
export const inAddress: Arg<number> = {
  decode: asUnsigned64,
  show: (addr, k, _result, shown) => sockaddrText(k, addr, asInt(k.call.words[2 * (shown!.index + 1)]!)),
};

const lengthAt = (k: Kernel, addr: number): number | undefined =>
  addr === 0 ? undefined : fieldsAt(k, addr, 4)?.i32(0);

/** An address that the call tells; the next argument is where its length stands, and how much room there is. */
export const outAddress: Arg<number> = {
  decode: asUnsigned64,
  when: 'after',
  show(addr, k, result, shown) {
    const at = shown!.index + 1;
    const length = typeof result === 'string' ? undefined : lengthAt(k, wordOf(k, at));
    const room = shown!.before[at] as number | undefined;
    if (length === undefined || room === undefined) return addressText(addr);
    return sockaddrText(k, addr, Math.min(length, room));
  },
};

/** Where a length stands: `[16]`, or `[110 => 16]` when the call has changed it. */
export const outLength: Arg<number> = {
  decode: asUnsigned64,
  when: 'after',
  before: (addr, k) => lengthAt(k, addr),
  show(addr, k, result, shown) {
    const was = shown!.before[shown!.index] as number | undefined;
    if (was === undefined) return addressText(addr);
    const is = typeof result === 'string' ? was : lengthAt(k, addr);
    return is === undefined || is === was ? `[${was}]` : `[${was} => ${is}]`;
  },
};

const INET_PROTOCOLS = {
  IPPROTO_IP: 0,
  IPPROTO_ICMP: 1,
  IPPROTO_TCP: 6,
  IPPROTO_UDP: 17,
  IPPROTO_IPV6: 41,
  IPPROTO_ICMPV6: 58,
  IPPROTO_UDPLITE: 136,
  IPPROTO_RAW: 255,
};
const NETLINK_PROTOCOLS = { NETLINK_ROUTE: 0, NETLINK_USERSOCK: 2, NETLINK_GENERIC: 16 };
const inetProtocols = oneOf(INET_PROTOCOLS, 'IPPROTO_???');
const netlinkProtocols = oneOf(NETLINK_PROTOCOLS, 'NETLINK_???');

/** The protocol of a family; others have numbers only. */
export const protocol: Arg<number> = {
  decode: asInt,
  show(value, k, result) {
    const family = k.call.words[0]!;
    if (family === FAMILY.AF_INET || family === FAMILY.AF_INET6) return inetProtocols.show(value, k, result);
    return family === FAMILY.AF_NETLINK ? netlinkProtocols.show(value, k, result) : String(value);
  },
};
