/** Random sequences of memory operations against a model that knows pages and bytes, but no tables and no VMAs. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cacheKey, type Small, small } from './fixture.ts';
import type { Mm, PageObjectId } from './types.ts';
import { vmaAt } from './vma.ts';

const PAGES = 24;
/** Half of the window lies below a border of leaf and level-1 tables. */
const BASE = 2 ** 30 - (PAGES / 2) * 4096;
const FILE_PAGES = 8;

interface Cell {
  value: number;
}

interface ModelPage {
  prot: number;
  shared: boolean;
  /** What a read sees, until a private page is written. */
  cell: Cell;
  /** A private page of its own, or null while it still shows the file. */
  own: boolean;
}

type Kind = 'private' | 'shared' | 'file-private' | 'file-shared';
type Model = Map<number, ModelPage>;

interface World {
  readonly small: Small;
  readonly spaces: { mm: Mm; model: Model }[];
  readonly file: PageObjectId;
  readonly cells: Cell[];
  /** Frames are scarce: operations may fail, but only cleanly. */
  readonly tight: boolean;
}

type Op =
  | { op: 'mmap'; at: number; pages: number; prot: number; kind: Kind; filePage: number }
  | { op: 'munmap'; at: number; pages: number }
  | { op: 'mprotect'; at: number; pages: number; prot: number }
  | { op: 'mremap'; at: number; pages: number; grown: number; to: number; fixed: boolean }
  | { op: 'discard'; at: number; pages: number }
  | { op: 'write'; at: number; value: number }
  | { op: 'file'; at: number; value: number }
  | { op: 'truncate'; pages: number }
  | { op: 'leave'; at: number; pages: number; advice: number }
  | { op: 'fork' }
  | { op: 'exit' };

const page = fc.nat(PAGES - 1);
const pages = fc.integer({ min: 1, max: 9 });
const prot = fc.constantFrom(0, 1, 3, 3, 3, 5);
const value = fc.integer({ min: 1, max: 255 });

const anyOp: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('mmap' as const),
      at: page,
      pages,
      prot,
      kind: fc.constantFrom<Kind>('private', 'private', 'shared', 'file-private', 'file-shared'),
      filePage: fc.nat(FILE_PAGES - 1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('munmap' as const), at: page, pages }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('mprotect' as const), at: page, pages, prot }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('mremap' as const),
      at: page,
      pages,
      grown: pages,
      to: page,
      fixed: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('discard' as const), at: page, pages }) },
  { weight: 10, arbitrary: fc.record({ op: fc.constant('write' as const), at: page, value }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('file' as const), at: fc.nat(FILE_PAGES - 1), value }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('truncate' as const), pages: fc.nat(FILE_PAGES) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('leave' as const),
      at: page,
      pages,
      advice: fc.constantFrom(10, 10, 11, 18),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('fork' as const) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('exit' as const) }) },
);
const script = fc.array(fc.tuple(fc.nat(7), anyOp), { minLength: 1, maxLength: 60 });

const address = (at: number) => BASE + at * 4096;
const clip = (at: number, count: number) => Math.min(at + count, PAGES);

type Handlers = {
  [K in Op['op']]: (world: World, space: World['spaces'][0], op: Extract<Op, { op: K }>) => void;
};

