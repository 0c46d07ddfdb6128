/** Which processors a task may run on, and where it is. man 2 sched_setaffinity. */
import { allCpus, type Kernel, syscall } from '../kernel/index.ts';
import { int, pointer, size, struct } from './args.ts';
import { mayChange, taskOf } from './sched-change.ts';
import { outNumber } from './text/process.ts';

const base = { interrupted: 'never blocks', support: 'full' } as const;

/** Bytes of a cpu_set_t as the kernel counts it: one word. */
const MASK_BYTES = 8;

const maskText = (k: Kernel, addr: number): string | null => {
  const mask = k.user.readU32(addr);
  if (mask === undefined) return null;
  const cpus: number[] = [];
  for (let cpu = 0; cpu < 32; cpu++) if ((mask & (1 << cpu)) !== 0) cpus.push(cpu);
  return `[${cpus.join(' ')}]`;
};

export const schedSetaffinity = syscall({
  nr: 122,
  name: 'sched_setaffinity',
  args: [int, size, struct(maskText)],
  errors: ['EFAULT', 'EINVAL', 'EPERM', 'ESRCH'],
  ...base,
  run(k, tid, length, addr) {
    const bytes = new Uint8Array(MASK_BYTES);
    if (!k.user.copyIn(addr, bytes.subarray(0, Math.min(length, MASK_BYTES)))) return 'EFAULT';
    const task = taskOf(k, tid);
    if (task === undefined) return 'ESRCH';
    if (!mayChange(k, task)) return 'EPERM';
    const mask = new DataView(bytes.buffer).getInt32(0, true) & allCpus(k.cpus.length);
    if (mask === 0) return 'EINVAL';
    k.scheduler.allow(task, mask);
    const cpu = k.cpus[task.cpu]!;
    if (cpu.task === task.tid && (mask & (1 << cpu.id)) === 0) cpu.asked = true;
    return 0;
  },
});

export const schedGetaffinity = syscall({
  nr: 123,
  name: 'sched_getaffinity',
  args: [int, size, struct(maskText, 'after')],
  errors: ['EFAULT', 'EINVAL', 'ESRCH'],
  ...base,
  run(k, tid, length, addr) {
    if (length < MASK_BYTES || length % 8 !== 0) return 'EINVAL';
    const task = taskOf(k, tid);
    if (task === undefined) return 'ESRCH';
    return k.user.writeU64(addr, task.affinity >>> 0) ? MASK_BYTES : 'EFAULT';
  },
});

export const getcpu = syscall({
  nr: 168,
  name: 'getcpu',
  args: [outNumber, outNumber, pointer],
  errors: ['EFAULT'],
  ...base,
  run(k, cpu, node) {
    const told = cpu === 0 || k.user.writeU32(cpu, k.cpu.id);
    return told && (node === 0 || k.user.writeU32(node, 0)) ? 0 : 'EFAULT';
  },
});

export const AFFINITY_CALLS = [schedSetaffinity, schedGetaffinity, getcpu];
