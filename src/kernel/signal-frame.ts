/**
 * The frame a handler runs on, laid out as Linux's riscv64 has it, so that unmodified libc handlers find
 * siginfo and ucontext and come back through rt_sigreturn.
 *
 *        0  siginfo_t            128 bytes
 *      128  uc_flags, uc_link    zero
 *      144  uc_stack             ss_sp, ss_flags, ss_size
 *      168  uc_sigmask           8 bytes, padded to 128
 *      304  mcontext             pc, x1 … x31
 *      560  fp state             f0 … f31, fcsr, then zero: no further extension
 *     1088  end
 *
 * Linux: arch/riscv/kernel/signal.c, arch/riscv/include/uapi/asm/{ucontext,sigcontext,ptrace}.h
 */
import { SI, SIGNAL } from '../abi/index.ts';
import { layout } from '../memory/index.ts';
import type { Kernel } from './kernel.ts';
import { asMask } from './signal-set.ts';
import { NO_ALT_STACK } from './task.ts';
import type { SigInfo, SigSet, Task } from './types.ts';

export const SIGINFO_SIZE = 128;
const UC_STACK = 144;
const UC_SIGMASK = 168;
const UC_REGS = 304;
const UC_FPREGS = 560;
const UC_FCSR = UC_FPREGS + 256;
const FRAME_SIZE = 1088;

export const SS_ONSTACK = 1;
export const SS_DISABLE = 2;
const SS_AUTODISARM = 0x80000000 | 0;

/** Writes a siginfo_t (man 2 sigaction): which fields lie where depends on the signal and its code. */
export function encodeSigInfo(info: SigInfo): Uint8Array {
  const bytes = new Uint8Array(SIGINFO_SIZE);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, info.signo, true);
  view.setInt32(4, info.errno, true);
  view.setInt32(8, info.code, true);
  info.tail?.forEach((word, i) => {
    view.setInt32(32 + 4 * i, word, true);
  });
  if (isFault(info)) {
    view.setUint32(16, info.addr, true);
    view.setInt32(20, Math.floor(info.addr / 2 ** 32), true);
    return bytes;
  }
  view.setInt32(16, info.pid, true);
  view.setInt32(20, info.uid, true);
  view.setInt32(24, info.status, true);
  view.setInt32(28, info.valueHi, true);
  return bytes;
}

/** Reads a siginfo_t that a sender made (rt_sigqueueinfo). */
export function decodeSigInfo(bytes: Uint8Array): SigInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const at = (offset: number) => view.getInt32(offset, true);
  const addr = at(20) * 2 ** 32 + (at(16) >>> 0);
  return {
    ...{ signo: at(0), errno: at(4), code: at(8), pid: at(16), uid: at(20), status: at(24), valueHi: at(28) },
    ...{ addr, tail: [at(32), at(36), at(40), at(44)], timer: 0, owner: -1 },
  };
}

const FAULTS: ReadonlySet<number> = new Set([
  SIGNAL.SIGSEGV,
  SIGNAL.SIGBUS,
  SIGNAL.SIGILL,
  SIGNAL.SIGTRAP,
  SIGNAL.SIGFPE,
]);

/** Did the processor raise it, so that `addr` says where? */
export const isFault = (info: SigInfo): boolean =>
  info.code > 0 && info.code !== SI.SI_KERNEL && FAULTS.has(info.signo);

/** Is this stack pointer inside the alternate stack? */
export const onAltStack = ({ altStack: s }: Task, sp: number): boolean => sp > s.sp && sp <= s.sp + s.size;

export const altStackFlags = (task: Task, sp: number): number =>
  task.altStack.size === 0 ? SS_DISABLE : onAltStack(task, sp) ? SS_ONSTACK : 0;

export const stackPointer = ({ hart }: Kernel): number =>
  (hart.xWords[5]! >>> 0) * 2 ** 32 + (hart.xWords[4]! >>> 0);

function frameAddress(k: Kernel, wantsAltStack: boolean): number {
  const { task } = k;
  const current = stackPointer(k);
  const { altStack } = task;
  const top =
    wantsAltStack && altStack.size > 0 && !onAltStack(task, current) ? altStack.sp + altStack.size : current;
  return Math.floor((top - FRAME_SIZE) / 16) * 16;
}

