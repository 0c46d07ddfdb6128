/** fcntl's commands about signal-driven input and output. Linux: fs/fcntl.c f_setown, f_getown_ex. */
import type { Errno } from '../abi/index.ts';
import { type Kernel, membersOf, type Tgid, type Tid } from '../kernel/index.ts';
import { type AsyncOwner, canTell, notifyOf, type OpenFile, type Outcome, setAsync } from '../vfs/index.ts';

interface Call {
  readonly fd: number;
  readonly file: OpenFile;
  /** The argument as an address, and as an int. */
  readonly argument: number;
  readonly int: number;
}

const LAST_SIGNAL = 64;
/** F_OWNER_TID, F_OWNER_PID, F_OWNER_PGRP. */
const TYPES = ['tid', 'pid', 'pgrp'] as const;

const newOwner = (k: Kernel, fd: number): AsyncOwner => {
  const { ruid, euid } = k.task.credentials;
  return { type: 'pid', id: 0, signal: 0, uid: ruid, euid, fd };
};

const exists: Readonly<Record<AsyncOwner['type'], (k: Kernel, id: number) => boolean>> = {
  tid: (k, id) => k.tasks.has(id as Tid),
  pid: (k, id) => k.groups.has(id as Tgid),
  pgrp: (k, id) => membersOf(k, id).length > 0,
};

function setOwner(k: Kernel, { file, fd }: Call, type: AsyncOwner['type'], id: number): 0 | Errno {
  if (id !== 0 && !exists[type](k, id)) return 'ESRCH';
  const { signal = 0, fd: told = fd } = file.async ?? {};
  file.async = { ...newOwner(k, told), type, id, signal };
  return 0;
}

function setOwnerEx(k: Kernel, call: Call): 0 | Errno {
  const [what, id] = [k.user.readI32(call.argument), k.user.readI32(call.argument + 4)];
  if (what === undefined || id === undefined) return 'EFAULT';
  const type = TYPES[what];
  return type === undefined ? 'EINVAL' : setOwner(k, call, type, id);
}

function getOwnerEx(k: Kernel, { file: { async }, argument }: Call): 0 | Errno {
  const type = async === null ? 0 : TYPES.indexOf(async.type);
  const isWritten = k.user.writeU32(argument, type) && k.user.writeU32(argument + 4, async?.id ?? 0);
  return isWritten ? 0 : 'EFAULT';
}

function setSignal(k: Kernel, { file, fd, int }: Call): 0 | Errno {
  if (int < 0 || int > LAST_SIGNAL) return 'EINVAL';
  file.async ??= newOwner(k, fd);
  file.async.signal = int;
  return 0;
}

/** F_SETFL and FIOASYNC: O_ASYNC on or off. A terminal without an owner tells the caller. False: it cannot. */
export function listen(k: Kernel, file: OpenFile, fd: number, on: boolean): boolean {
  if (on && canTell(file)) {
    file.async ??= { ...newOwner(k, fd), id: file.kind === 'tty' ? k.group.tgid : 0 };
    file.async.fd = fd;
  }
  return setAsync(k.vfs, file, on);
}

/** The caller becomes the owner of a file that has none. */
export function own(k: Kernel, file: OpenFile, fd: number): void {
  file.async = { ...(file.async ?? newOwner(k, fd)), type: 'pid', id: k.group.tgid };
}

const F_SETOWN = 8;
const F_GETOWN = 9;
const F_SETSIG = 10;
const F_GETSIG = 11;
const F_SETOWN_EX = 15;
const F_GETOWN_EX = 16;
const F_NOTIFY = 1026;

/** Rows by command. */
export const OWNER_COMMANDS: Readonly<Record<number, (k: Kernel, call: Call) => Outcome>> = {
  [F_SETOWN]: (k, call) => {
    if (call.int === -(2 ** 31)) return 'EINVAL';
    return call.int < 0 ? setOwner(k, call, 'pgrp', -call.int) : setOwner(k, call, 'pid', call.int);
  },
  [F_GETOWN]: (_k, { file: { async } }) =>
    async === null ? 0 : async.type === 'pgrp' ? -async.id : async.id,
  [F_SETSIG]: setSignal,
  [F_GETSIG]: (_k, { file }) => file.async?.signal ?? 0,
  [F_SETOWN_EX]: setOwnerEx,
  [F_GETOWN_EX]: getOwnerEx,
  [F_NOTIFY]: (k, { file, fd, int }) => {
    if (!file.async?.id) own(k, file, fd);
    return notifyOf(k.vfs, file, fd, int);
  },
};
