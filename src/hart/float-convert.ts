/** Comparisons and conversions of careful handlers: hardware where its answer is RISC-V's, else the host. */
import type { FloatType, IntFormat } from '../isa/index.ts';
import {
  type Code,
  choose,
  type Func,
  f32,
  f64,
  i32,
  i64,
  type Local,
  type ModuleBuilder,
  ret,
  seq,
  type ValueType,
  when,
} from '../wasm/index.ts';
import { type Floats, type Soft, soft } from './float.ts';
import { bitsOf, fromBits, LEAST_NORMAL, opsOf } from './float-format.ts';
import { noteInexactIf } from './float-operation.ts';

const TYPES: readonly FloatType[] = ['f32', 'f64'];
const INTEGERS: readonly IntFormat[] = ['w', 'wu', 'l', 'lu'];

const noRounding = (): Code<'i32'> => i32.const(0);

function defineComparisons<F extends FloatType>(m: ModuleBuilder, type: F, floats: Floats, host: Soft): void {
  const o = opsOf(type);
  const ordered = (a: Local<F>, b: Local<F>) => i32.and(o.eq(a.get(), a.get()), o.eq(b.get(), b.get()));
  const slow = (name: string, ...operands: Local<F>[]) =>
    soft(
      host,
      name,
      operands.map((v) => bitsOf(type, v)),
      noRounding(),
    );
  for (const op of ['min', 'max'] as const) {
    const name = `${type}.${op}`;
    const f = m.func(name, [type, type], type, ({ params: [a, b] }) =>
      choose<F>(type, ordered(a, b), o[op](a.get(), b.get()), fromBits(type, slow(name, a, b))),
    );
    floats.set(name, f as unknown as Func<readonly ValueType[], F>);
  }
  for (const op of ['eq', 'lt', 'le'] as const) {
    const name = `${type}.${op}`;
    const f = m.func(name, [type, type], 'i64', ({ params: [a, b] }) =>
      choose('i64', ordered(a, b), i64.extendI32U(o[op](a.get(), b.get())), slow(name, a, b)),
    );
    floats.set(name, f as unknown as Func<readonly ValueType[], 'i64'>);
  }
  const name = `${type}.class`;
  const classify = m.func(name, [type], 'i64', ({ params: [a] }) => slow(name, a));
  floats.set(name, classify as unknown as Func<readonly ValueType[], 'i64'>);
}

/** The least value of an integer format, and the first beyond its greatest. */
const BOUNDS: Readonly<Record<IntFormat, readonly [number, number]>> = {
  w: [-(2 ** 31), 2 ** 31],
  wu: [0, 2 ** 32],
  l: [-(2 ** 63), 2 ** 63],
  lu: [0, 2 ** 64],
};

const asDouble = <F extends FloatType>(type: F, v: Local<F>): Code<'f64'> => {
  const value = v as unknown as Local<FloatType>;
  return type === 'f64' ? (value as Local<'f64'>).get() : f64.promote((value as Local<'f32'>).get());
};

/** Rounding to an integral double is exact in every mode but the last, to nearest with ties away from zero. */
function defineToInteger<F extends FloatType>(m: ModuleBuilder, type: F, to: IntFormat, host: Soft): Func {
  const name = `${type}.to.${to}`;
  const [least, beyond] = BOUNDS[to];
  return m.func(name, [type, 'i32'], 'i64', ({ params: [a, rm], local }) => {
    const exact = local('f64');
    const rounded = local('f64');
    const by = (mode: number, f: (v: Code<'f64'>) => Code<'f64'>) =>
      when(i32.eq(rm.get(), i32.const(mode)), rounded.set(f(exact.get())));
    const value = (to === 'lu' ? i64.truncSatF64U : i64.truncSatF64S)(rounded.get());
    const inRange = i32.and(
      f64.ge(rounded.get(), f64.const(least)),
      f64.lt(rounded.get(), f64.const(beyond)),
    );
    return seq(
      exact.set(asDouble<F>(type, a)),
      rounded.set(f64.nearest(exact.get())),
      by(1, f64.trunc),
      by(2, f64.floor),
      by(3, f64.ceil),
      when(
        i32.and(i32.ne(rm.get(), i32.const(4)), inRange),
        seq(
          noteInexactIf(f64.ne(rounded.get(), exact.get())),
          ret(to === 'w' || to === 'wu' ? i64.extend32S(value) : value),
        ),
      ),
      soft(host, name, [bitsOf<F>(type, a)], rm.get()),
    );
  }) as unknown as Func;
}

