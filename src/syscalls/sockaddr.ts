/** struct sockaddr_un in the caller's memory. man 7 unix. */
import type { Errno } from '../abi/index.ts';
import type { Kernel } from '../kernel/index.ts';

export const AF_UNSPEC = 0;
export const AF_UNIX = 1;

/** sizeof(struct sockaddr_un), and where its path begins. */
const MAX_ADDRESS = 110;
const PATH_AT = 2;

/** An address as the caller gives it: its family, and for AF_UNIX the path with a character per byte. */
export interface Address {
  readonly family: number;
  /** Empty for an unnamed address; an abstract one begins with a zero. */
  readonly name: string;
}

export function readAddress(k: Kernel, addr: number, length: number): Address | Errno {
  if (length < PATH_AT || length > 128) return 'EINVAL';
  const bytes = new Uint8Array(length);
  if (!k.user.copyIn(addr, bytes)) return 'EFAULT';
  const family = bytes[0]! | (bytes[1]! << 8);
  if (family !== AF_UNIX) return { family, name: '' };
  if (length > MAX_ADDRESS) return 'EINVAL';
  const path = String.fromCharCode(...bytes.subarray(PATH_AT));
  if (path.startsWith('\0')) return { family, name: path };
  const end = path.indexOf('\0');
  return { family, name: end < 0 ? path : path.slice(0, end) };
}

/** Stores an address and its length as far as the caller has room (Linux: move_addr_to_user). */
export function writeAddress(k: Kernel, name: string, addr: number, lengthAddr: number): 0 | Errno {
  const room = k.user.readI32(lengthAddr);
  if (room === undefined) return 'EFAULT';
  if (room < 0) return 'EINVAL';
  const bytes = packAddress(name);
  if (!k.user.copyOut(addr, bytes.subarray(0, Math.min(room, bytes.length)))) return 'EFAULT';
  return k.user.writeU32(lengthAddr, bytes.length) ? 0 : 'EFAULT';
}

/** The family and the path; a path ends with a zero, an abstract name with its length. */
export function packAddress(name: string): Uint8Array {
  const isPath = name !== '' && !name.startsWith('\0');
  const bytes = new Uint8Array(PATH_AT + name.length + (isPath ? 1 : 0));
  bytes[0] = AF_UNIX;
  for (let i = 0; i < name.length; i++) bytes[PATH_AT + i] = name.charCodeAt(i);
  return bytes;
}
