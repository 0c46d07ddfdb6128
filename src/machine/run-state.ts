/** What a run of the machine may answer. */
import type { Nanos, Problem } from '../base/index.ts';
import type { Kernel } from '../kernel/index.ts';

/** How a run ended. */
export type RunState =
  /** The budget is used up; there is more to do. */
  | { readonly state: 'running' }
  /** The virtual time that was asked for has come, or comes while all tasks sleep. */
  | { readonly state: 'due' }
  /** All tasks sleep until a timer at `until`, and real time is to pass. */
  | { readonly state: 'idle'; readonly until: Nanos }
  /** All tasks wait for something that only the outside can give. */
  | { readonly state: 'waiting' }
  /** Too much output waits for the host. */
  | { readonly state: 'output-full' }
  /** The first process ended, with this wait status. */
  | { readonly state: 'exited'; readonly status: number }
  /** A user's scheduling policy went wrong. */
  | { readonly state: 'policy'; readonly problem: Problem }
  /** Sealed, and a call is about to look outside. */
  | { readonly state: 'sealed'; readonly look: 'clock' | 'outside' }
  /** A limit of the options was met. */
  | { readonly state: 'limit'; readonly limit: 'instructions' | 'time' | 'output' };

/** Of a machine that stands still for good. */
export const haltedBy = (halt: NonNullable<Kernel['halt']>): RunState =>
  halt.why === 'policy'
    ? { state: 'policy', problem: halt.problem }
    : { state: 'exited', status: halt.status };
