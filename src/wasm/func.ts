/** Functions: their types, their locals, and calls of them. */
import { Bytes } from './bytes.ts';
import { type Code, code, flatten, type Result, typeByte, type ValueType } from './code.ts';
import { unsigned } from './leb.ts';

/** Parameters and result of a function. */
export interface Signature<P extends readonly ValueType[] = readonly ValueType[], R extends Result = Result> {
  readonly params: P;
  readonly result: R;
}

/** A function of the module, imported or defined. */
export interface Func<P extends readonly ValueType[] = readonly ValueType[], R extends Result = Result> {
  readonly name: string;
  readonly index: number;
  readonly signature: Signature<P, R>;
}

/** A table of functions of the module. */
export interface FunctionTable {
  readonly index: number;
}

/** A parameter or a local variable. */
export interface Local<T extends ValueType = ValueType> {
  readonly type: T;
  get(): Code<T>;
  set(value: Code<T>): Code<'nothing'>;
  /** Sets and leaves the value. */
  tee(value: Code<T>): Code<T>;
}

/** What the body of a function is written with. */
export interface Frame<P extends readonly ValueType[] = readonly ValueType[]> {
  readonly params: { readonly [K in keyof P]: Local<P[K]> };
  /** A fresh local variable, zero at first. */
  local<T extends ValueType>(type: T): Local<T>;
}

type Arguments<P extends readonly ValueType[]> = { readonly [K in keyof P]: Code<P[K]> };

/** Calls a function. */
export const call = <P extends readonly ValueType[], R extends Result>(
  f: Func<P, R>,
  ...args: Arguments<P>
): Code<R> => code(...args, 0x10, ...unsigned(f.index));

/** Calls a function in place of this one, whose frame is gone by then. */
export const returnCall = <P extends readonly ValueType[]>(
  f: Func<P, Result>,
  ...args: Arguments<P>
): Code<never> => code(...args, 0x12, ...unsigned(f.index));

/** A function type as its module numbers it. */
export interface TypeIndex<P extends readonly ValueType[], R extends Result> {
  readonly index: number;
  readonly signature: Signature<P, R>;
}

/** Calls the function in a slot of a table. */
export const callIndirect = <P extends readonly ValueType[], R extends Result>(
  table: FunctionTable,
  type: TypeIndex<P, R>,
  slot: Code<'i32'>,
  ...args: Arguments<P>
): Code<R> => code(...args, slot, 0x11, ...unsigned(type.index), ...unsigned(table.index));

/** The same as a tail call. */
export const returnCallIndirect = <P extends readonly ValueType[], R extends Result>(
  table: FunctionTable,
  type: TypeIndex<P, R>,
  slot: Code<'i32'>,
  ...args: Arguments<P>
): Code<never> => code(...args, slot, 0x13, ...unsigned(type.index), ...unsigned(table.index));

const localAt = <T extends ValueType>(type: T, index: number): Local<T> => ({
  type,
  get: () => code(0x20, ...unsigned(index)),
  set: (value) => code(value, 0x21, ...unsigned(index)),
  tee: (value) => code(value, 0x22, ...unsigned(index)),
});

/** A function's body. */
export interface Body {
  /** Without its size. */
  readonly bytes: Uint8Array;
  /** Offsets of the branches that are rarely taken. */
  readonly rare: readonly number[];
}

/** The bytes of a function's body. */
export function encodeBody<P extends readonly ValueType[], R extends Result>(
  { params }: Signature<P, R>,
  body: (frame: Frame<P>) => Code<R>,
): Body {
  const locals: ValueType[] = [];
  const frame: Frame<P> = {
    params: params.map((type, i) => localAt(type, i)) as unknown as Frame<P>['params'],
    local(type) {
      locals.push(type);
      return localAt(type, params.length + locals.length - 1);
    },
  };
  const rope = body(frame);

  const bytes = new Bytes();
  bytes.unsigned(locals.length);
  for (const type of locals) bytes.append([1, typeByte(type)]);
  const rare: number[] = [];
  flatten(rope, bytes, rare);
  bytes.push(0x0b);
  return { bytes: bytes.view(), rare };
}
