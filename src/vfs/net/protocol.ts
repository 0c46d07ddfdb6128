/**
 * What a family of sockets can do: one record per protocol (Linux: struct proto_ops). Names are socket addresses as
 * the caller gave them, in bytes.
 */
import { type Errno, SIGNAL } from '../../abi/index.ts';
import { type Nanos, NEVER } from '../../base/index.ts';
import type { IoctlArgument } from '../file-ops.ts';
import type { FileId, Outcome, QueueId, Transfer, Wait } from '../types.ts';
import type { Vfs } from '../vfs.ts';
import type { Asker, Message, PacketInfo, Socket, Ucred } from './socket.ts';

export interface SendOptions {
  /** Waits for room instead of EAGAIN. */
  readonly isPatient: boolean;
  /** AF_UNIX: where a datagram goes; the connected peer when absent. */
  readonly to?: Socket;
  /** The others: the address the caller named. */
  readonly name?: Uint8Array;
  /** Open files to send along: their references go over to the message once something was sent. */
  readonly files?: readonly FileId[];
  readonly credentials?: Ucred;
  /** MSG_NOSIGNAL: no SIGPIPE. */
  readonly isQuiet?: boolean;
  /** A datagram's own address, TTL and type of service (IP_PKTINFO, IP_TTL, IP_TOS). */
  readonly packet?: Partial<PacketInfo>;
}

export interface ReceiveOptions {
  readonly isPatient: boolean;
  /** MSG_PEEK: what is read stays. */
  readonly isPeek?: boolean;
  /** MSG_TRUNC on TCP: what would be read is thrown away. */
  readonly isDiscard?: boolean;
}

/** What one receive took. */
export interface Received {
  readonly count: number;
  /** Length of a datagram, of which `count` bytes fitted. */
  readonly length: number;
  /** The sender's address, where the receiver is told. */
  readonly from: Uint8Array | null;
  /** Their references go over to the caller, except when it only peeked. */
  readonly files: readonly FileId[];
  readonly credentials: Ucred | null;
  readonly to: PacketInfo | null;
  readonly stamp: Message['stamp'];
}

export interface Protocol {
  bind(vfs: Vfs, socket: Socket, name: Uint8Array, asker: Asker): Outcome;
  connect(vfs: Vfs, socket: Socket, name: Uint8Array, isPatient: boolean): Outcome;
  listen(vfs: Vfs, socket: Socket, backlog: number): Errno | null;
  accept(vfs: Vfs, socket: Socket, isPatient: boolean): Socket | Errno | Wait;
  send(vfs: Vfs, socket: Socket, from: Transfer, options: SendOptions): Outcome;
  receive(vfs: Vfs, socket: Socket, to: Transfer, options: ReceiveOptions): Received | Errno | Wait | 0;
  /** POLL* bits that hold now. */
  poll(vfs: Vfs, socket: Socket): number;
  shutdown(vfs: Vfs, socket: Socket, read: boolean, write: boolean): Errno | null;
  ioctl(vfs: Vfs, socket: Socket, request: number, argument: IoctlArgument): Outcome;
  /** The last descriptor goes. Gives the files that were on their way to it. */
  close(vfs: Vfs, socket: Socket): readonly FileId[];
  /** getsockname(2), getpeername(2). */
  name(socket: Socket): Uint8Array;
  peerName(socket: Socket): Uint8Array | Errno;
  /** Who was accepted: told even when the connection has ended since. */
  acceptedName?(socket: Socket): Uint8Array;
}

/** A wait for a socket, no longer than its own timeout; EAGAIN when that is over or nobody wants to wait. */
export function waitOr(
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

/** Waits until there is something to read. */
export const waitToRead = (vfs: Vfs, socket: Socket, isPatient: boolean): Wait | 'EAGAIN' =>
  waitOr(vfs, socket, 'socket-read', socket.readQueue, isPatient, socket.options.receiveTimeout);

/** Waits until there is room. */
export const waitToWrite = (vfs: Vfs, socket: Socket, isPatient: boolean): Wait | 'EAGAIN' =>
  waitOr(vfs, socket, 'socket-write', socket.writeQueue, isPatient, socket.options.sendTimeout);

/** Nobody will read what is sent. */
export function brokenPipe(vfs: Vfs, { isQuiet = false }: SendOptions): 'EPIPE' {
  if (!isQuiet) vfs.host.signalCurrent(SIGNAL.SIGPIPE);
  return 'EPIPE';
}
