/** Names and connections of sockets: bind, listen, connect, accept. man 7 unix. */
import { AT, type Errno, O } from '../abi/index.ts';
import { decodeUtf8 } from '../base/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import {
  acceptFrom,
  bindAbstract,
  bindToNode,
  connectTo,
  createNode,
  disconnect,
  freeAbstractName,
  inodeOf,
  installFd,
  listenAt,
  MAY_WRITE,
  mayAccess,
  type Outcome,
  openSocket,
  type Socket,
} from '../vfs/index.ts';
import { fd, int, pointer } from './args.ts';
import { resolveText, WALK_ERRORS, walkerOf } from './path.ts';
import { AF_UNIX, AF_UNSPEC, readAddress, writeAddress } from './sockaddr.ts';
import { isPatient, socketAt, TYPE_BITS, typeFlags } from './socket.ts';

/** A path whose characters are bytes, as the tree knows it. */
const asPath = (name: string) => decodeUtf8(Uint8Array.from(name, (c) => c.charCodeAt(0)));

function bindPath(k: Kernel, bound: Socket, name: string): Outcome {
  const at = resolveText(k, AT.AT_FDCWD, asPath(name), { follow: false, parent: true });
  if (typeof at === 'string') return at;
  if (at.inode === 0 && bound.address !== '') return 'EINVAL';
  const node = createNode(k.vfs, walkerOf(k), at, { kind: 'socket', mode: 0o777 });
  if (typeof node === 'string') return node === 'EEXIST' ? 'EADDRINUSE' : node;
  bindToNode(bound, node, name);
  return 0;
}

export const bind = syscall({
  nr: 200,
  name: 'bind',
  args: [fd, pointer, int],
  errors: [...WALK_ERRORS, 'EADDRINUSE', 'EINVAL', 'ENOTSOCK', 'EPERM', 'EROFS', 'ENOSPC'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, addr, length) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    const address = readAddress(k, addr, length);
    if (typeof address === 'string') return address;
    if (address.family !== AF_UNIX) return 'EINVAL';
    if (address.name !== '' && !address.name.startsWith('\0')) return bindPath(k, at.socket, address.name);
    if (at.socket.address !== '') return 'EINVAL';
    const name = address.name === '' ? freeAbstractName(k.vfs) : address.name;
    return bindAbstract(k.vfs, at.socket, name) ?? 0;
  },
});

export const listen = syscall({
  nr: 201,
  name: 'listen',
  args: [fd, int],
  errors: ['EBADF', 'EINVAL', 'ENOTSOCK', 'EOPNOTSUPP'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, backlog) {
    const at = socketAt(k, number);
    return typeof at === 'string' ? at : (listenAt(at.socket, backlog) ?? 0);
  },
});

/** The socket behind a name; undefined when nobody is there any more. */
export function socketNamed(k: Kernel, name: string): Socket | undefined | Errno {
  if (name === '') return 'EINVAL';
  if (name.startsWith('\0')) return k.vfs.sockets.get(k.vfs.abstractSockets.get(name) ?? 0);
  const found = resolveText(k, AT.AT_FDCWD, asPath(name), { follow: true });
  if (typeof found === 'string') return found;
  if (found.inode === 0) return 'ECONNREFUSED';
  const node = inodeOf(k.vfs, found.inode);
  if (!mayAccess(node, k.task.credentials, MAY_WRITE)) return 'EACCES';
  return node.kind === 'socket' ? k.vfs.sockets.get(node.channel) : 'ECONNREFUSED';
}

const CONNECT_ERRORS = [
  ...WALK_ERRORS,
  'EAGAIN',
  'ECONNREFUSED',
  'EINTR',
  'EINVAL',
  'EISCONN',
  'ENOTSOCK',
  'EPROTOTYPE',
] as const;

export const connect = syscall({
  nr: 203,
  name: 'connect',
  args: [fd, pointer, int],
  errors: CONNECT_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    const address = readAddress(k, addr, length);
    if (typeof address === 'string') return address;
    if (address.family === AF_UNSPEC && at.socket.type === 'dgram') {
      disconnect(at.socket);
      return 0;
    }
    if (address.family !== AF_UNIX) return 'EINVAL';
    const target = socketNamed(k, address.name);
    if (typeof target === 'string') return target;
    return connectTo(k.vfs, at.socket, target, isPatient(at.file));
  },
});

function acceptOne(k: Kernel, number: number, addr: number, lengthAddr: number, bits: number): Outcome {
  const at = socketAt(k, number);
  if (typeof at === 'string') return at;
  const accepted = acceptFrom(k.vfs, at.socket, isPatient(at.file));
  if (typeof accepted === 'string' || 'on' in accepted) return accepted;
  const number2 = installFd(k.vfs, k.files, openSocket(k.vfs, accepted, bits), (bits & O.O_CLOEXEC) !== 0);
  if (typeof number2 === 'string' || addr === 0) return number2;
  const told = writeAddress(k, accepted.peerAddress, addr, lengthAddr);
  return told === 0 ? number2 : told;
}

const ACCEPT_ERRORS = [
  'EAGAIN',
  'EBADF',
  'EFAULT',
  'EINTR',
  'EINVAL',
  'EMFILE',
  'ENOTSOCK',
  'EOPNOTSUPP',
] as const;

export const accept = syscall({
  nr: 202,
  name: 'accept',
  args: [fd, pointer, pointer],
  errors: ACCEPT_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run: (k, number, addr, lengthAddr) => acceptOne(k, number, addr, lengthAddr, 0),
});

export const accept4 = syscall({
  nr: 242,
  name: 'accept4',
  args: [fd, pointer, pointer, typeFlags],
  errors: ACCEPT_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run: (k, number, addr, lengthAddr, bits) =>
    bits & ~TYPE_BITS ? 'EINVAL' : acceptOne(k, number, addr, lengthAddr, bits),
});

export const SOCKET_CONNECT_CALLS = [bind, listen, accept, connect, accept4];
