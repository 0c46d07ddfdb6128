/**
 * The order of a region's blocks: which dominate which, which are heads of loops, where ways meet. (Cooper, Harvey,
 * Kennedy: "A Simple, Fast Dominance Algorithm"; Ramsey: "Beyond Relooper", ICFP 2022.)
 */
import { type Block, type Region, successors, type Way } from './region.ts';

export interface Flow {
  /** Blocks that can be reached, in reverse postorder. */
  readonly order: readonly number[];
  /** A block's place in the order, or -1. */
  readonly placeOf: readonly number[];
  /** The blocks that each dominates immediately and where several ways meet, the last in the order first. */
  readonly joins: readonly (readonly number[])[];
  readonly isHead: readonly boolean[];
  readonly isJoin: readonly boolean[];
}

function reversePostorder(blocks: readonly Block[]): number[] {
  const order: number[] = [];
  const seen = new Set<number>([0]);
  const stack = [{ block: 0, next: [...successors(blocks[0]!)] }];
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const to = top.next.pop();
    if (to === undefined) {
      order.push(top.block);
      stack.pop();
    } else if (!seen.has(to)) {
      seen.add(to);
      stack.push({ block: to, next: [...successors(blocks[to]!)] });
    }
  }
  return order.reverse();
}

/** The immediate dominators, as places in the order. */
function dominators(before: readonly (readonly number[])[]): number[] {
  const idom = new Array<number>(before.length).fill(-1);
  idom[0] = 0;
  const meet = (a: number, b: number): number => {
    let [p, q] = [a, b];
    while (p !== q)
      if (p > q) p = idom[p]!;
      else q = idom[q]!;
    return p;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let place = 1; place < before.length; place++) {
      const known = before[place]!.filter((p) => idom[p]! >= 0);
      const found = known.reduce(meet);
      if (idom[place] !== found) {
        idom[place] = found;
        changed = true;
      }
    }
  }
  return idom;
}

/** Turns ways back into the middle of a loop away from the region: they begin another one. */
function cutIrreducible(blocks: readonly Block[], cut: (from: number, to: number) => boolean): boolean {
  let any = false;
  for (const [from, block] of blocks.entries()) {
    const away = (way: Way): Way => {
      if (!('block' in way) || !cut(from, way.block)) return way;
      any = true;
      return { away: blocks[way.block]!.start };
    };
    const { end } = block;
    if (end.kind === 'branch') {
      end.taken = away(end.taken);
      end.next = away(end.next);
    } else if (end.kind === 'jump') end.to = away(end.to);
    else if (end.kind === 'call') end.next = away(end.next);
    else if (end.kind === 'jumpTo' && end.via !== null && cut(from, end.via)) {
      any = true;
      end.via = null;
    } else if (end.kind === 'dispatch') {
      const kept = end.cases.filter((to) => !cut(from, to));
      any ||= kept.length < end.cases.length;
      end.cases = kept;
    }
  }
  return any;
}

/** Orders the blocks; ways that make the graph irreducible are cut first. */
export function flowOf({ blocks }: Region): Flow {
  for (;;) {
    const order = reversePostorder(blocks);
    const placeOf = new Array<number>(blocks.length).fill(-1);
    for (const [place, block] of order.entries()) placeOf[block] = place;
    const before: number[][] = order.map(() => []);
    for (const [place, block] of order.entries())
      for (const to of successors(blocks[block]!)) before[placeOf[to]!]!.push(place);
    const idom = dominators(before);
    const dominates = (a: number, b: number): boolean => {
      let at = b;
      while (at > a) at = idom[at]!;
      return at === a;
    };
    const isBad = (from: number, to: number): boolean => {
      const [p, q] = [placeOf[from]!, placeOf[to]!];
      return p >= 0 && q <= p && !dominates(q, p);
    };
    if (cutIrreducible(blocks, isBad)) continue;
    const isHead = new Array<boolean>(blocks.length).fill(false);
    const isJoin = new Array<boolean>(blocks.length).fill(false);
    const joins: number[][] = blocks.map(() => []);
    for (const [place, block] of order.entries()) {
      isHead[block] = before[place]!.some((from) => from >= place);
      const ways = before[place]!.filter((from) => from < place);
      // A case needs a label, even when there is but one way to it.
      isJoin[block] = ways.length > 1 || ways.some((from) => blocks[order[from]!]!.end.kind === 'dispatch');
      if (isJoin[block] && place > 0) joins[order[idom[place]!]!]!.unshift(block);
    }
    return { order, placeOf, joins, isHead, isJoin };
  }
}
