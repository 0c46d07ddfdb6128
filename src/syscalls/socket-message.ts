/** Sending and receiving: sendto, recvfrom, sendmsg, recvmsg. man 2 send, man 2 recv, man 7 unix. */

import type { Errno } from '../abi/index.ts';
import { CAP } from '../abi/index.ts';
import { capable, type Kernel, syscall } from '../kernel/index.ts';
import {
  AF,
  flyingOf,
  type OpenFile,
  type Outcome,
  protocolOf,
  type Received,
  releaseFile,
  retainFile,
  type SendOptions,
  type Socket,
  type Transfer,
  type Wait,
} from '../vfs/index.ts';
import { fd, flags, inBuffer, int, outBuffer, pointer, size } from './args.ts';
import { isBeyond, MAX_BYTES } from './file.ts';
import { remaining } from './iovec.ts';
import { CONTROL_LENGTH, FLAGS, type Header, MAX_CONTROL, NAME_LENGTH, readHeader } from './msghdr.ts';
import { readAddress, unixName } from './sockaddr.ts';
import { isPatient, socketAt, ucredOf } from './socket.ts';
import { CONNECT_ERRORS, socketNamed } from './socket-connect.ts';
import { giveControl, readControl } from './socket-control.ts';
import { inAddress, outAddress, outLength } from './text/sockaddr.ts';

/** MSG_* of linux/socket.h. */
export const MSG = {
  MSG_OOB: 1,
  MSG_PEEK: 2,
  MSG_DONTROUTE: 4,
  MSG_CTRUNC: 8,
  MSG_TRUNC: 0x20,
  MSG_DONTWAIT: 0x40,
  MSG_EOR: 0x80,
  MSG_WAITALL: 0x100,
  MSG_CONFIRM: 0x800,
  MSG_ERRQUEUE: 0x2000,
  MSG_NOSIGNAL: 0x4000,
  MSG_MORE: 0x8000,
  MSG_WAITFORONE: 0x10000,
  MSG_ZEROCOPY: 0x4000000,
  MSG_FASTOPEN: 0x20000000,
  MSG_CMSG_CLOEXEC: 0x40000000,
};

export const SEND_ERRORS = [
  ...CONNECT_ERRORS,
  'EDESTADDRREQ',
  'EMSGSIZE',
  'ENOBUFS',
  'ENOTCONN',
  'EOPNOTSUPP',
  'ETOOMANYREFS',
] as const;
export const RECEIVE_ERRORS = [
  'EAGAIN',
  'EBADF',
  'ECONNREFUSED',
  'ECONNRESET',
  'EFAULT',
  'EINTR',
  'EINVAL',
  'ENOBUFS',
  'ENOTCONN',
  'ENOTSOCK',
  'EOPNOTSUPP',
  'EPIPE',
  'ETIMEDOUT',
] as const;

/** A descriptor's socket, with its open file. */
export interface At {
  readonly file: OpenFile;
  readonly socket: Socket;
}

/** Where a message goes when the call names a target. */
function targetOf(
  k: Kernel,
  from: Socket,
  addr: number,
  length: number,
): Pick<SendOptions, 'to' | 'name'> | Errno {
  if (addr === 0 || length === 0) return {};
  const address = readAddress(k, addr, length);
  if (typeof address === 'string') return address;
  if (from.family !== AF.UNIX) return { name: address };
  if (from.type !== 'dgram') return from.state === 'connected' ? 'EISCONN' : 'EOPNOTSUPP';
  const named = unixName(address);
  if (typeof named === 'string') return named;
  const target = socketNamed(k, named.name);
  if (typeof target === 'string') return target;
  if (target === undefined) return 'ECONNREFUSED';
  return target.type === 'dgram' ? { to: target } : 'EPROTOTYPE';
}

/** One run of a sending call. Bytes that went before it had to wait are in `progress`. */
function sendOnce(
  k: Kernel,
  { file, socket }: At,
  bits: number,
  options: Omit<SendOptions, 'isPatient' | 'isQuiet'>,
  bytes: Transfer,
): Outcome {
  if (bits & (MSG.MSG_OOB | MSG.MSG_FASTOPEN)) return 'EOPNOTSUPP';
  const before = bytes.left;
  const isQuiet = (bits & MSG.MSG_NOSIGNAL) !== 0 || k.call.progress > 0;
  const waits = isPatient(file) && (bits & MSG.MSG_DONTWAIT) === 0;
  const result = protocolOf(socket).send(k.vfs, socket, bytes, { ...options, isPatient: waits, isQuiet });
  if (typeof result === 'number') return k.call.progress + result;
  if (typeof result === 'object') {
    k.call.progress += before - bytes.left;
    return result;
  }
  return k.call.progress > 0 ? k.call.progress : result;
}

