/**
 * What is typed at a terminal: signals, flow control, ends of lines, echo. Linux: n_tty.c, n_tty_receive_char and
 * its special cases; man 3 termios.
 */
import { SIGNAL } from '../abi/index.ts';
import { INPUT, notify, OUTPUT } from './notify.ts';
import { markPacket, PACKET, tellMaster } from './pty-packet.ts';
import { ringPush, ringTake, ringTruncate } from './ring.ts';
import * as T from './termios.ts';
import type { Tty } from './tty.ts';
import { ERASING, finishErasing } from './tty-erase.ts';
import { clearTyped, endLine, keepByte, readable, roomFor, typedAt } from './tty-line.ts';
import { CR, echo, echoBegin, echoRaw, NL, showEchoes, toLower } from './tty-output.ts';
import type { Vfs } from './vfs.ts';

const { CC } = T;

/** Takes bytes as the keyboard, or a pseudo-terminal's master, sends them. */
export function receive(vfs: Vfs, tty: Tty, bytes: Uint8Array): void {
  if (bytes.length > 0) tty.lastInput = vfs.host.now();
  ringPush(tty.arriving, bytes);
  admit(vfs, tty);
}

/** Takes what has arrived, as far as there is room. */
export function admit(vfs: Vfs, tty: Tty): void {
  tty.outputBefore = tty.output.length;
  while (tty.arriving.length > 0) {
    const room = roomFor(tty);
    // A line that nobody can read yet takes what comes: the last character is replaced.
    const overflows = room <= 0 && has(tty, T.ICANON) && tty.lineHead === tty.tail;
    if (room <= 0 && !overflows) break;
    if (room < 0) tty.head--;
    for (const byte of ringTake(tty.arriving, overflows ? 1 : Math.max(1, room >> 1)))
      receiveByte(vfs, tty, byte);
  }
  showEchoes(tty);
  if (tty.output.length > 0) tellMaster(vfs, tty);
  if (isReadable(tty)) notify(vfs, tty.readQueue, INPUT);
}

/** Is there something a read would deliver at once? */
export const isReadable = (tty: Tty): boolean => readable(tty) > 0;

const has = (tty: Tty, bit: number) => (tty.termios.lflag & bit) !== 0;
/** Is this byte the control character? Zero disables one (_POSIX_VDISABLE). */
const isCc = (tty: Tty, index: number, byte: number) => byte !== 0 && tty.termios.cc[index] === byte;

function receiveByte(vfs: Vfs, tty: Tty, arrived: number): void {
  const { iflag } = tty.termios;
  let byte = iflag & T.ISTRIP ? arrived & 0x7f : arrived;
  if (iflag & T.IUCLC && has(tty, T.IEXTEN)) byte = toLower(byte);
  if (tty.isLiteral) {
    tty.isLiteral = false;
    keepOrdinary(vfs, tty, byte);
  } else if (has(tty, T.EXTPROC)) keepByte(tty, byte);
  else if (isSpecial(tty, byte)) receiveSpecial(vfs, tty, byte);
  else keepOrdinary(vfs, tty, byte);
}

/** Control characters that mean something while a bit of `lflag` is set, together with IEXTEN or not. */
const SPECIAL: readonly (readonly [bits: number, ...ccs: number[]])[] = [
  [T.ICANON, CC.VERASE, CC.VKILL, CC.VEOF, CC.VEOL],
  [T.ICANON | T.IEXTEN, CC.VWERASE, CC.VLNEXT, CC.VEOL2],
  [T.ICANON | T.IEXTEN | T.ECHO, CC.VREPRINT],
  [T.ISIG, CC.VINTR, CC.VQUIT, CC.VSUSP],
];

/** Linux: the char_map of n_tty_set_termios. */
function isSpecial(tty: Tty, byte: number): boolean {
  const { iflag, lflag } = tty.termios;
  if (byte === CR && iflag & (T.IGNCR | T.ICRNL)) return true;
  if (byte === NL && (iflag & T.INLCR || lflag & T.ICANON)) return true;
  if (iflag & T.IXON && (isCc(tty, CC.VSTART, byte) || isCc(tty, CC.VSTOP, byte))) return true;
  return SPECIAL.some(([bits, ...ccs]) => (lflag & bits) === bits && ccs.some((cc) => isCc(tty, cc, byte)));
}

function receiveSpecial(vfs: Vfs, tty: Tty, byte: number): void {
  const { iflag } = tty.termios;
  if (iflag & T.IXON && controlFlow(vfs, tty, byte)) return;
  if (has(tty, T.ISIG) && sendSignal(vfs, tty, byte)) return;
  restartByAny(vfs, tty);
  if (byte === CR && iflag & T.IGNCR) return;
  let meant = byte;
  if (byte === CR && iflag & T.ICRNL) meant = NL;
  else if (byte === NL && iflag & T.INLCR) meant = CR;
  if (has(tty, T.ICANON) && edit(tty, meant)) return;
  if (has(tty, T.ECHO)) {
    finishErasing(tty);
    if (meant === NL) echoRaw(tty, NL);
    else echoTyped(tty, meant);
  }
  keepMarked(tty, meant);
}

/** Adds a character that means itself. */
function keepOrdinary(vfs: Vfs, tty: Tty, byte: number): void {
  restartByAny(vfs, tty);
  if (has(tty, T.ECHO)) {
    finishErasing(tty);
    echoTyped(tty, byte);
  }
  keepMarked(tty, byte);
}

function echoTyped(tty: Tty, byte: number): void {
  if (tty.lineHead === tty.head) echoBegin(tty);
  echo(tty, byte);
}

