/** signalfd(2): pending signals of whoever reads, as structures. Linux: fs/signalfd.c. */
import { O, type SigInfoLayout, sigInfoLayout } from '../abi/index.ts';
import { bug } from '../base/index.ts';
import { type FileOps, NO_FILES, NO_OPS, waitFor } from './file-ops.ts';
import { notify } from './notify.ts';
import { newFile } from './open-file.ts';
import {
  type FileId,
  type OpenFile,
  type Outcome,
  POLLIN,
  type QueueId,
  type TakenSignal,
  type Transfer,
} from './types.ts';
import type { Vfs } from './vfs.ts';

export interface SignalFd {
  readonly id: number;
  /** Signals it takes: bit n-1 stands for signal n. */
  lo: number;
  hi: number;
}

/** sizeof(struct signalfd_siginfo). */
const RECORD = 128;

/** The one queue of all who wait for signals by file: who may take one is known only when it looks. */
function arrivals(vfs: Vfs): QueueId {
  if (vfs.signalQueue === 0) vfs.signalQueue = vfs.host.newQueue();
  return vfs.signalQueue;
}

/** The kernel has queued a signal: readers of signalfds look again. Cheap while nobody has one. */
export function signalArrived(vfs: Vfs): void {
  if (vfs.signalQueue !== 0) notify(vfs, vfs.signalQueue);
}

export function newSignalFd(vfs: Vfs, lo: number, hi: number, flags: number): FileId {
  const signals: SignalFd = { id: vfs.nextId++, lo, hi };
  vfs.signalfds.set(signals.id, signals);
  const path = 'anon_inode:[signalfd]';
  return newFile(vfs, {
    kind: 'signalfd',
    flags: O.O_RDWR | (flags & O.O_NONBLOCK),
    path,
    channel: signals.id,
  });
}

const signalsOf = (vfs: Vfs, file: OpenFile): SignalFd =>
  vfs.signalfds.get(file.channel) ?? bug(`there is no signalfd ${file.channel}`);

/** signalfd4(2) on an existing one: another set. */
export function setSignalFd(vfs: Vfs, file: OpenFile, lo: number, hi: number): void {
  const signals = signalsOf(vfs, file);
  signals.lo = lo;
  signals.hi = hi;
  signalArrived(vfs);
}

/** Places in struct signalfd_siginfo. */
const AT = {
  signo: 0,
  errno: 4,
  code: 8,
  pid: 12,
  uid: 16,
  fd: 20,
  tid: 24,
  band: 28,
  overrun: 32,
  status: 40,
  int: 44,
  ptr: 48,
  utime: 56,
  stime: 64,
  addr: 72,
  syscall: 84,
  callAddr: 88,
  arch: 96,
} as const;
type Field = keyof typeof AT;

/** What a signal says beside its number and code, by what its fields mean. */
const FIELDS: Readonly<Record<SigInfoLayout, (s: TakenSignal) => Partial<Record<Field, number>>>> = {
  kill: ({ pid, uid }) => ({ pid, uid }),
  timer: ({ pid, uid, status }) => ({ tid: pid, overrun: uid, int: status }),
  poll: ({ pid, status }) => ({ band: pid, fd: status }),
  fault: () => ({}),
  child: ({ pid, uid, status, tail }) => ({ pid, uid, status, utime: tail?.[0] ?? 0, stime: tail?.[2] ?? 0 }),
  queue: ({ pid, uid, status }) => ({ pid, uid, int: status }),
  syscall: ({ status, valueHi }) => ({ syscall: status, arch: valueHi }),
};

function pack(signal: TakenSignal): Uint8Array {
  const bytes = new Uint8Array(RECORD);
  const view = new DataView(bytes.buffer);
  const { signo, errno, code, addr } = signal;
  const layout = sigInfoLayout(signo, code);
  for (const [field, value] of Object.entries({ signo, errno, code, ...FIELDS[layout](signal) }))
    view.setInt32(AT[field as Field], value, true);
  if (layout === 'timer' || layout === 'queue') {
    view.setInt32(AT.ptr, signal.status, true);
    view.setInt32(AT.ptr + 4, signal.valueHi, true);
  }
  if (layout === 'fault' || layout === 'syscall') {
    const at = layout === 'fault' ? AT.addr : AT.callAddr;
    view.setUint32(at, addr >>> 0, true);
    view.setUint32(at + 4, Math.floor(addr / 2 ** 32), true);
  }
  return bytes;
}

function read(vfs: Vfs, file: OpenFile, to: Transfer): Outcome {
  const signals = signalsOf(vfs, file);
  if (to.left < RECORD) return 'EINVAL';
  let done = 0;
  while (to.left >= RECORD) {
    const signal = vfs.host.takeSignal(signals.lo, signals.hi);
    if (signal === null) break;
    if (to.put(pack(signal)) < RECORD) return done > 0 ? done : 'EFAULT';
    done += RECORD;
  }
  if (done > 0) return done;
  return file.flags & O.O_NONBLOCK ? 'EAGAIN' : waitFor('signalfd', arrivals(vfs), signals.id);
}

export const SIGNALFD_OPS: FileOps = {
  ...NO_OPS,
  read,
  poll(vfs, file) {
    const { lo, hi } = signalsOf(vfs, file);
    return vfs.host.hasSignal(lo, hi) ? POLLIN : 0;
  },
  queues: (vfs) => [arrivals(vfs)],
  close: (vfs, file) => {
    vfs.signalfds.delete(file.channel);
    return NO_FILES;
  },
};
