/**
 * The compiler: takes operations that are executed often, makes functions of the regions that begin there, many to
 * a module, and hangs them into the table of compiled functions. What it makes is a cache: forgetting any of it
 * changes nothing but time.
 */
import { type Func, ModuleBuilder, type ValueType } from '../../wasm/index.ts';
import type { CodeCache } from '../code-cache.ts';
import type { Helpers } from '../helpers.ts';
import { MARK, REGION } from '../mark.ts';
import { OP_SHIFT } from '../operation.ts';
import { HOT, MARK_BASE } from '../place.ts';
import type { Tier } from '../tier.ts';
import type { Surroundings } from './exits.ts';
import { regionBody } from './function.ts';
import { JumpTargets } from './jump-targets.ts';
import { type Region, regionAt } from './region.ts';

/** Regions wait until there are so many, or until one of them is hot twice. */
const BATCH = 48;
/**
 * The most that live at once; then all are forgotten. A module costs some 180 KiB however small it is, and its
 * functions become five times their bytes of machine code, or more.
 */
const MOST_MODULES = 120;
const MOST_BYTES = 4 * 2 ** 20;
/**
 * When there is no more room, what there is stays until so many instructions have run since the beginning: a program
 * with more hot code than room would do nothing but compile it again.
 */
const LEAST_LIFE = 3e9;
/** Slot 0 goes back to the run loop. */
const STAY = 0;

/** What is found where a function has been compiled. */
interface Compiled {
  readonly operation: number;
  readonly slot: number;
}

/** What the compiler needs of the interpreter's instance, by name. */
export type Exports = Readonly<Record<string, unknown>>;

export class Compiler {
  private readonly memory: WebAssembly.Memory;
  private table!: WebAssembly.Table;
  private exports!: Exports;
  private readonly cache: CodeCache;
  private readonly tier: Tier;
  private readonly i32: Int32Array;
  private readonly u16: Uint16Array;
  private readonly targets: JumpTargets;
  private readonly waiting = new Set<number>();
  private readonly byPage = new Map<number, Compiled[]>();
  private free: number[] = [];
  private slots = 1;
  private modules = 0;
  private bytes = 0;
  /** Instructions that the machine has retired, and had when the table was empty. */
  retired = 0;
  private born = 0;
  /**
   * Everything was forgotten, and nothing is compiled until `begin()`. Engines keep a table's modules as long as the
   * table, so what is forgotten becomes free only when there is another one.
   */
  isFull = false;

  constructor(memory: WebAssembly.Memory, cache: CodeCache, tier: Tier) {
    this.memory = memory;
    this.cache = cache;
    this.tier = tier;
    this.i32 = new Int32Array(memory.buffer);
    this.targets = new JumpTargets(memory.buffer);
    this.u16 = new Uint16Array(memory.buffer);
    cache.onDrop = (page) => this.forget(page);
  }

  /** Begins with an empty table, and the instance of the interpreter that uses it. */
  begin(table: WebAssembly.Table, exports: Exports): void {
    this.table = table;
    this.exports = exports;
    this.free = [];
    this.slots = 1;
    this.modules = 0;
    this.bytes = 0;
    this.born = this.retired;
    this.isFull = false;
  }

  /** A marked operation was executed often. */
  hot(operation: number): void {
    const rests = this.isFull || this.hasNoRoom();
    // What stays hot calls again soon.
    this.u16[(this.cache.markOf(operation) + MARK.count) >> 1] = rests ? 0 : (this.i32[HOT / 4]! * 3) >> 2;
    if (rests) return;
    this.targets.collect(this.cache.pageOf(operation));
    const isSecond = this.waiting.has(operation);
    this.waiting.add(operation);
    if (isSecond || this.waiting.size >= BATCH || this.tier === 'compiler') this.compileWaiting();
  }

  /** Whether there is no room for more; after a while there is, because everything is forgotten. */
  private hasNoRoom(): boolean {
    if (this.modules <= MOST_MODULES && this.bytes <= MOST_BYTES) return false;
    if (this.retired - this.born > LEAST_LIFE) this.forgetAll();
    return true;
  }

  private compileWaiting(): void {
    const found: { readonly operation: number; readonly region: Region }[] = [];
    /** What begins a block of a region that is being compiled gets one of its own only if it stays hot. */
    const covered = new Set<number>();
    for (const operation of this.waiting) {
      if (covered.has(operation)) continue;
      const region = this.regionOf(operation);
      if (region === null) this.cache.unmark(operation);
      else {
        found.push({ operation, region });
        const page = this.cache.pageOf(operation);
        for (const { start } of region.blocks) covered.add(page + (start << OP_SHIFT));
      }
    }
    this.waiting.clear();
    if (found.length > 0) this.build(found);
  }

