/**
 * Watched instructions: the host is told before one of them is executed. The decoded code has `c.ebreak` in their
 * place, the guest's memory has not, so that the guest cannot see that somebody watches.
 */
import { layout } from '../memory/index.ts';
import { CAUSE } from './cause.ts';
import type { CodeCache } from './code-cache.ts';
import { PC_BASE } from './place.ts';

/** Who watches. */
export interface CodeWatcher {
  /** Code of a frame is about to be decoded; gives the offsets in it of instructions to watch from now on. */
  opened(frame: number): Iterable<number>;
  /**
   * A watched instruction comes next; `ran` were retired since `run` began. Gives whether the one that `ra` points to
   * is to be watched, too: where the function that begins here will return to.
   */
  arrived(ran: number): boolean;
}

const { PAGE_SIZE, PAGE_SHIFT, PTE_V, PTE_X, PTE_PPN_SHIFT } = layout;
const RA = layout.HART_X + 8;

/** A place to be watched whose page is not there yet. */
interface Absent {
  readonly root: number;
  readonly lo: number;
  readonly hi: number;
}

/** The watched places of one processor. */
export class CodeWatch {
  readonly #watcher: CodeWatcher;
  readonly #frames = new Map<number, Set<number>>();
  readonly #code: CodeCache;
  readonly #i32: Int32Array;
  #absent: Absent[] = [];

  constructor(watcher: CodeWatcher, code: CodeCache, buffer: ArrayBuffer) {
    this.#watcher = watcher;
    this.#code = code;
    this.#i32 = new Int32Array(buffer);
    code.watched = this.#frames;
    code.dropAll();
  }

  /** Code of a frame comes into use. */
  open(frame: number): void {
    for (const offset of this.#watcher.opened(frame)) this.#of(frame).add(offset);
  }

  /** A frame holds something else from now on. */
  freed(frame: number): void {
    this.#frames.delete(frame);
  }

  #of(frame: number): Set<number> {
    const known = this.#frames.get(frame) ?? new Set();
    this.#frames.set(frame, known);
    return known;
  }

  /**
   * Runs as `run` does, but past watched instructions; gives the cause. What was retired stands in `HART_RETIRED`.
   * `run` is told how many instructions have been retired before.
   */
  run(budget: number, run: (budget: number, before: number) => number): number {
    const words = this.#i32;
    this.#lookForAbsent();
    for (let done = 0; ; ) {
      let cause = run(budget - done, done);
      done += words[layout.HART_RETIRED / 4]!;
      if (cause === CAUSE.breakpoint) {
        const operation = this.#stoppedAt();
        if (operation !== 0) {
          cause = this.#pass(operation, done, run);
          done += words[layout.HART_RETIRED / 4]!;
          if (cause === CAUSE.slice && done < budget) continue;
        }
      }
      words[layout.HART_RETIRED / 4] = done;
      return cause;
    }
  }

  /** The operation at which a run stopped, when it is a watched one; 0 when the breakpoint is the guest's own. */
  #stoppedAt(): number {
    const distance = this.#i32[layout.HART_PC / 4]! - this.#i32[PC_BASE / 4]!;
    return this.#code.watchedOperation(distance);
  }

  /** Tells the watcher, executes the instruction, and watches where the function returns to if it is asked to. */
  #pass(operation: number, ran: number, run: (budget: number, before: number) => number): number {
    const words = this.#i32;
    const back = { root: words[layout.HART_ROOT / 4]!, lo: words[RA / 4]!, hi: words[RA / 4 + 1]! };
    const isAsked = this.#watcher.arrived(ran);
    const cause = this.#code.uncovered(operation, () => run(1, ran));
    if (isAsked) this.#add(back);
    return cause;
  }

  #add(place: Absent): void {
    const frame = this.#frameAt(place);
    if (frame === 0) {
      this.#absent.push(place);
      return;
    }
    const offset = place.lo & (PAGE_SIZE - 2);
    if (this.#frames.get(frame)?.has(offset)) return;
    this.#of(frame).add(offset);
    this.#code.drop(frame);
  }

  #lookForAbsent(): void {
    if (this.#absent.length === 0) return;
    const root = this.#i32[layout.HART_ROOT / 4]!;
    const here = this.#absent.filter((place) => place.root === root && this.#frameAt(place) !== 0);
    if (here.length === 0) return;
    this.#absent = this.#absent.filter((place) => !here.includes(place));
    for (const place of here) this.#add(place);
  }

  /** The frame of code at an address, by the page table; 0 when there is none. */
  #frameAt({ root, lo, hi }: Absent): number {
    const address = hi * 2 ** 32 + (lo >>> 0);
    if (hi < 0 || address >= layout.USER_END) return 0;
    let table = root;
    let entry = 0;
    for (const level of [2, 1, 0]) {
      const index = Math.floor(address / 2 ** (PAGE_SHIFT + 9 * level)) % 512;
      entry = this.#i32[(table + 8 * index) >> 2]!;
      if ((entry & PTE_V) === 0) return 0;
      table = (entry >>> PTE_PPN_SHIFT) << PAGE_SHIFT;
    }
    return (entry & PTE_X) === 0 ? 0 : entry >>> PTE_PPN_SHIFT;
  }
}
