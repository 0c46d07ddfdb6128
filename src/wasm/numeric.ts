/** Instructions on numbers and memory, by type: `i64.add(a, b)`, `f64.lt(a, b)`, `i32.load8U(at, 4)`. */
import { type Code, code, type ValueType } from './code.ts';
import { signed, signed64, unsigned } from './leb.ts';

type Unary<A extends ValueType, R extends ValueType> = (a: Code<A>) => Code<R>;
type Binary<A extends ValueType, R extends ValueType> = (a: Code<A>, b: Code<A>) => Code<R>;
type Load<T extends ValueType> = (address: Code<'i32'>, offset?: number) => Code<T>;
type Store<T extends ValueType> = (address: Code<'i32'>, value: Code<T>, offset?: number) => Code<'nothing'>;

const unary =
  <A extends ValueType, R extends ValueType>(...opcode: number[]): Unary<A, R> =>
  (a) =>
    code(a, ...opcode);
const binary =
  <A extends ValueType, R extends ValueType>(opcode: number): Binary<A, R> =>
  (a, b) =>
    code(a, b, opcode);
// The alignment immediate is a hint no engine reads; 0 promises nothing.
const load =
  <T extends ValueType>(opcode: number): Load<T> =>
  (address, offset = 0) =>
    code(address, opcode, 0, ...unsigned(offset));
const store =
  <T extends ValueType>(opcode: number): Store<T> =>
  (address, value, offset = 0) =>
    code(address, value, opcode, 0, ...unsigned(offset));

/** Comparison and arithmetic of an integer type, whose opcodes lie in one order for both. */
const integer = <T extends 'i32' | 'i64'>(compare: number, compute: number, extend: number) => ({
  eqz: unary<T, 'i32'>(compare),
  eq: binary<T, 'i32'>(compare + 1),
  ne: binary<T, 'i32'>(compare + 2),
  ltS: binary<T, 'i32'>(compare + 3),
  ltU: binary<T, 'i32'>(compare + 4),
  gtS: binary<T, 'i32'>(compare + 5),
  gtU: binary<T, 'i32'>(compare + 6),
  leS: binary<T, 'i32'>(compare + 7),
  leU: binary<T, 'i32'>(compare + 8),
  geS: binary<T, 'i32'>(compare + 9),
  geU: binary<T, 'i32'>(compare + 10),
  clz: unary<T, T>(compute),
  ctz: unary<T, T>(compute + 1),
  popcnt: unary<T, T>(compute + 2),
  add: binary<T, T>(compute + 3),
  sub: binary<T, T>(compute + 4),
  mul: binary<T, T>(compute + 5),
  divS: binary<T, T>(compute + 6),
  divU: binary<T, T>(compute + 7),
  remS: binary<T, T>(compute + 8),
  remU: binary<T, T>(compute + 9),
  and: binary<T, T>(compute + 10),
  or: binary<T, T>(compute + 11),
  xor: binary<T, T>(compute + 12),
  shl: binary<T, T>(compute + 13),
  shrS: binary<T, T>(compute + 14),
  shrU: binary<T, T>(compute + 15),
  rotl: binary<T, T>(compute + 16),
  rotr: binary<T, T>(compute + 17),
  extend8S: unary<T, T>(extend),
  extend16S: unary<T, T>(extend + 1),
});

/** Comparison and arithmetic of a floating-point type. */
const floating = <T extends 'f32' | 'f64'>(compare: number, compute: number) => ({
  eq: binary<T, 'i32'>(compare),
  ne: binary<T, 'i32'>(compare + 1),
  lt: binary<T, 'i32'>(compare + 2),
  gt: binary<T, 'i32'>(compare + 3),
  le: binary<T, 'i32'>(compare + 4),
  ge: binary<T, 'i32'>(compare + 5),
  abs: unary<T, T>(compute),
  neg: unary<T, T>(compute + 1),
  ceil: unary<T, T>(compute + 2),
  floor: unary<T, T>(compute + 3),
  trunc: unary<T, T>(compute + 4),
  nearest: unary<T, T>(compute + 5),
  sqrt: unary<T, T>(compute + 6),
  add: binary<T, T>(compute + 7),
  sub: binary<T, T>(compute + 8),
  mul: binary<T, T>(compute + 9),
  div: binary<T, T>(compute + 10),
  min: binary<T, T>(compute + 11),
  max: binary<T, T>(compute + 12),
  copysign: binary<T, T>(compute + 13),
});

