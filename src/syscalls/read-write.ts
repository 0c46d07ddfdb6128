/** read, write and their positioned forms; vectors are in vector.ts. Linux: fs/read_write.c. */
import type { Errno } from '../abi/index.ts';
import { type Kernel, syscall, type Task } from '../kernel/index.ts';
import { NO_OPS, type OpenFile, type Outcome, OWN_POSITION, type Transfer, tellMoved } from '../vfs/index.ts';
import { fd, inBuffer, long, outBuffer, size } from './args.ts';
import { fileFor, isBeyond, MAX_BYTES, openFile } from './file.ts';

/** Which way the bytes go. */
export type Direction = 'read' | 'write';

/** One run of a call that moves bytes. What a waiting call has moved already is kept in `progress`. */
export function move(
  k: Kernel,
  file: OpenFile,
  what: Direction,
  bytes: Transfer,
  at: number,
  isPatient = true,
): Outcome {
  const before = bytes.left;
  const from = at === OWN_POSITION ? at : at + k.call.progress;
  const ops = k.vfs.ops[file.kind];
  const result = what === 'read' ? ops.read(k.vfs, file, bytes, from) : ops.write(k.vfs, file, bytes, from);
  if (typeof result === 'number') {
    if (result > 0) tellMoved(k.vfs, file, what);
    count(k.task, what, k.call.progress + result);
    return k.call.progress + result;
  }
  if (typeof result === 'object') {
    k.call.progress += before - bytes.left;
    if (isPatient) return result;
  }
  if (k.call.progress > 0) return k.call.progress;
  return typeof result === 'object' ? 'EAGAIN' : result;
}

/** What /proc/PID/io tells. */
function count(task: Task, what: Direction, bytes: number): void {
  if (what === 'read') {
    task.syscr++;
    task.rchar += bytes;
  } else {
    task.syscw++;
    task.wchar += bytes;
  }
}

/** The plain forms: one buffer. */
function moveOne(
  k: Kernel,
  file: OpenFile,
  what: Direction,
  addr: number,
  length: number,
  at: number,
): Outcome {
  if (isBeyond(addr, length) && k.vfs.ops[file.kind][what] !== NO_OPS[what]) return 'EFAULT';
  const { progress } = k.call;
  return move(k, file, what, k.transfer(addr + progress, Math.min(length, MAX_BYTES) - progress), at);
}

/** Can a file be read at any place? What has no name anywhere cannot, though some of it seeks. Linux: FMODE_PREAD. */
export const hasPositions = (k: Kernel, file: OpenFile): boolean =>
  k.vfs.ops[file.kind].seek !== null && file.inode !== 0;

/** The file of a positioned call, or why there is none, in Linux's order. */
export function positioned(k: Kernel, number: number, what: Direction, at: number): OpenFile | Errno {
  if (at < 0) return 'EINVAL';
  const file = openFile(k, number);
  if (file === undefined) return 'EBADF';
  if (!hasPositions(k, file)) return 'ESPIPE';
  return fileFor(k, number, what) ?? 'EBADF';
}

/** What reading may end with; sockets have more. */
export const READ_ERRORS = [
  'EAGAIN',
  'EBADF',
  'EFAULT',
  'EINTR',
  'EINVAL',
  'EIO',
  'ENODATA',
  'ECANCELED',
  'EISDIR',
  'ESRCH',
] as const;
/** What reading from a socket may end with besides. */
export const SOCKET_READ_ERRORS = ['ECONNREFUSED', 'ECONNRESET', 'ENOTCONN'] as const;
/** What writing may end with; sockets have more. */
export const WRITE_ERRORS = [
  'EACCES',
  'EAGAIN',
  'EBADF',
  'EFAULT',
  'EFBIG',
  'EINTR',
  'EINVAL',
  'EIO',
  'ENOSPC',
  'EPERM',
  'EPIPE',
  'ESRCH',
] as const;
/** What writing to a socket may end with besides. */
export const SOCKET_WRITE_ERRORS = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EDESTADDRREQ',
  'EMSGSIZE',
  'ENOBUFS',
  'ENOTCONN',
] as const;

export const read = syscall({
  nr: 63,
  name: 'read',
  args: [fd, outBuffer, size],
  errors: [...READ_ERRORS, ...SOCKET_READ_ERRORS],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length) {
    const file = fileFor(k, number, 'read');
    if (file === undefined) return 'EBADF';
    return moveOne(k, file, 'read', addr, length, OWN_POSITION);
  },
});

export const write = syscall({
  nr: 64,
  name: 'write',
  args: [fd, inBuffer, size],
  errors: [...WRITE_ERRORS, ...SOCKET_WRITE_ERRORS],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length) {
    const file = fileFor(k, number, 'write');
    if (file === undefined) return 'EBADF';
    return moveOne(k, file, 'write', addr, length, OWN_POSITION);
  },
});

export const pread64 = syscall({
  nr: 67,
  name: 'pread64',
  args: [fd, outBuffer, size, long],
  errors: [...READ_ERRORS, 'ESPIPE'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length, at) {
    const file = positioned(k, number, 'read', at);
    if (typeof file === 'string') return file;
    return moveOne(k, file, 'read', addr, length, at);
  },
});

export const pwrite64 = syscall({
  nr: 68,
  name: 'pwrite64',
  args: [fd, inBuffer, size, long],
  errors: [...WRITE_ERRORS, 'ESPIPE'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length, at) {
    const file = positioned(k, number, 'write', at);
    if (typeof file === 'string') return file;
    return moveOne(k, file, 'write', addr, length, at);
  },
});

export const READ_WRITE_CALLS = [read, write, pread64, pwrite64];
