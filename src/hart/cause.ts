/** Why a run ended, by RISC-V's exception codes (Privileged ISA, mcause), and the end of the slice. */
export const CAUSE = {
  slice: 0,
  illegal: 2,
  breakpoint: 3,
  'misaligned-load': 4,
  'misaligned-store': 6,
  ecall: 8,
  'fetch-fault': 12,
  'load-fault': 13,
  'store-fault': 15,
} as const;

/** Why a run ended. */
export type TrapCause = keyof typeof CAUSE;

/** The names by their codes. */
export const CAUSE_NAMES: readonly (TrapCause | undefined)[] = Array.from({ length: 16 }, (_, code) =>
  (Object.keys(CAUSE) as TrapCause[]).find((name) => CAUSE[name] === code),
);