const floatBytes = (value: number, width: 4 | 8): number[] => {
  const view = new DataView(new ArrayBuffer(8));
  if (width === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return [...new Uint8Array(view.buffer, 0, width)];
};

export const i32 = {
  const: (value: number): Code<'i32'> => code(0x41, ...signed(value)),
  ...integer<'i32'>(0x45, 0x67, 0xc0),
  wrap: unary<'i64', 'i32'>(0xa7),
  truncF32S: unary<'f32', 'i32'>(0xa8),
  truncF64S: unary<'f64', 'i32'>(0xaa),
  truncSatF32S: unary<'f32', 'i32'>(0xfc, 0),
  truncSatF32U: unary<'f32', 'i32'>(0xfc, 1),
  truncSatF64S: unary<'f64', 'i32'>(0xfc, 2),
  truncSatF64U: unary<'f64', 'i32'>(0xfc, 3),
  reinterpret: unary<'f32', 'i32'>(0xbc),
  load: load<'i32'>(0x28),
  load8S: load<'i32'>(0x2c),
  load8U: load<'i32'>(0x2d),
  load16S: load<'i32'>(0x2e),
  load16U: load<'i32'>(0x2f),
  store: store<'i32'>(0x36),
  store8: store<'i32'>(0x3a),
  store16: store<'i32'>(0x3b),
};

export const i64 = {
  const: (value: number | bigint): Code<'i64'> => code(0x42, ...signed64(BigInt(value))),
  ...integer<'i64'>(0x50, 0x79, 0xc2),
  extend32S: unary<'i64', 'i64'>(0xc4),
  extendI32S: unary<'i32', 'i64'>(0xac),
  extendI32U: unary<'i32', 'i64'>(0xad),
  truncSatF32S: unary<'f32', 'i64'>(0xfc, 4),
  truncSatF32U: unary<'f32', 'i64'>(0xfc, 5),
  truncSatF64S: unary<'f64', 'i64'>(0xfc, 6),
  truncSatF64U: unary<'f64', 'i64'>(0xfc, 7),
  reinterpret: unary<'f64', 'i64'>(0xbd),
  load: load<'i64'>(0x29),
  load8S: load<'i64'>(0x30),
  load8U: load<'i64'>(0x31),
  load16S: load<'i64'>(0x32),
  load16U: load<'i64'>(0x33),
  load32S: load<'i64'>(0x34),
  load32U: load<'i64'>(0x35),
  store: store<'i64'>(0x37),
  store8: store<'i64'>(0x3c),
  store16: store<'i64'>(0x3d),
  store32: store<'i64'>(0x3e),
};

export const f32 = {
  const: (value: number): Code<'f32'> => code(0x43, ...floatBytes(value, 4)),
  ...floating<'f32'>(0x5b, 0x8b),
  convertI32S: unary<'i32', 'f32'>(0xb2),
  convertI32U: unary<'i32', 'f32'>(0xb3),
  convertI64S: unary<'i64', 'f32'>(0xb4),
  convertI64U: unary<'i64', 'f32'>(0xb5),
  demote: unary<'f64', 'f32'>(0xb6),
  reinterpret: unary<'i32', 'f32'>(0xbe),
  load: load<'f32'>(0x2a),
  store: store<'f32'>(0x38),
};

export const f64 = {
  const: (value: number): Code<'f64'> => code(0x44, ...floatBytes(value, 8)),
  ...floating<'f64'>(0x61, 0x99),
  convertI32S: unary<'i32', 'f64'>(0xb7),
  convertI32U: unary<'i32', 'f64'>(0xb8),
  convertI64S: unary<'i64', 'f64'>(0xb9),
  convertI64U: unary<'i64', 'f64'>(0xba),
  promote: unary<'f32', 'f64'>(0xbb),
  reinterpret: unary<'i64', 'f64'>(0xbf),
  load: load<'f64'>(0x2b),
  store: store<'f64'>(0x39),
};
