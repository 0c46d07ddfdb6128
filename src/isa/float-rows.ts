/**
 * The shapes that single and double precision share. The mnemonics stand in `rv64f.ts` and `rv64d.ts`; a
 * `Format` says which registers' halves and which primitives a row uses.
 */
import { insn, type Row } from './insn.ts';
import type { Expr, FloatType, FReg, IntFormat, Rounding, Sem } from './sem.ts';

/** A floating-point format: its two bits in the encoding and how registers hold it. */
export interface Format<F extends FloatType> {
  readonly type: F;
  readonly bits: '00' | '01';
  readonly get: (s: Sem, r: FReg) => Expr<F>;
  readonly set: (s: Sem, r: FReg, v: Expr<F>) => void;
}

export const SINGLE: Format<'f32'> = {
  type: 'f32',
  bits: '00',
  get: (s, r) => s.f32(r),
  set: (s, r, v) => s.setF32(r, v),
};

export const DOUBLE: Format<'f64'> = {
  type: 'f64',
  bits: '01',
  get: (s, r) => s.f64(r),
  set: (s, r, v) => s.setF64(r, v),
};

type Arithmetic = <F extends FloatType>(s: Sem, a: Expr<F>, b: Expr<F>, rm: Rounding) => Expr<F>;

/** `fd ← f(fs1, fs2)`, rounded. */
export const arithmetic = <F extends FloatType>(
  { bits, get, set }: Format<F>,
  name: string,
  funct5: string,
  f: Arithmetic,
): Row =>
  insn(name, {
    bits: `${funct5}${bits} fs2 fs1 rm fd 1010011`,
    asm: 'fd, fs1, fs2, rm',
    run: (s, { fd, fs1, fs2, rm }) => set(s, fd, f(s, get(s, fs1), get(s, fs2), rm)),
  });

/** The square root, the only one-operand arithmetic. */
export const squareRoot = <F extends FloatType>({ bits, get, set }: Format<F>, name: string): Row =>
  insn(name, {
    bits: `01011${bits} 00000 fs1 rm fd 1010011`,
    asm: 'fd, fs1, rm',
    run: (s, { fd, fs1, rm }) => set(s, fd, s.fsqrt(get(s, fs1), rm)),
  });

/** `fd ← ±(fs1 × fs2) ± fs3`, rounded once. */
export const fused = <F extends FloatType>(
  { bits, get, set }: Format<F>,
  name: string,
  opcode: string,
  product: 1 | -1,
  addend: 1 | -1,
): Row =>
  insn(name, {
    bits: `fs3 ${bits} fs2 fs1 rm fd ${opcode}`,
    asm: 'fd, fs1, fs2, fs3, rm',
    run: (s, { fd, fs1, fs2, fs3, rm }) =>
      set(s, fd, s.fma(get(s, fs1), get(s, fs2), get(s, fs3), { product, addend }, rm)),
  });

type Selection = <F extends FloatType>(s: Sem, a: Expr<F>, b: Expr<F>) => Expr<F>;

/** Sign injection, minimum and maximum: exact, no rounding mode. */
export const selection = <F extends FloatType>(
  { bits, get, set }: Format<F>,
  name: string,
  funct5: string,
  funct3: string,
  f: Selection,
): Row =>
  insn(name, {
    bits: `${funct5}${bits} fs2 fs1 ${funct3} fd 1010011`,
    asm: 'fd, fs1, fs2',
    run: (s, { fd, fs1, fs2 }) => set(s, fd, f(s, get(s, fs1), get(s, fs2))),
  });

type Comparison = <F extends FloatType>(s: Sem, a: Expr<F>, b: Expr<F>) => Expr<'i64'>;

/** Comparison to an integer register. */
export const comparison = <F extends FloatType>(
  { bits, get }: Format<F>,
  name: string,
  funct3: string,
  f: Comparison,
): Row =>
  insn(name, {
    bits: `10100${bits} fs2 fs1 ${funct3} rd 1010011`,
    asm: 'rd, fs1, fs2',
    run: (s, { rd, fs1, fs2 }) => s.setX(rd, f(s, get(s, fs1), get(s, fs2))),
  });

/** The class of a number, as a bit. */
export const classification = <F extends FloatType>({ bits, get }: Format<F>, name: string): Row =>
  insn(name, {
    bits: `11100${bits} 00000 fs1 001 rd 1010011`,
    asm: 'rd, fs1',
    run: (s, { rd, fs1 }) => s.setX(rd, s.fclass(get(s, fs1))),
  });

const INTEGER = { w: '00000', wu: '00001', l: '00010', lu: '00011' } as const;

/** Float to integer. */
export const toInteger = <F extends FloatType>(
  { bits, get }: Format<F>,
  name: string,
  integer: IntFormat,
): Row =>
  insn(name, {
    bits: `11000${bits} ${INTEGER[integer]} fs1 rm rd 1010011`,
    asm: 'rd, fs1, rm',
    run: (s, { rd, fs1, rm }) => s.setX(rd, s.fToInt(get(s, fs1), integer, rm)),
  });

/** Integer to float. A word always fits a double, so assembly writes no rounding mode there. */
export const fromInteger = <F extends FloatType>(
  { bits, type, set }: Format<F>,
  name: string,
  integer: IntFormat,
): Row =>
  insn(name, {
    bits: `11010${bits} ${INTEGER[integer]} rs1 rm fd 1010011`,
    asm: type === 'f64' && (integer === 'w' || integer === 'wu') ? 'fd, rs1' : 'fd, rs1, rm',
    run: (s, { fd, rs1, rm }) => set(s, fd, s.intToF(s.x(rs1), integer, type, rm)),
  });

/** The register's bits to an integer register, as they are. */
export const bitsToInteger = (name: string, bits: '00' | '01', width: 32 | 64): Row =>
  insn(name, {
    bits: `11100${bits} 00000 fs1 000 rd 1010011`,
    asm: 'rd, fs1',
    run: (s, { rd, fs1 }) => s.setX(rd, s.fBits(width, fs1)),
  });

/** An integer register's bits to the register, as they are. */
export const bitsFromInteger = (name: string, bits: '00' | '01', width: 32 | 64): Row =>
  insn(name, {
    bits: `11110${bits} 00000 rs1 000 fd 1010011`,
    asm: 'fd, rs1',
    run: (s, { fd, rs1 }) => s.setFBits(width, fd, s.x(rs1)),
  });
