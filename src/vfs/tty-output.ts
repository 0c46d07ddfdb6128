/** What a terminal is sent: output processing and echo. Linux: n_tty.c do_output_char, echo_char. */
import { ringPushByte } from './ring.ts';
import { ECHOCTL, OCRNL, ONLCR, ONLRET, ONOCR, OPOST, XTABS } from './termios.ts';
import type { Tty } from './tty.ts';

const BS = 8;
const TAB = 9;
export const NL = 10;
export const CR = 13;
const SPACE = 32;
const DEL = 127;
const TAB_WIDTH = 8;

export const isControl = (byte: number): boolean => byte < SPACE || byte === DEL;
/** A byte of a UTF-8 character that is not its first. */
export const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;

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
    emit(tty, NL);
  },
  [CR](tty) {
    const { oflag } = tty.termios;
    if (oflag & ONOCR && tty.column === 0) return;
    if (oflag & OCRNL) {
      if (oflag & ONLRET) tty.column = 0;
      emit(tty, NL);
      return;
    }
    tty.column = 0;
    emit(tty, CR);
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
  if (!isControl(byte) && !isContinuation(byte)) tty.column++;
  emit(tty, byte);
}

const showsControls = (tty: Tty) => (tty.termios.lflag & ECHOCTL) !== 0;

/** Echoes a typed byte: control characters as ^X, if so set. */
export function echo(tty: Tty, byte: number): void {
  if (!isControl(byte) || byte === TAB || byte === NL || !showsControls(tty)) {
    put(tty, byte);
    return;
  }
  put(tty, 0x5e);
  put(tty, byte ^ 0x40);
}

/** Columns that a byte takes when it is echoed at a column. */
function widthOf(tty: Tty, byte: number, column: number): number {
  if (byte === TAB) return TAB_WIDTH - (column % TAB_WIDTH);
  if (isControl(byte)) return showsControls(tty) ? 2 : 0;
  return isContinuation(byte) ? 0 : 1;
}

/** Rubs out what the last character of the line took on the screen; `line` is what stays. */
export function rubOut(tty: Tty, line: readonly number[], byte: number): void {
  let column = tty.lineColumn;
  for (const before of line) column += widthOf(tty, before, column);
  const width = widthOf(tty, byte, column);
  for (let i = 0; i < width; i++) {
    put(tty, BS);
    if (byte === TAB) continue;
    put(tty, SPACE);
    put(tty, BS);
  }
}
