/** Opening what is not just bytes or names: devices, terminals, FIFOs, and files that are open already. */
import { type Errno, O } from '../abi/index.ts';
import { mayMakePipe } from './buffers.ts';
import { hasDriver } from './device.ts';
import { waitFor } from './file-ops.ts';
import { notify } from './notify.ts';
import { newFile } from './open-file.ts';
import { dropPipe, makePipe, openPipeEnd, type Pipe, pipeOf, reads, writes } from './pipe.ts';
import { openMaster, PTMX, PTS_MAJOR } from './pty.ts';
import { openTty } from './tty.ts';
import type { FileId, Inode, MountId, OpenFile, Wait } from './types.ts';
import type { Vfs } from './vfs.ts';

/** What an open file of the tree begins with. `flags` still has O_NOCTTY. */
export interface SpecialInit {
  readonly inode: Inode;
  readonly mount: MountId | 0;
  readonly flags: number;
  readonly path: string;
}

/** /dev/tty: whatever the process's controlling terminal is. */
const OWN_TERMINAL = 5 * 256;

/** Opens a character device. */
export function openDevice(vfs: Vfs, { inode, mount, flags, path }: SpecialInit): FileId | Errno {
  const init = { flags, inode: inode.id, mount, path };
  if (hasDriver(inode.rdev)) return newFile(vfs, { ...init, flags: flags & ~O.O_NOCTTY, kind: 'device' });
  if (inode.rdev === PTMX) return openMaster(vfs, init);
  const own = inode.rdev === OWN_TERMINAL;
  const tty = vfs.ttys.get(own ? vfs.host.current().tty : inode.rdev);
  if (tty === undefined) return own || inode.rdev >> 8 !== PTS_MAJOR ? 'ENXIO' : 'EIO';
  return openTty(vfs, tty, own ? { ...init, flags: flags | O.O_NOCTTY } : init);
}

/**
 * Opens a FIFO: a reader waits for a writer and a writer for a reader (man 7 fifo). Who was waiting counts as
 * an end from the moment the other one comes, so that neither misses the other.
 */
export function openFifo(vfs: Vfs, { inode, flags, path }: SpecialInit): FileId | Errno | Wait {
  if (inode.channel === 0 && !mayMakePipe(vfs)) return 'ENFILE';
  const pipe = inode.channel === 0 ? makePipe(vfs, { inode: inode.id }) : pipeOf(vfs, inode.channel);
  inode.channel = pipe.id;
  const [mayRead, mayWrite] = [reads(flags), writes(flags)];
  const promised = takePromise(vfs, pipe);
  if (!promised && mayRead !== mayWrite) {
    const other = mayRead ? pipe.writers : pipe.readers;
    const queue = mayRead ? pipe.writerQueue : pipe.readerQueue;
    const isOtherThere = other > 0 || vfs.host.waiters(queue).length > 0;
    if (!isOtherThere && flags & O.O_NONBLOCK && mayWrite) {
      dropUnused(vfs, pipe);
      return 'ENXIO';
    }
    if (!isOtherThere && (flags & O.O_NONBLOCK) === 0) {
      vfs.opening.set(vfs.host.current().tid, pipe.id);
      return waitFor('fifo-open', mayRead ? pipe.readerQueue : pipe.writerQueue, pipe.id);
    }
  }
  if (mayRead) admit(vfs, pipe, 'writer');
  if (mayWrite) admit(vfs, pipe, 'reader');
  const kept = flags & ~O.O_NOCTTY;
  return openPipeEnd(vfs, pipe, kept, path);
}

/** Those who wait to open the other end count as open from now on. */
function admit(vfs: Vfs, pipe: Pipe, end: 'reader' | 'writer'): void {
  const queue = end === 'reader' ? pipe.readerQueue : pipe.writerQueue;
  for (const tid of vfs.host.waiters(queue)) {
    pipe.promised.push({ tid, end });
    if (end === 'reader') pipe.readers++;
    else pipe.writers++;
  }
  notify(vfs, queue);
}

/** Was the current task admitted while it waited? The end it was counted as becomes its file. */
function takePromise(vfs: Vfs, pipe: Pipe): boolean {
  const { tid } = vfs.host.current();
  vfs.opening.delete(tid);
  return breakPromise(pipe, tid);
}

function breakPromise(pipe: Pipe, tid: number): boolean {
  const at = pipe.promised.findIndex((promise) => promise.tid === tid);
  if (at < 0) return false;
  const [promise] = pipe.promised.splice(at, 1);
  if (promise!.end === 'reader') pipe.readers--;
  else pipe.writers--;
  return true;
}

/** The kernel tells: this task does not wait to open a FIFO any more, it was interrupted or is gone. */
export function forgetOpening(vfs: Vfs, tid: number): void {
  const pipe = vfs.pipes.get(vfs.opening.get(tid) ?? 0);
  vfs.opening.delete(tid);
  if (pipe === undefined) return;
  if (breakPromise(pipe, tid)) {
    notify(vfs, pipe.readQueue);
    notify(vfs, pipe.writeQueue);
  }
  dropUnused(vfs, pipe);
}

function dropUnused(vfs: Vfs, pipe: Pipe): void {
  const isWanted = [...vfs.opening.values()].includes(pipe.id);
  if (!isWanted) dropPipe(vfs, pipe);
}

/** Opens anew what a magic link of /proc/PID/fd leads to and what has no place in the tree. */
export function reopenFile(vfs: Vfs, file: OpenFile, flags: number): FileId | Errno {
  const kept = flags & ~(O.O_CREAT | O.O_EXCL | O.O_NOCTTY | O.O_TRUNC | O.O_CLOEXEC);
  const { kind, path, inode, mount, channel } = file;
  if (flags & O.O_DIRECTORY) return 'ENOTDIR';
  if (flags & O.O_PATH) return newFile(vfs, { kind: 'path', flags: kept, inode, mount, path, channel });
  if (kind === 'pipe') {
    const pipe = pipeOf(vfs, channel);
    // What waits for the host is not the guest's to read, nor what the host writes the guest's to forge.
    if ((pipe.host === 'reader' && reads(flags)) || (pipe.host === 'writer' && writes(flags)))
      return 'EACCES';
    return openPipeEnd(vfs, pipe, kept, path);
  }
  if (kind === 'regular' || kind === 'tty')
    return newFile(vfs, { kind, flags: kept, inode, mount, path, channel });
  return 'ENXIO';
}
