/** Sending and receiving: sendto, recvfrom, sendmsg, recvmsg with descriptors and credentials. man 7 unix. */
import type { Errno } from '../abi/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import {
  type OpenFile,
  type Outcome,
  type Received,
  receive,
  releaseFile,
  retainFile,
  type SendOptions,
  type Socket,
  send,
  type Transfer,
} from '../vfs/index.ts';
import { fd, flags, inBuffer, int, outBuffer, pointer, size } from './args.ts';
import { isNegative, MAX_BYTES } from './file.ts';
import { remaining } from './iovec.ts';
import { CONTROL_LENGTH, FLAGS, MAX_CONTROL, NAME_LENGTH, readHeader } from './msghdr.ts';
import { WALK_ERRORS } from './path.ts';
import { AF_UNIX, packAddress, readAddress } from './sockaddr.ts';
import { isPatient, socketAt } from './socket.ts';
import { socketNamed } from './socket-connect.ts';
import { giveControl, readControl } from './socket-control.ts';

const MSG = {
  MSG_OOB: 1,
  MSG_PEEK: 2,
  MSG_DONTROUTE: 4,
  MSG_CTRUNC: 8,
  MSG_TRUNC: 0x20,
  MSG_DONTWAIT: 0x40,
  MSG_EOR: 0x80,
  MSG_WAITALL: 0x100,
  MSG_NOSIGNAL: 0x4000,
  MSG_MORE: 0x8000,
  MSG_CMSG_CLOEXEC: 0x40000000,
};

const SEND_ERRORS = [
  ...WALK_ERRORS,
  'EAGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EINTR',
  'EINVAL',
  'EISCONN',
  'EMSGSIZE',
  'ENOBUFS',
  'ENOTCONN',
  'ENOTSOCK',
  'EOPNOTSUPP',
  'EPERM',
  'EPIPE',
  'EPROTOTYPE',
  'ETOOMANYREFS',
] as const;
const RECEIVE_ERRORS = [
  'EAGAIN',
  'EBADF',
  'ECONNREFUSED',
  'ECONNRESET',
  'EFAULT',
  'EINTR',
  'EINVAL',
  'ENOTCONN',
  'ENOTSOCK',
  'EOPNOTSUPP',
] as const;

/** Where a message goes when the call names a target. */
function targetOf(k: Kernel, from: Socket, addr: number, length: number): Socket | undefined | Errno {
  if (addr === 0 || length === 0) return undefined;
  const address = readAddress(k, addr, length);
  if (typeof address === 'string') return address;
  if (address.family !== AF_UNIX) return 'EINVAL';
  if (from.type !== 'dgram') return from.state === 'connected' ? 'EISCONN' : 'EOPNOTSUPP';
  const target = socketNamed(k, address.name);
  if (typeof target === 'string') return target;
  if (target === undefined) return 'ECONNREFUSED';
  return target.type === 'dgram' ? target : 'EPROTOTYPE';
}

interface Sending {
  readonly file: OpenFile;
  readonly socket: Socket;
  readonly bits: number;
  readonly options: Omit<SendOptions, 'isPatient' | 'isQuiet'>;
}

/** One run of a sending call. Bytes that went before it had to wait are in `progress`. */
function sendOnce(k: Kernel, { file, socket, bits, options }: Sending, bytes: Transfer): Outcome {
  if (bits & MSG.MSG_OOB) return 'EOPNOTSUPP';
  const before = bytes.left;
  const isQuiet = (bits & MSG.MSG_NOSIGNAL) !== 0;
  const waits = isPatient(file) && (bits & MSG.MSG_DONTWAIT) === 0;
  const result = send(k.vfs, socket, bytes, { ...options, isPatient: waits, isQuiet });
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
  args: [fd, inBuffer, size, flags(MSG), pointer, int],
  errors: SEND_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length, bits, toAddr, toLength) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    if (isNegative(length)) return 'EINVAL';
    const to = targetOf(k, at.socket, toAddr, toLength);
    if (typeof to === 'string') return to;
    const { progress } = k.call;
    const bytes = k.transfer(addr + progress, Math.min(length, MAX_BYTES) - progress);
    return sendOnce(k, { ...at, bits, options: to === undefined ? {} : { to } }, bytes);
  },
});

export const sendmsg = syscall({
  nr: 211,
  name: 'sendmsg',
  args: [fd, pointer, flags(MSG)],
  errors: SEND_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: { partial: 'control messages other than SCM_RIGHTS and SCM_CREDENTIALS are EINVAL' },
  run(k, number, addr, bits) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    const header = readHeader(k, addr);
    if (typeof header === 'string') return header;
    if (header.controlLength > MAX_CONTROL) return 'EINVAL';
    const to = targetOf(k, at.socket, header.name, header.nameLength);
    if (typeof to === 'string') return to;
    const control = readControl(k, header.control, header.controlLength);
    if (typeof control === 'string') return control;
    // What went before a wait took the files along.
    const files = k.call.progress > 0 ? [] : control.files;
    for (const file of files) retainFile(k.vfs, file);
    const bytes = k.transferVector(remaining(header.ranges, k.call.progress));
    const before = bytes.left;
    const credentials = control.credentials === null ? {} : { credentials: control.credentials };
    const options = { ...(to === undefined ? {} : { to }), files, ...credentials };
    const result = sendOnce(k, { ...at, bits, options }, bytes);
    const isWhole = typeof result === 'number' && at.socket.type !== 'stream';
    const went = isWhole || (typeof result !== 'string' && bytes.left < before);
    if (!went) for (const file of files) releaseFile(k.vfs, file);
    return result;
  },
});

