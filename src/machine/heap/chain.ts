/** The calls that lead to an instruction, fast enough for each call of malloc: addresses only, without names. */
import type { Kernel } from '../../kernel/index.ts';
import { layout, type Mm, type MmId } from '../../memory/index.ts';
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

/** A chain of calls, and all that it was found by: where this is the same, the chain is. */
interface Known {
  readonly mm: MmId;
  readonly here: Here;
  readonly usesFp: boolean;
  /** Addresses on the stack, each with the word that lay there. */
  readonly words: readonly number[];
  readonly chain: readonly number[];
}

const MOST_KNOWN = 4096;

/** Chains of calls: where a program is, and behind the calls that led there, the innermost first. */
export class CallChains {
  readonly #k: Kernel;
  readonly #symbols: Symbols;
  readonly #known = new Map<number, Known>();

  constructor(k: Kernel, symbols: Symbols) {
    this.#k = k;
    this.#symbols = symbols;
  }

  /** The chain of a function that has just begun; one and the same array for the same calls, as a rule. */
  at(mm: Mm, here: Here): readonly number[] {
    // One walk is kept for each way into a function from a frame; another one there takes its place.
    const key = here.ra * 2 ** 12 + ((here.sp / 16 + here.pc) % 2 ** 12);
    const peek = new Peek(this.#k, mm);
    const known = this.#known.get(key);
    if (known !== undefined && isStill(known, mm, here, peek)) return known.chain;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    const found = walk(mm, this.#symbols, here, peek);
    this.#known.set(key, found);
    return found.chain;
  }
}

function isStill({ mm: id, here: was, usesFp, words }: Known, mm: Mm, here: Here, peek: Peek): boolean {
  if (id !== mm.id || was.pc !== here.pc || was.ra !== here.ra || was.sp !== here.sp) return false;
  if (usesFp && was.fp !== here.fp) return false;
  for (let i = 0; i < words.length; i += 2) if (peek.word(words[i]!) !== words[i + 1]) return false;
  return true;
}

function walk(mm: Mm, symbols: Symbols, from: Here, peek: Peek): Known {
  const chain = [from.pc];
  const words: number[] = [];
  const read = (address: number): number => {
    const word = peek.word(address);
    if (word !== undefined) words.push(address, word);
    return word ?? 0;
  };
  let { ra: here, sp } = from;
  /** Where the caller's frame pointer lies; it is read only when a frame is found by it. */
  let fpAt = -1;
  let usesFp = false;
  while (here !== 0 && chain.length < MOST_CALLS) {
    const row = symbols.callerRow(mm, here - 1);
    if (row === null) break;
    chain.push(here);
    const isByFp = row.cfaRegister === FP;
    usesFp ||= isByFp && fpAt < 0;
    const base = isByFp ? (fpAt < 0 ? from.fp : read(fpAt)) : row.cfaRegister === SP ? sp : 0;
    const cfa = base + row.cfaOffset;
    const back = row.saved.get(RA);
    if (row.isOutermost || back === undefined || cfa < sp) break;
    const savedFp = row.saved.get(FP);
    if (savedFp !== undefined) fpAt = cfa + savedFp;
    sp = cfa;
    here = read(cfa + back);
  }
  return { mm: mm.id, here: from, usesFp, words, chain };
}
