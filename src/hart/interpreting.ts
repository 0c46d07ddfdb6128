/** How interpreting code reaches what an instruction works on: registers in memory, operands in the operation. */
import { layout } from '../memory/index.ts';
import {
  type Code,
  call,
  drop,
  f32,
  f64,
  i32,
  i64,
  type Local,
  seq,
  unreachable,
  type ValueType,
  when,
} from '../wasm/index.ts';
import { CAUSE } from './cause.ts';
import { AT, OP_SHIFT } from './operation.ts';
import { JUMPS, JUMPS_NEXT, JUMPS_SIZE, noteTrap, pcOf, setWord, word } from './place.ts';
import { type Emission, type Registers, type Site, tokenOf } from './stage.ts';

/** Where a handler stands: in the loop, or in a function of its own. */
export interface Place {
  /** Address of the operation. */
  readonly operation: Local<'i32'>;
  /** A local variable for this handler only. */
  local<T extends ValueType>(type: T): Local<T>;
  /** Goes on with the operation at an address in this page. */
  goTo(operation: Code<'i32'>): Code<never>;
  /** Goes on at a pc. */
  jump(pc: Code<'i64'>): Code<never>;
}

/** Bytes of operations for a byte of code. */
export const SLOT = 1 << OP_SHIFT;
/** The upper half of a register that holds a single. */
const BOX = -1;
/** How a CSR's row is told whether its source is an immediate. */
const IMMEDIATE = 3;

const isX0 = (operand: unknown): boolean => {
  const token = tokenOf(operand);
  return 'known' in token && token.known === 0;
};

/** The registers in the HART block; operands that are not known are addresses in the operation. */
function memoryRegisters(operation: Local<'i32'>): Registers {
  const address = (base: number) => (operand: unknown) => {
    const token = tokenOf(operand);
    return 'known' in token ? i32.const(base + 8 * token.known) : i32.load16U(operation.get(), token.at);
  };
  const x = address(layout.HART_X);
  const f = address(layout.HART_F);
  return {
    x: (r) => (isX0(r) ? i64.const(0) : i64.load(x(r))),
    setX: (r, v) => (isX0(r) ? drop(v) : i64.store(x(r), v)),
    low: () => undefined,
    setLow: (r, v) => i64.store(x(r), i64.extendI32S(v)),
    f64: (r) => f64.load(f(r)),
    setF64: (r, v) => f64.store(f(r), v),
    isBoxed: (r) => i32.eq(i32.load(f(r), 4), i32.const(BOX)),
    f32: (r) => f32.load(f(r)),
    setF32: (r, v) => seq(f32.store(f(r), v), i32.store(f(r), i32.const(BOX), 4)),
    fBits: (width, r) => (width === 32 ? i64.load32S : i64.load)(f(r)),
    setFBits: (r, v) => i64.store(f(r), v),
  };
}

/** The site of handlers; `emission` is what they are made with. */
export function interpretingSite({ operation, local, goTo, jump }: Place, emission: () => Emission): Site {
  const pc = () => pcOf(operation.get());
  /** In a near form the field already holds the distance between operations. */
  const byOffset = (): Code<never> =>
    emission().form.twist === 'near'
      ? goTo(i32.add(operation.get(), i32.load(operation.get(), AT.imm)))
      : jump(i64.add(pc(), i64.load32S(operation.get(), AT.imm)));
  const illegal = (): Code<never> => {
    const { helpers, trapped } = emission();
    return seq(noteTrap(CAUSE.illegal, i64.extendI32U(call(helpers.word, operation.get()))), trapped);
  };
  return {
    registers: memoryRegisters(operation),
    local,
    bank: () => word(layout.HART_TLB),
    grouped: () => undefined,
    remembered: () => undefined,
    giveUp: () => unreachable,
    pc,
    immediate(operand) {
      const token = tokenOf(operand);
      if ('known' in token) return i64.const(token.known);
      if (token.at === AT.third) return i64.load16U(operation.get(), token.at);
      return i64.load32S(operation.get(), token.at);
    },
    number: (operand) => (tokenOf(operand) as { readonly known: number }).known,
    rounding: () => i32.load8U(operation.get(), AT.rm),
    branch: (condition) =>
      seq(
        when(condition, byOffset()),
        goTo(i32.add(operation.get(), i32.const(emission().form.size * SLOT))),
      ),
    jumpBy: byOffset,
    jump(pc) {
      const to = emission().site.local('i64');
      const next = emission().site.local('i32');
      return seq(
        to.set(pc),
        next.set(word(JUMPS_NEXT)),
        i64.store(next.get(), pcOf(operation.get()), JUMPS),
        i64.store(next.get(), to.get(), JUMPS + 8),
        setWord(JUMPS_NEXT, i32.and(i32.add(next.get(), i32.const(16)), i32.const(JUMPS_SIZE - 1))),
        jump(to.get()),
      );
    },
    illegal,
    csr(how, source) {
      const token = tokenOf(source);
      const immediate = 'at' in token && token.at === AT.third ? IMMEDIATE : 0;
      const known = call(emission().helpers.csr, operation.get(), i32.const(how + immediate));
      return when(i32.eqz(known), illegal());
    },
  };
}
