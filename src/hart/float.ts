/**
 * Floating point for careful handlers. Where rounding is to nearest, hardware gives the result, and arithmetic
 * without errors (Dekker 1971, Knuth's TwoSum) tells whether it is exact, which is all that inexactness needs.
 * What may be invalid, overflow or underflow, and all other rounding modes, go to the host's `soft.ts`.
 *
 * No NaN comes from hardware: WebAssembly leaves its bits open, RISC-V wants the canonical one.
 */
import type { FloatType } from '../isa/index.ts';
import {
  type Code,
  call,
  type Func,
  i32,
  i64,
  type Local,
  type ModuleBuilder,
  seq,
  type ValueType,
  when,
} from '../wasm/index.ts';
import { DOUBLE } from './float-double.ts';
import { bitsOf, fromBits } from './float-format.ts';
import type { Early } from './float-operation.ts';
import { SINGLE } from './float-single.ts';
import { softNumber } from './soft.ts';

/** The host's exact arithmetic: (number, a, b, c, rounding mode), all bits. */
export type Soft = Func<readonly ['i32', 'i64', 'i64', 'i64', 'i32'], 'i64'>;
/** Functions by the names handlers call them by. */
export type Floats = Map<string, Func<readonly ValueType[], ValueType>>;

/** Calls the host; operands are bits. */
export function soft(f: Soft, name: string, operands: readonly Code<'i64'>[], rm: Code<'i32'>): Code<'i64'> {
  const [a = i64.const(0), b = i64.const(0), c = i64.const(0)] = operands;
  return call(f, i32.const(softNumber(name)), a, b, c, rm);
}

const ARITY: Readonly<Record<string, number>> = { add: 2, mul: 2, div: 2, sqrt: 1, fma: 3 };

/** An operation of one format: early in hardware, else the host. */
function defineRounded<F extends FloatType>(
  m: ModuleBuilder,
  type: F,
  name: string,
  early: Early<F>,
  host: Soft,
): Func {
  const params = [...Array<F>(ARITY[name]!).fill(type), 'i32' as const];
  return m.func(`${type}.${name}`, params, type, ({ params: locals, local }) => {
    const operands = locals.slice(0, -1) as unknown as Local<F>[];
    const rm = locals.at(-1) as Local<'i32'>;
    const operation = { operands, local: (t: 'f64') => local(t), result: local(type) };
    const bits = operands.map((v) => bitsOf(type, v));
    return seq(
      when(i32.eqz(rm.get()), early(operation)),
      fromBits(type, soft(host, `${type}.${name}`, bits, rm.get())),
    );
  });
}

/** Adds the rounded operations. */
export function defineArithmetic(m: ModuleBuilder, floats: Floats, host: Soft): void {
  for (const [name, early] of Object.entries(SINGLE))
    floats.set(
      `f32.${name}`,
      defineRounded(m, 'f32', name, early, host) as Func<readonly ValueType[], 'f32'>,
    );
  for (const [name, early] of Object.entries(DOUBLE))
    floats.set(
      `f64.${name}`,
      defineRounded(m, 'f64', name, early, host) as Func<readonly ValueType[], 'f64'>,
    );
}
