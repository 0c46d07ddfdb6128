/** What clone(2) takes, as strace prints it: by name, and only what the flags ask for. */
import { signalName } from '../../abi/index.ts';
import { type Arg, asUnsigned64, CLONE, isSet, type Kernel } from '../../kernel/index.ts';
import { bitNames, wordOf } from '../args.ts';
import { addressText, type Fields, fieldsAt } from './fields.ts';

/** In strace's order. */
const ORDER = [
  'CLONE_VM',
  'CLONE_FS',
  'CLONE_FILES',
  'CLONE_SIGHAND',
  'CLONE_PIDFD',
  'CLONE_PTRACE',
  'CLONE_VFORK',
  'CLONE_PARENT',
  'CLONE_THREAD',
  'CLONE_NEWNS',
  'CLONE_SYSVSEM',
  'CLONE_SETTLS',
  'CLONE_PARENT_SETTID',
  'CLONE_CHILD_CLEARTID',
  'CLONE_DETACHED',
  'CLONE_UNTRACED',
  'CLONE_CHILD_SETTID',
  'CLONE_NEWCGROUP',
  'CLONE_NEWUTS',
  'CLONE_NEWIPC',
  'CLONE_NEWUSER',
  'CLONE_NEWPID',
  'CLONE_NEWNET',
  'CLONE_IO',
];
const BITS = CLONE as Readonly<Record<string, number>>;
const FLAGS = Object.fromEntries(
  ORDER.flatMap((name) => (BITS[name] === undefined ? [] : [[name, BITS[name]]])),
);
const HIGH = { CLONE_CLEAR_SIGHAND: 2 ** 32, CLONE_INTO_CGROUP: 2 ** 33 };

function flagNames(value: number): string {
  const low = bitNames(FLAGS, '', value | 0, 'CLONE_???');
  const high = Object.entries(HIGH).flatMap(([name, bit]) => (isSet(value, bit) ? [name] : []));
  return [low, ...high].filter((part) => part !== '').join('|') || '0';
}

/** The flags, with the signal in their low byte. */
function flagsAndSignal(value: number): string {
  const signo = value % 256;
  const names = flagNames(value - signo);
  if (signo === 0) return names;
  return names === '0' ? signalName(signo) : `${names}|${signalName(signo)}`;
}

const STACK = 1;
const PARENT_TID = 2;
const TLS = 3;
const CHILD_TID = 4;

/** A number that the kernel has written, in brackets; the address where it has not. */
function numberAt(k: Kernel, addr: number, isWritten: boolean): string {
  const at = isWritten && addr !== 0 ? fieldsAt(k, addr, 4) : null;
  return at === null ? addressText(addr) : `[${at.i32(0)}]`;
}

/** All arguments of clone(2): the first one tells them, the others nothing. */
export const cloneArguments: Arg<number> = {
  decode: asUnsigned64,
  show: (value, k) => `child_stack=${addressText(wordOf(k, STACK))}, flags=${flagsAndSignal(value)}`,
  change(value, k, result) {
    const isMade = typeof result === 'number';
    const told: string[] = [];
    const tell = (flags: number, text: () => string) => {
      if ((value & flags) !== 0) told.push(text());
    };
    tell(
      CLONE.CLONE_PARENT_SETTID | CLONE.CLONE_PIDFD,
      () => `parent_tid=${numberAt(k, wordOf(k, PARENT_TID), isMade)}`,
    );
    tell(CLONE.CLONE_SETTLS, () => `tls=${addressText(wordOf(k, TLS))}`);
    tell(
      CLONE.CLONE_CHILD_SETTID | CLONE.CLONE_CHILD_CLEARTID,
      () => `child_tidptr=${addressText(wordOf(k, CHILD_TID))}`,
    );
    return told.map((text) => `, ${text}`).join('');
  },
};
/** Told with the first. */
export const toldBefore: Arg<number> = { decode: asUnsigned64, show: () => '' };

/** struct clone_args: words at multiples of eight. */
const WORD = {
  flags: 0,
  pidfd: 8,
  childTid: 16,
  parentTid: 24,
  signal: 32,
  stack: 40,
  size: 48,
  tls: 56,
  setTid: 64,
  setTidSize: 72,
  cgroup: 80,
};
const LEAST = 64;
const MOST = 88;

function cloneFields(at: Fields, size: number): string {
  const flags = at.word(WORD.flags);
  const has = (bits: number) => (flags & bits) !== 0;
  const signo = at.word(WORD.signal);
  const told = [
    `flags=${flagNames(flags)}`,
    has(CLONE.CLONE_PIDFD) ? `pidfd=${at.pointer(WORD.pidfd)}` : '',
    has(CLONE.CLONE_CHILD_SETTID | CLONE.CLONE_CHILD_CLEARTID)
      ? `child_tid=${at.pointer(WORD.childTid)}`
      : '',
    has(CLONE.CLONE_PARENT_SETTID) ? `parent_tid=${at.pointer(WORD.parentTid)}` : '',
    `exit_signal=${signo === 0 ? '0' : signalName(signo)}`,
    `stack=${at.pointer(WORD.stack)}`,
    `stack_size=${at.word(WORD.size) === 0 ? '0' : at.pointer(WORD.size)}`,
    has(CLONE.CLONE_SETTLS) ? `tls=${at.pointer(WORD.tls)}` : '',
    size >= WORD.cgroup && at.word(WORD.setTidSize) !== 0
      ? `set_tid=${at.pointer(WORD.setTid)}, set_tid_size=${at.u64(WORD.setTidSize)}`
      : '',
    size >= MOST && isSet(flags, HIGH.CLONE_INTO_CGROUP) ? `cgroup=${at.u64(WORD.cgroup)}` : '',
  ];
  return `{${told.filter((text) => text !== '').join(', ')}}`;
}

const sizeOf = (k: Kernel): number => wordOf(k, 1);
const argsAt = (k: Kernel, addr: number): Fields | null =>
  addr === 0 || sizeOf(k) < LEAST ? null : fieldsAt(k, addr, Math.min(sizeOf(k), MOST));

/** struct clone_args, and what the kernel has written where it says. */
export const cloneStructure: Arg<number> = {
  decode: asUnsigned64,
  show(addr, k) {
    const at = argsAt(k, addr);
    return at === null ? addressText(addr) : cloneFields(at, Math.min(sizeOf(k), MOST));
  },
  change(addr, k, result) {
    const at = typeof result === 'number' ? argsAt(k, addr) : null;
    if (at === null) return '';
    const flags = at.word(WORD.flags);
    const told: string[] = [];
    if (flags & CLONE.CLONE_PIDFD) told.push(`pidfd=${numberAt(k, at.word(WORD.pidfd), true)}`);
    if (flags & CLONE.CLONE_PARENT_SETTID)
      told.push(`parent_tid=${numberAt(k, at.word(WORD.parentTid), true)}`);
    return told.length === 0 ? '' : ` => {${told.join(', ')}}`;
  },
};
