/** The books of one heap: which blocks a process has, where it asked for them, and how much there was when. */

/** A block that has been given and not been taken back. */
export interface Block {
  readonly address: number;
  readonly size: number;
  /** Number of the place that asked for it. */
  readonly site: number;
  /** Words that lay in it when it was given and may be addresses: where, and what; null for none. */
  readonly stale: ReadonlyMap<number, number> | null;
}

/** The heap at a moment. */
export interface HeapSample {
  /** Virtual nanoseconds since boot. */
  readonly at: number;
  readonly bytes: number;
  readonly blocks: number;
  /** Bytes of the heap segment, and of all private writable memory with it. */
  readonly brk: number;
  readonly mapped: number;
}

/** How large the address space is. */
type Measure = () => { readonly brk: number; readonly mapped: number };

/** glibc maps the heaps of threads at multiples of this (HEAP_MAX_SIZE). */
export const HEAP_REGION = 2 ** 26;

/** More are counted, and not kept: a Map of the host has an end. */
const MOST_BLOCKS = 4_000_000;
const MOST_SAME = 4096;
const MOST_SAMPLES = 512;
/** Nanoseconds between samples, at first. */
const FIRST_INTERVAL = 1000;

export class Ledger {
  /** Places that asked for memory: their call chains, as return addresses. */
  readonly sites: (readonly number[])[];
  readonly blocks: Map<number, Block>;
  /** Beginnings of the regions in which there ever was a block. */
  readonly regions: Set<number>;
  /** Blocks that there was no room for here. */
  skipped = 0;
  allocs = 0;
  frees = 0;
  /** Bytes asked for, ever. */
  allocated = 0;
  bytes = 0;
  peak: HeapSample = { at: 0, bytes: 0, blocks: 0, brk: 0, mapped: 0 };
  samples: HeapSample[] = [];
  readonly #siteNumbers: Map<string, number>;
  /** The same by the arrays that were seen lately. */
  readonly #siteOf = new Map<readonly number[], number>();
  #interval = FIRST_INTERVAL;

  /** An empty one, or for a child that forks a copy of its parent's. */
  constructor(parent?: Ledger) {
    this.sites = parent?.sites.slice() ?? [];
    this.#siteNumbers = new Map(parent === undefined ? [] : parent.#siteNumbers);
    this.blocks = new Map(parent?.blocks ?? []);
    this.regions = new Set(parent?.regions ?? []);
    if (parent === undefined) return;
    this.skipped = parent.skipped;
    this.allocs = parent.allocs;
    this.frees = parent.frees;
    this.allocated = parent.allocated;
    this.bytes = parent.bytes;
    this.peak = parent.peak;
    this.samples = parent.samples.slice();
    this.#interval = parent.#interval;
  }

  /** The number of a call chain. */
  site(chain: readonly number[]): number {
    const same = this.#siteOf.get(chain);
    if (same !== undefined) return same;
    const key = chain.join();
    const number = this.#siteNumbers.get(key) ?? this.sites.push(chain) - 1;
    this.#siteNumbers.set(key, number);
    if (this.#siteOf.size >= MOST_SAME) this.#siteOf.clear();
    this.#siteOf.set(chain, number);
    return number;
  }

  /** A block has been given. */
  given(block: Block): void {
    const { address, size } = block;
    this.allocs++;
    this.allocated += size;
    if (this.blocks.size >= MOST_BLOCKS) {
      this.skipped++;
      return;
    }
    // Whatever became of it, two blocks cannot lie at one address.
    this.bytes -= this.blocks.get(address)?.size ?? 0;
    this.blocks.set(address, block);
    this.regions.add(address - (address % HEAP_REGION));
    this.bytes += size;
  }

  /** A block has been taken back: gives it, or null when there is none at that address. */
  taken(address: number): Block | null {
    const block = this.blocks.get(address);
    if (block === undefined) return null;
    this.blocks.delete(address);
    this.frees++;
    this.bytes -= block.size;
    return block;
  }

  /** Notes how much there is now, if it is time for that, or if there was never more. */
  sample(at: number, measure: Measure): void {
    const isDue = at >= (this.samples.at(-1)?.at ?? Number.NEGATIVE_INFINITY) + this.#interval;
    const isPeak = this.bytes > this.peak.bytes;
    if (!isDue && !isPeak) return;
    const { bytes, blocks, peak } = this;
    if (!isDue) {
      this.peak = { ...peak, at, bytes, blocks: blocks.size };
      return;
    }
    const now = { at, bytes, blocks: blocks.size, ...measure() };
    if (isPeak) this.peak = now;
    this.samples.push(now);
    if (this.samples.length < MOST_SAMPLES) return;
    this.samples = this.samples.filter((_, i) => i % 2 === 0);
    this.#interval *= 2;
  }
}
