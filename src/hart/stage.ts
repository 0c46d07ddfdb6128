/**
 * The stage that makes WebAssembly of rows: what the parts of it share. For the interpreter a row is run once for
 * each of its forms and each time in one of two manners. In the *fast* manner every primitive either succeeds in a
 * few inline instructions or gives the whole instruction up before anything was written, and it starts again in the
 * *careful* manner, which walks page tables, raises traps and computes floating point exactly. The compiler runs
 * rows in the *compiled* manner: like the fast one, but registers are local variables, operands are known, and
 * what is not quite usual is done by a call before the instruction is given up.
 */
import type { Expr, ValueType } from '../isa/index.ts';
import type { Code, Local } from '../wasm/index.ts';
import type { Form, Token } from './form.ts';
import type { Helpers } from './helpers.ts';

/** How code reaches the registers that operands name. */
export interface Registers {
  x(operand: unknown): Code<'i64'>;
  setX(operand: unknown, value: Code<'i64'>): Code<'nothing'>;
  /** The lower half, when the register is known to hold it extended by its sign. */
  low(operand: unknown): Code<'i32'> | undefined;
  /** Sets the register to a word, extended by its sign. */
  setLow(operand: unknown, value: Code<'i32'>): Code<'nothing'>;
  f64(operand: unknown): Code<'f64'>;
  setF64(operand: unknown, value: Code<'f64'>): Code<'nothing'>;
  /** Whether the register holds a single. */
  isBoxed(operand: unknown): Code<'i32'>;
  /** Its lower half. */
  f32(operand: unknown): Code<'f32'>;
  setF32(operand: unknown, value: Code<'f32'>): Code<'nothing'>;
  /** All of the register, or the lower half extended by its sign. */
  fBits(width: 32 | 64, operand: unknown): Code<'i64'>;
  setFBits(operand: unknown, value: Code<'i64'>): Code<'nothing'>;
}

/** Where code stands: in the interpreter's loop, in a function for one form, or in a compiled region. */
export interface Site {
  readonly registers: Registers;
  /** A local variable for this instruction only. */
  local<T extends ValueType>(type: T): Local<T>;
  /** The bank of TLBs in use. */
  bank(): Code<'i32'>;
  /** Where the bytes of a load or store are, when that is known from others: an address and what to add to it. */
  grouped(): { readonly host: Code<'i32'>; readonly offset: number } | undefined;
  /** Of a load or store: where the page is noted in which its bytes probably are. */
  remembered(): number | undefined;
  /** Hands the instruction to the interpreter. */
  giveUp(): Code<'nothing'>;
  pc(): Code<'i64'>;
  /** The value of an operand that is no register. */
  immediate(operand: unknown): Code<'i64'>;
  /** Such an operand, where it is known. */
  number(operand: unknown): number;
  /** The rounding mode as the instruction has it. */
  rounding(operand: unknown): Code<'i32'>;
  /** To pc + an operand when the condition holds, and to the next instruction otherwise. */
  branch(condition: Code<'i32'>): Code<'nothing'>;
  /** To pc + an operand. */
  jumpBy(): Code<'nothing'>;
  /** To an even address. */
  jump(pc: Code<'i64'>): Code<'nothing'>;
  /** Ends the run with an illegal instruction. */
  illegal(): Code<'nothing'>;
  /** Reads and updates a CSR, or ends the run. */
  csr(how: number, source: unknown): Code<'nothing'>;
}

/** One instruction after another on their way to becoming code. */
export interface Emission {
  readonly manner: 'fast' | 'careful' | 'compiled';
  form: Pick<Form, 'insn' | 'size' | 'tokens' | 'twist'>;
  readonly site: Site;
  readonly helpers: Helpers;
  /** What the handler does, in order. */
  statements: Code<'nothing'>[];
  /** Gives up (fast) when the condition holds. */
  giveUpIf(condition: Code<'i32'>): void;
  /** This row is always interpreted carefully. */
  giveUp(): void;
  /** Ends the run, when a helper has already noted why. */
  readonly trapped: Code<never>;
}

/** What stands behind an `Expr`. */
export interface Value<T extends ValueType> {
  readonly type: T;
  readonly code: Code<T>;
  /** Of an i64: its lower half, computed without the upper one. It or `code` is used, not both. */
  readonly low?: Code<'i32'>;
  /** Whether the value is its lower half, extended by the sign or by zeros. */
  readonly isSigned?: boolean;
  readonly isZeroExtended?: boolean;
  /** The value is not negative and not greater. */
  readonly bound?: number;
}
export const expr = <T extends ValueType>(
  type: T,
  value: Code<T>,
  more?: Omit<Partial<Value<T>>, 'type' | 'code'>,
): Expr<T> => ({ type, code: value, ...more }) satisfies Value<T> as unknown as Expr<T>;
export const partsOf = <T extends ValueType>(e: Expr<T>): Value<T> => e as unknown as Value<T>;
export const codeOf = <T extends ValueType>(e: Expr<T>): Code<T> => partsOf(e).code;
export const typeOf = <T extends ValueType>(e: Expr<T>): T => partsOf(e).type;

/** What stands behind an operand. */
export const tokenOf = (operand: unknown): Token => operand as Token;

/** Computes a value now, so that it can be used often. */
export function keep<T extends ValueType>(e: Emission, type: T, value: Code<T>): Local<T> {
  const local = e.site.local(type);
  e.statements.push(local.set(value));
  return local;
}
