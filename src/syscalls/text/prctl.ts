/** prctl(2) as strace prints it: the option says how many arguments there are, and what they mean. */
import { CAP, signalName } from '../../abi/index.ts';
import { type Arg, asUnsigned64, type Kernel, type ResultText } from '../../kernel/index.ts';
import { bitNames, oneOf, quote, rawString } from '../args.ts';
import { addressText, fieldsAt } from './fields.ts';

export const PR = {
  PR_SET_PDEATHSIG: 1,
  PR_GET_PDEATHSIG: 2,
  PR_GET_DUMPABLE: 3,
  PR_SET_DUMPABLE: 4,
  PR_GET_KEEPCAPS: 7,
  PR_SET_KEEPCAPS: 8,
  PR_GET_TIMING: 13,
  PR_SET_TIMING: 14,
  PR_SET_NAME: 15,
  PR_GET_NAME: 16,
  PR_GET_SECCOMP: 21,
  PR_SET_SECCOMP: 22,
  PR_CAPBSET_READ: 23,
  PR_CAPBSET_DROP: 24,
  PR_GET_SECUREBITS: 27,
  PR_SET_SECUREBITS: 28,
  PR_SET_TIMERSLACK: 29,
  PR_GET_TIMERSLACK: 30,
  PR_SET_MM: 35,
  PR_SET_CHILD_SUBREAPER: 36,
  PR_GET_CHILD_SUBREAPER: 37,
  PR_SET_NO_NEW_PRIVS: 38,
  PR_GET_NO_NEW_PRIVS: 39,
  PR_GET_TID_ADDRESS: 40,
  PR_SET_THP_DISABLE: 41,
  PR_GET_THP_DISABLE: 42,
  PR_CAP_AMBIENT: 47,
  PR_SET_VMA: 0x53564d41,
  PR_GET_AUXV: 0x41555856,
};

type Show = (value: number, k: Kernel, result: number | string | null) => string;

const decimal: Show = (value) => String(value);
const hex = (value: number): string => (value === 0 ? '0' : `0x${value.toString(16)}`);
const signal: Show = (value) => (value === 0 ? '0' : signalName(value | 0));
const capNames = oneOf(CAP, 'CAP_???');
const capability: Show = (value, k) => capNames.show(value | 0, k, null);
const DUMPABLE = ['SUID_DUMP_DISABLE', 'SUID_DUMP_USER', 'SUID_DUMP_ROOT'];
const dumpable = (value: number): string => DUMPABLE[value] ?? `${hex(value)} /* SUID_DUMP_??? */`;
const AMBIENT = oneOf({
  PR_CAP_AMBIENT_IS_SET: 1,
  PR_CAP_AMBIENT_RAISE: 2,
  PR_CAP_AMBIENT_LOWER: 3,
  PR_CAP_AMBIENT_CLEAR_ALL: 4,
});
const SECCOMP_MODES = oneOf({
  SECCOMP_MODE_DISABLED: 0,
  SECCOMP_MODE_STRICT: 1,
  SECCOMP_MODE_FILTER: 2,
});
const SECUREBITS = {
  SECBIT_NOROOT: 1,
  SECBIT_NOROOT_LOCKED: 2,
  SECBIT_NO_SETUID_FIXUP: 4,
  SECBIT_NO_SETUID_FIXUP_LOCKED: 8,
  SECBIT_KEEP_CAPS: 16,
  SECBIT_KEEP_CAPS_LOCKED: 32,
  SECBIT_NO_CAP_AMBIENT_RAISE: 64,
  SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED: 128,
};

/** TASK_COMM_LEN without the NUL. */
const NAME = 15;
const name: Show = (addr, k) => {
  const text = rawString(k, addr, NAME + 1);
  return text === null ? addressText(addr) : quote(text, NAME);
};
/** What the kernel has written: nothing when it failed. */
const written =
  (show: (k: Kernel, addr: number) => string | null): Show =>
  (addr, k, result) =>
    (typeof result === 'string' ? null : show(k, addr)) ?? addressText(addr);
const number = (text: (value: number) => string) => (k: Kernel, addr: number) => {
  const at = addr === 0 ? null : fieldsAt(k, addr, 4);
  return at === null ? null : `[${text(at.i32(0))}]`;
};
const gotName = written((k, addr) => {
  const text = rawString(k, addr, NAME + 1);
  return text === null ? null : quote(text);
});

