/** What comes with a signal: who sent it, and why (man 2 sigaction, siginfo_t). */
import { SI } from '../abi/index.ts';
import { leaderOf } from './family.ts';
import type { Kernel } from './kernel.ts';
import type { SigInfo, ThreadGroup } from './types.ts';

/** A siginfo as the kernel itself sends it, with what differs. */
export const sigInfo = (signo: number, fields: Partial<SigInfo> = {}): SigInfo => ({
  signo,
  code: SI.SI_KERNEL,
  pid: 0,
  uid: 0,
  status: 0,
  valueHi: 0,
  addr: 0,
  errno: 0,
  tail: null,
  timer: 0,
  owner: -1,
  ...fields,
});

/** A hundredth of a second: what si_utime and si_stime count in. */
const CLOCK_TICK = 10_000_000;

/** The siginfo of a child's news. */
export function childInfo(
  k: Kernel,
  child: ThreadGroup,
  signo: number,
  what: { readonly code: number; readonly status: number },
  { user, all }: { readonly user: number; readonly all: number },
): SigInfo {
  const [utime, stime] = [Math.floor(user / CLOCK_TICK), Math.floor((all - user) / CLOCK_TICK)];
  const uid = leaderOf(k, child).credentials.ruid;
  return sigInfo(signo, { ...what, pid: child.tgid, uid, tail: [utime, 0, stime, 0] });
}
