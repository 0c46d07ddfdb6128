/** The names assembly uses for registers, rounding modes, fence sets and CSRs. */

/** ABI names of x0-x31. */
export const X_NAMES: readonly string[] =
  'zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6'.split(
    ' ',
  );

/** ABI names of f0-f31. */
export const F_NAMES: readonly string[] =
  'ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7 fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11'.split(
    ' ',
  );

/** The `rm` field; 5 and 6 are reserved. */
export const ROUNDING_NAMES: readonly (string | undefined)[] = [
  'rne',
  'rtz',
  'rdn',
  'rup',
  'rmm',
  undefined,
  undefined,
  'dyn',
];

/** Numbers of the CSRs a user-level program may touch on this machine. */
export const CSR = {
  fflags: 0x001,
  frm: 0x002,
  fcsr: 0x003,
  cycle: 0xc00,
  time: 0xc01,
  instret: 0xc02,
} as const;

const registers = (prefix: string, names: readonly string[]): [string, number][] =>
  names.flatMap((name, i): [string, number][] => [
    [name, i],
    [`${prefix}${i}`, i],
  ]);

/** Every name of an integer register, with its number. */
export const X_BY_NAME: ReadonlyMap<string, number> = new Map([...registers('x', X_NAMES), ['fp', 8]]);

/** Every name of a floating-point register, with its number. */
export const F_BY_NAME: ReadonlyMap<string, number> = new Map(registers('f', F_NAMES));
