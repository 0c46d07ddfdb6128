import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Assembly, assemble } from './assemble.ts';
import { decode } from './decode.ts';
import { disassembleWord } from './disassemble.ts';
import { explain } from './explain.ts';
import { loadImmediate } from './li.ts';
import { step } from './oracle.ts';
import { newOracleMachine } from './oracle-state.ts';
import { INSNS, SHORT_INSNS } from './table.ts';

function assembled(source: string): Assembly {
  const answer = assemble(source, { origin: 0x10000 });
  if ('sections' in answer) return answer;
  throw new Error(answer.map(({ sentence }) => sentence).join('\n'));
}

function problems(source: string): string[] {
  const answer = assemble(source);
  return 'sections' in answer ? [] : answer.map(({ sentence }) => sentence);
}

/** The instructions of .text, disassembled. */
function listing(source: string): string[] {
  const { bytes, address } = assembled(source).sections[0]!;
  const view = new DataView(bytes.buffer);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const half = view.getUint16(at, true);
    const long = (half & 3) === 3;
    lines.push(disassembleWord(long ? view.getUint32(at, true) : half, address + at).replace('\t', ' '));
    at += long ? 4 : 2;
  }
  return lines;
}

describe('instructions', () => {
  test('any row’s disassembly assembles to the same word', () => {
    for (const { pattern, name } of [...INSNS, ...SHORT_INSNS])
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (random) => {
          let word = ((random & ~pattern.mask) | pattern.match) >>> 0;
          if (pattern.size === 2) word &= 0xffff;
          const decoded = decode(word);
          if (decoded?.row.name !== name) return;
          const text = disassembleWord(word, 0x10000, { aliases: false });
          // Reserved fields of fences and exact conversions have no text.
          if (/unknown|^fence|^fcvt\.d\.(s|wu?)\b/.test(text)) return;
          const { bytes } = assembled(text).sections[0]!;
          expect(
            [...bytes].reduce((sum, byte, i) => sum + byte * 2 ** (8 * i), 0),
            text,
          ).toBe(word);
        }),
        { seed: 1, numRuns: 20 },
      );
  });

  test.each([
    ['mv a0, a1', 'mv a0,a1'],
    ['not a0, a1', 'not a0,a1'],
    ['fmv.d fa0, fa1', 'fmv.d fa0,fa1'],
    ['ble a0, a1, .', 'bge a1,a0,0x10000'],
    ['jal .', 'jal 0x10000'],
    ['jalr a0', 'jalr a0'],
    ['jalr t0, a1, 4', 'jalr t0,4(a1)'],
    ['ld a0, (sp)', 'ld a0,0(sp)'],
    ['lr.w.aqrl a0, 0(a1)', 'lr.w.aqrl a0,(a1)'],
    ['fadd.s f0, f1, f2, rup', 'fadd.s ft0,ft1,ft2,rup'],
    ['csrw fcsr, a0', 'fscsr a0'],
    ['fence rw, w', 'fence rw,w'],
    ['addi x10, fp, -8 # comment', 'addi a0,s0,-8'],
    ["li a0, 'a'", 'li a0,97'],
  ])('%s', (source, text) => expect(listing(source)).toEqual([text]));

  test('labels, near and numeric', () => {
    const source = `
      start: beqz a0, 1f
      1: bnez a1, 1b ; j start // both
      call far
      /* a
         comment */ far: ret`;
    expect(listing(source)).toEqual([
      'beqz a0,0x10004',
      'bnez a1,0x10004',
      'j 0x10000',
      'auipc ra,0x0',
      'jalr 8(ra)',
      'ret',
    ]);
  });

  test('la finds its symbol wherever it is', () => {
    const { symbols } = assembled('la a0, value\n.data\n.zero 2044\nvalue: .byte 1');
    expect(symbols.get('value')).toBe(0x11000n + 2044n);
    expect(listing('la a0, value\n.data\n.zero 2044\nvalue: .byte 1')).toEqual([
      'auipc a0,0x1',
      'addi a0,a0,2044',
    ]);
    expect(listing('lw a0, value\n.data\n.zero 2048\nvalue: .byte 1')).toEqual([
      'auipc a0,0x2',
      'lw a0,-2048(a0)',
    ]);
  });
});

