/** The oracle's registers, integer arithmetic and control flow. */
import { expr, int, numberOf, type Step, signed, truth, wrap } from './oracle-state.ts';
import type { Expr, Sem } from './sem.ts';

type Binary = (a: Expr<'i64'>, b: Expr<'i64'>) => Expr<'i64'>;
type Condition = (a: Expr<'i64'>, b: Expr<'i64'>) => Expr<'i32'>;

const onUnsigned =
  (f: (a: bigint, b: bigint) => bigint): Binary =>
  (a, b) =>
    wrap(f(int(a), int(b)));
const onSigned =
  (f: (a: bigint, b: bigint) => bigint): Binary =>
  (a, b) =>
    wrap(f(signed(a), signed(b)));
const condition =
  (f: (a: bigint, b: bigint) => boolean, view: (e: Expr<'i64'>) => bigint): Condition =>
  (a, b) =>
    expr(f(view(a), view(b)));

const quotient = (a: bigint, b: bigint): bigint => (b === 0n ? -1n : a / b);
const remainder = (a: bigint, b: bigint): bigint => (b === 0n ? a : a % b);

/** Arithmetic needs nothing of the machine. */
export const ARITHMETIC = {
  constant: (v) => wrap(BigInt(v)),
  let: (v) => v,
  add: onUnsigned((a, b) => a + b),
  sub: onUnsigned((a, b) => a - b),
  and: onUnsigned((a, b) => a & b),
  or: onUnsigned((a, b) => a | b),
  xor: onUnsigned((a, b) => a ^ b),
  shl: onUnsigned((a, b) => a << (b & 63n)),
  shrU: onUnsigned((a, b) => a >> (b & 63n)),
  shrS: onSigned((a, b) => a >> (b & 63n)),
  mul: onUnsigned((a, b) => a * b),
  mulhS: onSigned((a, b) => (a * b) >> 64n),
  mulhU: onUnsigned((a, b) => (a * b) >> 64n),
  mulhSU: (a, b) => wrap((signed(a) * int(b)) >> 64n),
  divS: onSigned(quotient),
  divU: onUnsigned(quotient),
  remS: onSigned(remainder),
  remU: onUnsigned(remainder),
  eq: condition((a, b) => a === b, int),
  ne: condition((a, b) => a !== b, int),
  ltS: condition((a, b) => a < b, signed),
  ltU: condition((a, b) => a < b, int),
  geS: condition((a, b) => a >= b, signed),
  geU: condition((a, b) => a >= b, int),
  select: (cond, yes, no) => (truth(cond) ? yes : no),
  bool: (c) => wrap(truth(c) ? 1n : 0n),
  sext32: (a) => wrap(BigInt.asIntN(32, int(a))),
  zext32: (a) => wrap(BigInt.asUintN(32, int(a))),
} satisfies Partial<Sem>;

/** Registers and the pc. */
export const registers = (step: Step) => {
  const { machine } = step;
  return {
    x: (r) => expr(machine.x[numberOf(r)]),
    setX: (r, v) => {
      if (!step.trap && numberOf(r) !== 0) machine.x[numberOf(r)] = int(v);
    },
    imm: (i) => wrap(BigInt(numberOf(i))),
    pc: () => wrap(machine.pc),
    nextPc: () => wrap(machine.pc + BigInt(step.size)),
    branchIf: (cond, offset) => {
      if (truth(cond)) step.next = BigInt.asUintN(64, machine.pc + BigInt(numberOf(offset)));
    },
    jumpBy: (offset) => {
      step.next = BigInt.asUintN(64, machine.pc + BigInt(numberOf(offset)));
    },
    jumpTo: (addr) => {
      step.next = int(addr) & ~1n;
    },
  } satisfies Partial<Sem>;
};
