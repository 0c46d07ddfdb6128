/** ptrace: one task holds another's strings. A request is a row; which tasks it may be about stands in two lists. */
import { type Errno, PTRACE, PTRACE_EVENT, PTRACE_O, SI, SIGNAL, SIGRTMAX } from '../abi/index.ts';
import {
  detach,
  groupStop,
  interrupt,
  isTraced,
  type Kernel,
  letGoOn,
  mayTrace,
  sigInfo,
  syscall,
  type Task,
  type Tid,
  tie,
} from '../kernel/index.ts';
import { oneOf, pointer } from './args.ts';
import {
  getEventMessage,
  getRseq,
  getSigInfo,
  getSigMask,
  getSyscallInfo,
  peekSigInfo,
  setSigInfo,
  setSigMask,
} from './ptrace-info.ts';
import { getRegisters, setRegisters } from './ptrace-registers.ts';

/** All PTRACE_O_* but the one that suspends seccomp filters. */
const OPTIONS = Object.values(PTRACE_O).reduce<number>((all, bit) => all | bit, 0);
const asOptions = (value: number): number | 'EINVAL' =>
  value > 2 ** 31 || (value & ~OPTIONS) !== 0 ? 'EINVAL' : value;

/** A request about a task that stands still for the caller. */
type Request = (k: Kernel, task: Task, addr: number, data: number) => 0 | number | Errno;

const REQUESTS: Readonly<Record<number, Request>> = {
  [PTRACE.PTRACE_PEEKTEXT]: peek,
  [PTRACE.PTRACE_PEEKDATA]: peek,
  [PTRACE.PTRACE_POKETEXT]: poke,
  [PTRACE.PTRACE_POKEDATA]: poke,
  [PTRACE.PTRACE_CONT]: (k, task, _addr, signo) => resume(k, task, signo, false),
  [PTRACE.PTRACE_SYSCALL]: (k, task, _addr, signo) => resume(k, task, signo, true),
  [PTRACE.PTRACE_DETACH](k, task, _addr, signo) {
    if (signo > SIGRTMAX) return 'EIO';
    detach(k, task, signo);
    return 0;
  },
  [PTRACE.PTRACE_SETOPTIONS](_k, task, _addr, data) {
    const options = asOptions(data);
    if (typeof options === 'string') return options;
    task.traced!.options = options;
    return 0;
  },
  [PTRACE.PTRACE_LISTEN](k, task) {
    const { traced } = task;
    if (!traced!.seized || traced!.info === null || traced!.info.code >> 8 !== PTRACE_EVENT.STOP)
      return 'EIO';
    traced!.listens = true;
    if (traced!.mustStop) interrupt(k, task);
    return 0;
  },
  [PTRACE.PTRACE_GETEVENTMSG]: getEventMessage,
  [PTRACE.PTRACE_GETSIGINFO]: getSigInfo,
  [PTRACE.PTRACE_SETSIGINFO]: setSigInfo,
  [PTRACE.PTRACE_PEEKSIGINFO]: peekSigInfo,
  [PTRACE.PTRACE_GETSIGMASK]: getSigMask,
  [PTRACE.PTRACE_SETSIGMASK]: setSigMask,
  [PTRACE.PTRACE_GETREGSET]: getRegisters,
  [PTRACE.PTRACE_SETREGSET]: setRegisters,
  [PTRACE.PTRACE_GET_SYSCALL_INFO]: getSyscallInfo,
  [PTRACE.PTRACE_GET_RSEQ_CONFIGURATION]: getRseq,
};

function peek(k: Kernel, task: Task, addr: number, data: number): 0 | Errno {
  const bytes = new Uint8Array(8);
  if (k.memory.user.peek(k.mms.get(task.mm as never)!, addr, bytes) < 8) return 'EIO';
  return k.user.copyOut(data, bytes) ? 0 : 'EFAULT';
}

