/** The stage: floating point. */
import type { Expr, FloatType, IntFormat, Rounding, Sem } from '../isa/index.ts';
import { layout } from '../memory/index.ts';
import {
  type Code,
  call,
  choose,
  f32,
  f64,
  i32,
  i64,
  type Local,
  select,
  seq,
  unlikely,
  when,
} from '../wasm/index.ts';
import { bitsOf, CANONICAL_NAN, HARDWARE, LEAST_NORMAL, opsOf } from './float-format.ts';
import { fusedInline } from './float-fused.ts';
import { long, word } from './place.ts';
import { codeOf, type Emission, expr, keep, typeOf } from './stage.ts';

/** Code whose rounding, if there is any, is to nearest. */
const isPlain = (e: Emission): boolean => e.manner !== 'careful' && e.form.twist !== 'rounded';

/** Hardware may round when that is to nearest and inexactness is already noted: fflags has NX and frm is 0. */
const hardwareRounds = (): Code<'i32'> =>
  i64.eq(i64.and(long(layout.HART_FFLAGS), i64.const(HARDWARE)), i64.const(1));

function needHardware(e: Emission): void {
  e.giveUpIf(i32.eqz(hardwareRounds()));
}

/** Gives up on results with a rare flag: NaN and infinity, and for products and quotients tiny ones and zero. */
function plain<F extends FloatType>(e: Emission, type: F, value: Code<F>, how: 'finite' | 'normal'): Expr<F> {
  const o = opsOf(type);
  const result = keep(e, type, value);
  const size = () => o.abs(result.get());
  const finite = o.lt(size(), o.const(Number.POSITIVE_INFINITY));
  const good = how === 'finite' ? finite : i32.and(finite, o.gt(size(), o.const(LEAST_NORMAL[type])));
  e.giveUpIf(i32.eqz(good));
  return expr(type, result.get());
}

/**
 * The rounding mode. A fast handler of a plain form knows it is to nearest, once frm is; a rounded form holds a
 * fixed one, which decoding has found to be valid. A careful handler looks, and a reserved mode is illegal.
 */
function mode(e: Emission, rm: Rounding): Code<'i32'> {
  const field = e.site.rounding(rm);
  if (e.manner !== 'careful') {
    if (e.form.twist === 'rounded') return field;
    e.giveUpIf(word(layout.HART_FRM));
    return i32.const(0);
  }
  const given = keep(e, 'i32', field);
  const dynamic = i32.eq(given.get(), i32.const(7));
  const wanted = keep(e, 'i32', select(dynamic, word(layout.HART_FRM), given.get()));
  e.statements.push(when(i32.gtU(wanted.get(), i32.const(4)), e.site.illegal()));
  return wanted.get();
}

/** What programs do often enough to be in the loop; the loop must stay small (see run-loop.ts). */
const USUAL: ReadonlySet<string> = new Set(['add', 'mul', 'div', 'fma', 'sqrt']);

/** In the loop there is no room for it, and it is always interpreted carefully. */
function unlessCompiled(e: Emission): void {
  if (e.manner !== 'compiled') e.giveUp();
}

/** Calls the helper that does the operation exactly. */
function exactly<F extends FloatType>(
  e: Emission,
  name: string,
  operands: readonly Expr<F>[],
  rm?: Rounding,
): Expr<F> {
  if (!USUAL.has(name)) unlessCompiled(e);
  if (e.form.twist === 'rounded') unlessCompiled(e);
  const type = typeOf(operands[0]!);
  const args = operands.map((operand) => keep(e, type, codeOf(operand)).get());
  const rounding = rm === undefined ? [] : [mode(e, rm)];
  return expr(type, call(e.helpers.float<F>(`${type}.${name}`), ...args, ...rounding));
}

type Binary = 'add' | 'sub' | 'mul' | 'div';
const EXACT_NAME = { add: 'add', sub: 'add', mul: 'mul', div: 'div' } as const;

/** Compiled: by hardware when that is right, else by the helper. */
function roundedByHardware<F extends FloatType>(e: Emission, name: Binary, a: Expr<F>, b: Expr<F>): Expr<F> {
  const type = typeOf(a);
  const o = opsOf(type);
  const x = keep(e, type, codeOf(a));
  const y = keep(e, type, codeOf(b));
  const result = keep(e, type, o[name](x.get(), y.get()));
  const size = () => o.abs(result.get());
  const finite = o.lt(size(), o.const(Number.POSITIVE_INFINITY));
  const isSum = name === 'add' || name === 'sub';
  const good = isSum ? finite : i32.and(finite, o.gt(size(), o.const(LEAST_NORMAL[type])));
  const helper = e.helpers.float<F>(`${type}.${EXACT_NAME[name]}`);
  const second = name === 'sub' ? o.neg(y.get()) : y.get();
  e.statements.push(
    when(
      unlikely(i32.eqz(i32.and(good, hardwareRounds()))),
      seq(
        when(word(layout.HART_FRM), e.site.giveUp()),
        result.set(call(helper, x.get(), second, i32.const(0))),
      ),
    ),
  );
  return expr(type, result.get());
}

