export { CAP, CAP_LAST, SECBIT } from './capability.ts';
export { ERRNO, type Errno } from './errno.ts';
export { ERRNO_TEXT } from './errno-text.ts';
export { AT, DT, O, S_IF, S_IFMT } from './fcntl.ts';
export { AUDIT_ARCH_RISCV64, NT, PTRACE, PTRACE_EVENT, PTRACE_EVENTMSG, PTRACE_O } from './ptrace.ts';
export { SECCOMP, SECCOMP_FILTER_FLAG, SECCOMP_MODE, SECCOMP_RET } from './seccomp.ts';
export {
  type DefaultAction,
  defaultAction,
  SA,
  SI,
  SIGNAL,
  SIGRTMAX,
  SIGRTMIN,
  type SigInfoLayout,
  type SignalName,
  sigInfoLayout,
  signalName,
} from './signal.ts';
export { SYSCALL_NAMES } from './syscall-names.ts';
