/** ioctl(2) on terminals: settings, window size, queues, job control. man 4 tty_ioctl. */
import { SIGNAL } from '../abi/index.ts';
import { bug } from '../base/index.ts';
import type { IoctlArgument } from './file-ops.ts';
import { FIONREAD, giveInt } from './ioctl.ts';
import { notify } from './notify.ts';
import { ICANON, packTermios, TERMIOS_SIZE, TERMIOS2_SIZE, unpackTermios } from './termios.ts';
import type { Tty } from './tty.ts';
import { acquire, giveForeground, giveSession, giveUp, isBackground, setForeground } from './tty-control.ts';
import { changeMode, flushInput, isReadable, start } from './tty-input.ts';
import type { OpenFile, Outcome } from './types.ts';
import type { Vfs } from './vfs.ts';

type Request = (vfs: Vfs, tty: Tty, argument: IoctlArgument) => Outcome;

const get =
  (size: number): Request =>
  (_vfs, tty, argument) =>
    argument.write(packTermios(tty.termios, size)) ? 0 : 'EFAULT';

/** TCSETS and its forms that wait for the output (which is always gone) or drop the input. */
const set =
  (size: number, drops: boolean): Request =>
  (vfs, tty, argument) => {
    const bytes = new Uint8Array(size);
    if (!argument.read(bytes)) return 'EFAULT';
    const wasCanonical = (tty.termios.lflag & ICANON) !== 0;
    if (drops) flushInput(tty);
    unpackTermios(tty.termios, bytes);
    changeMode(tty, wasCanonical);
    if (isReadable(tty)) notify(vfs, tty.readQueue);
    return 0;
  };

/** struct winsize: rows, columns, width, height. */
const getSize: Request = (_vfs, tty, argument) => {
  const { rows, columns, width, height } = tty.size;
  const bytes = new Uint8Array(Uint16Array.of(rows, columns, width, height).buffer);
  return argument.write(bytes) ? 0 : 'EFAULT';
};

const setSizeFromUser: Request = (vfs, tty, argument) => {
  const bytes = new Uint8Array(8);
  if (!argument.read(bytes)) return 'EFAULT';
  const [rows, columns, width, height] = new Uint16Array(bytes.buffer);
  resize(vfs, tty, { rows: rows!, columns: columns!, width: width!, height: height! });
  return 0;
};

/** Another window size: those in the foreground get SIGWINCH. */
export function resize(vfs: Vfs, tty: Tty, size: Tty['size']): void {
  const { rows, columns, width, height } = tty.size;
  if (rows === size.rows && columns === size.columns && width === size.width && height === size.height)
    return;
  Object.assign(tty.size, size);
  if (tty.foreground !== 0) vfs.host.signalGroup(tty.foreground, SIGNAL.SIGWINCH);
}

/** How much can be read now; a line that is still typed does not count. */
const waiting: Request = (_vfs, tty, argument) =>
  giveInt(argument, tty.termios.lflag & ICANON ? (tty.lines[0] ?? 0) : tty.input.length);

const TCIFLUSH = 0;
const TCOFLUSH = 1;
const TCIOFLUSH = 2;

const flush: Request = (_vfs, tty, { value }) => {
  if (value !== TCIFLUSH && value !== TCOFLUSH && value !== TCIOFLUSH) return 'EINVAL';
  // Output has left for the host: there is nothing to forget of it.
  if (value !== TCOFLUSH) flushInput(tty);
  return 0;
};

const TCOOFF = 0;
const TCOON = 1;

/** TCXONC: as if ^S or ^Q had been typed. */
const flow: Request = (vfs, tty, { value }) => {
  if (value < 0 || value > 3) return 'EINVAL';
  if (value === TCOOFF) tty.isStopped = true;
  if (value === TCOON) start(vfs, tty);
  return 0;
};

const done: Request = () => 0;

interface Row {
  readonly run: Request;
  /** Changes the terminal: a process in the background is stopped (Linux: tty_check_change). */
  readonly changes?: true;
}

const REQUESTS = new Map<number, Row>([
  [0x5401, { run: get(TERMIOS_SIZE) }],
  [0x5402, { run: set(TERMIOS_SIZE, false), changes: true }],
  [0x5403, { run: set(TERMIOS_SIZE, false), changes: true }],
  [0x5404, { run: set(TERMIOS_SIZE, true), changes: true }],
  [0x802c542a, { run: get(TERMIOS2_SIZE) }],
  [0x402c542b, { run: set(TERMIOS2_SIZE, false), changes: true }],
  [0x402c542c, { run: set(TERMIOS2_SIZE, false), changes: true }],
  [0x402c542d, { run: set(TERMIOS2_SIZE, true), changes: true }],
  // TCSBRK, TCSBRKP: a break means nothing here, and tcdrain has nothing to wait for
  [0x5409, { run: done, changes: true }],
  [0x5425, { run: done, changes: true }],
  [0x540a, { run: flow, changes: true }],
  [0x540b, { run: flush, changes: true }],
  // TIOCEXCL, TIOCNXCL
  [0x540c, { run: done }],
  [0x540d, { run: done }],
  [0x540e, { run: (vfs, tty) => acquire(vfs, tty) }],
  [0x540f, { run: giveForeground }],
  [0x5410, { run: setForeground, changes: true }],
  // TIOCOUTQ: output has always left
  [0x5411, { run: (_vfs, _tty, argument) => giveInt(argument, 0) }],
  [0x5413, { run: getSize }],
  [0x5414, { run: setSizeFromUser }],
  [FIONREAD, { run: waiting }],
  [0x5422, { run: (vfs, tty) => giveUp(vfs, tty) }],
  // TIOCGETD: N_TTY
  [0x5424, { run: (_vfs, _tty, argument) => giveInt(argument, 0) }],
  [0x5429, { run: giveSession }],
]);

/** The terminal's ioctl operation. */
export function ttyIoctl(vfs: Vfs, file: OpenFile, request: number, argument: IoctlArgument): Outcome {
  const tty = vfs.ttys.get(file.channel) ?? bug(`there is no terminal ${file.channel}`);
  if (tty.hungUp.has(file.id)) return 'EIO';
  const row = REQUESTS.get(request >>> 0);
  if (row === undefined) return 'ENOTTY';
  if (row.changes && isBackground(vfs, tty)) {
    const stopped = vfs.host.stopForTty(SIGNAL.SIGTTOU);
    if (stopped !== 0) return stopped;
  }
  return row.run(vfs, tty, argument);
}