/** PARMRK: 255 is read twice, because it begins a mark. */
function keepMarked(tty: Tty, byte: number): void {
  if (byte === 255 && tty.termios.iflag & T.PARMRK) keepByte(tty, byte);
  keepByte(tty, byte);
}

function restartByAny(vfs: Vfs, tty: Tty): void {
  const both = T.IXON | T.IXANY;
  if (tty.isStopped && !tty.isHeld && (tty.termios.iflag & both) === both) start(vfs, tty);
}

/** ^S and ^Q. */
function controlFlow(vfs: Vfs, tty: Tty, byte: number): boolean {
  if (isCc(tty, CC.VSTART, byte)) {
    if (!tty.isHeld) start(vfs, tty);
    showEchoes(tty);
    return true;
  }
  if (!isCc(tty, CC.VSTOP, byte)) return false;
  stop(vfs, tty);
  return true;
}

/** Output stops, what has not been echoed yet with it. */
export function stop(vfs: Vfs, tty: Tty): void {
  if (tty.isStopped) return;
  tty.isStopped = true;
  markPacket(vfs, tty, PACKET.STOP, PACKET.START);
}

/** Output goes on. */
export function start(vfs: Vfs, tty: Tty): void {
  if (!tty.isStopped) return;
  tty.isStopped = false;
  markPacket(vfs, tty, PACKET.START, PACKET.STOP);
  showEchoes(tty);
  if (tty.output.length > 0) tellMaster(vfs, tty);
  notify(vfs, tty.writeQueue, OUTPUT);
}

const SIGNALS: readonly (readonly [cc: number, signo: number])[] = [
  [CC.VINTR, SIGNAL.SIGINT],
  [CC.VQUIT, SIGNAL.SIGQUIT],
  [CC.VSUSP, SIGNAL.SIGTSTP],
];

function sendSignal(vfs: Vfs, tty: Tty, byte: number): boolean {
  const row = SIGNALS.find(([cc]) => isCc(tty, cc, byte));
  if (row === undefined) return false;
  if (tty.foreground !== 0) vfs.host.signalGroup(tty.foreground, row[1]);
  if (!has(tty, T.NOFLSH)) {
    tty.echoes.length = 0;
    flushOutput(vfs, tty, tty.outputBefore);
    clearTyped(tty);
    markPacket(vfs, tty, PACKET.FLUSHREAD);
  }
  if (tty.termios.iflag & T.IXON && !tty.isHeld) start(vfs, tty);
  if (has(tty, T.ECHO)) echo(tty, byte);
  return true;
}

/** What a master's own line discipline has taken already (Linux: its read_buf) stays. */
const TAKEN = 4095;

/** TCOFLUSH: what was written and not read by the master is forgotten. A host has read all. */
export function flushOutput(vfs: Vfs, tty: Tty, arrived: number = tty.output.length): void {
  if (tty.pty === null) return;
  ringTruncate(tty.output, Math.min(arrived, TAKEN));
  markPacket(vfs, tty, PACKET.FLUSHWRITE);
}

/** TCIFLUSH: what was typed and not read is forgotten. */
export function flushInput(vfs: Vfs, tty: Tty): void {
  clearTyped(tty);
  markPacket(vfs, tty, PACKET.FLUSHREAD);
}

/** Canonical mode: does this character edit or end the line? */
function edit(tty: Tty, byte: number): boolean {
  const row = EDITING.find(({ cc, extended }) => isCc(tty, cc, byte) && (!extended || has(tty, T.IEXTEN)));
  if (row?.act(tty, byte) === true) return true;
  if (byte !== NL) return false;
  if (has(tty, T.ECHO | T.ECHONL)) echoRaw(tty, NL);
  endLine(tty, NL);
  return true;
}

interface Editing {
  readonly cc: number;
  /** Needs IEXTEN. */
  readonly extended: boolean;
  /** False: not now. */
  readonly act: (tty: Tty, byte: number) => boolean;
}

const erase =
  (cc: keyof typeof ERASING) =>
  (tty: Tty): boolean => {
    ERASING[cc](tty);
    return true;
  };

const EDITING: readonly Editing[] = [
  { cc: CC.VERASE, extended: false, act: erase(CC.VERASE) },
  { cc: CC.VKILL, extended: false, act: erase(CC.VKILL) },
  { cc: CC.VWERASE, extended: true, act: erase(CC.VWERASE) },
  { cc: CC.VLNEXT, extended: true, act: quoteNext },
  { cc: CC.VREPRINT, extended: true, act: reprint },
  { cc: CC.VEOF, extended: false, act: endFile },
  { cc: CC.VEOL, extended: false, act: endWith },
  { cc: CC.VEOL2, extended: true, act: endWith },
];

function endFile(tty: Tty, byte: number): boolean {
  if (byte === NL) return false;
  endLine(tty, 0);
  return true;
}

function endWith(tty: Tty, byte: number): boolean {
  if (byte === NL) return false;
  if (has(tty, T.ECHO)) echoTyped(tty, byte);
  if (byte === 255 && tty.termios.iflag & T.PARMRK) keepByte(tty, byte);
  endLine(tty, byte);
  return true;
}

function reprint(tty: Tty, byte: number): boolean {
  if (!has(tty, T.ECHO)) return false;
  finishErasing(tty);
  echo(tty, byte);
  echoRaw(tty, NL);
  for (let at = tty.lineHead; at < tty.head; at++) echo(tty, typedAt(tty, at));
  return true;
}

/** ^V: the next character means itself. */
function quoteNext(tty: Tty): boolean {
  tty.isLiteral = true;
  if (!has(tty, T.ECHO)) return true;
  finishErasing(tty);
  if (!has(tty, T.ECHOCTL)) return true;
  echoRaw(tty, 0x5e);
  echoRaw(tty, 8);
  return true;
}
