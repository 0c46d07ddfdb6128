/**
 * Which blocks a program can still find: what memcheck calls the kinds of leaks. Words that look like addresses of
 * blocks are taken for such (a conservative scan).
 *
 * Source: Valgrind User Manual, §4.2.8 "Memory leak detection"
 */
import type { Kernel } from '../../kernel/index.ts';
import type { Mm } from '../../memory/index.ts';
import type { Block, Ledger } from './ledger.ts';
import { isNextChunk, visitRoots, visitWords } from './roots.ts';

/**
 * `definite`: nobody has its address. `indirect`: only blocks that are lost have. `possible`: it can only be reached by
 * an address in its middle, its own or one on the way. `reachable`: it could still be freed.
 */
export type LeakKind = 'definite' | 'indirect' | 'possible' | 'reachable';

/** A block with what became of it. */
export interface FoundBlock {
  readonly block: Block;
  kind: LeakKind;
  /** Bytes and blocks that are lost with it: they can only be reached from here. */
  lostBytes: number;
  lostBlocks: number;
}

/** All blocks of a heap, by address. */
export function findBlocks(
  k: Kernel,
  mm: Mm,
  ledger: Ledger,
  allocators: ReadonlySet<string>,
): readonly FoundBlock[] {
  const search = new Search(k, mm, ledger);
  visitRoots(k, mm, ledger, allocators, (word, isAllocators) => search.fromRoot(word, isAllocators));
  search.follow();
  search.findLost();
  return search.found;
}

class Search {
  readonly found: readonly FoundBlock[];
  readonly #k: Kernel;
  readonly #mm: Mm;
  readonly #lowest: number;
  readonly #highest: number;
  readonly #waiting: FoundBlock[] = [];

  constructor(k: Kernel, mm: Mm, { blocks }: Ledger) {
    this.#k = k;
    this.#mm = mm;
    this.found = [...blocks.values()]
      .sort((a, b) => a.address - b.address)
      .map((block) => ({ block, kind: 'definite', lostBytes: 0, lostBlocks: 0 }));
    this.#lowest = this.found[0]?.block.address ?? 0;
    const last = this.found.at(-1)?.block;
    this.#highest = last === undefined ? -1 : last.address + last.size;
  }

  fromRoot(word: number, isAllocators: boolean): void {
    const to = this.#at(word);
    if (to === undefined) return;
    if (!isAllocators || !isNextChunk(this.#k, this.#mm, to.block, word)) this.#reach(to, word, true);
  }

  /** Goes on from blocks that were reached. */
  follow(): void {
    for (let from = this.#waiting.pop(); from !== undefined; from = this.#waiting.pop()) {
      const isCertain = from.kind === 'reachable';
      this.#visit(from.block, (to, word) => this.#reach(to, word, isCertain));
    }
  }

  /** Of the blocks that nobody reaches, those that others of them lead to are lost with these. */
  findLost(): void {
    for (const leader of this.found) {
      if (leader.kind !== 'definite') continue;
      this.#waiting.push(leader);
      for (let from = this.#waiting.pop(); from !== undefined; from = this.#waiting.pop())
        this.#visit(from.block, (to) => this.#lose(to, leader));
    }
  }

  /**
   * Shows where the words of a block lead to. What lay there when the block was given is likely to be the allocator's,
   * and leads to the middle of what is a block now; but it may as well be an address of one that was written again.
   */
  #visit({ address, size, stale }: Block, visit: (to: FoundBlock, word: number) => void): void {
    visitWords(this.#k, this.#mm, [address, address + size], (word, at) => {
      const to = this.#at(word);
      if (to === undefined || (word !== to.block.address && stale?.get(at) === word)) return;
      visit(to, word);
    });
  }

  #reach(to: FoundBlock, word: number, isCertain: boolean): void {
    const kind = isCertain && word === to.block.address ? 'reachable' : 'possible';
    if (to.kind === kind || to.kind === 'reachable') return;
    to.kind = kind;
    this.#waiting.push(to);
  }

  #lose(to: FoundBlock, leader: FoundBlock): void {
    if (to.kind !== 'definite' || to === leader) return;
    to.kind = 'indirect';
    leader.lostBytes += to.block.size + to.lostBytes;
    leader.lostBlocks += 1 + to.lostBlocks;
    to.lostBytes = to.lostBlocks = 0;
    this.#waiting.push(to);
  }

  /** The block that an address lies in; one of no bytes has its own address. */
  #at(word: number): FoundBlock | undefined {
    if (word < this.#lowest || word > this.#highest) return undefined;
    let low = 0;
    let high = this.found.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.found[middle]!.block.address > word) high = middle;
      else low = middle + 1;
    }
    const found = this.found[low - 1];
    return found !== undefined && word < found.block.address + Math.max(1, found.block.size)
      ? found
      : undefined;
  }
}
