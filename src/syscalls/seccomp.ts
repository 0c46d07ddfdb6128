/** seccomp, and prctl's older way to it: a task forbids itself calls, for good. */
import {
  CAP,
  type Errno,
  SECCOMP_FILTER_FLAG as FLAG,
  SECCOMP,
  SECCOMP_MODE,
  SECCOMP_RET,
} from '../abi/index.ts';
import {
  BPF_WORDS,
  type BpfProgram,
  capable,
  isValidBpf,
  type Kernel,
  type Seccomp,
  setSeccomp,
  syscall,
  type Task,
} from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { flags, oneOf, pointer } from './args.ts';

/** BPF_MAXINSNS, and how many all filters of a task may have together (each costs four more). */
const MAX_LENGTH = 4096;
const MAX_PATH = 32768;
const PENALTY = 4;
const INSTRUCTION = 8;

/** struct sock_fprog: a length, and the address of the instructions. */
function readProgram(k: Kernel, addr: number): BpfProgram | Errno {
  const length = k.user.readU16(addr);
  const at = k.user.readU64(addr + 8);
  if (length === undefined || at === undefined) return 'EFAULT';
  if (length === 0 || length > MAX_LENGTH) return 'EINVAL';
  const bytes = new Uint8Array(length * INSTRUCTION);
  if (!k.user.copyIn(at, bytes)) return 'EFAULT';
  const view = new DataView(bytes.buffer);
  const program = new Int32Array(length * BPF_WORDS);
  for (let i = 0; i < length; i++) {
    const from = i * INSTRUCTION;
    const words = [
      view.getUint16(from, true),
      bytes[from + 2]!,
      bytes[from + 3]!,
      view.getInt32(from + 4, true),
    ];
    program.set(words, i * BPF_WORDS);
  }
  return program;
}

const filtersOf = ({ seccomp }: Task): readonly BpfProgram[] =>
  seccomp === null || seccomp === 'strict' ? [] : seccomp;

function setStrict({ task }: Kernel): 0 | Errno {
  if (task.seccomp !== null && task.seccomp !== 'strict') return 'EINVAL';
  setSeccomp(task, 'strict');
  return 0;
}

const KNOWN_FLAGS =
  FLAG.SECCOMP_FILTER_FLAG_TSYNC |
  FLAG.SECCOMP_FILTER_FLAG_LOG |
  FLAG.SECCOMP_FILTER_FLAG_SPEC_ALLOW |
  FLAG.SECCOMP_FILTER_FLAG_TSYNC_ESRCH;

function setFilter(k: Kernel, bits: number, addr: number): Outcome {
  const { task } = k;
  if ((bits & ~KNOWN_FLAGS) !== 0) return 'EINVAL';
  const program = readProgram(k, addr);
  if (!task.noNewPrivileges && !capable(k, CAP.CAP_SYS_ADMIN)) {
    // Linux looks at the length first, then at the right, then at the instructions.
    return program === 'EINVAL' ? program : 'EACCES';
  }
  if (typeof program === 'string') return program;
  if (!isValidBpf(program) || task.seccomp === 'strict') return 'EINVAL';
  const filters = [...filtersOf(task), program];
  const total = filters.reduce((sum, { length }) => sum + length / BPF_WORDS + PENALTY, 0);
  if (total > MAX_PATH + PENALTY) return 'ENOMEM';
  if ((bits & FLAG.SECCOMP_FILTER_FLAG_TSYNC) !== 0) {
    const other = strangerAmong(k);
    if (other !== 0) return (bits & FLAG.SECCOMP_FILTER_FLAG_TSYNC_ESRCH) === 0 ? other : 'ESRCH';
    for (const one of threadsOf(k)) adopt(task, one, filters);
  }
  setSeccomp(task, filters);
  return 0;
}

const threadsOf = (k: Kernel): Task[] =>
  Array.from(k.group.threads, (tid) => k.tasks.get(tid)!).filter((task) => task.run !== 'zombie');

/** A thread whose filters are not among the caller's first cannot be brought into line; 0 for none. */
function strangerAmong(k: Kernel): number {
  const mine = filtersOf(k.task);
  const isAncestor = (task: Task) =>
    task.seccomp !== 'strict' && filtersOf(task).every((filter, i) => filter === mine[i]);
  return threadsOf(k).find((task) => !isAncestor(task))?.tid ?? 0;
}

function adopt(from: Task, task: Task, seccomp: Seccomp): void {
  setSeccomp(task, seccomp);
  if (from.noNewPrivileges) task.noNewPrivileges = true;
}

const ACTIONS = new Set<number>(Object.values(SECCOMP_RET));

function isActionAvailable(k: Kernel, addr: number): 0 | Errno {
  const action = k.user.readI32(addr);
  if (action === undefined) return 'EFAULT';
  return ACTIONS.has(action) ? 0 : 'EOPNOTSUPP';
}

/** Sizes of seccomp_notif, seccomp_notif_resp and seccomp_data. */
const NOTIF_SIZES = [80, 24, 64];

function notifSizes(k: Kernel, addr: number): 0 | Errno {
  return k.user.copyOut(addr, new Uint8Array(Uint16Array.from(NOTIF_SIZES).buffer)) ? 0 : 'EFAULT';
}

const OPERATIONS: Readonly<Record<number, (k: Kernel, bits: number, addr: number) => Outcome>> = {
  [SECCOMP.SECCOMP_SET_MODE_STRICT]: (k, bits, addr) => (bits !== 0 || addr !== 0 ? 'EINVAL' : setStrict(k)),
  [SECCOMP.SECCOMP_SET_MODE_FILTER]: setFilter,
  [SECCOMP.SECCOMP_GET_ACTION_AVAIL]: (k, bits, addr) => (bits !== 0 ? 'EINVAL' : isActionAvailable(k, addr)),
  [SECCOMP.SECCOMP_GET_NOTIF_SIZES]: (k, bits, addr) => (bits !== 0 ? 'EINVAL' : notifSizes(k, addr)),
};

export const seccomp = syscall({
  nr: 277,
  name: 'seccomp',
  args: [oneOf(SECCOMP), flags(FLAG), pointer],
  errors: ['EACCES', 'EFAULT', 'EINVAL', 'ENOMEM', 'EOPNOTSUPP', 'ESRCH'],
  interrupted: 'never blocks',
  support: { partial: 'no user notification: SECCOMP_FILTER_FLAG_NEW_LISTENER is EINVAL' },
  run: (k, operation, bits, addr) => OPERATIONS[operation]?.(k, bits, addr) ?? 'EINVAL',
});

/** prctl(PR_SET_SECCOMP). */
export function prctlSetSeccomp(k: Kernel, mode: number, addr: number): Outcome {
  if (mode === SECCOMP_MODE.STRICT) return setStrict(k);
  return mode === SECCOMP_MODE.FILTER ? setFilter(k, 0, addr) : 'EINVAL';
}

/** prctl(PR_GET_SECCOMP): who may call it is in no mode, or in one with filters. */
export const prctlGetSeccomp = ({ task }: Kernel): number =>
  task.seccomp === null ? SECCOMP_MODE.DISABLED : SECCOMP_MODE.FILTER;

export const SECCOMP_CALLS = [seccomp];
