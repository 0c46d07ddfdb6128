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
  const writes = blocks.map(written);
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of order) {
      // Before a call everything is written back.
      if (blocks[block]!.end.kind === 'call') continue;
      const out = union(dirty[block]!, writes[block]!);
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
  if (end.kind === 'jumpTo' && end.via !== null) return live[end.via]!;
  if (end.kind === 'dispatch') return end.cases.reduce((sum, to) => union(sum, live[to]!), dirty);
  return dirty;
}

/** What a block does to what is live: what it needs itself, and what it writes. */
interface Effect {
  readonly needs: RegisterSet;
  readonly writes: RegisterSet;
  /** Dirty at its end. */
  readonly dirty: RegisterSet;
}

function effectOf({ steps }: Block, dirtyIn: RegisterSet): Effect {
  const needs = { x: 0, f: 0 };
  const wrote = { x: 0, f: 0 };
  for (const { reads, writes, mayGiveUp } of steps) {
    // What is dirty and not written here must have come with a value.
    const { x, f } = mayGiveUp ? union(reads, dirtyIn) : reads;
    needs.x |= x & ~wrote.x;
    needs.f |= f & ~wrote.f;
    wrote.x |= writes.x;
    wrote.f |= writes.f;
  }
  return { needs, writes: wrote, dirty: union(dirtyIn, wrote) };
}

/** Plans a region. */
export function planRegisters(region: Region, flow: Flow): RegisterPlan {
  const dirty = dirtySets(region, flow);
  const live = region.blocks.map(() => NONE);
  const effects = region.blocks.map((block, i) => effectOf(block, dirty[i]!));
  const backwards = flow.order.toReversed();
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of backwards) {
      const { needs, writes, dirty: left } = effects[block]!;
      const own = union(without(liveOut(region.blocks[block]!, live, left), writes), needs);
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
