/**
 * The heap of every process, watched from outside: the processor tells when a function of an allocator begins and when
 * it returns. Nothing of the guest changes, so that a recorded run can be watched as well when it is run again.
 */
import type { CodeWatcher } from '../../hart/index.ts';
import type { Kernel, Tid } from '../../kernel/index.ts';
import {
  layout,
  type Mm,
  type MmId,
  type PageObjectId,
  PROT_EXEC,
  type SpaceWatcher,
  type Vma,
} from '../../memory/index.ts';
import { glance64 } from '../inspect/glance.ts';
import { Symbols } from '../inspect/symbols.ts';
import { type Allocating, allocatorIn, isLoader, type Watched } from './allocator.ts';
import { CallChains } from './chain.ts';
import { Ledger } from './ledger.ts';
import { type HeapProcess, processHeap } from './report.ts';
import { staleWords } from './roots.ts';

const { PAGE_SIZE } = layout;
const RA = 1;
const SP = 2;
const FP = 8;
const A0 = 10;

/** The functions of an allocator in a file, by offset in it. */
type Functions = ReadonlyMap<number, Watched>;

/** A call of an allocating function that has not returned yet. */
interface Pending {
  readonly of: Allocating;
  readonly mm: MmId;
  readonly sp: number;
  readonly ra: number;
  readonly object: PageObjectId;
  readonly size: number;
  /** The block to be replaced, 0 for none. */
  readonly old: number;
  /** Where the new block's address is put, if it is not the result. */
  readonly word: number;
  readonly site: number;
}

/** What is known of the heaps of a machine. */
export interface HeapView {
  /** By pid, programs that a process executed one after another in this order. */
  readonly processes: readonly HeapProcess[];
}

const EXECVE = 221;
const EXECVEAT = 281;

export class HeapWatch implements CodeWatcher, SpaceWatcher {
  readonly #k: Kernel;
  readonly #symbols: Symbols;
  readonly #chains: CallChains;
  readonly #files = new Map<PageObjectId, Functions>();
  /** Names of the files that have an allocator. */
  readonly #allocators = new Set<string>();
  readonly #ledgers = new Map<MmId, Ledger>();
  readonly #pending = new Map<Tid, Pending>();
  readonly #ended: HeapProcess[] = [];

  constructor(k: Kernel) {
    this.#k = k;
    this.#symbols = new Symbols(k);
    this.#chains = new CallChains(k, this.#symbols);
    k.memory.spaces.watcher = this;
    k.hart.watch(this);
  }

  /** The heaps of processes that have ended, and of those that live, as they are now. */
  view(): HeapView {
    const living = [...this.#ledgers].flatMap(([id, ledger]) => {
      const mm = this.#k.mms.get(id);
      const found = mm === undefined ? null : this.#process(mm, ledger, null);
      return found === null ? [] : [found];
    });
    const processes = [...this.#ended, ...living];
    return { processes: processes.sort((a, b) => a.pid - b.pid) };
  }

  opened(frame: number): number[] {
    this.#learn();
    const found: number[] = [];
    for (const [id, functions] of this.#files) {
      const pages = this.#k.memory.objects.all.get(id)?.pages;
      for (const offset of functions.keys())
        if (pages?.get(Math.floor(offset / PAGE_SIZE)) === frame) found.push(offset % PAGE_SIZE);
    }
    return found;
  }

  /** Looks for allocators in files that the current process maps, and that have not been met before. */
  #learn(): void {
    for (const { prot, object, name } of this.#k.mm.vmas) {
      if ((prot & PROT_EXEC) === 0 || object === null || this.#files.has(object)) continue;
      const { symbols, offsetOf } = this.#symbols.program(object);
      const found = isLoader(name) ? [] : [...allocatorIn(symbols)];
      if (found.length > 0) this.#allocators.add(name);
      this.#files.set(object, new Map(found.map(([address, watched]) => [offsetOf(address), watched])));
    }
  }

  arrived(ran: number): boolean {
    const { mm, hart, task, cpu } = this.#k;
    const { pc } = hart;
    const at = cpu.clock + ran;
    const vma = this.#k.memory.spaces.vmaAt(mm, pc);
    const watched = vma === undefined ? undefined : this.#functionAt(vma, pc);
    const pending = this.#pending.get(task.tid);
    const sp = this.#x(SP);
    if (watched === undefined) {
      if (pending?.ra === pc && pending.mm === mm.id && sp >= pending.sp) this.#returned(mm, pending, at);
      return false;
    }
    if (pending !== undefined && this.#isWithin(pending, mm, sp)) return false;
    this.#pending.delete(task.tid);
    if (watched !== 'free') return this.#began(mm, watched, vma!.object!, sp, at);
    this.#freed(mm, this.#x(A0), at);
    return false;
  }

  #functionAt({ object, offset, start }: Vma, pc: number): Watched | undefined {
    return object === null ? undefined : this.#files.get(object)?.get(offset + pc - start);
  }

