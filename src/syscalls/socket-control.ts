/** Control messages of sendmsg and recvmsg: descriptors, credentials, what a datagram was. man 3 cmsg, man 7 unix. */

import type { Errno } from '../abi/index.ts';
import { CAP } from '../abi/index.ts';
import type { Kernel } from '../kernel/index.ts';
import { capable } from '../kernel/index.ts';
import {
  AF,
  type FileId,
  installFd,
  newPidfd,
  type PacketInfo,
  type Received,
  releaseFile,
  retainFile,
  type Socket,
  type Ucred,
} from '../vfs/index.ts';
import { openFile } from './file.ts';
import { packetMessages, readPacketOption } from './socket-packet.ts';

const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const SCM_CREDENTIALS = 2;
const SCM_PIDFD = 4;
const SO_TIMESTAMP = 29;
const SO_TIMESTAMPNS = 35;
/** struct cmsghdr { size_t len; int level, type } and its data, each message aligned to 8. */
const HEADER = 16;
const align = (length: number) => Math.ceil(length / 8) * 8;
/** SCM_MAX_FD. */
const MAX_FILES = 253;
const MSG_PEEK = 2;
const MSG_CMSG_CLOEXEC = 0x40000000;

export interface Control {
  /** Files without a reference of their own yet. */
  readonly files: readonly FileId[];
  readonly credentials: Ucred | null;
  readonly packet: Partial<PacketInfo>;
}

/** Reads what the caller wants to send along. */
export function readControl(k: Kernel, socket: Socket, addr: number, length: number): Control | Errno {
  const files: FileId[] = [];
  let credentials: Ucred | null = null;
  let packet: Partial<PacketInfo> = {};
  if (!k.user.copyIn(addr, new Uint8Array(length))) return 'EFAULT';
  for (let at = 0; at + HEADER <= length; ) {
    const size = k.user.readU64(addr + at);
    const [level, type] = [k.user.readI32(addr + at + 8), k.user.readI32(addr + at + 12)];
    if (size === undefined || level === undefined || type === undefined) return 'EFAULT';
    if (size < HEADER || at + size > length) return 'EINVAL';
    const data = { at: addr + at + HEADER, length: size - HEADER };
    if (level !== SOL_SOCKET) {
      const more = socket.by === 'udp' ? readPacketOption(k, level, type, data) : {};
      if (typeof more === 'string') return more;
      packet = { ...packet, ...more };
    } else if (type === SCM_RIGHTS && socket.family === AF.UNIX) {
      const failed = readFiles(k, data.at, data.length, files);
      if (failed !== null) return failed;
    } else if (type === SCM_CREDENTIALS && socket.family === AF.UNIX) {
      const claimed = data.length === UCRED ? readCredentials(k, data.at) : 'EINVAL';
      if (typeof claimed === 'string') return claimed;
      credentials = claimed;
    } else if (type !== SCM_RIGHTS && type !== SCM_CREDENTIALS) return 'EINVAL';
    at += align(size);
  }
  return { files, credentials, packet };
}

function readFiles(k: Kernel, addr: number, length: number, files: FileId[]): Errno | null {
  if (length / 4 + files.length > MAX_FILES) return 'EINVAL';
  for (let at = 0; at + 4 <= length; at += 4) {
    const number = k.user.readI32(addr + at);
    if (number === undefined) return 'EFAULT';
    const file = openFile(k, number);
    if (file === undefined) return 'EBADF';
    files.push(file.id);
  }
  return null;
}

const UCRED = 12;

/** struct ucred; to claim to be somebody else takes a capability. */
function readCredentials(k: Kernel, addr: number): Ucred | Errno {
  const [pid, uid, gid] = [0, 4, 8].map((at) => k.user.readU32(addr + at));
  if (pid === undefined || uid === undefined || gid === undefined) return 'EFAULT';
  const { ruid, euid, suid, rgid, egid, sgid } = k.task.credentials;
  const honest =
    (pid === k.group.tgid || capable(k, CAP.CAP_SYS_ADMIN)) &&
    ([ruid, euid, suid].includes(uid) || capable(k, CAP.CAP_SETUID)) &&
    ([rgid, egid, sgid].includes(gid) || capable(k, CAP.CAP_SETGID));
  if (!honest) return 'EPERM';
  return pid === k.group.tgid || k.groups.has(pid as never) ? { pid, uid, gid } : 'ESRCH';
}

