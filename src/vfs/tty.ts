/**
 * Terminals: what they are, opening, reading and writing them. A hosted terminal's other end is the host
 * (tty-host.ts); a pseudo-terminal's is another open file on the same record (pty.ts). Linux: drivers/tty/.
 */
import { CAP, O, SIGNAL } from '../abi/index.ts';
import { bug, type Nanos } from '../base/index.ts';
import { hasCap } from './capability.ts';
import { type FileOps, NO_FILES, NO_OPS, PIECE, pause, waitFor } from './file-ops.ts';
import { notify, OUTPUT } from './notify.ts';
import { type FileInit, newFile } from './open-file.ts';
import type { Pty } from './pty.ts';
import { tellMaster } from './pty-packet.ts';
import { type ByteRing, newRing } from './ring.ts';
import { CC, noTermios, type Termios, TOSTOP } from './termios.ts';
import { isBackground, takeTerminal } from './tty-control.ts';
import { admit } from './tty-input.ts';
import { ttyIoctl } from './tty-ioctl.ts';
import { giveBytes, giveLine, readable, readsLines, TYPED_SIZE } from './tty-line.ts';
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
  /** Bits of the settings that stay as they are (TIOCSLCKTRMIOS). */
  readonly locked: Termios;
  readonly size: { rows: number; columns: number; width: number; height: number };
  /** The session it controls, and of that the process group in the foreground; 0 for none. */
  session: number;
  foreground: number;
  /** What was sent here and has not been typed in yet, for want of room. */
  readonly arriving: ByteRing;
  /** Typed and not read (tty-line.ts): a ring, where it begins and ends, and where the line being typed begins. */
  readonly typed: Uint8Array;
  tail: number;
  head: number;
  lineHead: number;
  /** Positions of the bytes that end lines. */
  readonly ends: number[];
  /** When something was typed last, for VTIME. */
  lastInput: Nanos;
  /** ^V was typed: the next character means itself. */
  isLiteral: boolean;
  /** ECHOPRT has begun to show what is erased. */
  isErasing: boolean;
  /** To be echoed when the terminal is not stopped (tty-output.ts). */
  readonly echoes: number[];
  /** On its way to the screen. */
  readonly output: ByteRing;
  /** How much of it there was before the keys that are being taken: what they echo has not arrived there yet. */
  outputBefore: number;
  /** ^S was typed, or (held) tcflow(3) said so. */
  isStopped: boolean;
  isHeld: boolean;
  /** TIOCEXCL: only the superuser may open it once more. */
  isExclusive: boolean;
  /** Where the cursor stands, and where the line being typed begins. */
  column: number;
  lineColumn: number;
  readonly readQueue: QueueId;
  readonly writeQueue: QueueId;
  /** Open files that a hangup made useless. */
  readonly hungUp: Set<FileId>;
  /** The other end, when programs are there. */
  pty: Pty | null;
}

/** Makes a terminal under a device number. */
export function newTty(vfs: Vfs, id: number, isHosted: boolean, termios: Termios): Tty {
  const tty: Tty = {
    id,
    isHosted,
    termios,
    locked: noTermios(),
    size: { rows: 24, columns: 80, width: 0, height: 0 },
    session: 0,
    foreground: 0,
    arriving: newRing(),
    typed: new Uint8Array(TYPED_SIZE),
    tail: 0,
    head: 0,
    lineHead: 0,
    ends: [],
    lastInput: 0 as Nanos,
    isLiteral: false,
    isErasing: false,
    echoes: [],
    output: newRing(),
    outputBefore: 0,
    isStopped: false,
    isHeld: false,
    isExclusive: false,
    column: 0,
    lineColumn: 0,
    readQueue: vfs.host.newQueue(),
    writeQueue: vfs.host.newQueue(),
    hungUp: new Set(),
    pty: null,
  };
  vfs.ttys.set(id, tty);
  return tty;
}

export const ttyOf = (vfs: Vfs, file: OpenFile): Tty =>
  vfs.ttys.get(file.channel) ?? bug(`there is no terminal ${file.channel}`);

/** Opens a terminal; for a session leader without one it becomes the controlling terminal. */
export function openTty(
  vfs: Vfs,
  tty: Tty,
  init: Omit<FileInit, 'kind' | 'channel'>,
): FileId | 'EIO' | 'EBUSY' {
  const { pty } = tty;
  if (pty !== null && (pty.isLocked || !pty.isOpen)) return 'EIO';
  if (tty.isExclusive && !hasCap(vfs.host.credentials(), CAP.CAP_SYS_ADMIN)) return 'EBUSY';
  const { tgid, sid, tty: own } = vfs.host.current();
  const takes = (init.flags & O.O_NOCTTY) === 0 && tgid === sid && own === 0 && tty.session === 0;
  if (takes && (init.flags & O.O_ACCMODE) !== O.O_WRONLY) takeTerminal(vfs, tty);
  if (pty !== null) {
    pty.users++;
    pty.isDeserted = false;
  }
  return newFile(vfs, { ...init, flags: init.flags & ~O.O_NOCTTY, kind: 'tty', channel: tty.id });
}

/**
 * The session's leader has gone (those in the foreground hear of it), or the other end of the line (the leader
 * does): what is open leads nowhere any more. Linux: __tty_hangup.
 */
