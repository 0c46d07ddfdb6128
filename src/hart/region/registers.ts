/**
 * Which registers a region's function has in local variables when: what it must load when it begins and behind
 * calls, and what it must write back where it is left.
 */
import type { Flow } from './flow.ts';
import { type Block, type Region, successors, type Way } from './region.ts';
import { isSame, NONE, type RegisterSet, union, without } from './register-set.ts';

export interface RegisterPlan {
  /** Changed and not written back when a block begins. */
  readonly dirty: readonly RegisterSet[];
  /** Needed when a block begins. */
  readonly live: readonly RegisterSet[];
}

const written = ({ steps }: Block): RegisterSet =>
  steps.reduce((sum, { writes }) => union(sum, writes), NONE);

function dirtySets({ blocks }: Region, { order }: Flow): RegisterSet[] {
  const dirty = blocks.map(() => NONE);
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of order) {
      // Before a call everything is written back.
      if (blocks[block]!.end.kind === 'call') continue;
      const out = union(dirty[block]!, written(blocks[block]!));
      for (const to of successors(blocks[block]!)) {
        const sum = union(dirty[to]!, out);
        if (isSame(sum, dirty[to]!)) continue;
        dirty[to] = sum;
        changed = true;
      }
    }
  }
  return dirty;
}

function liveOut({ end }: Block, live: readonly RegisterSet[], dirty: RegisterSet): RegisterSet {
  const by = (way: Way) => ('block' in way ? live[way.block]! : dirty);
  if (end.kind === 'branch') return union(by(end.taken), by(end.next));
  if (end.kind === 'jump') return by(end.to);
  return dirty;
}

function liveIn(block: Block, dirtyIn: RegisterSet, live: readonly RegisterSet[]): RegisterSet {
  const dirty: RegisterSet[] = [dirtyIn];
  for (const [i, { writes }] of block.steps.entries()) dirty.push(union(dirty[i]!, writes));
  let now = liveOut(block, live, dirty.at(-1)!);
  for (let i = block.steps.length - 1; i >= 0; i--) {
    const { reads, writes, mayGiveUp } = block.steps[i]!;
    now = union(without(now, writes), reads);
    if (mayGiveUp) now = union(now, dirty[i]!);
  }
  return now;
}

/** Plans a region. */
export function planRegisters(region: Region, flow: Flow): RegisterPlan {
  const dirty = dirtySets(region, flow);
  const live = region.blocks.map(() => NONE);
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of flow.order.toReversed()) {
      const own = liveIn(region.blocks[block]!, dirty[block]!, live);
      const now = flow.isHead[block] ? union(own, dirty[block]!) : own;
      if (isSame(now, live[block]!)) continue;
      live[block] = now;
      changed = true;
    }
  }
  return { dirty, live };
}

/** For each block, the most steps from its beginning until the budget is looked at again. */
export function longestWays({ blocks }: Region, { order, isHead, placeOf }: Flow): number[] {
  const longest = blocks.map(() => 0);
  for (const block of order.toReversed()) {
    const { steps, end } = blocks[block]!;
    let most = 0;
    if (end.kind !== 'call')
      for (const to of successors(blocks[block]!))
        if (!isHead[to] && placeOf[to]! > placeOf[block]!) most = Math.max(most, longest[to]!);
    longest[block] = most + steps.length;
  }
  return longest;
}
