/** PTRACE_GETREGSET and SETREGSET: registers of a task that stands still, in the layouts of riscv64's core notes. */
import { type Errno, NT } from '../abi/index.ts';
import { dropCall, isInCallStop, type Kernel, type Task } from '../kernel/index.ts';
import { layout } from '../memory/index.ts';

/** struct user_regs_struct: the pc in the place of x0, then x1 to x31. struct __riscv_d_ext_state: f0 to f31, fcsr. */
const GENERAL_SIZE = 256;
const FLOAT_SIZE = 264;
const FCSR = 256;

const PC = layout.HART_PC - layout.HART_X;
const F = layout.HART_F - layout.HART_X;
const FFLAGS = layout.HART_FFLAGS - layout.HART_X;
const FRM = layout.HART_FRM - layout.HART_X;

interface RegisterSet {
  readonly size: number;
  readonly read: (saved: Uint8Array, into: Uint8Array) => void;
  /** `from` may be shorter than the set. */
  readonly write: (saved: Uint8Array, from: Uint8Array) => void;
}

const SETS: Readonly<Record<number, RegisterSet>> = {
  [NT.NT_PRSTATUS]: {
    size: GENERAL_SIZE,
    read(saved, into) {
      into.set(saved.subarray(PC, PC + 8));
      into.set(saved.subarray(8, GENERAL_SIZE), 8);
    },
    write(saved, from) {
      saved.set(from.subarray(0, 8), PC);
      saved.set(from.subarray(8), 8);
    },
  },
  [NT.NT_PRFPREG]: {
    size: FLOAT_SIZE,
    read(saved, into) {
      into.set(saved.subarray(F, F + FCSR));
      into[FCSR] = saved[FFLAGS]! | (saved[FRM]! << 5);
    },
    write(saved, from) {
      saved.set(from.subarray(0, FCSR), F);
      if (from.length <= FCSR) return;
      saved[FFLAGS] = from[FCSR]! & 31;
      saved[FRM] = from[FCSR]! >> 5;
    },
  },
};

const WORD = 8;

/** The set a note type names, and the struct iovec that says where its bytes are. */
function requested(k: Kernel, type: number, iovec: number) {
  const base = k.user.readU64(iovec);
  const length = k.user.readU64(iovec + 8);
  if (base === undefined || length === undefined) return 'EFAULT';
  const set = SETS[type];
  if (set === undefined || length % WORD !== 0) return 'EINVAL';
  return { set, base, length: Math.min(length, set.size) };
}

/** The saved registers of a task that does not run. */
const savedOf = (k: Kernel, { registers }: Task): Uint8Array =>
  k.memory.frames.u8.subarray(registers, registers + layout.REGISTERS_SIZE);

export function getRegisters(k: Kernel, task: Task, type: number, iovec: number): 0 | Errno {
  const wanted = requested(k, type, iovec);
  if (typeof wanted === 'string') return wanted;
  const { set, base, length } = wanted;
  const bytes = new Uint8Array(set.size);
  set.read(savedOf(k, task), bytes);
  const told = k.user.copyOut(base, bytes.subarray(0, length));
  return told && k.user.writeU64(iovec + 8, length) ? 0 : 'EFAULT';
}

/** From a0 to a7 and the pc: what an interrupted call would be made anew with. */
const CALL_STATE = [10, 11, 12, 13, 14, 15, 16, 17].map((register) => register * 8).concat(PC);

export function setRegisters(k: Kernel, task: Task, type: number, iovec: number): 0 | Errno {
  const wanted = requested(k, type, iovec);
  if (typeof wanted === 'string') return wanted;
  const { set, base, length } = wanted;
  const bytes = new Uint8Array(length);
  if (!k.user.copyIn(base, bytes)) return 'EFAULT';
  const saved = savedOf(k, task);
  const before = saved.slice();
  set.write(saved, bytes);
  const differs = CALL_STATE.some((at) =>
    [0, 1, 2, 3, 4, 5, 6, 7].some((i) => saved[at + i] !== before[at + i]),
  );
  // With other registers it is not that call any more: the task goes on in user mode, where they say.
  if (differs && task.call !== null && !isInCallStop(task)) dropCall(k, task);
  return k.user.writeU64(iovec + 8, length) ? 0 : 'EFAULT';
}
