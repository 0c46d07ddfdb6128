/** What the books of a heap say when they are closed: totals, and the blocks never freed by who asked for them. */
import type { Kernel, ThreadGroup } from '../../kernel/index.ts';
import type { Mm } from '../../memory/index.ts';
import type { PlaceName, Symbols } from '../inspect/symbols.ts';
import type { HeapSample, Ledger } from './ledger.ts';

/** Blocks, and their bytes as they were asked for. */
export interface HeapAmount {
  readonly blocks: number;
  readonly bytes: number;
}

/** Blocks never freed that were asked for at one place. */
export interface HeapLeak extends HeapAmount {
  /** The allocating function, who called that, and so on. */
  readonly calls: readonly HeapCall[];
}

/** One of the calls that lead to an allocation. */
export interface HeapCall {
  /** Where it stands; behind the call, except for the allocating function, whose beginning it is. */
  readonly pc: number;
  readonly at: PlaceName;
}

/** The heap of one process, while it ran one program. */
export interface HeapProcess {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly executable: string;
  /** Why its heap is gone; null while it is there. */
  readonly ended: 'exit' | 'exec' | null;
  /** Virtual nanoseconds since boot at which this was written down. */
  readonly at: number;
  readonly allocs: number;
  readonly frees: number;
  /** Bytes asked for, all in all. */
  readonly allocated: number;
  readonly inUse: HeapAmount;
  readonly peak: HeapSample;
  /** The heap over time. */
  readonly samples: readonly HeapSample[];
  /** What is still in use, by who asked for it, the most bytes first. */
  readonly leaks: readonly HeapLeak[];
}

/** The report on a process whose memory is still there. */
export function processHeap(
  k: Kernel,
  mm: Mm,
  symbols: Symbols,
  ledger: Ledger,
  group: ThreadGroup,
  ended: HeapProcess['ended'],
): HeapProcess {
  const { allocs, frees, allocated, bytes, blocks, peak, samples } = ledger;
  return {
    pid: group.tgid,
    argv: group.commandLine,
    executable: group.executable,
    ended,
    at: k.now(),
    allocs,
    frees,
    allocated,
    inUse: { blocks: blocks.size, bytes },
    peak,
    samples: samples.slice(),
    leaks: leaksOf(mm, symbols, ledger),
  };
}

function leaksOf(mm: Mm, symbols: Symbols, { blocks, sites }: Ledger): HeapLeak[] {
  const bySite = new Map<number, { blocks: number; bytes: number }>();
  for (const { site, size } of blocks.values()) {
    const sum = bySite.get(site) ?? { blocks: 0, bytes: 0 };
    bySite.set(site, { blocks: sum.blocks + 1, bytes: sum.bytes + size });
  }
  return [...bySite]
    .sort(([a, left], [b, right]) => right.bytes - left.bytes || a - b)
    .map(([site, amount]) => ({ ...amount, calls: callsOf(mm, symbols, sites[site]!) }));
}

const NOWHERE: PlaceName = { file: '', symbol: '', offset: 0, source: null };

const callsOf = (mm: Mm, symbols: Symbols, chain: readonly number[]): HeapCall[] =>
  chain.map((pc, i) => ({ pc, at: (i === 0 ? symbols.at(mm, pc) : symbols.behindCall(mm, pc)) ?? NOWHERE }));
