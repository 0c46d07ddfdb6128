/**
 * Where a program may keep the address of a block, outside of blocks: its registers, its stacks, its data. What lies
 * between the blocks of the allocator is no such place, and neither is what lies below a stack pointer.
 */
import { getSaved, type Kernel, saveLoaded, type Task } from '../../kernel/index.ts';
import { layout, type Mm, PROT_READ, PROT_WRITE } from '../../memory/index.ts';
import { glance64 } from '../inspect/glance.ts';
import { type Block, HEAP_REGION, type Ledger } from './ledger.ts';

const { PAGE_SIZE } = layout;
const SP = 2;
const REGISTERS = 32;

/** Addresses from the first on, before the second. */
type Range = readonly [start: number, end: number];

/** glibc's malloc.c: what stands before a block, and at the beginning of a heap that `mmap` gave. */
const CHUNK_SIZE = -8;
const CHUNK_BEFORE = -16;
const IS_MMAPPED = 2;
const FLAGS = 7;
const HEAP_SIZE = 16;

/** Takes a word; `isAllocators`: it lies in the data of an allocator, whose lists lead to what is free. */
type Visit = (word: number, isAllocators: boolean) => void;

/** Shows every aligned word that may be an address of a block. */
export function visitRoots(
  k: Kernel,
  mm: Mm,
  ledger: Ledger,
  allocators: ReadonlySet<string>,
  visit: Visit,
): void {
  const tasks = [...k.tasks.values()].filter((task) => task.mm === mm.id);
  saveLoaded(k);
  for (const task of tasks)
    for (let register = 1; register < REGISTERS; register++)
      visit(getSaved(k.memory.frames, task.registers, register), false);
  const heap = heapRanges(k, mm, ledger);
  const ownData = dataOf(mm, allocators);
  for (const range of writable(k, mm, tasks)) {
    const isAllocators = ownData.some(([start, end]) => range[0] >= start && range[1] <= end);
    for (const part of without(range, heap)) visitWords(k, mm, part, (word) => visit(word, isAllocators));
  }
}

/** Shows the aligned words of a range that are there; what is not there is zero. */
export function visitWords(
  k: Kernel,
  mm: Mm,
  [start, end]: Range,
  visit: (word: number, at: number) => void,
): void {
  const { u32 } = k.memory.frames;
  for (const { address, frame, zero } of k.memory.spaces.entriesOf(mm, start - (start % PAGE_SIZE), end)) {
    if (zero) continue;
    const from = Math.max(address, Math.ceil(start / 8) * 8);
    const to = Math.min(address + PAGE_SIZE, end);
    const base = frame * PAGE_SIZE - address;
    for (let at = from; at + 8 <= to; at += 8) {
      const word = (base + at) >>> 2;
      visit(u32[word]! + u32[word + 1]! * 2 ** 32, at);
    }
  }
}

/** What lies in a range when a block is given there, and may be an address of a block. */
export function staleWords(
  k: Kernel,
  mm: Mm,
  { regions }: Ledger,
  start: number,
  end: number,
): ReadonlyMap<number, number> | null {
  if (start >= end) return null;
  let found: Map<number, number> | null = null;
  visitWords(k, mm, [start, end], (word, at) => {
    const mayBe = (word >= mm.brkStart && word < mm.brk) || regions.has(word - (word % HEAP_REGION));
    if (!mayBe) return;
    found ??= new Map();
    found.set(at, word);
  });
  return found;
}

/** Does the chunk behind a block begin there? Free ones are in lists by that. */
export function isNextChunk(k: Kernel, mm: Mm, { address, size }: Block, word: number): boolean {
  const chunk = glance64(k, mm, address + CHUNK_SIZE) ?? 0;
  const next = address + CHUNK_BEFORE + chunk - (chunk % (FLAGS + 1));
  return word === next && next >= address + size + CHUNK_BEFORE;
}

/** Data of the files that have an allocator, and what follows it without a gap: what begins as zero. */
const dataOf = (mm: Mm, files: ReadonlySet<string>): Range[] =>
  mm.vmas.flatMap(({ name, prot, start, end }, i) => {
    if ((prot & PROT_WRITE) === 0 || !files.has(name)) return [];
    const next = mm.vmas[i + 1];
    return [[start, next?.start === end && next.name === '' ? next.end : end] as const];
  });

/** Writable memory, without what is below the stack pointers in it. */
function writable(k: Kernel, mm: Mm, tasks: readonly Task[]): Range[] {
  const pointers = tasks.map((task) => getSaved(k.memory.frames, task.registers, SP));
  const both = PROT_READ | PROT_WRITE;
  return mm.vmas
    .filter(({ prot }) => (prot & both) === both)
    .map(({ start, end }) => {
      const own = pointers.filter((sp) => sp >= start && sp < end);
      return own.length === 0 ? [start, end] : [Math.min(...own), end];
    });
}

/** The allocator's own memory: the segment that brk moves, mapped blocks, and mapped heaps of glibc. */
function heapRanges(k: Kernel, mm: Mm, { blocks, regions }: Ledger): Range[] {
  const found: Range[] = [[mm.brkStart, mm.brk]];
  for (const { address, size } of blocks.values()) {
    if (address >= mm.brkStart && address < mm.brk) continue;
    const chunk = glance64(k, mm, address + CHUNK_SIZE) ?? 0;
    const before = (chunk & IS_MMAPPED) !== 0 ? (glance64(k, mm, address + CHUNK_BEFORE) ?? 0) : 0;
    const whole = chunk - (chunk % (FLAGS + 1));
    const start = address + CHUNK_BEFORE - before;
    // The size of what was mapped is a whole number of pages, and holds the block.
    const isMapped =
      start % PAGE_SIZE === 0 && start + whole >= address + size && whole <= size + 16 * PAGE_SIZE;
    found.push(isMapped ? [start, start + whole] : [address, address + size]);
  }
  for (const start of regions) {
    const size = glance64(k, mm, start + HEAP_SIZE) ?? 0;
    if (isHeap(k, mm, start) && size % PAGE_SIZE === 0 && size <= HEAP_REGION)
      found.push([start, start + size]);
  }
  return found.sort(([a], [b]) => a - b);
}

/** glibc's heaps for threads begin at round addresses, with the address of their arena, in this heap or another one. */
function isHeap(k: Kernel, mm: Mm, start: number): boolean {
  if (k.memory.spaces.vmaAt(mm, start)?.start !== start) return false;
  const arena = glance64(k, mm, start) ?? 0;
  return arena > 0 && arena % 16 === 0 && k.memory.spaces.vmaAt(mm, arena) !== undefined;
}

/** What is left of a range. The others are sorted. */
function without([start, end]: Range, others: readonly Range[]): Range[] {
  const left: Range[] = [];
  let from = start;
  for (const [a, b] of others) {
    if (b <= from || a >= end) continue;
    if (a > from) left.push([from, a]);
    from = Math.max(from, b);
  }
  if (from < end) left.push([from, end]);
  return left;
}