export const sendto = syscall({
  nr: 206,
  name: 'sendto',
  args: [fd, inBuffer, size, flags(MSG), inAddress, int],
  errors: SEND_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: { partial: 'urgent data and MSG_FASTOPEN are refused' },
  run(k, number, addr, length, bits, toAddr, toLength) {
    if (isBeyond(addr, Math.min(length, MAX_BYTES))) return 'EFAULT';
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    const options = targetOf(k, at.socket, toAddr, toLength);
    if (typeof options === 'string') return options;
    const { progress } = k.call;
    const bytes = k.transfer(addr + progress, Math.min(length, MAX_BYTES) - progress);
    return sendOnce(k, at, bits, options, bytes);
  },
});

/** One message of sendmsg and sendmmsg. */
export function sendMessage(k: Kernel, at: At, header: Header, bits: number): Outcome {
  if (header.controlLength > MAX_CONTROL) return 'ENOBUFS';
  const target = targetOf(k, at.socket, header.name, header.nameLength);
  if (typeof target === 'string') return target;
  const control = readControl(k, at.socket, header.control, header.controlLength);
  if (typeof control === 'string') return control;
  const isRoot = capable(k, CAP.CAP_SYS_RESOURCE) || capable(k, CAP.CAP_SYS_ADMIN);
  if (control.files.length > 0 && !isRoot && flyingOf(k.vfs, ucredOf(k).uid) > k.vfs.host.limit('nofile'))
    return 'ETOOMANYREFS';
  // What went before a wait took the files along.
  const files = k.call.progress > 0 ? [] : control.files;
  for (const file of files) retainFile(k.vfs, file);
  const bytes = k.transferVector(remaining(header.ranges, k.call.progress));
  const before = bytes.left;
  const credentials = control.credentials === null ? {} : { credentials: control.credentials };
  const options = { ...target, files, ...credentials, packet: control.packet };
  const result = sendOnce(k, at, bits, options, bytes);
  const isWhole = typeof result === 'number' && at.socket.type !== 'stream';
  const went = isWhole || (typeof result !== 'string' && bytes.left < before);
  if (!went) for (const file of files) releaseFile(k.vfs, file);
  return result;
}

export const sendmsg = syscall({
  nr: 211,
  name: 'sendmsg',
  args: [fd, pointer, flags(MSG)],
  errors: SEND_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: { partial: 'urgent data, MSG_FASTOPEN, UDP_SEGMENT and SCM_TXTIME are refused' },
  run(k, number, addr, bits) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    const header = readHeader(k, addr);
    return typeof header === 'string' ? header : sendMessage(k, at, header, bits);
  },
});

type Got = Received | Errno | Wait | 0;

const isReceived = (got: Got): got is Received => typeof got === 'object' && !('on' in got);

function receiveOnce(k: Kernel, { file, socket }: At, bytes: Transfer, bits: number): Got {
  if (bits & MSG.MSG_OOB && socket.by !== 'udp') return socket.type === 'stream' ? 'EINVAL' : 'EOPNOTSUPP';
  // Nothing ever goes wrong on the way: the queue of such messages is empty.
  if (bits & MSG.MSG_ERRQUEUE && socket.family !== AF.UNIX) return 'EAGAIN';
  const isPeek = (bits & MSG.MSG_PEEK) !== 0;
  const isDiscard = !isPeek && (bits & MSG.MSG_TRUNC) !== 0;
  const waits = isPatient(file) && (bits & MSG.MSG_DONTWAIT) === 0;
  return protocolOf(socket).receive(k.vfs, socket, bytes, { isPatient: waits, isPeek, isDiscard });
}

/** What the receiver is told of the length: all of a datagram with MSG_TRUNC, otherwise what it got. */
const lengthTold = ({ count, length }: Received, bits: number) => (bits & MSG.MSG_TRUNC ? length : count);

/** MSG_WAITALL: goes on until the buffer is full, something is wrong, or the stream ends. */
function receiveAll(k: Kernel, at: At, bytes: Transfer, bits: number): Got {
  const wholly = bits & MSG.MSG_WAITALL && at.socket.type === 'stream' && (bits & MSG.MSG_PEEK) === 0;
  let got = receiveOnce(k, at, bytes, bits);
  while (wholly && isReceived(got) && got.files.length === 0 && bytes.left > 0 && got.count > 0) {
    k.call.progress += got.count;
    got = receiveOnce(k, at, bytes, bits);
  }
  return got;
}

