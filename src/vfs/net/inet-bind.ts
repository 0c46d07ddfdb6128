/** May a socket be bound to this address? Linux: __inet_bind(), __inet6_bind(). */
import type { Errno } from '../../abi/index.ts';
import type { Vfs } from '../vfs.ts';
import { type InetName, isAny, isBroadcast, isLoopback, isMulticast, isV4 } from './address.ts';
import { AF, type Asker, type Socket } from './socket.ts';

/** The address must be this machine's own; a datagram socket may also have a group's or everybody's. */
export function addressError(vfs: Vfs, socket: Socket, { ip, port }: InetName, asker: Asker): Errno | null {
  if (socket.family === AF.INET6 && isV4(ip) && socket.options.v6Only) return 'EINVAL';
  const isShared = socket.type !== 'stream' && (isMulticast(ip) || isBroadcast(ip));
  if (socket.family === AF.INET6 && isMulticast(ip) && socket.type === 'stream') return 'EINVAL';
  if (!isAny(ip) && !isLoopback(ip) && !isShared && !mayBeForeign(socket)) return 'EADDRNOTAVAIL';
  if (socket.type === 'stream' && isBroadcast(ip)) return 'EADDRNOTAVAIL';
  return port !== 0 && port < vfs.firstFreePort && !asker.mayHaveAnyPort ? 'EACCES' : null;
}

/** IP_FREEBIND and IP_TRANSPARENT: addresses that this machine does not have (yet). */
const FREE_BIND = [15, 19].map((option) => option);
const mayBeForeign = ({ options }: Socket): boolean =>
  FREE_BIND.some((option) => (options.stored[option] ?? 0) !== 0) ||
  (options.stored[(41 << 16) | 78] ?? 0) !== 0;
