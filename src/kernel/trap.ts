/** The kernel's door: why a processor stopped running its task, and what is done about each cause. */
import { SI, SIGNAL } from '../abi/index.ts';
import { EVENT, FAULT_ACCESSES, FAULT_KINDS } from '../events/index.ts';
import {
  type Access,
  type FaultOutcome,
  isServed,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from '../memory/index.ts';
import { diskFault, type Wait } from '../vfs/index.ts';
import { block } from './block.ts';
import { continueCall, enterCall } from './call.ts';
import type { CpuTrap } from './cpu-state.ts';
import type { Kernel } from './kernel.ts';
import { outOfMemory } from './oom.ts';
import { deliverSignals, forceSignal, rseqOrSignal } from './signal-deliver.ts';
import { goOn } from './trace-resume.ts';

const SERVE: Readonly<Record<CpuTrap, (k: Kernel, address: number) => void>> = {
  resume,
  ecall,
  illegal: (k) => forceSignal(k, SIGNAL.SIGILL, { code: SI.ILL_ILLOPC, addr: k.hart.pc }),
  breakpoint: (k) => forceSignal(k, SIGNAL.SIGTRAP, { code: SI.TRAP_BRKPT, addr: k.hart.pc }),
  'misaligned-load': misaligned,
  'misaligned-store': misaligned,
  'fetch-fault': (k, address) => pageFault(k, address, 'exec'),
  'load-fault': (k, address) => pageFault(k, address, 'read'),
  'store-fault': (k, address) => pageFault(k, address, 'write'),
};

/** Serves the trap of the current task; it may be blocked, stopped or gone afterwards. */
export const serveTrap = (k: Kernel, trap: CpuTrap, address: number): void =>
  // Nearly every trap is one of these two, and a call that is known costs less than a look-up.
  trap === 'ecall' ? ecall(k) : trap === 'resume' ? resume(k) : SERVE[trap](k, address);

function resume(k: Kernel): void {
  if (k.task.isWatched && goOn(k)) return;
  if (k.task.call !== null) continueCall(k);
}

function ecall(k: Kernel): void {
  // The processor does not count the ecall as retired: the kernel does.
  charge(k, 1);
  k.task.systemTime++;
  enterCall(k);
}

/** Before user mode: takes pending signals. False when the task does not run on. */
export function readyForUser(k: Kernel): boolean {
  const { task } = k;
  if (task.pending.length > 0 || k.group.pending.length > 0 || task.isWatched) deliverSignals(k, null);
  if (task.rseqDue && task.run === 'running' && !rseqOrSignal(k)) deliverSignals(k, null);
  return task.run === 'running';
}

/** Lets the current CPU's clock and the machine's count advance for what the kernel did itself. */
function charge(k: Kernel, instructions: number): void {
  k.cpu.clock = (k.cpu.clock + instructions) as typeof k.clock;
  k.clock = k.cpu.clock;
  k.retired += instructions;
  k.task.instructions += instructions;
  k.group.cpuBudget -= instructions;
}

/** Only atomics and LR/SC must be aligned; the hart does all other misaligned accesses itself. */
function misaligned(k: Kernel, address: number): void {
  forceSignal(k, SIGNAL.SIGBUS, { code: SI.BUS_ADRALN, addr: address });
}

function pageFault(k: Kernel, address: number, access: Access): void {
  const { mm, task } = k;
  const wait = waitForDisk(k, address, access);
  if (wait !== null) {
    // The access is tried again when the page is there.
    mm.majorFaults++;
    task.majorFaults++;
    block(k, wait);
    return;
  }
  const majors = mm.majorFaults;
  const outcome = k.memory.spaces.fault(mm, address, access);
  if (!k.events.skips(EVENT.pageFault)) recordFault(k, address, access, outcome);
  if (isServed(outcome)) {
    if (mm.majorFaults === majors) task.minorFaults++;
    else task.majorFaults++;
    return;
  }
  REFUSE[outcome as keyof typeof REFUSE](k, address);
}

const NEEDS: Readonly<Record<Access, number>> = { read: PROT_READ, write: PROT_WRITE, exec: PROT_EXEC };

/** A mapped page of a file that is not cached comes from the disk (Linux: filemap_fault, a major fault). */
function waitForDisk(k: Kernel, address: number, access: Access): Wait | null {
  if (k.vfs.disk.serviceTime === 0) return null;
  const vma = k.memory.spaces.vmaAt(k.mm, address);
  if (vma === undefined || vma.object === null || (vma.prot & NEEDS[access]) === 0) return null;
  return diskFault(k.vfs, vma.object, vma.offset + address - vma.start);
}

const REFUSE = {
  SEGV_MAPERR: (k: Kernel, addr: number) => forceSignal(k, SIGNAL.SIGSEGV, { code: SI.SEGV_MAPERR, addr }),
  SEGV_ACCERR: (k: Kernel, addr: number) => forceSignal(k, SIGNAL.SIGSEGV, { code: SI.SEGV_ACCERR, addr }),
  BUS_ADRERR: (k: Kernel, addr: number) => forceSignal(k, SIGNAL.SIGBUS, { code: SI.BUS_ADRERR, addr }),
  'out-of-memory': (k: Kernel) => {
    // The access is tried again: time must pass meanwhile, or the machine would never come to the victim.
    charge(k, 1);
    outOfMemory(k);
  },
};

/** Words of the events to their numbers. */
const indexed = (words: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(words.map((word, i) => [word, i]));
const ACCESS = indexed(FAULT_ACCESSES);
const OUTCOME = indexed(FAULT_KINDS);

function recordFault(k: Kernel, address: number, access: Access, outcome: FaultOutcome): void {
  const { events, clock, cpu, task } = k;
  events.record(
    EVENT.pageFault,
    clock,
    cpu.id,
    task.tid,
    address,
    ACCESS[access],
    OUTCOME[outcome],
    k.hart.pc,
  );
}
