/**
 * Pre-decoded pages: for each frame that code was entered in, a page of operations, filled one by one at first
 * execution. A cache: dropping any of it changes nothing but time.
 */
import { decode } from '../isa/index.ts';
import { layout } from '../memory/index.ts';
import {
  AT,
  CODE_PAGE_SIZE,
  ILLEGAL,
  LEAVE_PAGE,
  OP_SHIFT,
  OP_SIZE,
  PAGE_SLOTS,
  STRADDLE,
  writeOperation,
} from './operation.ts';

const LAST_SLOT = PAGE_SLOTS - 1;

export class CodeCache {
  readonly #view: DataView;
  readonly #u8: Uint8Array;
  readonly #i32: Int32Array;
  readonly #layout: layout.Layout;
  /** One page whose every slot but the last leads out of it: straddling instructions run from there. */
  readonly #scratch: number;
  #next: number;
  #free: number[] = [];
  /** Page of operations, by its number → its frame. */
  readonly #frames: number[] = [];

  constructor(buffer: ArrayBuffer, at: layout.Layout) {
    this.#view = new DataView(buffer);
    this.#u8 = new Uint8Array(buffer);
    this.#i32 = new Int32Array(buffer);
    this.#layout = at;
    this.#scratch = at.codeStart;
    this.#next = at.codeStart + CODE_PAGE_SIZE;
    this.#leadOut(this.#scratch);
  }

  #leadOut(page: number): void {
    for (let slot = 0; slot < CODE_PAGE_SIZE / OP_SIZE; slot++)
      this.#view.setUint16(page + slot * OP_SIZE + AT.handler, LEAVE_PAGE, true);
  }

  /** Gives a frame a page of undecoded operations. Its writers must come by from now on. */
  open(frame: number): void {
    const page = this.#allocate();
    this.#u8.fill(0, page, page + CODE_PAGE_SIZE);
    this.#view.setUint16(page + PAGE_SLOTS * OP_SIZE, LEAVE_PAGE, true);
    this.#view.setUint16(page + (PAGE_SLOTS + 1) * OP_SIZE, LEAVE_PAGE, true);
    this.#frames[(page - this.#layout.codeStart) / CODE_PAGE_SIZE] = frame;
    this.#i32[layout.CODE_INDEX / 4 + frame] = page;
    this.#u8.fill(0xff, layout.TLB_WRITE, layout.TLB_WRITE + layout.TLB_ENTRIES * layout.TLB_ENTRY);
  }

  #allocate(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#next + CODE_PAGE_SIZE > this.#layout.codeEnd) this.dropAll();
    const page = this.#next;
    this.#next += CODE_PAGE_SIZE;
    return page;
  }

  has(frame: number): boolean {
    return this.#i32[layout.CODE_INDEX / 4 + frame] !== 0;
  }

  /** Forgets a frame's code. Operations that are still running there find their way out of the page. */
  drop(frame: number): void {
    const at = layout.CODE_INDEX / 4 + frame;
    const page = this.#i32[at]!;
    if (page === 0) return;
    this.#i32[at] = 0;
    this.#leadOut(page);
    this.#free.push(page);
    this.flushExec();
  }

  dropAll(): void {
    for (let page = this.#layout.codeStart + CODE_PAGE_SIZE; page < this.#next; page += CODE_PAGE_SIZE)
      this.#i32[layout.CODE_INDEX / 4 + this.#frames[(page - this.#layout.codeStart) / CODE_PAGE_SIZE]!] = 0;
    this.#next = this.#layout.codeStart + CODE_PAGE_SIZE;
    this.#free = [];
    this.flushExec();
  }

  flushExec(): void {
    this.#u8.fill(0xff, layout.TLB_EXEC, layout.TLB_EXEC + layout.TLB_ENTRIES * layout.TLB_ENTRY);
  }

  /** Decodes the operation at a byte address of a page of operations. */
  decodeAt(operation: number, pageOps: number): void {
    const frame = this.#frames[(pageOps - this.#layout.codeStart) / CODE_PAGE_SIZE]!;
    const offset = (operation - pageOps) >> OP_SHIFT;
    const at = frame * layout.PAGE_SIZE + offset;
    const half = this.#view.getUint16(at, true);
    if (offset === LAST_SLOT * 2 && (half & 3) === 3) this.#view.setUint16(operation, STRADDLE, true);
    else this.#write(operation, (half & 3) === 3 ? this.#view.getUint32(at, true) : half);
  }

  #write(operation: number, word: number): void {
    const decoded = decode(word);
    if (decoded === undefined) {
      this.#view.setUint32(operation + AT.imm, word, true);
      this.#view.setUint16(operation, ILLEGAL, true);
    } else writeOperation(this.#view, operation, decoded);
  }

  /** The operation of an instruction whose second half lies at the start of another frame; the page it runs from. */
  straddle(pageOps: number, second: number): { readonly page: number; readonly operation: number } {
    const first = this.#frames[(pageOps - this.#layout.codeStart) / CODE_PAGE_SIZE]!;
    const low = this.#view.getUint16(first * layout.PAGE_SIZE + layout.PAGE_SIZE - 2, true);
    const word = low | (this.#view.getUint16(second, true) << 16);
    const operation = this.#scratch + LAST_SLOT * OP_SIZE;
    this.#write(operation, word);
    return { page: this.#scratch, operation };
  }
}