/** The registers of the running task as mcontext has them: the pc in the place of x0. */
function encodeRegisters(k: Kernel, frame: Uint8Array): void {
  const { u8 } = k.memory.frames;
  frame.set(u8.subarray(layout.HART_PC, layout.HART_PC + 8), UC_REGS);
  frame.set(u8.subarray(layout.HART_X + 8, layout.HART_X + 256), UC_REGS + 8);
  frame.set(u8.subarray(layout.HART_F, layout.HART_F + 256), UC_FPREGS);
  frame[UC_FCSR] = u8[layout.HART_FFLAGS]! | (u8[layout.HART_FRM]! << 5);
}

function decodeRegisters(k: Kernel, frame: Uint8Array): void {
  const { u8 } = k.memory.frames;
  u8.set(frame.subarray(UC_REGS, UC_REGS + 8), layout.HART_PC);
  u8.set(frame.subarray(UC_REGS + 8, UC_REGS + 256), layout.HART_X + 8);
  u8.set(frame.subarray(UC_FPREGS, UC_FPREGS + 256), layout.HART_F);
  u8[layout.HART_FFLAGS] = frame[UC_FCSR]! & 31;
  u8[layout.HART_FRM] = frame[UC_FCSR]! >> 5;
}

function writeStack(view: DataView, task: Task, flags: number): void {
  setWord64(view, UC_STACK, task.altStack.sp);
  view.setInt32(UC_STACK + 8, flags | task.altStack.flags, true);
  setWord64(view, UC_STACK + 16, task.altStack.size);
}

const setWord64 = (view: DataView, at: number, value: number) => {
  view.setUint32(at, value, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
};
const word64 = (view: DataView, at: number) =>
  view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);

/**
 * Builds the frame on the (alternate) stack and points the registers at the handler. False when the stack
 * cannot be written: the task then dies of SIGSEGV.
 */
export function pushFrame(
  k: Kernel,
  info: SigInfo,
  handler: number,
  options: { readonly mask: SigSet; readonly altStack: boolean; readonly trampoline: number },
): boolean {
  const { task, hart } = k;
  const frame = new Uint8Array(FRAME_SIZE);
  const view = new DataView(frame.buffer);
  frame.set(encodeSigInfo(info));
  writeStack(view, task, altStackFlags(task, stackPointer(k)));
  view.setInt32(UC_SIGMASK, options.mask.lo, true);
  view.setInt32(UC_SIGMASK + 4, options.mask.hi, true);
  encodeRegisters(k, frame);
  const at = frameAddress(k, options.altStack);
  if (!k.user.copyOut(at, frame)) return false;
  if ((task.altStack.flags & SS_AUTODISARM) !== 0) task.altStack = NO_ALT_STACK;
  const enter: readonly (readonly [register: number, value: number])[] = [
    [1, options.trampoline],
    [2, at],
    [10, info.signo],
    [11, at],
    [12, at + SIGINFO_SIZE],
  ];
  for (const [register, value] of enter) hart.setX(register, value | 0, Math.floor(value / 2 ** 32));
  hart.pc = handler;
  return true;
}

/** rt_sigreturn: takes registers, mask and alternate stack back from the frame at sp. False when it cannot be read. */
export function popFrame(k: Kernel): boolean {
  const { task } = k;
  const frame = new Uint8Array(FRAME_SIZE);
  if (!k.user.copyIn(stackPointer(k), frame)) return false;
  const view = new DataView(frame.buffer);
  decodeRegisters(k, frame);
  task.blocked = asMask(view.getInt32(UC_SIGMASK, true), view.getInt32(UC_SIGMASK + 4, true));
  const flags = view.getInt32(UC_STACK + 8, true);
  const size = word64(view, UC_STACK + 16);
  task.altStack =
    (flags & SS_DISABLE) !== 0 || size === 0
      ? NO_ALT_STACK
      : { sp: word64(view, UC_STACK), size, flags: flags & SS_AUTODISARM };
  return true;
}
