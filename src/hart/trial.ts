/**
 * Trials, for tests: the same pages, registers and events given to several processors, which must agree after each
 * event in everything a kernel could see. Not exported from the layer.
 */
import { layout } from '../memory/index.ts';
import type { TrapCause } from './cause.ts';
import { Hart } from './hart.ts';
import type { Tier } from './tier.ts';
import type { CodeWatcher } from './watch.ts';

const { PAGE_SIZE, PTE_COW, PTE_PPN_SHIFT, PTE_R, PTE_U, PTE_V, PTE_W, PTE_X } = layout;

/** A virtual page: one of the trial's frames, and what may be done there, as letters of `rwxc`. */
export interface Mapping {
  readonly va: number;
  readonly frame: number;
  readonly may: string;
}

/** What happens to a processor, in order. */
export type Event =
  /** Runs until so many instructions are retired or it trapped too often; traps are answered as `answer` says. */
  | { readonly kind: 'run'; readonly budget: number; readonly answer: 'skip' | 'allow' }
  /** Slices of one length, without an event between them. */
  | { readonly kind: 'slices'; readonly budget: number; readonly times: number }
  | { readonly kind: 'map'; readonly mapping: Mapping }
  | { readonly kind: 'unmap'; readonly va: number }
  /** The kernel writes into a frame. */
  | { readonly kind: 'write'; readonly frame: number; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'start'; readonly pc: number }
  /** A switch to another task and back. */
  | { readonly kind: 'switch' };

/** All that a trial begins with. */
export interface Trial {
  readonly mappings: readonly Mapping[];
  readonly frames: readonly Uint8Array[];
  readonly x: BigUint64Array;
  readonly f: BigUint64Array;
  readonly frm: number;
  readonly fflags: number;
  readonly pc: number;
  readonly events: readonly Event[];
}

/** Why a run ended, and after how much. */
export interface Stop {
  readonly cause: TrapCause;
  readonly retired: number;
  readonly tval: bigint;
}

/** One of the processors that must agree. */
export interface Processor {
  readonly name: string;
  begin(trial: Trial): void;
  run(budget: number): Stop;
  map(mapping: Mapping | undefined, va: number): void;
  write(frame: number, at: number, bytes: Uint8Array): void;
  switch(): void;
  pc: number;
  setX(register: number, value: number): void;
  /** Bytes of x, f, pc, fflags, frm and the reservation, as they lie in the HART block. */
  registers(): Uint8Array;
  /** The bytes of all frames. */
  memory(): Uint8Array;
}

const TABLES = 24;
export const TRIAL_FRAMES = 16;
const ASID = 5;
const STATE = layout.HART_RESERVATION + 8 - layout.HART_X;
const LETTERS: readonly (readonly [string, number])[] = [
  ['r', PTE_R],
  ['w', PTE_W],
  ['x', PTE_X],
  ['c', PTE_COW],
];
const FLAGS = (may: string) =>
  LETTERS.reduce((sum, [letter, bit]) => (may.includes(letter) ? sum | bit : sum), 0);

/** A hart of some tier; it is used for many trials, so that what it caches must be forgotten when it should. */
export class HartProcessor implements Processor {
  readonly name: string;
  readonly #hart: Hart;
  readonly #u8: Uint8Array;
  readonly #u32: Uint32Array;
  readonly #view: DataView;
  readonly #root: number;
  #table = 0;
  #time = 0;

  constructor(name: string, tier: Tier, watcher: CodeWatcher | null = null) {
    this.name = name;
    const at = layout.layoutFor(TABLES + TRIAL_FRAMES);
    const memory = new WebAssembly.Memory({ initial: at.wasmPages, maximum: at.wasmPages });
    this.#hart = new Hart(memory, at, tier);
    if (watcher !== null) this.#hart.watch(watcher);
    this.#u8 = new Uint8Array(memory.buffer);
    this.#u32 = new Uint32Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
    this.#root = at.firstFrame;
  }

  begin(trial: Trial): void {
    for (let frame = 0; frame < TABLES + TRIAL_FRAMES; frame++) this.#hart.frameFreed(this.#root + frame);
    this.#u8.fill(0, this.#root * PAGE_SIZE, this.#frame(TRIAL_FRAMES));
    this.#table = this.#root + 1;
    this.#hart.flushAll();
    this.#hart.setAddressSpace(this.#root * PAGE_SIZE, ASID);
    for (const [i, bytes] of trial.frames.entries()) this.#u8.set(bytes, this.#frame(i));
    for (const mapping of trial.mappings) this.map(mapping, mapping.va);
    for (let i = 0; i < 32; i++) {
      this.#view.setBigUint64(layout.HART_X + 8 * i, i === 0 ? 0n : trial.x[i]!, true);
      this.#view.setBigUint64(layout.HART_F + 8 * i, trial.f[i]!, true);
    }
    this.#view.setInt32(layout.HART_FFLAGS, trial.fflags, true);
    this.#view.setInt32(layout.HART_FRM, trial.frm, true);
    this.#hart.clearReservation();
    this.pc = trial.pc;
    this.#time = 0;
  }

  #frame(n: number): number {
    return (this.#root + TABLES + n) * PAGE_SIZE;
  }

  run(budget: number): Stop {
    this.#hart.setTime(this.#time, this.#time);
    const cause = this.#hart.run(budget);
    const { retired, trapLo, trapHi } = this.#hart;
    this.#time += retired;
    const tval = cause === 'slice' ? 0n : (BigInt(trapHi >>> 0) << 32n) | BigInt(trapLo >>> 0);
    return { cause, retired, tval };
  }

  map(mapping: Mapping | undefined, va: number): void {
    const slot = (table: number, index: number) => (table * PAGE_SIZE) / 4 + index * 2;
    let table = this.#root;
    for (const size of [2 ** 30, 2 ** 21]) {
      const at = slot(table, Math.floor(va / size) % 512);
      if (this.#u32[at] === 0) this.#u32[at] = (this.#table++ << PTE_PPN_SHIFT) | PTE_V;
      table = this.#u32[at]! >>> PTE_PPN_SHIFT;
    }
    const entry = mapping
      ? ((this.#frame(mapping.frame) / PAGE_SIZE) << PTE_PPN_SHIFT) | FLAGS(mapping.may) | PTE_V | PTE_U
      : 0;
    this.#u32[slot(table, (va / PAGE_SIZE) % 512)] = entry;
    this.#hart.flushPage(va, ASID);
  }

  write(frame: number, at: number, bytes: Uint8Array): void {
    this.#u8.set(bytes, this.#frame(frame) + at);
    this.#hart.frameWritten(this.#frame(frame) / PAGE_SIZE);
  }

  switch(): void {
    this.#hart.clearReservation();
    this.#hart.setAddressSpace(this.#root * PAGE_SIZE, ASID + 1);
    this.#hart.setAddressSpace(this.#root * PAGE_SIZE, ASID);
  }

  get pc(): number {
    return this.#hart.pc;
  }
  set pc(value: number) {
    this.#hart.pc = value;
  }

  setX(register: number, value: number): void {
    this.#hart.setX(register, value, 0);
  }

  registers(): Uint8Array {
    return this.#u8.subarray(layout.HART_X, layout.HART_X + STATE);
  }

  memory(): Uint8Array {
    return this.#u8.subarray(this.#frame(0), this.#frame(TRIAL_FRAMES));
  }
}
