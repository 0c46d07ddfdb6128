/**
 * Where a program may keep the address of a block, outside of blocks: its registers, its stacks, its data. What lies
 * between the blocks of the allocator is no such place, and neither is what lies below a stack pointer.
 */
import { getSaved, type Kernel, saveLoaded, type Task } from '../../kernel/index.ts';
import { layout, type Mm, PROT_READ, PROT_WRITE } from '../../memory/index.ts';
import { glance64 } from '../inspect/glance.ts';
import { HEAP_REGION, type Ledger } from './ledger.ts';

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

/** Shows every aligned word that may be an address of a block. */
export function visitRoots(k: Kernel, mm: Mm, ledger: Ledger, visit: (word: number) => void): void {
  const tasks = [...k.tasks.values()].filter((task) => task.mm === mm.id);
  saveLoaded(k);
  for (const task of tasks)
    for (let register = 1; register < REGISTERS; register++)
      visit(getSaved(k.memory.frames, task.registers, register));
  const heap = heapRanges(k, mm, ledger);
  for (const range of writable(k, mm, tasks))
    for (const part of without(range, heap)) visitWords(k, mm, part, visit);
}

/** Shows the aligned words of a range that are there; what is not there is zero. */
export function visitWords(k: Kernel, mm: Mm, [start, end]: Range, visit: (word: number) => void): void {
  const { u32 } = k.memory.frames;
  for (const { address, frame, zero } of k.memory.spaces.entriesOf(mm, start - (start % PAGE_SIZE), end)) {
    if (zero) continue;
    const from = Math.max(address, Math.ceil(start / 8) * 8);
    const to = Math.min(address + PAGE_SIZE, end);
    const base = frame * PAGE_SIZE - address;
    for (let at = from; at + 8 <= to; at += 8) {
      const word = (base + at) >>> 2;
      visit(u32[word]! + u32[word + 1]! * 2 ** 32);
    }
  }
}

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
