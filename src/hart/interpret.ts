/**
 * The interpreter's stage: a row becomes a WebAssembly function whose operands are fields of a pre-decoded
 * operation. Statements are collected in order; an `Expr` is code that leaves one value.
 */
import type {
  CsrOp,
  Expr,
  FieldName,
  FloatType,
  FReg,
  Imm,
  Insn,
  IntFormat,
  Rounding,
  Sem,
  ValueType,
  Width,
  XReg,
} from '../isa/index.ts';
import { layout } from '../memory/index.ts';
import {
  type AccessOp,
  type Code,
  call,
  choose,
  get,
  globalGet,
  i32,
  i64,
  load,
  loadAny,
  type Op,
  op,
  returnCall,
  select,
  seq,
  set,
  store,
  storeAny,
  tee,
  when,
} from '../wasm/index.ts';
import { CAUSE } from './cause.ts';
import type { Floats } from './float.ts';
import { AT, FIELD_AT, OP_SHIFT, OP_SIZE } from './operation.ts';
import { dispatch, HANDLER, noteFault, pcOf, type Runtime, tagOf, tlbEntry } from './runtime.ts';

const OPERATION = get(0);
const LEFT = get(1);

interface Value {
  readonly type: ValueType;
  readonly code: Code;
}
const expr = <T extends ValueType>(type: T, code: Code): Expr<T> => ({ type, code }) as unknown as Expr<T>;
const codeOf = (e: Expr<ValueType>): Code => (e as unknown as Value).code;
const typeOf = (e: Expr<ValueType>): ValueType => (e as unknown as Value).type;

/** An operand token: the place of its field in the operation. */
interface Token {
  readonly at: number;
}
const placeOf = (token: unknown): number => (token as Token).at;

const CSR_OPS: readonly CsrOp[] = ['write', 'set', 'clear'];
const LOADS: Readonly<Record<'S' | 'U', Readonly<Record<Width, AccessOp>>>> = {
  S: { 8: 'i64.load8_s', 16: 'i64.load16_s', 32: 'i64.load32_s', 64: 'i64.load' },
  U: { 8: 'i64.load8_u', 16: 'i64.load16_u', 32: 'i64.load32_u', 64: 'i64.load' },
};
const STORES: Readonly<Record<Width, AccessOp>> = {
  8: 'i64.store8',
  16: 'i64.store16',
  32: 'i64.store32',
  64: 'i64.store',
};

export class Interpret implements Sem {
  readonly #r: Runtime;
  readonly #floats: Floats;
  readonly #size: 2 | 4;
  readonly #locals: ValueType[] = [];
  readonly #body: number[] = [];
  #ended = false;

  private constructor(r: Runtime, floats: Floats, size: 2 | 4) {
    this.#r = r;
    this.#floats = floats;
    this.#size = size;
  }

