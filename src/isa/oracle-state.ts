/** The plain machine the oracle works on, and what the parts of the oracle share. */
import type { Expr, ValueType } from './sem.ts';
import type { Flags } from './softfloat-parts.ts';

/** How an instruction touches a byte of memory. */
export type Access = 'fetch' | 'load' | 'store';

/** Memory, byte by byte: slow and plain. */
export interface OracleMemory {
  allows(address: bigint, access: Access): boolean;
  get(address: bigint): number;
  set(address: bigint, byte: number): void;
}

/** One hart. Registers hold unsigned 64-bit values; x[0] is never written. */
export interface OracleMachine extends Flags {
  readonly x: BigUint64Array;
  readonly f: BigUint64Array;
  readonly memory: OracleMemory;
  pc: bigint;
  frm: number;
  /** Address that a load-reserved took and nothing has dropped. */
  reservation: bigint | undefined;
  /** What rdcycle and rdinstret count; one is added for an instruction that does not trap. */
  retired: bigint;
  /** What rdtime reads; the caller's business. */
  time: bigint;
}

/** RISC-V's exception codes, as far as a user program can raise them. */
export const CAUSE = {
  illegal: 2,
  breakpoint: 3,
  loadMisaligned: 4,
  storeMisaligned: 6,
  ecall: 8,
  fetchPageFault: 12,
  loadPageFault: 13,
  storePageFault: 15,
} as const;

/** Why an instruction did not complete. The machine is as it was before it. */
export interface Trap {
  readonly cause: number;
  readonly tval: bigint;
}

/** The instruction on its way. After a trap nothing is written any more. */
export interface Step extends Flags {
  readonly machine: OracleMachine;
  word: number;
  size: 2 | 4;
  next: bigint;
  trap: Trap | undefined;
  /** Floating-point flags it raises. */
  flags: number;
}

/** A fresh machine, all registers zero. */
export const newOracleMachine = (memory: OracleMemory): OracleMachine => ({
  x: new BigUint64Array(32),
  f: new BigUint64Array(32),
  memory,
  pc: 0n,
  flags: 0,
  frm: 0,
  reservation: undefined,
  retired: 0n,
  time: 0n,
});

/** The first trap of an instruction is the one that counts. */
export function raise(step: Step, cause: number, tval: bigint): void {
  step.trap ??= { cause, tval };
}

export const raiseIllegal = (step: Step): void => raise(step, CAUSE.illegal, BigInt(step.word >>> 0));

/** An operand token of this stage is the field's value itself. */
export const numberOf = (token: unknown): number => token as number;

/** What stands behind an `Expr<'i64'>` here: an unsigned 64-bit value. */
export const int = (e: Expr<'i64'>): bigint => e as unknown as bigint;
/** Behind an `Expr<'i32'>`: whether a condition holds. */
export const truth = (e: Expr<'i32'>): boolean => e as unknown as boolean;
/** Wraps any value as the expression it is. */
export const expr = <T extends ValueType>(value: unknown): Expr<T> => value as Expr<T>;
export const wrap = (value: bigint): Expr<'i64'> => expr<'i64'>(BigInt.asUintN(64, value));
export const signed = (e: Expr<'i64'>): bigint => BigInt.asIntN(64, int(e));
