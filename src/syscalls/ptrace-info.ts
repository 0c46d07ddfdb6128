/** What a tracer asks about a stop: its signal, its event, the signals that are pending and blocked, the call. */
import { AUDIT_ARCH_RISCV64, type Errno, PTRACE_EVENT, PTRACE_EVENTMSG, SIGNAL } from '../abi/index.ts';
import { asMask, encodeSigInfo, type Kernel, SIGINFO_SIZE, type Task } from '../kernel/index.ts';
import { layout } from '../memory/index.ts';
import { Packer } from './packer.ts';
import { readSigInfo } from './siginfo.ts';

export function getEventMessage(k: Kernel, { traced }: Task, _addr: number, data: number): 0 | Errno {
  return k.user.writeU64(data, traced!.message) ? 0 : 'EFAULT';
}

/** A stop of job control has none, which tells it from a signal. */
export function getSigInfo(k: Kernel, { traced }: Task, _addr: number, data: number): 0 | Errno {
  if (traced!.info === null) return 'EINVAL';
  return k.user.copyOut(data, encodeSigInfo(traced!.info)) ? 0 : 'EFAULT';
}

export function setSigInfo(k: Kernel, { traced }: Task, _addr: number, data: number): 0 | Errno {
  const info = readSigInfo(k, data);
  if (typeof info === 'string') return info;
  if (traced!.info === null) return 'EINVAL';
  traced!.info = info;
  return 0;
}

const PTRACE_PEEKSIGINFO_SHARED = 1;

/** struct ptrace_peeksiginfo_args says from which on, of which queue, how many; gives how many there were. */
export function peekSigInfo(k: Kernel, task: Task, addr: number, data: number): number | Errno {
  const first = k.user.readU64(addr);
  const flags = k.user.readU32(addr + 8);
  const count = k.user.readI32(addr + 12);
  if (first === undefined || flags === undefined || count === undefined) return 'EFAULT';
  if ((flags & ~PTRACE_PEEKSIGINFO_SHARED) !== 0 || count < 0) return 'EINVAL';
  const queue = flags === 0 ? task.pending : k.groups.get(task.group)!.pending;
  const told = queue.slice(Math.min(first, queue.length), Math.min(first + count, queue.length));
  for (const [i, info] of told.entries())
    if (!k.user.copyOut(data + i * SIGINFO_SIZE, encodeSigInfo(info))) return i > 0 ? i : 'EFAULT';
  return told.length;
}

const SIGSET_SIZE = 8;

/** In a call that waits with another mask, Linux shows the one that comes back. */
const maskOf = (task: Task) => task.savedMask ?? task.blocked;

export function getSigMask(k: Kernel, task: Task, addr: number, data: number): 0 | Errno {
  if (addr !== SIGSET_SIZE) return 'EINVAL';
  const { lo, hi } = maskOf(task);
  return k.user.writeU32(data, lo) && k.user.writeU32(data + 4, hi) ? 0 : 'EFAULT';
}

export function setSigMask(k: Kernel, task: Task, addr: number, data: number): 0 | Errno {
  if (addr !== SIGSET_SIZE) return 'EINVAL';
  const lo = k.user.readI32(data);
  const hi = k.user.readI32(data + 4);
  if (lo === undefined || hi === undefined) return 'EFAULT';
  task.blocked = asMask(lo, hi);
  task.savedMask = null;
  return 0;
}

const OP = { NONE: 0, ENTRY: 1, EXIT: 2, SECCOMP: 3 } as const;
/** struct ptrace_syscall_info, and how much of it each kind fills. */
const SIZE = { [OP.NONE]: 24, [OP.ENTRY]: 80, [OP.EXIT]: 33, [OP.SECCOMP]: 84 } as const;
const SP = 2 * 8;
const A0 = 10 * 8;
const A7 = 17 * 8;
const PC = layout.HART_PC - layout.HART_X;

/** Told only to those who can tell the stops of calls from a SIGTRAP (PTRACE_O_TRACESYSGOOD). */
function opOf({ traced }: Task): keyof typeof SIZE {
  const code = traced!.info?.code;
  if (code === (SIGNAL.SIGTRAP | (PTRACE_EVENT.SECCOMP << 8))) return OP.SECCOMP;
  if (code !== (SIGNAL.SIGTRAP | 0x80)) return OP.NONE;
  return traced!.message === PTRACE_EVENTMSG.SYSCALL_ENTRY ? OP.ENTRY : OP.EXIT;
}

/** Gives the size of what there is to tell; `size` is how much of it the caller takes. */
export function getSyscallInfo(k: Kernel, task: Task, size: number, data: number): number | Errno {
  const op = opOf(task);
  const bytes = new Uint8Array(SIZE[OP.SECCOMP]);
  const view = new DataView(bytes.buffer);
  const saved = k.memory.frames.u8.subarray(task.registers, task.registers + layout.REGISTERS_SIZE);
  const copy = (to: number, register: number) => bytes.set(saved.subarray(register, register + 8), to);
  bytes[0] = op;
  view.setUint32(4, AUDIT_ARCH_RISCV64, true);
  copy(8, PC);
  copy(16, SP);
  if (op === OP.ENTRY || op === OP.SECCOMP) {
    copy(24, A7);
    view.setInt32(32, task.traced!.a0lo, true);
    view.setInt32(36, task.traced!.a0hi, true);
    for (let i = 1; i < 6; i++) copy(32 + 8 * i, A0 + 8 * i);
  }
  if (op === OP.SECCOMP) view.setUint32(80, task.traced!.message, true);
  if (op === OP.EXIT) {
    copy(24, A0);
    bytes[32] = isError(saved) ? 1 : 0;
  }
  const length = SIZE[op];
  return k.user.copyOut(data, bytes.subarray(0, Math.min(length, size))) ? length : 'EFAULT';
}

const MAX_ERRNO = 4095;

/** Is a0 the negative of an errno? */
function isError(saved: Uint8Array): boolean {
  const a0 = new DataView(saved.buffer, saved.byteOffset + A0);
  return a0.getInt32(4, true) === -1 && a0.getUint32(0, true) >= 2 ** 32 - MAX_ERRNO;
}

/** What it registered for restartable sequences, all of it zero for nothing (struct ptrace_rseq_configuration). */
export function getRseq(k: Kernel, { rseq }: Task, size: number, data: number): number | Errno {
  const conf = new Packer(24);
  conf.u64(0, rseq?.at ?? 0);
  conf.u32(8, rseq?.length ?? 0);
  conf.u32(12, rseq?.signature ?? 0);
  return k.user.copyOut(data, conf.bytes.subarray(0, size)) ? conf.bytes.length : 'EFAULT';
}
