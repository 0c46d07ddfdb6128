/** How a region's function leaves for other code: by the slots of the table of compiled functions. */
import { layout } from '../../memory/index.ts';
import {
  type Code,
  type FunctionTable,
  i32,
  i64,
  type Local,
  ret,
  returnCallIndirect,
  seq,
  type TypeIndex,
  unlikely,
  when,
} from '../../wasm/index.ts';
import type { Helpers } from '../helpers.ts';
import { MARK, MARK_SHIFT, type REGION } from '../mark.ts';
import { OP_SHIFT } from '../operation.ts';
import { execEntry, tagOf } from '../paging.ts';

const { PAGE_SIZE, TLB_EXEC } = layout;

/** What all functions of a module share. */
export interface Surroundings {
  readonly helpers: Helpers;
  readonly regions: FunctionTable;
  readonly regionType: TypeIndex<typeof REGION.params, 'i64'>;
  /** Added to half an operation's address it gives its mark's. */
  readonly markBase: number;
}

/** The function's own variables. */
export interface Own {
  /** Address of the page. */
  readonly base: Local<'i64'>;
  /** Of the budget, when the block began, or what is left of it once the block's steps are paid. */
  readonly left: Local<'i32'>;
  readonly depth: Local<'i32'>;
  readonly bank: Local<'i32'>;
  readonly target: Local<'i64'>;
  readonly entry: Local<'i32'>;
}

export class Exits {
  private readonly around: Surroundings;
  private readonly page: number;
  private readonly own: Own;

  constructor(around: Surroundings, page: number, own: Own) {
    this.around = around;
    this.page = page;
    this.own = own;
  }

  /** The pc of what lies at an offset from the page's beginning. */
  pc(at: number): Code<'i64'> {
    return i64.add(this.own.base.get(), i64.const(at));
  }

  /** The slot of what begins at an offset in the page. */
  slotAt(at: number): Code<'i32'> {
    const mark = ((this.page + (at << OP_SHIFT)) >>> MARK_SHIFT) + this.around.markBase;
    return i32.load(i32.const(mark), MARK.slot);
  }

  /** The slot of what begins at the target; where its page is not known the target is returned. */
  targetSlot(): Code<'i32'> {
    const { target, entry, bank } = this.own;
    const inPage = i32.and(i32.wrap(target.get()), i32.const(PAGE_SIZE - 2));
    const half = i32.shrU(i32.load(entry.get(), TLB_EXEC + 12), i32.const(MARK_SHIFT));
    return seq(
      entry.set(execEntry(target.get(), bank.get())),
      when(unlikely(i64.ne(tagOf(target.get(), 1), i64.load(entry.get(), TLB_EXEC))), ret(target.get())),
      i32.load(
        i32.add(half, i32.shl(inPage, i32.const(OP_SHIFT - MARK_SHIFT))),
        this.around.markBase + MARK.slot,
      ),
    );
  }

  private leaveBy(slot: Code<'i32'>, pc: Code<'i64'>): Code<never> {
    const { regions, regionType } = this.around;
    return returnCallIndirect(regions, regionType, slot, pc, this.own.depth.get(), this.own.bank.get());
  }

  /** Goes on in another region, whose first instruction lies at an offset. */
  enter(at: number): Code<never> {
    if (at >= 0 && at < PAGE_SIZE) return this.leaveBy(this.slotAt(at), this.pc(at));
    return seq(this.own.target.set(this.pc(at)), this.enterTarget());
  }

  /** Goes on in the region that begins at the target. */
  enterTarget(): Code<never> {
    const { target, entry } = this.own;
    return seq(entry.set(this.targetSlot()), this.leaveBy(entry.get(), target.get()));
  }
}
