export { Strace, type StraceOptions } from './strace.ts';
export { FAMILIES, SYSCALLS, type SyscallFamily } from './table.ts';
