/** The oracle's floating point: `softfloat.ts` between registers, NaN boxes and rounding modes. */
import { int, numberOf, raiseIllegal, type Step, wrap } from './oracle-state.ts';
import type { Expr, FloatType, Rounding, Sem } from './sem.ts';
import { type SoftFloat, soft32, soft64, softNarrow, softWiden } from './softfloat.ts';
import { BINARY32, BINARY64, signOf } from './softfloat-parts.ts';

const BOX = 0xffffffff00000000n;

/** What stands behind a floating-point expression: its type, which the interface does not repeat, and bits. */
type Value =
  | { readonly type: 'f32'; readonly bits: number }
  | { readonly type: 'f64'; readonly bits: bigint };

const value = <F extends FloatType>(e: Expr<F>): Value => e as unknown as Value;
const single = (bits: number): Expr<'f32'> => ({ type: 'f32', bits }) as unknown as Expr<'f32'>;
const double = (bits: bigint): Expr<'f64'> => ({ type: 'f64', bits }) as unknown as Expr<'f64'>;
const raw = <F extends FloatType>(e: Expr<F>): bigint => {
  const { bits } = value(e);
  return typeof bits === 'bigint' ? bits : BigInt(bits >>> 0);
};

/** Applies one operation in the format of its operands. */
function inFormat<F extends FloatType>(
  operands: readonly Expr<F>[],
  f: <B>(soft: SoftFloat<B>, ...operands: B[]) => B,
): Expr<F> {
  const values = operands.map(value);
  const answer =
    values[0]!.type === 'f32'
      ? single(f(soft32, ...values.map(({ bits }) => bits as number)))
      : double(f(soft64, ...values.map(({ bits }) => bits as bigint)));
  return answer as unknown as Expr<F>;
}

/** The same for what does not answer with a number of the format. */
function query<F extends FloatType, R>(
  operands: readonly Expr<F>[],
  f: <B>(soft: SoftFloat<B>, ...operands: B[]) => R,
): R {
  const values = operands.map(value);
  return values[0]!.type === 'f32'
    ? f(soft32, ...values.map(({ bits }) => bits as number))
    : f(soft64, ...values.map(({ bits }) => bits as bigint));
}

/** The rounding mode an instruction asks for; a reserved one is an illegal instruction. */
function mode(step: Step, rm: Rounding): number {
  const wanted = numberOf(rm) === 7 ? step.machine.frm : numberOf(rm);
  if (wanted <= 4) return wanted;
  raiseIllegal(step);
  return 0;
}

const flag = (holds: boolean): Expr<'i64'> => wrap(holds ? 1n : 0n);

/** Registers as numbers. */
export const floatRegisters = (step: Step) => {
  const { f } = step.machine;
  const set = (r: unknown, bits: bigint) => {
    if (!step.trap) f[numberOf(r)] = bits;
  };
  return {
    f32: (r) => {
      const bits = f[numberOf(r)]!;
      return single(Number(bits >= BOX ? bits & 0xffffffffn : BINARY32.nan));
    },
    f64: (r) => double(f[numberOf(r)]!),
    setF32: (r, v) => set(r, BOX | raw(v)),
    setF64: (r, v) => set(r, raw(v)),
    fBits: (width, r) => wrap(BigInt.asIntN(width, f[numberOf(r)]!)),
    setFBits: (width, r, v) => set(r, width === 32 ? BOX | BigInt.asUintN(32, int(v)) : int(v)),
  } satisfies Partial<Sem>;
};

/** Arithmetic. */
export const floatArithmetic = (step: Step) =>
  ({
    fadd: (a, b, rm) => inFormat([a, b], (soft, x, y) => soft.add(x!, y!, mode(step, rm), step)),
    fsub: (a, b, rm) => inFormat([a, b], (soft, x, y) => soft.sub(x!, y!, mode(step, rm), step)),
    fmul: (a, b, rm) => inFormat([a, b], (soft, x, y) => soft.mul(x!, y!, mode(step, rm), step)),
    fdiv: (a, b, rm) => inFormat([a, b], (soft, x, y) => soft.div(x!, y!, mode(step, rm), step)),
    fsqrt: (a, rm) => inFormat([a], (soft, x) => soft.sqrt(x!, mode(step, rm), step)),
    fma: (a, b, c, { product, addend }, rm) =>
      inFormat([a, b, c], (soft, x, y, z) => {
        const left = product < 0 ? soft.negate(x!) : x!;
        const right = addend < 0 ? soft.negate(z!) : z!;
        return soft.fma(left, y!, right, mode(step, rm), step);
      }),
    fmin: (a, b) => inFormat([a, b], (soft, x, y) => soft.min(x!, y!, step)),
    fmax: (a, b) => inFormat([a, b], (soft, x, y) => soft.max(x!, y!, step)),
    fsgnj: (a, b, how) => {
      const format = value(a).type === 'f32' ? BINARY32 : BINARY64;
      const own = signOf(format, raw(a));
      const other = signOf(format, raw(b));
      const sign = how === 'copy' ? other : how === 'negate' ? !other : own !== other;
      return sign === own ? a : inFormat([a], (soft, x) => soft.negate(x!));
    },
    feq: (a, b) => flag(query([a, b], (soft, x, y) => soft.eq(x!, y!, step))),
    flt: (a, b) => flag(query([a, b], (soft, x, y) => soft.lt(x!, y!, step))),
    fle: (a, b) => flag(query([a, b], (soft, x, y) => soft.le(x!, y!, step))),
    fclass: (a) => wrap(BigInt(query([a], (soft, x) => soft.classify(x!)))),
    fToInt: (a, to, rm) => wrap(query([a], (soft, x) => soft.toInt(x!, to, mode(step, rm), step))),
    intToF: <F extends FloatType>(
      v: Expr<'i64'>,
      from: Parameters<Sem['intToF']>[1],
      to: F,
      rm: Rounding,
    ) => {
      const how = mode(step, rm);
      const answer =
        to === 'f32'
          ? single(soft32.fromInt(int(v), from, how, step))
          : double(soft64.fromInt(int(v), from, how, step));
      return answer as unknown as Expr<F>;
    },
    widen: (a, rm) => {
      mode(step, rm);
      return double(softWiden(Number(raw(a)), step));
    },
    narrow: (a, rm) => single(softNarrow(raw(a), mode(step, rm), step)),
  }) satisfies Partial<Sem>;

/** What a load from memory gives is bits; registers want numbers of their type. */
export const asSingle = (bits: bigint): Expr<'f32'> => single(Number(bits));
export const asDouble = (bits: bigint): Expr<'f64'> => double(bits);