export const recvfrom = syscall({
  nr: 207,
  name: 'recvfrom',
  args: [fd, outBuffer, size, flags(MSG), outAddress, outLength],
  errors: RECEIVE_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: { partial: 'there is no urgent data and no error queue' },
  run(k, number, addr, length, bits, fromAddr, fromLength) {
    if (isBeyond(addr, Math.min(length, MAX_BYTES))) return 'EFAULT';
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    const { progress } = k.call;
    const bytes = k.transfer(addr + progress, Math.min(length, MAX_BYTES) - progress);
    const got = receiveAll(k, at, bytes, bits);
    const isNameless = fromAddr !== 0 && k.user.readI32(fromLength) === undefined;
    if (!isReceived(got)) return typeof got === 'number' && isNameless ? 'EFAULT' : endOf(k, got);
    if ((bits & MSG.MSG_PEEK) === 0) for (const file of got.files) releaseFile(k.vfs, file);
    if (isNameless) return 'EFAULT';
    if (fromAddr !== 0 && !giveName(k, at.socket, got.from, fromAddr, fromLength)) return 'EFAULT';
    return k.call.progress + lengthTold(got, bits);
  },
});

/** Nothing (more) came: what came before counts. */
function endOf(k: Kernel, got: Exclude<Got, Received>): Outcome {
  return typeof got !== 'object' && k.call.progress > 0 ? k.call.progress : got;
}

const NOBODY = new Uint8Array(0);

/** Who sent it; a connection's sender is known and not told. */
function giveName(
  k: Kernel,
  socket: Socket,
  from: Uint8Array | null,
  addr: number,
  lengthAddr: number,
): boolean {
  const room = k.user.readU32(lengthAddr);
  if (room === undefined) return false;
  // TCP leaves the length as it was; the others say that there is nothing.
  if (socket.by === 'tcp') return true;
  const bytes = (socket.type === 'dgram' || socket.type === 'raw' ? from : null) ?? NOBODY;
  return (
    k.user.copyOut(addr, bytes.subarray(0, Math.min(room, bytes.length))) &&
    k.user.writeU32(lengthAddr, bytes.length)
  );
}

/** One message of recvmsg and recvmmsg, into the header at an address. */
export function receiveMessage(k: Kernel, at: At, addr: number, header: Header, bits: number): Outcome {
  const bytes = k.transferVector(remaining(header.ranges, k.call.progress));
  const got = receiveAll(k, at, bytes, bits);
  if (!isReceived(got)) {
    const end = endOf(k, got);
    return typeof end === 'number' && !giveEmptyHeader(k, at.socket, addr) ? 'EFAULT' : end;
  }
  const { name } = header;
  const given = giveControl(k, at.socket, got, header, bits);
  if (name !== 0 && !giveName(k, at.socket, got.from, name, addr + NAME_LENGTH)) return 'EFAULT';
  const cut = got.length > got.count ? MSG.MSG_TRUNC : 0;
  if (given === 'EFAULT') return given;
  const end = at.socket.type === 'seqpacket' ? MSG.MSG_EOR : 0;
  const told =
    k.user.writeU64(addr + CONTROL_LENGTH, given.length) &&
    k.user.writeU32(
      addr + FLAGS,
      cut | end | (given.isCut ? MSG.MSG_CTRUNC : 0) | (bits & MSG.MSG_CMSG_CLOEXEC),
    );
  return told ? k.call.progress + lengthTold(got, bits) : 'EFAULT';
}

export const recvmsg = syscall({
  nr: 212,
  name: 'recvmsg',
  args: [fd, pointer, flags(MSG)],
  errors: [...RECEIVE_ERRORS, 'EMSGSIZE'],
  interrupted: 'ERESTARTSYS',
  support: { partial: 'there is no urgent data and no error queue' },
  run(k, number, addr, bits) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    const header = readHeader(k, addr);
    return typeof header === 'string' ? header : receiveMessage(k, at, addr, header, bits);
  },
});

/** The end of a connection comes without a name or control messages. */
const giveEmptyHeader = (k: Kernel, socket: Socket, addr: number): boolean =>
  (socket.by === 'tcp' || k.user.writeU32(addr + NAME_LENGTH, 0)) &&
  k.user.writeU64(addr + CONTROL_LENGTH, 0) &&
  k.user.writeU32(addr + FLAGS, 0);

export const SOCKET_MESSAGE_CALLS = [sendto, recvfrom, sendmsg, recvmsg];
