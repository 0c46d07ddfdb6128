/** Names and connections of AF_UNIX: bind, listen, connect, accept. man 7 unix. */
import type { Errno } from '../../abi/index.ts';
import { waitFor } from '../file-ops.ts';
import { notify } from '../notify.ts';
import type { Inode, Wait } from '../types.ts';
import type { Vfs } from '../vfs.ts';
import { boundedBacklog } from './backlog.ts';
import { AF, DEFAULT_OPTIONS, makeSocket, type Socket } from './socket.ts';

/** Binds a socket to a node of the tree that was made for it. */
export function bindToNode(socket: Socket, node: Inode, address: string): void {
  node.channel = socket.id;
  socket.node = node.id;
  socket.address = address;
}

/** Binds a socket to an abstract name (a leading zero included). */
export function bindAbstract(vfs: Vfs, socket: Socket, address: string): Errno | null {
  if (vfs.abstractSockets.has(address)) return 'EADDRINUSE';
  vfs.abstractSockets.set(address, socket.id);
  socket.address = address;
  return null;
}

/** An abstract name nobody has: five hexadecimal digits (man 7 unix, "autobind"). */
export function freeAbstractName(vfs: Vfs): string {
  for (let n = 0; ; n++) {
    const name = `\0${n.toString(16).padStart(5, '0')}`;
    if (!vfs.abstractSockets.has(name)) return name;
  }
}

/** Joins two sockets; each knows who made the other. */
export function joinUnix(a: Socket, b: Socket): void {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.peer = other.id;
    one.peerAddress = other.address;
    one.peerOwner = other.owner;
    if (one.type !== 'dgram') one.state = 'connected';
  }
}

/** listen(2). */
export function listenUnix(_vfs: Vfs, socket: Socket, backlog: number): Errno | null {
  if (socket.type === 'dgram') return 'EOPNOTSUPP';
  if (socket.address === '' || socket.state === 'connected') return 'EINVAL';
  socket.state = 'listening';
  socket.backlogMax = boundedBacklog(backlog);
  socket.peerOwner = socket.owner;
  return null;
}

/** connect(2) to a socket that was found by its name: the connection is there at once, accept(2) only takes it. */
export function connectUnix(
  vfs: Vfs,
  socket: Socket,
  target: Socket | undefined,
  isPatient: boolean,
): 0 | Errno | Wait {
  if (target === undefined) return 'ECONNREFUSED';
  if (target.type !== socket.type) return 'EPROTOTYPE';
  if (socket.type === 'dgram') {
    socket.peer = target.id;
    socket.peerAddress = target.address;
    socket.peerOwner = target.owner;
    return 0;
  }
  if (socket.state === 'connected') return 'EISCONN';
  if (socket.state === 'listening') return 'EINVAL';
  if (target.state !== 'listening' || target.shutRead) return 'ECONNREFUSED';
  if (target.backlog.length > target.backlogMax)
    return isPatient ? waitFor('connect', target.writeQueue, target.id) : 'EAGAIN';
  const served = makeSocket(vfs, {
    family: AF.UNIX,
    type: socket.type,
    protocol: 0,
    by: 'unix',
    owner: target.owner,
    options: { ...DEFAULT_OPTIONS, passCredentials: target.options.passCredentials },
  });
  served.address = target.address;
  joinUnix(served, socket);
  target.backlog.push(served.id);
  notify(vfs, target.readQueue);
  notify(vfs, socket.writeQueue);
  return 0;
}

/** accept(2): the next connection. */
export function acceptUnix(vfs: Vfs, socket: Socket, isPatient: boolean): Socket | Errno | Wait {
  if (socket.type === 'dgram') return 'EOPNOTSUPP';
  if (socket.state !== 'listening') return 'EINVAL';
  const next = socket.backlog.shift();
  if (next !== undefined) {
    notify(vfs, socket.writeQueue);
    return vfs.sockets.get(next)!;
  }
  if (socket.shutRead) return 'EINVAL';
  return isPatient ? waitFor('accept', socket.readQueue, socket.id) : 'EAGAIN';
}

/** Dissolves a datagram socket's connection (connect(2) to AF_UNSPEC). */
export function disconnectUnix(socket: Socket): void {
  socket.peer = 0;
  socket.peerAddress = '';
  socket.peerOwner = null;
}
