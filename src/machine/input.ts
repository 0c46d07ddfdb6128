/**
 * Everything that reaches a machine from outside, as plain data with the instant at which it entered: given
 * the same options and the same inputs, a machine does the same again.
 */
import type { Nanos } from '../base/index.ts';
import type { PolicyChoice } from '../kernel/index.ts';
import type { Timestamp } from '../vfs/index.ts';
import type { SpawnOptions } from './spawn.ts';

/** One input, without its instant. */
export type InputKind =
  | { readonly kind: 'spawn'; readonly options: SpawnOptions }
  | { readonly kind: 'write'; readonly port: number; readonly bytes: Uint8Array }
  | { readonly kind: 'close'; readonly port: number }
  | { readonly kind: 'type'; readonly bytes: Uint8Array }
  | { readonly kind: 'resize'; readonly rows: number; readonly columns: number }
  /** Real time passed while all tasks slept: until this virtual time. */
  | { readonly kind: 'idle'; readonly until: Nanos }
  /** A sealed machine was told the time: for one call, or, from now on open, for all. `isHeld`: it stood before a call. */
  | { readonly kind: 'time'; readonly epoch: Timestamp; readonly isOpen: boolean; readonly isHeld: boolean }
  /** Ordinary tasks are scheduled otherwise from now on. */
  | { readonly kind: 'policy'; readonly policy: PolicyChoice }
  | { readonly kind: 'kill'; readonly pid: number; readonly signo: number };

/** An instant of a run: a border between two instructions, and of those with the same count the one behind an event. */
export interface Position {
  /** Instructions that all processors have retired. */
  readonly retired: number;
  /** Events that have happened, recorded or not. */
  readonly events: number;
}

/** An input, and where the machine stood when it entered. */
export type Input = InputKind & { readonly at: Position };
