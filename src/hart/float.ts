/**
 * Floating point on the host's hardware where its result is RISC-V's: rounding to nearest, no rare flag, and
 * inexactness either already noted (NX is sticky) or excluded by a cheap proof. All else goes to soft.ts.
 *
 * NaNs never come from the hardware: WebAssembly leaves their bits open, RISC-V wants the canonical one.
 */
import type { FloatType, IntFormat } from '../isa/index.ts';
import { layout } from '../memory/index.ts';
import {
  type Code,
  call,
  choose,
  f32,
  f64,
  get,
  i32,
  i64,
  load,
  type ModuleBuilder,
  type Op,
  op,
  ret,
  select,
  seq,
  set,
  signature,
  store,
  tee,
  when,
} from '../wasm/index.ts';
import { softNumber } from './soft.ts';

/** Shared functions by name: `f64.add`, `f32.to.w` … */
export type Floats = ReadonlyMap<string, number>;

const NX = 1;
const flags = load('i32.load', i32(0), layout.HART_FFLAGS);
const inexactNoted = op('i32.and', flags, i32(NX));
const noteInexact = store('i32.store', i32(0), op('i32.or', flags, i32(NX)), layout.HART_FFLAGS);
const all = (...tests: Code[]): Code => tests.slice(1).reduce((a, b) => op('i32.and', a, b), tests[0]!);
const nearest = (rm: number): Code => op('i32.eqz', get(rm));

/** What differs between the two formats. */
interface Format {
  readonly type: FloatType;
  readonly constant: (value: number) => number[];
  readonly leastNormal: number;
  /** Integers up to here are exact. */
  readonly integers: number;
}
const FORMATS: readonly Format[] = [
  { type: 'f32', constant: f32, leastNormal: 2 ** -126, integers: 2 ** 24 },
  { type: 'f64', constant: f64, leastNormal: 2 ** -1022, integers: 2 ** 53 },
];

class FloatBuilder {
  readonly functions = new Map<string, number>();
  readonly #b: ModuleBuilder;
  readonly #soft: number;

  constructor(b: ModuleBuilder, soft: number) {
    this.#b = b;
    this.#soft = soft;
  }

