/** Sending to and receiving from a socket: streams, datagrams, and open files that travel along. */
import { type Errno, SIGNAL } from '../abi/index.ts';
import { type Nanos, NEVER } from '../base/index.ts';
import { roomForBuffers } from './buffers.ts';
import { notify } from './notify.ts';
import type { Message, Socket, Ucred } from './socket.ts';
import type { FileId, Outcome, QueueId, Transfer, Wait } from './types.ts';
import type { Vfs } from './vfs.ts';

export interface SendOptions {
  /** Waits for room instead of EAGAIN. */
  readonly isPatient: boolean;
  /** Where a datagram goes; the connected peer when absent. */
  readonly to?: Socket;
  /** Open files to send along: their references go over to the message once something was sent. */
  readonly files?: readonly FileId[];
  readonly credentials?: Ucred;
  /** MSG_NOSIGNAL: no SIGPIPE. */
  readonly isQuiet?: boolean;
}

export interface ReceiveOptions {
  readonly isPatient: boolean;
  /** MSG_PEEK: what is read stays. */
  readonly isPeek?: boolean;
}

/** What one receive took. */
export interface Received {
  readonly count: number;
  /** Length of a datagram, of which `count` bytes fitted. */
  readonly length: number;
  readonly from: string;
  /** Their references go over to the caller, except when it only peeked. */
  readonly files: readonly FileId[];
  readonly credentials: Ucred | null;
}

/** Bytes of one message of a stream: larger sends are cut, so that a reader can begin. */
const MAX_PIECE = 65536;
/** Messages that a stream's inbox holds: what Linux's default buffer has room for when each takes one byte. */
const MAX_MESSAGES = 278;
/** Datagrams that may wait in an inbox (net.unix.max_dgram_qlen). */
export const MAX_DATAGRAMS = 10;

/** A wait for a socket, no longer than its own timeout; EAGAIN when that is over or nobody wants to wait. */
function waitOr(
  vfs: Vfs,
  socket: Socket,
  on: string,
  queue: QueueId,
  isPatient: boolean,
  timeout: Nanos,
): Wait | 'EAGAIN' {
  if (!isPatient) return 'EAGAIN';
  if (timeout === 0) return { on, queues: [queue], until: NEVER, detail: socket.id };
  const until = vfs.host.deadline(timeout);
  return vfs.host.expired() ? 'EAGAIN' : { on, queues: [queue], until, detail: socket.id };
}

function takeError(socket: Socket): Errno | null {
  const { error } = socket;
  socket.error = null;
  return error;
}

function brokenPipe(vfs: Vfs, { isQuiet = false }: SendOptions): 'EPIPE' {
  if (!isQuiet) vfs.host.signalCurrent(SIGNAL.SIGPIPE);
  return 'EPIPE';
}

function deliver(
  vfs: Vfs,
  from: Socket,
  to: Socket,
  bytes: Uint8Array,
  options: SendOptions,
  isFirst: boolean,
): void {
  const message: Message = {
    bytes,
    taken: 0,
    from: from.address,
    files: isFirst ? (options.files ?? []) : [],
    credentials: options.credentials ?? { ...from.owner, pid: vfs.host.current().tgid },
    sender: from.id,
  };
  to.inbox.push(message);
  to.inboxBytes += bytes.length;
  vfs.buffers += bytes.length;
  notify(vfs, to.readQueue);
}

/** Room in the inbox of a stream, where each message takes its share, however small it is. */
export const freeRoom = ({ receiveBuffer, inbox, inboxBytes }: Socket): number =>
  inbox.length >= MAX_MESSAGES ? 0 : receiveBuffer - inboxBytes;

/** Sends what the transfer holds. */
export function send(vfs: Vfs, socket: Socket, from: Transfer, options: SendOptions): Outcome {
  const error = takeError(socket);
  if (error !== null) return error;
  return socket.type === 'stream'
    ? sendStream(vfs, socket, from, options)
    : sendWhole(vfs, socket, from, options);
}

function sendStream(vfs: Vfs, socket: Socket, from: Transfer, options: SendOptions): Outcome {
  if (options.to !== undefined) return socket.state === 'connected' ? 'EISCONN' : 'EOPNOTSUPP';
  if (socket.state !== 'connected') return 'ENOTCONN';
  const peer = vfs.sockets.get(socket.peer);
  if (socket.shutWrite || peer === undefined || peer.shutRead) return brokenPipe(vfs, options);
  let done = 0;
  while (from.left > 0) {
    const room = freeRoom(peer);
    if (room <= 0) break;
    if (roomForBuffers(vfs) <= 0) return done > 0 ? done : 'ENOBUFS';
    const piece = new Uint8Array(Math.min(from.left, room, MAX_PIECE));
    const took = from.take(piece);
    if (took > 0) deliver(vfs, socket, peer, piece.subarray(0, took), options, done === 0);
    done += took;
    if (took < piece.length) return done > 0 ? done : 'EFAULT';
  }
  if (from.left === 0) return done;
  const wait = waitOr(vfs, socket, 'socket-write', socket.writeQueue, options.isPatient, socket.sendTimeout);
  return wait === 'EAGAIN' && done > 0 ? done : wait;
}

