/**
 * Pre-decoded pages: for each frame that code was entered in, a page of operations, filled when they are first
 * reached. A cache: dropping any of it changes nothing but time.
 *
 * A frame with such a page is in no TLB of writes, so that every store to it comes by `drop`.
 */
import { layout } from '../memory/index.ts';
import type { TlbBanks } from './banks.ts';
import { FIRST_FORM, LEAVE_PAGE, MARKED, STRADDLE, UNDECODED } from './form.ts';
import { fusedHandler, LONGEST, lengthOf, ownHandler } from './fused.ts';
import { MARK_SHIFT } from './mark.ts';
import { AT, CODE_PAGE_SIZE, OP_SHIFT, OP_SIZE, PAGE_SLOTS, PAGE_USED } from './operation.ts';
import { MARK_BASE, SEEN, SEEN_SIZE, STRADDLING, WRITTEN } from './place.ts';
import { readyOf, writeReady } from './ready.ts';

const LAST_SLOT = PAGE_SLOTS - 1;
/** An instruction that lies on two pages runs from four slots of its own, whose last keeps its word. */
const STRADDLERS = 512;
const STRADDLER_SIZE = 4 * OP_SIZE;
const STRADDLER_WORD = 3 * OP_SIZE + AT.imm;
/** How far decoding runs ahead. */
const AHEAD = 16;
/** c.ebreak */
const BREAK = 0x9002;
/** Share of the pages that is forgotten when there is no room for another one. */
const FORGOTTEN_SHARE = 1 / 8;

export class CodeCache {
  private readonly view: DataView;
  private readonly u8: Uint8Array;
  private readonly i32: Int32Array;
  private readonly u16: Uint16Array;
  private readonly layout: layout.Layout;
  private readonly banks: TlbBanks;
  /** A page that leads out of itself everywhere: dropped pages become copies of it. */
  private readonly emptyPage: number;
  private readonly straddlers: number;
  private readonly firstPage: number;
  private next: number;
  private readonly free: number[] = [];
  /** Number of the page that was last looked at for forgetting. */
  private hand = -1;
  /** Addresses of the operations that were decoded one behind the other. */
  private readonly trail = new Int32Array(AHEAD);
  /** The frame of each page, by the page's number. */
  private readonly frames: number[] = [];

  /** Whether operations that are jumped to are marked. */
  private readonly marks: boolean;
  /** Told before a page of operations is forgotten. */
  onDrop: (page: number) => void = () => undefined;
  /** Offsets of watched instructions, by frame; null when nobody watches. */
  watched: ReadonlyMap<number, ReadonlySet<number>> | null = null;

  constructor(buffer: ArrayBuffer, at: layout.Layout, banks: TlbBanks, marks: boolean) {
    this.marks = marks;
    this.banks = banks;
    this.view = new DataView(buffer);
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.layout = at;
    this.emptyPage = at.codeStart;
    this.straddlers = at.codeStart + CODE_PAGE_SIZE;
    this.firstPage = this.straddlers + STRADDLERS * STRADDLER_SIZE;
    this.next = this.firstPage;
    this.forgetSeen();
    this.i32[MARK_BASE / 4] = at.marks - (at.codeStart >>> MARK_SHIFT);
    for (let op = this.emptyPage; op < this.firstPage; op += OP_SIZE) this.lead(op, LEAVE_PAGE);
  }

  private lead(operation: number, handler: number): void {
    this.u16[operation >> 1] = handler;
  }

  /** Address of an operation's mark. */
  markOf(operation: number): number {
    return (operation >>> MARK_SHIFT) + this.i32[MARK_BASE / 4]!;
  }

  /** The handler of an operation, marked or not. */
  private handlerOf(operation: number): number {
    const handler = this.u16[operation >> 1]!;
    return handler === MARKED ? this.u16[this.markOf(operation) >> 1]! : handler;
  }

  /** Lets compiled code begin at an operation. */
  private mark(operation: number): void {
    const handler = this.u16[operation >> 1]!;
    if (!this.marks || handler === MARKED || handler < FIRST_FORM) return;
    this.u16[this.markOf(operation) >> 1] = handler;
    this.u16[operation >> 1] = MARKED;
  }

