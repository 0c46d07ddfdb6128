/** Signal numbers and siginfo as arguments. */
import { signalName } from '../abi/index.ts';
import { type Arg, asInt, type Kernel } from '../kernel/index.ts';

export const signo: Arg<number> = { decode: asInt, show: signalName };

/** A siginfo_t in brief. */
export const infoText = (k: Kernel, addr: number): string | null => {
  const signo = k.user.readI32(addr);
  const code = k.user.readI32(addr + 8);
  return signo === undefined || code === undefined
    ? null
    : `{si_signo=${signalName(signo)}, si_code=${code}}`;
};
