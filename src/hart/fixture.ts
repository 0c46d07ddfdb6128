/**
 * Two machines that must agree, for tests: the hart over a real memory and the oracle over plain bytes, with
 * the same pages mapped. Not exported from the layer.
 */
import {
  type Access,
  CAUSE,
  newOracleMachine,
  type OracleMachine,
  type OracleMemory,
  stepFetched,
  type Trap,
} from '../isa/index.ts';
import { layout } from '../memory/index.ts';
import { Hart } from './hart.ts';
import type { Tier } from './tier.ts';

const { PAGE_SIZE, PTE_COW, PTE_PPN_SHIFT, PTE_R, PTE_U, PTE_V, PTE_W, PTE_X } = layout;

/** A page of the test machines: where, and what may be done there. */
export interface Page {
  readonly va: number;
  /** Letters of `rwxc`; c: copy on write, so that a write faults. */
  readonly may: string;
}

/** The pages most tests use: code, data at the edge of nothing, and one page of each other kind. */
export const PAGES: readonly Page[] = [
  { va: 0x10000, may: 'rx' },
  { va: 0x11000, may: 'rx' },
  { va: 0x12000, may: 'rwx' },
  { va: 0x13000, may: 'rwx' },
  { va: 0x20000, may: 'r' },
  { va: 0x21000, may: 'rw' },
  { va: 0x22000, may: 'rw' },
  { va: 0x24000, may: 'rwc' },
  { va: 0x25000, may: 'x' },
  { va: 0x3f_ffff_f000, may: 'rwx' },
];

const FRAMES = 64;
const ASID = 5;
const LETTERS: readonly (readonly [string, number])[] = [
  ['r', PTE_R],
  ['w', PTE_W],
  ['x', PTE_X],
  ['c', PTE_COW],
];

/** Both machines. */
export interface Pair {
  readonly hart: Hart;
  readonly oracle: OracleMachine;
  /** Copies registers, pc and flags of the oracle to the hart; pages too. */
  load(): void;
  /** What differs, in words; empty when nothing does. */
  differences(): string[];
  /** Writes into both machines' memory. */
  write(va: number, bytes: Uint8Array): void;
}

class PlainMemory implements OracleMemory {
  readonly pages = new Map<bigint, { bytes: Uint8Array; may: string }>();
  #page(address: bigint) {
    return this.pages.get(address >> 12n);
  }
  allows(address: bigint, access: Access): boolean {
    const may = this.#page(address)?.may ?? '';
    if (access === 'store') return may.includes('w') && !may.includes('c');
    return may.includes(access === 'load' ? 'r' : 'x');
  }
  get(address: bigint): number {
    return this.#page(address)!.bytes[Number(address & 0xfffn)]!;
  }
  set(address: bigint, byte: number): void {
    this.#page(address)!.bytes[Number(address & 0xfffn)] = byte;
  }
}

/** Maps pages in tables of a memory; gives the frame of each. */
function mapPages(
  u32: Uint32Array,
  root: number,
  firstFree: number,
  pages: readonly Page[],
): Map<number, number> {
  let next = firstFree;
  const frames = new Map<number, number>();
  const slot = (table: number, index: number) => (table * PAGE_SIZE) / 4 + index * 2;
  for (const { va, may } of pages) {
    let table = root;
    for (const shift of [2 ** 30, 2 ** 21]) {
      const at = slot(table, Math.floor(va / shift) % 512);
      if (u32[at] === 0) u32[at] = (next++ << PTE_PPN_SHIFT) | PTE_V;
      table = u32[at]! >>> PTE_PPN_SHIFT;
    }
    const flags = LETTERS.reduce((sum, [letter, bit]) => (may.includes(letter) ? sum | bit : sum), 0);
    u32[slot(table, (va / PAGE_SIZE) % 512)] = (next << PTE_PPN_SHIFT) | flags | PTE_V | PTE_U;
    frames.set(va, next++);
  }
  return frames;
}

