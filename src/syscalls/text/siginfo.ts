/** A siginfo_t as strace prints it. Linux: siginfo_layout(); strace says by si_code and si_signo which fields count. */
import { SI, SIGNAL, signalName } from '../../abi/index.ts';
import { addressText, type Fields, structure } from './fields.ts';

const OWN_SIGNAL: Readonly<Record<string, number>> = {
  ILL: SIGNAL.SIGILL,
  FPE: SIGNAL.SIGFPE,
  SEGV: SIGNAL.SIGSEGV,
  BUS: SIGNAL.SIGBUS,
  TRAP: SIGNAL.SIGTRAP,
  CLD: SIGNAL.SIGCHLD,
  POLL: SIGNAL.SIGIO,
  SYS: SIGNAL.SIGSYS,
};
/** Codes that are not in the table of the kernel's own signals, because it never sends them. */
const MORE_CODES = {
  FPE_INTDIV: 1,
  FPE_FLTDIV: 3,
  FPE_FLTINV: 7,
  POLL_IN: 1,
  POLL_OUT: 2,
  POLL_MSG: 3,
  POLL_ERR: 4,
  POLL_PRI: 5,
  POLL_HUP: 6,
  SYS_SECCOMP: 1,
};
const CODES = new Map(
  Object.entries({ ...SI, ...MORE_CODES }).map(([name, code]) => {
    const signo = OWN_SIGNAL[name.slice(0, name.indexOf('_'))] ?? 0;
    return [`${signo}:${code}`, name] as const;
  }),
);

const codeText = (signo: number, code: number): string =>
  CODES.get(`${signo}:${code}`) ??
  CODES.get(`0:${code}`) ??
  (code < 0 ? String(code) : `0x${code.toString(16)}`);

/** Where the fields lie on riscv64. */
const AT = {
  signo: 0,
  errno: 4,
  code: 8,
  pid: 16,
  uid: 20,
  status: 24,
  value: 24,
  utime: 32,
  stime: 40,
} as const;

const sender = (at: Fields): string => `si_pid=${at.i32(AT.pid)}, si_uid=${at.u32(AT.uid)}`;
const value = (at: Fields): string => `si_int=${at.i32(AT.value)}, si_ptr=${at.pointer(AT.value)}`;
const withValue = (at: Fields): string => (at.u64(AT.value) === 0n ? '' : `, ${value(at)}`);

const TICKS_PER_SECOND = 100;
const ticks = (count: bigint): string =>
  count === 0n ? '0' : `${count} /* ${(Number(count) / TICKS_PER_SECOND).toFixed(2)} s */`;

function child(at: Fields, code: number): string {
  const status = at.i32(AT.status);
  const told = code === SI.CLD_EXITED ? String(status) : signalName(status);
  return `${sender(at)}, si_status=${told}, si_utime=${ticks(at.i64(AT.utime))}, si_stime=${ticks(at.i64(AT.stime))}`;
}

/** From a program: si_code is negative or zero. */
function fromUser(at: Fields, code: number): string {
  if (code === SI.SI_USER || code === SI.SI_TKILL) return sender(at);
  if (code === SI.SI_TIMER)
    return `si_timerid=0x${at.u32(AT.pid).toString(16)}, si_overrun=${at.i32(AT.uid)}, ${value(at)}`;
  return sender(at) + withValue(at);
}

/** From the kernel: the signal says what else there is. */
function fromKernel(at: Fields, signo: number, code: number): string {
  switch (signo) {
    case SIGNAL.SIGCHLD:
      return child(at, code);
    case SIGNAL.SIGILL:
    case SIGNAL.SIGFPE:
    case SIGNAL.SIGSEGV:
    case SIGNAL.SIGBUS:
      return `si_addr=${addressText(at.word(AT.pid))}`;
    case SIGNAL.SIGIO:
      return `si_band=${at.i64(AT.pid)}, si_fd=${at.i32(AT.status)}`;
    case SIGNAL.SIGSYS:
      return `si_call_addr=${addressText(at.word(AT.pid))}, si_syscall=${at.i32(24)}, si_arch=0x${at.u32(28).toString(16)}`;
    default:
      return (at.u64(AT.pid) === 0n ? '' : sender(at)) + withValue(at);
  }
}

/** The fields of a siginfo in braces. */
export function siginfoText(at: Fields): string {
  const [signo, code, errno] = [at.i32(AT.signo), at.i32(AT.code), at.i32(AT.errno)];
  if (signo === 0) return '{}';
  const head = `{si_signo=${signalName(signo)}, si_code=${codeText(signo, code)}`;
  const middle = errno === 0 ? '' : `, si_errno=${errno}`;
  const rest = code <= 0 ? fromUser(at, code) : fromKernel(at, signo, code);
  return `${head}${middle}${rest === '' ? '' : `, ${rest}`}}`;
}

/** sizeof(siginfo_t). */
const SIGINFO = 128;
/** The same from an address. */
export const siginfoAt = structure(SIGINFO, siginfoText);
