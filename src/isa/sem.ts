/**
 * What an instruction may do. A row's `run` is executed once per stage and only what the words of this
 * interface answer differs: the interpreter and the compiler answer with WebAssembly, the oracle with
 * bigints, the explainer with text.
 *
 * Rules of a row: it never mentions x0, floating-point flags, the step of the pc or alignment (the
 * primitive does); it reads, then does the one thing that may trap, then writes; it has no JavaScript
 * `if` on an operand's value.
 */

/** Operand tokens. What they hold is the stage's business: a known number, or code that extracts it. */
export interface XReg {
  readonly file: 'x';
}
export interface FReg {
  readonly file: 'f';
}
export interface Imm {
  readonly file: 'imm';
}
/** The rounding-mode field of a floating-point instruction (7 = dynamic, 5 and 6 are illegal). */
export interface Rounding {
  readonly file: 'rm';
}
/** A bit that carries no meaning on one host thread (aq, rl) or is only printed (pred, succ). */
export interface Hint {
  readonly file: 'hint';
}

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64';
export type FloatType = 'f32' | 'f64';

declare const computes: unique symbol;
/** A value of type `T` that the stage computes, usable exactly once unless it came from `let`. */
export interface Expr<T extends ValueType> {
  readonly [computes]: T;
}

export type Width = 8 | 16 | 32 | 64;
/** Integer formats of the conversions: signed/unsigned word and doubleword. */
export type IntFormat = 'w' | 'wu' | 'l' | 'lu';
export type CsrOp = 'write' | 'set' | 'clear';

export interface Sem {
  // Operands
  x(r: XReg): Expr<'i64'>;
  setX(r: XReg, v: Expr<'i64'>): void;
  /** Reads a single: a register that is not NaN-boxed reads as the canonical NaN. */
  f32(r: FReg): Expr<'f32'>;
  /** Writes a single NaN-boxed. */
  setF32(r: FReg, v: Expr<'f32'>): void;
  f64(r: FReg): Expr<'f64'>;
  setF64(r: FReg, v: Expr<'f64'>): void;
  imm(i: Imm): Expr<'i64'>;
  constant(v: number): Expr<'i64'>;
  /** Address of this instruction. */
  pc(): Expr<'i64'>;
  /** Address of the next instruction (pc + 2 or + 4). */
  nextPc(): Expr<'i64'>;
  /** Computes once what is used more than once. */
  let<T extends ValueType>(v: Expr<T>): Expr<T>;

