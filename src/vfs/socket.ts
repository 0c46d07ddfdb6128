/**
 * Sockets within the machine: pairs, connections and datagrams of AF_UNIX. What is sent lies as messages in the
 * receiver's inbox. Linux: net/unix/af_unix.c; man 7 unix.
 */
import { type Errno, O } from '../abi/index.ts';
import { bug, type Nanos } from '../base/index.ts';
import type { FileOps } from './file-ops.ts';
import { NO_OPS } from './file-ops.ts';
import { FIONREAD, giveInt } from './ioctl.ts';
import { notify } from './notify.ts';
import { newFile, releaseFile } from './open-file.ts';
import { freeRoom, MAX_DATAGRAMS, receive, send } from './socket-message.ts';
import {
  type FileId,
  type InodeId,
  type OpenFile,
  type Outcome,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRNORM,
  type QueueId,
} from './types.ts';
import type { Vfs } from './vfs.ts';

/** Who sent something (struct ucred). */
export interface Ucred {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** What one send put into an inbox. */
export interface Message {
  readonly bytes: Uint8Array;
  /** Streams: how much of it was read. */
  taken: number;
  /** The sender's address, a character per byte; empty when it has none. */
  readonly from: string;
  /** Open files on their way (SCM_RIGHTS): each holds a reference. */
  files: readonly FileId[];
  readonly credentials: Ucred;
  /** Whose room it takes until it is read; that socket may have gone since. */
  readonly sender: number;
}

export type SocketType = 'stream' | 'dgram' | 'seqpacket';

export interface Socket {
  readonly id: number;
  readonly type: SocketType;
  /** Connection-oriented ones pass through these; datagram sockets stay `idle`. */
  state: 'idle' | 'listening' | 'connected';
  /** sun_path, a character per byte, abstract names with their leading zero; empty when unnamed. */
  address: string;
  /** The node a path-bound socket is reached by. */
  node: InodeId | 0;
  /** The socket at the other end, 0 for none or when it has gone. */
  peer: number;
  peerAddress: string;
  /** Who made it, and who is at the other end (SO_PEERCRED). */
  readonly owner: Ucred;
  peerOwner: Ucred | null;
  readonly inbox: Message[];
  inboxBytes: number;
  /** Listening: connected sockets that wait to be accepted, and how many may. */
  readonly backlog: number[];
  backlogMax: number;
  /** shutdown(2), and the other end's. */
  shutRead: boolean;
  shutWrite: boolean;
  /** The other end will send no more. */
  isOver: boolean;
  /** SO_ERROR: told once. */
  error: Errno | null;
  sendBuffer: number;
  receiveBuffer: number;
  passCredentials: boolean;
  /** SO_RCVTIMEO, SO_SNDTIMEO; 0 for none. */
  receiveTimeout: Nanos;
  sendTimeout: Nanos;
  readonly readQueue: QueueId;
  readonly writeQueue: QueueId;
}

/** net.core.wmem_default and rmem_default. */
const BUFFER = 212992;

export function makeSocket(vfs: Vfs, type: SocketType, owner: Ucred): Socket {
  const socket: Socket = {
    id: vfs.nextId++,
    type,
    state: 'idle',
    address: '',
    node: 0,
    peer: 0,
    peerAddress: '',
    owner,
    peerOwner: null,
    inbox: [],
    inboxBytes: 0,
    backlog: [],
    backlogMax: 0,
    shutRead: false,
    shutWrite: false,
    isOver: false,
    error: null,
    sendBuffer: BUFFER,
    receiveBuffer: BUFFER,
    passCredentials: false,
    receiveTimeout: 0 as Nanos,
    sendTimeout: 0 as Nanos,
    readQueue: vfs.host.newQueue(),
    writeQueue: vfs.host.newQueue(),
  };
  vfs.sockets.set(socket.id, socket);
  return socket;
}

export const socketOf = (vfs: Vfs, file: OpenFile): Socket =>
  vfs.sockets.get(file.channel) ?? bug(`there is no socket ${file.channel}`);

/** The open file of a socket. */
export const openSocket = (vfs: Vfs, socket: Socket, flags: number): FileId =>
  newFile(vfs, {
    kind: 'socket',
    flags: O.O_RDWR | (flags & O.O_NONBLOCK),
    path: `socket:[${socket.id}]`,
    channel: socket.id,
  });

/** Joins two sockets; each knows who made the other. */
export function join(a: Socket, b: Socket): void {
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

/** socketpair(2). */
export function newSocketPair(
  vfs: Vfs,
  type: SocketType,
  owner: Ucred,
  flags: number,
): readonly [FileId, FileId] {
  const [a, b] = [makeSocket(vfs, type, owner), makeSocket(vfs, type, owner)];
  join(a, b);
  return [openSocket(vfs, a, flags), openSocket(vfs, b, flags)];
}

/** Is a connection-oriented socket's other end closed, or will no more come from it? */
const hasEnded = (socket: Socket) => socket.isOver || socket.shutRead;

const roomAtPeer = (vfs: Vfs, socket: Socket): number => {
  const peer = vfs.sockets.get(socket.peer);
  return peer === undefined ? socket.sendBuffer : freeRoom(peer);
};

function isWritable(vfs: Vfs, socket: Socket): boolean {
  if (socket.type === 'stream') return roomAtPeer(vfs, socket) > socket.sendBuffer / 4;
  const peer = vfs.sockets.get(socket.peer);
  return peer === undefined || peer.inbox.length <= MAX_DATAGRAMS;
}

function poll(vfs: Vfs, file: OpenFile): number {
  const socket = socketOf(vfs, file);
  const input = POLLIN | POLLRDNORM;
  let bits = socket.error === null ? 0 : POLLERR;
  if (socket.state === 'listening') return bits | (socket.backlog.length > 0 ? input : 0);
  if (socket.inbox.length > 0) bits |= input;
  if (hasEnded(socket)) bits |= input | POLLRDHUP;
  const isConnection = socket.type !== 'dgram';
  if (
    (isConnection && socket.state === 'idle') ||
    (hasEnded(socket) && (socket.shutWrite || socket.peer === 0))
  )
    bits |= POLLHUP;
  return isWritable(vfs, socket) ? bits | POLLOUT | POLLWRNORM : bits;
}

/** shutdown(2): this end stops reading or writing, and the other one hears of it. */
export function shutdownSocket(vfs: Vfs, socket: Socket, read: boolean, write: boolean): void {
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

/** Lets a socket go. Gives the files that were on their way to it. */
function drop(vfs: Vfs, socket: Socket): FileId[] {
  vfs.sockets.delete(socket.id);
  if (vfs.abstractSockets.get(socket.address) === socket.id) vfs.abstractSockets.delete(socket.address);
  const node = socket.node === 0 ? undefined : vfs.inodes.get(socket.node);
  if (node !== undefined) node.channel = 0;
  const peer = vfs.sockets.get(socket.peer);
  if (peer !== undefined && peer.peer === socket.id) abandon(vfs, peer, socket.inbox.length > 0);
  vfs.buffers -= socket.inboxBytes;
  const held = socket.inbox.flatMap(({ files }) => files);
  for (const message of socket.inbox) {
    const sender = vfs.sockets.get(message.sender);
    if (sender !== undefined) notify(vfs, sender.writeQueue);
  }
  for (const id of socket.backlog) held.push(...drop(vfs, vfs.sockets.get(id)!));
  if (socket.state === 'listening') notify(vfs, socket.writeQueue);
  return held;
}

function ioctl(vfs: Vfs, file: OpenFile, request: number, argument: Parameters<typeof giveInt>[0]): Outcome {
  if (request !== FIONREAD) return 'ENOTTY';
  const socket = socketOf(vfs, file);
  if (socket.state === 'listening') return 'EINVAL';
  const [first] = socket.inbox;
  const waiting = socket.type === 'dgram' ? (first?.bytes.length ?? 0) : socket.inboxBytes;
  return giveInt(argument, waiting);
}

export const SOCKET_OPS: FileOps = {
  ...NO_OPS,
  read(vfs, file, to) {
    const got = receive(vfs, socketOf(vfs, file), to, { isPatient: (file.flags & O.O_NONBLOCK) === 0 });
    if (typeof got !== 'object' || 'on' in got) return got;
    // read(2) has no place for what came along (man 7 unix).
    for (const sent of got.files) releaseFile(vfs, sent);
    return got.count;
  },
  write: (vfs, file, from) =>
    send(vfs, socketOf(vfs, file), from, { isPatient: (file.flags & O.O_NONBLOCK) === 0 }),
  poll,
  queues: (vfs, file) => {
    const { readQueue, writeQueue } = socketOf(vfs, file);
    return [readQueue, writeQueue];
  },
  ioctl,
  close: (vfs, file) => drop(vfs, socketOf(vfs, file)),
};
