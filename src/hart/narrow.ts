/**
 * Integer arithmetic for compiled code. What is known to be a word extended by its sign is computed as a word: such
 * values are most of what C programs compute with, and engines know more of 32-bit operations (they make rotations of
 * two shifts, for one).
 */
import type { Expr, Sem, ValueType } from '../isa/index.ts';
import { type Code, choose, i32, i64, select } from '../wasm/index.ts';
import { codeOf, type Emission, expr, keep, partsOf, typeOf, type Value } from './stage.ts';

type I64 = Value<'i64'>;
type Long = Expr<'i64'>;

/** The lower half of a value. */
const lowOf = (v: I64): Code<'i32'> => v.low ?? i32.wrap(v.code);

/** A value that is its lower half extended by the sign. */
export const signed = (low: Code<'i32'>, more: Partial<I64> = {}): Long =>
  expr('i64', i64.extendI32S(low), { low, isSigned: true, ...more });

/** Whether a value is less than 32, as the amount of a shift must be. */
const isShort = ({ bound }: I64): boolean => bound !== undefined && bound < 32;

const both = (a: I64, b: I64): boolean => a.isSigned === true && b.isSigned === true;

type Two = (a: Long, b: Long) => Long;
type Op64 = (a: Code<'i64'>, b: Code<'i64'>) => Code<'i64'>;
type Op32 = (a: Code<'i32'>, b: Code<'i32'>) => Code<'i32'>;

/** The lower half of the result depends on the lower halves only. */
const modular =
  (wide: Op64, half: Op32): Two =>
  (x, y) => {
    const [a, b] = [partsOf(x), partsOf(y)];
    return expr('i64', wide(a.code, b.code), { low: half(lowOf(a), lowOf(b)) });
  };

/** And so does every bit: words stay words. */
const bitwise =
  (wide: Op64, half: Op32): Two =>
  (x, y) => {
    const [a, b] = [partsOf(x), partsOf(y)];
    const low = half(lowOf(a), lowOf(b));
    return both(a, b) ? signed(low) : expr('i64', wide(a.code, b.code), { low });
  };

/** What is masked by a number that is not negative is not greater than it. */
const and: Two = (x, y) => {
  const masked = partsOf(bitwise(i64.and, i32.and)(x, y));
  const bound = partsOf(x).bound ?? partsOf(y).bound;
  return bound === undefined
    ? expr('i64', masked.code, masked)
    : expr('i64', masked.code, { ...masked, bound });
};

/** Adding nothing, as a move does. */
const add: Two = (x, y) => {
  if (partsOf(x).bound === 0) return y;
  return partsOf(y).bound === 0 ? x : modular(i64.add, i32.add)(x, y);
};

type Test64 = (a: Code<'i64'>, b: Code<'i64'>) => Code<'i32'>;

/** Extension by the sign keeps both orders. */
const test =
  (wide: Test64, half: Op32) =>
  (x: Long, y: Long): Expr<'i32'> => {
    const [a, b] = [partsOf(x), partsOf(y)];
    return expr('i32', both(a, b) ? half(lowOf(a), lowOf(b)) : wide(a.code, b.code));
  };

function shl(x: Long, y: Long): Long {
  const [a, b] = [partsOf(x), partsOf(y)];
  const low = isShort(b) ? { low: i32.shl(lowOf(a), lowOf(b)) } : {};
  return expr('i64', i64.shl(a.code, b.code), low);
}

function shrU(x: Long, y: Long): Long {
  const [a, b] = [partsOf(x), partsOf(y)];
  const low = a.isZeroExtended && isShort(b) ? { low: i32.shrU(lowOf(a), lowOf(b)) } : {};
  return expr('i64', i64.shrU(a.code, b.code), low);
}

function shrS(x: Long, y: Long): Long {
  const [a, b] = [partsOf(x), partsOf(y)];
  if (a.isSigned && isShort(b)) return signed(i32.shrS(lowOf(a), lowOf(b)));
  return expr('i64', i64.shrS(a.code, b.code));
}

