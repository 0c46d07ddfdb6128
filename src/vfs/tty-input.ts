/**
 * What is typed at a terminal: signals, flow control, editing of the line, echo. Linux: n_tty.c,
 * n_tty_receive_char and its special cases; man 3 termios.
 */
import { SIGNAL } from '../abi/index.ts';
import { notify } from './notify.ts';
import { ringDrop, ringPush, ringPushByte } from './ring.ts';
import {
  CC,
  ECHO,
  ECHOCTL,
  ECHOE,
  ECHOK,
  ECHOKE,
  ECHONL,
  ICANON,
  ICRNL,
  IEXTEN,
  IGNCR,
  INLCR,
  ISIG,
  ISTRIP,
  IUTF8,
  IXANY,
  IXON,
  NOFLSH,
} from './termios.ts';
import type { Tty } from './tty.ts';
import { CR, echo, isContinuation, NL, put, rubOut } from './tty-output.ts';
import type { Vfs } from './vfs.ts';

/** The longest line; further characters are lost until it ends (Linux: N_TTY_BUF_SIZE). */
const MAX_LINE = 4095;

/** Takes bytes as the keyboard sends them. */
export function receive(vfs: Vfs, tty: Tty, bytes: Uint8Array): void {
  for (const byte of bytes) receiveByte(vfs, tty, byte);
  if (isReadable(tty)) notify(vfs, tty.readQueue);
}

/** Is there something a read would deliver at once? */
export const isReadable = (tty: Tty): boolean =>
  tty.termios.lflag & ICANON ? tty.lines.length > 0 : tty.input.length > 0;

const has = (tty: Tty, bit: number) => (tty.termios.lflag & bit) !== 0;
/** Is this byte the control character? Zero disables one (_POSIX_VDISABLE). */
const isCc = (tty: Tty, index: number, byte: number) => byte !== 0 && tty.termios.cc[index] === byte;

function receiveByte(vfs: Vfs, tty: Tty, typed: number): void {
  const { iflag } = tty.termios;
  const byte = iflag & ISTRIP ? typed & 0x7f : typed;
  if (tty.isLiteral) {
    tty.isLiteral = false;
    keep(tty, byte);
    return;
  }
  if (iflag & IXON && controlFlow(vfs, tty, byte)) return;
  if (has(tty, ISIG) && sendSignal(vfs, tty, byte)) return;
  const meant = translate(iflag, byte);
  if (meant === null) return;
  if (has(tty, ICANON)) edit(tty, meant);
  else keep(tty, meant);
}

function translate(iflag: number, byte: number): number | null {
  if (byte === CR) return iflag & IGNCR ? null : iflag & ICRNL ? NL : CR;
  return byte === NL && iflag & INLCR ? CR : byte;
}

/** ^S and ^Q. */
function controlFlow(vfs: Vfs, tty: Tty, byte: number): boolean {
  if (isCc(tty, CC.VSTOP, byte)) {
    tty.isStopped = true;
    return true;
  }
  const starts = isCc(tty, CC.VSTART, byte);
  if (starts || (tty.isStopped && (tty.termios.iflag & IXANY) !== 0)) start(vfs, tty);
  return starts;
}

/** Output goes on. */
export function start(vfs: Vfs, tty: Tty): void {
  tty.isStopped = false;
  notify(vfs, tty.writeQueue);
}

const SIGNALS: readonly (readonly [cc: number, signo: number])[] = [
  [CC.VINTR, SIGNAL.SIGINT],
  [CC.VQUIT, SIGNAL.SIGQUIT],
  [CC.VSUSP, SIGNAL.SIGTSTP],
];

function sendSignal(vfs: Vfs, tty: Tty, byte: number): boolean {
  const row = SIGNALS.find(([cc]) => isCc(tty, cc, byte));
  if (row === undefined) return false;
  if (!has(tty, NOFLSH)) flushInput(tty);
  if (tty.isStopped) start(vfs, tty);
  if (has(tty, ECHO)) echo(tty, byte);
  if (tty.foreground !== 0) vfs.host.signalGroup(tty.foreground, row[1]);
  return true;
}

/** TCIFLUSH: what was typed and not read is forgotten. */
export function flushInput(tty: Tty): void {
  tty.line.length = 0;
  tty.lines.length = 0;
  ringDrop(tty.input, tty.input.length);
  tty.lineColumn = tty.column;
}

