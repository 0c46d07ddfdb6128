/** The user-level CSRs: floating-point state and counters (Unprivileged ISA, "Zicsr", "Zicntr"). */
import { CSR } from '../isa/index.ts';

/** Where CSRs live while a hart runs. */
export interface CsrState {
  fflags: number;
  frm: number;
  /** Nanoseconds of virtual time, and instructions retired, at this instruction. */
  readonly time: number;
  readonly instret: number;
}

interface CsrRow {
  readonly read: (s: CsrState) => number;
  /** Absent for a read-only register. */
  readonly write?: (s: CsrState, value: number) => void;
}

const ROWS: ReadonlyMap<number, CsrRow> = new Map([
  [
    CSR.fflags,
    {
      read: (s) => s.fflags,
      write: (s, v) => {
        s.fflags = v & 31;
      },
    },
  ],
  [
    CSR.frm,
    {
      read: (s) => s.frm,
      write: (s, v) => {
        s.frm = v & 7;
      },
    },
  ],
  [
    CSR.fcsr,
    {
      read: (s) => s.fflags | (s.frm << 5),
      write: (s, v) => {
        s.fflags = v & 31;
        s.frm = (v >> 5) & 7;
      },
    },
  ],
  [CSR.cycle, { read: (s) => s.instret }],
  [CSR.time, { read: (s) => s.time }],
  [CSR.instret, { read: (s) => s.instret }],
] satisfies [number, CsrRow][]);

/** The register's row, or undefined when there is none at user level. */
export const csrRow = (number: number): CsrRow | undefined => ROWS.get(number);
