/**
 * A region as a function. Registers are loaded when it begins and written back where it is left; the budget is
 * looked at when it begins, at the head of each loop and behind each call, for as many steps as can follow until it
 * is looked at again. What a step cannot do it leaves to the interpreter, before anything of it is done.
 */
import { bug } from '../../base/index.ts';
import { layout } from '../../memory/index.ts';
import {
  block,
  br,
  brIf,
  brTable,
  type Code,
  callIndirect,
  code,
  type Frame,
  i32,
  i64,
  type Label,
  type Local,
  loop,
  nop,
  ret,
  seq,
  unlikely,
  unreachable,
  type ValueType,
  when,
} from '../../wasm/index.ts';
import { newStage } from '../handler.ts';
import type { REGION } from '../mark.ts';
import { LEFT, setWord, word } from '../place.ts';
import type { Emission, Site } from '../stage.ts';
import { tokenOf } from '../stage.ts';
import { Accesses } from './accesses.ts';
import { Exits, type Own, type Surroundings } from './exits.ts';
import { type Flow, flowOf } from './flow.ts';
import { type LocalRegisters, localRegisters } from './local-registers.ts';
import type { Block, End, Region, Way } from './region.ts';
import { isSame, NONE, type RegisterSet, union } from './register-set.ts';
import { longestWays, planRegisters, type RegisterPlan } from './registers.ts';
import { ladder, type Rung, rungsOf } from './rungs.ts';
import type { Meaning } from './step.ts';

const { PAGE_SIZE } = layout;

type RegionFrame = Frame<typeof REGION.params>;

/** Where the emission stands. */
interface Now {
  block: number;
  /** Steps of the block that are done. */
  done: number;
  /** Those of them that are not paid, and the offset of the next. */
  owed: number;
  at: number;
  dirty: RegisterSet;
  /** Where steps that give up leave the block. */
  rungs: readonly Rung[];
}

class RegionFunction {
  private readonly around: Surroundings;
  private readonly region: Region;
  private readonly flow: Flow;
  private readonly plan: RegisterPlan;
  private readonly longest: readonly number[];
  private readonly own: Own;
  private readonly registers: LocalRegisters;
  private readonly labels = new Map<number, Label>();
  private readonly emission: Emission;
  private readonly run: (step: Emission['form']) => Code<'nothing'>[];
  private readonly now: Now = { block: 0, done: 0, owed: 0, at: 0, dirty: NONE, rungs: [] };
  private readonly temporaries = new Map<ValueType, { readonly locals: Local[]; used: number }>();
  private readonly frame: RegionFrame;
  private readonly accesses: Accesses;
  private readonly exits: Exits;
  /** Behind it the budget is written back, and the target returned. */
  private leave!: Label;

  constructor(around: Surroundings, page: number, region: Region, frame: RegionFrame) {
    this.around = around;
    this.region = region;
    this.flow = flowOf(region);
    this.plan = planRegisters(region, this.flow);
    this.longest = longestWays(region, this.flow);
    this.frame = frame;
    const [target, depth, bank] = frame.params;
    const { local } = frame;
    this.own = { base: local('i64'), left: local('i32'), entry: local('i32'), target, depth, bank };
    this.exits = new Exits(around, page, this.own);
    this.registers = localRegisters(local);
    const parts = { helpers: around.helpers, registers: this.registers, bank, frame };
    this.accesses = new Accesses(parts, region, this.flow);
    this.emission = this.newEmission();
    this.run = newStage(this.emission);
  }

  body(): Code<'i64'> {
    const { target, base, left } = this.own;
    const { start } = this.region.blocks[0]!;
    const enough = this.flow.isHead[0] ? nop : when(this.isShort(0), ret(i64.or(target.get(), i64.const(1))));
    const inner = block('nothing', (leave) => {
      this.leave = leave;
      return this.tree(0);
    });
    return seq(
      left.set(word(LEFT)),
      enough,
      base.set(i64.sub(target.get(), i64.const(start))),
      this.registers.load(this.plan.live[0]!),
      inner,
      setWord(LEFT, left.get()),
      target.get(),
    );
  }

  /** Whether the budget does not reach until it is looked at again. */
  private isShort(at: number): Code<'i32'> {
    return unlikely(i32.ltU(this.own.left.get(), i32.const(this.longest[at]!)));
  }

  /** A block and what it dominates. */
  private tree(at: number): Code<'nothing'> {
    if (this.flow.isHead[at] || this.flow.isJoin[at]) this.registers.words = 0;
    const inner = () => this.nest(at, this.flow.joins[at]!);
    if (!this.flow.isHead[at]) return inner();
    return loop('nothing', (again) => {
      this.labels.set(at, again);
      const { start, end } = this.region.blocks[at]!;
      this.now.owed = 0;
      const pc = end.kind === 'dispatch' ? this.own.target.get() : this.exits.pc(start + 1);
      const leave = seq(this.writeBack(this.plan.dirty[at]!), ret(pc));
      return seq(when(this.isShort(at), leave), inner());
    });
  }

