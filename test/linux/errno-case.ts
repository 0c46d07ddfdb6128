/**
 * A sequence of system calls and what each must answer, as data: run as a program of a few instructions on our
 * kernel (errno-program.ts), and as C on the Linux the tests run on (errno-native.ts).
 */
import type { Errno } from '../../src/abi/index.ts';

/** A place in memory: zeroed and writable, from its beginning or so many bytes behind it. */
export interface Buffer {
  readonly buffer: number;
}

/** An argument: a number, text (its address, with a terminating zero), or 64-bit words (their address). */
export type Argument = number | string | readonly number[] | Buffer | Uint8Array;

/** Four pages of zeros, fresh for each case. */
export const BUF: Buffer = { buffer: 0 };
export const BUFFER_SIZE = 16384;
export const inBuffer = (offset: number): Buffer => ({ buffer: offset });
/** An address where nothing is mapped. */
export const BAD = 8;
export const CWD = -100;
/** Any answer that is no error. */
export const OK = 'ok';

export type Step = readonly [
  call: string,
  args: readonly Argument[],
  /** A negative answer is an errno; a number is checked only where it is given. */
  expected: Errno | number | typeof OK,
];

export interface ErrnoCase {
  /** The call it is about. */
  readonly call: string;
  readonly steps: readonly Step[];
  /** Why this Linux cannot be asked: another processor, or the call would change the host. */
  readonly notNative?: string;
}

/** A call by itself. */
export const refuses = (call: string, args: readonly Argument[], expected: Step[2]): ErrnoCase => ({
  call,
  steps: [[call, args, expected]],
});

/** A call after others have prepared it. */
export const after = (
  before: readonly Step[],
  call: string,
  args: readonly Argument[],
  expected: Step[2],
): ErrnoCase => ({ call, steps: [...before, [call, args, expected]] });

/** Something that is so here, and cannot or must not be tried on the host. */
export const onlyHere = (notNative: string, one: ErrnoCase): ErrnoCase => ({ ...one, notNative });

/** Where a step's answer stands among all. */
export interface Asked {
  readonly name: string;
  readonly expected: Step[2];
}

const argumentText = (argument: Argument): string =>
  typeof argument === 'object'
    ? 'buffer' in argument
      ? 'BUF'
      : 'struct'
    : JSON.stringify(argument).slice(0, 40);

/** Every step in order, with a name for messages. */
export const stepsOf = (cases: readonly ErrnoCase[]): Asked[] =>
  cases.flatMap(({ steps }) =>
    steps.map(([call, args, expected]) => ({
      name: `${call}(${args.map(argumentText).join(', ')})`,
      expected,
    })),
  );
