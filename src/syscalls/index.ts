export { INSIDE_NAMES, type Look, looksAt } from './outside.ts';
export { type CallStatus, Strace, type StraceOptions, type TraceChoice } from './strace.ts';
export { FAMILIES, SYSCALLS, type SyscallFamily } from './table.ts';