/** Canonical mode: the line is edited until something ends it. */
function edit(tty: Tty, byte: number): void {
  if (byte === NL) {
    if (has(tty, ECHO | ECHONL)) put(tty, NL);
    endLine(tty, NL);
    return;
  }
  const row = EDITING.find(({ cc, extended }) => isCc(tty, cc, byte) && (!extended || has(tty, IEXTEN)));
  if (row === undefined) keep(tty, byte);
  else row.act(tty, byte);
}

interface Editing {
  readonly cc: number;
  /** Needs IEXTEN. */
  readonly extended: boolean;
  readonly act: (tty: Tty, byte: number) => void;
}

const EDITING: readonly Editing[] = [
  { cc: CC.VERASE, extended: false, act: eraseCharacter },
  { cc: CC.VKILL, extended: false, act: killLine },
  { cc: CC.VEOF, extended: false, act: (tty) => endLine(tty, null) },
  { cc: CC.VEOL, extended: false, act: endWith },
  { cc: CC.VEOL2, extended: true, act: endWith },
  { cc: CC.VWERASE, extended: true, act: eraseWord },
  { cc: CC.VREPRINT, extended: true, act: reprint },
  { cc: CC.VLNEXT, extended: true, act: quoteNext },
];

function endWith(tty: Tty, byte: number): void {
  if (has(tty, ECHO)) echo(tty, byte);
  endLine(tty, byte);
}

/** The line becomes readable; without an end character it may be empty, which is the end of the file. */
function endLine(tty: Tty, end: number | null): void {
  if (end !== null) tty.line.push(end);
  ringPush(tty.input, Uint8Array.from(tty.line));
  tty.lines.push(tty.line.length);
  tty.line.length = 0;
  tty.lineColumn = tty.column;
}

/** Adds an ordinary character. */
function keep(tty: Tty, byte: number): void {
  if (!has(tty, ICANON)) {
    if (has(tty, ECHO)) echo(tty, byte);
    ringPushByte(tty.input, byte);
    return;
  }
  if (tty.line.length >= MAX_LINE) return;
  if (tty.line.length === 0) tty.lineColumn = tty.column;
  if (has(tty, ECHO)) echo(tty, byte);
  tty.line.push(byte);
}

/** Takes the last character away, with all its bytes when the terminal speaks UTF-8. */
function dropLast(tty: Tty): void {
  let byte = tty.line.pop()!;
  while (tty.termios.iflag & IUTF8 && isContinuation(byte) && tty.line.length > 0) byte = tty.line.pop()!;
  if (!has(tty, ECHO)) return;
  if (has(tty, ECHOE)) rubOut(tty, tty.line, byte);
  else echo(tty, tty.termios.cc[CC.VERASE]!);
}

function eraseCharacter(tty: Tty): void {
  if (tty.line.length > 0) dropLast(tty);
}

const isWord = (byte: number) =>
  byte >= 0x80 || byte === 0x5f || /[0-9A-Za-z]/.test(String.fromCharCode(byte));

/** Back over what is no word, then over the word. */
function eraseWord(tty: Tty): void {
  const last = () => tty.line[tty.line.length - 1]!;
  while (tty.line.length > 0 && !isWord(last())) dropLast(tty);
  while (tty.line.length > 0 && isWord(last())) dropLast(tty);
}

function killLine(tty: Tty, byte: number): void {
  if (has(tty, ECHO) && has(tty, ECHOK) && has(tty, ECHOKE) && has(tty, ECHOE)) {
    while (tty.line.length > 0) dropLast(tty);
    return;
  }
  tty.line.length = 0;
  if (!has(tty, ECHO)) return;
  echo(tty, byte);
  if (has(tty, ECHOK)) put(tty, NL);
}

function reprint(tty: Tty, byte: number): void {
  if (!has(tty, ECHO)) return;
  echo(tty, byte);
  put(tty, NL);
  tty.lineColumn = tty.column;
  for (const typed of tty.line) echo(tty, typed);
}

/** ^V: the next character means itself. */
function quoteNext(tty: Tty): void {
  tty.isLiteral = true;
  if (!has(tty, ECHO) || !has(tty, ECHOCTL)) return;
  put(tty, 0x5e);
  put(tty, 8);
}

/** Switching between canonical and raw: what was typed stays readable (Linux: n_tty_set_termios). */
export function changeMode(tty: Tty, wasCanonical: boolean): void {
  const isCanonical = has(tty, ICANON);
  if (wasCanonical === isCanonical) return;
  if (!isCanonical) {
    ringPush(tty.input, Uint8Array.from(tty.line));
    tty.line.length = 0;
    tty.lines.length = 0;
  } else if (tty.input.length > 0) tty.lines.push(tty.input.length);
}
