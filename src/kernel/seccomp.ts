/**
 * What a task has forbidden itself: seccomp's strict mode and its filters. They are immutable values, which children
 * and threads share. Linux: kernel/seccomp.c, __seccomp_filter().
 */
import { AUDIT_ARCH_RISCV64, PTRACE_EVENT, PTRACE_O, SECCOMP_RET, SIGNAL } from '../abi/index.ts';
import { type BpfProgram, runBpf } from './bpf.ts';
import { exitGroup, exitTask } from './exit.ts';
import type { Kernel } from './kernel.ts';
import { forceSignal } from './signal-deliver.ts';
import { stopAtEnd, stopInCall } from './trace-call.ts';
import { isTraced } from './tracing.ts';
import type { Task } from './types.ts';

/** Strict mode, or filters in the order in which they came. */
export type Seccomp = 'strict' | readonly BpfProgram[];

/** Forbids a task what these say. */
export function setSeccomp(task: Task, seccomp: Seccomp): void {
  task.seccomp = seccomp;
  task.isWatched = true;
}

/** Index of a register's low word in `hart.xWords`. */
const A0 = 20;
const A7 = 34;
const DATA_WORDS = 16;
const ARGS = 4;

/** struct seccomp_data of the call that the current task has come to. */
function dataOf(k: Kernel): Uint32Array {
  const x = k.hart.xWords;
  const data = new Uint32Array(DATA_WORDS);
  const ip = k.hart.pc + 4;
  data[0] = x[A7]!;
  data[1] = AUDIT_ARCH_RISCV64;
  data[2] = ip;
  data[3] = Math.floor(ip / 2 ** 32);
  for (let i = 0; i < DATA_WORDS - ARGS; i++) data[ARGS + i] = x[A0 + i]!;
  return data;
}

const ACTION = 0xffff0000 | 0;
const DATA = 0xffff;
const MAX_ERRNO = 4095;

/** The strongest answer of all filters; of equal ones that of the newest. */
function answerOf(k: Kernel, filters: readonly BpfProgram[]): number {
  const data = dataOf(k);
  let answer: number = SECCOMP_RET.ALLOW;
  for (let i = filters.length - 1; i >= 0; i--) {
    const one = runBpf(filters[i]!, data);
    if ((one & ACTION) < (answer & ACTION)) answer = one;
  }
  return answer;
}

/** read, write, exit, rt_sigreturn */
const STRICT = new Set([63, 64, 93, 139]);

/** What becomes of a call: it is made, it ends with a result, or somebody has seen to the task. */
export type Verdict = 'call' | 'done' | { readonly result: number };

/** Asks what the current task has forbidden itself. `isTold`: a tracer has let the call pass. */
export function judgeCall(k: Kernel, isTold: boolean): Verdict {
  const { seccomp, traced } = k.task;
  if (seccomp === null) return 'call';
  if (seccomp === 'strict') return judgeStrictly(k);
  if (traced !== null && (traced.options & PTRACE_O.PTRACE_O_SUSPEND_SECCOMP) !== 0) return 'call';
  const answer = answerOf(k, seccomp);
  return (ACT[answer & ACTION] ?? killProcess)(k, answer & DATA, isTold);
}

function judgeStrictly(k: Kernel): Verdict {
  const x = k.hart.xWords;
  if (x[A7 + 1] === 0 && STRICT.has(x[A7]!)) return 'call';
  exitTask(k, k.task, SIGNAL.SIGKILL);
  return 'done';
}

const ENOSYS = 38;
const allow = (): Verdict => 'call';

const ACT: Readonly<Record<number, (k: Kernel, data: number, isTold: boolean) => Verdict>> = {
  [SECCOMP_RET.ALLOW]: allow,
  [SECCOMP_RET.LOG]: allow,
  [SECCOMP_RET.ERRNO]: (_k, data) => ({ result: -Math.min(data, MAX_ERRNO) }),
  // Nobody listens: there is no such descriptor here.
  [SECCOMP_RET.USER_NOTIF]: () => ({ result: -ENOSYS }),
  [SECCOMP_RET.TRACE]: tellTracer,
  [SECCOMP_RET.TRAP]: trap,
  [SECCOMP_RET.KILL_THREAD](k) {
    if (k.group.threads.size === 1) return killProcess(k);
    exitTask(k, k.task, SIGNAL.SIGSYS);
    return 'done';
  },
  [SECCOMP_RET.KILL_PROCESS]: killProcess,
};

function killProcess(k: Kernel): Verdict {
  exitGroup(k, k.group, SIGNAL.SIGSYS);
  return 'done';
}

function tellTracer(k: Kernel, data: number, isTold: boolean): Verdict {
  if (isTold) return 'call';
  const { task } = k;
  const asks = isTraced(task) && (task.traced!.options & PTRACE_O.PTRACE_O_TRACESECCOMP) !== 0;
  if (!asks) return { result: -ENOSYS };
  stopInCall(k, PTRACE_EVENT.SECCOMP, data, 'judged');
  return 'done';
}

const SYS_SECCOMP = 1;

/** SIGSYS with the call in its siginfo; a0 stays as it was, for the handler to set. */
function trap(k: Kernel, data: number): Verdict {
  const nr = k.hart.xWords[A7]!;
  k.hart.stepOver();
  const { pc } = k.hart;
  forceSignal(k, SIGNAL.SIGSYS, {
    code: SYS_SECCOMP,
    errno: data,
    // siginfo's si_call_addr, si_syscall and si_arch lie where these do.
    pid: pc | 0,
    uid: Math.floor(pc / 2 ** 32),
    status: nr,
    valueHi: AUDIT_ARCH_RISCV64 | 0,
  });
  stopAtEnd(k);
  return 'done';
}
