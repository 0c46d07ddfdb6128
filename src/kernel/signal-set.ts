/** Sets of signals as two 32-bit words: values, never changed in place. */
import { SIGNAL } from '../abi/index.ts';
import type { SigSet } from './types.ts';

export const EMPTY: SigSet = { lo: 0, hi: 0 };

const bitLo = (signo: number) => (signo <= 32 ? 1 << (signo - 1) : 0);
const bitHi = (signo: number) => (signo > 32 ? 1 << (signo - 33) : 0);

export const setOf = (...signals: readonly number[]): SigSet =>
  signals.reduce((set, signo) => union(set, { lo: bitLo(signo), hi: bitHi(signo) }), EMPTY);

export const has = (set: SigSet, signo: number): boolean =>
  ((set.lo & bitLo(signo)) | (set.hi & bitHi(signo))) !== 0;

export const union = (a: SigSet, b: SigSet): SigSet => ({ lo: a.lo | b.lo, hi: a.hi | b.hi });
export const without = (a: SigSet, b: SigSet): SigSet => ({ lo: a.lo & ~b.lo, hi: a.hi & ~b.hi });
export const isEmpty = (set: SigSet): boolean => (set.lo | set.hi) === 0;

/** What no mask can hold. */
const UNBLOCKABLE = setOf(SIGNAL.SIGKILL, SIGNAL.SIGSTOP);

/** A mask a task may have: SIGKILL and SIGSTOP are silently dropped (man 2 sigprocmask). */
export const asMask = (lo: number, hi: number): SigSet => without({ lo, hi }, UNBLOCKABLE);
