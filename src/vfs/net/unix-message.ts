/** AF_UNIX: sending and receiving streams and datagrams, with open files that travel along. man 7 unix. */
import type { Errno } from '../../abi/index.ts';
import { roomForBuffers } from '../buffers.ts';
import { INPUT, notify, OUTPUT } from '../notify.ts';
import type { FileId, Outcome, Transfer, Wait } from '../types.ts';
import type { Vfs } from '../vfs.ts';
import { takeFiles } from './in-flight.ts';
import {
  brokenPipe,
  type Received,
  type ReceiveOptions,
  type SendOptions,
  waitToRead,
  waitToWrite,
} from './protocol.ts';
import { type Message, type Socket, takeError } from './socket.ts';
import { packUnix } from './unix-name.ts';

/** Bytes of one message of a stream: larger sends are cut, so that a reader can begin. */
const MAX_PIECE = 65536;
/** Messages that a stream's inbox holds: what Linux's default buffer has room for when each takes one byte. */
const MAX_MESSAGES = 278;
/** What a message takes of the sender's buffer besides its bytes (Linux: the least truesize of an sk_buff). */
const OVERHEAD = 768;

/** Datagrams that may wait in an inbox. */
export const maxDatagrams = (vfs: Vfs): number => vfs.inet.maxUnixDatagrams;

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
    from: from.address === '' ? null : packUnix(from.address),
    files: isFirst ? (options.files ?? []) : [],
    credentials: options.credentials ?? { ...from.owner, pid: vfs.host.current().tgid },
    sender: from.id,
    to: null,
    stamp: to.options.stamps === 'none' ? null : vfs.host.wall(),
  };
  vfs.inet.flying += message.files.length;
  to.inbox.push(message);
  to.inboxBytes += bytes.length;
  vfs.buffers += bytes.length;
  notify(vfs, to.readQueue, INPUT);
}

/** Room in the inbox of a stream, where each message takes its share, however small it is. */
export const freeRoom = ({ options, inbox, inboxBytes }: Socket): number =>
  inbox.length >= MAX_MESSAGES ? 0 : options.receiveBuffer - inboxBytes;

/** SIOCOUTQ: what the other side has not read yet, as Linux counts it. */
export function sentBytes(vfs: Vfs, socket: Socket): number {
  const peer = vfs.sockets.get(socket.peer);
  if (peer === undefined) return 0;
  return peer.inbox.reduce(
    (sum, { sender, bytes }) => (sender === socket.id ? sum + bytes.length + OVERHEAD : sum),
    0,
  );
}

/** Sends what the transfer holds. */
export function sendUnix(vfs: Vfs, socket: Socket, from: Transfer, options: SendOptions): Outcome {
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
    // What has no whole piece behind it is not sent in part.
    if (from.take(piece) < piece.length) return done > 0 ? done : 'EFAULT';
    deliver(vfs, socket, peer, piece, options, done === 0);
    done += piece.length;
  }
  if (from.left === 0) return done;
  const wait = waitToWrite(vfs, socket, options.isPatient);
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
  // Somebody else's partner takes from that partner only. Linux: unix_may_send().
  if (!isPacket && target.peer !== 0 && target.peer !== socket.id) return 'EPERM';
  if (target.shutRead) return brokenPipe(vfs, options);
  if (from.left > socket.options.sendBuffer - 32) return 'EMSGSIZE';
  if (target !== socket && target.inbox.length > maxDatagrams(vfs))
    return waitToWrite(vfs, socket, options.isPatient);
  if (roomForBuffers(vfs) < from.left) return 'ENOBUFS';
  const bytes = new Uint8Array(from.left);
  if (from.take(bytes) < bytes.length) return 'EFAULT';
  deliver(vfs, socket, target, bytes, options, true);
  return bytes.length;
}

/** Where a peek begins: SO_PEEK_OFF. */
const peekFrom = ({ options }: Socket, { isPeek = false }: ReceiveOptions): number =>
  isPeek ? Math.max(0, options.peekOffset) : 0;

