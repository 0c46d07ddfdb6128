/** TCP: bytes into and out of a connection, and its readiness. Linux: net/ipv4/tcp.c. */
import type { Errno } from '../../abi/index.ts';
import { roomForBuffers } from '../buffers.ts';
import { PIECE, pause } from '../file-ops.ts';
import { INPUT, notify, OUTPUT } from '../notify.ts';
import { ringDrop, ringFit, ringFromTransfer, ringToTransfer } from '../ring.ts';
import {
  type Outcome,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRNORM,
  type Transfer,
  type Wait,
} from '../types.ts';
import type { Vfs } from '../vfs.ts';
import { countPacket } from './inet.ts';
import {
  brokenPipe,
  type Received,
  type ReceiveOptions,
  type SendOptions,
  waitToRead,
  waitToWrite,
} from './protocol.ts';
import { type Socket, takeError } from './socket.ts';
import { HEADERS, refuseData, sendReset, showDeferred, tcpOf } from './tcp.ts';

/** Bytes that may be under way to a socket: its own buffer, and the sender's. */
const roomTo = (peer: Socket, sender: Socket): number =>
  peer.options.receiveBuffer + sender.options.sendBuffer - tcpOf(peer).ring.length;

/** Is there room enough to call a writer? Linux: sk_stream_is_writeable(). */
const isRoomy = (peer: Socket, sender: Socket): boolean =>
  3 * roomTo(peer, sender) >= sender.options.sendBuffer;

/** SIOCOUTQ: what the other end's buffer has no room for lies in this one's. */
export function unsentBytes(vfs: Vfs, socket: Socket): number {
  const peer = vfs.sockets.get(socket.peer);
  return peer === undefined ? 0 : Math.max(0, tcpOf(peer).ring.length - peer.options.receiveBuffer);
}

function failed(vfs: Vfs, socket: Socket, options: SendOptions): Errno {
  const error = takeError(socket) ?? 'EPIPE';
  return error === 'EPIPE' ? brokenPipe(vfs, options) : error;
}

/** Sends what there is room for. */
export function sendTcp(vfs: Vfs, socket: Socket, from: Transfer, options: SendOptions): Outcome {
  const tcp = tcpOf(socket);
  if (tcp.state === 'SYN_SENT') return waitToWrite(vfs, socket, options.isPatient);
  if (socket.error !== null || socket.shutWrite) return failed(vfs, socket, options);
  if (tcp.state !== 'ESTABLISHED' && tcp.state !== 'CLOSE_WAIT') return brokenPipe(vfs, options);
  if (from.left === 0) return 0;
  const peer = vfs.sockets.get(socket.peer);
  if (peer === undefined || (tcpOf(peer).state === 'FIN_WAIT2' && peer.shutRead))
    return sendInVain(vfs, socket, peer, from);
  let done = 0;
  while (from.left > 0 && done < PIECE) {
    const room = roomTo(peer, socket);
    if (room <= 0) break;
    if (roomForBuffers(vfs) <= 0) return done > 0 ? done : 'ENOBUFS';
    const want = Math.min(from.left, room, PIECE - done);
    const took = ringFromTransfer(tcpOf(peer).ring, from, want);
    if (took > 0) deliver(vfs, socket, peer, took);
    done += took;
    if (took < want) return done > 0 ? done : 'EFAULT';
  }
  if (from.left === 0) return done;
  if (done >= PIECE && options.isPatient) return pause(vfs);
  tcp.wantsRoom = true;
  const wait = waitToWrite(vfs, socket, options.isPatient);
  return wait === 'EAGAIN' && done > 0 ? done : wait;
}

function deliver(vfs: Vfs, socket: Socket, peer: Socket, count: number): void {
  peer.inboxBytes += count;
  vfs.buffers += count;
  tcpOf(socket).sent += count;
  tcpOf(peer).received += count;
  countPacket(vfs.inet, count + HEADERS);
  showDeferred(vfs, peer);
  notify(vfs, peer.readQueue, INPUT);
}

/** The other end was closed: the bytes go, and a RST comes back. */
function sendInVain(vfs: Vfs, socket: Socket, peer: Socket | undefined, from: Transfer): Outcome {
  const bytes = new Uint8Array(Math.min(from.left, PIECE));
  const took = from.take(bytes);
  if (took === 0) return 'EFAULT';
  if (peer === undefined) refuseData(vfs, socket);
  else sendReset(vfs, peer);
  return took;
}

