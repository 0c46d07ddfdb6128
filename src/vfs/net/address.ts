/**
 * Internet addresses and their sockaddr_in and sockaddr_in6. An address is its bytes in hexadecimal: eight digits for
 * IPv4, 32 for IPv6; an IPv4 address that came mapped into IPv6 is kept as what it is. man 7 ip, man 7 ipv6.
 */
import type { Errno } from '../../abi/index.ts';
import { AF } from './socket.ts';

export type Ip = string;

export interface Endpoint {
  readonly ip: Ip;
  readonly port: number;
}

export const ANY4: Ip = '00000000';
export const ANY6: Ip = '0'.repeat(32);
export const LOOPBACK4: Ip = '7f000001';
export const LOOPBACK6: Ip = `${'0'.repeat(31)}1`;
const MAPPED = `${'0'.repeat(20)}ffff`;

export const SOCKADDR_IN = 16;
export const SOCKADDR_IN6 = 28;
/** sockaddr_in6 as of RFC 2133, without a scope: Linux still takes it. */
const SOCKADDR_IN6_OLD = 24;

export const isV4 = (ip: Ip): boolean => ip.length === 8;
export const isAny = (ip: Ip): boolean => ip === ANY4 || ip === ANY6;
export const isMulticast = (ip: Ip): boolean => (isV4(ip) ? ip[0] === 'e' : ip.startsWith('ff'));
/** 127.0.0.0/8 or ::1: what this machine answers to. */
export const isLoopback = (ip: Ip): boolean => (isV4(ip) ? ip.startsWith('7f') : ip === LOOPBACK6);
/** The last of 127.0.0.0/8, or of all. */
export const isBroadcast = (ip: Ip): boolean => ip === '7fffffff' || ip === 'ffffffff';
export const anyOf = (family: number): Ip => (family === AF.INET ? ANY4 : ANY6);

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function ipOfBytes(bytes: Uint8Array, at: number, length: 4 | 16): Ip {
  let ip = '';
  for (let i = 0; i < length; i++) ip += HEX[bytes[at + i]!]!;
  return ip.startsWith(MAPPED) ? ip.slice(24) : ip;
}

export function bytesOfIp(ip: Ip): Uint8Array {
  const bytes = new Uint8Array(ip.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(ip.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** An address with all sixteen bytes of IPv6. */
export const widened = (ip: Ip): Ip => (isV4(ip) ? MAPPED + ip : ip);

/** An address that a call was given: where, and on which interface. */
export interface InetName extends Endpoint {
  readonly scope: number;
}

/** The family of a socket address; undefined when it is too short for one. */
export const familyOf = (bytes: Uint8Array): number => (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);

/** Reads the address for a socket of this family. `wrong` is the errno of another family's address. */
export function readInet(family: number, bytes: Uint8Array, wrong: Errno = 'EAFNOSUPPORT'): InetName | Errno {
  const isOld = family === AF.INET;
  if (bytes.length < (isOld ? SOCKADDR_IN : SOCKADDR_IN6_OLD)) return 'EINVAL';
  if (familyOf(bytes) !== family) return wrong;
  const port = (bytes[2]! << 8) | bytes[3]!;
  if (isOld) return { ip: ipOfBytes(bytes, 4, 4), port, scope: 0 };
  const scope = bytes.length < SOCKADDR_IN6 ? 0 : bytes[24]! | (bytes[25]! << 8) | (bytes[26]! << 16);
  return { ip: ipOfBytes(bytes, 8, 16), port, scope };
}

/** An endpoint as a socket of this family tells it. */
export function packInet(family: number, { ip, port }: Endpoint): Uint8Array {
  const bytes = new Uint8Array(family === AF.INET ? SOCKADDR_IN : SOCKADDR_IN6);
  bytes[0] = family;
  bytes[2] = port >> 8;
  bytes[3] = port & 0xff;
  if (family === AF.INET) bytes.set(bytesOfIp(ip), 4);
  else bytes.set(bytesOfIp(ip === ANY4 ? ANY6 : widened(ip)), 8);
  return bytes;
}
