/**
 * How the loads and stores of a region find their bytes with less than a look in the TLB each: by the group they
 * belong to, or by the page their register was last seen in.
 */
import { layout } from '../../memory/index.ts';
import {
  type Code,
  call,
  choose,
  type Frame,
  i32,
  i64,
  type Local,
  seq,
  unlikely,
  when,
} from '../../wasm/index.ts';
import type { Helpers } from '../helpers.ts';
import { tagOf, tlbEntry } from '../paging.ts';
import { long, rememberPage, SEEN, word } from '../place.ts';
import type { Emission } from '../stage.ts';
import type { Flow } from './flow.ts';
import { type Group, groupsOf } from './groups.ts';
import type { LocalRegisters } from './local-registers.ts';
import type { Region } from './region.ts';
import type { Meaning } from './step.ts';
import { streamsOf } from './streams.ts';

const { PAGE_SIZE, TLB_READ, TLB_WRITE } = layout;

/** What accesses are made with. */
export interface AccessParts {
  readonly helpers: Helpers;
  readonly registers: LocalRegisters;
  readonly bank: Local<'i32'>;
  readonly frame: Pick<Frame, 'local'>;
}

/** An access that stands somewhere. */
export interface AccessSite {
  readonly step: Meaning;
  readonly block: number;
  /** The step's number in its block. */
  readonly number: number;
  readonly emission: Emission;
}

export class Accesses {
  private readonly parts: AccessParts;
  private readonly groups: ReturnType<typeof groupsOf>;
  private readonly streams: ReturnType<typeof streamsOf>;
  /** Groups whose first member has been met. */
  private readonly met = new Set<Group>();
  /** By the numbers of groups: where their lowest bytes are, or 0 when they must be looked up one by one. */
  private readonly hosts: Local<'i32'>[] = [];

  constructor(parts: AccessParts, region: Region, flow: Flow) {
    this.parts = parts;
    this.groups = groupsOf(region, flow);
    this.streams = streamsOf(region, flow);
  }

  /** Where the page is noted that the register of an access was last seen to point to. */
  remembered({ access, args }: Meaning, block: number): number | undefined {
    if (access === null || ((this.streams[block]! >>> args.rs1!) & 1) === 0) return undefined;
    return SEEN + 16 * (2 * args.rs1! + Number(access.isWrite));
  }

  /** The first of a group looks its page up; the others only see whether that went well. */
  grouped({ step, block, number, emission }: AccessSite): { host: Code<'i32'>; offset: number } | undefined {
    const group = this.groups[block]![number];
    if (group === undefined || group.members === 1) return undefined;
    this.hosts[group.number] ??= this.parts.frame.local('i32');
    const all = this.hosts[group.number]!;
    if (!this.met.has(group))
      emission.statements.push(this.lookUpGroup(group, all, this.remembered(step, block), emission));
    this.met.add(group);
    const { helpers, registers } = this.parts;
    const offset = step.args.imm! - group.low;
    const at = i64.add(registers.value(group.base), i64.const(step.args.imm!));
    const one = emission.site.local('i32');
    const reach = call(
      group.isWrite ? helpers.reachWrite : helpers.reachRead,
      at,
      i32.const(step.access!.bytes),
    );
    emission.statements.push(
      one.set(all.get()),
      when(
        unlikely(i32.eqz(one.get())),
        seq(
          when(i32.eqz(one.tee(reach)), emission.site.giveUp()),
          one.set(i32.sub(one.get(), i32.const(offset))),
        ),
      ),
    );
    return { host: one.get(), offset };
  }

  private lookUpGroup(
    { base, isWrite, low, high }: Group,
    host: Local<'i32'>,
    remembered: number | undefined,
    { site }: Emission,
  ): Code<'nothing'> {
    const { helpers, registers, bank } = this.parts;
    const tlb = isWrite ? TLB_WRITE : TLB_READ;
    const bytes = high - low;
    const at = site.local('i64');
    const entry = site.local('i32');
    const found = () => i32.add(i32.wrap(at.get()), i32.load(entry.get(), tlb + 8));
    const filled = call(isWrite ? helpers.fillWrite : helpers.fillRead, at.get(), i32.const(bytes));
    const lookUp = seq(
      entry.set(tlbEntry(at.get(), bank.get())),
      when(
        unlikely(i64.ne(tagOf(at.get(), bytes), i64.load(entry.get(), tlb))),
        host.set(choose('i32', filled, found(), i32.const(0))),
        host.set(found()),
      ),
    );
    const setAt = at.set(i64.add(registers.value(base), i64.const(low)));
    if (remembered === undefined) return seq(setAt, lookUp);
    const elsewhere = i64.ne(tagOf(at.get(), 1), long(remembered));
    const crosses = i32.gtU(
      i32.and(i32.wrap(at.get()), i32.const(PAGE_SIZE - 1)),
      i32.const(PAGE_SIZE - bytes),
    );
    const delta = i32.sub(host.get(), i32.wrap(at.get()));
    return seq(
      setAt,
      when(
        unlikely(i32.or(elsewhere, crosses)),
        seq(lookUp, when(host.get(), rememberPage(remembered, tagOf(at.get(), 1), delta))),
        host.set(i32.add(i32.wrap(at.get()), word(remembered + 8))),
      ),
    );
  }
}
