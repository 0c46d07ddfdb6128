/** struct sockaddr in the caller's memory. man 2 bind, man 2 accept. */
import type { Errno } from '../abi/index.ts';
import type { Kernel } from '../kernel/index.ts';
import { AF, readUnix } from '../vfs/index.ts';

/** sizeof(struct sockaddr_storage) and of struct sockaddr_un. */
const MAX_STORAGE = 128;
const MAX_UNIX = 110;

/** An address as the caller gives it. Linux: move_addr_to_kernel(). */
export function readAddress(k: Kernel, addr: number, length: number): Uint8Array | Errno {
  if (length < 0 || length > MAX_STORAGE) return 'EINVAL';
  const bytes = new Uint8Array(length);
  return k.user.copyIn(addr, bytes) ? bytes : 'EFAULT';
}

/** The path or abstract name of an AF_UNIX address; empty for an unnamed one. Linux: unix_validate_addr(). */
export function unixName(bytes: Uint8Array): { readonly name: string } | Errno {
  if (bytes.length < 2 || bytes.length > MAX_UNIX) return 'EINVAL';
  if ((bytes[0]! | (bytes[1]! << 8)) !== AF.UNIX) return 'EINVAL';
  return { name: readUnix(bytes) };
}

/** Stores an address and its length as far as the caller has room. Linux: move_addr_to_user(). */
export function writeAddress(k: Kernel, bytes: Uint8Array, addr: number, lengthAddr: number): 0 | Errno {
  const room = k.user.readI32(lengthAddr);
  if (room === undefined) return 'EFAULT';
  if (room < 0) return 'EINVAL';
  if (!k.user.copyOut(addr, bytes.subarray(0, Math.min(room, bytes.length)))) return 'EFAULT';
  return k.user.writeU32(lengthAddr, bytes.length) ? 0 : 'EFAULT';
}
