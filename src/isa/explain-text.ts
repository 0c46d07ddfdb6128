/** Pieces of an explanation: text that knows whether it needs brackets and, where it can, its value. */
import type { Expr, ValueType } from './sem.ts';

/** What stands behind an `Expr` in the explain stage. */
export interface Text {
  readonly text: string;
  /** Needs no brackets inside a larger expression. */
  readonly atom: boolean;
  /** The value, when it is known without running. */
  readonly known?: bigint;
  /** A known value that is an address, written in hexadecimal. */
  readonly address?: boolean;
}

export const textOf = <T extends ValueType>(e: Expr<T>): Text => e as unknown as Text;
const expr = <T extends ValueType>(text: Text): Expr<T> => text as unknown as Expr<T>;

/** Text that stands by itself: a register, a call, a number. */
export const atom = <T extends ValueType>(text: string): Expr<T> => expr({ text, atom: true });
/** Text with an operator in it. */
export const compound = <T extends ValueType>(text: string): Expr<T> => expr({ text, atom: false });

/** A known number: small ones in decimal, large ones and addresses in hexadecimal. */
export function known<T extends ValueType>(value: bigint, address = false): Expr<T> {
  const size = value < 0n ? -value : value;
  const hexadecimal = `${value < 0n ? '−' : ''}0x${size.toString(16)}`;
  const decimal = value < 0n ? `−${size}` : String(size);
  return expr({ text: address || size >= 4096n ? hexadecimal : decimal, atom: true, known: value, address });
}

/** In brackets where precedence needs them. */
export const inside = <T extends ValueType>(e: Expr<T>): string => {
  const { text, atom: bare } = textOf(e);
  return bare ? text : `(${text})`;
};

/** An operator between two operands. */
export const infix =
  (operator: string) =>
  <T extends ValueType, R extends ValueType = T>(a: Expr<T>, b: Expr<T>): Expr<R> =>
    compound(`${inside(a)} ${operator} ${inside(b)}`);

/** A sum; zeros vanish, and adding a negative number is subtracting. */
export function sum(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'> {
  const [left, right] = [textOf(a), textOf(b)];
  if (left.known !== undefined && right.known !== undefined)
    return known(left.known + right.known, left.address === true || right.address === true);
  if (left.known === 0n) return b;
  if (right.known === 0n) return a;
  if (right.known !== undefined && right.known < 0n)
    return compound(`${inside(a)} − ${textOf(known(-right.known)).text}`);
  return infix('+')(a, b);
}

/** A condition as a number. */
export const oneIf = <T extends ValueType>(c: Expr<T>): Expr<'i64'> =>
  compound(`1 if ${textOf(c).text} else 0`);
