/** ioctl: requests every file understands; the rest is the file's own. Linux: fs/ioctl.c. */
import { CAP, O } from '../abi/index.ts';
import { type Arg, asUint, capable, type Kernel, syscall } from '../kernel/index.ts';
import {
  giveInt,
  hangUp,
  type IoctlArgument,
  installFd,
  type OpenFile,
  type Outcome,
  openPeer,
  setCloseOnExec,
  takeInt,
} from '../vfs/index.ts';
import { fd, pointer } from './args.ts';
import { listen } from './fcntl-owner.ts';
import { openFile } from './file.ts';

const REQUESTS: Readonly<Record<string, number>> = {
  FIGETBSZ: 2,
  TCGETS: 0x5401,
  TCSETS: 0x5402,
  TCSETSW: 0x5403,
  TCSETSF: 0x5404,
  TCSBRK: 0x5409,
  TCXONC: 0x540a,
  TCFLSH: 0x540b,
  TIOCEXCL: 0x540c,
  TIOCNXCL: 0x540d,
  TIOCSCTTY: 0x540e,
  TIOCGPGRP: 0x540f,
  TIOCSPGRP: 0x5410,
  TIOCOUTQ: 0x5411,
  TIOCGWINSZ: 0x5413,
  TIOCSWINSZ: 0x5414,
  FIONREAD: 0x541b,
  SIOCATMARK: 0x8905,
  SIOCGIFNAME: 0x8910,
  SIOCGIFCONF: 0x8912,
  SIOCGIFFLAGS: 0x8913,
  SIOCGIFADDR: 0x8915,
  SIOCGIFNETMASK: 0x891b,
  SIOCGIFMTU: 0x8921,
  SIOCGIFHWADDR: 0x8927,
  SIOCGIFINDEX: 0x8933,
  FIONBIO: 0x5421,
  TIOCNOTTY: 0x5422,
  TIOCGETD: 0x5424,
  TCSBRKP: 0x5425,
  TIOCGSID: 0x5429,
  FIONCLEX: 0x5450,
  FIOCLEX: 0x5451,
  FIOASYNC: 0x5452,
  TCGETS2: 0x802c542a,
  TCSETS2: 0x402c542b,
  TCSETSW2: 0x402c542c,
  TCSETSF2: 0x402c542d,
  TIOCGPTN: 0x80045430,
  TIOCSPTLCK: 0x40045431,
  TIOCGPTPEER: 0x5441,
  TIOCGPKT: 0x80045438,
  TIOCGPTLCK: 0x80045439,
  TIOCGEXCL: 0x80045440,
  TIOCSIG: 0x40045436,
  TIOCPKT: 0x5420,
  TIOCSTI: 0x5412,
  TIOCSETD: 0x5423,
  TIOCVHANGUP: 0x5437,
};
const NAMES = new Map(Object.entries(REQUESTS).map(([name, request]) => [request, name]));

const request: Arg<number> = {
  decode: asUint,
  show: (value) => NAMES.get(value) ?? `0x${value.toString(16)}`,
};

type Generic = (k: Kernel, file: OpenFile, number: number, argument: IoctlArgument) => Outcome;

const setFlag =
  (bit: number): Generic =>
  (_k, file, _number, argument) => {
    const on = takeInt(argument);
    if (typeof on === 'string') return on;
    file.flags = on === 0 ? file.flags & ~bit : file.flags | bit;
    return 0;
  };

const setCloexec =
  (cloexec: boolean): Generic =>
  (k, _file, number) => {
    setCloseOnExec(k.files, number, cloexec);
    return 0;
  };

/** Linux: do_vfs_ioctl, before the file is asked. */
const GENERIC: Partial<Readonly<Record<number, Generic>>> = {
  [REQUESTS['FIOCLEX']!]: setCloexec(true),
  [REQUESTS['FIONCLEX']!]: setCloexec(false),
  [REQUESTS['FIONBIO']!]: setFlag(O.O_NONBLOCK),
  [REQUESTS['FIOASYNC']!]: (k, file, number, argument) => {
    const on = takeInt(argument);
    if (typeof on === 'string') return on;
    const isSame = (on !== 0) === ((file.flags & O.O_ASYNC) !== 0);
    return isSame || listen(k, file, number, on !== 0) ? 0 : 'ENOTTY';
  },
  [REQUESTS['FIGETBSZ']!]: (_k, file, _number, argument) =>
    file.inode === 0 ? 'EINVAL' : giveInt(argument, 4096),
  [REQUESTS['TIOCGPTPEER']!]: (k, file, _number, { value }) => {
    if (file.kind !== 'ptmx') return file.kind === 'tty' ? 'EIO' : 'ENOTTY';
    const peer = openPeer(k.vfs, file, value & ~O.O_CLOEXEC);
    return typeof peer === 'string' ? peer : installFd(k.vfs, k.files, peer, (value & O.O_CLOEXEC) !== 0);
  },
  [REQUESTS['TIOCVHANGUP']!]: (k, file) => {
    if (file.kind !== 'tty') return 'ENOTTY';
    if (k.vfs.ttys.get(file.channel)?.hungUp.has(file.id)) return 'EIO';
    if (!capable(k, CAP.CAP_SYS_ADMIN)) return 'EPERM';
    hangUp(k.vfs, file.channel, 'line');
    return 0;
  },
};

export const ioctl = syscall({
  nr: 29,
  name: 'ioctl',
  args: [fd, request, pointer],
  errors: [
    'EADDRNOTAVAIL',
    'EAGAIN',
    'EBADF',
    'EBUSY',
    'EFAULT',
    'EINTR',
    'EINVAL',
    'EIO',
    'EMFILE',
    'ENFILE',
    'ENODEV',
    'ENOENT',
    'ENOTTY',
    'EOPNOTSUPP',
    'EPERM',
    'ESRCH',
  ],
  interrupted: 'ERESTARTSYS',
  support: { partial: 'terminals, pipes, sockets and the requests every file has' },
  run(k, number, what, value) {
    const file = openFile(k, number);
    if (file === undefined) return 'EBADF';
    const argument: IoctlArgument = {
      value,
      read: (into) => k.user.copyIn(value, into),
      write: (from) => k.user.copyOut(value, from),
      writeAt: (address, from) => k.user.copyOut(address, from),
    };
    const generic = GENERIC[what];
    if (generic !== undefined) return generic(k, file, number, argument);
    return k.vfs.ops[file.kind].ioctl?.(k.vfs, file, what, argument) ?? 'ENOTTY';
  },
});

export const IOCTL_CALLS = [ioctl];