/** The word is the argument itself, of which a number would lose bits. */
function poke(k: Kernel, task: Task, addr: number): 0 | Errno {
  const { words } = k.call;
  const bytes = new Uint8Array(words.buffer, words.byteOffset + 24, 8).slice();
  return k.memory.user.poke(k.mms.get(task.mm as never)!, addr, bytes) ? 0 : 'EIO';
}

function resume(k: Kernel, task: Task, signo: number, atCalls: boolean): 0 | Errno {
  if (signo > SIGRTMAX) return 'EIO';
  task.traced!.atCalls = atCalls;
  letGoOn(k, task, signo);
  return 0;
}

/** Requests about a tracee that need not stand still. */
const ANYTIME: Readonly<Record<number, (k: Kernel, task: Task) => 0 | Errno>> = {
  [PTRACE.PTRACE_KILL](k, task) {
    k.signalTask(task, sigInfo(SIGNAL.SIGKILL, { code: SI.SI_USER, pid: k.group.tgid }));
    return 0;
  },
  [PTRACE.PTRACE_INTERRUPT](k, task) {
    if (!task.traced!.seized) return 'EIO';
    interrupt(k, task);
    return 0;
  },
};

/** Linux: ptrace_attach(). */
function attach(k: Kernel, task: Task, seizes: boolean, addr: number, data: number): 0 | Errno {
  const options = seizes ? asOptions(data) : 0;
  if (seizes && (addr !== 0 || typeof options === 'string')) return 'EIO';
  if (task.group === k.group.tgid || !mayTrace(k, task)) return 'EPERM';
  if (task.run === 'zombie' || isTraced(task)) return 'EPERM';
  tie(k, k.task, task, seizes, options as number);
  if (task.run === 'stopped') groupStop(k, task);
  if (!seizes) k.signalTask(task, sigInfo(SIGNAL.SIGSTOP));
  return 0;
}

function traceMe(k: Kernel): 0 | Errno {
  if (isTraced(k.task)) return 'EPERM';
  const parent = k.groups.get(k.group.parent as never);
  const tracer = k.tasks.get(k.group.madeBy as Tid) ?? k.tasks.get(k.group.parent as number as Tid);
  if (parent === undefined || tracer === undefined || tracer.run === 'zombie') return 0;
  tie(
    k,
    tracer.group === parent.tgid ? tracer : k.tasks.get(parent.tgid as number as Tid)!,
    k.task,
    false,
    0,
  );
  return 0;
}

/** The tracee that a request is about, standing still if it must. Linux: ptrace_check_attach(). */
function traceeOf(k: Kernel, task: Task, isStill: boolean): Task | 'ESRCH' {
  const { traced } = task;
  if (traced === null || traced.tracer !== k.task.tid) return 'ESRCH';
  return isStill && (traced.stop === null || traced.listens) ? 'ESRCH' : task;
}

export const ptrace = syscall({
  nr: 117,
  name: 'ptrace',
  args: [oneOf(PTRACE), pointer, pointer, pointer],
  errors: ['E2BIG', 'EBUSY', 'EFAULT', 'EINVAL', 'EIO', 'EPERM', 'ESRCH'],
  interrupted: 'never blocks',
  support: {
    partial:
      'seccomp filters and syscall user dispatch are not told (EIO); single steps are EIO, as on every riscv64',
  },
  run(k, request, pid, addr, data) {
    if (request === PTRACE.PTRACE_TRACEME) return traceMe(k);
    const task = k.tasks.get(pid as Tid);
    if (task === undefined || pid === 0) return 'ESRCH';
    const seizes = request === PTRACE.PTRACE_SEIZE;
    if (seizes || request === PTRACE.PTRACE_ATTACH) return attach(k, task, seizes, addr, data);
    const anytime = ANYTIME[request];
    const tracee = traceeOf(k, task, anytime === undefined);
    if (typeof tracee === 'string') return tracee;
    return anytime?.(k, tracee) ?? REQUESTS[request]?.(k, tracee, addr, data) ?? 'EIO';
  },
});

export const PTRACE_CALLS = [ptrace];