  /** A block, and behind it the joins it dominates: the last one outermost. */
  private nest(at: number, [join, ...others]: readonly number[]): Code<'nothing'> {
    if (join === undefined) return this.block(at);
    const inner = block('nothing', (exit) => {
      // A join that is a loop's head as well is entered here, and begun again from inside.
      this.labels.set(join, exit);
      return this.nest(at, others);
    });
    return seq(inner, this.tree(join));
  }

  private block(at: number): Code<'nothing'> {
    const { now } = this;
    now.block = at;
    now.done = 0;
    now.owed = 0;
    now.at = this.region.blocks[at]!.start;
    now.dirty = this.plan.dirty[at]!;
    now.rungs = rungsOf(this.region.blocks[at]!.steps, now.dirty);
    const inner = ladder(now.rungs, this.registers.store, () => this.steps(at));
    return now.rungs.length === 0 ? inner : seq(inner, br(this.leave));
  }

  private steps(at: number): Code<'nothing'> {
    const { steps, end } = this.region.blocks[at]!;
    const parts: Code<'nothing'>[] = [];
    for (const step of steps) {
      for (const pool of this.temporaries.values()) pool.used = 0;
      const statements = this.run(step);
      parts.push(...statements);
      if (step.insn.ends === undefined) this.did(step);
    }
    const last = steps.at(-1);
    if (last === undefined || last.insn.ends === undefined) parts.push(this.fallOut(end));
    return code(...parts);
  }

  private did({ size, writes }: Meaning): void {
    const { now } = this;
    now.done++;
    now.owed++;
    now.at += size;
    now.dirty = union(now.dirty, writes);
  }

  /** The end of a block that no instruction makes. */
  private fallOut(end: End): Code<'nothing'> {
    const pay = this.pay();
    if (end.kind === 'jump') return seq(pay, this.go(end.to));
    if (end.kind === 'dispatch') return this.dispatch(end.cases);
    const { at } = end as Extract<End, { kind: 'interpret' }>;
    return seq(pay, this.writeBack(this.now.dirty), ret(this.exits.pc(at + 1)));
  }

  /** To the case that begins at the target; away, when it is none of them. */
  private dispatch(cases: readonly number[]): Code<'nothing'> {
    const { target, base } = this.own;
    const away = seq(this.writeBack(this.now.dirty), this.exits.enterTarget());
    // All of them may have been cut, because they led into the middle of a loop.
    if (cases.length === 0) return away;
    const starts = cases.map((to) => this.region.blocks[to]!.start);
    const low = Math.min(...starts);
    const offset = i64.sub(target.get(), i64.add(base.get(), i64.const(low)));
    const outside = block('nothing', (none) => {
      const labels: Label[] = new Array(1 + (Math.max(...starts) - low) / 2).fill(none);
      for (const [i, to] of cases.entries()) labels[(starts[i]! - low) / 2] = this.labels.get(to)!;
      return seq(
        brIf(none, i64.geU(offset, i64.const(PAGE_SIZE))),
        brTable(i32.shrU(i32.wrap(offset), i32.const(1)), labels, none),
      );
    });
    return seq(outside, away);
  }

  /** Takes the block's steps off the budget, once and for all. */
  private pay(): Code<'nothing'> {
    const { left } = this.own;
    const { owed } = this.now;
    this.now.owed = 0;
    return owed === 0 ? nop : left.set(i32.sub(left.get(), i32.const(owed)));
  }

  /** Registers and budget as they are now. */
  private writeBack(dirty: RegisterSet): Code<'nothing'> {
    const { left } = this.own;
    const { owed } = this.now;
    const rest = owed === 0 ? left.get() : i32.sub(left.get(), i32.const(owed));
    return seq(this.registers.store(dirty), setWord(LEFT, rest));
  }

  private go(way: Way): Code<'nothing'> {
    const { now } = this;
    if ('away' in way) return seq(this.writeBack(now.dirty), this.exits.enter(way.away));
    const { placeOf, isJoin } = this.flow;
    const to = way.block;
    const isBack = placeOf[to]! <= placeOf[now.block]!;
    if (isBack || isJoin[to]) return br(this.labels.get(to)!);
    const here = { ...now };
    const { words } = this.registers;
    const inner = this.tree(to);
    Object.assign(now, here);
    this.registers.words = words;
    return inner;
  }