/** The same for a fused product and sum. */
function fusedByHardware(
  e: Emission,
  operands: readonly [Expr<'f64'>, Expr<'f64'>, Expr<'f64'>],
): Expr<'f64'> {
  const [x, y, z] = operands.map((operand) => keep(e, 'f64', codeOf(operand))) as [
    Local<'f64'>,
    Local<'f64'>,
    Local<'f64'>,
  ];
  const result = e.site.local('f64');
  const { set, good } = fusedInline(() => e.site.local('f64'), [x, y, z], result);
  const exact = call(e.helpers.float<'f64'>('f64.fma'), x.get(), y.get(), z.get(), i32.const(0));
  e.statements.push(
    set,
    when(
      unlikely(i32.eqz(i32.and(good, hardwareRounds()))),
      seq(when(word(layout.HART_FRM), e.site.giveUp()), result.set(exact)),
    ),
  );
  return expr('f64', result.get());
}

/** Two operands, rounded. */
const rounded =
  (e: Emission, name: Binary) =>
  <F extends FloatType>(a: Expr<F>, b: Expr<F>, rm: Rounding): Expr<F> => {
    const type = typeOf(a);
    const o = opsOf(type);
    if (e.manner === 'compiled' && isPlain(e)) return roundedByHardware(e, name, a, b);
    if (isPlain(e)) {
      needHardware(e);
      const how = name === 'add' || name === 'sub' ? 'finite' : 'normal';
      return plain(e, type, o[name](codeOf(a), codeOf(b)), how);
    }
    const second = name === 'sub' ? expr(type, o.neg(codeOf(b))) : b;
    return exactly(e, EXACT_NAME[name], [a, second], rm);
  };

/** A comparison; NaNs are for the careful. */
const compared =
  (e: Emission, name: 'eq' | 'lt' | 'le') =>
  <F extends FloatType>(a: Expr<F>, b: Expr<F>): Expr<'i64'> => {
    const type = typeOf(a);
    const o = opsOf(type);
    const x = keep(e, type, codeOf(a));
    const y = keep(e, type, codeOf(b));
    if (e.manner === 'careful')
      return expr('i64', call(e.helpers.integer(`${type}.${name}`), x.get(), y.get()));
    const ordered = i32.and(o.eq(x.get(), x.get()), o.eq(y.get(), y.get()));
    if (e.manner === 'compiled') {
      const helper = e.helpers.integer(`${type}.${name}`);
      const quick = i64.extendI32U(o[name](x.get(), y.get()));
      return expr('i64', choose('i64', ordered, quick, call(helper, x.get(), y.get())));
    }
    e.giveUpIf(i32.eqz(ordered));
    return expr('i64', i64.extendI32U(o[name](x.get(), y.get())));
  };

const flipped = <F extends FloatType>(v: Expr<F>, sign: 1 | -1): Expr<F> =>
  sign === 1 ? v : expr(typeOf(v), opsOf(typeOf(v)).neg(codeOf(v)));

const arithmetic = (e: Emission) =>
  ({
    fadd: rounded(e, 'add'),
    fsub: rounded(e, 'sub'),
    fmul: rounded(e, 'mul'),
    fdiv: rounded(e, 'div'),
    fsqrt: (a, rm) => exactly(e, 'sqrt', [a], rm),
    fma<F extends FloatType>(
      a: Expr<F>,
      b: Expr<F>,
      c: Expr<F>,
      { product, addend }: { readonly product: 1 | -1; readonly addend: 1 | -1 },
      rm: Rounding,
    ) {
      const operands = [flipped(a, product), b, flipped(c, addend)] as const;
      if (e.manner === 'compiled' && isPlain(e) && typeOf(a) === 'f64')
        return fusedByHardware(e, operands as never) as Expr<FloatType> as Expr<F>;
      return exactly(e, 'fma', operands, rm);
    },
    fmin: (a, b) => exactly(e, 'min', [a, b]),
    fmax: (a, b) => exactly(e, 'max', [a, b]),
    feq: compared(e, 'eq'),
    flt: compared(e, 'lt'),
    fle: compared(e, 'le'),
    fclass<F extends FloatType>(a: Expr<F>) {
      unlessCompiled(e);
      return expr('i64', call(e.helpers.integer(`${typeOf(a)}.class`), codeOf(a)));
    },
    fsgnj<F extends FloatType>(a: Expr<F>, b: Expr<F>, how: 'copy' | 'negate' | 'xor') {
      const o = opsOf(typeOf(a));
      if (how === 'copy') return expr(typeOf(a), o.copysign(codeOf(a), codeOf(b)));
      if (how === 'negate') return expr(typeOf(a), o.copysign(codeOf(a), o.neg(codeOf(b))));
      return xored(e, a, b);
    },
  }) satisfies Partial<Sem>;

