import { describe, expect, test } from 'vitest';
import { extract, insert, matches, overlap, parsePattern } from './bits.ts';
import { insn } from './insn.ts';

const ACCEPTED: readonly (readonly [pattern: string, size: 2 | 4, mask: number, match: number])[] = [
  ['0000000 rs2 rs1 000 rd 0110011', 4, 0xfe00707f, 0x33],
  ['imm[12|10:5] rs2 rs1 000 imm[4:1|11] 1100011', 4, 0x707f, 0x63],
  ['fs3 01 fs2 fs1 rm fd 1000011', 4, 0x600007f, 0x2000043],
  ['000000000000 00000 000 00000 1110011', 4, 0xffffffff, 0x73],
  ['000 imm[5] rd!=0 imm[4:0] 01', 2, 0xe003, 1],
  ["100 1 11 rd' 00 rs2' 01", 2, 0xfc63, 0x9c01],
  ['011 nzimm[17] rd!=0,2 nzimm[16:12] 01', 2, 0xe003, 0x6001],
];

const REFUSED: readonly (readonly [pattern: string, reason: RegExp])[] = [
  ['0000000 rs2 rs1 000 rd 011001', /31 bits wide/],
  ['', /bad word/],
  ['0000000 rs2 rs1  000 rd 0110011', /bad word ''/],
  ['0000000 rs9 rs1 000 rd 0110011', /bad word 'rs9'/],
  ['0000002 rs2 rs1 000 rd 0110011', /bad word '0000002'/],
  ['imm rs1 000 rd 0010011', /bad slice 'imm'/],
  ['imm[0:11] rs1 000 rd 0010011', /bad slice/],
  ['imm[11:0] rs1 000 imm[4:0] 0010011', /bit 0 of imm comes twice/],
  ['rd rs2 rs1 0000000000 rd 00', /bit 0 of rd comes twice/],
  ["000 imm[5] rm' imm[4:0] 0000", /is no register/],
  ['000 imm[5] rd!=x imm[4:0] 01', /bad word/],
];

describe('a pattern', () => {
  test.each(ACCEPTED)('%s is accepted', (text, size, mask, match) => {
    expect(parsePattern(text)).toMatchObject({ text, size, mask, match });
  });

  test.each(REFUSED)("'%s' is refused", (text, reason) => {
    expect(() => parsePattern(text)).toThrow(reason);
  });

  test('takes an immediate from its slices, with its sign', () => {
    const imm = parsePattern('imm[12|10:5] rs2 rs1 000 imm[4:1|11] 1100011').fields[0]!;
    expect(extract(0xfeb50ee3, imm)).toBe(-4);
    expect(insert(imm, -4)).toBe(0xfeb50ee3 & 0xfe000f80);
    expect(insert(imm, 3), 'an odd offset').toBeUndefined();
    expect(insert(imm, 4096), 'too far').toBeUndefined();
  });

  test('counts primed registers from 8', () => {
    const rd = parsePattern("100 1 11 rd' 00 rs2' 01").fields[0]!;
    expect(extract(0, rd)).toBe(8);
    expect(insert(rd, 15)).toBe(7 << 7);
    expect(insert(rd, 7)).toBeUndefined();
  });

  test('leaves refused values to other patterns', () => {
    const addi = parsePattern('000 imm[5] rd!=0 imm[4:0] 01');
    expect(matches(0x0505, addi)).toBe(true);
    expect(matches(0x0005, addi)).toBe(false);
    const nop = parsePattern('000 imm[5] 00000 imm[4:0] 01');
    expect(overlap(addi, nop)).toBe(false);
    expect(overlap(parsePattern('000 imm[5] rd imm[4:0] 01'), nop)).toBe(true);
  });

  test('gives the operands their types', () => {
    insn('typed', {
      bits: '0000000 rs2 fs1 000 rd 0110011',
      asm: 'rd, fs1, rs2',
      run: (s, o) => {
        s.setX(o.rd, s.x(o.rs2));
        s.f64(o.fs1);
        // @ts-expect-error a floating-point register is no integer register
        s.x(o.fs1);
        // @ts-expect-error the pattern has no rs3
        s.x(o.rs3);
      },
    });
  });
});
