/**
 * Regions: what is compiled into one function. A region begins at one operation and holds what direct branches
 * lead to in the same page, behind calls as well, as far as control has ever come.
 */
import { PAGE_SHIFT, PAGE_SIZE } from '../../memory/layout.ts';
import { type Step, stepOf } from './step.ts';

/** Where control goes: to a block of the region, or away from it, to an offset from the page's beginning. */
export type Way = { readonly block: number } | { readonly away: number };

/** How a block ends. */
export type End =
  | { readonly kind: 'branch'; taken: Way; next: Way }
  | { readonly kind: 'jump'; to: Way }
  /** Calls what lies at an offset, or what a register says; goes on behind. */
  | { readonly kind: 'call'; readonly to: number | 'register'; next: Way }
  | { readonly kind: 'return' | 'jumpTo' }
  | { readonly kind: 'interpret'; readonly at: number };

export interface Block {
  readonly start: number;
  readonly steps: readonly Step[];
  end: End;
}

export interface Region {
  /** The first is where it begins. */
  readonly blocks: readonly Block[];
}

/** What the compiler knows of a page of code. */
export interface CodePage {
  /** Half-words of memory, and which of them the page begins with. */
  readonly halves: Uint16Array;
  readonly frame: number;
  /** Whether it is worth compiling what lies at an offset. */
  isLive(at: number): boolean;
}

/** The most steps of a region. */
const MOST_STEPS = 400;
const LINKS: ReadonlySet<number | undefined> = new Set([1, 5]);

function read({ halves, frame }: CodePage, at: number): Step | null {
  const first = (frame << (PAGE_SHIFT - 1)) + (at >> 1);
  const low = halves[first]!;
  if ((low & 3) !== 3) return stepOf(low, at);
  // Its second half lies in a page that may change by itself.
  if (at === PAGE_SIZE - 2) return null;
  return stepOf(low | (halves[first + 1]! << 16), at);
}

/** What a first walk finds: steps by their offsets, and where blocks begin. */
interface Found {
  readonly steps: Map<number, Step | null>;
  readonly starts: Set<number>;
}

const isInPage = (at: number): boolean => at >= 0 && at < PAGE_SIZE;

/** Where control may go on in the page after a step that ends a block. */
function exits({ at, size, insn, args }: Step): number[] {
  if (insn.ends === 'branch') return [at + size, at + args.imm!];
  if (insn.name === 'jal') return LINKS.has(args.rd) ? [at + size] : [at + args.imm!];
  return LINKS.has(args.rd) ? [at + size] : [];
}

function explore(page: CodePage, entry: number): Found {
  const steps = new Map<number, Step | null>();
  const starts = new Set<number>([entry]);
  const waiting = [entry];
  for (let next = 0; next < waiting.length; next++) {
    for (let at = waiting[next]!; ; ) {
      if (steps.has(at)) {
        starts.add(at);
        break;
      }
      if (steps.size >= MOST_STEPS || !isInPage(at)) break;
      const step = read(page, at);
      steps.set(at, step);
      if (step === null) break;
      if (step.insn.ends !== undefined) {
        for (const to of exits(step)) {
          if (!isInPage(to) || !page.isLive(to)) continue;
          starts.add(to);
          waiting.push(to);
        }
        break;
      }
      at += step.size;
    }
  }
  return { steps, starts };
}

function endOf(step: Step, way: (at: number) => Way): End {
  const { at, size, insn, args } = step;
  if (insn.ends === 'branch') return { kind: 'branch', taken: way(at + args.imm!), next: way(at + size) };
  if (insn.name === 'jal') {
    const to = at + args.imm!;
    return LINKS.has(args.rd) ? { kind: 'call', to, next: way(at + size) } : { kind: 'jump', to: way(to) };
  }
  if (LINKS.has(args.rd)) return { kind: 'call', to: 'register', next: way(at + size) };
  return { kind: args.rd === 0 && LINKS.has(args.rs1) ? 'return' : 'jumpTo' };
}

/** The region that begins at an offset; null when its first instruction is only interpreted. */
export function regionAt(page: CodePage, entry: number): Region | null {
  const { steps, starts } = explore(page, entry);
  if (!steps.get(entry)) return null;
  const begins = [entry, ...[...starts].filter((at) => at !== entry && steps.has(at)).sort((a, b) => a - b)];
  const indexOf = new Map(begins.map((at, i) => [at, i]));
  const way = (at: number): Way => {
    const block = indexOf.get(at);
    return block === undefined ? { away: at } : { block };
  };
  const blocks = begins.map((start): Block => {
    const own: Step[] = [];
    let at = start;
    for (;;) {
      const step = steps.get(at);
      if (step === null) return { start, steps: own, end: { kind: 'interpret', at } };
      if (step === undefined || (at !== start && indexOf.has(at)))
        return { start, steps: own, end: { kind: 'jump', to: way(at) } };
      own.push(step);
      if (step.insn.ends !== undefined) return { start, steps: own, end: endOf(step, way) };
      at += step.size;
    }
  });
  return { blocks };
}

/** The blocks control may go on in, directly; `behindCall` says whether it comes there by a return. */
export function successors({ end }: Block): number[] {
  const ways =
    end.kind === 'branch'
      ? [end.taken, end.next]
      : end.kind === 'jump'
        ? [end.to]
        : end.kind === 'call'
          ? [end.next]
          : [];
  return ways.flatMap((way) => ('block' in way ? [way.block] : []));
}
