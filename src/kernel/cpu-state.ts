/** The records of processors: what each runs, how far it has come in time, and why it wants into the kernel. */
import type { Nanos, Problem } from '../base/index.ts';
import type { MmId } from '../memory/index.ts';
import type { CpuId, Tid } from './types.ts';

/** Why a CPU must enter the kernel before it goes on with its task. */
export type CpuTrap =
  | 'resume'
  | 'ecall'
  | 'illegal'
  | 'breakpoint'
  | 'misaligned-load'
  | 'misaligned-store'
  | 'fetch-fault'
  | 'load-fault'
  | 'store-fault';

/** One virtual processor. All of them are interleaved on one host thread. */
export interface Cpu {
  readonly id: CpuId;
  /** Its own position in virtual time: exact for what it runs, and where it stood still while idle. */
  clock: Nanos;
  /** The task it runs, 0 when idle. */
  task: Tid | 0;
  /** Who ran last: another one costs a context switch. */
  last: Tid | 0;
  /** Why it left, as an index into SWITCH_REASONS, the interned name of what it waits for or of who goes first, and its address space. */
  left: number;
  leftFor: number;
  leftSpace: MmId | 0;
  sliceEnd: Nanos;
  /** The task gave its slice up (sched_yield), or may no longer run here. */
  yields: boolean;
  /** Somebody who may go before its task has become ready. */
  asked: boolean;
  askedBy: Tid | 0;
  /** Up to when its task's run has been told to the scheduler. */
  accounted: Nanos;
  /** A trap that waits until all other CPUs have come as far in time; null in user mode. */
  trap: CpuTrap | null;
  /** Faulting address of that trap. */
  trapAddress: number;
  busyTime: Nanos;
  switchTime: Nanos;
  switches: number;
}

/** Why the machine stands still for good: with the wait status of the first process, or with what a policy did. */
export type Halt =
  | { readonly why: 'exited'; readonly status: number }
  | { readonly why: 'policy'; readonly problem: Problem };
