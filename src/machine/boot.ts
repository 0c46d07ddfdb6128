/** Making machines: a new one, or one that goes on where another was. */
import { isProblem, type Problem } from '../base/index.ts';
import type { Timestamp } from '../vfs/index.ts';
import { Machine } from './machine.ts';
import { type MachineOptions, settingsOf, whyNot } from './options.ts';
import { readSnapshot } from './snapshot.ts';

/** Makes a machine, or says what is wrong with the options. */
export function bootMachine(options: MachineOptions): Machine | Problem {
  const settings = settingsOf(options);
  return whyNot(settings) ?? new Machine(settings).boot();
}

/**
 * A machine that goes on where a saved one was. The options that make a machine (memory, processors, layers) must
 * be the same; those that limit or pace it may be others.
 */
export function restoreMachine(
  bytes: Uint8Array,
  options: MachineOptions,
  epoch?: Timestamp,
): Machine | Problem {
  const settings = settingsOf(options);
  const wrong = whyNot(settings);
  if (wrong !== null) return wrong;
  const snapshot = readSnapshot(bytes, settings);
  return isProblem(snapshot) ? snapshot : new Machine(settings).load(snapshot, epoch);
}
