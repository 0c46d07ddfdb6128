/**
 * The record of a socket: what all families share, and the parts of those that need more. What is sent lies in the
 * receiver's inbox, as messages or (TCP) as bytes. Linux: include/net/sock.h.
 */
import { type Errno, O } from '../../abi/index.ts';
import { bug, type Nanos } from '../../base/index.ts';
import { newFile } from '../open-file.ts';
import { newLook } from '../pipe.ts';
import type { FileId, InodeId, Look, OpenFile, QueueId } from '../types.ts';
import type { Vfs } from '../vfs.ts';
import type { InetPart } from './inet.ts';
import type { NetlinkPart } from './netlink.ts';
import type { TcpPart } from './tcp.ts';

export { AF } from './family.ts';

/** Who sent something (struct ucred). */
export interface Ucred {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Who asks for an address: with CAP_NET_BIND_SERVICE every port may be had. */
export interface Asker extends Ucred {
  readonly mayHaveAnyPort: boolean;
}

/** What one send put into an inbox. */
export interface Message {
  readonly bytes: Uint8Array;
  /** Streams: how much of it was read. */
  taken: number;
  /** The sender's socket address; null when it has none to tell. */
  readonly from: Uint8Array | null;
  /** Open files on their way (SCM_RIGHTS): each holds a reference. */
  files: readonly FileId[];
  readonly credentials: Ucred | null;
  /** Whose room it takes until it is read; that socket may have gone since. */
  readonly sender: number;
  /** Datagrams of the Internet: the address they went to, and their TTL and type of service. */
  readonly to: PacketInfo | null;
  /** When it came, by the wall clock: kept where somebody asked for it (SO_TIMESTAMP). */
  readonly stamp: { readonly sec: number; readonly nsec: number } | null;
}

/** What a datagram's receiver may be told besides (IP_PKTINFO, IP_RECVTTL, IP_RECVTOS). */
export interface PacketInfo {
  readonly ip: string;
  readonly ttl: number;
  readonly tos: number;
}

export type SocketType = 'stream' | 'dgram' | 'seqpacket' | 'raw';

/** Which module serves a socket. */
export type ProtocolName = 'unix' | 'tcp' | 'udp' | 'ping' | 'netlink';

/** What setsockopt sets; children of a listener inherit it. */
export interface SocketOptions {
  sendBuffer: number;
  receiveBuffer: number;
  /** SO_RCVLOWAT. */
  receiveLow: number;
  /** SO_RCVTIMEO, SO_SNDTIMEO; 0 for none. */
  receiveTimeout: Nanos;
  sendTimeout: Nanos;
  /** SO_LINGER in seconds, -1 for off. */
  linger: number;
  reuseAddress: boolean;
  reusePort: boolean;
  broadcast: boolean;
  v6Only: boolean;
  passCredentials: boolean;
  passPidfd: boolean;
  /** SO_PEEK_OFF: where the next peek begins, -1 for off. */
  peekOffset: number;
  /** SO_TIMESTAMP and SO_TIMESTAMPNS. */
  stamps: 'none' | 'micro' | 'nano';
  /** Options that are kept to be asked for again, by `optionKey`. */
  stored: Readonly<Record<number, number>>;
}

export interface Socket {
  readonly id: number;
  readonly family: number;
  readonly type: SocketType;
  readonly protocol: number;
  readonly by: ProtocolName;
  /** Connection-oriented ones pass through these; a datagram socket with a peer is `connected`, too. */
  state: 'idle' | 'listening' | 'connecting' | 'connected';
  /** AF_UNIX: sun_path, a character per byte, abstract names with their leading zero; empty when unnamed. */
  address: string;
  /** AF_UNIX: the node a path-bound socket is reached by. */
  node: InodeId | 0;
  /** The socket at the other end, 0 for none or when it has gone. */
  peer: number;
  /** AF_UNIX: its name. */
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
  readonly options: SocketOptions;
  /** Whose it is, from when it can be named on. */
  look: Look;
  readonly inet: InetPart | null;
  readonly tcp: TcpPart | null;
  readonly netlink: NetlinkPart | null;
  readonly readQueue: QueueId;
  readonly writeQueue: QueueId;
  readonly queues: readonly [QueueId, QueueId];
}

/** net.core.wmem_default and rmem_default. */
const BUFFER = 212992;

export const DEFAULT_OPTIONS: SocketOptions = {
  sendBuffer: BUFFER,
  receiveBuffer: BUFFER,
  receiveLow: 1,
  receiveTimeout: 0 as Nanos,
  sendTimeout: 0 as Nanos,
  linger: -1,
  reuseAddress: false,
  reusePort: false,
  broadcast: false,
  v6Only: false,
  passCredentials: false,
  passPidfd: false,
  peekOffset: -1,
  stamps: 'none',
  stored: {},
};

/** What a new socket begins with. */
export interface SocketInit {
  readonly family: number;
  readonly type: SocketType;
  readonly protocol: number;
  readonly by: ProtocolName;
  readonly owner: Ucred;
  readonly options?: SocketOptions;
  readonly inet?: InetPart;
  readonly tcp?: TcpPart;
  readonly netlink?: NetlinkPart;
}

export function makeSocket(vfs: Vfs, init: SocketInit): Socket {
  const [readQueue, writeQueue] = [vfs.host.newQueue(), vfs.host.newQueue()];
  const socket: Socket = {
    id: vfs.nextId++,
    family: init.family,
    type: init.type,
    protocol: init.protocol,
    by: init.by,
    state: 'idle',
    address: '',
    node: 0,
    peer: 0,
    peerAddress: '',
    owner: init.owner,
    peerOwner: null,
    inbox: [],
    inboxBytes: 0,
    backlog: [],
    backlogMax: 0,
    shutRead: false,
    shutWrite: false,
    isOver: false,
    error: null,
    look: { mode: 0o777, uid: 0, gid: 0 },
    options: { ...(init.options ?? DEFAULT_OPTIONS) },
    inet: init.inet ?? null,
    tcp: init.tcp ?? null,
    netlink: init.netlink ?? null,
    readQueue,
    writeQueue,
    queues: [readQueue, writeQueue],
  };
  vfs.sockets.set(socket.id, socket);
  return socket;
}

export const socketOf = (vfs: Vfs, file: OpenFile): Socket =>
  vfs.sockets.get(file.channel) ?? bug(`there is no socket ${file.channel}`);

/** The open file of a socket. */
export function openSocket(vfs: Vfs, socket: Socket, flags: number): FileId {
  socket.look = newLook(vfs, 0o777);
  const path = `socket:[${socket.id}]`;
  return newFile(vfs, {
    kind: 'socket',
    flags: O.O_RDWR | (flags & O.O_NONBLOCK),
    path,
    channel: socket.id,
  });
}

/** The error that waits to be told, which is told once. */
export function takeError(socket: Socket): Errno | null {
  const { error } = socket;
  socket.error = null;
  return error;
}
