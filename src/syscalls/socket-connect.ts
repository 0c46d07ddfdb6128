/** Names and connections of sockets: bind, listen, connect, accept. man 7 socket, man 7 unix. */
import { AT, CAP, type Errno, O } from '../abi/index.ts';
import { decodeUtf8 } from '../base/index.ts';
import { capable, type Kernel, syscall } from '../kernel/index.ts';
import {
  AF,
  bindAbstract,
  bindToNode,
  connectUnix,
  createNode,
  disconnectUnix,
  freeAbstractName,
  hasFreeFd,
  inodeOf,
  installFd,
  MAY_WRITE,
  mayAccess,
  type Outcome,
  openSocket,
  protocolOf,
  releaseFile,
  type Socket,
} from '../vfs/index.ts';
import { fd, int } from './args.ts';
import { resolveText, WALK_ERRORS, walkerOf } from './path.ts';
import { readAddress, unixName, writeAddress } from './sockaddr.ts';
import { isPatient, socketAt, TYPE_BITS, typeFlags, ucredOf } from './socket.ts';
import { inAddress, outAddress, outLength } from './text/sockaddr.ts';

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

function bindUnix(k: Kernel, bound: Socket, bytes: Uint8Array): Outcome {
  const named = unixName(bytes);
  if (typeof named === 'string') return named;
  const { name } = named;
  if (name !== '' && !name.startsWith('\0')) return bindPath(k, bound, name);
  if (bound.address !== '') return name === '' ? 0 : 'EINVAL';
  return bindAbstract(k.vfs, bound, name === '' ? freeAbstractName(k.vfs) : name) ?? 0;
}

export const bind = syscall({
  nr: 200,
  name: 'bind',
  args: [fd, inAddress, int],
  errors: [
    ...WALK_ERRORS,
    'EADDRINUSE',
    'EADDRNOTAVAIL',
    'EAFNOSUPPORT',
    'EINVAL',
    'ENOTSOCK',
    'EPERM',
    'EROFS',
    'ENOSPC',
  ],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, addr, length) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    const address = readAddress(k, addr, length);
    if (typeof address === 'string') return address;
    if (at.socket.family === AF.UNIX) return bindUnix(k, at.socket, address);
    return protocolOf(at.socket).bind(k.vfs, at.socket, address, {
      ...ucredOf(k),
      mayHaveAnyPort: capable(k, CAP.CAP_NET_BIND_SERVICE),
    });
  },
});

export const listen = syscall({
  nr: 201,
  name: 'listen',
  args: [fd, int],
  errors: ['EADDRINUSE', 'EBADF', 'EINVAL', 'ENOTSOCK', 'EOPNOTSUPP'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, backlog) {
    const at = socketAt(k, number);
    return typeof at === 'string' ? at : (protocolOf(at.socket).listen(k.vfs, at.socket, backlog) ?? 0);
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

/** What connecting a socket, or naming one to send to, may end with besides. */
export const CONNECT_ERRORS = [
  ...WALK_ERRORS,
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'EAGAIN',
  'EALREADY',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EINPROGRESS',
  'EINTR',
  'EINVAL',
  'EISCONN',
  'ENETUNREACH',
  'ENOTSOCK',
  'EPERM',
  'EPIPE',
  'EPROTOTYPE',
  'ETIMEDOUT',
] as const;

function connectByName(k: Kernel, from: Socket, bytes: Uint8Array, waits: boolean): Outcome {
  const isUnspecified = bytes.length >= 2 && (bytes[0]! | bytes[1]!) === AF.UNSPEC;
  if (isUnspecified && from.type === 'dgram') {
    disconnectUnix(from);
    return 0;
  }
  const named = unixName(bytes);
  if (typeof named === 'string') return named;
  const target = socketNamed(k, named.name);
  return typeof target === 'string' ? target : connectUnix(k.vfs, from, target, waits);
}

export const connect = syscall({
  nr: 203,
  name: 'connect',
  args: [fd, inAddress, int],
  errors: CONNECT_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length) {
    const at = socketAt(k, number);
    if (at === 'EBADF') return at;
    const address = readAddress(k, addr, length);
    if (typeof address === 'string') return address;
    if (typeof at === 'string') return at;
    if (at.socket.family === AF.UNIX) return connectByName(k, at.socket, address, isPatient(at.file));
    if (address.length < 2) return 'EINVAL';
    return protocolOf(at.socket).connect(k.vfs, at.socket, address, isPatient(at.file));
  },
});

function acceptOne(k: Kernel, number: number, addr: number, lengthAddr: number, bits: number): Outcome {
  const at = socketAt(k, number);
  if (typeof at === 'string') return at;
  if (!hasFreeFd(k.vfs, k.files)) return 'EMFILE';
  const accepted = protocolOf(at.socket).accept(k.vfs, at.socket, isPatient(at.file));
  if (typeof accepted === 'string' || 'on' in accepted) return accepted;
  const file = openSocket(k.vfs, accepted, bits);
  const protocol = protocolOf(accepted);
  const name = protocol.acceptedName?.(accepted) ?? protocol.peerName(accepted);
  const told = addr === 0 || typeof name === 'string' ? 0 : writeAddress(k, name, addr, lengthAddr);
  if (told !== 0) {
    releaseFile(k.vfs, file);
    return told;
  }
  return installFd(k.vfs, k.files, file, (bits & O.O_CLOEXEC) !== 0);
}

const ACCEPT_ERRORS = [
  'EAGAIN',
  'EBADF',
  'EFAULT',
  'EINTR',
  'EINVAL',
  'EMFILE',
  'ENFILE',
  'ENOTSOCK',
  'EOPNOTSUPP',
] as const;

export const accept = syscall({
  nr: 202,
  name: 'accept',
  args: [fd, outAddress, outLength],
  errors: ACCEPT_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run: (k, number, addr, lengthAddr) => acceptOne(k, number, addr, lengthAddr, 0),
});

export const accept4 = syscall({
  nr: 242,
  name: 'accept4',
  args: [fd, outAddress, outLength, typeFlags],
  errors: ACCEPT_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, lengthAddr, bits) {
    if (socketAt(k, number) === 'EBADF') return 'EBADF';
    return bits & ~TYPE_BITS ? 'EINVAL' : acceptOne(k, number, addr, lengthAddr, bits);
  },
});

export const SOCKET_CONNECT_CALLS = [bind, listen, accept, connect, accept4];
