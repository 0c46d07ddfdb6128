/**
 * Terminals: what they are, opening, reading and writing them. A hosted terminal's other end is the host
 * (tty-host.ts); a pseudo-terminal's will be another open file, on the same record. Linux: drivers/tty/.
 */
import { O, SIGNAL } from '../abi/index.ts';
import { bug, type Nanos } from '../base/index.ts';
import { type FileOps, NO_FILES, NO_OPS, PIECE, pause, waitFor } from './file-ops.ts';
import { notify } from './notify.ts';
import { type FileInit, newFile } from './open-file.ts';
import { type ByteRing, newRing, ringToTransfer } from './ring.ts';
import { CC, ICANON, newTermios, type Termios, TOSTOP } from './termios.ts';
import { isBackground, takeTerminal } from './tty-control.ts';
import { isReadable } from './tty-input.ts';
import { ttyIoctl } from './tty-ioctl.ts';
import { put } from './tty-output.ts';
import {
  type FileId,
  type OpenFile,
  type Outcome,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDNORM,
  POLLWRNORM,
  type QueueId,
  type Transfer,
  type Wait,
} from './types.ts';
import type { Vfs } from './vfs.ts';

export interface Tty {
  /** Its device number, which is also what a process names as its controlling terminal. */
  readonly id: number;
  readonly isHosted: boolean;
  readonly termios: Termios;
  readonly size: { rows: number; columns: number; width: number; height: number };
  /** The session it controls, and of that the process group in the foreground; 0 for none. */
  session: number;
  foreground: number;
  /** Typed and not yet ended: canonical mode's line. */
  readonly line: number[];
  /** What can be read, and in canonical mode how long each line of it is; 0 is an end of file. */
  readonly input: ByteRing;
  readonly lines: number[];
  /** ^V was typed: the next character means itself. */
  isLiteral: boolean;
  /** On its way to the screen. */
  readonly output: ByteRing;
  /** ^S was typed. */
  isStopped: boolean;
  /** Where the cursor stands, and where the line being typed begins. */
  column: number;
  lineColumn: number;
  readonly readQueue: QueueId;
  readonly writeQueue: QueueId;
  /** Open files that a hangup made useless. */
  readonly hungUp: Set<FileId>;
}

/** Makes a terminal under a device number. */
export function newTty(vfs: Vfs, id: number, isHosted: boolean): Tty {
  const tty: Tty = {
    id,
    isHosted,
    termios: newTermios(),
    size: { rows: 24, columns: 80, width: 0, height: 0 },
    session: 0,
    foreground: 0,
    line: [],
    input: newRing(),
    lines: [],
    isLiteral: false,
    output: newRing(),
    isStopped: false,
    column: 0,
    lineColumn: 0,
    readQueue: vfs.host.newQueue(),
    writeQueue: vfs.host.newQueue(),
    hungUp: new Set(),
  };
  vfs.ttys.set(id, tty);
  return tty;
}

export const ttyOf = (vfs: Vfs, file: OpenFile): Tty =>
  vfs.ttys.get(file.channel) ?? bug(`there is no terminal ${file.channel}`);

/** Opens a terminal; for a session leader without one it becomes the controlling terminal. */
export function openTty(vfs: Vfs, tty: Tty, init: Omit<FileInit, 'kind' | 'channel'>): FileId {
  const { tgid, sid, tty: own } = vfs.host.current();
  const takes = (init.flags & O.O_NOCTTY) === 0 && tgid === sid && own === 0 && tty.session === 0;
  if (takes) takeTerminal(vfs, tty);
  return newFile(vfs, { ...init, flags: init.flags & ~O.O_NOCTTY, kind: 'tty', channel: tty.id });
}

/**
 * The session's leader has gone: those in the foreground hear of it, and what is open leads nowhere any more.
 * Linux: tty_vhangup_session.
 */
export function hangUp(vfs: Vfs, id: number): void {
  const tty = vfs.ttys.get(id);
  if (tty === undefined) return;
  const { session, foreground } = tty;
  for (const file of vfs.files.values())
    if (file.kind === 'tty' && file.channel === id) tty.hungUp.add(file.id);
  tty.session = 0;
  tty.foreground = 0;
  if (foreground !== 0) {
    vfs.host.signalGroup(foreground, SIGNAL.SIGHUP);
    vfs.host.signalGroup(foreground, SIGNAL.SIGCONT);
  }
  if (session !== 0) vfs.host.dropTty(session);
  notify(vfs, tty.readQueue);
  notify(vfs, tty.writeQueue);
}