  // Integers
  add(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'>;
  sub(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'>;
  and(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'>;
  or(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'>;
  xor(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'>;
  /** Shifts use the low six bits of the amount. */
  shl(a: Expr<'i64'>, by: Expr<'i64'>): Expr<'i64'>;
  shrU(a: Expr<'i64'>, by: Expr<'i64'>): Expr<'i64'>;
  shrS(a: Expr<'i64'>, by: Expr<'i64'>): Expr<'i64'>;
  mul(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'>;
  /** High 64 bits of the 128-bit product. */
  mulhS(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'>;
  mulhU(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'>;
  mulhSU(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'>;
  /** Division as RISC-V has it: by zero gives all ones (remainder: the dividend), overflow wraps. */
  divS(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'>;
  divU(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'>;
  remS(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'>;
  remU(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'>;
  eq(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i32'>;
  ne(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i32'>;
  ltS(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i32'>;
  ltU(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i32'>;
  geS(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i32'>;
  geU(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i32'>;
  select(cond: Expr<'i32'>, yes: Expr<'i64'>, no: Expr<'i64'>): Expr<'i64'>;
  /** A condition as 0 or 1. */
  bool(c: Expr<'i32'>): Expr<'i64'>;
  sext32(a: Expr<'i64'>): Expr<'i64'>;
  zext32(a: Expr<'i64'>): Expr<'i64'>;

  // Memory (may trap; any alignment unless said otherwise)
  loadS(width: Width, addr: Expr<'i64'>): Expr<'i64'>;
  loadU(width: Width, addr: Expr<'i64'>): Expr<'i64'>;
  store(width: Width, addr: Expr<'i64'>, value: Expr<'i64'>): void;
  loadF32(addr: Expr<'i64'>): Expr<'f32'>;
  loadF64(addr: Expr<'i64'>): Expr<'f64'>;
  /** fsw stores the low 32 bits of the register as they are, boxed or not. */
  storeF32(addr: Expr<'i64'>, r: FReg): void;
  storeF64(addr: Expr<'i64'>, r: FReg): void;
  /** lr: sign-extended load that takes the reservation. Must be aligned. */
  loadReserved(width: 32 | 64, addr: Expr<'i64'>): Expr<'i64'>;
  /** sc: 0 when stored, 1 when the reservation was gone. Must be aligned. Always drops the reservation. */
  storeConditional(width: 32 | 64, addr: Expr<'i64'>, value: Expr<'i64'>): Expr<'i64'>;
  /** An AMO: gives the old value (sign-extended), stores `f(old)`. Must be aligned. */
  amo(width: 32 | 64, addr: Expr<'i64'>, f: (old: Expr<'i64'>) => Expr<'i64'>): Expr<'i64'>;

  // Floating point: rounding, canonical NaNs and sticky flags are the primitive's business
  fadd<F extends FloatType>(a: Expr<F>, b: Expr<F>, rm: Rounding): Expr<F>;
  fsub<F extends FloatType>(a: Expr<F>, b: Expr<F>, rm: Rounding): Expr<F>;
  fmul<F extends FloatType>(a: Expr<F>, b: Expr<F>, rm: Rounding): Expr<F>;
  fdiv<F extends FloatType>(a: Expr<F>, b: Expr<F>, rm: Rounding): Expr<F>;
  fsqrt<F extends FloatType>(a: Expr<F>, rm: Rounding): Expr<F>;
  /** ±(a × b) ± c, rounded once. */
  fma<F extends FloatType>(
    a: Expr<F>,
    b: Expr<F>,
    c: Expr<F>,
    signs: { readonly product: 1 | -1; readonly addend: 1 | -1 },
    rm: Rounding,
  ): Expr<F>;
  fmin<F extends FloatType>(a: Expr<F>, b: Expr<F>): Expr<F>;
  fmax<F extends FloatType>(a: Expr<F>, b: Expr<F>): Expr<F>;
  /** The magnitude of `a` with a sign taken from `b`: copied, negated, or xored with a's own. */
  fsgnj<F extends FloatType>(a: Expr<F>, b: Expr<F>, how: 'copy' | 'negate' | 'xor'): Expr<F>;
  feq<F extends FloatType>(a: Expr<F>, b: Expr<F>): Expr<'i64'>;
  flt<F extends FloatType>(a: Expr<F>, b: Expr<F>): Expr<'i64'>;
  fle<F extends FloatType>(a: Expr<F>, b: Expr<F>): Expr<'i64'>;
  fclass<F extends FloatType>(a: Expr<F>): Expr<'i64'>;
  /** Float to integer; word results are sign-extended, out of range saturates with NV. */
  fToInt<F extends FloatType>(a: Expr<F>, to: IntFormat, rm: Rounding): Expr<'i64'>;
  intToF<F extends FloatType>(v: Expr<'i64'>, from: IntFormat, to: F, rm: Rounding): Expr<F>;
  /** Exact, yet a reserved rounding mode is as illegal here as anywhere (Unprivileged ISA, "F"). */
  widen(a: Expr<'f32'>, rm: Rounding): Expr<'f64'>;
  narrow(a: Expr<'f64'>, rm: Rounding): Expr<'f32'>;
  /** fmv.x.w / fmv.x.d: the register's low bits as they are, the word sign-extended. */
  fBits(width: 32 | 64, r: FReg): Expr<'i64'>;
  /** fmv.w.x / fmv.d.x. The word is NaN-boxed. */
  setFBits(width: 32 | 64, r: FReg, v: Expr<'i64'>): void;

  // Control flow (each ends the row; the pc moves by itself otherwise)
  branchIf(cond: Expr<'i32'>, offset: Imm): void;
  /** To pc + offset. */
  jumpBy(offset: Imm): void;
  /** To an address; the lowest bit is dropped. */
  jumpTo(addr: Expr<'i64'>): void;

  // System
  /**
   * Reads a CSR and updates it. `value` is absent for a pure read (csrrs/csrrc with x0 or 0), and
   * `rd` says whether the old value is wanted. An unknown CSR, or a write to a read-only one, is illegal.
   */
  csr(op: CsrOp, csr: Imm, rd: XReg, value: Expr<'i64'>, source: XReg | Imm): void;
  fence(): void;
  fenceI(): void;
  ecall(): void;
  ebreak(): void;
  illegal(): void;
}
