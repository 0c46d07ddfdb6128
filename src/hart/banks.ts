/** Banks of TLBs: each address space that runs has one, until sixteen others have run since. */
import { layout } from '../memory/index.ts';

const {
  HART_TLB,
  TLB_BANK,
  TLB_BANKS,
  TLB_ENTRIES,
  TLB_ENTRY,
  TLB_START,
  TLB_TOUCHED,
  TLB_GROUP_SHIFT,
  EXEC_ENTRIES,
} = layout;

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
  readonly #bytes: Uint8Array;
  /** The bank of each tag, or -1. */
  readonly #bankOf = new Int8Array(layout.NO_ASID + 1).fill(-1);
  readonly #owner = new Array<number>(TLB_BANKS).fill(NOBODY);
  readonly #lastUse = new Array<number>(TLB_BANKS).fill(0);
  /** Whether a bank has ever been emptied: it begins with zeros, and no entry may be zero. */
  readonly #isReady = new Array<boolean>(TLB_BANKS).fill(false);
  #uses = 0;
  #current = NOBODY;

  constructor(buffer: ArrayBuffer) {
    this.#i32 = new Int32Array(buffer);
    this.#words = new Uint32Array(buffer, TLB_START, (TLB_BANKS * TLB_BANK) / 4);
    this.#bytes = new Uint8Array(buffer, TLB_START, TLB_BANKS * TLB_BANK);
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
    if (!this.#isReady[bank]) this.#bytes.fill(1, bank * TLB_BANK + TLB_TOUCHED, (bank + 1) * TLB_BANK);
    this.#isReady[bank] = true;
    this.#empty(bank, 0, TLB_TOUCHED);
    return bank;
  }

  /** Empties the entries of a bank that lie in a range of it, as far as they were filled. */
  #empty(bank: number, from: number, to: number): void {
    const start = bank * TLB_BANK;
    for (let group = from >> TLB_GROUP_SHIFT; group < to >> TLB_GROUP_SHIFT; group++) {
      const touched = start + TLB_TOUCHED + group;
      if (this.#bytes[touched] === 0) continue;
      this.#bytes[touched] = 0;
      const first = (start + (group << TLB_GROUP_SHIFT)) >> 2;
      this.#words.fill(EMPTY, first, first + (1 << (TLB_GROUP_SHIFT - 2)));
    }
  }

  flushAll(): void {
    for (let bank = 0; bank < TLB_BANKS; bank++) this.#empty(bank, 0, TLB_TOUCHED);
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
      this.#empty(bank, at, at + entries * TLB_ENTRY);
    }
  }
}
