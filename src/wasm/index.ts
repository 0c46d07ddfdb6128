export { doubleBytes, floatBytes, signedLeb, unsignedLeb } from './bytes.ts';
export * from './code.ts';
export { ModuleBuilder, type Signature, signature } from './module.ts';
export { ACCESS, type AccessOp, OP, type Op, TYPE, type ValType } from './ops.ts';
