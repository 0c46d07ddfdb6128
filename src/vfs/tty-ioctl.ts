/** ioctl(2) on terminals: settings, window size, queues, job control. man 4 tty_ioctl. */
import { CAP, SIGNAL } from '../abi/index.ts';
import { bug } from '../base/index.ts';
import { hasCap } from './capability.ts';
import type { IoctlArgument } from './file-ops.ts';
import { FIONREAD, giveInt, takeInt } from './ioctl.ts';
import { notify } from './notify.ts';
import { markPacket, PACKET, tellMaster } from './pty-packet.ts';
import { ringPushByte } from './ring.ts';
import {
  CC,
  CLOCAL,
  EXTPROC,
  ICANON,
  IXON,
  keepEightBits,
  keepLocked,
  packTermios,
  TERMIOS_SIZE,
  TERMIOS2_SIZE,
  type Termios,
  unpackTermios,
} from './termios.ts';
import type { Tty } from './tty.ts';
import { acquire, giveForeground, giveSession, giveUp, isBackground, setForeground } from './tty-control.ts';
import { admit, flushInput, flushOutput, receive, start, stop } from './tty-input.ts';
import { changeMode, countReadable } from './tty-line.ts';
import type { OpenFile, Outcome } from './types.ts';
import type { Vfs } from './vfs.ts';

type Request = (vfs: Vfs, tty: Tty, argument: IoctlArgument, isMaster: boolean) => Outcome;

const TIOCSPGRP = 0x5410;

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
    if (drops) flushInput(vfs, tty);
    const old = { ...tty.termios, cc: tty.termios.cc.slice() };
    unpackTermios(tty.termios, bytes);
    keepLocked(tty.termios, old, tty.locked);
    adopt(vfs, tty, old);
    return 0;
  };

/** TIOCGLCKTRMIOS and TIOCSLCKTRMIOS. */
const getLocked: Request = (_vfs, tty, argument) =>
  argument.write(packTermios(tty.locked, TERMIOS_SIZE)) ? 0 : 'EFAULT';

const setLocked: Request = (vfs, tty, argument) => {
  if (!hasCap(vfs.host.credentials(), CAP.CAP_SYS_ADMIN)) return 'EPERM';
  const bytes = new Uint8Array(TERMIOS_SIZE);
  if (!argument.read(bytes)) return 'EFAULT';
  unpackTermios(tty.locked, bytes);
  return 0;
};

/** What follows from new settings. Linux: n_tty_set_termios, pty_set_termios. */
function adopt(vfs: Vfs, tty: Tty, old: Termios): void {
  const { termios } = tty;
  if ((old.lflag ^ termios.lflag) & (ICANON | EXTPROC)) changeMode(tty);
  if ((termios.iflag & IXON) === 0 && old.iflag & IXON && !tty.isHeld) start(vfs, tty);
  admit(vfs, tty);
  notify(vfs, tty.readQueue);
  if (tty.pty === null) return;
  keepEightBits(termios);
  const isExternal = ((old.lflag | termios.lflag) & EXTPROC) !== 0;
  if (stopsByKeys(old) === stopsByKeys(termios) && !isExternal) return;
  const stops = stopsByKeys(termios) ? PACKET.DOSTOP : PACKET.NOSTOP;
  markPacket(vfs, tty, stops | (isExternal ? PACKET.IOCTL : 0), PACKET.DOSTOP | PACKET.NOSTOP);
}

/** Do ^S and ^Q stop and start the output? */
const stopsByKeys = ({ iflag, cc }: Termios): boolean =>
  (iflag & IXON) !== 0 && cc[CC.VSTOP] === 0x13 && cc[CC.VSTART] === 0x11;

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
const waiting: Request = (_vfs, tty, argument) => giveInt(argument, countReadable(tty));

const TCIFLUSH = 0;
const TCOFLUSH = 1;
const TCIOFLUSH = 2;

const flush: Request = (vfs, tty, { value }) => {
  if (value !== TCIFLUSH && value !== TCOFLUSH && value !== TCIOFLUSH) return 'EINVAL';
  if (value !== TCOFLUSH) flushInput(vfs, tty);
  if (value !== TCIFLUSH) flushOutput(vfs, tty);
  return 0;
};

const TCOOFF = 0;
const TCOON = 1;
const TCIOFF = 2;
const TCION = 3;

/** TCXONC: as if ^S or ^Q had been typed. */
const flow: Request = (vfs, tty, { value }) => {
  if (value < 0 || value > 3) return 'EINVAL';
  if (value === TCOOFF && !tty.isHeld) {
    stop(vfs, tty);
    tty.isHeld = true;
  }
  if (value === TCOON && tty.isHeld) {
    tty.isHeld = false;
    start(vfs, tty);
  }
  // The terminal itself would be sent ^S or ^Q: what a pseudo-terminal shows is its master's to read.
  const sent = value === TCIOFF ? CC.VSTOP : value === TCION ? CC.VSTART : null;
  if (sent !== null && tty.termios.cc[sent] !== 0) {
    ringPushByte(tty.output, tty.termios.cc[sent]!);
    tellMaster(vfs, tty);
  }
  return 0;
};

