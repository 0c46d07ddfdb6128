/** What the books of a heap say when they are closed: totals, and the blocks never freed by who asked for them. */
import type { Kernel, ThreadGroup } from '../../kernel/index.ts';
import type { Mm } from '../../memory/index.ts';
import type { PlaceName, Symbols } from '../inspect/symbols.ts';
import type { HeapSample, Ledger } from './ledger.ts';
import { type FoundBlock, findBlocks, type LeakKind } from './reach.ts';

/** Blocks, and their bytes as they were asked for. */
export interface HeapAmount {
  readonly blocks: number;
  readonly bytes: number;
}

/** Blocks never freed that were asked for at one place, and of which the same has become. */
export interface HeapLeak extends HeapAmount {
  readonly kind: LeakKind;
  /** What is lost with them, because it can only be reached from them. */
  readonly lost: HeapAmount;
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
  /** Blocks that were given when there were too many to keep them apart: what became of them is not known. */
  readonly skipped: number;
  readonly peak: HeapSample;
  /** The heap over time. */
  readonly samples: readonly HeapSample[];
  /** What is still in use, by whether the program could still find it. */
  readonly kinds: Readonly<Record<LeakKind, HeapAmount>>;
  /** The same by who asked for it: what is lost first, the most bytes first. */
  readonly leaks: readonly HeapLeak[];
}

/** The report on a process whose memory is still there. */
export function processHeap(
  k: Kernel,
  mm: Mm,
  symbols: Symbols,
  ledger: Ledger,
  group: ThreadGroup,
  allocators: ReadonlySet<string>,
  ended: HeapProcess['ended'],
): HeapProcess {
  const found = findBlocks(k, mm, ledger, allocators);
  const { skipped, allocs, frees, allocated, bytes, blocks, peak, samples } = ledger;
  return {
    pid: group.tgid,
    argv: group.commandLine,
    executable: group.executable,
    ended,
    at: k.now(),
    allocs,
    frees,
    allocated,
    skipped,
    inUse: { blocks: blocks.size, bytes },
    peak,
    samples: samples.slice(),
    kinds: kindsOf(found),
    leaks: leaksOf(mm, symbols, ledger, found),
  };
}

const KINDS: readonly LeakKind[] = ['definite', 'indirect', 'possible', 'reachable'];

function kindsOf(found: readonly FoundBlock[]): HeapProcess['kinds'] {
  const amount = (kind: LeakKind): HeapAmount => {
    const all = found.filter((each) => each.kind === kind);
    return { blocks: all.length, bytes: all.reduce((sum, { block }) => sum + block.size, 0) };
  };
  return Object.fromEntries(KINDS.map((kind) => [kind, amount(kind)])) as Record<LeakKind, HeapAmount>;
}

function leaksOf(
  mm: Mm,
  symbols: Symbols,
  { sites }: Ledger,
  found: readonly FoundBlock[],
): readonly HeapLeak[] {
  const groups = new Map<string, FoundBlock[]>();
  for (const each of found) {
    const key = `${KINDS.indexOf(each.kind)} ${each.block.site}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()]
    .map((all) => {
      const sum = (of: (each: FoundBlock) => number) => all.reduce((total, each) => total + of(each), 0);
      const { kind, block } = all[0]!;
      return {
        kind,
        blocks: all.length,
        bytes: sum((each) => each.block.size),
        lost: { blocks: sum(({ lostBlocks }) => lostBlocks), bytes: sum(({ lostBytes }) => lostBytes) },
        site: block.site,
      };
    })
    .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || b.bytes - a.bytes || a.site - b.site)
    .map(({ site, ...leak }) => ({ ...leak, calls: callsOf(mm, symbols, sites[site]!) }));
}

const NOWHERE: PlaceName = { file: '', symbol: '', offset: 0, source: null };

const callsOf = (mm: Mm, symbols: Symbols, chain: readonly number[]): HeapCall[] =>
  chain.map((pc, i) => ({ pc, at: (i === 0 ? symbols.at(mm, pc) : symbols.behindCall(mm, pc)) ?? NOWHERE }));
