/**
 * Regions: what is compiled into one function. A region begins at one operation and holds what direct branches
 * lead to in the same page, behind calls as well, as far as control has ever come.
 */
import { layout } from '../../memory/index.ts';
import { type Meaning, meaningOf } from './step.ts';

const { PAGE_SHIFT, PAGE_SIZE } = layout;

/** Where control goes: to a block of the region, or away from it, to an offset from the page's beginning. */
export type Way = { readonly block: number } | { readonly away: number };

/** How a block ends. */
export type End =
  | { readonly kind: 'branch'; taken: Way; next: Way }
  | { readonly kind: 'jump'; to: Way }
  /** Calls what lies at an offset, or what a register says; goes on behind. */
  | { readonly kind: 'call'; readonly to: number | 'register'; next: Way }
  | { readonly kind: 'return' }
  /** To where a register says: by a block that knows where that may be, if there is one. */
  | { readonly kind: 'jumpTo'; via: number | null }
  /** That block: it has no steps and stands nowhere. */
  | { readonly kind: 'dispatch'; cases: number[] }
  | { readonly kind: 'interpret'; readonly at: number };

export interface Block {
  /** Offset in the page. */
  readonly start: number;
  readonly steps: readonly Meaning[];
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
  /** Offsets of instructions that only the interpreter does, because somebody watches them. */
  readonly watched: ReadonlySet<number> | undefined;
  /** Whether it is worth compiling what lies at an offset. */
  isLive(at: number): boolean;
  /** Where in the page the indirect jump at an offset has led. */
  targetsOf(at: number): Iterable<number>;
}

/** The most steps of a region. */
const MOST_STEPS = 256;
const isLink = (register: number | undefined): boolean => register === 1 || register === 5;

/** An instruction that cannot be read from the page alone. */
const SPLIT = meaningOf(0);

function read({ halves, frame, watched }: CodePage, at: number): Meaning {
  if (watched?.has(at)) return SPLIT;
  const first = (frame << (PAGE_SHIFT - 1)) + (at >> 1);
  const low = halves[first]!;
  if ((low & 3) !== 3) return meaningOf(low);
  // Its second half lies in a page that may change by itself.
  if (at === PAGE_SIZE - 2) return SPLIT;
  return meaningOf(low | (halves[first + 1]! << 16));
}

const isInPage = (at: number): boolean => at >= 0 && at < PAGE_SIZE;

/** What is known of each half-word while a region is explored: of this round when it has its number. */
const foundIn = new Int32Array(PAGE_SIZE / 2);
const found: Meaning[] = new Array(PAGE_SIZE / 2).fill(SPLIT);
const startsIn = new Int32Array(PAGE_SIZE / 2);
const blockAt = new Int32Array(PAGE_SIZE / 2);
let round = 0;

const isFound = (at: number): boolean => foundIn[at >> 1] === round;

/** Whether an instruction jumps to where a register says, and is no call or return. */
export const isIndirect = ({ insn, args }: Meaning): boolean =>
  insn.name === 'jalr' && !isLink(args.rd) && !(args.rd === 0 && isLink(args.rs1));

/** Finds what belongs to a region; gives where its blocks begin, and adds where indirect jumps lead. */
function explore(page: CodePage, entry: number, cases: Set<number>): number[] {
  round++;
  const starts: number[] = [];
  const waiting: number[] = [];
  const visit = (at: number): void => {
    if (!isInPage(at) || startsIn[at >> 1] === round || !page.isLive(at)) return;
    startsIn[at >> 1] = round;
    starts.push(at);
    waiting.push(at);
  };
  visit(entry);
  let steps = 0;
  for (let next = 0; next < waiting.length; next++) {
    for (let at = waiting[next]!; ; ) {
      if (!isInPage(at)) break;
      if (isFound(at)) {
        // It runs into what is known already.
        visit(at);
        break;
      }
      if (steps++ >= MOST_STEPS) break;
      const meaning = read(page, at);
      foundIn[at >> 1] = round;
      found[at >> 1] = meaning;
      if (meaning.isForeign) break;
      const { insn, args, size } = meaning;
      if (insn.ends !== undefined) {
        if (insn.ends === 'branch' || isLink(args.rd)) visit(at + size);
        if (insn.ends === 'branch' || (insn.name === 'jal' && !isLink(args.rd))) visit(at + args.imm!);
        if (isIndirect(meaning))
          for (const to of page.targetsOf(at)) {
            cases.add(to);
            visit(to);
          }
        break;
      }
      at += size;
    }
  }
  return starts.filter(isFound);
}

const way = (at: number): Way =>
  isInPage(at) && startsIn[at >> 1] === round && isFound(at) ? { block: blockAt[at >> 1]! } : { away: at };

function endOf({ insn, args, size }: Meaning, at: number): End {
  if (insn.ends === 'branch') return { kind: 'branch', taken: way(at + args.imm!), next: way(at + size) };
  if (insn.name === 'jal') {
    const to = at + args.imm!;
    return isLink(args.rd) ? { kind: 'call', to, next: way(at + size) } : { kind: 'jump', to: way(to) };
  }
  if (isLink(args.rd)) return { kind: 'call', to: 'register', next: way(at + size) };
  return args.rd === 0 && isLink(args.rs1) ? { kind: 'return' } : { kind: 'jumpTo', via: null };
}

function blockFrom(start: number): Block {
  const steps: Meaning[] = [];
  for (let at = start; ; ) {
    if (!isInPage(at) || !isFound(at) || (at !== start && startsIn[at >> 1] === round))
      return { start, steps, end: { kind: 'jump', to: way(at) } };
    const meaning = found[at >> 1]!;
    if (meaning.isForeign) return { start, steps, end: { kind: 'interpret', at } };
    steps.push(meaning);
    if (meaning.insn.ends !== undefined) return { start, steps, end: endOf(meaning, at) };
    at += meaning.size;
  }
}

/** The region that begins at an offset; null when its first instruction is only interpreted. */
export function regionAt(page: CodePage, entry: number): Region | null {
  const targets = new Set<number>();
  const starts = explore(page, entry, targets);
  if (starts.length === 0 || found[entry >> 1]!.isForeign) return null;
  for (const [i, at] of starts.entries()) blockAt[at >> 1] = i;
  const blocks = starts.map(blockFrom);
  const cases = [...targets].map(way).flatMap((to) => ('block' in to ? [to.block] : []));
  if (cases.length === 0) return { blocks };
  for (const { end } of blocks) if (end.kind === 'jumpTo') end.via = blocks.length;
  return { blocks: [...blocks, { start: -1, steps: [], end: { kind: 'dispatch', cases } }] };
}

/** The blocks control may go on in, directly, or behind a call. */
export function successors({ end }: Block): readonly number[] {
  const into: number[] = [];
  const add = (to: Way): void => {
    if ('block' in to) into.push(to.block);
  };
  if (end.kind === 'branch') add(end.taken);
  if (end.kind === 'branch' || end.kind === 'call') add(end.next);
  if (end.kind === 'jump') add(end.to);
  if (end.kind === 'jumpTo' && end.via !== null) into.push(end.via);
  return end.kind === 'dispatch' ? end.cases : into;
}