  /** Takes a mark away, so that the operation is only interpreted. */
  unmark(operation: number): void {
    if (this.u16[operation >> 1] === MARKED) this.u16[operation >> 1] = this.handlerOf(operation);
  }

  /** Whether an operation has been decoded: control has come to it, or close to it. */
  isDecoded(operation: number): boolean {
    return this.u16[operation >> 1] !== UNDECODED;
  }

  /** Gives a frame a page of undecoded operations. */
  open(frame: number): void {
    const wasWritten = this.i32[layout.CODE_INDEX / 4 + frame] === WRITTEN;
    const page = this.free.pop() ?? this.allocate();
    this.u8.fill(0, page, page + CODE_PAGE_SIZE);
    if (this.marks) this.u8.fill(0, this.markOf(page), this.markOf(page + CODE_PAGE_SIZE));
    for (let slot = PAGE_SLOTS; slot < CODE_PAGE_SIZE / OP_SIZE; slot++)
      this.lead(page + slot * OP_SIZE, LEAVE_PAGE);
    this.frames[(page - this.firstPage) / CODE_PAGE_SIZE] = frame;
    this.i32[layout.CODE_INDEX / 4 + frame] = page;
    // Which of its entries lead to the frame is not known.
    if (!wasWritten) return;
    this.banks.flush('write');
    this.forgetSeen();
  }

  /** What compiled loops remember of pages may lead to a frame that has code now. */
  private forgetSeen(): void {
    this.u8.fill(0xff, SEEN, SEEN + SEEN_SIZE);
  }

  private allocate(): number {
    if (this.next + CODE_PAGE_SIZE > this.layout.codeEnd) return this.makeRoom();
    const page = this.next;
    this.next += CODE_PAGE_SIZE;
    return page;
  }

  has(frame: number): boolean {
    return this.i32[layout.CODE_INDEX / 4 + frame]! > WRITTEN;
  }

  /** Forgets a frame's code. An operation of it that is running finds its way out of the page. */
  drop(frame: number): void {
    const page = this.i32[layout.CODE_INDEX / 4 + frame]!;
    if (page <= WRITTEN) return;
    this.release(frame, page);
    this.banks.flush('exec');
  }

  /** Forgets all code. */
  dropAll(): void {
    for (const frame of this.frames) if (this.has(frame)) this.drop(frame);
  }

  private release(frame: number, page: number): void {
    this.onDrop(page);
    this.i32[layout.CODE_INDEX / 4 + frame] = 0;
    for (let slot = 0; slot < PAGE_SLOTS; slot++) this.lead(page + slot * OP_SIZE, LEAVE_PAGE);
    this.free.push(page);
  }

  /** Forgets pages that were not used since the hand last came by, until a share of all is free; gives one of them. */
  private makeRoom(): number {
    const { frames, free } = this;
    const wanted = Math.max(1, Math.floor(frames.length * FORGOTTEN_SHARE));
    const running = this.pageOf(this.i32[STRADDLING / 4]!);
    while (free.length < wanted) {
      this.hand = (this.hand + 1) % frames.length;
      const page = this.firstPage + this.hand * CODE_PAGE_SIZE;
      const used = (page + PAGE_USED) >> 2;
      const frame = frames[this.hand]!;
      if (this.i32[used] !== 0) this.i32[used] = 0;
      else if (page !== running && this.i32[layout.CODE_INDEX / 4 + frame] === page)
        this.release(frame, page);
    }
    // A page that is still used comes back by a walk, which says so.
    this.banks.flush('exec');
    return free.pop()!;
  }

  /** The frame of an operation. */
  frameOf(operation: number): number {
    return this.frames[Math.floor((operation - this.firstPage) / CODE_PAGE_SIZE)]!;
  }
  /** The page of operations it lies in. */
  pageOf(operation: number): number {
    return operation - ((operation - this.firstPage) % CODE_PAGE_SIZE);
  }