/** A fresh pair with these pages mapped, and room for so much decoded code. */
export function newPair(
  pages: readonly Page[] = PAGES,
  codeBytes?: number,
  tier: Tier = 'interpreter',
): Pair {
  const whole = layout.layoutFor(FRAMES);
  const at = codeBytes === undefined ? whole : { ...whole, codeEnd: whole.codeStart + codeBytes };
  const memory = new WebAssembly.Memory({ initial: at.wasmPages, maximum: at.wasmPages });
  const hart = new Hart(memory, at, tier);
  const u8 = new Uint8Array(memory.buffer);
  const frames = mapPages(new Uint32Array(memory.buffer), at.firstFrame, at.firstFrame + 1, pages);
  hart.setAddressSpace(at.firstFrame * PAGE_SIZE, ASID);
  const plain = new PlainMemory();
  for (const { va, may } of pages)
    plain.pages.set(BigInt(va / PAGE_SIZE), { bytes: new Uint8Array(PAGE_SIZE), may });
  const oracle = newOracleMachine(plain);
  const bytesOf = (va: number) => u8.subarray(frames.get(va)! * PAGE_SIZE, (frames.get(va)! + 1) * PAGE_SIZE);
  return {
    hart,
    oracle,
    load: () => loadHart(new DataView(memory.buffer), oracle),
    write(va, bytes) {
      for (const [i, byte] of bytes.entries()) {
        const page = Math.floor((va + i) / PAGE_SIZE) * PAGE_SIZE;
        bytesOf(page)[(va + i) % PAGE_SIZE] = byte;
        plain.set(BigInt(va + i), byte);
        hart.frameWritten(frames.get(page)!);
      }
    },
    differences: () => [
      ...compareRegisters(new DataView(memory.buffer), oracle),
      ...pages.flatMap(({ va }) =>
        compareBytes(va, bytesOf(va), plain.pages.get(BigInt(va / PAGE_SIZE))!.bytes),
      ),
    ],
  };
}

const NO_RESERVATION = 2n ** 64n - 1n;
const reservationOf = (m: OracleMachine): bigint => m.reservation ?? NO_RESERVATION;

function loadHart(view: DataView, m: OracleMachine): void {
  for (let i = 0; i < 32; i++) {
    view.setBigUint64(layout.HART_X + 8 * i, m.x[i]!, true);
    view.setBigUint64(layout.HART_F + 8 * i, m.f[i]!, true);
  }
  view.setBigUint64(layout.HART_PC, m.pc, true);
  view.setInt32(layout.HART_FFLAGS, m.flags, true);
  view.setInt32(layout.HART_FRM, m.frm, true);
  view.setBigUint64(layout.HART_RESERVATION, reservationOf(m), true);
}

function compareRegisters(view: DataView, m: OracleMachine): string[] {
  const found: string[] = [];
  const same = (name: string, is: bigint, should: bigint) => {
    if (is !== should) found.push(`${name} is ${is.toString(16)}, should be ${should.toString(16)}`);
  };
  for (let i = 0; i < 32; i++) {
    same(`x${i}`, view.getBigUint64(layout.HART_X + 8 * i, true), m.x[i]!);
    same(`f${i}`, view.getBigUint64(layout.HART_F + 8 * i, true), m.f[i]!);
  }
  same('pc', view.getBigUint64(layout.HART_PC, true), m.pc);
  same('fflags', BigInt(view.getInt32(layout.HART_FFLAGS, true)), BigInt(m.flags));
  same('frm', BigInt(view.getInt32(layout.HART_FRM, true)), BigInt(m.frm));
  same('reservation', view.getBigUint64(layout.HART_RESERVATION, true), reservationOf(m));
  return found;
}

function compareBytes(va: number, is: Uint8Array, should: Uint8Array): string[] {
  for (let i = 0; i < PAGE_SIZE; i += 1)
    if (is[i] !== should[i]) return [`byte ${(va + i).toString(16)} is ${is[i]}, should be ${should[i]}`];
  return [];
}

const CAUSES: Readonly<Record<number, string>> = {
  [CAUSE.illegal]: 'illegal',
  [CAUSE.breakpoint]: 'breakpoint',
  [CAUSE.loadMisaligned]: 'misaligned-load',
  [CAUSE.storeMisaligned]: 'misaligned-store',
  [CAUSE.ecall]: 'ecall',
  [CAUSE.fetchPageFault]: 'fetch-fault',
  [CAUSE.loadPageFault]: 'load-fault',
  [CAUSE.storePageFault]: 'store-fault',
};

/** Runs both machines for so many instructions; says what differs afterwards. */
export function runBoth(pair: Pair, budget: number): string[] {
  const { hart, oracle } = pair;
  pair.load();
  hart.setTime(Number(oracle.time), Number(oracle.retired));
  const cause = hart.run(budget);
  let trap: 'ok' | Trap = 'ok';
  let retired = 0;
  while (retired < budget) {
    trap = stepFetched(oracle);
    if (trap !== 'ok') break;
    retired++;
    oracle.time++;
  }
  const found = pair.differences();
  const should = trap === 'ok' ? 'slice' : CAUSES[trap.cause]!;
  if (cause !== should) found.push(`ended by ${cause}, should be ${should}`);
  if (hart.retired !== retired) found.push(`retired ${hart.retired}, should be ${retired}`);
  if (trap !== 'ok') {
    const tval = (BigInt(hart.trapHi >>> 0) << 32n) | BigInt(hart.trapLo >>> 0);
    if (tval !== trap.tval) found.push(`tval is ${tval.toString(16)}, should be ${trap.tval.toString(16)}`);
  }
  return found;
}
