/** Floating point in words. */
import { atom, compound, infix, inside, oneIf, textOf } from './explain-text.ts';
import { F_NAMES, ROUNDING_NAMES } from './names.ts';
import type { Expr, FloatType, IntFormat, Rounding, Sem, ValueType } from './sem.ts';

const ROUNDED: Readonly<Record<string, string>> = {
  rne: 'rounded to nearest',
  rtz: 'rounded toward zero',
  rdn: 'rounded down',
  rup: 'rounded up',
  rmm: 'rounded to nearest, ties away from zero',
};

const INTEGER: Readonly<Record<IntFormat, string>> = { w: 'int32', wu: 'uint32', l: 'int64', lu: 'uint64' };
const FLOAT: Readonly<Record<FloatType, string>> = { f32: 'single', f64: 'double' };

type SameType = <F extends FloatType>(a: Expr<F>, b: Expr<F>) => Expr<F>;
const plus: SameType = infix('+');
const minus: SameType = infix('−');
const times: SameType = infix('×');
const over: SameType = infix('÷');

const name = (r: unknown): string => F_NAMES[r as number]!;

function signInjected<F extends FloatType>(a: Expr<F>, b: Expr<F>, how: 'copy' | 'negate' | 'xor'): Expr<F> {
  const [x, y] = [inside(a), inside(b)];
  if (x === y) return atom(how === 'copy' ? x : how === 'negate' ? `−${x}` : `|${x}|`);
  if (how === 'xor') return compound(`${x} with its sign times that of ${y}`);
  return compound(`|${x}| with the ${how === 'copy' ? '' : 'opposite '}sign of ${y}`);
}

/** `say` adds a statement; a rounding mode of the instruction's own is worth one. */
export const floatInWords = (say: (statement: string) => void) => {
  const rounded = <T extends ValueType>(e: Expr<T>, rm: Rounding): Expr<T> => {
    const mode = ROUNDING_NAMES[rm as unknown as number];
    const words = mode === undefined ? ', with a reserved rounding mode' : ROUNDED[mode];
    return words ? compound(`${textOf(e).text} ${words}`) : e;
  };
  const set = <F extends FloatType>(r: unknown, v: Expr<F>) => say(`${name(r)} ← ${textOf(v).text}`);
  return {
    f32: (r) => atom(name(r)),
    f64: (r) => atom(name(r)),
    setF32: set,
    setF64: set,
    fBits: (width, r) => atom(`bits${width}(${name(r)})`),
    setFBits: (width, r, v) => say(`${name(r)} ← bits${width}(${textOf(v).text})`),
    fadd: (a, b, rm) => rounded(plus(a, b), rm),
    fsub: (a, b, rm) => rounded(minus(a, b), rm),
    fmul: (a, b, rm) => rounded(times(a, b), rm),
    fdiv: (a, b, rm) => rounded(over(a, b), rm),
    fsqrt: (a, rm) => rounded(atom(`√${inside(a)}`), rm),
    fma: (a, b, c, { product, addend }, rm) => {
      const left = `${product < 0 ? '−' : ''}${inside(a)} × ${inside(b)}`;
      return rounded(compound(`${left} ${addend < 0 ? '−' : '+'} ${inside(c)}`), rm);
    },
    fmin: (a, b) => atom(`min(${textOf(a).text}, ${textOf(b).text})`),
    fmax: (a, b) => atom(`max(${textOf(a).text}, ${textOf(b).text})`),
    fsgnj: signInjected,
    feq: (a, b) => oneIf(infix('=')(a, b)),
    flt: (a, b) => oneIf(infix('<')(a, b)),
    fle: (a, b) => oneIf(infix('≤')(a, b)),
    fclass: (a) => atom(`class(${textOf(a).text})`),
    fToInt: (a, to, rm) => rounded(atom<'i64'>(`${INTEGER[to]}(${textOf(a).text})`), rm),
    intToF: (v, from, to, rm) => rounded(atom(`${FLOAT[to]}(${INTEGER[from]}(${textOf(v).text}))`), rm),
    widen: (a) => atom(`double(${textOf(a).text})`),
    narrow: (a, rm) => rounded(atom(`single(${textOf(a).text})`), rm),
  } satisfies Partial<Sem>;
};