test('li builds every constant', () => {
  const machine = newOracleMachine({ allows: () => false, get: () => 0, set: () => {} });
  const special = [
    0n,
    1n,
    -1n,
    2047n,
    2048n,
    4096n,
    2n ** 31n - 1n,
    2n ** 31n,
    2n ** 32n,
    2n ** 63n - 1n,
    -(2n ** 63n),
  ];
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...special), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      (value) => {
        expect(loadImmediate(value).length).toBeLessThanOrEqual(8);
        const { bytes } = assembled(`li a0, ${value}`).sections[0]!;
        const view = new DataView(bytes.buffer);
        for (let at = 0; at < bytes.length; at += 4)
          expect(step(machine, view.getUint32(at, true))).toBe('ok');
        expect(BigInt.asIntN(64, machine.x[10]!)).toBe(value);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

describe('data', () => {
  const dataOf = (source: string): number[] => [...assembled(`.data\n${source}`).sections[0]!.bytes];

  test.each([
    [".byte 1, -1, 0x7f, '\\n'", [1, 255, 127, 10]],
    ['.half 0x1234', [0x34, 0x12]],
    ['.word -2', [254, 255, 255, 255]],
    ['.dword 0x123456789abcdef0', [0xf0, 0xde, 0xbc, 0x9a, 0x78, 0x56, 0x34, 0x12]],
    ['.ascii "a,b;#\\"\\101\\xff"', [97, 44, 98, 59, 35, 34, 65, 255]],
    ['.asciz "é"', [0xc3, 0xa9, 0]],
    ['.byte 1\n.align 2\n.byte 2', [1, 0, 0, 0, 2]],
    ['.equ N, (1 << 4) + 3 * 2\n.byte N, ~0 & 15, 7 % 4', [22, 15, 3]],
    ['x: .byte 1, 2\n.equ LENGTH, . - x\n.byte LENGTH', [1, 2, 2]],
    ['.byte 010, 0b11', [8, 3]],
    ['.zero 2\n.space 1, 7', [0, 0, 7]],
  ])('%s', (source, bytes) => expect(dataOf(source)).toEqual(bytes));

  test('sections stand on pages of their own', () => {
    const { sections, entry, globals } = assembled(
      '.globl _start\nnop\n_start: nop\n.bss\nb: .zero 9\n.section .rodata\n.byte 1\n.data\n.dword b',
    );
    expect(sections.map(({ name, address }) => [name, address])).toEqual([
      ['.text', 0x10000],
      ['.rodata', 0x11000],
      ['.data', 0x12000],
      ['.bss', 0x13000],
    ]);
    expect([sections[2]!.bytes[1], entry, [...globals]]).toEqual([0x30, 0x10004, ['_start']]);
  });

  test('code is aligned with instructions', () => {
    expect(listing('c.li a0, 1\n.align 4\nret')).toEqual(['li a0,1', 'nop', 'nop', 'nop', 'nop', 'ret']);
  });
});

describe('mistakes are told with their line', () => {
  test.each([
    ['nop\nfoo a0', "line 2: unknown instruction 'foo'"],
    ['add a0, a1', 'line 1: add takes 3 operands, not 2'],
    ['addi a0, a1, 5000', 'line 1: 5000 does not fit imm of addi'],
    ['addi a0, fa1, 5', "line 1: 'fa1' is no integer register"],
    ['fadd.d fa0, a1, fa2', "line 1: 'a1' is no floating-point register"],
    ['j nowhere', "line 1: 'nowhere' is not defined"],
    ['li a0, nothing', "line 1: 'nothing' is not defined"],
    ['x: nop\nx: nop', "line 2: 'x' is defined twice"],
    ['.foo 1', "line 1: unknown directive '.foo'"],
    ['.byte 1 +', "line 1: '1 +' is no expression"],
    ['lw a0, a1', "line 1: 'a1' should be an offset and a register, as in 8(sp)"],
    ['amoadd.w a0, a1, 4(a2)', "line 1: '4(a2)' takes no offset"],
    ['beq a0, a1, . + 8192', 'line 1: 8192 does not fit imm of beq'],
    ['.ascii hello', 'line 1: hello is no string'],
    ['.align 30', 'line 1: cannot align to 1073741824 bytes'],
    ['addi a0, a1, a2', "line 1: 'a2' is a register, not a number"],
  ])('%s', (source, sentence) => expect(problems(source)).toContain(sentence));

  test('all of them at once', () => expect(problems('foo\nbar\nnop')).toHaveLength(2));
});

describe('explanations', () => {
  const explained = (source: string): string => {
    const view = new DataView(assembled(source).sections[0]!.bytes.buffer);
    return explain(decode(view.byteLength > 2 ? view.getUint32(0, true) : view.getUint16(0, true))!, 0x10000);
  };

  test.each([
    ['add a0, a1, a2', 'a0 ← a1 + a2'],
    ['c.addi sp, -16', 'sp ← sp − 16'],
    ['nop', 'nothing'],
    ['li a0, 5', 'a0 ← 5'],
    ['auipc a0, 1', 'a0 ← 0x11000'],
    ['lw a0, 8(sp)', 'a0 ← int32[sp + 8]'],
    ['beqz a0, .+8', 'if a0 = 0 then pc ← 0x10008'],
    ['jal .+8', 'ra ← 0x10004, pc ← 0x10008'],
    ['amoadd.w a0, a1, (a2)', 'int32[a2] ← int32[a2] + a1, a0 ← int32[a2]'],
    ['fmadd.d fa0, fa1, fa2, fa3', 'fa0 ← fa1 × fa2 + fa3'],
    ['fcvt.w.d a0, fa0, rtz', 'a0 ← int32(fa0) rounded toward zero'],
    ['ecall', 'call the operating system'],
    ['csrrs a0, fflags, a1', 'a0 ← fflags, fflags ← fflags | a1'],
  ])('%s: %s', (source, text) => expect(explained(source)).toBe(text));

  test('every row has one', () => {
    for (const { pattern, name } of INSNS)
      expect(explain(decode(pattern.match)!), name).not.toMatch(/undefined|object/);
  });
});
