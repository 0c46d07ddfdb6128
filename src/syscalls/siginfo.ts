/** A siginfo as programs give it to calls. Linux: copy_siginfo_from_user(). */
import { SI, SIGNAL } from '../abi/index.ts';
import { decodeSigInfo, type Kernel, SIGINFO_SIZE, type SigInfo } from '../kernel/index.ts';

/** Bytes of a siginfo that the kernel knows of; more have to be zero where it does not know what is told. */
const KNOWN_SIZE = 48;

/** The highest code of the signals that have codes of their own. Linux: sig_sicodes. */
const HIGHEST_CODE: Readonly<Record<number, number>> = {
  [SIGNAL.SIGILL]: 11,
  [SIGNAL.SIGFPE]: 15,
  [SIGNAL.SIGSEGV]: 10,
  [SIGNAL.SIGBUS]: 5,
  [SIGNAL.SIGTRAP]: 6,
  [SIGNAL.SIGCHLD]: 6,
  [SIGNAL.SIGIO]: 6,
  [SIGNAL.SIGSYS]: 2,
};
/** Of all others. Linux: NSIGPOLL. */
const MOST_OTHERS = 6;
const SI_DETHREAD = -7;
const SI_ASYNCNL = -60;

const isKnown = ({ signo, code }: SigInfo): boolean =>
  code === SI.SI_KERNEL ||
  (code > SI.SI_USER
    ? code <= (HIGHEST_CODE[signo] ?? MOST_OTHERS)
    : code >= SI_DETHREAD || code === SI_ASYNCNL);

/** Reads one; `signo` stands for the signal in it when given. */
export function readSigInfo(k: Kernel, addr: number, signo?: number): SigInfo | 'EFAULT' | 'E2BIG' {
  const bytes = new Uint8Array(SIGINFO_SIZE);
  if (!k.user.copyIn(addr, bytes)) return 'EFAULT';
  const info = decodeSigInfo(bytes);
  const sent = signo === undefined ? info : { ...info, signo };
  return isKnown(sent) || bytes.subarray(KNOWN_SIZE).every((byte) => byte === 0) ? sent : 'E2BIG';
}
