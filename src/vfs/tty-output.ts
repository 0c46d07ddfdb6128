/** What a terminal is sent: output processing and echo. Linux: n_tty.c do_output_char, __process_echoes. */
import { ringPushByte } from './ring.ts';
import { ECHOCTL, IUTF8, OCRNL, OLCUC, ONLCR, ONLRET, ONOCR, OPOST, XTABS } from './termios.ts';
import type { Tty } from './tty.ts';

const BS = 8;
const TAB = 9;
export const NL = 10;
export const CR = 13;
const SPACE = 32;
const CARET = 0x5e;
const DEL = 127;
const TAB_WIDTH = 8;
/** Echoes that a stopped terminal keeps (Linux: N_TTY_BUF_SIZE); the oldest go when there are more. */
const MAX_ECHOES = 4096;

export const isControl = (byte: number): boolean => byte < SPACE || byte === DEL;
/** A byte of a UTF-8 character that is not its first. */
export const isContinuation = (tty: Tty, byte: number): boolean =>
  (tty.termios.iflag & IUTF8) !== 0 && (byte & 0xc0) === 0x80;

const isUpper = (byte: number) =>
  (byte >= 0x41 && byte <= 0x5a) || (byte >= 0xc0 && byte <= 0xde && byte !== 0xd7);
const isLower = (byte: number) => (byte >= 0x61 && byte <= 0x7a) || (byte >= 0xdf && byte !== 0xf7);
/** Latin-1 letters, as the kernel's own ctype has them. */
export const toLower = (byte: number): number => (isUpper(byte) ? byte + 32 : byte);
const toUpper = (byte: number) => (isLower(byte) ? byte - 32 : byte);
/** Does the byte belong to a word when one is erased? */
export const isWord = (byte: number): boolean =>
  isUpper(byte) || isLower(byte) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f;

/** Sends a byte as it is. */
const emit = (tty: Tty, byte: number): void => ringPushByte(tty.output, byte);

/** Sends a byte through output processing, and keeps track of the column. */
export function put(tty: Tty, byte: number): void {
  if ((tty.termios.oflag & OPOST) === 0) emit(tty, byte);
  else (OUTPUT[byte] ?? putOther)(tty, byte);
}

const OUTPUT: Readonly<Record<number, (tty: Tty, byte: number) => void>> = {
  [NL](tty) {
    const { oflag } = tty.termios;
    if (oflag & ONLCR) emit(tty, CR);
    if (oflag & (ONLCR | ONLRET)) tty.column = 0;
    tty.lineColumn = tty.column;
    emit(tty, NL);
  },
  [CR](tty) {
    const { oflag } = tty.termios;
    if (oflag & ONOCR && tty.column === 0) return;
    const turns = (oflag & OCRNL) !== 0;
    if (!turns || oflag & ONLRET) tty.lineColumn = tty.column = 0;
    emit(tty, turns ? NL : CR);
  },
  [TAB](tty) {
    const width = TAB_WIDTH - (tty.column % TAB_WIDTH);
    tty.column += width;
    if ((tty.termios.oflag & XTABS) !== XTABS) emit(tty, TAB);
    else for (let i = 0; i < width; i++) emit(tty, SPACE);
  },
  [BS](tty) {
    if (tty.column > 0) tty.column--;
    emit(tty, BS);
  },
};

function putOther(tty: Tty, byte: number): void {
  if (isControl(byte)) {
    emit(tty, byte);
    return;
  }
  if (!isContinuation(tty, byte)) tty.column++;
  emit(tty, tty.termios.oflag & OLCUC ? toUpper(byte) : byte);
}

/** What is echoed besides bytes: a control character as ^X, and what has to do with columns. */
const SHOWN = 0x100;
const HERE_BEGINS = 0x200;
const STEP_BACK = 0x300;
const RUB_TAB = 0x400;
/** 255 is not processed (Linux: it begins the echo buffer's own codes). */
const AS_IS = 0x500;

/** Keeps an echo; it is shown when the terminal is not stopped. */
function push(tty: Tty, what: number): void {
  if (tty.echoes.length === MAX_ECHOES) tty.echoes.shift();
  tty.echoes.push(what === 255 ? what | AS_IS : what);
}

/** Echoes a typed byte: control characters as ^X, if so set. */
export const echo = (tty: Tty, byte: number): void =>
  push(tty, tty.termios.lflag & ECHOCTL && isControl(byte) && byte !== TAB ? byte | SHOWN : byte);
/** Echoes a byte as it is. */
export const echoRaw = (tty: Tty, byte: number): void => push(tty, byte);
/** The line that is typed begins at this column. */
export const echoBegin = (tty: Tty): void => push(tty, HERE_BEGINS);
/** A byte was part of the character before. */
export const echoBack = (tty: Tty): void => push(tty, STEP_BACK);
/** A tab is rubbed out before which there are so many columns, since a tab or since the line's beginning. */
export const echoRubTab = (tty: Tty, columns: number, isAfterTab: boolean): void =>
  push(tty, RUB_TAB | (columns & 7) | (isAfterTab ? 0x80 : 0));

/** Shows what is to be echoed. */
export function showEchoes(tty: Tty): void {
  if (tty.isStopped || tty.echoes.length === 0) return;
  for (const what of tty.echoes) (SHOW[what & 0xf00] ?? put)(tty, what & 0xff);
  tty.echoes.length = 0;
}

const SHOW: Readonly<Record<number, (tty: Tty, value: number) => void>> = {
  [SHOWN](tty, byte) {
    emit(tty, CARET);
    emit(tty, byte ^ 0x40);
    tty.column += 2;
  },
  [HERE_BEGINS](tty) {
    tty.lineColumn = tty.column;
  },
  [STEP_BACK](tty) {
    if (tty.column > 0) tty.column--;
  },
  [AS_IS](tty, byte) {
    emit(tty, byte);
    tty.column++;
  },
  [RUB_TAB](tty, value) {
    const columns = value & 0x80 ? value : value + tty.lineColumn;
    for (let left = TAB_WIDTH - (columns & 7); left > 0; left--) {
      emit(tty, BS);
      if (tty.column > 0) tty.column--;
    }
  },
};
