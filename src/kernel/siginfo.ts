/** What comes with a signal: who sent it, and why (man 2 sigaction, siginfo_t). */
import { SI } from '../abi/index.ts';
import type { SigInfo } from './types.ts';

/** A siginfo as the kernel itself sends it, with what differs. */
export const sigInfo = (signo: number, fields: Partial<SigInfo> = {}): SigInfo => ({
  signo,
  code: SI.SI_KERNEL,
  pid: 0,
  uid: 0,
  status: 0,
  valueHi: 0,
  addr: 0,
  ...fields,
});