  /** A call: when it comes back to where it was called from, this function goes on. */
  private call(to: number | Code<'i64'>, next: Way, behind: number): Code<'nothing'> {
    const { own, around, now } = this;
    const { target, entry, depth, left } = own;
    const direct = typeof to === 'number' && to >= 0 && to < PAGE_SIZE;
    const setTarget = target.set(typeof to === 'number' ? this.exits.pc(to) : to);
    const written = this.writeBack(now.dirty);
    now.dirty = NONE;
    if ('away' in next)
      return seq(setTarget, written, direct ? this.exits.enter(to) : this.exits.enterTarget());
    const slot = direct ? this.exits.slotAt(to) : this.exits.targetSlot();
    const deeper = i32.sub(depth.get(), i32.const(1));
    const { live } = this.plan;
    this.registers.words = 0;
    return seq(
      setTarget,
      written,
      when(unlikely(i32.eqz(depth.get())), ret(target.get())),
      entry.set(slot),
      target.set(
        callIndirect(around.regions, around.regionType, entry.get(), target.get(), deeper, own.bank.get()),
      ),
      when(unlikely(i64.ne(target.get(), this.exits.pc(behind))), ret(target.get())),
      left.set(word(LEFT)),
      when(this.isShort(next.block), ret(this.exits.pc(behind + 1))),
      this.registers.load(live[next.block]!),
      this.go(next),
    );
  }

  private local<T extends ValueType>(type: T): Local<T> {
    const pool = this.temporaries.get(type) ?? { locals: [], used: 0 };
    this.temporaries.set(type, pool);
    pool.locals[pool.used] ??= this.frame.local(type) as unknown as Local;
    return pool.locals[pool.used++] as unknown as Local<T>;
  }

  /** The step being emitted. */
  private step(): Meaning {
    const { steps } = this.region.blocks[this.now.block]!;
    return steps[this.now.done]!;
  }

  private giveUp(): Code<never> {
    const { target, left } = this.own;
    const { owed, at, dirty, rungs } = this.now;
    const rung = rungs.find((one) => isSame(one.dirty, dirty)) ?? bug('a step gives up that should not');
    return seq(
      target.set(this.exits.pc(at + 1)),
      owed === 0 ? nop : left.set(i32.sub(left.get(), i32.const(owed))),
      br(rung.label!),
    );
  }

  /** Ends the block with its last step, which has computed what it needs. */
  private finish(how: (end: End, behind: number) => Code<'nothing'>): Code<'nothing'> {
    const block: Block = this.region.blocks[this.now.block]!;
    const step = this.step();
    this.did(step);
    const pay = this.pay();
    return seq(pay, how(block.end, this.now.at));
  }

  private newEmission(): Emission {
    const emission: Emission = {
      manner: 'compiled',
      form: undefined as never,
      site: this.site(),
      helpers: this.around.helpers,
      statements: [],
      giveUpIf: (condition) => emission.statements.push(when(unlikely(condition), this.giveUp())),
      giveUp: () => undefined,
      trapped: unreachable,
    };
    return emission;
  }

  private site(): Site {
    const { own } = this;
    return {
      registers: this.registers,
      local: (type) => this.local(type),
      bank: () => own.bank.get(),
      grouped: () =>
        this.accesses.grouped({
          step: this.step(),
          block: this.now.block,
          number: this.now.done,
          emission: this.emission,
        }),
      remembered: () => this.accesses.remembered(this.step(), this.now.block),
      giveUp: () => this.giveUp(),
      pc: () => this.exits.pc(this.now.at),
      immediate: (operand) => i64.const((tokenOf(operand) as { readonly known: number }).known),
      number: (operand) => (tokenOf(operand) as { readonly known: number }).known,
      rounding: (operand) => i32.const((tokenOf(operand) as { readonly known: number }).known),
      branch: (condition) =>
        this.finish((end) => {
          const { taken, next } = end as Extract<End, { kind: 'branch' }>;
          return seq(when(condition, this.go(taken)), this.go(next));
        }),
      jumpBy: () =>
        this.finish((end, behind) =>
          end.kind === 'call'
            ? this.call(end.to as number, end.next, behind)
            : this.go((end as Extract<End, { kind: 'jump' }>).to),
        ),
      jump: (pc) =>
        this.finish((end, behind) => {
          if (end.kind === 'call') return this.call(pc, end.next, behind);
          const written = this.writeBack(this.now.dirty);
          if (end.kind === 'return') return seq(written, ret(pc));
          const { via } = end as Extract<End, { kind: 'jumpTo' }>;
          const setTarget = this.own.target.set(pc);
          return via === null
            ? seq(setTarget, written, this.exits.enterTarget())
            : seq(setTarget, this.go({ block: via }));
        }),
      illegal: () => unreachable,
      csr: () => unreachable,
    };
  }
}

/** The body of a region's function; `page` is the address of its page of operations. */
export const regionBody = (
  around: Surroundings,
  page: number,
  region: Region,
  frame: RegionFrame,
): Code<'i64'> => new RegionFunction(around, page, region, frame).body();
