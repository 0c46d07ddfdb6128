/** Linux's signals (asm-generic numbers, as riscv64 has them), their default actions and siginfo codes. */
export const SIGNAL = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
} as const;

export type SignalName = keyof typeof SIGNAL;
export const SIGRTMIN = 32;
export const SIGRTMAX = 64;

const NAMES = new Map<number, string>(
  Object.entries({ ...SIGNAL, SIGRTMIN }).map(([name, number]) => [number, name]),
);

/** `SIGSEGV`, `SIGRT_2`: as strace prints it. */
export const signalName = (signo: number): string =>
  NAMES.get(signo) ?? (signo > SIGRTMIN && signo <= SIGRTMAX ? `SIGRT_${signo - SIGRTMIN}` : String(signo));

export type DefaultAction = 'terminate' | 'core' | 'ignore' | 'stop' | 'continue';

const DEFAULTS: Partial<Record<SignalName, DefaultAction>> = {
  SIGQUIT: 'core',
  SIGILL: 'core',
  SIGTRAP: 'core',
  SIGABRT: 'core',
  SIGBUS: 'core',
  SIGFPE: 'core',
  SIGSEGV: 'core',
  SIGXCPU: 'core',
  SIGXFSZ: 'core',
  SIGSYS: 'core',
  SIGCHLD: 'ignore',
  SIGURG: 'ignore',
  SIGWINCH: 'ignore',
  SIGCONT: 'continue',
  SIGSTOP: 'stop',
  SIGTSTP: 'stop',
  SIGTTIN: 'stop',
  SIGTTOU: 'stop',
};

export const defaultAction = (signo: number): DefaultAction =>
  DEFAULTS[signalName(signo) as SignalName] ?? 'terminate';

/** si_code values. */
export const SI = {
  SI_USER: 0,
  SI_KERNEL: 0x80,
  SI_QUEUE: -1,
  SI_TIMER: -2,
  SI_MESGQ: -3,
  SI_ASYNCIO: -4,
  SI_SIGIO: -5,
  SI_TKILL: -6,
  ILL_ILLOPC: 1,
  SEGV_MAPERR: 1,
  SEGV_ACCERR: 2,
  BUS_ADRALN: 1,
  BUS_ADRERR: 2,
  TRAP_BRKPT: 1,
  CLD_EXITED: 1,
  CLD_KILLED: 2,
  CLD_DUMPED: 3,
  CLD_TRAPPED: 4,
  CLD_STOPPED: 5,
  CLD_CONTINUED: 6,
} as const;

/** sigaction flags. */
export const SA = {
  SA_NOCLDSTOP: 1,
  SA_NOCLDWAIT: 2,
  SA_SIGINFO: 4,
  SA_ONSTACK: 0x08000000,
  SA_RESTART: 0x10000000,
  SA_NODEFER: 0x40000000,
  SA_RESETHAND: 0x80000000,
} as const;

/** What the fields of a siginfo mean (Linux: siginfo_layout()). */
export type SigInfoLayout = 'kill' | 'timer' | 'poll' | 'fault' | 'child' | 'queue' | 'syscall';

/** Signals whose positive codes mean something of their own, and the last such code. */
const OWN_CODES: Readonly<Record<number, readonly [last: number, layout: SigInfoLayout]>> = {
  [SIGNAL.SIGILL]: [11, 'fault'],
  [SIGNAL.SIGFPE]: [15, 'fault'],
  [SIGNAL.SIGSEGV]: [10, 'fault'],
  [SIGNAL.SIGBUS]: [5, 'fault'],
  [SIGNAL.SIGTRAP]: [6, 'fault'],
  [SIGNAL.SIGCHLD]: [6, 'child'],
  [SIGNAL.SIGIO]: [6, 'poll'],
  [SIGNAL.SIGSYS]: [2, 'syscall'],
};
const LAST_POLL = 6;

/** Which fields this signal has. */
export function sigInfoLayout(signo: number, code: number): SigInfoLayout {
  const own = OWN_CODES[signo];
  if (code > SI.SI_USER && code < SI.SI_KERNEL) {
    if (own !== undefined && code <= own[0]) return own[1];
    return code <= LAST_POLL ? 'poll' : 'kill';
  }
  if (code === SI.SI_TIMER) return 'timer';
  if (code === SI.SI_SIGIO) return 'poll';
  return code < 0 ? 'queue' : 'kill';
}
