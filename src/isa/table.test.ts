import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Args, extract, matches, overlap, type Pattern } from './bits.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import type { Sem } from './sem.ts';
import { BY_NAME, INSNS, SHORT_INSNS } from './table.ts';

const counted = (): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { extension } of [...INSNS, ...SHORT_INSNS]) counts[extension] = (counts[extension] ?? 0) + 1;
  return counts;
};

/** Some word of the pattern, whatever its operands say. */
const wordOf = (pattern: Pattern): fc.Arbitrary<number> =>
  fc
    .integer({ min: 0, max: 2 ** 32 - 1 })
    .map((random) => ((random & ~pattern.mask) | pattern.match) >>> 0)
    .map((word) => (pattern.size === 2 ? word & 0xffff : word))
    .filter((word) => matches(word, pattern));

describe('the table', () => {
  test('has as many rows as the manual', () => {
    // Unprivileged ISA, "RV32/64G Instruction Set Listings": I 40 + 12 (ecall, ebreak, fence included), M 8 + 5,
    // A 11 + 11, F 26 + 4, D 26 + 6; C: the RV64 columns of its three quadrants, hints not counted.
    expect(counted()).toEqual({ I: 52, M: 13, A: 22, F: 30, D: 32, Zicsr: 6, Zifencei: 1, C: 37 });
  });

  test('names every row once', () => {
    expect(BY_NAME.size).toBe(INSNS.length + SHORT_INSNS.length);
    expect(INSNS.map(({ index }) => index)).toEqual(INSNS.map((_, i) => i));
  });

  test('gives each half-word to at most one row', () => {
    const twice: number[] = [];
    for (let half = 0; half < 0x10000; half++)
      if (SHORT_INSNS.filter(({ pattern }) => matches(half, pattern)).length > 1) twice.push(half);
    expect(twice).toEqual([]);
  });

  test('has no two rows that share a word', () => {
    const rows = [...INSNS, ...SHORT_INSNS];
    const pairs = rows.flatMap((a, i) =>
      rows.slice(i + 1).flatMap((b) => (overlap(a.pattern, b.pattern) ? [`${a.name} ${b.name}`] : [])),
    );
    expect(pairs).toEqual([]);
  });

  test('decodes what it encodes, for every row', () => {
    for (const row of [...INSNS, ...SHORT_INSNS])
      fc.assert(
        fc.property(wordOf(row.pattern), (word) => {
          const decoded = decode(word)!;
          expect(decoded.row.name).toBe(row.name);
          const args: Args = Object.fromEntries(
            row.pattern.fields.map((field) => [field.name, extract(word, field)]),
          );
          expect(decoded.rowArgs).toEqual(args);
          expect(encode(row, args)).toBe(word);
        }),
        { seed: 1, numRuns: 30 },
      );
  });

  test('expands compressed instructions', () => {
    expect(decode(0x1141)).toMatchObject({
      insn: { name: 'addi' },
      size: 2,
      args: { rd: 2, rs1: 2, imm: -16 },
    });
    expect(decode(0x8082)).toMatchObject({ insn: { name: 'jalr' }, args: { rd: 0, rs1: 1, imm: 0 } });
    expect(decode(0x6505)).toMatchObject({ insn: { name: 'lui' }, args: { rd: 10, imm: 0x1000 } });
    expect(decode(0x9002)).toMatchObject({ insn: { name: 'ebreak' }, args: {} });
    expect(decode(0xc02a_0000 | 0x852e), 'the upper half belongs to the next instruction').toMatchObject({
      insn: { name: 'add' },
      args: { rd: 10, rs1: 0, rs2: 11 },
    });
  });

  test('refuses what the manual reserves', () => {
    const reserved = [0, 0x0004, 0x6101, 0x6081 & ~0x107c, 0x4002, 0x6002, 0x8002, 0x9c41, 0x2001, 0x8000];
    for (const half of reserved) expect(decode(half), half.toString(16)).toBeUndefined();
    for (const word of [0xffffffff, 0x30200073, 0x10500073, 0x0000707f, 0x02007033 | (1 << 28)])
      expect(decode(word), word.toString(16)).toBeUndefined();
  });
});

/** What may end an instruction halfway, and what cannot be taken back. */
const TRAPPING =
  /^(load|store|amo$|ecall$|ebreak$|illegal$|csr$|f(add|sub|mul|div|sqrt|ma|ToInt)$|intToF$|widen$|narrow$)/;
const WRITING = /^set/;

test('no row writes a register before it may trap', () => {
  for (const row of INSNS) {
    const calls: string[] = [];
    const sem = new Proxy({} as Sem, {
      get:
        (_, name: string) =>
        (...args: unknown[]) => {
          for (const arg of args) if (typeof arg === 'function') arg({});
          calls.push(name);
          return {};
        },
    });
    row.run(sem, Object.fromEntries(row.operands.map(({ name }) => [name, {}])) as never);
    const firstWrite = calls.findIndex((name) => WRITING.test(name));
    const lastTrap = calls.findLastIndex((name) => TRAPPING.test(name));
    if (firstWrite >= 0) expect(lastTrap, `${row.name}: ${calls.join(' ')}`).toBeLessThan(firstWrite);
  }
});

test('blocks end where control may go elsewhere', () => {
  const ending = INSNS.filter(({ ends }) => ends !== undefined).map(({ name, ends }) => `${name} ${ends}`);
  expect(ending).toEqual([
    'jal jump',
    'jalr jump',
    'beq branch',
    'bne branch',
    'blt branch',
    'bge branch',
    'bltu branch',
    'bgeu branch',
    'ecall system',
    'ebreak system',
    'fence.i system',
  ]);
});