/** fsgnjx: the sign of a is flipped when b's is set. */
function xored<F extends FloatType>(e: Emission, a: Expr<F>, b: Expr<F>): Expr<F> {
  const type = typeOf(a);
  const x = keep(e, type, codeOf(a));
  const y = keep(e, type, codeOf(b));
  const negative = i64.ltS(bitsOf(type, y), i64.const(0));
  return expr(type, select(negative, opsOf(type).neg(x.get()), x.get()));
}

const conversions = (e: Emission) =>
  ({
    fToInt<F extends FloatType>(a: Expr<F>, to: IntFormat, rm: Rounding) {
      const value = keep(e, typeOf(a), codeOf(a));
      return expr('i64', call(e.helpers.integer(`${typeOf(a)}.to.${to}`), value.get(), mode(e, rm)));
    },
    intToF<F extends FloatType>(v: Expr<'i64'>, from: IntFormat, to: F, rm: Rounding): Expr<F> {
      if (isPlain(e) && to === 'f64' && from !== 'lu')
        return exactDouble(e, codeOf(v), from) as Expr<FloatType> as Expr<F>;
      unlessCompiled(e);
      const value = keep(e, 'i64', codeOf(v));
      return expr(to, call(e.helpers.float<F>(`${to}.from.${from}`), value.get(), mode(e, rm)));
    },
    widen(a, rm) {
      const value = keep(e, 'f32', codeOf(a));
      if (!isPlain(e)) {
        unlessCompiled(e);
        mode(e, rm);
        return expr('f64', call(e.helpers.widen, value.get()));
      }
      e.giveUpIf(i32.or(word(layout.HART_FRM), f32.ne(value.get(), value.get())));
      return expr('f64', f64.promote(value.get()));
    },
    narrow(a, rm) {
      if (e.form.twist === 'rounded') unlessCompiled(e);
      const value = keep(e, 'f64', codeOf(a));
      return expr('f32', call(e.helpers.narrow, value.get(), mode(e, rm)));
    },
  }) satisfies Partial<Sem>;

/** Integers that a double holds exactly; the rounding mode must still be a valid one, and 0 is the usual. */
function exactDouble(e: Emission, v: Code<'i64'>, from: 'w' | 'wu' | 'l'): Expr<'f64'> {
  e.giveUpIf(word(layout.HART_FRM));
  if (from === 'w') return expr('f64', f64.convertI32S(i32.wrap(v)));
  if (from === 'wu') return expr('f64', f64.convertI32U(i32.wrap(v)));
  const value = keep(e, 'i64', v);
  const limit = i64.const(2 ** 53);
  e.giveUpIf(i64.gtU(i64.add(value.get(), limit), i64.const(2 ** 54)));
  return expr('f64', f64.convertI64S(value.get()));
}

/** Registers as numbers and as bits. */
const registers = (e: Emission) => {
  const { site } = e;
  return {
    f32(r) {
      const boxed = site.registers.isBoxed(r);
      if (e.manner !== 'careful') {
        e.giveUpIf(i32.eqz(boxed));
        return expr('f32', site.registers.f32(r));
      }
      const bits = i32.reinterpret(site.registers.f32(r));
      return expr('f32', f32.reinterpret(select(boxed, bits, i32.const(CANONICAL_NAN))));
    },
    setF32(r, v) {
      e.statements.push(site.registers.setF32(r, codeOf(v)));
    },
    f64: (r) => expr('f64', site.registers.f64(r)),
    setF64(r, v) {
      e.statements.push(site.registers.setF64(r, codeOf(v)));
    },
    fBits: (width, r) => expr('i64', site.registers.fBits(width, r)),
    setFBits(width, r, v) {
      const bits = width === 64 ? codeOf(v) : i64.or(codeOf(v), i64.const(-(2 ** 32)));
      e.statements.push(site.registers.setFBits(r, bits));
    },
  } satisfies Partial<Sem>;
};

/** Everything that is floating. */
export const floats = (e: Emission) => ({ ...registers(e), ...arithmetic(e), ...conversions(e) });
