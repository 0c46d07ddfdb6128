/** What the rounded operations of both formats are written with. */
import type { FloatType } from '../isa/index.ts';
import { layout } from '../memory/index.ts';
import { type Code, i32, type Local, ret, seq } from '../wasm/index.ts';
import type { Doubles } from './float-exact.ts';
import { LEAST_NORMAL, opsOf } from './float-format.ts';
import { setWord, word } from './place.ts';

/** Whether all hold. */
export const all = (first: Code<'i32'>, ...others: Code<'i32'>[]): Code<'i32'> =>
  others.reduce(i32.and, first);

/** Raises NX. */
export const noteInexactIf = (inexact: Code<'i32'>): Code<'nothing'> =>
  setWord(layout.HART_FFLAGS, i32.or(word(layout.HART_FFLAGS), inexact));

/** Neither infinite nor a NaN. */
export const isBounded = <F extends FloatType>(type: F, v: Code<F>): Code<'i32'> => {
  const o = opsOf(type);
  return o.lt(o.abs(v), o.const(Number.POSITIVE_INFINITY));
};
/** Nor small enough to have underflowed. */
export const isNormal = <F extends FloatType>(type: F, v: Local<F>): Code<'i32'> => {
  const o = opsOf(type);
  return i32.and(isBounded(type, v.get()), o.gt(o.abs(v.get()), o.const(LEAST_NORMAL[type])));
};
/** What an operation is written with. */
export interface Operation<F extends FloatType> {
  readonly operands: readonly Local<F>[];
  readonly local: (type: 'f64') => Doubles;
  /** Receives the result that hardware gives. */
  readonly result: Local<F>;
}
/** Code that returns early when it can. */
export type Early<F extends FloatType> = (o: Operation<F>) => Code<'nothing'>;

/** Returns the result, inexact or not. */
export const answer = <F extends FloatType>(
  { result }: Operation<F>,
  inexact: Code<'i32'>,
): Code<'nothing'> => seq(noteInexactIf(inexact), ret(result.get()));
