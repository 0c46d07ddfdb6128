/** The two floating-point formats, as code that treats both alike needs them. */
import type { FloatType } from '../isa/index.ts';
import { type Code, f32, f64, i32, i64, type Local } from '../wasm/index.ts';

/** The instructions that both formats have. */
export type FloatOps<F extends FloatType> = { readonly const: (v: number) => Code<F> } & {
  readonly [K in 'add' | 'sub' | 'mul' | 'div' | 'copysign' | 'min' | 'max']: (
    a: Code<F>,
    b: Code<F>,
  ) => Code<F>;
} & { readonly [K in 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge']: (a: Code<F>, b: Code<F>) => Code<'i32'> } & {
  readonly [K in 'abs' | 'neg' | 'sqrt']: (a: Code<F>) => Code<F>;
};

const OPS: { readonly [F in FloatType]: FloatOps<F> } = { f32, f64 };

/** The instructions of a format. */
export const opsOf = <F extends FloatType>(type: F): FloatOps<F> => OPS[type];

/** The least normal number: results not above it may have underflowed. */
export const LEAST_NORMAL: Readonly<Record<FloatType, number>> = { f32: 2 ** -126, f64: 2 ** -1022 };
/** Bits of the single that every invalid result is. */
export const CANONICAL_NAN = 0x7fc00000;
/** Of fflags and frm together: NX and all of frm. Hardware may round when these bits are 1. */
export const HARDWARE = 0xffffffff00000001n;

/** The bits of a float as an i64; a single's are extended by its sign. */
export function bitsOf<F extends FloatType>(type: F, v: Local<F>): Code<'i64'> {
  if (type === 'f64') return i64.reinterpret((v as Local<FloatType> as Local<'f64'>).get());
  return i64.extendI32S(i32.reinterpret((v as Local<FloatType> as Local<'f32'>).get()));
}

/** And back. */
export function fromBits<F extends FloatType>(type: F, bits: Code<'i64'>): Code<F> {
  const value: Code<FloatType> = type === 'f64' ? f64.reinterpret(bits) : f32.reinterpret(i32.wrap(bits));
  return value as Code<F>;
}
