/** AF_UNIX: pairs, readiness, and the end of a socket. Linux: net/unix/af_unix.c; man 7 unix. */
import type { Errno } from '../../abi/index.ts';
import type { IoctlArgument } from '../file-ops.ts';
import { FIONREAD, giveInt, TIOCOUTQ } from '../ioctl.ts';
import { notify } from '../notify.ts';
import {
  type FileId,
  type Outcome,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRNORM,
} from '../types.ts';
import type { Vfs } from '../vfs.ts';
import { takeFiles } from './in-flight.ts';
import { interfaceIoctl } from './interface.ts';
import type { Protocol } from './protocol.ts';
import { AF, makeSocket, openSocket, type Socket, type SocketType, type Ucred } from './socket.ts';
import { acceptUnix, joinUnix, listenUnix } from './unix-connect.ts';
import { freeRoom, maxDatagrams, receiveUnix, sendUnix, sentBytes } from './unix-message.ts';
import { packUnix } from './unix-name.ts';

export const makeUnix = (vfs: Vfs, type: SocketType, owner: Ucred): Socket =>
  makeSocket(vfs, { family: AF.UNIX, type, protocol: 0, by: 'unix', owner });

/** socketpair(2). */
export function newSocketPair(
  vfs: Vfs,
  type: SocketType,
  owner: Ucred,
  flags: number,
): readonly [FileId, FileId] {
  const [a, b] = [makeUnix(vfs, type, owner), makeUnix(vfs, type, owner)];
  joinUnix(a, b);
  return [openSocket(vfs, a, flags), openSocket(vfs, b, flags)];
}

/** Is a connection-oriented socket's other end closed, or will no more come from it? */
const hasEnded = (socket: Socket) => socket.isOver || socket.shutRead;

function isWritable(vfs: Vfs, socket: Socket): boolean {
  const peer = vfs.sockets.get(socket.peer);
  if (peer === undefined) return true;
  if (socket.type === 'stream') return freeRoom(peer) > socket.options.sendBuffer / 4;
  // Linux: unix_dgram_poll() asks for the peer's room where the peer is not connected back.
  return peer.inbox.length <= maxDatagrams(vfs) || (socket.type === 'dgram' && peer.peer === socket.id);
}

function poll(vfs: Vfs, socket: Socket): number {
  const input = POLLIN | POLLRDNORM;
  let bits = socket.error === null ? 0 : POLLERR;
  if (socket.state === 'listening') return bits | (socket.backlog.length > 0 ? input : 0);
  if (socket.inbox.length > 0) bits |= input;
  if (hasEnded(socket)) bits |= input | POLLRDHUP;
  const isConnection = socket.type !== 'dgram';
  const isDown = hasEnded(socket) && (socket.shutWrite || (isConnection && socket.peer === 0));
  if (isDown || (isConnection && socket.state === 'idle')) bits |= POLLHUP;
  return isWritable(vfs, socket) ? bits | POLLOUT | POLLWRNORM : bits;
}

/** shutdown(2): this end stops reading or writing, and the other one hears of it. */
export function shutdownUnix(vfs: Vfs, socket: Socket, read: boolean, write: boolean): null {
  socket.shutRead ||= read;
  socket.shutWrite ||= write;
  const peer = vfs.sockets.get(socket.peer);
  if (peer !== undefined && socket.type !== 'dgram') {
    if (write) peer.isOver = true;
    notify(vfs, peer.readQueue);
    notify(vfs, peer.writeQueue);
  }
  notify(vfs, socket.readQueue);
  notify(vfs, socket.writeQueue);
  return null;
}

/** The other end of a connection has gone: its reader finds the end, or a reset when something was not read. */
function abandon(vfs: Vfs, peer: Socket, wasUnread: boolean): void {
  peer.peer = 0;
  if (peer.type === 'dgram') return;
  peer.isOver = true;
  if (wasUnread) peer.error = 'ECONNRESET';
  notify(vfs, peer.readQueue);
  notify(vfs, peer.writeQueue);
}

function close(vfs: Vfs, socket: Socket): readonly FileId[] {
  vfs.sockets.delete(socket.id);
  if (vfs.abstractSockets.get(socket.address) === socket.id) vfs.abstractSockets.delete(socket.address);
  const node = socket.node === 0 ? undefined : vfs.inodes.get(socket.node);
  if (node !== undefined) node.channel = 0;
  const peer = vfs.sockets.get(socket.peer);
  if (peer !== undefined && peer.peer === socket.id) abandon(vfs, peer, socket.inbox.length > 0);
  vfs.buffers -= socket.inboxBytes;
  const held = socket.inbox.flatMap((message) => takeFiles(vfs, message));
  for (const message of socket.inbox) {
    const sender = vfs.sockets.get(message.sender);
    if (sender !== undefined) notify(vfs, sender.writeQueue);
  }
  for (const id of socket.backlog) held.push(...close(vfs, vfs.sockets.get(id)!));
  if (socket.state === 'listening') notify(vfs, socket.writeQueue);
  return held;
}

function ioctl(vfs: Vfs, socket: Socket, request: number, argument: IoctlArgument): Outcome {
  if (request === TIOCOUTQ) return giveInt(argument, sentBytes(vfs, socket));
  if (request !== FIONREAD) return interfaceIoctl(vfs, request, argument);
  if (socket.state === 'listening') return 'EINVAL';
  const [first] = socket.inbox;
  const waiting = socket.type === 'dgram' ? (first?.bytes.length ?? 0) : socket.inboxBytes;
  return giveInt(argument, waiting);
}

const peerName = (socket: Socket): Uint8Array | Errno =>
  socket.state === 'listening' || socket.peerOwner === null ? 'ENOTCONN' : packUnix(socket.peerAddress);

/** AF_UNIX. Names that stand in the tree are resolved by the calls, which know whose walk it is. */
export const UNIX: Protocol = {
  bind: () => 'EINVAL',
  connect: () => 'EINVAL',
  listen: listenUnix,
  accept: acceptUnix,
  send: sendUnix,
  receive: receiveUnix,
  poll,
  shutdown: shutdownUnix,
  ioctl,
  close,
  name: ({ address }) => packUnix(address),
  peerName,
};