const WORD: Readonly<Record<IntFormat, (v: Code<'i64'>) => Code<'i64'>>> = {
  w: (v) => i64.extend32S(v),
  wu: (v) => i64.and(v, i64.const(0xffffffff)),
  l: (v) => v,
  lu: (v) => v,
};

/** Hardware rounds to nearest; what converts back to the same integer was exact. */
function defineFromInteger<F extends FloatType>(
  m: ModuleBuilder,
  type: F,
  from: IntFormat,
  host: Soft,
): Func {
  const name = `${type}.from.${from}`;
  const signed = from === 'w' || from === 'l';
  const convert = {
    f32: signed ? f32.convertI64S : f32.convertI64U,
    f64: signed ? f64.convertI64S : f64.convertI64U,
  }[type] as (v: Code<'i64'>) => Code<F>;
  const back = {
    f32: signed ? i64.truncSatF32S : i64.truncSatF32U,
    f64: signed ? i64.truncSatF64S : i64.truncSatF64U,
  }[type] as (v: Code<F>) => Code<'i64'>;
  const o = opsOf(type);
  return m.func(name, ['i64', 'i32'], type, ({ params: [v, rm], local }) => {
    const value = local('i64');
    const result = local(type);
    // At 2^63 and beyond the conversion back saturates, which would look exact.
    const below = o.lt(result.get(), o.const(2 ** 63));
    const exact = i32.and(below, i64.eq(back(result.get()), value.get()));
    return seq(
      value.set(WORD[from](v.get())),
      result.set(convert(value.get())),
      when(exact, ret(result.get())),
      when(i32.and(i32.eqz(rm.get()), below), seq(noteInexactIf(i32.const(1)), ret(result.get()))),
      fromBits(type, soft(host, name, [value.get()], rm.get())),
    );
  }) as unknown as Func;
}

function defineWiden(m: ModuleBuilder, host: Soft): Func<readonly ['f32'], 'f64'> {
  return m.func('widen', ['f32'], 'f64', ({ params: [a] }) =>
    choose(
      'f64',
      f32.eq(a.get(), a.get()),
      f64.promote(a.get()),
      f64.reinterpret(soft(host, 'widen', [bitsOf('f32', a)], noRounding())),
    ),
  );
}

function defineNarrow(m: ModuleBuilder, host: Soft): Func<readonly ['f64', 'i32'], 'f32'> {
  return m.func('narrow', ['f64', 'i32'], 'f32', ({ params: [a, rm], local }) => {
    const result = local('f32');
    const size = () => f32.abs(result.get());
    const normal = i32.and(
      f32.lt(size(), f32.const(Number.POSITIVE_INFINITY)),
      f32.gt(size(), f32.const(LEAST_NORMAL.f32)),
    );
    const exact = () => f64.eq(f64.promote(result.get()), a.get());
    return seq(
      result.set(f32.demote(a.get())),
      when(exact(), ret(result.get())),
      when(i32.and(i32.eqz(rm.get()), normal), seq(noteInexactIf(i32.const(1)), ret(result.get()))),
      fromBits('f32', soft(host, 'narrow', [bitsOf('f64', a)], rm.get())),
    );
  });
}

/** Adds comparisons and conversions. */
export function defineConversions(m: ModuleBuilder, floats: Floats, host: Soft) {
  for (const type of TYPES) {
    defineComparisons(m, type, floats, host);
    for (const integer of INTEGERS) {
      const to = defineToInteger(m, type, integer, host);
      const from = defineFromInteger(m, type, integer, host);
      floats.set(to.name, to as Func<readonly ValueType[], 'i64'>);
      floats.set(from.name, from as Func<readonly ValueType[], FloatType>);
    }
  }
  return { widen: defineWiden(m, host), narrow: defineNarrow(m, host) };
}
