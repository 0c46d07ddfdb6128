/**
 * The hart: one RV64GC processor over the machine's memory. It runs the task whose registers lie in the HART
 * block until a trap or the end of its slice, and says why it stopped. Several virtual CPUs are this one hart,
 * given one task after another.
 */
import { bug } from '../base/index.ts';
import type { Flags } from '../isa/index.ts';
import { layout } from '../memory/index.ts';
import { TlbBanks } from './banks.ts';
import { CAUSE_NAMES, type TrapCause } from './cause.ts';
import { CodeCache } from './code-cache.ts';
import { type CsrState, csrRow } from './csr.ts';
import { interpreterModule } from './interpreter.ts';
import { AT } from './operation.ts';
import { BUDGET, HOT, LEFT } from './place.ts';
import { Compiler } from './region/compiler.ts';
import { runSoft } from './soft.ts';
import { hotAfter, type Tier } from './tier.ts';
import { CodeWatch, type CodeWatcher } from './watch.ts';

type Run = (budget: number) => number;

/** Compiled functions there is room for at first. */
const FIRST_SLOTS = 64;

/** The same for every machine. */
let compiled: WebAssembly.Module | undefined;

export class Hart {
  /** Registers: x[i] has its low word at 2i and its high word at 2i + 1. */
  readonly xWords: Int32Array;
  readonly #u8: Uint8Array;
  readonly #i32: Int32Array;
  readonly #u32: Uint32Array;
  readonly #banks: TlbBanks;
  readonly #code: CodeCache;
  readonly #memory: WebAssembly.Memory;
  #compiler: Compiler | undefined;
  #run: Run;
  readonly #flags: Flags = { flags: 0 };
  readonly #tier: Tier;
  #watch: CodeWatch | null = null;
  /** Instructions of all runs. */
  #total = 0;
  #time = 0;
  #instret = 0;

  constructor(memory: WebAssembly.Memory, at: layout.Layout, tier: Tier = 'mixed') {
    const { buffer } = memory;
    this.xWords = new Int32Array(buffer, layout.HART_X, 64);
    this.#u8 = new Uint8Array(buffer);
    this.#i32 = new Int32Array(buffer);
    this.#u32 = new Uint32Array(buffer);
    this.#banks = new TlbBanks(buffer);
    this.#code = new CodeCache(buffer, at, this.#banks, tier !== 'interpreter');
    this.#memory = memory;
    this.#tier = tier;
    if (tier !== 'interpreter') this.#compiler = new Compiler(memory, this.#code, tier);
    this.#run = this.#instantiate();
    this.clearReservation();
  }