/** Receives into the transfer, or says why nothing came. Zero bytes are the end of a connection. */
export function receiveUnix(
  vfs: Vfs,
  socket: Socket,
  to: Transfer,
  options: ReceiveOptions,
): Received | Errno | Wait | 0 {
  if (socket.type !== 'dgram' && socket.state !== 'connected')
    return socket.type === 'stream' ? 'EINVAL' : 'ENOTCONN';
  const offset = peekFrom(socket, options);
  const isStream = socket.type === 'stream';
  if (socket.inbox.length === 0 || (isStream && offset > 0 && socket.inboxBytes <= offset)) {
    const error = takeError(socket);
    if (error !== null) return error;
    if (socket.isOver || socket.shutRead) return 0;
    return waitToRead(vfs, socket, options.isPatient);
  }
  const got = isStream
    ? receiveStream(vfs, socket, to, offset, options)
    : receiveWhole(vfs, socket, to, offset, options);
  if (typeof got === 'object' && socket.options.peekOffset >= 0) movePeek(socket, options, got);
  return got;
}

/** What was peeked at is passed by the next peek, what was taken lies before it no more. */
function movePeek({ options, type }: Socket, { isPeek = false }: ReceiveOptions, got: Received): void {
  if (isPeek) options.peekOffset += got.count;
  else options.peekOffset = Math.max(0, options.peekOffset - (type === 'stream' ? got.count : got.length));
}

/** Takes a message out of the inbox: its sender has room again. */
function remove(vfs: Vfs, socket: Socket, at: number): void {
  const message = at === 0 ? socket.inbox.shift()! : socket.inbox.splice(at, 1)[0]!;
  const sender = vfs.sockets.get(message.sender);
  if (sender !== undefined) notify(vfs, sender.writeQueue, OUTPUT);
}

/** Bytes of as many messages as fit; one that carries files is never joined with what came before or after. */
function receiveStream(
  vfs: Vfs,
  socket: Socket,
  to: Transfer,
  offset: number,
  { isPeek = false }: ReceiveOptions,
): Received | Errno {
  const { inbox } = socket;
  let skip = offset;
  let at = 0;
  for (; inbox[at]!.bytes.length - inbox[at]!.taken <= skip && at < inbox.length - 1; at++)
    skip -= inbox[at]!.bytes.length - inbox[at]!.taken;
  const first = inbox[at]!;
  let files: readonly FileId[] = [];
  let count = 0;
  while (at < inbox.length && to.left > 0) {
    const message = inbox[at]!;
    if (message !== first && !mayJoin(socket, first, message)) break;
    const hasFiles = message.files.length > 0;
    const start = message.taken + skip;
    const end = Math.min(message.bytes.length, start + to.left);
    const put = to.put(message.bytes, start, end);
    skip = 0;
    count += put;
    if (count === 0) return 'EFAULT';
    if (put > 0 && hasFiles) files = message.files;
    if (!isPeek && put > 0) consume(vfs, socket, message, put);
    if (start + put < message.bytes.length) break;
    if (isPeek) at++;
    if (hasFiles) break;
  }
  const { from, credentials, stamp } = first;
  return { count, length: count, from, files, credentials, to: null, stamp };
}

/** May this message's bytes be given together with those of the first one? */
const mayJoin = ({ options }: Socket, first: Message, next: Message): boolean =>
  next.files.length === 0 && !(options.passCredentials && next.sender !== first.sender);

function consume(vfs: Vfs, socket: Socket, message: Message, count: number): void {
  message.taken += count;
  takeFiles(vfs, message);
  socket.inboxBytes -= count;
  vfs.buffers -= count;
  if (message.taken === message.bytes.length) remove(vfs, socket, 0);
}

/** One message: what does not fit is lost. */
function receiveWhole(
  vfs: Vfs,
  socket: Socket,
  to: Transfer,
  offset: number,
  { isPeek = false }: ReceiveOptions,
): Received | Errno {
  let skip = offset;
  let at = 0;
  // A peek with an offset passes whole messages. Linux: __skb_try_recv_from_queue().
  for (; skip > 0 && at < socket.inbox.length - 1 && skip >= socket.inbox[at]!.bytes.length; at++)
    skip -= socket.inbox[at]!.bytes.length;
  const message = socket.inbox[at]!;
  const { bytes, from, files, credentials, stamp } = message;
  const want = Math.min(Math.max(0, bytes.length - skip), to.left);
  const count = want === 0 ? 0 : to.put(bytes, skip, skip + want);
  if (count < want) return 'EFAULT';
  if (!isPeek) {
    takeFiles(vfs, message);
    socket.inboxBytes -= bytes.length;
    vfs.buffers -= bytes.length;
    remove(vfs, socket, at);
  }
  return { count, length: bytes.length - skip, from, files, credentials, to: null, stamp };
}