/** What a receive ends with when there is nothing to read; null: it may wait. */
function endOf(socket: Socket): Errno | 0 | null {
  if (socket.isOver) return 0;
  const error = takeError(socket);
  if (error !== null) return error;
  if (socket.shutRead) return 0;
  return tcpOf(socket).state === 'CLOSE' ? 'ENOTCONN' : null;
}

/** Receives up to what the transfer takes; with SO_RCVLOWAT, not before so many bytes are there. */
export function receiveTcp(
  vfs: Vfs,
  socket: Socket,
  to: Transfer,
  options: ReceiveOptions,
): Received | Errno | Wait | 0 {
  const { ring, state } = tcpOf(socket);
  if (state === 'LISTEN') return 'ENOTCONN';
  const skip = options.isPeek === true ? Math.max(0, socket.options.peekOffset) : 0;
  const least = Math.min(socket.options.receiveLow, Math.max(1, to.left));
  const there = ring.length - skip;
  if (there < least) {
    const isEmpty = there <= 0;
    const end = isEmpty ? endOf(socket) : null;
    if (end !== null) return end;
    const mayWait = options.isPatient && !socket.isOver && !socket.shutRead && socket.error === null;
    const wait = waitToRead(vfs, socket, mayWait);
    if (isEmpty || wait !== 'EAGAIN') return wait;
  }
  const count = options.isPeek === true ? peek(socket, to, skip) : take(vfs, socket, to, options);
  if (count === 0 && to.left > 0) return 'EFAULT';
  return { count, length: count, from: null, files: [], credentials: null, to: null, stamp: null };
}

/** MSG_PEEK: the bytes stay. */
function peek(socket: Socket, to: Transfer, skip: number): number {
  const { ring } = tcpOf(socket);
  // A view of the ring whose bytes can be taken without being missed.
  const view = { ...ring };
  ringDrop(view, skip);
  const count = ringToTransfer(view, to, to.left);
  if (socket.options.peekOffset >= 0) socket.options.peekOffset += count;
  return count;
}

/** A ring that has grown beyond this goes back to it when it is empty. */
const KEPT_RING = 65536;

function take(vfs: Vfs, socket: Socket, to: Transfer, { isDiscard = false }: ReceiveOptions): number {
  const { ring } = tcpOf(socket);
  const count = isDiscard ? Math.min(to.left, ring.length) : ringToTransfer(ring, to, to.left);
  if (isDiscard) ringDrop(ring, count);
  if (ring.length === 0) ringFit(ring, KEPT_RING);
  socket.inboxBytes -= count;
  vfs.buffers -= count;
  const { options } = socket;
  if (options.peekOffset > 0) options.peekOffset = Math.max(0, options.peekOffset - count);
  const peer = vfs.sockets.get(socket.peer);
  if (peer !== undefined && tcpOf(peer).wantsRoom && isRoomy(socket, peer)) {
    tcpOf(peer).wantsRoom = false;
    notify(vfs, peer.writeQueue, OUTPUT);
  }
  return count;
}

/** Linux: tcp_poll(). */
export function pollTcp(vfs: Vfs, socket: Socket): number {
  const tcp = tcpOf(socket);
  const input = POLLIN | POLLRDNORM;
  if (tcp.state === 'LISTEN')
    return socket.backlog.some((id) => !tcpOf(vfs.sockets.get(id)!).isDeferred) ? input : 0;
  let bits = socket.error === null ? 0 : POLLERR;
  const noMore = socket.isOver || socket.shutRead;
  if ((noMore && socket.shutWrite) || tcp.state === 'CLOSE') bits |= POLLHUP;
  if (noMore) bits |= input | POLLRDHUP;
  if (tcp.state === 'SYN_SENT') return bits;
  if (tcp.ring.length >= socket.options.receiveLow) bits |= input;
  return isWritable(vfs, socket) ? bits | POLLOUT | POLLWRNORM : bits;
}

function isWritable(vfs: Vfs, socket: Socket): boolean {
  const peer = vfs.sockets.get(socket.peer);
  if (socket.shutWrite || peer === undefined || isRoomy(peer, socket)) return true;
  tcpOf(socket).wantsRoom = true;
  return false;
}