export function hangUp(vfs: Vfs, id: number, why: 'leader' | 'line'): void {
  const tty = vfs.ttys.get(id);
  if (tty === undefined) return;
  const { session, foreground } = tty;
  if (why === 'leader' && tty.pty !== null) {
    // The line of a pseudo-terminal stays up.
    tty.session = 0;
    tty.foreground = 0;
    if (foreground !== 0) vfs.host.signalGroup(foreground, SIGNAL.SIGHUP);
    return;
  }
  for (const file of vfs.files.values())
    if (file.kind === 'tty' && file.channel === id) tty.hungUp.add(file.id);
  tty.session = 0;
  tty.foreground = 0;
  if (why === 'leader' && foreground !== 0) {
    vfs.host.signalGroup(foreground, SIGNAL.SIGHUP);
    vfs.host.signalGroup(foreground, SIGNAL.SIGCONT);
  }
  if (session !== 0) vfs.host.hangUpSession(session, foreground);
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
  const done = readsLines(tty) ? readLine(tty, file, to) : readRaw(vfs, tty, file, to);
  if (typeof done !== 'object' && tty.arriving.length > 0) {
    admit(vfs, tty);
    if (tty.pty !== null) notify(vfs, tty.pty.writeQueue, OUTPUT);
  }
  return done;
}

const waitForInput = (tty: Tty): Wait => waitFor('tty-read', tty.readQueue, tty.id);

function readLine(tty: Tty, file: OpenFile, to: Transfer): Outcome {
  if (tty.lineHead !== tty.tail) return giveLine(tty, to);
  return file.flags & O.O_NONBLOCK ? 'EAGAIN' : waitForInput(tty);
}

/** MIN and TIME decide when a read in raw mode is over (man 3 termios). */
function readRaw(vfs: Vfs, tty: Tty, file: OpenFile, to: Transfer): Outcome {
  const min = tty.termios.cc[CC.VMIN]!;
  const time = tty.termios.cc[CC.VTIME]! * 1e8;
  const has = readable(tty);
  if (has > 0 && (has >= Math.min(min, to.left) || file.flags & O.O_NONBLOCK)) return giveBytes(tty, to);
  // A read that is served at once does not look at the flag: MIN 0 and TIME 0.
  if (min === 0 && time === 0) return 0;
  if (file.flags & O.O_NONBLOCK) return 'EAGAIN';
  // The clock runs from the call with MIN 0, from the last byte otherwise.
  if (time === 0 || (min > 0 && has === 0)) return waitForInput(tty);
  const asked = vfs.host.deadline(time as Nanos);
  const until = min > 0 ? (Math.max(asked, tty.lastInput + time) as Nanos) : asked;
  if (vfs.host.now() >= until) return has > 0 ? giveBytes(tty, to) : 0;
  return { ...waitForInput(tty), until };
}

/** What a pseudo-terminal holds for its master until writers wait: two buffers of Linux. */
const MAX_OUTPUT = 65536 + 4095;

/** Is there no room for more output? A host always has room. */
export const isFull = (tty: Tty): boolean => tty.pty !== null && tty.output.length >= MAX_OUTPUT;

const scratch = new Uint8Array(4096);

function write(vfs: Vfs, file: OpenFile, from: Transfer): Outcome {
  const tty = ttyOf(vfs, file);
  if (tty.hungUp.has(file.id)) return 'EIO';
  if (tty.termios.lflag & TOSTOP && isBackground(vfs, tty)) {
    const stopped = vfs.host.stopForTty(SIGNAL.SIGTTOU);
    if (stopped !== 0) return stopped;
  }
  if (from.left === 0) return 0;
  if (tty.isStopped || isFull(tty))
    return file.flags & O.O_NONBLOCK ? 'EAGAIN' : waitFor('tty-write', tty.writeQueue, tty.id);
  return send(vfs, tty, from);
}

function send(vfs: Vfs, tty: Tty, from: Transfer): Outcome {
  let done = 0;
  while (from.left > 0 && done < PIECE && !isFull(tty)) {
    const want = Math.min(from.left, scratch.length);
    const took = from.take(scratch.subarray(0, want));
    // Of a piece that cannot be read whole nothing is written. Linux: iterate_tty_write().
    if (took < want) break;
    for (let i = 0; i < took; i++) put(tty, scratch[i]!);
    done += took;
  }
  if (done === 0) return 'EFAULT';
  tellMaster(vfs, tty);
  return from.left === 0 || done < PIECE ? done : pause(vfs);
}

function poll(vfs: Vfs, file: OpenFile): number {
  const tty = ttyOf(vfs, file);
  const input = POLLIN | POLLRDNORM;
  const output = POLLOUT | POLLWRNORM;
  if (tty.hungUp.has(file.id)) return input | output | POLLERR | POLLHUP;
  const { cc } = tty.termios;
  const least = readsLines(tty) || cc[CC.VTIME] !== 0 ? 1 : Math.max(1, cc[CC.VMIN]!);
  return (readable(tty) >= least ? input : 0) | (tty.isStopped || isFull(tty) ? 0 : output);
}

function close(vfs: Vfs, file: OpenFile): readonly FileId[] {
  const tty = ttyOf(vfs, file);
  tty.hungUp.delete(file.id);
  const { pty } = tty;
  if (pty === null || --pty.users > 0) return NO_FILES;
  pty.isDeserted = true;
  tty.isExclusive = false;
  if (pty.isOpen) tellMaster(vfs, tty);
  else vfs.ttys.delete(tty.id);
  return NO_FILES;
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
  close,
};