/** Division of words by words, which is much faster; WebAssembly traps where RISC-V gives a value. */
const divisions = (e: Emission, wide: Pick<Sem, 'divS' | 'divU' | 'remS' | 'remU'>) => {
  const words = (a: I64, b: I64) => [keep(e, 'i32', lowOf(a)), keep(e, 'i32', lowOf(b))] as const;
  const unless = (zero: Code<'i32'>, then: Code<'i64'>, otherwise: Code<'i64'>) =>
    choose('i64', zero, then, otherwise);
  return {
    divS(x, y) {
      const [a, b] = [partsOf(x), partsOf(y)];
      if (!both(a, b)) return wide.divS(x, y);
      const [n, d] = words(a, b);
      const negated = i64.sub(i64.const(0), i64.extendI32S(n.get()));
      const rest = unless(
        i32.eq(d.get(), i32.const(-1)),
        negated,
        i64.extendI32S(i32.divS(n.get(), d.get())),
      );
      return expr('i64', unless(i32.eqz(d.get()), i64.const(-1), rest));
    },
    remS(x, y) {
      const [a, b] = [partsOf(x), partsOf(y)];
      if (!both(a, b)) return wide.remS(x, y);
      const [n, d] = words(a, b);
      const remainder = i32.remS(n.get(), d.get());
      return signed(choose('i32', i32.eqz(d.get()), n.get(), remainder));
    },
    divU(x, y) {
      const [a, b] = [partsOf(x), partsOf(y)];
      if (!a.isZeroExtended || !b.isZeroExtended) return wide.divU(x, y);
      const [n, d] = words(a, b);
      return expr('i64', unless(i32.eqz(d.get()), i64.const(-1), i64.extendI32U(i32.divU(n.get(), d.get()))));
    },
    remU(x, y) {
      const [a, b] = [partsOf(x), partsOf(y)];
      if (!a.isZeroExtended || !b.isZeroExtended) return wide.remU(x, y);
      const [n, d] = words(a, b);
      const low = choose('i32', i32.eqz(d.get()), n.get(), i32.remU(n.get(), d.get()));
      return expr('i64', i64.extendI32U(low), { low, isZeroExtended: true });
    },
  } satisfies Partial<Sem>;
};

/** A number that is known. */
export const known = (v: number): Long => signed(i32.const(v), v >= 0 ? { bound: v } : {});

/** What compiled code computes differently; `wide` is how everything is computed otherwise. */
export const narrowIntegers = (e: Emission, wide: Sem) => {
  const { registers } = e.site;
  return {
    ...divisions(e, wide),
    x(r) {
      if (e.site.number(r) === 0) return known(0);
      const low = registers.low(r);
      return low === undefined ? wide.x(r) : expr('i64', registers.x(r), { low, isSigned: true });
    },
    setX(r, v) {
      const { low, isSigned } = partsOf(v);
      if (low === undefined || !isSigned) return wide.setX(r, v);
      e.statements.push(registers.setLow(r, low));
    },
    imm: (i) => known(e.site.number(i)),
    constant: known,
    let<T extends ValueType>(v: Expr<T>): Expr<T> {
      const { low, isSigned } = partsOf(v);
      if (low !== undefined && isSigned)
        return signed(keep(e, 'i32', low).get()) as Expr<ValueType> as Expr<T>;
      return expr(typeOf(v), keep(e, typeOf(v), codeOf(v)).get());
    },
    add,
    sub: modular(i64.sub, i32.sub),
    mul: modular(i64.mul, i32.mul),
    and,
    or: bitwise(i64.or, i32.or),
    xor: bitwise(i64.xor, i32.xor),
    shl,
    shrU,
    shrS,
    eq: test(i64.eq, i32.eq),
    ne: test(i64.ne, i32.ne),
    ltS: test(i64.ltS, i32.ltS),
    ltU: test(i64.ltU, i32.ltU),
    geS: test(i64.geS, i32.geS),
    geU: test(i64.geU, i32.geU),
    bool: (c) => signed(codeOf(c)),
    sext32: (a) => signed(lowOf(partsOf(a))),
    zext32(a) {
      const low = lowOf(partsOf(a));
      return expr('i64', i64.extendI32U(low), { low, isZeroExtended: true });
    },
    select: (cond, yes, no) => expr('i64', select(codeOf(cond), codeOf(yes), codeOf(no))),
  } satisfies Partial<Sem>;
};
