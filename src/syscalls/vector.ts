/** readv, writev and their positioned forms. Linux: fs/read_write.c. */
import { O } from '../abi/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import { NO_OPS, type OpenFile, type Outcome, OWN_POSITION } from '../vfs/index.ts';
import { fd, flags, long, size, unshown } from './args.ts';
import { fileFor } from './file.ts';
import { inVector, outVector, readRanges, remaining } from './iovec.ts';
import {
  type Direction,
  move,
  positioned,
  READ_ERRORS,
  SOCKET_READ_ERRORS,
  SOCKET_WRITE_ERRORS,
  WRITE_ERRORS,
} from './read-write.ts';

interface VectorCall {
  readonly addr: number;
  readonly count: number;
  readonly at: number;
  readonly isPatient: boolean;
}

function moveVector(k: Kernel, file: OpenFile, what: Direction, call: VectorCall): Outcome {
  if (k.vfs.ops[file.kind][what] === NO_OPS[what]) return 'EINVAL';
  const ranges = readRanges(k, call.addr, call.count);
  if (typeof ranges === 'string') return ranges;
  // Linux: do_iter_readv_writev is not reached by nothing at all.
  if (ranges.every(({ length }) => length === 0)) return 0;
  const transfer = k.transferVector(remaining(ranges, k.call.progress));
  return move(k, file, what, transfer, call.at, call.isPatient);
}

export const readv = syscall({
  nr: 65,
  name: 'readv',
  args: [fd, outVector, size],
  errors: [...READ_ERRORS, ...SOCKET_READ_ERRORS],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, count) {
    const file = fileFor(k, number, 'read');
    if (file === undefined) return 'EBADF';
    return moveVector(k, file, 'read', { addr, count, at: OWN_POSITION, isPatient: true });
  },
});

export const writev = syscall({
  nr: 66,
  name: 'writev',
  args: [fd, inVector, size],
  errors: [...WRITE_ERRORS, ...SOCKET_WRITE_ERRORS],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, count) {
    const file = fileFor(k, number, 'write');
    if (file === undefined) return 'EBADF';
    return moveVector(k, file, 'write', { addr, count, at: OWN_POSITION, isPatient: true });
  },
});

export const preadv = syscall({
  nr: 69,
  name: 'preadv',
  args: [fd, outVector, size, long],
  errors: [...READ_ERRORS, 'ESPIPE'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, count, at) {
    const file = positioned(k, number, 'read', at);
    return typeof file === 'string'
      ? file
      : moveVector(k, file, 'read', { addr, count, at, isPatient: true });
  },
});

export const pwritev = syscall({
  nr: 70,
  name: 'pwritev',
  args: [fd, inVector, size, long],
  errors: [...WRITE_ERRORS, 'ESPIPE'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, count, at) {
    const file = positioned(k, number, 'write', at);
    return typeof file === 'string'
      ? file
      : moveVector(k, file, 'write', { addr, count, at, isPatient: true });
  },
});

const RWF = { RWF_HIPRI: 1, RWF_DSYNC: 2, RWF_SYNC: 4, RWF_NOWAIT: 8, RWF_APPEND: 16, RWF_NOAPPEND: 32 };
const KNOWN_RWF = 63;

const WITHOUT_VECTORS: ReadonlySet<string> = new Set(['directory', 'inotify']);

/** preadv2 and pwritev2: position -1 is the file's own, flags hold for this call only. */
function moveWith(k: Kernel, number: number, what: Direction, call: VectorCall, bits: number): Outcome {
  const own = call.at === OWN_POSITION;
  const file = own ? (fileFor(k, number, what) ?? 'EBADF') : positioned(k, number, what, call.at);
  if (typeof file === 'string') return file;
  const ranges = readRanges(k, call.addr, call.count);
  if (typeof ranges === 'string') return ranges;
  if (ranges.every(({ length }) => length === 0)) return 0;
  // Files in memory take no RWF_NOWAIT (Linux: FMODE_NOWAIT).
  const isUnknown = (bits & ~KNOWN_RWF) !== 0 || (bits & RWF.RWF_NOWAIT && file.kind === 'regular');
  if (isUnknown) return 'EOPNOTSUPP';
  // Linux: do_loop_readv_writev. What has no vectors of its own knows no flags.
  if (WITHOUT_VECTORS.has(file.kind) && (bits & ~RWF.RWF_HIPRI) !== 0) return 'EOPNOTSUPP';
  const both = RWF.RWF_APPEND | RWF.RWF_NOAPPEND;
  if ((bits & both) === both) return 'EINVAL';
  const before = file.flags;
  if (bits & RWF.RWF_APPEND) file.flags |= O.O_APPEND;
  if (bits & RWF.RWF_NOAPPEND) file.flags &= ~O.O_APPEND;
  const result = moveVector(k, file, what, { ...call, isPatient: (bits & RWF.RWF_NOWAIT) === 0 });
  file.flags = before;
  return result;
}

export const preadv2 = syscall({
  nr: 286,
  name: 'preadv2',
  args: [fd, outVector, size, long, unshown, flags(RWF)],
  errors: [...READ_ERRORS, ...SOCKET_READ_ERRORS, 'EOPNOTSUPP', 'ESPIPE'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run: (k, number, addr, count, at, _high, bits) =>
    moveWith(k, number, 'read', { addr, count, at, isPatient: true }, bits),
});

export const pwritev2 = syscall({
  nr: 287,
  name: 'pwritev2',
  args: [fd, inVector, size, long, unshown, flags(RWF)],
  errors: [...WRITE_ERRORS, ...SOCKET_WRITE_ERRORS, 'EOPNOTSUPP', 'ESPIPE'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run: (k, number, addr, count, at, _high, bits) =>
    moveWith(k, number, 'write', { addr, count, at, isPatient: true }, bits),
});

export const VECTOR_CALLS = [readv, writev, preadv, pwritev, preadv2, pwritev2];