/** One run of a receiving call. `null`: a stream that is to be read to the last byte waits for more. */
function receiveOnce(k: Kernel, at: { file: OpenFile; socket: Socket }, bytes: Transfer, bits: number) {
  if (bits & MSG.MSG_OOB) return at.socket.type === 'stream' ? 'EINVAL' : 'EOPNOTSUPP';
  const isPeek = (bits & MSG.MSG_PEEK) !== 0;
  const waits = isPatient(at.file) && (bits & MSG.MSG_DONTWAIT) === 0;
  return receive(k.vfs, at.socket, bytes, { isPatient: waits, isPeek });
}

const isReceived = (got: ReturnType<typeof receive>): got is Received =>
  typeof got === 'object' && !('on' in got);

/** What the receiver is told of the length: all of a datagram with MSG_TRUNC, otherwise what it got. */
const lengthTold = ({ count, length }: Received, bits: number) => (bits & MSG.MSG_TRUNC ? length : count);

/** MSG_WAITALL: goes on until the buffer is full, something is wrong, or the stream ends. */
function receiveAll(
  k: Kernel,
  at: { file: OpenFile; socket: Socket },
  bytes: Transfer,
  bits: number,
): ReturnType<typeof receive> {
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
  args: [fd, outBuffer, size, flags(MSG), pointer, pointer],
  errors: RECEIVE_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length, bits, fromAddr, fromLength) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    if (isNegative(length)) return 'EINVAL';
    const { progress } = k.call;
    const bytes = k.transfer(addr + progress, Math.min(length, MAX_BYTES) - progress);
    const got = receiveAll(k, at, bytes, bits);
    if (!isReceived(got)) return endOf(k, got);
    if ((bits & MSG.MSG_PEEK) === 0) for (const file of got.files) releaseFile(k.vfs, file);
    if (fromAddr !== 0 && !giveName(k, at.socket, got.from, fromAddr, fromLength)) return 'EFAULT';
    return k.call.progress + lengthTold(got, bits);
  },
});

/** Nothing (more) came: what came before counts. */
function endOf(k: Kernel, got: Exclude<ReturnType<typeof receive>, Received>): Outcome {
  return typeof got !== 'object' && k.call.progress > 0 ? k.call.progress : got;
}

/** Who sent it; a connection's sender is known and not told. */
function giveName(k: Kernel, socket: Socket, from: string, addr: number, lengthAddr: number): boolean {
  const room = k.user.readU32(lengthAddr);
  if (room === undefined) return false;
  const isTold = socket.type === 'dgram' && from !== '';
  const bytes = isTold ? packAddress(from) : new Uint8Array(0);
  return (
    k.user.copyOut(addr, bytes.subarray(0, Math.min(room, bytes.length))) &&
    k.user.writeU32(lengthAddr, bytes.length)
  );
}

export const recvmsg = syscall({
  nr: 212,
  name: 'recvmsg',
  args: [fd, pointer, flags(MSG)],
  errors: [...RECEIVE_ERRORS, 'EMSGSIZE'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, bits) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    const header = readHeader(k, addr);
    if (typeof header === 'string') return header;
    const bytes = k.transferVector(remaining(header.ranges, k.call.progress));
    const got = receiveAll(k, at, bytes, bits);
    if (!isReceived(got)) {
      const end = endOf(k, got);
      return typeof end === 'number' && !giveEmptyHeader(k, addr) ? 'EFAULT' : end;
    }
    const { name } = header;
    const given = giveControl(k, at.socket, got, header, bits);
    if (name !== 0 && !giveName(k, at.socket, got.from, name, addr + NAME_LENGTH)) return 'EFAULT';
    const cut = got.length > got.count ? MSG.MSG_TRUNC : 0;
    if (given === 'EFAULT') return given;
    const told =
      k.user.writeU64(addr + CONTROL_LENGTH, given.length) &&
      k.user.writeU32(addr + FLAGS, cut | (given.isCut ? MSG.MSG_CTRUNC : 0) | (bits & MSG.MSG_CMSG_CLOEXEC));
    return told ? k.call.progress + lengthTold(got, bits) : 'EFAULT';
  },
});

/** The end of a connection comes without a name or control messages. */
const giveEmptyHeader = (k: Kernel, addr: number): boolean =>
  k.user.writeU32(addr + NAME_LENGTH, 0) &&
  k.user.writeU64(addr + CONTROL_LENGTH, 0) &&
  k.user.writeU32(addr + FLAGS, 0);

export const SOCKET_MESSAGE_CALLS = [sendto, recvfrom, sendmsg, recvmsg];
