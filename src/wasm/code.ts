/**
 * Code as a value: a rope of bytes that TypeScript knows the result of. Fragments nest in the order in which
 * they are written, `i32.add(a, b)`, and become bytes once, when their function is encoded. Branches name a
 * label; how many blocks lie between is counted then.
 */
import { bug } from '../base/index.ts';
import type { Bytes } from './bytes.ts';
import { unsigned } from './leb.ts';

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64';
/** What code leaves on the stack. Code of type `never` does not come out at its end. */
export type Result = ValueType | 'nothing';

/** The target of branches: a block's end, or a loop's beginning. */
export interface Label {
  readonly kind: 'label';
}
interface Open {
  readonly kind: 'open';
  readonly label: Label;
  readonly bytes: readonly number[];
}
interface Close {
  readonly kind: 'close';
}
interface Unlikely {
  readonly kind: 'unlikely';
}
/** A part of a rope. */
export type Piece = number | Rope | Label | Open | Close | Unlikely;
export interface Rope extends ReadonlyArray<Piece> {}

declare const gives: unique symbol;
/** Code that leaves a `T`. Wherever it is put, its bytes are put: what must happen once stands in one place. */
export interface Code<out T extends Result> extends Rope {
  readonly [gives]: T;
}

/** Declares what a rope leaves; the only place where that is believed and not checked. */
export const code = <T extends Result>(...pieces: Piece[]): Code<T> => pieces as unknown as Code<T>;

const TYPE_BYTES: Readonly<Record<Result, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  nothing: 0x40,
};
/** The byte of a value type. */
export const typeByte = (type: Result): number => TYPE_BYTES[type];

const CLOSE: Close = { kind: 'close' };
const END = 0x0b;
const ELSE = 0x05;
const newLabel = (): Label => ({ kind: 'label' });
const open = (opcode: number, result: Result, label: Label): Open => ({
  kind: 'open',
  label,
  bytes: [opcode, typeByte(result)],
});

/** Code after code; only the last part may leave a value. */
export const seq = <T extends Result = 'nothing'>(...parts: [...Code<'nothing'>[], Code<T>]): Code<T> =>
  code(...parts);

/** Nothing at all. */
export const nop: Code<'nothing'> = code();

/** A block; branches to its label leave it. */
export function block<T extends Result>(result: T, body: (exit: Label) => Code<T>): Code<T> {
  const label = newLabel();
  return code(open(0x02, result, label), body(label), END, CLOSE);
}

/** A loop; branches to its label begin it again, and falling out of it ends it. */
export function loop<T extends Result>(result: T, body: (again: Label) => Code<T>): Code<T> {
  const label = newLabel();
  return code(open(0x03, result, label), body(label), END, CLOSE);
}

/** `if` without a value. */
export const when = (
  condition: Code<'i32'>,
  then: Code<'nothing'>,
  otherwise?: Code<'nothing'>,
): Code<'nothing'> =>
  code(
    condition,
    open(0x04, 'nothing', newLabel()),
    then,
    ...(otherwise === undefined ? [] : [ELSE, otherwise]),
    END,
    CLOSE,
  );

/** `if` with a value. */
export const choose = <T extends ValueType>(
  result: T,
  condition: Code<'i32'>,
  then: Code<T>,
  otherwise: Code<T>,
): Code<T> => code(condition, open(0x04, result, newLabel()), then, ELSE, otherwise, END, CLOSE);

const UNLIKELY: Unlikely = { kind: 'unlikely' };
/**
 * The condition of a branch that is rarely taken: engines that know branch hints (WebAssembly proposal "Branch
 * Hinting") put what it leads to out of the way, and keep their registers for the rest.
 */
export const unlikely = (condition: Code<'i32'>): Code<'i32'> => code(condition, UNLIKELY);

/** Both values are computed, one is taken. */
export const select = <T extends ValueType>(condition: Code<'i32'>, yes: Code<T>, no: Code<T>): Code<T> =>
  code(yes, no, condition, 0x1b);

export const br = (to: Label): Code<never> => code(0x0c, to);
export const brIf = (to: Label, condition: Code<'i32'>): Code<'nothing'> => code(condition, 0x0d, to);
/** Branches to the label of the index, or to the last one when there is none. */
export const brTable = (index: Code<'i32'>, labels: readonly Label[], otherwise: Label): Code<never> =>
  code(index, 0x0e, ...unsigned(labels.length), ...labels, otherwise);
export const ret = (value: Code<Result> = nop): Code<never> => code(value, 0x0f);
export const unreachable: Code<never> = code(0x00);
export const drop = (value: Code<ValueType>): Code<'nothing'> => code(value, 0x1a);

/** Copies `size` bytes inside the memory; the ranges may overlap. */
export const memoryCopy = (to: Code<'i32'>, from: Code<'i32'>, size: Code<'i32'>): Code<'nothing'> =>
  code(to, from, size, 0xfc, 10, 0, 0);
/** Fills `size` bytes of the memory. */
export const memoryFill = (to: Code<'i32'>, byte: Code<'i32'>, size: Code<'i32'>): Code<'nothing'> =>
  code(to, byte, size, 0xfc, 11, 0);

/** A WebAssembly global. */
export interface GlobalVariable<T extends ValueType> {
  readonly index: number;
  readonly type: T;
}
export const globalGet = <T extends ValueType>({ index }: GlobalVariable<T>): Code<T> =>
  code(0x23, ...unsigned(index));
export const globalSet = <T extends ValueType>({ index }: GlobalVariable<T>, v: Code<T>): Code<'nothing'> =>
  code(v, 0x24, ...unsigned(index));

/**
 * Appends the bytes of a rope, with every label as the number of blocks between; to `rare`, the offsets of the
 * branches that are rarely taken.
 */
export function flatten(rope: Rope, out: Bytes, rare: number[] = [], labels: Label[] = []): void {
  for (const piece of rope)
    if (typeof piece === 'number') out.push(piece);
    else if (!('kind' in piece)) flatten(piece, out, rare, labels);
    else if (piece.kind === 'unlikely') rare.push(out.length);
    else flattenControl(piece, out, labels);
}

function flattenControl(piece: Label | Open | Close, out: Bytes, labels: Label[]): void {
  if (piece.kind === 'open') {
    labels.push(piece.label);
    out.append(piece.bytes);
  } else if (piece.kind === 'close') labels.pop();
  else {
    const depth = labels.lastIndexOf(piece);
    if (depth < 0) bug('a branch leaves a block it is not in');
    out.unsigned(labels.length - 1 - depth);
  }
}
