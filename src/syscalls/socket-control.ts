/** Control messages of sendmsg and recvmsg: descriptors and credentials. man 3 cmsg, man 7 unix. */
import type { Errno } from '../abi/index.ts';
import type { Kernel } from '../kernel/index.ts';
import {
  type FileId,
  installFd,
  type Received,
  releaseFile,
  retainFile,
  type Socket,
  type Ucred,
} from '../vfs/index.ts';
import { openFile } from './file.ts';

const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const SCM_CREDENTIALS = 2;
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
}

/** Reads what the caller wants to send along. */
export function readControl(k: Kernel, addr: number, length: number): Control | Errno {
  const files: FileId[] = [];
  let credentials: Ucred | null = null;
  for (let at = 0; addr !== 0 && at + HEADER <= length; ) {
    const size = k.user.readU64(addr + at);
    const [level, type] = [k.user.readI32(addr + at + 8), k.user.readI32(addr + at + 12)];
    if (size === undefined || level === undefined || type === undefined) return 'EFAULT';
    if (size < HEADER || at + size > length || level !== SOL_SOCKET) return 'EINVAL';
    if (type === SCM_RIGHTS) {
      const failed = readFiles(k, addr + at + HEADER, size - HEADER, files);
      if (failed !== null) return failed;
    } else if (type === SCM_CREDENTIALS) {
      const claimed = readCredentials(k, addr + at + HEADER);
      if (typeof claimed === 'string') return claimed;
      credentials = claimed;
    } else return 'EINVAL';
    at += align(size);
  }
  return { files, credentials };
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

/** struct ucred; only root may claim to be somebody else. */
function readCredentials(k: Kernel, addr: number): Ucred | Errno {
  const [pid, uid, gid] = [0, 4, 8].map((at) => k.user.readU32(addr + at));
  if (pid === undefined || uid === undefined || gid === undefined) return 'EFAULT';
  const { ruid, euid, suid, rgid, egid, sgid } = k.task.credentials;
  const honest = pid === k.group.tgid && [ruid, euid, suid].includes(uid) && [rgid, egid, sgid].includes(gid);
  return honest || euid === 0 ? { pid, uid, gid } : 'EPERM';
}

/** Where received control messages go. */
interface Room {
  readonly control: number;
  readonly controlLength: number;
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
  if (socket.passCredentials && got.credentials !== null) {
    if (room < HEADER + 12) isCut = true;
    else {
      const { pid, uid, gid } = got.credentials;
      if (!giveMessage(k, control, SCM_CREDENTIALS, [pid, uid, gid])) {
        giveFiles(k, got.files, 0, bits);
        return 'EFAULT';
      }
      length = align(HEADER + 12);
    }
  }
  if (got.files.length === 0) return { length, isCut };
  const fits = Math.max(0, Math.floor((room - length - HEADER) / 4));
  const numbers = giveFiles(k, got.files, fits, bits);
  if (numbers.length < got.files.length) isCut = true;
  if (numbers.length === 0) return { length, isCut };
  if (!giveMessage(k, control + length, SCM_RIGHTS, numbers)) return 'EFAULT';
  return { length: Math.min(room, length + align(HEADER + 4 * numbers.length)), isCut };
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

function giveMessage(k: Kernel, addr: number, type: number, words: readonly number[]): boolean {
  const head =
    k.user.writeU64(addr, HEADER + 4 * words.length) &&
    k.user.writeU32(addr + 8, SOL_SOCKET) &&
    k.user.writeU32(addr + 12, type);
  return head && words.every((word, i) => k.user.writeU32(addr + HEADER + 4 * i, word));
}