  private regionOf(operation: number): Region | null {
    const { cache } = this;
    const page = cache.pageOf(operation);
    return regionAt(
      {
        halves: this.u16,
        frame: cache.frameOf(operation),
        watched: cache.watchedIn(page),
        targetsOf: (at) => this.targets.of(page, at),
        isLive: (at) => this.tier === 'compiler' || cache.isDecoded(page + (at << OP_SHIFT)),
      },
      (operation - page) >> OP_SHIFT,
    );
  }

  private build(found: readonly { readonly operation: number; readonly region: Region }[]): void {
    const m = new ModuleBuilder();
    const around = this.surroundings(m);
    const slots = found.map(({ operation, region }) => {
      const page = this.cache.pageOf(operation);
      const f = m.func('', REGION.params, REGION.result, (frame) => regionBody(around, page, region, frame));
      const slot = this.free.pop() ?? this.slots++;
      m.putInTable(around.regions, slot, [f]);
      return slot;
    });
    if (this.slots > this.table.length)
      this.table.grow(Math.max(this.table.length, this.slots - this.table.length));
    const bytes = m.encode();
    const module = new WebAssembly.Module(bytes);
    new WebAssembly.Instance(module, { host: { memory: this.memory, regions: this.table, ...this.exports } });
    for (const [i, { operation }] of found.entries()) this.hang({ operation, slot: slots[i]! });
    this.modules++;
    this.bytes += bytes.length;
  }

  private hang(compiled: Compiled): void {
    const page = this.cache.pageOf(compiled.operation);
    const known = this.byPage.get(page);
    if (known === undefined) this.byPage.set(page, [compiled]);
    else known.push(compiled);
    this.i32[(this.cache.markOf(compiled.operation) + MARK.slot) >> 2] = compiled.slot;
  }

  /** Forgets what was compiled from a page of operations. */
  private forget(page: number): void {
    this.targets.forget(page);
    for (const operation of this.waiting)
      if (this.cache.pageOf(operation) === page) this.waiting.delete(operation);
    const known = this.byPage.get(page);
    if (known === undefined) return;
    this.byPage.delete(page);
    const stay = this.table.get(STAY);
    for (const { operation, slot } of known) {
      this.i32[(this.cache.markOf(operation) + MARK.slot) >> 2] = STAY;
      this.table.set(slot, stay);
      this.free.push(slot);
    }
  }

  private forgetAll(): void {
    for (const page of [...this.byPage.keys()]) this.forget(page);
    this.waiting.clear();
    this.isFull = true;
  }

  private surroundings(m: ModuleBuilder): Surroundings {
    m.importMemory('host', 'memory', { min: 1 });
    const regions = m.importTable('host', 'regions', { min: 1 });
    const regionType = m.type(REGION.params, REGION.result);
    const fill = (name: string) => m.importFunction('host', name, ['i64', 'i32'], 'i32');
    const floats = new Map<string, Func<readonly ValueType[], never>>();
    for (const [name, params, result] of HELPED)
      floats.set(name, m.importFunction('host', name, params, result) as never);
    const find = (name: string) => floats.get(name) as Func<readonly ValueType[], never>;
    const helpers = {
      fillRead: fill('fillRead'),
      fillWrite: fill('fillWrite'),
      reachRead: fill('reachRead'),
      reachWrite: fill('reachWrite'),
      widen: m.importFunction('host', 'widen', ['f32'], 'f64'),
      narrow: m.importFunction('host', 'narrow', ['f64', 'i32'], 'f32'),
      float: find,
      integer: find,
    } satisfies Partial<Helpers>;
    return {
      helpers: helpers as unknown as Helpers,
      regions,
      regionType,
      markBase: this.i32[MARK_BASE / 4]!,
    };
  }
}

const FORMATS = ['f32', 'f64'] as const;

/** The floating-point helpers: names, parameters and results, as `float.ts` and `float-convert.ts` define them. */
const HELPED: readonly (readonly [name: string, params: readonly ValueType[], result: ValueType])[] =
  FORMATS.flatMap((type) => [
    ...(['add', 'mul', 'div'] as const).map(
      (name) => [`${type}.${name}`, [type, type, 'i32'], type] as const,
    ),
    [`${type}.sqrt`, [type, 'i32'], type] as const,
    [`${type}.fma`, [type, type, type, 'i32'], type] as const,
    ...(['min', 'max'] as const).map((name) => [`${type}.${name}`, [type, type], type] as const),
    ...(['eq', 'lt', 'le'] as const).map((name) => [`${type}.${name}`, [type, type], 'i64'] as const),
    [`${type}.class`, [type], 'i64'] as const,
    ...(['w', 'wu', 'l', 'lu'] as const).flatMap((to) => [
      [`${type}.to.${to}`, [type, 'i32'], 'i64'] as const,
      [`${type}.from.${to}`, ['i64', 'i32'], type] as const,
    ]),
  ]);
