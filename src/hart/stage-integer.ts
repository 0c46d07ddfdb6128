/** The stage: operands and integer arithmetic. */
import type { Expr, Sem, ValueType } from '../isa/index.ts';
import { type Code, choose, i64, type Local, select } from '../wasm/index.ts';
import { codeOf, type Emission, expr, keep, typeOf } from './stage.ts';

type I64 = Code<'i64'>;
const two = (f: (a: I64, b: I64) => I64) => (a: Expr<'i64'>, b: Expr<'i64'>) =>
  expr('i64', f(codeOf(a), codeOf(b)));
const test = (f: (a: I64, b: I64) => Code<'i32'>) => (a: Expr<'i64'>, b: Expr<'i64'>) =>
  expr('i32', f(codeOf(a), codeOf(b)));

const WORD = 0xffffffff;

/** 64 × 64 bits, the high half, by halves (Hacker's Delight, 8-2). */
function highProduct(e: Emission, x: Local<'i64'>, y: Local<'i64'>): I64 {
  const low = (v: I64) => i64.and(v, i64.const(WORD));
  const high = (v: I64) => i64.shrU(v, i64.const(32));
  const product = (a: I64, b: I64) => i64.mul(a, b);
  const lows = product(low(x.get()), low(y.get()));
  const mid = keep(e, 'i64', i64.add(product(high(x.get()), low(y.get())), high(lows)));
  const rest = keep(e, 'i64', i64.add(product(low(x.get()), high(y.get())), low(mid.get())));
  return i64.add(i64.add(product(high(x.get()), high(y.get())), high(mid.get())), high(rest.get()));
}

/** WebAssembly traps where RISC-V gives a value: by zero, and for the one overflow. */
interface Division {
  readonly divide: (a: I64, b: I64) => I64;
  readonly byZero: (x: I64) => I64;
  readonly byMinusOne?: (x: I64) => I64;
}

const division =
  (e: Emission, { divide, byZero, byMinusOne }: Division) =>
  (a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'> => {
    const x = keep(e, 'i64', codeOf(a));
    const y = keep(e, 'i64', codeOf(b));
    const plain = divide(x.get(), y.get());
    const safe =
      byMinusOne === undefined
        ? plain
        : choose('i64', i64.eq(y.get(), i64.const(-1)), byMinusOne(x.get()), plain);
    return expr('i64', choose('i64', i64.eqz(y.get()), byZero(x.get()), safe));
  };

const minusOne = (): I64 => i64.const(-1);
const itself = (x: I64): I64 => x;

/** Products of which the high half is wanted, and divisions. */
const wide = (e: Emission) => {
  const operands = (a: Expr<'i64'>, b: Expr<'i64'>) =>
    [keep(e, 'i64', codeOf(a)), keep(e, 'i64', codeOf(b))] as const;
  const correction = (sign: Local<'i64'>, other: Local<'i64'>): I64 =>
    i64.and(i64.shrS(sign.get(), i64.const(63)), other.get());
  return {
    mulhU: (a, b) => expr('i64', highProduct(e, ...operands(a, b))),
    mulhS(a, b) {
      const [x, y] = operands(a, b);
      return expr('i64', i64.sub(i64.sub(highProduct(e, x, y), correction(x, y)), correction(y, x)));
    },
    mulhSU(a, b) {
      const [x, y] = operands(a, b);
      return expr('i64', i64.sub(highProduct(e, x, y), correction(x, y)));
    },
    divS: division(e, { divide: i64.divS, byZero: minusOne, byMinusOne: (x) => i64.sub(i64.const(0), x) }),
    divU: division(e, { divide: i64.divU, byZero: minusOne }),
    remS: division(e, { divide: i64.remS, byZero: itself, byMinusOne: () => i64.const(0) }),
    remU: division(e, { divide: i64.remU, byZero: itself }),
  } satisfies Partial<Sem>;
};

const ARITHMETIC = {
  constant: (v) => expr('i64', i64.const(v)),
  add: two(i64.add),
  sub: two(i64.sub),
  and: two(i64.and),
  or: two(i64.or),
  xor: two(i64.xor),
  shl: two(i64.shl),
  shrU: two(i64.shrU),
  shrS: two(i64.shrS),
  mul: two(i64.mul),
  eq: test(i64.eq),
  ne: test(i64.ne),
  ltS: test(i64.ltS),
  ltU: test(i64.ltU),
  geS: test(i64.geS),
  geU: test(i64.geU),
  select: (cond, yes, no) => expr('i64', select(codeOf(cond), codeOf(yes), codeOf(no))),
  bool: (c) => expr('i64', i64.extendI32U(codeOf(c))),
  sext32: (a) => expr('i64', i64.extend32S(codeOf(a))),
  zext32: (a) => expr('i64', i64.and(codeOf(a), i64.const(WORD))),
} satisfies Partial<Sem>;

/** Everything that computes on integer registers. */
export const integers = (e: Emission) => {
  const { registers, immediate, pc } = e.site;
  return {
    ...ARITHMETIC,
    ...wide(e),
    x: (r) => expr('i64', registers.x(r)),
    setX(r, v) {
      e.statements.push(registers.setX(r, codeOf(v)));
    },
    imm: (i) => expr('i64', immediate(i)),
    pc: () => expr('i64', pc()),
    nextPc: () => expr('i64', i64.add(pc(), i64.const(e.form.size))),
    let<T extends ValueType>(v: Expr<T>): Expr<T> {
      return expr(typeOf(v), keep(e, typeOf(v), codeOf(v)).get());
    },
  } satisfies Partial<Sem>;
};