  #bits(type: FloatType, value: Code): Code {
    return type === 'f64'
      ? op('i64.reinterpret_f64', value)
      : op('i64.extend_i32_u', op('i32.reinterpret_f32', value));
  }
  #unbits(type: FloatType, bits: Code): Code {
    return type === 'f64'
      ? op('f64.reinterpret_i64', bits)
      : op('f32.reinterpret_i32', op('i32.wrap_i64', bits));
  }
  /** Calls the software; operands are bits already. */
  #slowBits(name: string, operands: readonly Code[], rm: Code): Code {
    const padded = [...operands, i64(0), i64(0), i64(0)].slice(0, 3);
    return call(this.#soft, i32(softNumber(name)), ...padded, rm);
  }
  #slow(type: FloatType, name: string, operands: readonly number[], rm: Code): Code {
    return this.#slowBits(
      `${type}.${name}`,
      operands.map((o) => this.#bits(type, get(o))),
      rm,
    );
  }

  /** A rounded operation of one format: `fast` returns early when it may, or falls through to the software. */
  #rounded(
    f: Format,
    name: string,
    operands: number,
    locals: number,
    fast: (rm: number, first: number) => Code,
  ): void {
    const rm = operands;
    const params = [...Array<FloatType>(operands).fill(f.type), 'i32'] as const;
    const inputs = Array.from({ length: operands }, (_, i) => i);
    const body = seq(
      when(nearest(rm), fast(rm, operands + 1)),
      this.#unbits(f.type, this.#slow(f.type, name, inputs, get(rm))),
    );
    const func = this.#b.func(signature(params, [f.type]), Array<FloatType>(locals).fill(f.type), body);
    this.functions.set(`${f.type}.${name}`, func);
  }

  arithmetic(f: Format): void {
    const t = f.type;
    const o = (name: string, ...operands: Code[]) => op(`${t}.${name}` as Op, ...operands);
    const finite = (v: Code) => o('lt', o('abs', v), f.constant(Number.POSITIVE_INFINITY));
    const normal = (v: Code) => all(finite(v), o('gt', o('abs', v), f.constant(f.leastNormal)));
    const zero = (v: Code) => o('eq', v, f.constant(0));
    const integer = (v: Code) => o('eq', o('trunc', v), v);
    const small = (v: Code) => o('le', o('abs', v), f.constant(f.integers));
    const [a, b] = [get(0), get(1)];
    this.#rounded(f, 'add', 2, 2, (_, r) => {
      const [sum, part] = [get(r), get(r + 1)];
      const error = o('add', o('sub', a, o('sub', sum, part)), o('sub', b, part));
      return seq(
        set(r, o('add', a, b)),
        when(
          finite(sum),
          seq(when(inexactNoted, ret(sum)), set(r + 1, o('sub', sum, a)), when(zero(error), ret(sum))),
        ),
      );
    });
    this.#rounded(f, 'mul', 2, 1, (_, r) =>
      seq(
        set(r, o('mul', a, b)),
        when(all(normal(get(r)), inexactNoted), ret(get(r))),
        when(all(integer(a), integer(b), small(get(r))), ret(get(r))),
        when(all(op('i32.or', zero(a), zero(b)), finite(get(r))), ret(get(r))),
      ),
    );
    this.#rounded(f, 'div', 2, 1, (_, r) =>
      seq(
        set(r, o('div', a, b)),
        when(all(normal(get(r)), inexactNoted), ret(get(r))),
        when(
          all(
            integer(a),
            integer(b),
            integer(get(r)),
            small(a),
            o('eq', o('mul', get(r), b), a),
            op('i32.eqz', zero(b)),
          ),
          ret(get(r)),
        ),
      ),
    );
    this.#rounded(f, 'sqrt', 1, 1, (_, r) =>
      seq(
        set(r, o('sqrt', a)),
        when(all(finite(get(r)), inexactNoted), ret(get(r))),
        when(all(integer(get(r)), small(a), o('eq', o('mul', get(r), get(r)), a)), ret(get(r))),
      ),
    );
  }

  /** Sum of two doubles and its exact error, in locals. */
  #twoSum(x: Code, y: Code, sum: number, error: number, part: number): Code {
    return seq(
      set(sum, op('f64.add', x, y)),
      set(part, op('f64.sub', get(sum), x)),
      set(
        error,
        op('f64.add', op('f64.sub', x, op('f64.sub', get(sum), get(part))), op('f64.sub', y, get(part))),
      ),
    );
  }

  /** Rounds sum + error to odd: an inexact even sum steps towards its error (Boldo and Melquiond, 2008). */
  #toOdd(sum: number, error: number): Code {
    const bits = op('i64.reinterpret_f64', get(sum));
    const same = op('i32.eq', op('f64.gt', get(error), f64(0)), op('f64.gt', get(sum), f64(0)));
    const even = op('i64.eqz', op('i64.and', bits, i64(1)));
    return when(
      all(op('f64.ne', get(error), f64(0)), even),
      set(sum, op('f64.reinterpret_i64', op('i64.add', bits, select(same, i64(1), i64(-1))))),
    );
  }

  fusedDouble(): void {
    const [a, b, c] = [get(0), get(1), get(2)];
    const within = (v: Code, least: number, most: number) =>
      all(op('f64.ge', op('f64.abs', v), f64(least)), op('f64.le', op('f64.abs', v), f64(most)));
    const integer = (v: Code) => op('f64.eq', op('f64.trunc', v), v);
    const small = (v: Code) => op('f64.le', op('f64.abs', v), f64(2 ** 53));
    const split = (v: Code, high: number, low: number) =>
      seq(
        set(high, op('f64.mul', v, f64(2 ** 27 + 1))),
        set(high, op('f64.sub', get(high), op('f64.sub', get(high), v))),
        set(low, op('f64.sub', v, get(high))),
      );
    this.#rounded(FORMATS[1]!, 'fma', 3, 12, (_, r) => {
      const [p, e, ah, al, bh, bl, th, tl, vh, vl, part, z] = Array.from({ length: 12 }, (_, i) => r + i) as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const m = (x: number, y: number) => op('f64.mul', get(x), get(y));
      const lowProduct = op(
        'f64.add',
        op('f64.add', op('f64.add', op('f64.sub', m(ah, bh), get(p)), m(ah, bl)), m(al, bh)),
        m(al, bl),
      );
      const cInRange = op('i32.or', within(c, 2 ** -960, 2 ** 960), op('f64.eq', c, f64(0)));
      return seq(
        set(p, op('f64.mul', a, b)),
        set(z, op('f64.add', get(p), c)),
        when(all(integer(a), integer(b), integer(c), small(get(p)), small(get(z))), ret(get(z))),
        when(
          op(
            'i32.eqz',
            all(inexactNoted, within(a, 2 ** -480, 2 ** 480), within(b, 2 ** -480, 2 ** 480), cInRange),
          ),
          ret(this.#unbits('f64', this.#slow('f64', 'fma', [0, 1, 2], i32(0)))),
        ),
        split(a, ah, al),
        split(b, bh, bl),
        set(e, lowProduct),
        this.#twoSum(c, get(e), th, tl, part),
        this.#twoSum(get(p), get(th), vh, vl, part),
        this.#twoSum(get(tl), get(vl), z, e, part),
        this.#toOdd(z, e),
        ret(op('f64.add', get(vh), get(z))),
      );
    });
  }

  fusedSingle(): void {
    const wide = (local: number) => op('f64.promote_f32', get(local));
    const [rm, sum, error, part, product, result] = [3, 4, 5, 6, 7, 8];
    const exact = all(op('f64.eq', get(error), f64(0)), op('f64.eq', wide(result), get(sum)));
    const normal = all(
      op('f32.lt', op('f32.abs', get(result)), f32(Number.POSITIVE_INFINITY)),
      op('f32.gt', op('f32.abs', get(result)), f32(2 ** -126)),
    );
    const body = seq(
      when(
        nearest(rm),
        seq(
          set(product, op('f64.mul', wide(0), wide(1))),
          this.#twoSum(get(product), wide(2), sum, error, part),
          this.#toOdd(sum, error),
          set(result, op('f32.demote_f64', get(sum))),
          when(op('i32.or', exact, all(inexactNoted, normal)), ret(get(result))),
        ),
      ),
      this.#unbits('f32', this.#slow('f32', 'fma', [0, 1, 2], get(rm))),
    );
    this.functions.set(
      'f32.fma',
      this.#b.func(
        signature(['f32', 'f32', 'f32', 'i32'], ['f32']),
        ['f64', 'f64', 'f64', 'f64', 'f32'],
        body,
      ),
    );
  }

  comparisons({ type: t }: Format): void {
    const o = (name: string, ...operands: Code[]) => op(`${t}.${name}` as Op, ...operands);
    const ordered = all(o('eq', get(0), get(0)), o('eq', get(1), get(1)));
    for (const name of ['min', 'max'])
      this.functions.set(
        `${t}.${name}`,
        this.#b.func(
          signature([t, t], [t]),
          [],
          choose(t, ordered, o(name, get(0), get(1)), this.#unbits(t, this.#slow(t, name, [0, 1], i32(0)))),
        ),
      );
    for (const name of ['eq', 'lt', 'le'])
      this.functions.set(
        `${t}.${name}`,
        this.#b.func(
          signature([t, t], ['i64']),
          [],
          choose(
            'i64',
            ordered,
            op('i64.extend_i32_u', o(name, get(0), get(1))),
            this.#slow(t, name, [0, 1], i32(0)),
          ),
        ),
      );
    this.functions.set(
      `${t}.class`,
      this.#b.func(signature([t], ['i64']), [], this.#slow(t, 'class', [0], i32(0))),
    );
  }

  toInteger({ type: t }: Format, integer: IntFormat): void {
    const [rm, exact, rounded] = [1, 2, 3];
    const bounds: Readonly<Record<IntFormat, readonly [number, number]>> = {
      w: [-(2 ** 31), 2 ** 31],
      wu: [0, 2 ** 32],
      l: [-(2 ** 63), 2 ** 63],
      lu: [0, 2 ** 64],
    };
    const [least, beyond] = bounds[integer];
    const by = (mode: number, name: Op) =>
      when(op('i32.eq', get(rm), i32(mode)), set(rounded, op(name, get(exact))));
    const value = op(integer === 'lu' ? 'i64.trunc_sat_f64_u' : 'i64.trunc_sat_f64_s', get(rounded));
    const body = seq(
      set(exact, t === 'f64' ? get(0) : op('f64.promote_f32', get(0))),
      set(rounded, op('f64.nearest', get(exact))),
      by(1, 'f64.trunc'),
      by(2, 'f64.floor'),
      by(3, 'f64.ceil'),
      when(
        all(
          op('i32.ne', get(rm), i32(4)),
          op('f64.ge', get(rounded), f64(least)),
          op('f64.lt', get(rounded), f64(beyond)),
        ),
        seq(
          when(op('f64.ne', get(rounded), get(exact)), noteInexact),
          ret(integer === 'w' || integer === 'wu' ? op('i64.extend32_s', value) : value),
        ),
      ),
      this.#slow(t, `to.${integer}`, [0], get(rm)),
    );
    this.functions.set(
      `${t}.to.${integer}`,
      this.#b.func(signature([t, 'i32'], ['i64']), ['f64', 'f64'], body),
    );
  }

  fromInteger(f: Format, integer: IntFormat): void {
    const t = f.type;
    const [rm, value, result] = [1, 2, 3];
    const unsigned = integer === 'wu' || integer === 'lu';
    const word: Readonly<Record<IntFormat, Code>> = {
      w: op('i64.extend32_s', get(0)),
      wu: op('i64.and', get(0), i64(0xffffffff)),
      l: get(0),
      lu: get(0),
    };
    const back = op(`i64.trunc_sat_${t}_${unsigned ? 'u' : 's'}` as Op, get(result));
    const exact = all(op('i64.eq', back, get(value)), op(`${t}.lt` as Op, get(result), f.constant(2 ** 63)));
    const body = seq(
      set(value, word[integer]),
      set(result, op(`${t}.convert_i64_${unsigned ? 'u' : 's'}` as Op, get(value))),
      when(op('i32.or', exact, all(nearest(rm), inexactNoted)), ret(get(result))),
      this.#unbits(t, this.#slowBits(`${t}.from.${integer}`, [get(value)], get(rm))),
    );
    this.functions.set(
      `${t}.from.${integer}`,
      this.#b.func(signature(['i64', 'i32'], [t]), ['i64', t], body),
    );
  }

  conversions(): void {
    const widen = choose(
      'f64',
      op('f32.eq', get(0), get(0)),
      op('f64.promote_f32', get(0)),
      this.#unbits('f64', this.#slowBits('widen', [this.#bits('f32', get(0))], i32(0))),
    );
    this.functions.set('widen', this.#b.func(signature(['f32'], ['f64']), [], widen));
    const [rm, result] = [1, 2];
    const magnitude = op('f32.abs', get(result));
    const normal = all(
      op('f32.lt', magnitude, f32(Number.POSITIVE_INFINITY)),
      op('f32.gt', magnitude, f32(2 ** -126)),
    );
    const narrow = seq(
      when(
        op('f64.eq', op('f64.promote_f32', tee(result, op('f32.demote_f64', get(0)))), get(0)),
        ret(get(result)),
      ),
      when(all(nearest(rm), inexactNoted, normal), ret(get(result))),
      this.#unbits('f32', this.#slowBits('narrow', [this.#bits('f64', get(0))], get(rm))),
    );
    this.functions.set('narrow', this.#b.func(signature(['f64', 'i32'], ['f32']), ['f32'], narrow));
  }
}

/** Adds all shared functions to the module. */
export function defineFloats(b: ModuleBuilder, soft: number): Floats {
  const floats = new FloatBuilder(b, soft);
  for (const format of FORMATS) {
    floats.arithmetic(format);
    floats.comparisons(format);
    for (const integer of ['w', 'wu', 'l', 'lu'] as const) {
      floats.toInteger(format, integer);
      floats.fromInteger(format, integer);
    }
  }
  floats.fusedSingle();
  floats.fusedDouble();
  floats.conversions();
  return floats.functions;
}