  /** The interpreter with an empty table of compiled functions. */
  #instantiate(): Run {
    const code = this.#code;
    const compiler = this.#compiler;
    const regions = new WebAssembly.Table({ initial: FIRST_SLOTS, element: 'anyfunc' });
    const host = {
      memory: this.#memory,
      regions,
      hot: (operation: number) => compiler?.hot(operation),
      decode: (operation: number) => code.decodeAt(operation),
      open: (frame: number) => {
        this.#watch?.open(frame);
        code.open(frame);
      },
      forget: (frame: number) => code.drop(frame),
      straddle: (operation: number, next: number) => code.straddle(operation, next),
      word: (operation: number) => code.wordOf(operation),
      csr: (operation: number, how: number) => this.#csr(operation, how),
      soft: (number: number, a: bigint, b: bigint, c: bigint, rm: number) => this.#soft(number, a, b, c, rm),
    };
    compiled ??= new WebAssembly.Module(interpreterModule());
    const { run, ...helpers } = new WebAssembly.Instance(compiled, { host }).exports;
    regions.set(0, helpers['stay']);
    compiler?.begin(regions, helpers);
    return run as Run;
  }

  /** Runs at most `budget` instructions (1 to 2^31 - 1). A trapping instruction, ecall included, is not counted. */
  run(budget: number): TrapCause {
    if (this.#compiler !== undefined) {
      this.#compiler.retired = this.#total;
      if (this.#compiler.isFull) this.#run = this.#instantiate();
    }
    this.#i32[HOT / 4] = hotAfter(this.#tier, this.#total);
    const code = this.#watch === null ? this.#run(budget) : this.#runWatched(this.#watch, budget);
    this.#total += this.retired;
    return CAUSE_NAMES[code] ?? bug(`the hart stopped with cause ${code}`);
  }

  #runWatched(watch: CodeWatch, budget: number): number {
    const [time, instret] = [this.#time, this.#instret];
    return watch.run(budget, (part, before) => {
      this.setTime(time + before, instret + before);
      return this.#run(part);
    });
  }

  /** Tells somebody of instructions before they are executed. No state: the guest runs as without. */
  watch(watcher: CodeWatcher): void {
    this.#watch = new CodeWatch(watcher, this.#code, this.#u8.buffer as ArrayBuffer);
  }

  /** Instructions retired by the last run. */
  get retired(): number {
    return this.#i32[layout.HART_RETIRED / 4]!;
  }

  /** The faulting address of the last trap; for an illegal instruction its word, where it is known. */
  get trapAddress(): number {
    return this.#u32[layout.HART_TVAL / 4 + 1]! * 2 ** 32 + this.#u32[layout.HART_TVAL / 4]!;
  }

  /** The halves of the faulting address, exact. */
  get trapLo(): number {
    return this.#i32[layout.HART_TVAL / 4]!;
  }
  get trapHi(): number {
    return this.#i32[layout.HART_TVAL / 4 + 1]!;
  }

  get pc(): number {
    return this.#u32[layout.HART_PC / 4 + 1]! * 2 ** 32 + this.#u32[layout.HART_PC / 4]!;
  }
  set pc(value: number) {
    this.#u32[layout.HART_PC / 4] = value;
    this.#u32[layout.HART_PC / 4 + 1] = Math.floor(value / 2 ** 32);
  }

  /** Goes on behind the ecall, which is never a short instruction. */
  stepOver(): void {
    const lo = this.#i32[layout.HART_PC / 4]! + 4;
    this.#i32[layout.HART_PC / 4] = lo;
    if ((lo | 0) >= 0 && (lo | 0) < 4) this.#i32[layout.HART_PC / 4 + 1]!++;
  }

  setX(register: number, lo: number, hi: number): void {
    if (register === 0) return;
    this.xWords[2 * register] = lo;
    this.xWords[2 * register + 1] = hi;
  }

  /** The page table to translate by (its root's byte address) and the tag of its TLB entries. */
  setAddressSpace(root: number, asid: number): void {
    this.#i32[layout.HART_ROOT / 4] = root;
    this.#i32[layout.HART_ASID / 4] = asid;
    this.#banks.select(asid);
  }

  /** What rdtime and rdinstret count from when the next run begins. */
  setTime(nanos: number, instret: number): void {
    this.#time = nanos;
    this.#instret = instret;
  }

  saveRegisters(to: number): void {
    this.#u8.copyWithin(to, layout.HART_X, layout.HART_X + layout.REGISTERS_SIZE);
  }
  loadRegisters(from: number): void {
    this.#u8.copyWithin(layout.HART_X, from, from + layout.REGISTERS_SIZE);
  }

  /** The kernel drops the reservation at every switch and trap; a run by itself keeps it. */
  clearReservation(): void {
    this.#i32[layout.HART_RESERVATION / 4] = -1;
    this.#i32[layout.HART_RESERVATION / 4 + 1] = -1;
  }

  flushAll(): void {
    this.#banks.flushAll();
  }
  flushPage(va: number, asid: number): void {
    this.#banks.flushPage(va, asid);
  }

  /** The kernel wrote into a frame: code decoded from it is stale. */
  frameWritten(frame: number): void {
    if (this.#code.has(frame)) this.#code.drop(frame);
  }
  frameFreed(frame: number): void {
    this.#watch?.freed(frame);
    if (this.#code.has(frame)) this.#code.drop(frame);
  }

  #soft(number: number, a: bigint, b: bigint, c: bigint, rm: number): bigint {
    this.#flags.flags = 0;
    const result = runSoft(number, a, b, c, rm, this.#flags);
    this.#i32[layout.HART_FFLAGS / 4]! |= this.#flags.flags;
    return BigInt.asIntN(64, result);
  }

  /** Reads and updates a CSR. `how`: write, set, clear; plus 3 when the source is an immediate. 0 is illegal. */
  #csr(operation: number, how: number): number {
    const u16 = (at: number) => this.#u8[operation + at]! | (this.#u8[operation + at + 1]! << 8);
    const row = csrRow(this.#i32[(operation + AT.imm) / 4]!);
    const source = how >= 3 ? u16(AT.third) : u16(AT.rs1);
    const reads = how % 3 !== 0 && source === (how >= 3 ? 0 : layout.HART_X);
    if (row === undefined || (row.write === undefined && !reads)) return 0;
    const ran = this.#i32[BUDGET / 4]! - this.#i32[LEFT / 4]! - 1;
    const state = this.#csrState(ran);
    const old = row.read(state);
    const operand = how >= 3 ? source : this.#i32[source / 4]!;
    if (!reads) row.write!(state, [operand, old | operand, old & ~operand][how % 3]!);
    const rd = u16(AT.rd) / 4;
    this.#u32[rd] = old;
    this.#u32[rd + 1] = Math.floor(old / 2 ** 32);
    return 1;
  }

  #csrState(ran: number): CsrState {
    const words = this.#i32;
    return {
      get fflags() {
        return words[layout.HART_FFLAGS / 4]!;
      },
      set fflags(v) {
        words[layout.HART_FFLAGS / 4] = v;
      },
      get frm() {
        return words[layout.HART_FRM / 4]!;
      },
      set frm(v) {
        words[layout.HART_FRM / 4] = v;
      },
      time: this.#time + ran,
      instret: this.#instret + ran,
    };
  }
}
