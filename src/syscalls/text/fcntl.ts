/** The third argument of fcntl(2), which depends on the command, and what its result means, as strace prints them. */
import { signalName } from '../../abi/index.ts';
import { type Arg, asUnsigned64, type Kernel, type ResultText } from '../../kernel/index.ts';
import { bitNames, oneOf, pointer } from '../args.ts';
import { structure } from './fields.ts';
import { openText } from './file.ts';

const F = {
  DUPFD: 0,
  GETFD: 1,
  SETFD: 2,
  GETFL: 3,
  SETFL: 4,
  GETLK: 5,
  SETLK: 6,
  SETLKW: 7,
  SETOWN: 8,
  GETOWN: 9,
  SETSIG: 10,
  GETSIG: 11,
  SETOWN_EX: 15,
  GETOWN_EX: 16,
  OFD_GETLK: 36,
  OFD_SETLK: 37,
  OFD_SETLKW: 38,
  SETLEASE: 1024,
  GETLEASE: 1025,
  NOTIFY: 1026,
  DUPFD_QUERY: 1027,
  CREATED_QUERY: 1028,
  DUPFD_CLOEXEC: 1030,
  SETPIPE_SZ: 1031,
  GETPIPE_SZ: 1032,
  ADD_SEALS: 1033,
  GET_SEALS: 1034,
  GET_RW_HINT: 1035,
  SET_RW_HINT: 1036,
} as const;

const LOCK_TYPES = { F_RDLCK: 0, F_WRLCK: 1, F_UNLCK: 2, F_EXLCK: 4, F_SHLCK: 8 };
const lockType = oneOf(LOCK_TYPES, 'F_???');
const whence = oneOf({ SEEK_SET: 0, SEEK_CUR: 1, SEEK_END: 2 });
const SEALS = { F_SEAL_SEAL: 1, F_SEAL_SHRINK: 2, F_SEAL_GROW: 4, F_SEAL_WRITE: 8, F_SEAL_FUTURE_WRITE: 16 };
const NOTIFY = {
  DN_ACCESS: 1,
  DN_MODIFY: 2,
  DN_CREATE: 4,
  DN_DELETE: 8,
  DN_RENAME: 16,
  DN_ATTRIB: 32,
  DN_MULTISHOT: -2147483648,
};

const lock = (withPid: boolean) =>
  structure(32, (at, k) => {
    const kind = lockType.show(at.i16(0), k, null);
    const from = whence.show(at.i16(2), k, null);
    const pid = withPid ? `, l_pid=${at.i32(24)}` : '';
    return `{l_type=${kind}, l_whence=${from}, l_start=${at.i64(8)}, l_len=${at.i64(16)}${pid}}`;
  });
const [givenLock, foundLock] = [lock(false), lock(true)];
const owner = structure(8, (at) => {
  const types = ['F_OWNER_TID', 'F_OWNER_PID', 'F_OWNER_PGRP'];
  return `{type=${types[at.i32(0)] ?? `0x${at.u32(0).toString(16)} /* F_OWNER_??? */`}, pid=${at.i32(4)}}`;
});
const hint = structure(8, (at) => {
  const names = ['NOT_SET', 'NONE', 'SHORT', 'MEDIUM', 'LONG', 'EXTREME'];
  const name = names[at.word(0)];
  return name === undefined ? `[0x${at.u64(0).toString(16)} /* RWH_??? */]` : `[RWH_WRITE_LIFE_${name}]`;
});

type Show = (value: number, k: Kernel) => string;
const int: Show = (value) => String(value | 0);
const at =
  (text: (k: Kernel, addr: number) => string | null): Show =>
  (addr, k) =>
    (addr === 0 ? null : text(k, addr)) ?? pointer.show(addr, k, null);

const SHOW: Readonly<Record<number, Show>> = {
  [F.DUPFD]: int,
  [F.DUPFD_CLOEXEC]: int,
  [F.SETFD]: (value) => bitNames({ FD_CLOEXEC: 1 }, '0', value | 0, 'FD_???'),
  [F.SETFL]: (value) => openText(value | 0),
  [F.GETLK]: at(foundLock),
  [F.SETLK]: at(givenLock),
  [F.SETLKW]: at(givenLock),
  [F.OFD_GETLK]: at(foundLock),
  [F.OFD_SETLK]: at(givenLock),
  [F.OFD_SETLKW]: at(givenLock),
  [F.SETOWN]: int,
  [F.SETSIG]: (value) => signalName(value | 0),
  [F.SETOWN_EX]: at(owner),
  [F.GETOWN_EX]: at(owner),
  [F.SETLEASE]: (value, k) => lockType.show(value | 0, k, null),
  [F.NOTIFY]: (value) => bitNames(NOTIFY, '0', value | 0, 'DN_???'),
  [F.SETPIPE_SZ]: int,
  [F.DUPFD_QUERY]: int,
  [F.ADD_SEALS]: (value) => bitNames(SEALS, '0', value | 0, 'F_SEAL_???'),
  [F.GET_RW_HINT]: at(hint),
  [F.SET_RW_HINT]: at(hint),
};
const NONE: ReadonlySet<number> = new Set([
  F.GETFD,
  F.GETFL,
  F.GETOWN,
  F.GETSIG,
  F.GETLEASE,
  F.GETPIPE_SZ,
  F.GET_SEALS,
  F.CREATED_QUERY,
]);
/** What the call fills: shown when it has returned, and as an address when it failed. */
const FILLED: ReadonlySet<number> = new Set([F.GETLK, F.OFD_GETLK, F.GETOWN_EX, F.GET_RW_HINT]);
const commandOf = (k: Kernel): number => k.call.words[2]!;

/** What the command takes. */
export const fcntlArgument: Arg<number> = {
  decode: asUnsigned64,
  when: (k) => FILLED.has(commandOf(k)),
  show(value, k, result) {
    const command = commandOf(k);
    if (NONE.has(command)) return '';
    if (FILLED.has(command) && typeof result === 'string') return pointer.show(value, k, null);
    return SHOW[command]?.(value, k) ?? `0x${value.toString(16)}`;
  },
};

const hex = (value: number): string => (value === 0 ? '0' : `0x${value.toString(16)}`);

/** The result in words where the command asks for flags. */
export const fcntlResult: ResultText = (result, k) => {
  switch (commandOf(k)) {
    case F.GETFD:
      return result === 0
        ? '0'
        : `${hex(result)} (flags ${bitNames({ FD_CLOEXEC: 1 }, '0', result, 'FD_???')})`;
    case F.GETFL:
      return `${hex(result)} (flags ${openText(result)})`;
    case F.GETSIG:
      return result === 0 ? '0' : `${result} (${signalName(result)})`;
    case F.GETLEASE:
      return `${hex(result)} (${lockType.show(result, k, null)})`;
    case F.GET_SEALS:
      return result === 0 ? '0' : `${hex(result)} (seals ${bitNames(SEALS, '0', result, 'F_SEAL_???')})`;
    default:
      return String(result);
  }
};
