/**
 * The `evaluate` stage: one instruction on a plain machine, in bigints, straight from its row. It is slow
 * and has no tricks, so that everything fast can be held against it.
 */
import type { FieldName } from './bits.ts';
import { decode } from './decode.ts';
import { floatArithmetic, floatRegisters } from './oracle-float.ts';
import { ARITHMETIC, registers } from './oracle-integer.ts';
import { memory } from './oracle-memory.ts';
import { CAUSE, type OracleMachine, type Step, type Token, type Trap } from './oracle-state.ts';
import { system } from './oracle-system.ts';
import type { Sem } from './sem.ts';

/** Executes one instruction word at `machine.pc`. A trap leaves the machine as it was. */
export function step(machine: OracleMachine, word: number): 'ok' | Trap {
  const decoded = decode(word);
  const bits = (word & 3) === 3 ? word : word & 0xffff;
  if (!decoded) return { cause: CAUSE.illegal, tval: BigInt(bits >>> 0) };
  const next = BigInt.asUintN(64, machine.pc + BigInt(decoded.size));
  const state: Step = { machine, decoded, word: bits, next, trap: undefined };
  const raised = { flags: 0 };
  const sem: Sem = {
    ...ARITHMETIC,
    ...registers(state),
    ...memory(state),
    ...floatRegisters(state),
    ...floatArithmetic(state, raised),
    ...system(state),
  };
  decoded.insn.run(sem, tokens(decoded.args) as never);
  if (state.trap) return state.trap;
  machine.flags |= raised.flags;
  machine.pc = state.next;
  machine.retired++;
  return 'ok';
}

const tokens = (args: Readonly<Record<string, number>>): Record<string, Token> =>
  Object.fromEntries(Object.entries(args).map(([name, value]) => [name as FieldName, { value }]));

/** Fetches and executes one instruction. */
export function stepFetched(machine: OracleMachine): 'ok' | Trap {
  const { pc, memory } = machine;
  let word = 0;
  for (let i = 0; i < 4; i++) {
    const address = BigInt.asUintN(64, pc + BigInt(i));
    if (!memory.allows(address, 'fetch')) return { cause: CAUSE.fetchPageFault, tval: address };
    word |= memory.get(address) << (8 * i);
    if (i === 1 && (word & 3) !== 3) break;
  }
  return step(machine, word);
}
