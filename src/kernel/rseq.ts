/**
 * Restartable sequences: a thread that comes back to its program after it lost the processor, or into a handler,
 * finds the number of its processor in its own memory, and goes on at the abort address of a sequence that it was
 * in the middle of. Linux: kernel/rseq.c, include/uapi/linux/rseq.h.
 */
import { layout } from '../memory/index.ts';
import type { Cpu } from './cpu-state.ts';
import type { Kernel } from './kernel.ts';
import type { Rseq, Task } from './types.ts';

/** struct rseq: offsets of what is written and read. */
const CPU_ID_START = 0;
const CPU_ID = 4;
const RSEQ_CS = 8;
const FLAGS = 16;
const NODE_ID = 20;
const MM_CID = 24;
/** AT_RSEQ_FEATURE_SIZE: up to where the fields of struct rseq have a meaning. */
export const RSEQ_FEATURE_SIZE = 28;
/** AT_RSEQ_ALIGN, and the least length that can be registered. */
export const RSEQ_ALIGN = 32;
/** cpu_id where nothing is registered (RSEQ_CPU_ID_UNINITIALIZED). */
const UNINITIALIZED = 0xffffffff;
/** struct rseq_cs: version, flags, start_ip, post_commit_offset, abort_ip. */
const CS_SIZE = 32;

/** A task begins to have, or has no longer, a place for this. */
export function setRseq(task: Task, rseq: Rseq | null): void {
  task.rseq = rseq;
  task.rseqDue = rseq !== null;
  task.rseqCpu = -1;
  task.rseqCid = 0;
}

/**
 * A registered task takes a processor. One that was in a call stood in no sequence, and on a machine of one processor
 * its numbers stay what they are (Linux 6.19 leaves the same out).
 */
export const rseqDispatched = (k: Kernel, cpu: Cpu, task: Task): boolean =>
  task.rseqDue || task.call === null || task.rseqCpu !== cpu.id || k.cpus.length > 1;

/** Before user mode: false when the registered memory, or a sequence that is described there, is bad. */
export function updateRseq(k: Kernel): boolean {
  k.task.rseqDue = false;
  return leaveSequence(k) && tellPlace(k);
}

/** What stands there once it is no longer registered; false for memory that cannot be written. */
export function resetRseq(k: Kernel, { at }: Rseq): boolean {
  const { user } = k;
  return (
    user.writeU32(at + CPU_ID_START, 0) &&
    user.writeU32(at + CPU_ID, UNINITIALIZED) &&
    user.writeU32(at + NODE_ID, 0) &&
    user.writeU32(at + MM_CID, 0)
  );
}

/** Where it runs, if that is not what stands there already. */
function tellPlace(k: Kernel): boolean {
  const { task, cpu, user } = k;
  const cid = k.cpus.length === 1 ? 0 : freeCid(k);
  if (task.rseqCpu === cpu.id && task.rseqCid === cid) return true;
  task.rseqCpu = cpu.id;
  task.rseqCid = cid;
  const { at } = task.rseq!;
  return (
    user.writeU32(at + CPU_ID_START, cpu.id) &&
    user.writeU32(at + CPU_ID, cpu.id) &&
    user.writeU32(at + NODE_ID, 0) &&
    user.writeU32(at + MM_CID, cid)
  );
}

/** The least number that no other running thread of this memory has: below the number of threads and processors. */
function freeCid(k: Kernel): number {
  let used = 0;
  for (const cpu of k.cpus) {
    if (cpu === k.cpu || cpu.task === 0) continue;
    const other = k.tasks.get(cpu.task)!;
    if (other.mm === k.task.mm && other.rseq !== null) used |= 1 << other.rseqCid;
  }
  for (let cid = 0; ; cid++) if ((used & (1 << cid)) === 0) return cid;
}

/** Goes to the abort address when the task stands in its sequence. Linux: rseq_ip_fixup(). */
function leaveSequence(k: Kernel): boolean {
  const { user, hart } = k;
  const { at, signature } = k.task.rseq!;
  const cs = user.readU64(at + RSEQ_CS);
  if (cs === undefined) return false;
  if (cs === 0) return true;
  if (cs >= layout.USER_END) return false;
  const bytes = new Uint8Array(CS_SIZE);
  if (!user.copyIn(cs, bytes)) return false;
  const view = new DataView(bytes.buffer);
  const word = (offset: number) => view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32;
  const [start, length, abort] = [word(8), word(16), word(24)];
  const isOutside = Math.max(start, start + length, abort) >= layout.USER_END;
  if (isOutside || view.getUint32(0, true) > 0 || (abort >= start && abort - start < length)) return false;
  if (user.readU32(abort - 4) !== signature) return false;
  const isIn = hart.pc >= start && hart.pc < start + length;
  // The flags that once kept a sequence from being restarted are refused (Linux 6.0).
  if (isIn && (view.getUint32(4, true) !== 0 || user.readU32(at + FLAGS) !== 0)) return false;
  if (!user.writeU64(at + RSEQ_CS, 0)) return false;
  if (isIn) hart.pc = abort;
  return true;
}
