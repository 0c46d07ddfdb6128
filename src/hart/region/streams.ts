/**
 * Streams: registers that step through memory in a loop, or stay where they are. The page such a register points to is
 * remembered in local variables, because the next access is nearly always in the same one.
 */
import type { Flow } from './flow.ts';
import { type Block, type Region, successors } from './region.ts';

/** A register that moves by at most this many bytes at a time stays in a page for a while. */
const LONGEST_STEP = 256;

/** The blocks of the loop that begins at a head. */
function loopOf(
  region: Region,
  { placeOf }: Flow,
  before: readonly (readonly number[])[],
  head: number,
): Set<number> {
  const loop = new Set([head]);
  const waiting = before[head]!.filter((from) => placeOf[from]! >= placeOf[head]!);
  for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
    if (loop.has(block) || region.blocks[block] === undefined) continue;
    loop.add(block);
    waiting.push(...before[block]!.filter((from) => placeOf[from]! >= 0));
  }
  return loop;
}

/** Registers that some step of a block moves in another way than by a short distance. */
function unsteady({ steps }: Block): number {
  let bits = 0;
  for (const { insn, args, writes } of steps) {
    const isStep = insn.name === 'addi' && args.rd === args.rs1 && Math.abs(args.imm!) <= LONGEST_STEP;
    if (!isStep) bits |= writes.x;
  }
  return bits;
}

/** For each block, the registers that are streams in the innermost loop around it, as a bit for each. */
export function streamsOf(region: Region, flow: Flow): readonly number[] {
  const { blocks } = region;
  const before: number[][] = blocks.map(() => []);
  for (const block of flow.order) for (const to of successors(blocks[block]!)) before[to]!.push(block);
  const streams = blocks.map(() => 0);
  // Outer loops come first, and inner ones after them.
  for (const head of flow.order.filter((block) => flow.isHead[block])) {
    const loop = [...loopOf(region, flow, before, head)];
    const hasCall = loop.some((block) => blocks[block]!.end.kind === 'call');
    const moved = loop.reduce((bits, block) => bits | unsteady(blocks[block]!), 0);
    for (const block of loop) streams[block] = hasCall ? 0 : ~moved;
  }
  return streams;
}
