/** The registers of a region's function: local variables, loaded from the HART block and written back to it. */
import { layout } from '../../memory/index.ts';
import {
  type Code,
  code,
  drop,
  f32,
  f64,
  i32,
  i64,
  type Local,
  seq,
  type ValueType,
} from '../../wasm/index.ts';
import { type Registers, tokenOf } from '../stage.ts';
import { numbers, type RegisterSet } from './register-set.ts';

const NO_ADDRESS = (): Code<'i32'> => i32.const(0);
/** The upper half of a register that holds a single. */
const BOX = 0xffffffff;

export interface LocalRegisters extends Registers {
  /** The value of an integer register. */
  value(register: number): Code<'i64'>;
  /** Registers that are words, as a bit for each. */
  words: number;
  load(set: RegisterSet): Code<'nothing'>;
  store(set: RegisterSet): Code<'nothing'>;
}

export function localRegisters(local: <T extends ValueType>(type: T) => Local<T>): LocalRegisters {
  const xs: Local<'i64'>[] = [];
  const fs: Local<'f64'>[] = [];
  const lows: Local<'i32'>[] = [];
  const x = (n: number): Local<'i64'> => (xs[n] ??= local('i64'));
  const f = (n: number): Local<'f64'> => (fs[n] ??= local('f64'));
  const low = (n: number): Local<'i32'> => {
    lows[n] ??= local('i32');
    return lows[n];
  };
  const known = (operand: unknown): number => (tokenOf(operand) as { readonly known: number }).known;
  const bits = (operand: unknown) => i64.reinterpret(f(known(operand)).get());
  const setBits = (operand: unknown, value: Code<'i64'>) => f(known(operand)).set(f64.reinterpret(value));
  const registers: LocalRegisters = {
    words: 0,
    value: (n) => x(n).get(),
    x: (r) => (known(r) === 0 ? i64.const(0) : x(known(r)).get()),
    setX(r, v) {
      const n = known(r);
      registers.words &= ~(1 << n);
      return n === 0 ? drop(v) : x(n).set(v);
    },
    low: (r) => ((registers.words >>> known(r)) & 1 ? low(known(r)).get() : undefined),
    // Both are set: engines drop the one that is not used.
    setLow(r, v) {
      const n = known(r);
      if (n === 0) return drop(v);
      registers.words |= 1 << n;
      return seq(low(n).set(v), x(n).set(i64.extendI32S(low(n).get())));
    },
    f64: (r) => f(known(r)).get(),
    setF64: (r, v) => f(known(r)).set(v),
    isBoxed: (r) => i64.eq(i64.shrU(bits(r), i64.const(32)), i64.const(BOX)),
    f32: (r) => f32.reinterpret(i32.wrap(bits(r))),
    setF32: (r, v) => setBits(r, i64.or(i64.extendI32U(i32.reinterpret(v)), i64.const(-(2 ** 32)))),
    fBits: (width, r) => (width === 32 ? i64.extend32S(bits(r)) : bits(r)),
    setFBits: setBits,
    load: (set) =>
      code(
        ...Array.from(numbers(set.x), (n) => x(n).set(i64.load(NO_ADDRESS(), layout.HART_X + 8 * n))),
        ...Array.from(numbers(set.f), (n) => f(n).set(f64.load(NO_ADDRESS(), layout.HART_F + 8 * n))),
      ),
    store: (set) =>
      code(
        ...Array.from(numbers(set.x), (n) => i64.store(NO_ADDRESS(), x(n).get(), layout.HART_X + 8 * n)),
        ...Array.from(numbers(set.f), (n) => f64.store(NO_ADDRESS(), f(n).get(), layout.HART_F + 8 * n)),
      ),
  };
  return registers;
}
