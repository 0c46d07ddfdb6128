/**
 * What a system call is: one declaration gives dispatch, strace text, the support table and the tests. The
 * kernel owns the type and never sees the rows; `machine` hands it the table (as in gVisor).
 *
 * Arguments are positional, in the order of the registers, so that a call allocates nothing.
 */
import type { Errno } from '../abi/index.ts';
import type { Kernel } from './kernel.ts';
import type { Interrupted, Outcome } from './types.ts';

/** Which argument is shown, and what `before` saw of each argument when the call began. */
export interface Shown {
  readonly index: number;
  readonly before: readonly unknown[];
}

/** How one argument is read from a register pair (low and high word, signed) and shown to a person. */
export interface Arg<T> {
  readonly decode: (lo: number, hi: number) => T;
  /** strace's text. `k` reads the caller's memory; `result` is what the call returned (null before it has). */
  show(value: T, k: Kernel, result: number | Errno | null, shown?: Shown): string;
  /** What the call changes of it, told behind it once it has returned: ` => {…}`, or nothing. */
  change?(value: T, k: Kernel, result: number | Errno): string;
  /** What has to be seen before the call, to be told with what it left there. */
  before?(value: T, k: Kernel): unknown;
  /** An out-argument, always or by what the others say: shown once the call has returned. */
  readonly when?: 'after' | ((k: Kernel) => boolean);
  /** A descriptor: what it names stays open while the call is blocked. */
  readonly isFile?: true;
}

/** int: a descriptor, a pid, a signal number. */
export const asInt = (lo: number): number => lo;
/** unsigned int. */
export const asUint = (lo: number): number => lo >>> 0;
/** A pointer or other 64-bit unsigned word as a number; nothing beyond 2^53 is a user address, so rounding is harmless. */
export const asUnsigned64 = (lo: number, hi: number): number => (hi >>> 0) * 2 ** 32 + (lo >>> 0);
/** A signed 64-bit word (off_t) as a number. */
export const asSigned64 = (lo: number, hi: number): number => hi * 2 ** 32 + (lo >>> 0);

/** The ways nearly all arguments are read: dispatch knows them by number, which is faster than a call. */
const READERS: readonly Arg<unknown>['decode'][] = [asInt, asUint, asUnsigned64, asSigned64];
export const READER = { int: 0, uint: 1, unsigned64: 2, signed64: 3 } as const;

type Values<A extends readonly Arg<unknown>[]> = {
  readonly [I in keyof A]: A[I] extends Arg<infer T> ? T : never;
};

export type Support =
  | 'full'
  | { readonly partial: string }
  | { readonly refused: Errno; readonly why: string };

/** The text of a result that is no error; `before` is what the arguments saw. */
export type ResultText = (result: number, k: Kernel, before: readonly unknown[]) => string;

export interface Syscall<A extends readonly Arg<unknown>[] = readonly Arg<unknown>[]> {
  readonly nr: number;
  readonly name: string;
  readonly args: A;
  /** Every errno it may return; dispatch reports one that is not listed as our bug. */
  readonly errors: readonly Errno[];
  readonly interrupted: Interrupted;
  readonly support: Support;
  /** Runs on entry, and again from the top after every wake-up that `resume` does not claim. */
  run(k: Kernel, ...args: Values<A>): Outcome;
  /** Claims the wake-ups: an event that must not be looked for twice (futex), or a timeout with its own answer. */
  resume?(k: Kernel, ...args: Values<A>): Outcome;
  /** A signal cuts its wait short: what it leaves in the caller's memory then, or EFAULT in place of EINTR. */
  cut?(k: Kernel, ...args: Values<A>): 'EFAULT' | null;
  /** Made anew after a handler, whatever that wants (Linux: ERESTARTNOINTR). */
  isRepeated?(k: Kernel): boolean;
  /** Which arguments are descriptors, and which reader each has (-1 for its own): `syscall` sees to it. */
  readonly files?: readonly number[];
  readonly readers?: readonly number[];
  /** strace prints results of some calls otherwise: addresses in hexadecimal, nothing for exit, or with a word on them. */
  readonly result?: 'decimal' | 'hex' | 'octal' | 'none' | ResultText;
}

/**
 * Declares a call; the tuple of arguments types the parameters of `run`. All rows have the same fields in the
 * same order, so that dispatch finds them without looking.
 */
export const syscall = <const A extends readonly Arg<unknown>[]>(row: Syscall<A>): Syscall<A> =>
  ({
    nr: row.nr,
    name: row.name,
    args: row.args,
    errors: row.errors,
    interrupted: row.interrupted,
    support: row.support,
    run: row.run,
    resume: row.resume,
    cut: row.cut,
    isRepeated: row.isRepeated,
    files: row.args.flatMap(({ isFile }, i) => (isFile === true ? [i] : [])),
    readers: row.args.map(({ decode }) => READERS.indexOf(decode)),
    result: row.result,
  }) as Syscall<A>;

/** All calls by number. A row that was not declared answers ENOSYS and leaves an event. */
export type SyscallTable = readonly (Syscall | undefined)[];

/** What a call leaves behind whose wait a signal cuts short. */
export function cutShort(k: Kernel, row: Syscall): 'EFAULT' | null {
  if (row.cut === undefined) return null;
  const { words } = k.call;
  return row.cut(k, ...row.args.map((arg, i) => arg.decode(words[2 * i]!, words[2 * i + 1]!)));
}
