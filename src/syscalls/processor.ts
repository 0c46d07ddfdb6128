/** What programs ask about the processor and its memory order. Documentation/arch/riscv/hwprobe.rst, man 2 membarrier. */
import { HWPROBE, type Kernel, syscall } from '../kernel/index.ts';
import { pointer, size, uint } from './args.ts';
import { membarrierCommand, membarrierCpu, membarrierResult } from './text/memory.ts';

const base = { interrupted: 'never blocks', support: 'full' } as const;

const UNKNOWN_KEY = -1;

export const riscvHwprobe = syscall({
  nr: 258,
  name: 'riscv_hwprobe',
  args: [pointer, size, size, pointer, uint],
  errors: ['EFAULT', 'EINVAL'],
  interrupted: 'never blocks',
  support: { partial: 'RISCV_HWPROBE_WHICH_CPUS is refused with EINVAL' },
  run(k, pairs, count, cpuBytes, cpus, bits) {
    if (bits !== 0) return 'EINVAL';
    if ((cpus === 0) !== (cpuBytes === 0)) return 'EINVAL';
    for (let i = 0; i < count; i++) {
      const at = pairs + 16 * i;
      const key = k.user.readI64(at);
      if (key === undefined) return 'EFAULT';
      const value = HWPROBE[key];
      if (value === undefined && !k.user.writeU64(at, UNKNOWN_KEY)) return 'EFAULT';
      if (!k.user.writeU64(at + 8, value ?? 0)) return 'EFAULT';
    }
    return 0;
  },
});

export const riscvFlushIcache = syscall({
  nr: 259,
  name: 'riscv_flush_icache',
  args: [pointer, pointer, uint],
  errors: ['EINVAL'],
  ...base,
  // Stores to code are noticed by the processor itself, so there is nothing left to flush.
  run: (_k, _start, _end, bits) => ((bits & ~1) !== 0 ? 'EINVAL' : 0),
});

const MEMBARRIER = {
  QUERY: 0,
  GLOBAL: 1,
  GLOBAL_EXPEDITED: 2,
  REGISTER_GLOBAL_EXPEDITED: 4,
  PRIVATE_EXPEDITED: 8,
  REGISTER_PRIVATE_EXPEDITED: 16,
  PRIVATE_EXPEDITED_SYNC_CORE: 32,
  REGISTER_PRIVATE_EXPEDITED_SYNC_CORE: 64,
  PRIVATE_EXPEDITED_RSEQ: 128,
  REGISTER_PRIVATE_EXPEDITED_RSEQ: 256,
  GET_REGISTRATIONS: 512,
};
const SUPPORTED = 511 | MEMBARRIER.GET_REGISTRATIONS;
/** The command is for one processor. */
const MEMBARRIER_CMD_FLAG_CPU = 1;
const REGISTRATIONS =
  MEMBARRIER.REGISTER_GLOBAL_EXPEDITED |
  MEMBARRIER.REGISTER_PRIVATE_EXPEDITED |
  MEMBARRIER.REGISTER_PRIVATE_EXPEDITED_SYNC_CORE |
  MEMBARRIER.REGISTER_PRIVATE_EXPEDITED_RSEQ;
/** Commands that work only after another one, their registration. */
const REGISTRATION: ReadonlyMap<number, number> = new Map([
  [MEMBARRIER.PRIVATE_EXPEDITED, MEMBARRIER.REGISTER_PRIVATE_EXPEDITED],
  [MEMBARRIER.PRIVATE_EXPEDITED_SYNC_CORE, MEMBARRIER.REGISTER_PRIVATE_EXPEDITED_SYNC_CORE],
  [MEMBARRIER.PRIVATE_EXPEDITED_RSEQ, MEMBARRIER.REGISTER_PRIVATE_EXPEDITED_RSEQ],
]);

/** Threads of this memory that run elsewhere begin their sequences anew; with a number, those on that processor. */
function restartSequences(k: Kernel, wanted: number): void {
  for (const cpu of k.cpus) {
    if (cpu.task === 0 || (wanted < 0 ? cpu === k.cpu : cpu.id !== wanted)) continue;
    const other = k.tasks.get(cpu.task)!;
    if (other.mm === k.task.mm && other.rseq !== null) other.rseqDue = true;
  }
}

export const membarrier = syscall({
  nr: 283,
  name: 'membarrier',
  args: [membarrierCommand, uint, membarrierCpu],
  result: membarrierResult,
  errors: ['EINVAL', 'EPERM'],
  ...base,
  // All processors are interleaved on one host thread: every store is seen at once, there is nothing to wait for.
  run(k, command, bits, cpu) {
    const isOfCpu = command === MEMBARRIER.PRIVATE_EXPEDITED_RSEQ && bits === MEMBARRIER_CMD_FLAG_CPU;
    if (bits !== 0 && !isOfCpu) return 'EINVAL';
    if (command === MEMBARRIER.QUERY) return SUPPORTED;
    if ((command & SUPPORTED) === 0 || (command & (command - 1)) !== 0) return 'EINVAL';
    if (command === MEMBARRIER.GET_REGISTRATIONS) return k.group.membarrier & REGISTRATIONS;
    const needs = REGISTRATION.get(command);
    if (needs !== undefined && (k.group.membarrier & needs) === 0) return 'EPERM';
    if (command === MEMBARRIER.PRIVATE_EXPEDITED_RSEQ) restartSequences(k, isOfCpu ? Math.max(0, cpu) : -1);
    k.group.membarrier |= command;
    return 0;
  },
});

export const PROCESSOR_CALLS = [riscvHwprobe, riscvFlushIcache, membarrier];