  /** Adds the handler of a row to the module. */
  static handler(r: Runtime, floats: Floats, insn: Insn, size: 2 | 4): number {
    const stage = new Interpret(r, floats, size);
    const tokens = Object.fromEntries(
      insn.operands.map(({ name }) => [name, { at: FIELD_AT[name as FieldName] }]),
    );
    insn.run(stage, tokens as never);
    if (!stage.#ended) stage.#next();
    return r.builder.func(HANDLER, stage.#locals, stage.#body);
  }

  // Plumbing
  #push(code: Code): void {
    for (const byte of code) this.#body.push(byte);
  }
  #local(type: ValueType): number {
    return this.#locals.push(type) - 1 + 2;
  }
  #keep<T extends ValueType>(type: T, code: Code): Code {
    const local = this.#local(type);
    this.#push(set(local, code));
    return get(local);
  }
  #field(token: unknown): Code {
    return load('i32.load16_u', OPERATION, placeOf(token));
  }
  #goOn(target: Code, from: number): Code {
    const at = from;
    return seq(
      set(1, op('i32.sub', LEFT, i32(1))),
      set(at, target),
      when(
        op('i32.eqz', LEFT),
        seq(
          store('i32.store', i32(0), i32(CAUSE.slice), layout.HART_CAUSE),
          returnCall(this.#r.exitAt, get(at), LEFT),
        ),
      ),
      dispatch(this.#r, get(at), LEFT),
    );
  }
  #next(): void {
    this.#push(this.#goOn(op('i32.add', OPERATION, i32((this.#size / 2) * OP_SIZE)), 0));
  }
  #trap(cause: number, value: Code): Code {
    return seq(noteFault(cause, value), returnCall(this.#r.exitAt, OPERATION, LEFT));
  }
  #leaveAfterFault(): Code {
    return returnCall(this.#r.exitAt, OPERATION, LEFT);
  }

  // Operands
  x = (r: XReg) => expr('i64', load('i64.load', this.#field(r), layout.HART));
  setX(r: XReg, v: Expr<'i64'>): void {
    this.#push(store('i64.store', this.#field(r), codeOf(v), layout.HART));
  }
  f32(r: FReg): Expr<'f32'> {
    const at = this.#keep('i32', this.#field(r));
    const boxed = op('i32.eq', load('i32.load', at, layout.HART + 4), i32(-1));
    return expr(
      'f32',
      op('f32.reinterpret_i32', select(boxed, load('i32.load', at, layout.HART), i32(0x7fc00000))),
    );
  }
  setF32(r: FReg, v: Expr<'f32'>): void {
    const bits = op('i64.extend_i32_u', op('i32.reinterpret_f32', codeOf(v)));
    this.#push(store('i64.store', this.#field(r), op('i64.or', bits, i64(-(2 ** 32))), layout.HART));
  }
  f64 = (r: FReg) => expr('f64', load('f64.load', this.#field(r), layout.HART));
  setF64(r: FReg, v: Expr<'f64'>): void {
    this.#push(store('f64.store', this.#field(r), codeOf(v), layout.HART));
  }
  imm(i: Imm): Expr<'i64'> {
    const at = placeOf(i);
    return expr('i64', load(at === AT.third ? 'i64.load16_u' : 'i64.load32_s', OPERATION, at));
  }
  constant = (v: number) => expr('i64', i64(v));
  pc = () => expr('i64', pcOf(this.#r));
  nextPc = () => expr('i64', op('i64.add', pcOf(this.#r), i64(this.#size)));
  let<T extends ValueType>(v: Expr<T>): Expr<T> {
    return expr(typeOf(v) as T, this.#keep(typeOf(v), codeOf(v)));
  }

  // Integers
  #two = (name: Op) => (a: Expr<'i64'>, b: Expr<'i64'>) => expr('i64', op(name, codeOf(a), codeOf(b)));
  #test = (name: Op) => (a: Expr<'i64'>, b: Expr<'i64'>) => expr('i32', op(name, codeOf(a), codeOf(b)));
  add = this.#two('i64.add');
  sub = this.#two('i64.sub');
  and = this.#two('i64.and');
  or = this.#two('i64.or');
  xor = this.#two('i64.xor');
  shl = this.#two('i64.shl');
  shrU = this.#two('i64.shr_u');
  shrS = this.#two('i64.shr_s');
  mul = this.#two('i64.mul');
  eq = this.#test('i64.eq');
  ne = this.#test('i64.ne');
  ltS = this.#test('i64.lt_s');
  ltU = this.#test('i64.lt_u');
  geS = this.#test('i64.ge_s');
  geU = this.#test('i64.ge_u');
  select = (c: Expr<'i32'>, yes: Expr<'i64'>, no: Expr<'i64'>) =>
    expr('i64', select(codeOf(c), codeOf(yes), codeOf(no)));
  bool = (c: Expr<'i32'>) => expr('i64', op('i64.extend_i32_u', codeOf(c)));
  sext32 = (a: Expr<'i64'>) => expr('i64', op('i64.extend32_s', codeOf(a)));
  zext32 = (a: Expr<'i64'>) => expr('i64', op('i64.and', codeOf(a), i64(0xffffffff)));

  /** 64 × 64 → high 64, by halves (Hacker's Delight, 8-2). */
  mulhU(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'> {
    const [x, y] = [this.#keep('i64', codeOf(a)), this.#keep('i64', codeOf(b))];
    return expr('i64', this.#highProduct(x, y));
  }
  #highProduct(x: Code, y: Code): Code {
    const lo = (v: Code) => op('i64.and', v, i64(0xffffffff));
    const hi = (v: Code) => op('i64.shr_u', v, i64(32));
    const mid = this.#keep(
      'i64',
      op('i64.add', op('i64.mul', hi(x), lo(y)), hi(op('i64.mul', lo(x), lo(y)))),
    );
    const low = this.#keep('i64', op('i64.add', op('i64.mul', lo(x), hi(y)), lo(mid)));
    return op('i64.add', op('i64.add', op('i64.mul', hi(x), hi(y)), hi(mid)), hi(low));
  }
  mulhS(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'> {
    const [x, y] = [this.#keep('i64', codeOf(a)), this.#keep('i64', codeOf(b))];
    const correct = (v: Code, w: Code) => op('i64.and', op('i64.shr_s', v, i64(63)), w);
    return expr('i64', op('i64.sub', op('i64.sub', this.#highProduct(x, y), correct(x, y)), correct(y, x)));
  }
  mulhSU(a: Expr<'i64'>, b: Expr<'i64'>): Expr<'i64'> {
    const [x, y] = [this.#keep('i64', codeOf(a)), this.#keep('i64', codeOf(b))];
    return expr('i64', op('i64.sub', this.#highProduct(x, y), op('i64.and', op('i64.shr_s', x, i64(63)), y)));
  }

  /** WebAssembly traps where RISC-V gives a value: by zero, and for the one overflow. */
  #divide(
    name: Op,
    a: Expr<'i64'>,
    b: Expr<'i64'>,
    byZero: (x: Code) => Code,
    overflow: ((x: Code) => Code) | null,
  ): Expr<'i64'> {
    const [x, y] = [this.#keep('i64', codeOf(a)), this.#keep('i64', codeOf(b))];
    const plain = op(name, x, y);
    const checked = overflow === null ? plain : choose('i64', op('i64.eq', y, i64(-1)), overflow(x), plain);
    return expr('i64', choose('i64', op('i64.eqz', y), byZero(x), checked));
  }
  divS = (a: Expr<'i64'>, b: Expr<'i64'>) =>
    this.#divide(
      'i64.div_s',
      a,
      b,
      () => i64(-1),
      (x) => op('i64.sub', i64(0), x),
    );
  divU = (a: Expr<'i64'>, b: Expr<'i64'>) => this.#divide('i64.div_u', a, b, () => i64(-1), null);
  remS = (a: Expr<'i64'>, b: Expr<'i64'>) =>
    this.#divide(
      'i64.rem_s',
      a,
      b,
      (x) => x,
      () => i64(0),
    );
  remU = (a: Expr<'i64'>, b: Expr<'i64'>) => this.#divide('i64.rem_u', a, b, (x) => x, null);

  // Memory
  /** Where `bytes` bytes at an address can be reached now, by the TLB or the slow path. */
  #host(tlb: number, address: Code, bytes: number, slow: Code): Code {
    const entry = this.#local('i32');
    const host = this.#local('i32');
    this.#push(
      seq(
        set(entry, tlbEntry(tlb, address)),
        choose(
          'i32',
          op(
            'i64.eq',
            load('i64.load', get(entry)),
            tagOf(this.#r, address, bytes === 1 ? null : i64(bytes - 1)),
          ),
          op(
            'i32.add',
            load('i32.load', get(entry), 8),
            op('i32.and', op('i32.wrap_i64', address), i32(layout.PAGE_SIZE - 1)),
          ),
          slow,
        ),
        set(host, []),
        when(op('i32.eqz', get(host)), this.#leaveAfterFault()),
      ),
    );
    return get(host);
  }
  #readable(address: Expr<'i64'>, bytes: number): Code {
    const at = this.#keep('i64', codeOf(address));
    return this.#host(layout.TLB_READ, at, bytes, call(this.#r.readSlow, at, i32(bytes)));
  }
  loadS = (width: Width, address: Expr<'i64'>) =>
    expr('i64', this.#keep('i64', loadAny(LOADS.S[width], this.#readable(address, width / 8))));
  loadU = (width: Width, address: Expr<'i64'>) =>
    expr('i64', this.#keep('i64', loadAny(LOADS.U[width], this.#readable(address, width / 8))));
  loadF32 = (address: Expr<'i64'>) =>
    expr('f32', this.#keep('f32', loadAny('f32.load', this.#readable(address, 4))));
  loadF64 = (address: Expr<'i64'>) =>
    expr('f64', this.#keep('f64', loadAny('f64.load', this.#readable(address, 8))));

  store(width: Width, address: Expr<'i64'>, value: Expr<'i64'>): void {
    const bytes = width / 8;
    const at = this.#keep('i64', codeOf(address));
    const entry = this.#local('i32');
    const fast = op(
      'i64.eq',
      load('i64.load', tee(entry, tlbEntry(layout.TLB_WRITE, at))),
      tagOf(this.#r, at, bytes === 1 ? null : i64(bytes - 1)),
    );
    const host = op(
      'i32.add',
      load('i32.load', get(entry), 8),
      op('i32.and', op('i32.wrap_i64', at), i32(layout.PAGE_SIZE - 1)),
    );
    this.#push(
      when(
        fast,
        storeAny(STORES[width], host, codeOf(value)),
        when(op('i32.eqz', call(this.#r.storeSlow, at, codeOf(value), i32(bytes))), this.#leaveAfterFault()),
      ),
    );
  }
  storeF32(address: Expr<'i64'>, r: FReg): void {
    this.store(32, address, expr('i64', load('i64.load', this.#field(r), layout.HART)));
  }
  storeF64(address: Expr<'i64'>, r: FReg): void {
    this.store(64, address, expr('i64', load('i64.load', this.#field(r), layout.HART)));
  }
  #aligned(address: Expr<'i64'>, width: 32 | 64, cause: number): Code {
    const at = this.#keep('i64', codeOf(address));
    this.#push(when(op('i32.and', op('i32.wrap_i64', at), i32(width / 8 - 1)), this.#trap(cause, at)));
    return at;
  }
  #reserve = (address: Code): Code => store('i64.store', i32(0), address, layout.HART_RESERVATION);
  #writable = (at: Code, bytes: number): Code =>
    this.#host(layout.TLB_WRITE, at, bytes, call(this.#r.writeSlow, at));

  loadReserved(width: 32 | 64, address: Expr<'i64'>): Expr<'i64'> {
    const at = this.#aligned(address, width, CAUSE['misaligned-load']);
    const host = this.#host(layout.TLB_READ, at, width / 8, call(this.#r.readSlow, at, i32(width / 8)));
    const value = this.#keep('i64', load(LOADS.S[width], host));
    this.#push(this.#reserve(at));
    return expr('i64', value);
  }
  storeConditional(width: 32 | 64, address: Expr<'i64'>, value: Expr<'i64'>): Expr<'i64'> {
    const at = this.#aligned(address, width, CAUSE['misaligned-store']);
    const host = this.#writable(at, width / 8);
    const held = this.#keep('i32', op('i64.eq', load('i64.load', i32(0), layout.HART_RESERVATION), at));
    this.#push(seq(when(held, store(STORES[width], host, codeOf(value))), this.#reserve(i64(-1))));
    return expr('i64', op('i64.extend_i32_u', op('i32.eqz', held)));
  }
  amo(width: 32 | 64, address: Expr<'i64'>, f: (old: Expr<'i64'>) => Expr<'i64'>): Expr<'i64'> {
    const at = this.#aligned(address, width, CAUSE['misaligned-store']);
    const host = this.#writable(at, width / 8);
    const old = this.#keep('i64', load(LOADS.S[width], host));
    const next = codeOf(f(expr('i64', old)));
    this.#push(store(STORES[width], host, next));
    return expr('i64', old);
  }

  // Floating point: shared functions, so that a handler stays small
  /** The effective rounding mode; a reserved one is illegal. */
  #mode(rm: Rounding): Code {
    const field = load('i32.load8_u', OPERATION, placeOf(rm));
    const given = this.#keep('i32', field);
    const mode = this.#keep(
      'i32',
      select(op('i32.eq', given, i32(7)), load('i32.load', i32(0), layout.HART_FRM), given),
    );
    this.#push(when(op('i32.gt_u', mode, i32(4)), this.#trap(CAUSE.illegal, i64(0))));
    return mode;
  }
  #float<F extends ValueType>(name: string, result: F, ...operands: Code[]): Expr<F> {
    return expr(result, call(this.#floats.get(name)!, ...operands));
  }
  #rounded<F extends FloatType>(name: string, rm: Rounding, ...operands: Expr<F>[]): Expr<F> {
    const mode = this.#mode(rm);
    const type = typeOf(operands[0]!) as F;
    return this.#float(`${type}.${name}`, type, ...operands.map(codeOf), mode);
  }
  fadd = <F extends FloatType>(a: Expr<F>, b: Expr<F>, rm: Rounding) => this.#rounded('add', rm, a, b);
  fsub = <F extends FloatType>(a: Expr<F>, b: Expr<F>, rm: Rounding) =>
    this.#rounded('add', rm, a, expr(typeOf(b) as F, op(`${typeOf(b) as F}.neg`, codeOf(b))));
  fmul = <F extends FloatType>(a: Expr<F>, b: Expr<F>, rm: Rounding) => this.#rounded('mul', rm, a, b);
  fdiv = <F extends FloatType>(a: Expr<F>, b: Expr<F>, rm: Rounding) => this.#rounded('div', rm, a, b);
  fsqrt = <F extends FloatType>(a: Expr<F>, rm: Rounding) => this.#rounded('sqrt', rm, a);
  fma<F extends FloatType>(
    a: Expr<F>,
    b: Expr<F>,
    c: Expr<F>,
    signs: { readonly product: 1 | -1; readonly addend: 1 | -1 },
    rm: Rounding,
  ): Expr<F> {
    const flip = (v: Expr<F>, sign: 1 | -1) =>
      sign === 1 ? v : expr(typeOf(v) as F, op(`${typeOf(v) as F}.neg`, codeOf(v)));
    return this.#rounded('fma', rm, flip(a, signs.product), b, flip(c, signs.addend));
  }
  fmin = <F extends FloatType>(a: Expr<F>, b: Expr<F>) =>
    this.#float(`${typeOf(a)}.min`, typeOf(a) as F, codeOf(a), codeOf(b));
  fmax = <F extends FloatType>(a: Expr<F>, b: Expr<F>) =>
    this.#float(`${typeOf(a)}.max`, typeOf(a) as F, codeOf(a), codeOf(b));
  fsgnj<F extends FloatType>(a: Expr<F>, b: Expr<F>, how: 'copy' | 'negate' | 'xor'): Expr<F> {
    const type = typeOf(a) as F;
    const sign = how === 'negate' ? op(`${type}.neg`, codeOf(b)) : codeOf(b);
    if (how !== 'xor') return expr(type, op(`${type}.copysign`, codeOf(a), sign));
    const wide = type === 'f64';
    const [from, to]: [Op, Op] = wide
      ? ['i64.reinterpret_f64', 'f64.reinterpret_i64']
      : ['i32.reinterpret_f32', 'f32.reinterpret_i32'];
    const top = wide ? op('i64.shl', i64(1), i64(63)) : i32(0x80000000);
    const bits = op(wide ? 'i64.and' : 'i32.and', op(from, codeOf(b)), top);
    return expr(type, op(to, op(wide ? 'i64.xor' : 'i32.xor', op(from, codeOf(a)), bits)));
  }
  feq = <F extends FloatType>(a: Expr<F>, b: Expr<F>) =>
    this.#float(`${typeOf(a)}.eq`, 'i64', codeOf(a), codeOf(b));
  flt = <F extends FloatType>(a: Expr<F>, b: Expr<F>) =>
    this.#float(`${typeOf(a)}.lt`, 'i64', codeOf(a), codeOf(b));
  fle = <F extends FloatType>(a: Expr<F>, b: Expr<F>) =>
    this.#float(`${typeOf(a)}.le`, 'i64', codeOf(a), codeOf(b));
  fclass = <F extends FloatType>(a: Expr<F>) => this.#float(`${typeOf(a)}.class`, 'i64', codeOf(a));
  fToInt<F extends FloatType>(a: Expr<F>, to: IntFormat, rm: Rounding): Expr<'i64'> {
    const mode = this.#mode(rm);
    return this.#float(`${typeOf(a)}.to.${to}`, 'i64', codeOf(a), mode);
  }
  intToF<F extends FloatType>(v: Expr<'i64'>, from: IntFormat, to: F, rm: Rounding): Expr<F> {
    const mode = this.#mode(rm);
    return this.#float(`${to}.from.${from}`, to, codeOf(v), mode);
  }
  widen = (a: Expr<'f32'>) => this.#float('widen', 'f64', codeOf(a));
  narrow(a: Expr<'f64'>, rm: Rounding): Expr<'f32'> {
    const mode = this.#mode(rm);
    return this.#float('narrow', 'f32', codeOf(a), mode);
  }
  fBits = (width: 32 | 64, r: FReg) => expr('i64', load(LOADS.S[width], this.#field(r), layout.HART));
  setFBits(width: 32 | 64, r: FReg, v: Expr<'i64'>): void {
    const bits = width === 64 ? codeOf(v) : op('i64.or', codeOf(v), i64(-(2 ** 32)));
    this.#push(store('i64.store', this.#field(r), bits, layout.HART));
  }

  // Control flow
  #jumpPageOr(offset: Code): Code {
    const inPage = this.#local('i32');
    const here = op('i32.shr_u', op('i32.sub', OPERATION, globalGet(this.#r.pageOps)), i32(OP_SHIFT));
    return seq(
      when(
        op('i32.lt_u', op('i32.add', here, tee(inPage, offset)), i32(layout.PAGE_SIZE)),
        this.#goOn(op('i32.add', OPERATION, op('i32.shl', get(inPage), i32(OP_SHIFT))), 0),
      ),
      returnCall(
        this.#r.enter,
        op('i64.add', pcOf(this.#r), op('i64.extend_i32_s', get(inPage))),
        op('i32.sub', LEFT, i32(1)),
      ),
    );
  }
  branchIf(cond: Expr<'i32'>, offset: Imm): void {
    this.#push(when(codeOf(cond), this.#jumpPageOr(load('i32.load', OPERATION, placeOf(offset)))));
  }
  jumpBy(offset: Imm): void {
    this.#push(this.#jumpPageOr(load('i32.load', OPERATION, placeOf(offset))));
    this.#ended = true;
  }
  jumpTo(address: Expr<'i64'>): void {
    this.#push(
      returnCall(this.#r.enter, op('i64.and', codeOf(address), i64(-2)), op('i32.sub', LEFT, i32(1))),
    );
    this.#ended = true;
  }

  // System
  csr(how: CsrOp, _csr: Imm, _rd: XReg, _value: Expr<'i64'>, source: XReg | Imm): void {
    const immediate = placeOf(source) === AT.third ? CSR_OPS.length : 0;
    const known = call(this.#r.csr, OPERATION, i32(CSR_OPS.indexOf(how) + immediate), LEFT);
    this.#push(when(op('i32.eqz', known), this.#trap(CAUSE.illegal, i64(0))));
  }
  fence(): void {
    // One host thread: memory is always in order.
  }
  fenceI(): void {
    // Stores to code already take effect at once.
  }
  ecall(): void {
    this.#push(this.#trap(CAUSE.ecall, i64(0)));
    this.#ended = true;
  }
  ebreak(): void {
    this.#push(this.#trap(CAUSE.breakpoint, pcOf(this.#r)));
    this.#ended = true;
  }
  illegal(): void {
    this.#push(this.#trap(CAUSE.illegal, i64(0)));
    this.#ended = true;
  }
}
