/** ioctl(2) as strace prints it: the request says what its argument is. */
import { type Arg, asUint, asUnsigned64, type Kernel } from '../../kernel/index.ts';
import { bitNames, oneOf } from '../args.ts';
import { addressText, type Fields, fieldsAt } from './fields.ts';

/** What the argument is: nothing, a number, or a structure that the caller gives or the call fills. */
interface Row {
  readonly name: string;
  readonly kind?: 'none' | 'value' | 'given' | 'filled';
  readonly size?: number;
  readonly text?: (at: Fields) => string;
  readonly value?: (value: number, k: Kernel) => string;
}

const int = (at: Fields): string => `[${at.i32(0)}]`;
const uint = (at: Fields): string => `[${at.u32(0)}]`;
const none = (name: string): Row => ({ name, kind: 'none' });
const given = (name: string, size = 4, text = int): Row => ({ name, kind: 'given', size, text });
const filled = (name: string, size = 4, text = int): Row => ({ name, kind: 'filled', size, text });
const named = (name: string, names: Readonly<Record<string, number>>, unknown: string): Row => {
  const values = oneOf(names, unknown);
  return { name, kind: 'value', value: (value, k) => values.show(value | 0, k, null) };
};

const sizeText = (at: Fields): string =>
  `{ws_row=${at.u16(0)}, ws_col=${at.u16(2)}, ws_xpixel=${at.u16(4)}, ws_ypixel=${at.u16(6)}}`;

const IFLAG = {
  IGNBRK: 1,
  BRKINT: 2,
  IGNPAR: 4,
  PARMRK: 8,
  INPCK: 0x10,
  ISTRIP: 0x20,
  INLCR: 0x40,
  IGNCR: 0x80,
  ICRNL: 0x100,
  IUCLC: 0x200,
  IXON: 0x400,
  IXANY: 0x800,
  IXOFF: 0x1000,
  IMAXBEL: 0x2000,
  IUTF8: 0x4000,
};
const OFLAG = { OPOST: 1, OLCUC: 2, ONLCR: 4, OCRNL: 8, ONOCR: 0x10, ONLRET: 0x20, OFILL: 0x40, OFDEL: 0x80 };
/** Delays of a typewriter: each has one of several values. */
const DELAYS: readonly (readonly [mask: number, names: readonly string[]])[] = [
  [0x100, ['NL0', 'NL1']],
  [0x600, ['CR0', 'CR1', 'CR2', 'CR3']],
  [0x1800, ['TAB0', 'TAB1', 'TAB2', 'TAB3']],
  [0x2000, ['BS0', 'BS1']],
  [0x4000, ['VT0', 'VT1']],
  [0x8000, ['FF0', 'FF1']],
];
const CFLAG = {
  CSTOPB: 0x40,
  CREAD: 0x80,
  PARENB: 0x100,
  PARODD: 0x200,
  HUPCL: 0x400,
  CLOCAL: 0x800,
  CMSPAR: 0x40000000,
  CRTSCTS: 0x80000000 | 0,
};
const SPEEDS = [
  'B0',
  'B50',
  'B75',
  'B110',
  'B134',
  'B150',
  'B200',
  'B300',
  'B600',
  'B1200',
  'B1800',
  'B2400',
  'B4800',
  'B9600',
  'B19200',
  'B38400',
];
const FAST = [
  '',
  'B57600',
  'B115200',
  'B230400',
  'B460800',
  'B500000',
  'B576000',
  'B921600',
  'B1000000',
  'B1152000',
  'B1500000',
  'B2000000',
  'B2500000',
  'B3000000',
  'B3500000',
  'B4000000',
];
const CBAUDEX = 0x1000;
const SIZES = ['CS5', 'CS6', 'CS7', 'CS8'];
const LFLAG = {
  ISIG: 1,
  ICANON: 2,
  XCASE: 4,
  ECHO: 8,
  ECHOE: 0x10,
  ECHOK: 0x20,
  ECHONL: 0x40,
  NOFLSH: 0x80,
  IEXTEN: 0x8000,
  ECHOCTL: 0x200,
  ECHOPRT: 0x400,
  ECHOKE: 0x800,
  FLUSHO: 0x1000,
  PENDIN: 0x4000,
  TOSTOP: 0x100,
  EXTPROC: 0x10000,
};

function outputFlags(bits: number): string {
  const delays = DELAYS.map(([mask, names]) => names[(bits & mask) / (mask & -mask)]!);
  const rest = bitNames(OFLAG, '', bits & 0xff, 'O???');
  return [...delays, rest].filter((part) => part !== '').join('|');
}

function controlFlags(bits: number): string {
  const speed = (bits & CBAUDEX ? FAST[bits & 15] : SPEEDS[bits & 15]) ?? `0x${(bits & 0x100f).toString(16)}`;
  const rest = bitNames(CFLAG, '', bits & ~0x103f, 'C???');
  return [speed, SIZES[(bits >> 4) & 3], rest].filter((part) => part !== '').join('|');
}

