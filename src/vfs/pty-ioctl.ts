/** ioctl(2) on the master of a pseudo-terminal: its own requests; the rest goes to the terminal. man 2 ioctl_tty. */
import type { IoctlArgument } from './file-ops.ts';
import { FIONREAD, giveInt, takeInt } from './ioctl.ts';
import { notify } from './notify.ts';
import { ringDrop } from './ring.ts';
import { type Tty, ttyOf } from './tty.ts';
import { ttyRequest } from './tty-ioctl.ts';
import type { OpenFile, Outcome } from './types.ts';
import type { Vfs } from './vfs.ts';

type Request = (vfs: Vfs, tty: Tty, argument: IoctlArgument) => Outcome;

const LAST_SIGNAL = 64;

/** TIOCSIG. */
const signal: Request = (vfs, tty, { value }) => {
  if (value < 1 || value >= LAST_SIGNAL) return 'EINVAL';
  if (tty.foreground !== 0) vfs.host.signalGroup(tty.foreground, value);
  return 0;
};

const setPacket: Request = (_vfs, { pty }, argument) => {
  const on = takeInt(argument);
  if (typeof on === 'string') return on;
  if (on !== 0 && !pty!.isPacket) pty!.status = 0;
  pty!.isPacket = on !== 0;
  return 0;
};

const setLock: Request = (_vfs, { pty }, argument) => {
  const on = takeInt(argument);
  if (typeof on === 'string') return on;
  pty!.isLocked = on !== 0;
  return 0;
};

const TCIFLUSH = 0;
const TCIOFLUSH = 2;

/** TCFLSH of a master: its input is what the terminal has written, its output what waits to be typed there. */
const flush: Request = (vfs, tty, { value }) => {
  if (value < TCIFLUSH || value > TCIOFLUSH) return 'EINVAL';
  if (value !== 1) ringDrop(tty.output, tty.output.length);
  if (value !== TCIFLUSH) ringDrop(tty.arriving, tty.arriving.length);
  notify(vfs, value === TCIFLUSH ? tty.writeQueue : tty.pty!.writeQueue);
  return 0;
};

/** TIOCEXCL of a master is its own; nobody can open one twice anyway. */
const setExclusive =
  (on: boolean): Request =>
  (_vfs, { pty }) => {
    pty!.isExclusive = on;
    return 0;
  };

const REQUESTS = new Map<number, Request>([
  [0x540b, flush],
  [FIONREAD, (_vfs, tty, argument) => giveInt(argument, Math.min(tty.output.length, 4095))],
  [0x5420, setPacket],
  [0x80045438, (_vfs, { pty }, argument) => giveInt(argument, pty!.isPacket ? 1 : 0)],
  [0x40045431, setLock],
  [0x80045439, (_vfs, { pty }, argument) => giveInt(argument, pty!.isLocked ? 1 : 0)],
  [0x80045430, (_vfs, { pty }, argument) => giveInt(argument, pty!.number)],
  [0x40045436, signal],
  [0x540c, setExclusive(true)],
  [0x540d, setExclusive(false)],
  [0x80045440, (_vfs, { pty }, argument) => giveInt(argument, pty!.isExclusive ? 1 : 0)],
]);

/** The master's ioctl operation. */
export function masterIoctl(vfs: Vfs, file: OpenFile, request: number, argument: IoctlArgument): Outcome {
  const own = REQUESTS.get(request >>> 0);
  const tty = ttyOf(vfs, file);
  return own === undefined ? ttyRequest(vfs, tty, request, argument, true) : own(vfs, tty, argument);
}