/** Where received control messages go. */
interface Room {
  readonly control: number;
  readonly controlLength: number;
}

/** A message of 32-bit words. */
export interface ControlMessage {
  readonly level: number;
  readonly type: number;
  readonly words: readonly number[];
}

/** Writes what came along; what does not fit is lost, and the caller told so. */
export function giveControl(
  k: Kernel,
  socket: Socket,
  got: Received,
  { control, controlLength }: Room,
  bits: number,
): { readonly length: number; readonly isCut: boolean } | 'EFAULT' {
  const room = control === 0 ? 0 : controlLength;
  let length = 0;
  let isCut = false;
  for (const message of [
    ...stampOf(socket, got),
    ...credentialsOf(k, socket, got),
    ...packetMessages(socket, got),
  ]) {
    const size = HEADER + 4 * message.words.length;
    if (room - length < HEADER) {
      isCut = true;
      continue;
    }
    if (room - length < size) isCut = true;
    if (!giveMessage(k, control + length, message, room - length)) {
      giveFiles(k, got.files, 0, bits);
      return 'EFAULT';
    }
    length = Math.min(room, length + align(size));
  }
  if (got.files.length === 0) return { length, isCut };
  const fits = Math.max(0, Math.floor((room - length - HEADER) / 4));
  const numbers = giveFiles(k, got.files, fits, bits);
  if (numbers.length < got.files.length) isCut = true;
  if (numbers.length === 0) return { length, isCut };
  const rights = { level: SOL_SOCKET, type: SCM_RIGHTS, words: numbers };
  if (!giveMessage(k, control + length, rights, room - length)) return 'EFAULT';
  return { length: Math.min(room, length + align(HEADER + 4 * numbers.length)), isCut };
}

/** SO_TIMESTAMP and SO_TIMESTAMPNS: when it came. */
function stampOf({ options }: Socket, { stamp }: Received): ControlMessage[] {
  if (stamp === null || options.stamps === 'none') return [];
  const isNano = options.stamps === 'nano';
  const part = isNano ? stamp.nsec : Math.floor(stamp.nsec / 1000);
  const words = [stamp.sec | 0, Math.floor(stamp.sec / 2 ** 32), part, 0];
  return [{ level: SOL_SOCKET, type: isNano ? SO_TIMESTAMPNS : SO_TIMESTAMP, words }];
}

function credentialsOf(k: Kernel, { options }: Socket, { credentials }: Received): ControlMessage[] {
  if (credentials === null) return [];
  const { pid, uid, gid } = credentials;
  const told: ControlMessage[] = [];
  if (options.passCredentials)
    told.push({ level: SOL_SOCKET, type: SCM_CREDENTIALS, words: [pid, uid, gid] });
  const group = k.groups.get(pid as never);
  if (options.passPidfd && group !== undefined) {
    const number = installFd(k.vfs, k.files, newPidfd(k.vfs, pid, 0, group.life === 'zombie'), true);
    if (typeof number === 'number') told.push({ level: SOL_SOCKET, type: SCM_PIDFD, words: [number] });
  }
  return told;
}

/** New descriptors for as many files as fit; the others are let go. */
function giveFiles(k: Kernel, files: readonly FileId[], fits: number, bits: number): number[] {
  const numbers: number[] = [];
  const isPeek = (bits & MSG_PEEK) !== 0;
  for (const file of files) {
    if (numbers.length >= fits) {
      if (!isPeek) releaseFile(k.vfs, file);
      continue;
    }
    if (isPeek) retainFile(k.vfs, file);
    const number = installFd(k.vfs, k.files, file, (bits & MSG_CMSG_CLOEXEC) !== 0);
    if (typeof number === 'number') numbers.push(number);
  }
  return numbers;
}

/** Writes as much of a message as there is room for. Linux: put_cmsg(). */
function giveMessage(k: Kernel, addr: number, { level, type, words }: ControlMessage, room: number): boolean {
  const size = Math.min(room, HEADER + 4 * words.length);
  const head =
    k.user.writeU64(addr, size) && k.user.writeU32(addr + 8, level) && k.user.writeU32(addr + 12, type);
  const fits = words.slice(0, Math.floor((size - HEADER) / 4));
  return head && fits.every((word, i) => k.user.writeU32(addr + HEADER + 4 * i, word >>> 0));
}
