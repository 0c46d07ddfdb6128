/** signalfd(2): pending signals of whoever reads, as structures. Linux: fs/signalfd.c. */
import { O } from '../abi/index.ts';
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

/** struct signalfd_siginfo: signo, errno, code, pid, uid, fd, tid, band, overrun, trapno, status … addr. */
function pack(signal: TakenSignal): Uint8Array {
  const bytes = new Uint8Array(RECORD);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, signal.signo, true);
  view.setInt32(8, signal.code, true);
  view.setUint32(12, signal.pid, true);
  view.setUint32(16, signal.uid, true);
  view.setInt32(40, signal.status, true);
  view.setInt32(44, signal.status, true);
  view.setUint32(72, signal.addr >>> 0, true);
  view.setUint32(76, Math.floor(signal.addr / 2 ** 32), true);
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
