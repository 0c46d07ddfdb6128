/**
 * Groups of accesses: loads, or stores, of a block that go by the same register while it does not change, as those
 * to a stack frame do. Their page is looked up once, for all bytes between the lowest and the highest.
 */
import type { Meaning } from './step.ts';

export interface Group {
  readonly base: number;
  readonly isWrite: boolean;
  /** Offsets from the register: of the lowest byte, and behind the highest. */
  low: number;
  high: number;
  /** Steps of the block, by their numbers. */
  readonly members: number[];
}

/** Bytes of a group: the longer, the likelier it lies on two pages. */
const LONGEST = 512;

/** For each step of a block its group, if it has one with others. */
export function groupsOf(steps: readonly Meaning[]): readonly (Group | undefined)[] {
  const open = new Map<number, Group>();
  const groups: (Group | undefined)[] = [];
  for (const [i, { access, args, writes }] of steps.entries()) {
    if (access !== null && args.rs1 !== 0) groups[i] = join(open, access, i, args.rs1!, args.imm!);
    for (const [key, { base }] of open) if ((writes.x >>> base) & 1) open.delete(key);
  }
  return steps.map((_, i) =>
    groups[i] !== undefined && groups[i].members.length > 1 ? groups[i] : undefined,
  );
}

type Access = NonNullable<Meaning['access']>;

function join(
  open: Map<number, Group>,
  { isWrite, bytes }: Access,
  i: number,
  base: number,
  imm: number,
): Group {
  const key = 2 * base + Number(isWrite);
  const known = open.get(key);
  if (known !== undefined) {
    const low = Math.min(known.low, imm);
    const high = Math.max(known.high, imm + bytes);
    if (high - low <= LONGEST) {
      known.low = low;
      known.high = high;
      known.members.push(i);
      return known;
    }
  }
  const group = { base, isWrite, low: imm, high: imm + bytes, members: [i] };
  open.set(key, group);
  return group;
}
