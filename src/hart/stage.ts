/**
 * The stage that interprets: what the parts of it share. A row is run once for each of its forms and each time
 * in one of two manners. In the *fast* manner every primitive either succeeds in a few inline instructions or
 * gives the whole instruction up before anything was written, and it starts again in the *careful* manner, which
 * walks page tables, raises traps and computes floating point exactly.
 */
import type { Expr, ValueType } from '../isa/index.ts';
import { layout } from '../memory/index.ts';
import { type Code, code, i32, i64, type Local } from '../wasm/index.ts';
import type { Form, Token } from './form.ts';
import type { Helpers } from './helpers.ts';
import { OP_SHIFT } from './operation.ts';

/** Where a handler stands: in the loop, or in a function of its own. */
export interface Site {
  /** Address of the operation. */
  readonly operation: Local<'i32'>;
  /** A local variable for this handler only. */
  local<T extends ValueType>(type: T): Local<T>;
  /** Goes on with the operation at an address in this page. */
  goTo(operation: Code<'i32'>): Code<never>;
  /** Goes on at a pc. */
  jump(pc: Code<'i64'>): Code<never>;
}

/** One form after another on their way to becoming handlers. */
export interface Emission {
  readonly manner: 'fast' | 'careful';
  form: Form;
  readonly site: Site;
  readonly helpers: Helpers;
  /** What the handler does, in order. */
  statements: Code<'nothing'>[];
  /** Gives up (fast) when the condition holds. */
  giveUpIf(condition: Code<'i32'>): void;
  /** Fast only: this row is always interpreted carefully. */
  giveUp(): void;
  /** Ends the run, when a helper has already noted why. */
  readonly trapped: Code<never>;
}

/** What stands behind an `Expr`. */
interface Value<T extends ValueType> {
  readonly type: T;
  readonly code: Code<T>;
}
export const expr = <T extends ValueType>(type: T, value: Code<T>): Expr<T> =>
  ({ type, code: value }) satisfies Value<T> as unknown as Expr<T>;
export const codeOf = <T extends ValueType>(e: Expr<T>): Code<T> => (e as unknown as Value<T>).code;
export const typeOf = <T extends ValueType>(e: Expr<T>): T => (e as unknown as Value<T>).type;

/** What stands behind an operand. */
export const tokenOf = (operand: unknown): Token => operand as Token;

/** Computes a value now, so that it can be used often. */
export function keep<T extends ValueType>(e: Emission, type: T, value: Code<T>): Local<T> {
  const local = e.site.local(type);
  e.statements.push(local.set(value));
  return local;
}

/** Address of a register: a constant, or what its field says. */
export function registerAddress(e: Emission, operand: unknown, base: number): Code<'i32'> {
  const token = tokenOf(operand);
  if ('known' in token) return i32.const(base + 8 * token.known);
  return i32.load16U(e.site.operation.get(), token.at);
}

export const xAddress = (e: Emission, operand: unknown): Code<'i32'> =>
  registerAddress(e, operand, layout.HART_X);
export const fAddress = (e: Emission, operand: unknown): Code<'i32'> =>
  registerAddress(e, operand, layout.HART_F);

/** Writes an integer register; one that is known to be x0 computes the value for nothing. */
export function writeX(e: Emission, operand: unknown, value: Code<'i64'>): void {
  const token = tokenOf(operand);
  const lost = 'known' in token && token.known === 0;
  e.statements.push(lost ? code(value, 0x1a) : i64.store(xAddress(e, operand), value));
}

/** Bytes of operations for a byte of code. */
export const SLOT = 1 << OP_SHIFT;
