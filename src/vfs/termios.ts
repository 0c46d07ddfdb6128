/** termios(3): the settings of a terminal and their layout in user memory (asm-generic/termbits.h). */

/** Control characters, by index in `cc`. */
export const CC = {
  VINTR: 0,
  VQUIT: 1,
  VERASE: 2,
  VKILL: 3,
  VEOF: 4,
  VTIME: 5,
  VMIN: 6,
  VSTART: 8,
  VSTOP: 9,
  VSUSP: 10,
  VEOL: 11,
  VREPRINT: 12,
  VWERASE: 14,
  VLNEXT: 15,
  VEOL2: 16,
} as const;
const CC_COUNT = 19;

/** Input modes. */
export const PARMRK = 8;
export const ISTRIP = 0x20;
export const INLCR = 0x40;
export const IGNCR = 0x80;
export const ICRNL = 0x100;
export const IUCLC = 0x200;
export const IXON = 0x400;
export const IXANY = 0x800;
export const IUTF8 = 0x4000;

/** Output modes. */
export const OPOST = 1;
export const OLCUC = 2;
export const ONLCR = 4;
export const OCRNL = 8;
export const ONOCR = 0x10;
export const ONLRET = 0x20;
/** Both bits of the tab delay: tabs become spaces. */
export const XTABS = 0x1800;

/** Local modes. */
export const ISIG = 1;
export const ICANON = 2;
export const ECHO = 8;
export const ECHOE = 0x10;
export const ECHOK = 0x20;
export const ECHONL = 0x40;
export const NOFLSH = 0x80;
export const TOSTOP = 0x100;
export const ECHOCTL = 0x200;
export const ECHOPRT = 0x400;
export const ECHOKE = 0x800;
export const IEXTEN = 0x8000;
export const EXTPROC = 0x10000;

const B38400 = 15;
const CSIZE = 0x30;
const CS8 = 0x30;
const CREAD = 0x80;
const PARENB = 0x100;
const HUPCL = 0x400;
/** Modem lines do not matter. */
export const CLOCAL = 0x800;

export interface Termios {
  iflag: number;
  oflag: number;
  cflag: number;
  lflag: number;
  /** Line discipline: always 0, N_TTY. */
  line: number;
  readonly cc: Uint8Array;
  ispeed: number;
  ospeed: number;
}

/** What a terminal begins with (Linux: tty_std_termios), and erasing whole characters of UTF-8. */
export function newTermios(): Termios {
  const cc = new Uint8Array(CC_COUNT);
  // INIT_C_CC: ^C ^\ ^? ^U ^D - 1 - ^Q ^S ^Z - ^R ^O ^W ^V -
  cc.set([3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0]);
  return {
    iflag: ICRNL | IXON | IUTF8,
    oflag: OPOST | ONLCR,
    cflag: B38400 | CS8 | CREAD | HUPCL,
    lflag: ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
    line: 0,
    cc,
    ispeed: 38400,
    ospeed: 38400,
  };
}

/** No bit of any. */
export const noTermios = (): Termios => ({
  iflag: 0,
  oflag: 0,
  cflag: 0,
  lflag: 0,
  line: 0,
  cc: new Uint8Array(CC_COUNT),
  ispeed: 0,
  ospeed: 0,
});

/** What is locked stays as it was. Linux: unset_locked_termios(). */
export function keepLocked(termios: Termios, old: Termios, locked: Termios): void {
  for (const mode of ['iflag', 'oflag', 'cflag', 'lflag'] as const)
    termios[mode] = (termios[mode] & ~locked[mode]) | (old[mode] & locked[mode]);
  if (locked.line !== 0) termios.line = old.line;
  for (let i = 0; i < CC_COUNT; i++) if (locked.cc[i] !== 0) termios.cc[i] = old.cc[i]!;
}

/** A pseudo-terminal's: as Linux has them, without a line to hang up. */
export function newPtyTermios(): Termios {
  const termios = newTermios();
  termios.iflag &= ~IUTF8;
  termios.cflag &= ~HUPCL;
  return termios;
}

/** Characters of a pseudo-terminal have eight bits and no parity, whatever is asked. Linux: pty_set_termios. */
export function keepEightBits(termios: Termios): void {
  termios.cflag = (termios.cflag & ~(CSIZE | PARENB)) | CS8 | CREAD;
}

/** sizeof(struct termios) and of struct termios2, which ends with the two speeds. */
export const TERMIOS_SIZE = 36;
export const TERMIOS2_SIZE = 44;

export function packTermios(from: Termios, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  [from.iflag, from.oflag, from.cflag, from.lflag].forEach((flag, i) => {
    view.setUint32(4 * i, flag, true);
  });
  bytes[16] = from.line;
  bytes.set(from.cc, 17);
  if (size < TERMIOS2_SIZE) return bytes;
  view.setUint32(36, from.ispeed, true);
  view.setUint32(40, from.ospeed, true);
  return bytes;
}

/** Takes settings over from either structure. */
export function unpackTermios(into: Termios, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  into.iflag = view.getUint32(0, true);
  into.oflag = view.getUint32(4, true);
  into.cflag = view.getUint32(8, true);
  into.lflag = view.getUint32(12, true);
  into.cc.set(bytes.subarray(17, 17 + CC_COUNT));
  if (bytes.length < TERMIOS2_SIZE) return;
  into.ispeed = view.getUint32(36, true);
  into.ospeed = view.getUint32(40, true);
}