/** TIOCSTI: typed by a program; only the superuser may, as legacy_tiocsti is 0. */
const typeByte: Request = (vfs, tty, argument) => {
  if (!hasCap(vfs.host.credentials(), CAP.CAP_SYS_ADMIN)) return 'EIO';
  const byte = new Uint8Array(1);
  if (!argument.read(byte)) return 'EFAULT';
  receive(vfs, tty, byte);
  return 0;
};

const setExclusive =
  (on: boolean): Request =>
  (_vfs, tty) => {
    tty.isExclusive = on;
    return 0;
  };

/** TIOCSETD: there is one line discipline. */
const setDiscipline: Request = (_vfs, _tty, argument) => {
  const number = takeInt(argument);
  return typeof number === 'string' ? number : number === 0 ? 0 : 'EINVAL';
};

/** TIOCSSOFTCAR: CLOCAL by itself. */
const setLocal: Request = (_vfs, tty, argument) => {
  const on = takeInt(argument);
  if (typeof on === 'string') return on;
  tty.termios.cflag = on !== 0 ? tty.termios.cflag | CLOCAL : tty.termios.cflag & ~CLOCAL;
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
  [0x5456, { run: getLocked }],
  [0x5457, { run: setLocked }],
  [0x802c542a, { run: get(TERMIOS2_SIZE) }],
  [0x402c542b, { run: set(TERMIOS2_SIZE, false), changes: true }],
  [0x402c542c, { run: set(TERMIOS2_SIZE, false), changes: true }],
  [0x402c542d, { run: set(TERMIOS2_SIZE, true), changes: true }],
  // TCSBRK, TCSBRKP: a break means nothing here, and tcdrain has nothing to wait for
  [0x5409, { run: done, changes: true }],
  [0x5425, { run: done, changes: true }],
  // TIOCSBRK, TIOCCBRK: as of a driver that knows no break
  [0x5427, { run: done, changes: true }],
  [0x5428, { run: done, changes: true }],
  // TIOCGSOFTCAR, TIOCSSOFTCAR
  [0x5419, { run: (_vfs, tty, argument) => giveInt(argument, tty.termios.cflag & CLOCAL ? 1 : 0) }],
  [0x541a, { run: setLocal }],
  [0x540a, { run: flow, changes: true }],
  [0x540b, { run: flush, changes: true }],
  // TIOCEXCL, TIOCNXCL
  [0x540c, { run: setExclusive(true) }],
  [0x540d, { run: setExclusive(false) }],
  // TIOCGEXCL
  [0x80045440, { run: (_vfs, tty, argument) => giveInt(argument, tty.isExclusive ? 1 : 0) }],
  [0x5412, { run: typeByte }],
  [0x5423, { run: setDiscipline, changes: true }],
  [0x540e, { run: acquire }],
  [0x540f, { run: giveForeground }],
  [TIOCSPGRP, { run: setForeground, changes: true }],
  // TIOCOUTQ: output has always left
  [0x5411, { run: (_vfs, _tty, argument) => giveInt(argument, 0) }],
  [0x5413, { run: getSize }],
  [0x5414, { run: setSizeFromUser }],
  [FIONREAD, { run: waiting }],
  [0x5422, { run: giveUp }],
  // TIOCGETD: N_TTY
  [0x5424, { run: (_vfs, _tty, argument) => giveInt(argument, 0) }],
  [0x5429, { run: giveSession }],
]);

/** The terminal's ioctl operation. */
export function ttyIoctl(vfs: Vfs, file: OpenFile, request: number, argument: IoctlArgument): Outcome {
  const tty = vfs.ttys.get(file.channel) ?? bug(`there is no terminal ${file.channel}`);
  if (tty.hungUp.has(file.id)) return request === TIOCSPGRP ? 'ENOTTY' : 'EIO';
  return ttyRequest(vfs, tty, request, argument, false);
}

/** A request that a terminal serves, from itself or from its master, for whom nobody is in the background. */
export function ttyRequest(
  vfs: Vfs,
  tty: Tty,
  request: number,
  argument: IoctlArgument,
  isMaster: boolean,
): Outcome {
  const row = REQUESTS.get(request >>> 0);
  if (row === undefined) return 'ENOTTY';
  if (row.changes && !isMaster && isBackground(vfs, tty)) {
    const stopped = vfs.host.stopForTty(SIGNAL.SIGTTOU);
    if (stopped !== 0) return stopped;
  }
  return row.run(vfs, tty, argument, isMaster);
}
