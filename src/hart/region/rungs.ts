/**
 * Rungs: where the steps of a block leave it that give up. The dirty registers only grow from step to step, so the way
 * out is a ladder: each rung writes back what is dirty there and not before, and goes on to the rung before it.
 */
import { block, type Code, type Label, seq } from '../../wasm/index.ts';
import { isSame, NONE, type RegisterSet, union, without } from './register-set.ts';
import type { Meaning } from './step.ts';

export interface Rung {
  readonly dirty: RegisterSet;
  /** Where to branch to, once the ladder is being built. */
  label: Label | null;
}

/** The rungs of a block, for what is dirty when it begins. */
export function rungsOf(steps: readonly Meaning[], dirtyIn: RegisterSet): readonly Rung[] {
  const rungs: Rung[] = [];
  let dirty = dirtyIn;
  for (const { writes, mayGiveUp } of steps) {
    const top = rungs.at(-1);
    if (mayGiveUp && (top === undefined || !isSame(top.dirty, dirty))) rungs.push({ dirty, label: null });
    dirty = union(dirty, writes);
  }
  return rungs;
}

/** Steps inside blocks whose ends are the rungs. */
export function ladder(
  rungs: readonly Rung[],
  store: (set: RegisterSet) => Code<'nothing'>,
  steps: () => Code<'nothing'>,
): Code<'nothing'> {
  const from = (i: number): Code<'nothing'> => {
    const rung = rungs[i];
    if (rung === undefined) return steps();
    const inner = block('nothing', (label) => {
      rung.label = label;
      return from(i + 1);
    });
    return seq(inner, store(without(rung.dirty, rungs[i - 1]?.dirty ?? NONE)));
  };
  return from(0);
}
