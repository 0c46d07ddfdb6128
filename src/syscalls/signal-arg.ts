/** Signal numbers and siginfo as arguments. */
import { signalName } from '../abi/index.ts';
import { type Arg, asInt } from '../kernel/index.ts';

export const signo: Arg<number> = { decode: asInt, show: signalName };

/** A siginfo_t with all its fields. */
export { siginfoAt as infoText } from './text/siginfo.ts';