function read(vfs: Vfs, file: OpenFile, to: Transfer): Outcome {
  const tty = ttyOf(vfs, file);
  if (tty.hungUp.has(file.id)) return 0;
  if (isBackground(vfs, tty)) {
    const stopped = vfs.host.stopForTty(SIGNAL.SIGTTIN);
    if (stopped !== 0) return stopped;
  }
  if (to.left === 0) return 0;
  return tty.termios.lflag & ICANON ? readLine(vfs, tty, file, to) : readRaw(vfs, tty, file, to);
}

const waitForInput = (tty: Tty): Wait => waitFor('tty-read', tty.readQueue, tty.id);

function readLine(_vfs: Vfs, tty: Tty, file: OpenFile, to: Transfer): Outcome {
  const length = tty.lines[0];
  if (length === undefined) return file.flags & O.O_NONBLOCK ? 'EAGAIN' : waitForInput(tty);
  if (length === 0) {
    tty.lines.shift();
    return 0;
  }
  const done = ringToTransfer(tty.input, to, length);
  if (done === 0) return 'EFAULT';
  if (done === length) tty.lines.shift();
  else tty.lines[0] = length - done;
  return done;
}

/** MIN and TIME decide when a read in raw mode is over (man 3 termios). */
function readRaw(vfs: Vfs, tty: Tty, file: OpenFile, to: Transfer): Outcome {
  const min = tty.termios.cc[CC.VMIN]!;
  const time = tty.termios.cc[CC.VTIME]! * 1e8;
  const has = tty.input.length;
  if (has > 0 && (has >= Math.min(min, to.left) || file.flags & O.O_NONBLOCK)) return giveRaw(tty, to);
  if (file.flags & O.O_NONBLOCK) return 'EAGAIN';
  if (min === 0 && time === 0) return 0;
  // The clock runs from the call with MIN 0, from the first byte otherwise.
  if (time === 0 || (min > 0 && has === 0)) return waitForInput(tty);
  const until = vfs.host.deadline(time as Nanos);
  if (vfs.host.expired()) return has > 0 ? giveRaw(tty, to) : 0;
  return { ...waitForInput(tty), until };
}

const giveRaw = (tty: Tty, to: Transfer): Outcome => ringToTransfer(tty.input, to, to.left) || 'EFAULT';

const scratch = new Uint8Array(4096);

function write(vfs: Vfs, file: OpenFile, from: Transfer): Outcome {
  const tty = ttyOf(vfs, file);
  if (tty.hungUp.has(file.id)) return 'EIO';
  if (tty.termios.lflag & TOSTOP && isBackground(vfs, tty)) {
    const stopped = vfs.host.stopForTty(SIGNAL.SIGTTOU);
    if (stopped !== 0) return stopped;
  }
  if (from.left === 0) return 0;
  if (tty.isStopped)
    return file.flags & O.O_NONBLOCK ? 'EAGAIN' : waitFor('tty-write', tty.writeQueue, tty.id);
  let done = 0;
  while (from.left > 0 && done < PIECE) {
    const want = Math.min(from.left, scratch.length);
    const took = from.take(scratch.subarray(0, want));
    for (let i = 0; i < took; i++) put(tty, scratch[i]!);
    done += took;
    if (took < want) return done > 0 ? done : 'EFAULT';
  }
  return from.left === 0 ? done : pause(vfs);
}

function poll(vfs: Vfs, file: OpenFile): number {
  const tty = ttyOf(vfs, file);
  const input = POLLIN | POLLRDNORM;
  const output = POLLOUT | POLLWRNORM;
  if (tty.hungUp.has(file.id)) return input | output | POLLERR | POLLHUP;
  return (isReadable(tty) ? input : 0) | (tty.isStopped ? 0 : output);
}

export const TTY_OPS: FileOps = {
  ...NO_OPS,
  read,
  write,
  poll,
  queues: (vfs, file) => {
    const { readQueue, writeQueue } = ttyOf(vfs, file);
    return [readQueue, writeQueue];
  },
  ioctl: ttyIoctl,
  close(vfs, file) {
    ttyOf(vfs, file).hungUp.delete(file.id);
    return NO_FILES;
  },
};
