/**
 * Groups of accesses: loads, or stores, that go by the same register while it does not change, as those to a stack
 * frame or to the fields of a structure do. Their page is looked up once, by the first, for all bytes between the
 * lowest and the highest. A group reaches into blocks that can only be come to from the block before.
 */
import type { Flow } from './flow.ts';
import { type Region, successors } from './region.ts';
import type { Meaning } from './step.ts';

export interface Group {
  readonly base: number;
  readonly isWrite: boolean;
  /** Offsets from the register: of the lowest byte, and behind the highest. */
  low: number;
  high: number;
  members: number;
  /** Groups that may be open at the same time have different numbers. */
  readonly number: number;
}

/** Bytes of a group: the longer, the likelier it lies on two pages. */
const LONGEST = 512;

type Access = NonNullable<Meaning['access']>;
type Open = Map<number, Group>;

const keyOf = (base: number, isWrite: boolean): number => 2 * base + Number(isWrite);

class Planner {
  private readonly region: Region;
  private readonly flow: Flow;
  readonly groups: (Group | undefined)[][];

  constructor(region: Region, flow: Flow) {
    this.region = region;
    this.flow = flow;
    this.groups = region.blocks.map(() => []);
  }

  /** Groups what is in a block and in those that follow only it. */
  plan(at: number, open: Open, used: number): void {
    const { steps, end } = this.region.blocks[at]!;
    const groups = this.groups[at]!;
    let next = used;
    for (const [i, { access, args, writes }] of steps.entries()) {
      if (access !== null && args.rs1 !== 0) {
        const group = this.join(open, access, args.rs1!, args.imm!, next);
        if (group.number === next) next++;
        groups[i] = group;
      }
      if (writes.x !== 0) for (const key of open.keys()) if ((writes.x >>> (key >> 1)) & 1) open.delete(key);
    }
    if (end.kind === 'call') return;
    for (const to of successors(this.region.blocks[at]!))
      if (!this.isFirst(to)) this.plan(to, new Map(open), next);
  }

  /** Whether a block is come to in several ways, or again. */
  private isFirst(at: number): boolean {
    return this.flow.isJoin[at]! || this.flow.isHead[at]!;
  }

  private join(open: Open, { isWrite, bytes }: Access, base: number, imm: number, number: number): Group {
    const key = keyOf(base, isWrite);
    const known = open.get(key);
    if (known !== undefined) {
      const low = Math.min(known.low, imm);
      const high = Math.max(known.high, imm + bytes);
      if (high - low <= LONGEST) {
        known.low = low;
        known.high = high;
        known.members++;
        return known;
      }
    }
    const group: Group = { base, isWrite, low: imm, high: imm + bytes, members: 1, number };
    open.set(key, group);
    return group;
  }

  /** Every block where nothing is known of what came before. */
  planAll(): void {
    const { blocks } = this.region;
    const behindCall = new Set(
      blocks.flatMap((block) => (block.end.kind === 'call' ? successors(block) : [])),
    );
    for (const at of this.flow.order)
      if (at === 0 || this.isFirst(at) || behindCall.has(at)) this.plan(at, new Map(), 0);
  }
}

/** For each step of each block its group. */
export function groupsOf(region: Region, flow: Flow): readonly (readonly (Group | undefined)[])[] {
  const planner = new Planner(region, flow);
  planner.planAll();
  return planner.groups;
}