/** struct termios, in brief. */
const termiosText = (at: Fields): string => {
  const input = bitNames(IFLAG, '0', at.i32(0), 'I???');
  const local = bitNames(LFLAG, '0', at.i32(12), 'L???');
  return `{c_iflag=${input}, c_oflag=${outputFlags(at.i32(4))}, c_cflag=${controlFlags(at.i32(8))}, c_lflag=${local}, ...}`;
};
const TERMIOS = 36;
const TERMIOS2 = 44;
const FLUSH = { TCIFLUSH: 0, TCOFLUSH: 1, TCIOFLUSH: 2 };
const FLOW = { TCOOFF: 0, TCOON: 1, TCIOFF: 2, TCION: 3 };

const ROWS: Readonly<Record<number, Row>> = {
  2: filled('FIGETBSZ'),
  21505: filled('TCGETS', TERMIOS, termiosText),
  21506: given('TCSETS', TERMIOS, termiosText),
  21507: given('TCSETSW', TERMIOS, termiosText),
  21508: given('TCSETSF', TERMIOS, termiosText),
  21513: { name: 'TCSBRK', kind: 'value', value: (value) => String(value | 0) },
  21514: named('TCXONC', FLOW, 'TC???'),
  21515: named('TCFLSH', FLUSH, 'TC???'),
  21516: none('TIOCEXCL'),
  21517: none('TIOCNXCL'),
  21518: { name: 'TIOCSCTTY', kind: 'value', value: (value) => String(value | 0) },
  21519: filled('TIOCGPGRP'),
  21520: given('TIOCSPGRP'),
  21521: filled('TIOCOUTQ'),
  21522: { name: 'TIOCSTI' },
  21523: filled('TIOCGWINSZ', 8, sizeText),
  21524: given('TIOCSWINSZ', 8, sizeText),
  21531: filled('FIONREAD'),
  21536: given('TIOCPKT'),
  21537: given('FIONBIO'),
  21538: none('TIOCNOTTY'),
  21539: given('TIOCSETD'),
  21540: filled('TIOCGETD'),
  21541: { name: 'TCSBRKP', kind: 'value', value: (value) => String(value | 0) },
  21545: filled('TIOCGSID'),
  21559: none('TIOCVHANGUP'),
  21569: { name: 'TIOCGPTPEER', kind: 'value', value: (value) => `0x${value.toString(16)}` },
  21584: none('FIONCLEX'),
  21585: none('FIOCLEX'),
  21586: given('FIOASYNC'),
  35077: filled('SIOCATMARK'),
  35088: { name: 'SIOCGIFNAME' },
  35090: { name: 'SIOCGIFCONF' },
  35091: { name: 'SIOCGIFFLAGS' },
  35093: { name: 'SIOCGIFADDR' },
  35099: { name: 'SIOCGIFNETMASK' },
  35105: { name: 'SIOCGIFMTU' },
  35111: { name: 'SIOCGIFHWADDR' },
  35123: { name: 'SIOCGIFINDEX' },
  1074025521: given('TIOCSPTLCK'),
  1074025526: { name: 'TIOCSIG', kind: 'value', value: (value) => String(value | 0) },
  1076646955: given('TCSETS2', TERMIOS2, termiosText),
  1076646956: given('TCSETSW2', TERMIOS2, termiosText),
  1076646957: given('TCSETSF2', TERMIOS2, termiosText),
  2147767344: filled('TIOCGPTN', 4, uint),
  2147767352: filled('TIOCGPKT'),
  2147767353: filled('TIOCGPTLCK'),
  2147767360: filled('TIOCGEXCL'),
  2150388778: filled('TCGETS2', TERMIOS2, termiosText),
};

const DIRECTIONS = ['_IOC_NONE', '_IOC_WRITE', '_IOC_READ', '_IOC_READ|_IOC_WRITE'];
const hex = (value: number): string => (value === 0 ? '0' : `0x${value.toString(16)}`);

/** A request that nobody knows, in its parts. */
const partsOf = (request: number): string =>
  `_IOC(${DIRECTIONS[request >>> 30]}, ${hex((request >>> 8) & 0xff)}, ${hex(request & 0xff)}, ${hex((request >>> 16) & 0x3fff)})`;

export const ioctlRequest: Arg<number> = {
  decode: asUint,
  show: (request) => ROWS[request]?.name ?? partsOf(request),
};

const rowOf = (k: Kernel): Row | undefined => ROWS[k.call.words[2]! >>> 0];

/** What the request takes or fills. */
export const ioctlArgument: Arg<number> = {
  decode: asUnsigned64,
  when: (k) => rowOf(k)?.kind === 'filled',
  show(value, k, result) {
    const row = rowOf(k);
    if (row?.kind === 'none') return '';
    if (row?.value !== undefined) return row.value(value, k);
    const isTold =
      row?.text !== undefined && value !== 0 && !(row.kind === 'filled' && typeof result === 'string');
    const at = isTold ? fieldsAt(k, value, row!.size!) : null;
    return at === null ? addressText(value) : row!.text!(at);
  },
};
