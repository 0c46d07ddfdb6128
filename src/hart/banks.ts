/** Banks of TLBs: each address space that runs has one, until sixteen others have run since. */
import { layout } from '../memory/index.ts';

const { HART_TLB, TLB_BANK, TLB_BANKS, TLB_ENTRIES, TLB_ENTRY, TLB_START, EXEC_ENTRIES } = layout;

/** Of each TLB: where it lies in a bank and how many entries it has. */
const TLBS = [
  { at: layout.TLB_READ, entries: TLB_ENTRIES },
  { at: layout.TLB_WRITE, entries: TLB_ENTRIES },
  { at: layout.TLB_EXEC, entries: EXEC_ENTRIES },
] as const;
/** No address space has the tag 0. */
const NOBODY = 0;
const EMPTY = 0xffffffff;

export class TlbBanks {
  readonly #i32: Int32Array;
  readonly #words: Uint32Array;
  /** The bank of each tag, or -1. */
  readonly #bankOf = new Int8Array(layout.NO_ASID + 1).fill(-1);
  readonly #owner = new Array<number>(TLB_BANKS).fill(NOBODY);
  readonly #lastUse = new Array<number>(TLB_BANKS).fill(0);
  #uses = 0;
  #current = NOBODY;

  constructor(buffer: ArrayBuffer) {
    this.#i32 = new Int32Array(buffer);
    this.#words = new Uint32Array(buffer, TLB_START, (TLB_BANKS * TLB_BANK) / 4);
    this.flushAll();
  }

  /** The bank of an address space becomes the one in use. */
  select(asid: number): void {
    if (asid === this.#current) return;
    this.#current = asid;
    let bank = this.#bankOf[asid]!;
    if (bank < 0) bank = this.#take(asid);
    this.#lastUse[bank] = ++this.#uses;
    this.#i32[HART_TLB / 4] = TLB_START + bank * TLB_BANK;
  }

  #take(asid: number): number {
    const bank = this.#lastUse.indexOf(Math.min(...this.#lastUse));
    if (this.#owner[bank] !== NOBODY) this.#bankOf[this.#owner[bank]!] = -1;
    this.#owner[bank] = asid;
    this.#bankOf[asid] = bank;
    this.#words.fill(EMPTY, (bank * TLB_BANK) / 4, ((bank + 1) * TLB_BANK) / 4);
    return bank;
  }

  flushAll(): void {
    this.#words.fill(EMPTY);
    this.#bankOf.fill(-1);
    this.#owner.fill(NOBODY);
    this.#lastUse.fill(0);
    const current = this.#current;
    this.#current = NOBODY;
    if (current !== NOBODY) this.select(current);
  }

  /** Forgets one page of an address space. */
  flushPage(va: number, asid: number): void {
    const bank = this.#bankOf[asid]!;
    if (bank < 0) return;
    const page = Math.floor(va / layout.PAGE_SIZE);
    for (const { at, entries } of TLBS) {
      const word = (bank * TLB_BANK + at + (page % entries) * TLB_ENTRY) / 4;
      this.#words[word] = EMPTY;
      this.#words[word + 1] = EMPTY;
    }
  }

  /** Empties one TLB of every bank that is in use. */
  flush(tlb: 'write' | 'exec'): void {
    const { at, entries } = TLBS[tlb === 'write' ? 1 : 2];
    for (let bank = 0; bank < TLB_BANKS; bank++) {
      if (this.#owner[bank] === NOBODY) continue;
      const first = (bank * TLB_BANK + at) / 4;
      this.#words.fill(EMPTY, first, first + (entries * TLB_ENTRY) / 4);
    }
  }
}
