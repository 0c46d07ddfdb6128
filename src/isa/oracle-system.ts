/** The oracle's CSRs, fences and environment calls. */
import { CSR } from './names.ts';
import {
  CAUSE,
  int,
  numberOf,
  type OracleMachine,
  raise,
  raiseIllegal,
  type Step,
  wrap,
} from './oracle-state.ts';
import type { CsrOp, Sem } from './sem.ts';

interface Csr {
  readonly read: (m: OracleMachine) => bigint;
  /** Absent for those that a program may only read. */
  readonly write?: (m: OracleMachine, value: number) => void;
}

const CSRS: ReadonlyMap<number, Csr> = new Map<number, Csr>([
  [
    CSR.fflags,
    {
      read: (m) => BigInt(m.flags),
      write: (m, value) => {
        m.flags = value & 31;
      },
    },
  ],
  [
    CSR.frm,
    {
      read: (m) => BigInt(m.frm),
      write: (m, value) => {
        m.frm = value & 7;
      },
    },
  ],
  [
    CSR.fcsr,
    {
      read: (m) => BigInt((m.frm << 5) | m.flags),
      write: (m, value) => {
        m.flags = value & 31;
        m.frm = (value >> 5) & 7;
      },
    },
  ],
  [CSR.cycle, { read: (m) => m.retired }],
  [CSR.time, { read: (m) => m.time }],
  [CSR.instret, { read: (m) => m.retired }],
]);

const UPDATE: Readonly<Record<CsrOp, (old: bigint, value: bigint) => bigint>> = {
  write: (_, value) => value,
  set: (old, value) => old | value,
  clear: (old, value) => old & ~value,
};

/** Everything that is neither arithmetic nor memory. */
export const system = (step: Step) => {
  const { machine } = step;
  return {
    csr: (op, number, rd, value, source) => {
      const csr = CSRS.get(numberOf(number));
      const writes = op === 'write' || numberOf(source) !== 0;
      if (!csr || (writes && !csr.write)) return raiseIllegal(step);
      const old = csr.read(machine);
      if (writes) csr.write!(machine, Number(UPDATE[op](old, int(value)) & 0xffn));
      if (numberOf(rd) !== 0) machine.x[numberOf(rd)] = int(wrap(old));
    },
    fence: () => {},
    fenceI: () => {},
    ecall: () => raise(step, CAUSE.ecall, 0n),
    ebreak: () => raise(step, CAUSE.breakpoint, machine.pc),
    illegal: () => raiseIllegal(step),
  } satisfies Partial<Sem>;
};
