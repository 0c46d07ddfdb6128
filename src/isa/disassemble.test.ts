import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { disassembleWord } from './disassemble.ts';

interface Line {
  readonly word: number;
  readonly plain: string;
  readonly usual: string;
}

/** What objdump says; tools/isa-golden.ts writes the files. */
function golden(name: string): Line[] {
  const file = join(import.meta.dirname, '../../test/golden/isa', `${name}.br`);
  return brotliDecompressSync(readFileSync(file))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [word, plain, usual] = line.split('|') as [string, string, string];
      return { word: Number.parseInt(word, 16), plain, usual: usual || plain };
    });
}

/** Where we and binutils 2.40 differ on purpose: what it says, and why we do not. */
const DIFFERENT: readonly (readonly [theirs: RegExp, ours: RegExp, reason: string])[] = [
  [/^(c\.)?unimp$/, /^\.2byte\t0x0$/, 'the all-zero half-word is no instruction'],
  [/^(c\.addi16sp|add)\tsp,(sp,)?0$/, /^\.2byte\t0x6101$/, 'a zero immediate is reserved'],
  [/^c\.addi\tzero,/, /^c\.nop\t/, 'with x0 the manual calls it c.nop'],
  [/^c\.s(ll|rl|ra)i64\t/, /^(c\.)?s(ll|rl|ra)i?\t/, 'a name of RV128'],
  [/^c\.(nop|slli|li|lui|mv|add)\t/, /^(li|nop|sll|lui|mv)/, 'a hint executes as what it expands to'],
  [/^add\t(\w+),\1,0$/, /^mv\t/, 'a hint executes as what it expands to'],
  [/^\.4byte\t/, /^fence\b/, 'fields that are reserved for finer fences are ignored'],
  [/^\.4byte\t/, /^fcvt\.d\.(s|w|wu)\t/, 'an exact conversion may name any rounding mode'],
  [/^csr\w+\t(\w+,)?[a-z]/, /^csr\w+\t(\w+,)?0x/, 'a CSR that no user program has'],
];

/** binutils before 2.41 prints the immediate forms without their i. */
const withoutI = (text: string): string =>
  text.replace(/^(add|xor|or|and|sll|srl|sra|csr[rwsc]+)i(w?)\t/, '$1$2\t');

function surprises(name: string): string[] {
  const found: string[] = [];
  for (const { word, plain, usual } of golden(name)) {
    const pairs = [
      [plain, disassembleWord(word, 0, { aliases: false })],
      [withoutI(usual), withoutI(disassembleWord(word, 0))],
    ] as const;
    for (const [theirs, ours] of pairs)
      if (ours !== theirs && !DIFFERENT.some(([a, b]) => a.test(theirs) && b.test(ours)))
        found.push(`${word.toString(16)}: ${theirs} / ${ours}`);
  }
  return found;
}

describe('the disassembly is objdump’s', () => {
  test('for every half-word', () => expect(surprises('half-words')).toEqual([]));
  test('for a sample of words of every row and of no row', () => expect(surprises('words')).toEqual([]));
});

test('targets are addresses, wherever the instruction stands', () => {
  expect(disassembleWord(0xfeb50ee3, 0x1000)).toBe('beq\ta0,a1,0xffc');
  expect(disassembleWord(0xffdff06f, 0)).toBe('j\t0xfffffffffffffffc');
  expect(disassembleWord(0x0000006f, 0xffff_ffff_8000_0000n)).toBe('j\t0xffffffff80000000');
});