interface Row {
  readonly args: readonly Show[];
  /** The call fills its argument. */
  readonly isFilled?: true;
  readonly result?: (value: number) => string;
}
const none: Row = { args: [] };
const [one, four]: [Row, Row] = [{ args: [decimal] }, { args: [decimal, decimal, decimal, decimal] }];

const ROWS: Readonly<Record<number, Row>> = {
  [PR.PR_SET_PDEATHSIG]: { args: [signal] },
  [PR.PR_GET_PDEATHSIG]: {
    args: [written(number((signo) => (signo === 0 ? '0' : signalName(signo))))],
    isFilled: true,
  },
  [PR.PR_GET_DUMPABLE]: {
    args: [],
    result: (value) => `${value} (${dumpable(value)})`,
  },
  [PR.PR_SET_DUMPABLE]: { args: [dumpable] },
  [PR.PR_GET_KEEPCAPS]: none,
  [PR.PR_SET_KEEPCAPS]: one,
  [PR.PR_GET_TIMING]: none,
  [PR.PR_SET_TIMING]: one,
  [PR.PR_SET_NAME]: { args: [name] },
  [PR.PR_GET_NAME]: { args: [gotName], isFilled: true },
  [PR.PR_GET_SECCOMP]: none,
  [PR.PR_SET_SECCOMP]: {
    args: [(value, k) => SECCOMP_MODES.show(value | 0, k, null), (addr) => addressText(addr)],
  },
  [PR.PR_CAPBSET_READ]: { args: [capability] },
  [PR.PR_CAPBSET_DROP]: { args: [capability] },
  [PR.PR_GET_SECUREBITS]: {
    args: [],
    result: (value) =>
      value === 0 ? '0' : `0x${value.toString(16)} (${bitNames(SECUREBITS, '0', value, 'SECBIT_???')})`,
  },
  [PR.PR_SET_SECUREBITS]: { args: [(value) => bitNames(SECUREBITS, '0', value | 0, 'SECBIT_???')] },
  [PR.PR_SET_TIMERSLACK]: one,
  [PR.PR_GET_TIMERSLACK]: none,
  [PR.PR_SET_CHILD_SUBREAPER]: one,
  [PR.PR_GET_CHILD_SUBREAPER]: { args: [written(number(String))], isFilled: true },
  [PR.PR_SET_NO_NEW_PRIVS]: four,
  [PR.PR_GET_NO_NEW_PRIVS]: four,
  [PR.PR_GET_TID_ADDRESS]: {
    args: [
      written((k, addr) => {
        const at = addr === 0 ? null : fieldsAt(k, addr, 8);
        return at === null ? null : `[${at.pointer(0)}]`;
      }),
    ],
    isFilled: true,
  },
  [PR.PR_SET_THP_DISABLE]: four,
  [PR.PR_GET_THP_DISABLE]: four,
  [PR.PR_CAP_AMBIENT]: {
    args: [
      (value, k) => AMBIENT.show(value | 0, k, null),
      (value, k) => (isAmbientOfAll(k) ? decimal(value, k, null) : capability(value, k, null)),
      decimal,
      decimal,
    ],
  },
};
const CLEAR_ALL = 4;
const isAmbientOfAll = (k: Kernel): boolean => k.call.words[2] === CLEAR_ALL;
const raw: Show = (value) => `0x${value.toString(16)}`;
/** Of an option that nobody knows, all are shown. */
const UNKNOWN: Row = { args: [raw, raw, raw, raw] };

const rowOf = (k: Kernel): Row => ROWS[k.call.words[0]!] ?? UNKNOWN;

export const prctlOption: Arg<number> = oneOf(PR, 'PR_???');

/** The second to the fifth argument. */
export const prctlArgument: Arg<number> = {
  decode: asUnsigned64,
  when: (k) => rowOf(k).isFilled === true,
  show: (value, k, result, shown) => rowOf(k).args[shown!.index - 1]?.(value, k, result) ?? '',
};

/** The result, in words where the option asks for one. */
export const prctlResult: ResultText = (result, k) => rowOf(k).result?.(result) ?? String(result);