/** Datagrams and sequenced packets go as one message or not at all. */
function sendWhole(vfs: Vfs, socket: Socket, from: Transfer, options: SendOptions): Outcome {
  const isPacket = socket.type === 'seqpacket';
  if (socket.shutWrite) return brokenPipe(vfs, options);
  if (isPacket && socket.state !== 'connected') return 'ENOTCONN';
  const target = options.to ?? vfs.sockets.get(socket.peer);
  if (target === undefined) {
    if (isPacket) return brokenPipe(vfs, options);
    return socket.peerOwner === null && socket.peerAddress === '' ? 'ENOTCONN' : 'ECONNREFUSED';
  }
  if (target.shutRead) return brokenPipe(vfs, options);
  if (from.left > socket.sendBuffer - 32) return 'EMSGSIZE';
  if (target.inbox.length > MAX_DATAGRAMS)
    return waitOr(vfs, socket, 'socket-write', socket.writeQueue, options.isPatient, socket.sendTimeout);
  if (roomForBuffers(vfs) < from.left) return 'ENOBUFS';
  const bytes = new Uint8Array(from.left);
  if (from.take(bytes) < bytes.length) return 'EFAULT';
  deliver(vfs, socket, target, bytes, options, true);
  return bytes.length;
}

/** Receives into the transfer, or says why nothing came. Zero bytes are the end of a connection. */
export function receive(
  vfs: Vfs,
  socket: Socket,
  to: Transfer,
  options: ReceiveOptions,
): Received | Errno | Wait | 0 {
  if (socket.type !== 'dgram' && socket.state !== 'connected')
    return socket.type === 'stream' ? 'EINVAL' : 'ENOTCONN';
  if (socket.inbox.length === 0) {
    const error = takeError(socket);
    if (error !== null) return error;
    if (socket.isOver || socket.shutRead) return 0;
    return waitOr(vfs, socket, 'socket-read', socket.readQueue, options.isPatient, socket.receiveTimeout);
  }
  return socket.type === 'stream'
    ? receiveStream(vfs, socket, to, options)
    : receiveWhole(vfs, socket, to, options);
}

/** Takes the first message out of the inbox: its sender has room again. */
function remove(vfs: Vfs, socket: Socket): void {
  const message = socket.inbox.shift()!;
  const sender = vfs.sockets.get(message.sender);
  if (sender !== undefined) notify(vfs, sender.writeQueue);
}

/** Bytes of as many messages as fit; one that carries files is never joined with what came before or after. */
function receiveStream(
  vfs: Vfs,
  socket: Socket,
  to: Transfer,
  { isPeek = false }: ReceiveOptions,
): Received | Errno {
  const { inbox } = socket;
  const { from, credentials } = inbox[0]!;
  let files: readonly FileId[] = [];
  let count = 0;
  for (let at = 0; at < inbox.length && to.left > 0; ) {
    const message = inbox[at]!;
    if (
      count > 0 &&
      (message.files.length > 0 || (socket.passCredentials && message.sender !== inbox[0]!.sender))
    )
      break;
    const hasFiles = message.files.length > 0;
    const rest = message.bytes.subarray(message.taken, message.taken + to.left);
    const put = to.put(rest);
    count += put;
    if (count === 0) return 'EFAULT';
    if (put > 0 && hasFiles) files = message.files;
    if (put < rest.length) {
      if (!isPeek && put > 0) consume(vfs, socket, message, put);
      break;
    }
    if (isPeek) at++;
    else consume(vfs, socket, message, put);
    if (hasFiles) break;
  }
  return { count, length: count, from, files, credentials };
}

function consume(vfs: Vfs, socket: Socket, message: Message, count: number): void {
  message.taken += count;
  message.files = [];
  socket.inboxBytes -= count;
  vfs.buffers -= count;
  if (message.taken === message.bytes.length) remove(vfs, socket);
}

/** One message: what does not fit is lost. */
function receiveWhole(
  vfs: Vfs,
  socket: Socket,
  to: Transfer,
  { isPeek = false }: ReceiveOptions,
): Received | Errno {
  const { bytes, from, files, credentials } = socket.inbox[0]!;
  const want = Math.min(bytes.length, to.left);
  const count = want === 0 ? 0 : to.put(bytes.subarray(0, want));
  if (count < want) return 'EFAULT';
  if (!isPeek) {
    socket.inboxBytes -= bytes.length;
    vfs.buffers -= bytes.length;
    remove(vfs, socket);
  }
  return { count, length: bytes.length, from, files, credentials };
}
