/**
 * Expressions of the binary format as values: arrays of bytes built by functions named like the text format.
 * An expression leaves its result on the stack; a statement leaves nothing.
 */
import { doubleBytes, floatBytes, signedLeb, unsignedLeb } from './bytes.ts';
import { ACCESS, type AccessOp, OP, type Op, TYPE, type ValType } from './ops.ts';

export type Code = readonly number[];

/** Concatenates; operands first, as the stack wants them. */
export const seq = (...parts: readonly Code[]): number[] => parts.flat();

/** An operator applied to operands: `op('i64.add', a, b)`. */
export const op = (name: Op, ...operands: readonly Code[]): number[] => [...operands.flat(), ...OP[name]];

export const i32 = (value: number): number[] => [0x41, ...signedLeb(value | 0)];
/** A 64-bit constant that is a safe integer. */
export const i64 = (value: number): number[] => [0x42, ...signedLeb(value)];
export const f64 = (value: number): number[] => [0x44, ...doubleBytes(value)];
export const f32 = (value: number): number[] => [0x43, ...floatBytes(value)];

export const load = (name: AccessOp, address: Code, offset = 0): number[] => [
  ...address,
  ACCESS[name][0],
  ACCESS[name][1],
  ...unsignedLeb(offset),
];
export const store = (name: AccessOp, address: Code, value: Code, offset = 0): number[] => [
  ...address,
  ...value,
  ACCESS[name][0],
  ACCESS[name][1],
  ...unsignedLeb(offset),
];
/** The same at any alignment (an assertion less, no other difference). */
export const loadAny = (name: AccessOp, address: Code, offset = 0): number[] => [
  ...address,
  ACCESS[name][0],
  0,
  ...unsignedLeb(offset),
];
export const storeAny = (name: AccessOp, address: Code, value: Code, offset = 0): number[] => [
  ...address,
  ...value,
  ACCESS[name][0],
  0,
  ...unsignedLeb(offset),
];

export const get = (local: number): number[] => [0x20, ...unsignedLeb(local)];
export const set = (local: number, value: Code): number[] => [...value, 0x21, ...unsignedLeb(local)];
export const tee = (local: number, value: Code): number[] => [...value, 0x22, ...unsignedLeb(local)];
export const globalGet = (index: number): number[] => [0x23, ...unsignedLeb(index)];
export const globalSet = (index: number, value: Code): number[] => [...value, 0x24, ...unsignedLeb(index)];

const VOID = 0x40;
const blockType = (type: ValType | null) => (type === null ? VOID : TYPE[type]);

export const when = (condition: Code, then: Code, otherwise: Code | null = null): number[] => [
  ...condition,
  0x04,
  VOID,
  ...then,
  ...(otherwise === null ? [] : [0x05, ...otherwise]),
  0x0b,
];
/** `if` with a value. */
export const choose = (type: ValType, condition: Code, then: Code, otherwise: Code): number[] => [
  ...condition,
  0x04,
  TYPE[type],
  ...then,
  0x05,
  ...otherwise,
  0x0b,
];
/** `select`: both sides are computed. */
export const select = (condition: Code, yes: Code, no: Code): number[] => [...yes, ...no, ...condition, 0x1b];
export const block = (body: Code, type: ValType | null = null): number[] => [
  0x02,
  blockType(type),
  ...body,
  0x0b,
];
export const loop = (body: Code): number[] => [0x03, VOID, ...body, 0x0b];
export const br = (depth: number): number[] => [0x0c, ...unsignedLeb(depth)];
export const brIf = (depth: number, condition: Code): number[] => [...condition, 0x0d, ...unsignedLeb(depth)];
export const ret = (value: Code = []): number[] => [...value, 0x0f];

export const call = (func: number, ...args: readonly Code[]): number[] => [
  ...args.flat(),
  0x10,
  ...unsignedLeb(func),
];
export const returnCall = (func: number, ...args: readonly Code[]): number[] => [
  ...args.flat(),
  0x12,
  ...unsignedLeb(func),
];
/** Calls through table 0. */
export const returnCallIndirect = (type: number, index: Code, ...args: readonly Code[]): number[] => [
  ...args.flat(),
  ...index,
  0x13,
  ...unsignedLeb(type),
  0,
];
/** memory.copy and memory.fill over memory 0. */
export const memoryCopy = (to: Code, from: Code, size: Code): number[] => [
  ...to,
  ...from,
  ...size,
  0xfc,
  10,
  0,
  0,
];
export const memoryFill = (at: Code, byte: Code, size: Code): number[] => [
  ...at,
  ...byte,
  ...size,
  0xfc,
  11,
  0,
];
