export { INSIDE_NAMES, type Look, looksAt } from './outside.ts';
export { Strace, type StraceOptions } from './strace.ts';
export { FAMILIES, SYSCALLS, type SyscallFamily } from './table.ts';
