/** ioctl: requests every file understands; the rest is the file's own. Linux: fs/ioctl.c. */
import { CAP, O } from '../abi/index.ts';
import { capable, type Kernel, syscall } from '../kernel/index.ts';
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
import { fd } from './args.ts';
import { listen } from './fcntl-owner.ts';
import { openFile } from './file.ts';
import { ioctlArgument, ioctlRequest } from './text/ioctl.ts';

/** Requests of every file. */
const REQUESTS = {
  FIGETBSZ: 2,
  FIONBIO: 0x5421,
  TIOCVHANGUP: 0x5437,
  TIOCGPTPEER: 0x5441,
  FIONCLEX: 0x5450,
  FIOCLEX: 0x5451,
  FIOASYNC: 0x5452,
} as const;

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
  [REQUESTS.FIOCLEX]: setCloexec(true),
  [REQUESTS.FIONCLEX]: setCloexec(false),
  [REQUESTS.FIONBIO]: setFlag(O.O_NONBLOCK),
  [REQUESTS.FIOASYNC]: (k, file, number, argument) => {
    const on = takeInt(argument);
    if (typeof on === 'string') return on;
    const isSame = (on !== 0) === ((file.flags & O.O_ASYNC) !== 0);
    return isSame || listen(k, file, number, on !== 0) ? 0 : 'ENOTTY';
  },
  [REQUESTS.FIGETBSZ]: (_k, file, _number, argument) =>
    file.inode === 0 ? 'EINVAL' : giveInt(argument, 4096),
  [REQUESTS.TIOCGPTPEER]: (k, file, _number, { value }) => {
    if (file.kind !== 'ptmx') return file.kind === 'tty' ? 'EIO' : 'ENOTTY';
    const peer = openPeer(k.vfs, file, value & ~O.O_CLOEXEC);
    return typeof peer === 'string' ? peer : installFd(k.vfs, k.files, peer, (value & O.O_CLOEXEC) !== 0);
  },
  [REQUESTS.TIOCVHANGUP]: (k, file) => {
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
  args: [fd, ioctlRequest, ioctlArgument],
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