const run: Handlers = {
  mmap({ small: { spaces }, file, cells, tight }, { mm, model }, { at, pages, prot, kind, filePage }) {
    const end = clip(at, pages);
    const isFile = kind.startsWith('file');
    const shared = kind === 'shared' || kind === 'file-shared';
    const request = { addr: address(at), length: (end - at) * 4096, prot, shared, fixed: true };
    const got = spaces.mmap(mm, isFile ? { ...request, object: file, offset: filePage * 4096 } : request);
    if (tight && got === 'ENOMEM') return;
    expect(got).toBe(address(at));
    for (let i = at; i < end; i++) {
      const cell = isFile ? cells[filePage + i - at] : { value: 0 };
      model.set(i, { prot, shared, cell: cell ?? beyond, own: !isFile });
    }
  },
  munmap({ small: { spaces }, tight }, { mm, model }, { at, pages }) {
    const end = clip(at, pages);
    const got = spaces.munmap(mm, address(at), (end - at) * 4096);
    if (tight && got === 'ENOMEM') return;
    expect(got).toBe(0);
    for (let i = at; i < end; i++) model.delete(i);
  },
  mprotect({ small: { spaces }, tight }, { mm, model }, { at, pages, prot }) {
    const end = clip(at, pages);
    let covered = at;
    while (covered < end && vmaAt(mm, address(covered)) !== undefined) covered++;
    const got = spaces.mprotect(mm, address(at), (end - at) * 4096, prot);
    if (!tight) expect(got).toBe(covered === end ? 0 : 'ENOMEM');
    for (let i = at; i < covered; i++) {
      const one = model.get(i);
      if (one !== undefined) one.prot = tight ? vmaAt(mm, address(i))!.prot : prot;
    }
  },
  mremap({ small: { spaces } }, { mm, model }, { at, pages, grown, to, fixed }) {
    const [end, newEnd] = [clip(at, pages), clip(to, grown)];
    const oldPages = end - at;
    const newPages = fixed ? newEnd - to : clip(at, grown) - at;
    const place = fixed ? { fixed, mayMove: true, newAddr: address(to) } : {};
    const request = { addr: address(at), oldLength: oldPages * 4096, newLength: newPages * 4096, ...place };
    const got = spaces.mremap(mm, request);
    if (typeof got === 'string') return resync(mm, model);
    const kept = Array.from({ length: Math.min(oldPages, newPages) }, (_, i) => model.get(at + i));
    const last = model.get(at + oldPages - 1);
    const target = fixed ? to : at;
    expect(got).toBe(address(target));
    for (let i = 0; i < oldPages; i++) model.delete(at + i);
    for (let i = 0; i < newPages; i++) {
      model.delete(target + i);
      const old = i < oldPages ? kept[i] : last && { ...last, cell: { value: 0 }, own: true };
      // What a mapping of an object grows into is more of that object, which may have a past: not modelled.
      const isMore = i >= oldPages && vmaAt(mm, address(target + i))!.object !== null;
      if (old !== undefined && !isMore) model.set(target + i, old);
    }
  },
  discard({ small: { spaces }, tight, cells }, { mm, model }, { at, pages }) {
    const end = clip(at, pages);
    const got = spaces.madvise(mm, address(at), (end - at) * 4096, 4);
    if (tight && got === 'ENOMEM') return model.clear();
    for (let i = at; i < end; i++) {
      const one = model.get(i);
      if (one === undefined || one.shared) continue;
      const vma = vmaAt(mm, address(i))!;
      const filePage = (vma.offset + address(i) - vma.start) / 4096;
      one.own = vma.object === null;
      one.cell = one.own ? { value: 0 } : (cells[filePage] ?? beyond);
    }
  },
  write(world, { mm, model }, { at, value }) {
    const {
      small: { user },
      tight,
    } = world;
    const one = model.get(at);
    if (one === undefined && vmaAt(mm, address(at)) !== undefined) return;
    const done = user.writeU8(mm, address(at) + 7, value);
    const may = one !== undefined && (one.prot & 2) !== 0 && one.cell !== beyond;
    if (!tight || done) expect(done).toBe(may);
    if (!done || one === undefined) return;
    remember(world.small, mm, address(at), 'write');
    if (!one.shared && !one.own) {
      one.cell = { value: 0 };
      one.own = true;
    }
    one.cell.value = value;
  },
  file({ small: { memory }, file, cells }, _space, { at, value }) {
    if (at >= cells.length) return;
    if (memory.objects.write(file, at * 4096 + 7, Uint8Array.of(value)) === 1) cells[at]!.value = value;
  },
  truncate({ small: { memory }, file, cells, spaces }, _space, { pages }) {
    if (pages >= cells.length) return;
    memory.objects.truncate(file, pages * 4096);
    const gone = new Set(cells.splice(pages));
    for (const { mm, model } of spaces) {
      for (const [at, one] of model) {
        const vma = vmaAt(mm, address(at))!;
        const isBeyond = vma.object === file && (vma.offset + address(at) - vma.start) / 4096 >= pages;
        if (!isBeyond && !gone.has(one.cell)) continue;
        one.cell = beyond;
        one.own = false;
      }
    }
  },
  leave({ small: { spaces } }, { mm }, { at, pages, advice }) {
    spaces.madvise(mm, address(at), (clip(at, pages) - at) * 4096, advice);
  },
  fork({ small: { spaces }, spaces: all, tight }, { mm, model }) {
    if (all.length > 6) return;
    const child = spaces.fork(mm);
    if (tight && child === 'ENOMEM') return;
    if (typeof child === 'string') throw new Error(child);
    const copy = new Map<number, ModelPage>();
    for (const [at, one] of model) {
      const { dontFork, wipeOnFork } = vmaAt(mm, address(at))!;
      if (dontFork) continue;
      if (wipeOnFork) copy.set(at, { ...one, cell: { value: 0 } });
      else copy.set(at, { ...one, cell: one.own && !one.shared ? { ...one.cell } : one.cell });
    }
    all.push({ mm: child, model: copy });
  },
  exit({ small: { spaces }, spaces: all }, space) {
    if (all.length === 1) return;
    spaces.release(space.mm);
    all.splice(all.indexOf(space), 1);
  },
};