  /** Decodes an operation, and those behind it as far as control is sure to go on. */
  decodeAt(operation: number): void {
    const page = this.pageOf(operation);
    const code = this.frameOf(operation) * layout.PAGE_SIZE;
    let offset = (operation - page) >> OP_SHIFT;
    const watched = this.watchedIn(page);
    const { trail } = this;
    for (let n = 0; n < AHEAD && offset < layout.PAGE_SIZE; n++) {
      const at = page + (offset << OP_SHIFT);
      const known = this.handlerOf(at);
      if (known !== UNDECODED) {
        this.fuse(n, ownHandler(known));
        return;
      }
      const half = this.u16[(code + offset) >> 1]!;
      const long = (half & 3) === 3;
      if (watched?.has(offset)) {
        writeReady(this.i32, at, readyOf(BREAK), Number.NaN);
        return;
      }
      if (long && offset === LAST_SLOT * 2) {
        this.lead(at, STRADDLE);
        return;
      }
      const word = long ? half | (this.u16[(code + offset + 2) >> 1]! << 16) : half;
      const ready = readyOf(word);
      const handler = writeReady(this.i32, at, ready, offset);
      // Control came here by a jump, or by running on from afar; or it comes here by a loop.
      if (n === 0) this.mark(at);
      if (handler === ready.nearHandler && ready.offset < 0) this.mark(at + (ready.offset << OP_SHIFT));
      this.fuse(n, handler);
      if (!ready.goesOn) return;
      trail[n] = at;
      offset += ready.size;
    }
  }

  /** Offsets of the watched instructions of a page of operations. */
  watchedIn(page: number): ReadonlySet<number> | undefined {
    return this.watched?.get(this.frameOf(page));
  }

  /** The operation at a distance from the first one, if it is a watched one; else 0. */
  watchedOperation(distance: number): number {
    const operation = (distance << OP_SHIFT) >>> 0;
    if (operation < this.firstPage) return 0;
    const page = this.pageOf(operation);
    return this.watchedIn(page)?.has((operation - page) >> OP_SHIFT) ? operation : 0;
  }

  /** Takes the breakpoint off a watched operation while `step` executes it. */
  uncovered<T>(operation: number, step: () => T): T {
    const page = this.pageOf(operation);
    const frame = this.frameOf(operation);
    const offset = (operation - page) >> OP_SHIFT;
    const word = this.wordOf(operation);
    if ((word & 3) === 3 && offset === LAST_SLOT * 2) this.lead(operation, STRADDLE);
    else writeReady(this.i32, operation, readyOf(word), offset);
    const result = step();
    if (this.i32[layout.CODE_INDEX / 4 + frame] === page)
      writeReady(this.i32, operation, readyOf(BREAK), Number.NaN);
    return result;
  }

  /** Lets operations whose chains end just before the `n`th of the trail do that one as well. */
  private fuse(n: number, form: number): void {
    const { trail, u16 } = this;
    for (let back = 1; back < LONGEST && back <= n; back++) {
      const operation = trail[n - back]!;
      const handler = this.handlerOf(operation);
      if (lengthOf(handler) !== back) continue;
      const fused = fusedHandler(handler, form);
      if (fused === 0) continue;
      const at = u16[operation >> 1] === MARKED ? this.markOf(operation) : operation;
      u16[at >> 1] = fused;
    }
  }

  /** The operation of an instruction whose second half begins another page of operations. */
  straddle(operation: number, nextPage: number): number {
    const low = this.view.getUint16((this.frameOf(operation) + 1) * layout.PAGE_SIZE - 2, true);
    const word = low | (this.view.getUint16(this.frameOf(nextPage) * layout.PAGE_SIZE, true) << 16);
    const hash = (word ^ (word >>> 9) ^ (word >>> 20)) % STRADDLERS;
    const own = this.straddlers + (hash & (STRADDLERS - 1)) * STRADDLER_SIZE;
    if (
      this.view.getInt32(own + STRADDLER_WORD, true) !== word ||
      this.view.getUint16(own, true) === LEAVE_PAGE
    ) {
      this.view.setInt32(own + STRADDLER_WORD, word, true);
      writeReady(this.i32, own, readyOf(word), Number.NaN);
    }
    return own;
  }

  /** The instruction word of an operation. */
  wordOf(operation: number): number {
    if (operation < this.firstPage) return this.view.getInt32(operation + STRADDLER_WORD, true);
    const page = this.pageOf(operation);
    const at = this.frameOf(operation) * layout.PAGE_SIZE + ((operation - page) >> OP_SHIFT);
    const half = this.view.getUint16(at, true);
    return (half & 3) === 3 ? this.view.getInt32(at, true) : half;
  }
}
