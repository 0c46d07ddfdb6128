import { expect, test } from 'vitest';
import { nextU32, type Random, seededRandom } from '../base/index.ts';
import { BY_NAME, encode, INSNS, type Insn, SHORT_INSNS, type ShortInsn } from '../isa/index.ts';
import { newPair, type Pair, runBoth } from './fixture.ts';
import { CODE_PAGE_SIZE } from './operation.ts';
import { aimAtMemory, randomRegisters, randomWord } from './random-state.ts';
import type { Tier } from './tier.ts';

const below = (random: Random, n: number) => nextU32(random) % n;
const ROWS: readonly (Insn | ShortInsn)[] = [...INSNS, ...SHORT_INSNS];
const STRAIGHT = ROWS.filter(
  (row) => !('ends' in row && row.ends !== undefined) && !/^c\.(j|b|e)/.test(row.name),
);
const MEMORY = ROWS.filter(({ name }) => /^(c\.)?f?[ls][bhwd]u?(sp)?$/.test(name));
const BRANCHES = ['beq', 'bne', 'blt', 'bge', 'bltu', 'bgeu', 'jal'].map((name) => BY_NAME.get(name)!);

/** A jump of at most a hundred bytes, so that control mostly stays where the program is. */
function shortJump(random: Random): number {
  const imm = 2 * (below(random, 100) - 50);
  const args = { rd: below(random, 2), rs1: below(random, 32), rs2: below(random, 32), imm };
  return encode(BRANCHES[below(random, BRANCHES.length)]!, args) as number;
}

function randomInstruction(random: Random): number {
  const kind = below(random, 8);
  if (kind === 0) return shortJump(random);
  const rows = kind < 3 ? MEMORY : STRAIGHT;
  for (;;) {
    const word = randomWord(random, rows[below(random, rows.length)]!);
    if (word !== undefined) return word;
  }
}

/** Fills a range with random instructions; gives them. */
function randomProgram(random: Random, pair: Pair, from: number, to: number): number[] {
  const words: number[] = [];
  for (let at = from; at < to; ) {
    const word = randomInstruction(random);
    const size = (word & 3) === 3 ? 4 : 2;
    pair.write(at, new Uint8Array(Uint32Array.of(word).buffer).subarray(0, Math.min(size, to - at)));
    words.push(word);
    at += size;
  }
  return words;
}

/** Runs in slices of random lengths; after each the machines must agree. */
function runInSlices(
  random: Random,
  pair: Pair,
  slices: number,
  words: readonly number[],
  longest = 12,
): string[] {
  const start = pair.oracle.pc;
  for (let i = 0; i < slices; i++) {
    const found = runBoth(pair, 1 + below(random, longest));
    if (found.length > 0) return found;
    // Past an instruction that traps, or back to the program.
    if (pair.hart.retired === 0) pair.oracle.pc = below(random, 4) === 0 ? start : pair.oracle.pc + 2n;
    if (below(random, 3) === 0) aimAtMemory(random, pair.oracle, words[below(random, words.length)]!);
  }
  return [];
}

function check(seeds: number, from: number, to: number, tier: Tier = 'interpreter'): void {
  const pair = newPair(undefined, undefined, tier);
  const longest = tier === 'compiler' ? 1500 : 12;
  for (let seed = 1; seed <= seeds; seed++) {
    const random = seededRandom(seed);
    const words = randomProgram(random, pair, from, to);
    randomRegisters(random, pair.oracle);
    pair.oracle.frm = 0;
    for (let i = 0; i < 6; i++) {
      pair.oracle.pc = BigInt(from + 2 * below(random, (to - from) / 2));
      expect(runInSlices(random, pair, 12, words, longest), `seed ${seed}, start ${i}`).toEqual([]);
    }
  }
}

test('random programs in one page agree with the oracle in slices of any length', () => {
  check(60, 0x10100, 0x10300);
});

test('random programs across two pages agree with the oracle', () => {
  check(60, 0x10f80, 0x11080);
});

test('random programs that write into themselves agree with the oracle', () => {
  const pair = newPair();
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed);
    const words = randomProgram(random, pair, 0x12f00, 0x13100);
    randomRegisters(random, pair.oracle);
    // Every second register points into the program.
    for (let i = 2; i < 32; i += 2) pair.oracle.x[i] = BigInt(0x12f00 + below(random, 0x200));
    for (let i = 0; i < 6; i++) {
      pair.oracle.pc = BigInt(0x12f00 + 2 * below(random, 0x100));
      expect(runInSlices(random, pair, 8, words), `seed ${seed}, start ${i}`).toEqual([]);
    }
  }
});

test('a cache of decoded code with room for two pages changes nothing', () => {
  const pair = newPair(undefined, 3 * CODE_PAGE_SIZE + 512 * 64);
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const words = randomProgram(random, pair, 0x10000, 0x14000);
    randomRegisters(random, pair.oracle);
    for (let i = 2; i < 32; i += 2) pair.oracle.x[i] = BigInt(0x12000 + below(random, 0x2000));
    for (let i = 0; i < 40; i++) {
      pair.oracle.pc = BigInt(0x10000 + 2 * below(random, 0x2000));
      expect(runInSlices(random, pair, 3, words), `seed ${seed}, start ${i}`).toEqual([]);
    }
  }
});

test('every budget ends a loop at the right instruction', () => {
  const pair = newPair();
  // x1 += 1; x2 -= 1; bnez x2, back by 8: with a compressed one in between.
  const words = [0x00108093, 0x0001117d, 0xfe011ce3];
  pair.write(0x10000, new Uint8Array(Uint32Array.of(words[0]!).buffer));
  pair.write(0x10004, new Uint8Array(Uint32Array.of(words[1]!).buffer).subarray(0, 2));
  pair.write(0x10006, new Uint8Array(Uint32Array.of(encodeBranch()).buffer));
  for (let budget = 1; budget < 64; budget++) {
    pair.oracle.x.fill(0n);
    pair.oracle.x[2] = 1000n;
    pair.oracle.pc = 0x10000n;
    expect(runBoth(pair, budget)).toEqual([]);
    expect(pair.hart.retired).toBe(budget);
  }
});

const encodeBranch = () => encode(BY_NAME.get('bne')!, { rs1: 2, rs2: 0, imm: -6 }) as number;

test('compiled random programs in one page agree with the oracle', () => {
  check(15, 0x10100, 0x10300, 'compiler');
});

test('compiled random programs across two pages agree with the oracle', () => {
  check(15, 0x10f80, 0x11080, 'compiler');
});