/** Stands for every page beyond the end of its object. */
const beyond: Cell = { value: -1 };

/** A refused mremap may have unmapped its destination or its tail already, as on Linux. */
function resync(mm: Mm, model: Model): void {
  for (const at of [...model.keys()]) if (vmaAt(mm, address(at)) === undefined) model.delete(at);
}

function compare({ small, spaces, tight }: World): void {
  const { user, memory } = small;
  for (const { mm, model } of spaces) {
    for (const [at, one] of model) {
      const seen = user.readU8(mm, address(at) + 7);
      const key = cacheKey(address(at), mm.asid);
      if (seen !== undefined && !small.tlb.cached.has(key)) remember(small, mm, address(at), 'read');
      const readable = (one.prot & 3) !== 0 && one.cell !== beyond;
      if (tight && seen === undefined) continue;
      expect([at, seen]).toEqual([at, readable ? one.cell.value : undefined]);
    }
  }
  expect(memory.check()).toEqual([]);
  for (const { mm } of spaces) compareCached(small, mm);
}

/** A translation the processor may still use must be what the tables say now. */
function compareCached({ spaces, tlb }: Small, mm: Mm): void {
  for (const { address: va, frame, read, write } of spaces.entriesOf(mm)) {
    const translation = tlb.cached.get(cacheKey(va, mm.asid));
    if (translation === undefined) continue;
    expect([translation.frame, translation.write && !write, read]).toEqual([frame, false, true]);
  }
  for (let at = 0; at < PAGES; at++) {
    const isCached = tlb.cached.has(cacheKey(address(at), mm.asid));
    if (isCached) expect(spaces.entriesOf(mm, address(at), address(at + 1))).toHaveLength(1);
  }
}

/** Uses a page as the processor does, so that its translation is remembered. */
function remember({ user, tlb }: Small, mm: Mm, va: number, access: 'read' | 'write'): void {
  const at = user.translate(mm, va, access);
  if (at === 0) return;
  const key = cacheKey(va - (va % 4096), mm.asid);
  const frame = Math.floor(at / 4096);
  expect(tlb.cached.get(key)?.frame ?? frame).toBe(frame);
  tlb.cached.set(key, { frame, write: access === 'write' });
}

function play(frames: number, steps: readonly (readonly [number, Op])[], tight: boolean): void {
  const machine = small(frames);
  const file = machine.memory.objects.create({ size: FILE_PAGES * 4096, filled: true }).id;
  const cells = Array.from({ length: FILE_PAGES }, (_, i) => ({ value: i + 1 }));
  machine.memory.objects.filler = { fill: (_id, index, into) => into.fill(index + 1) };
  const world: World = { small: machine, spaces: [{ mm: machine.mm, model: new Map() }], file, cells, tight };
  for (const [who, op] of steps) {
    const space = world.spaces[who % world.spaces.length]!;
    (run[op.op] as (w: World, s: typeof space, o: Op) => void)(world, space, op);
    compare(world);
  }
  for (const { mm } of world.spaces) machine.spaces.release(mm);
  machine.memory.objects.release(file);
  expect(machine.memory.check()).toEqual([]);
  expect(machine.memory.frames.free).toBe(frames - 1);
}

test('any sequence of operations leaves what a map of pages says', () => {
  fc.assert(
    fc.property(script, (steps) => play(600, steps, false)),
    { numRuns: 300 },
  );
});

test('when frames run out every operation fails cleanly, and nothing leaks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 60 }), script, (frames, steps) => play(frames, steps, true)),
    { numRuns: 300 },
  );
});
