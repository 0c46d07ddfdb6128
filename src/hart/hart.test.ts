import { expect, test } from 'vitest';
import { BY_NAME, encode } from '../isa/index.ts';
import { newPair, type Pair, runBoth } from './fixture.ts';

type Operands = Parameters<typeof encode>[1];
const put = (pair: Pair, at: number, name: string, args: Operands = {}) => {
  const row = BY_NAME.get(name)!;
  const word = encode(row, args) as number;
  pair.write(at, new Uint8Array(Uint32Array.of(word).buffer).subarray(0, row.pattern.size));
};
const start = (pair: Pair, at: number) => {
  pair.oracle.pc = BigInt(at);
};

test('a store into the next instruction takes effect at once', () => {
  const pair = newPair();
  put(pair, 0x12000, 'addi', { rd: 1, rs1: 1, imm: 1 });
  put(pair, 0x12004, 'sw', { rs1: 3, rs2: 4, imm: 0 });
  put(pair, 0x12008, 'addi', { rd: 1, rs1: 1, imm: 2 });
  put(pair, 0x1200c, 'jal', { rd: 0, imm: -12 });
  pair.oracle.x[3] = 0x12008n;
  pair.oracle.x[4] = BigInt(encode(BY_NAME.get('addi')!, { rd: 1, rs1: 1, imm: 100 }) as number);
  start(pair, 0x12008);
  expect(runBoth(pair, 20)).toEqual([]);
  expect(pair.hart.xWords[2]).toBe(407);
});

test('a store from another page into decoded code takes effect', () => {
  const pair = newPair();
  put(pair, 0x12000, 'addi', { rd: 1, rs1: 1, imm: 1 });
  put(pair, 0x12004, 'jalr', { rd: 0, rs1: 5, imm: 0 });
  put(pair, 0x10000, 'sw', { rs1: 3, rs2: 4, imm: 0 });
  put(pair, 0x10004, 'addi', { rd: 4, rs1: 4, imm: 0 });
  put(pair, 0x10008, 'jalr', { rd: 0, rs1: 3, imm: 0 });
  pair.oracle.x[3] = 0x12000n;
  pair.oracle.x[4] = BigInt(encode(BY_NAME.get('addi')!, { rd: 1, rs1: 1, imm: 100 }) as number);
  pair.oracle.x[5] = 0x10000n;
  start(pair, 0x12000);
  expect(runBoth(pair, 2)).toEqual([]);
  expect(runBoth(pair, 5)).toEqual([]);
  expect(runBoth(pair, 30)).toEqual([]);
});

test('an instruction on two pages runs, and follows changes of either half', () => {
  const pair = newPair();
  put(pair, 0x12ffe, 'addi', { rd: 1, rs1: 1, imm: 1 });
  put(pair, 0x13002, 'jal', { rd: 0, imm: -4 });
  start(pair, 0x12ffe);
  expect(runBoth(pair, 11)).toEqual([]);
  put(pair, 0x12ffe, 'addi', { rd: 1, rs1: 1, imm: 0x7ff });
  expect(runBoth(pair, 10)).toEqual([]);
});

test('an instruction whose second half is not there faults at the second page', () => {
  const pair = newPair();
  put(pair, 0x13ffc, 'c.nop', { imm: 0 });
  pair.write(0x13ffe, Uint8Array.of(0x93, 0x80));
  start(pair, 0x13ffc);
  expect(runBoth(pair, 5)).toEqual([]);
  expect(pair.hart.trapAddress).toBe(0x14000);
  expect(pair.hart.retired).toBe(1);
});

test('a pc that no user program may have faults with all its bits', () => {
  const pair = newPair();
  for (const pc of [0n, 0x40_0000_0000n, 0x7fff_ffff_ffff_fffen, 0xffff_ffff_ffff_fffen]) {
    pair.oracle.pc = pc;
    expect(runBoth(pair, 1)).toEqual([]);
  }
});

test('a load at the very end of the user half reads, and one byte further faults', () => {
  const pair = newPair();
  put(pair, 0x10000, 'ld', { rd: 1, rs1: 2, imm: 0 });
  for (const address of [
    0x3f_ffff_fff8n,
    0x3f_ffff_fff9n,
    0x40_0000_0000n,
    0xffff_ffff_ffff_fff8n,
    0xffff_ffff_ffff_fffcn,
  ]) {
    start(pair, 0x10000);
    pair.oracle.x[2] = address;
    expect(runBoth(pair, 1)).toEqual([]);
  }
});

test('code runs on into pages decoded before and after', () => {
  const pair = newPair();
  for (let at = 0x10000; at < 0x14000; at += 2) put(pair, at, 'c.addi', { rd: 1, imm: 1 });
  start(pair, 0x10000);
  expect(runBoth(pair, 10_000)).toEqual([]);
  expect(pair.hart.trapAddress).toBe(0x14000);
  expect(pair.hart.retired).toBe(0x2000);
});

test('rdinstret and rdtime count the instructions before them', () => {
  const pair = newPair();
  pair.oracle.retired = 1_000_000_007n;
  pair.oracle.time = 2n ** 40n;
  put(pair, 0x10000, 'addi', { rd: 1, rs1: 1, imm: 1 });
  put(pair, 0x10004, 'csrrs', { rd: 2, csr: 0xc02, rs1: 0 });
  put(pair, 0x10008, 'csrrs', { rd: 3, csr: 0xc01, rs1: 0 });
  put(pair, 0x1000c, 'csrrs', { rd: 4, csr: 0xc00, rs1: 0 });
  start(pair, 0x10000);
  expect(runBoth(pair, 4)).toEqual([]);
  expect(pair.hart.xWords[4]).toBe(1_000_000_008);
});

test('registers are saved and loaded, the pc as halves or as a number', () => {
  const { hart } = newPair();
  const area = 0x1800;
  hart.setX(5, 123, -1);
  hart.pc = 0x12345_6789a;
  hart.saveRegisters(area);
  hart.setX(5, 0, 0);
  hart.pc = 0;
  hart.loadRegisters(area);
  expect([hart.xWords[10], hart.xWords[11], hart.pc]).toEqual([123, -1, 0x12345_6789a]);
  hart.setX(0, 1, 1);
  expect([hart.xWords[0], hart.xWords[1]]).toEqual([0, 0]);
});
