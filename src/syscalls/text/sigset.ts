/** Sets of signals as strace prints them. */
import { SIGRTMAX, signalName } from '../../abi/index.ts';
import { type Arg, asUnsigned64, has, type Kernel, type SigSet } from '../../kernel/index.ts';
import { wordOf } from '../args.ts';
import { addressText, fieldsAt } from './fields.ts';

/** From how many signals on a set is told by those that are not in it. */
const MOST = Math.floor((SIGRTMAX * 2) / 3);
/** Bytes of a set. */
const SIZE = 8;

function names(set: SigSet): string[] {
  const out: string[] = [];
  for (let signo = 1; signo <= SIGRTMAX; signo++)
    if (has(set, signo)) out.push(signalName(signo).replace(/^SIG/, ''));
  return out;
}

/** `[INT CHLD]`, or `~[…]` when most are in. */
export function signalSetText({ lo, hi }: SigSet): string {
  const inside = names({ lo, hi });
  return inside.length < MOST ? `[${inside.join(' ')}]` : `~[${names({ lo: ~lo, hi: ~hi }).join(' ')}]`;
}

/** The set at an address; null where it cannot be read. */
export function signalSetAt(k: Kernel, addr: number): string | null {
  const at = fieldsAt(k, addr, SIZE);
  return at === null ? null : signalSetText({ lo: at.i32(0), hi: at.i32(4) });
}

const setText = (k: Kernel, addr: number, size: number): string => {
  const told = addr === 0 || size !== SIZE ? null : signalSetAt(k, addr);
  return told ?? addressText(addr);
};

/** A set that the caller gives; argument `sizeAt` is its size. */
export const inSet = (sizeAt: number): Arg<number> => ({
  decode: asUnsigned64,
  show: (addr, k) => setText(k, addr, wordOf(k, sizeAt)),
});

/** A set that the call tells. */
export const outSet = (sizeAt: number): Arg<number> => ({
  decode: asUnsigned64,
  when: 'after',
  show: (addr, k, result) =>
    typeof result === 'string' ? addressText(addr) : setText(k, addr, wordOf(k, sizeAt)),
});
