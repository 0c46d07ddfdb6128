/** Every whole-machine test runs twice: the same options and inputs give the same state. */
import { expect } from 'vitest';
import { type Outcome, type RunOptions, runOnce, type Sketch } from './run.ts';

export { type Outcome, type RunOptions, type Sketch, tinyElf } from './run.ts';

/** Runs twice, the second time in small steps: one state hash. */
export function runTwice(files: Sketch, argv: readonly string[], options: RunOptions = {}): Outcome {
  const first = runOnce(files, argv, options);
  const second = runOnce(files, argv, { ...options, step: 9_973 });
  expect(second.stdout).toBe(first.stdout);
  expect(second.machine.stateHash()).toBe(first.machine.stateHash());
  return first;
}
