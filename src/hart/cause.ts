/** Why a run ended, by RISC-V's exception codes (Privileged ISA, mcause), and the end of the slice. */
export const CAUSE = {
  slice: -1,
  illegal: 2,
  breakpoint: 3,
  'misaligned-load': 4,
  'misaligned-store': 6,
  ecall: 8,
  'fetch-fault': 12,
  'load-fault': 13,
  'store-fault': 15,
} as const;

export type TrapCause = keyof typeof CAUSE;

export const CAUSE_NAMES: ReadonlyMap<number, TrapCause> = new Map(
  Object.entries(CAUSE).map(([name, code]) => [code, name as TrapCause]),
);
