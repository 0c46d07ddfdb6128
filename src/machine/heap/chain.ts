/** The calls that lead to an instruction, fast enough for each call of malloc: addresses only, without names. */
import type { Kernel } from '../../kernel/index.ts';
import { layout, type Mm } from '../../memory/index.ts';
import type { Symbols } from '../inspect/symbols.ts';

const { PAGE_SIZE } = layout;
const RA = 1;
const SP = 2;
const FP = 8;
/** As deep as memcheck looks unless told, the allocating function included. */
const MOST_CALLS = 12;

/** Words of an address space that are there; of others undefined. */
class Peek {
  readonly #k: Kernel;
  readonly #mm: Mm;
  #page = -1;
  #base = 0;

  constructor(k: Kernel, mm: Mm) {
    this.#k = k;
    this.#mm = mm;
  }

  word(address: number): number | undefined {
    const page = Math.floor(address / PAGE_SIZE);
    if (address % 8 !== 0) return undefined;
    if (page !== this.#page) {
      const start = page * PAGE_SIZE;
      const [entry] = this.#k.memory.spaces.entriesOf(this.#mm, start, start + PAGE_SIZE);
      if (entry === undefined) return undefined;
      this.#page = page;
      this.#base = entry.frame * PAGE_SIZE;
    }
    const at = (this.#base + (address % PAGE_SIZE)) >>> 2;
    const { u32 } = this.#k.memory.frames;
    return u32[at]! + u32[at + 1]! * 2 ** 32;
  }
}

/** What the walk up the stack needs of the registers. */
export interface Here {
  readonly pc: number;
  readonly ra: number;
  readonly sp: number;
  readonly fp: number;
}

/** Where it is, and behind the calls that led there, the innermost first. */
export function callChain(k: Kernel, mm: Mm, symbols: Symbols, { pc, ra, sp, fp }: Here): number[] {
  const peek = new Peek(k, mm);
  const chain = [pc];
  // The allocating function has just begun: it has no frame yet.
  let here = ra;
  const x = new Map([
    [SP, sp],
    [FP, fp],
  ]);
  while (here !== 0 && chain.length < MOST_CALLS) {
    const row = symbols.callerRow(mm, here - 1);
    if (row === null) break;
    chain.push(here);
    const cfa = (x.get(row.cfaRegister) ?? 0) + row.cfaOffset;
    const back = row.saved.get(RA);
    if (row.isOutermost || back === undefined || cfa < x.get(SP)!) break;
    const fpAt = row.saved.get(FP);
    if (fpAt !== undefined) x.set(FP, peek.word(cfa + fpAt) ?? 0);
    x.set(SP, cfa);
    here = peek.word(cfa + back) ?? 0;
  }
  return chain;
}