  /** Does an allocating function call another one for its own work? The same one again has just been interrupted. */
  #isWithin(pending: Pending, mm: Mm, sp: number): boolean {
    const ra = this.#x(RA);
    const isSame = pending.sp === sp && pending.ra === ra;
    if (pending.mm !== mm.id || sp > pending.sp || isSame) return false;
    return this.#k.memory.spaces.vmaAt(mm, ra)?.object === pending.object;
  }

  #x(register: number): number {
    const { xWords } = this.#k.hart;
    return (xWords[2 * register]! >>> 0) + (xWords[2 * register + 1]! >>> 0) * 2 ** 32;
  }

  #ledger(mm: Mm): Ledger {
    const known = this.#ledgers.get(mm.id) ?? new Ledger();
    this.#ledgers.set(mm.id, known);
    return known;
  }

  #began(mm: Mm, of: Allocating, object: PageObjectId, sp: number, at: number): boolean {
    const [a0, a1, a2] = [this.#x(A0), this.#x(A0 + 1), this.#x(A0 + 2)];
    const size = of.size(a0, a1, a2);
    const old = of.replaces ? a0 : 0;
    if (old !== 0 && size === 0) {
      this.#freed(mm, old, at);
      return false;
    }
    const ra = this.#x(RA);
    const here = { pc: this.#k.hart.pc, ra, sp, fp: this.#x(FP) };
    const site = this.#ledger(mm).site(this.#chains.at(mm, here));
    const word = of.gives === 'word' ? a0 : 0;
    this.#pending.set(this.#k.task.tid, { of, mm: mm.id, sp, ra, object, size, old, word, site });
    return true;
  }

  #returned(mm: Mm, { of, size, old, word, site }: Pending, at: number): void {
    this.#pending.delete(this.#k.task.tid);
    const result = this.#x(A0);
    const isGiven = of.gives === 'result' ? result !== 0 : result === 0;
    const address = of.gives === 'result' ? result : (glance64(this.#k, mm, word) ?? 0);
    if (!isGiven || address === 0) return;
    const ledger = this.#ledger(mm);
    const before = old === 0 ? null : ledger.taken(old);
    // What a block had before it was moved or has grown is its own.
    const fresh = of.clears ? size : (before?.size ?? 0);
    ledger.given({
      address,
      size,
      site,
      stale: staleWords(this.#k, mm, ledger, address + fresh, address + size),
    });
    this.#sample(mm, ledger, at);
  }

  #freed(mm: Mm, address: number, at: number): void {
    const ledger = this.#ledger(mm);
    if (address !== 0 && ledger.taken(address) !== null) this.#sample(mm, ledger, at);
  }

  #sample(mm: Mm, ledger: Ledger, at: number): void {
    ledger.sample(at, () => ({
      brk: mm.brk - mm.brkStart,
      mapped: this.#k.memory.spaces.sizeOf(mm).data,
    }));
  }

  forked(from: Mm, to: Mm): void {
    const ledger = this.#ledgers.get(from.id);
    if (ledger !== undefined) this.#ledgers.set(to.id, new Ledger(ledger));
  }

  ending(mm: Mm): void {
    const ledger = this.#ledgers.get(mm.id);
    if (ledger === undefined) return;
    const { nr } = this.#k.call;
    const isExec = this.#k.task.mm === mm.id && (nr === EXECVE || nr === EXECVEAT);
    const found = this.#process(mm, ledger, isExec ? 'exec' : 'exit');
    if (found !== null) this.#ended.push(found);
    this.#ledgers.delete(mm.id);
    for (const [tid, pending] of this.#pending) if (pending.mm === mm.id) this.#pending.delete(tid);
  }

  #process(mm: Mm, ledger: Ledger, ended: HeapProcess['ended']): HeapProcess | null {
    for (const task of this.#k.tasks.values())
      if (task.mm === mm.id)
        return processHeap(
          this.#k,
          mm,
          this.#symbols,
          ledger,
          this.#k.groups.get(task.group)!,
          this.#allocators,
          ended,
        );
    return null;
  }
}
