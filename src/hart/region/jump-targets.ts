/** Where indirect jumps have led, page by page: what the interpreter notes in a ring is collected here. */
import { OP_SHIFT } from '../operation.ts';
import { JUMPS, JUMPS_SIZE, PC_BASE } from '../place.ts';

/** The most that are remembered of one jump. */
const MOST = 64;

export class JumpTargets {
  private readonly longs: BigInt64Array;
  /** By the page of operations and the jump's offset: offsets in the same page. */
  private readonly known = new Map<number, Map<number, Set<number>>>();

  constructor(buffer: ArrayBuffer) {
    this.longs = new BigInt64Array(buffer);
  }

  /** Collects what was noted of a page of operations, in which the interpreter is now. */
  collect(page: number): void {
    const address = (this.longs[PC_BASE / 8]! + BigInt(page >>> OP_SHIFT)) & ~0xfffn;
    for (let at = 0; at < JUMPS_SIZE; at += 16) {
      const from = this.longs[(JUMPS + at) / 8]!;
      const to = this.longs[(JUMPS + at) / 8 + 1]!;
      if ((from & ~0xfffn) === address && (to & ~0xfffn) === address)
        this.note(page, Number(from & 0xfffn), Number(to & 0xfffn));
    }
  }

  private note(page: number, from: number, to: number): void {
    let jumps = this.known.get(page);
    if (jumps === undefined) {
      jumps = new Map();
      this.known.set(page, jumps);
    }
    let targets = jumps.get(from);
    if (targets === undefined) {
      targets = new Set();
      jumps.set(from, targets);
    }
    if (targets.size < MOST) targets.add(to);
  }

  of(page: number, at: number): Iterable<number> {
    return this.known.get(page)?.get(at) ?? [];
  }

  forget(page: number): void {
    this.known.delete(page);
  }
}
