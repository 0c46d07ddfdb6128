/**
 * The `evaluate` stage: one instruction on a plain machine, in bigints, straight from its row. It is slow
 * and has no tricks, so that everything fast can be held against it.
 */
import { decode } from './decode.ts';
import { floatArithmetic, floatRegisters } from './oracle-float.ts';
import { ARITHMETIC, registers } from './oracle-integer.ts';
import { memory } from './oracle-memory.ts';
import { CAUSE, type OracleMachine, type Step, type Trap } from './oracle-state.ts';
import { system } from './oracle-system.ts';
import type { Sem } from './sem.ts';

type Oracle = (word: number) => 'ok' | Trap;

function oracle(machine: OracleMachine): Oracle {
  const step: Step = { machine, word: 0, size: 4, next: 0n, trap: undefined, flags: 0 };
  const sem: Sem = {
    ...ARITHMETIC,
    ...registers(step),
    ...memory(step),
    ...floatRegisters(step),
    ...floatArithmetic(step),
    ...system(step),
  };
  return (word) => {
    step.word = (word & 3) === 3 ? word >>> 0 : word & 0xffff;
    const decoded = decode(word);
    if (!decoded) return { cause: CAUSE.illegal, tval: BigInt(step.word) };
    step.size = decoded.size;
    step.next = BigInt.asUintN(64, machine.pc + BigInt(decoded.size));
    step.trap = undefined;
    step.flags = 0;
    decoded.insn.run(sem, decoded.args as never);
    if (step.trap) return step.trap;
    machine.flags |= step.flags;
    machine.pc = step.next;
    machine.retired++;
    return 'ok';
  };
}

/** A machine's oracle is built once; the cache cannot be observed. */
const oracles = new WeakMap<OracleMachine, Oracle>();

/** Executes an instruction word at the machine's pc. A trap leaves the machine as it was. */
export function step(machine: OracleMachine, word: number): 'ok' | Trap {
  const known = oracles.get(machine) ?? oracle(machine);
  oracles.set(machine, known);
  return known(word);
}

/** Fetches an instruction and executes it. */
export function stepFetched(machine: OracleMachine): 'ok' | Trap {
  const word = fetchWord(machine);
  return typeof word === 'number' ? step(machine, word) : word;
}

/** The instruction word at the machine's pc. */
function fetchWord({ pc, memory }: OracleMachine): number | Trap {
  let word = 0;
  for (let i = 0; i < 4; i++) {
    const address = BigInt.asUintN(64, pc + BigInt(i));
    if (!memory.allows(address, 'fetch')) return { cause: CAUSE.fetchPageFault, tval: address };
    word |= memory.get(address) << (8 * i);
    if (i === 1 && (word & 3) !== 3) break;
  }
  return word >>> 0;
}
