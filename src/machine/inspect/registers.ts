/** The registers of a task that does not run, as exact text: a number of 64 bits is no JavaScript number. */
import type { Kernel } from '../../kernel/index.ts';
import { layout } from '../../memory/index.ts';

/** The calling convention's names of x0 to x31. */
const X_NAMES =
  'zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6'.split(
    ' ',
  );
const F_NAMES =
  'ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7 fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11'.split(
    ' ',
  );

/** Hexadecimal, 16 digits. */
export interface RegistersView {
  readonly pc: string;
  /** By the names of the calling convention, `ra` to `t6`. */
  readonly x: Readonly<Record<string, string>>;
  readonly f: Readonly<Record<string, string>>;
  /** Sticky flags NV DZ OF UF NX as bits 4 to 0, and the rounding mode. */
  readonly fflags: number;
  readonly frm: number;
}

const PC = layout.HART_PC - layout.HART_X;
const F = layout.HART_F - layout.HART_X;
const FFLAGS = layout.HART_FFLAGS - layout.HART_X;
const FRM = layout.HART_FRM - layout.HART_X;

/** Registers in a slot of the register file. */
export function registersAt(k: Kernel, slot: number): RegistersView {
  const { u32 } = k.memory.frames;
  const word = (offset: number) => u32[(slot + offset) >>> 2]!.toString(16).padStart(8, '0');
  const at = (offset: number) => `0x${word(offset + 4)}${word(offset)}`;
  const named = (names: readonly string[], from: number) =>
    Object.fromEntries(names.map((name, i) => [name, at(from + 8 * i)]));
  const { zero: _, ...x } = named(X_NAMES, 0);
  return {
    pc: at(PC),
    x,
    f: named(F_NAMES, F),
    fflags: u32[(slot + FFLAGS) >>> 2]!,
    frm: u32[(slot + FRM) >>> 2]!,
  };
}
