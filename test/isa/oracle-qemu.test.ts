/** The oracle against QEMU: random blocks of everything, and every floating-point row in every rounding mode. */
import { describe, expect, test } from 'vitest';
import { nextU32, type Random, seededRandom } from '../../src/base/index.ts';
import { encode, INSNS, type Insn } from '../../src/isa/index.ts';
import { FINISH, missing, program, runOnOracle, runUnderQemu } from './guest.ts';
import { below, randomBlock } from './random-code.ts';
import { anyDouble, anyInteger, anySingle } from './values.ts';

const X = Array.from({ length: 30 }, (_, i) => i + 1);
const F = Array.from({ length: 32 }, (_, i) => i);
const BLOCK_WORDS = 65;

/** The registers of block `n` are loaded, the code runs, and they are stored where they came from. */
const blockSource = (n: number, code: readonly string[]): string => `
block${n}:
    la t6, out + ${n * BLOCK_WORDS * 8}
    ld x1, 512(t6)
    fscsr x1
${F.map((i) => `    fld f${i}, ${256 + i * 8}(t6)`).join('\n')}
${X.map((i) => `    ld x${i}, ${i * 8}(t6)`).join('\n')}
    la sp, scratch + 2048
    mv s0, sp
${code.map((line) => `    ${line}`).join('\n')}
${X.map((i) => `    sd x${i}, ${i * 8}(t6)`).join('\n')}
    frcsr x1
    sd x1, 512(t6)
${F.map((i) => `    fsd f${i}, ${256 + i * 8}(t6)`).join('\n')}
`;

const blockRegisters = (random: Random): bigint[] => [
  0n,
  ...Array.from({ length: 31 }, () => anyInteger(random)),
  ...F.map(() => (below(random, 2) === 0 ? anyDouble(random) : anySingle(random))),
  BigInt((below(random, 5) << 5) | below(random, 32)),
];

const words = (values: readonly bigint[]): string => values.map((value) => `    .dword ${value}`).join('\n');

function randomProgram(seed: number, blocks: number) {
  const random = seededRandom(seed);
  const code = Array.from({ length: blocks }, () => randomBlock(random, 30));
  const source = `
_start:
${code.map((lines, n) => blockSource(n, lines)).join('')}
${FINISH}
    .data
out:
${code.map(() => words(blockRegisters(random))).join('\n')}
scratch:
${words(Array.from({ length: 520 }, () => (BigInt(nextU32(random)) << 32n) | BigInt(nextU32(random))))}
out_end:
`;
  return { source, code };
}

/** Each case: the operation on every triple of the table; result registers and flags go to `out`. */
const caseSource = (word: number, frm: number, n: number, table: string, triples: number): string => `
    fsrmi ${frm}
    la s1, ${table}
    li s2, ${triples}
loop${n}:
    fld fa1, 0(s1)
    fld fa2, 8(s1)
    fld fa3, 16(s1)
    ld a1, 0(s1)
    fmv.d.x fa0, zero
    li a0, 0
    fsflags zero
    .4byte ${word}
    frflags a2
    fsd fa0, 0(s3)
    sd a0, 8(s3)
    sd a2, 16(s3)
    addi s3, s3, 24
    addi s1, s1, 24
    addi s2, s2, -1
    bnez s2, loop${n}
`;

const FLOAT = INSNS.filter(
  (row) => (row.extension === 'F' || row.extension === 'D') && !row.asm.includes('imm'),
);
const TABLES = ['integers', 'singles', 'doubles'] as const;

/** Which operands a row wants: conversions from integers have their own. */
const tableOf = ({ name, operands }: Insn): (typeof TABLES)[number] => {
  if (operands.some((operand) => operand.name === 'rs1')) return 'integers';
  const source = /\.d$/.test(name) || name === 'fmv.x.d' ? 'doubles' : 'singles';
  return source;
};

function floatProgram(seed: number, triples: number) {
  const random = seededRandom(seed);
  const cases = FLOAT.flatMap((row) => {
    const rounds = row.operands.some(({ kind }) => kind === 'rm');
    return (rounds ? [0, 1, 2, 3, 4] : [0]).map((rm, i) => ({
      row,
      rm,
      // Every other one asks for its mode through frm.
      word: encode(row, { fd: 10, fs1: 11, fs2: 12, fs3: 13, rd: 10, rs1: 11, rm: i % 2 ? 7 : rm }) as number,
    }));
  });
  const values = { integers: anyInteger, singles: anySingle, doubles: anyDouble };
  const source = `
_start:
    la s3, out
${cases.map(({ row, rm, word }, n) => caseSource(word, rm, n, tableOf(row), triples)).join('')}
${FINISH}
    .data
${TABLES.map((name) => `${name}:\n${words(Array.from({ length: triples * 3 }, () => values[name](random)))}`).join('\n')}
    .bss
out:
    .zero ${cases.length * triples * 24}
out_end:
`;
  return { source, cases };
}

const hex = (bytes: Buffer, at: number): string => bytes.readBigUInt64LE(at).toString(16);

/** The first 64-bit words that differ. */
const differences = (ours: Buffer, theirs: Buffer): number[] => {
  const found: number[] = [];
  for (let at = 0; at + 8 <= ours.length && found.length < 8; at += 8)
    if (ours.readBigUInt64LE(at) !== theirs.readBigUInt64LE(at)) found.push(at);
  return found;
};

describe.skipIf(missing !== undefined)(`the oracle agrees with QEMU${missing ? `: ${missing}` : ''}`, () => {
  test('on random blocks of every kind of instruction', () => {
    const { source, code } = randomProgram(1, 300);
    const assembly = program(source);
    const theirs = runUnderQemu(assembly);
    const ours = runOnOracle(assembly);
    expect(ours.length).toBe(theirs.length);
    const wrong = differences(ours, theirs).map((at) => {
      const block = Math.floor(at / 8 / BLOCK_WORDS);
      const register = (at / 8) % BLOCK_WORDS;
      return { block, register, ours: hex(ours, at), qemu: hex(theirs, at), code: code[block]?.join('\n') };
    });
    expect(wrong).toEqual([]);
  });

  test('on every floating-point row, rounding mode and special value', () => {
    const triples = 120;
    const { source, cases } = floatProgram(2, triples);
    const assembly = program(source);
    const theirs = runUnderQemu(assembly);
    const ours = runOnOracle(assembly);
    expect(ours.length).toBe(theirs.length);
    const wrong = differences(ours, theirs).map((at) => {
      const { row, rm } = cases[Math.floor(at / 24 / triples)]!;
      const part = ['fd', 'rd', 'flags'][(at / 8) % 3];
      return {
        row: row.name,
        rm,
        triple: Math.floor(at / 24) % triples,
        part,
        ours: hex(ours, at),
        qemu: hex(theirs, at),
      };
    });
    expect(wrong).toEqual([]);
  });
});
