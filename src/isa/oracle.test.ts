import { beforeEach, describe, expect, test } from 'vitest';
import { assemble } from './assemble.ts';
import { stepFetched } from './oracle.ts';
import { CAUSE, newOracleMachine, type OracleMachine } from './oracle-state.ts';

const TEXT = 0x10000;
const DATA = 0x20000n;
const A0 = 10;
const A1 = 11;
const A2 = 12;
const FA0 = 10;
const FA1 = 11;
const NAN32 = 0xffffffff7fc00000n;

let bytes: Map<bigint, number>;
let machine: OracleMachine;

beforeEach(() => {
  bytes = new Map();
  machine = newOracleMachine({
    allows: (address, access) =>
      access === 'fetch' ? address < DATA : address >= DATA && address < DATA + 0x1000n,
    get: (address) => bytes.get(address) ?? 0,
    set: (address, byte) => bytes.set(address, byte),
  });
});

/** Executes lines of assembly, one after the other as they stand, and gives the last answer. */
function run(...lines: string[]) {
  const assembly = assemble(lines.join('\n'), { origin: TEXT });
  if (!('sections' in assembly)) throw new Error(assembly.map(({ sentence }) => sentence).join('\n'));
  for (const [i, byte] of assembly.sections[0]!.bytes.entries()) bytes.set(BigInt(TEXT + i), byte);
  machine.pc = BigInt(TEXT);
  const end = BigInt(TEXT + assembly.sections[0]!.bytes.length);
  for (;;) {
    const answer = stepFetched(machine);
    if (answer !== 'ok' || machine.pc === end) return answer;
  }
}

describe('traps are precise', () => {
  test('a load beyond the mapping names the first byte that is missing', () => {
    machine.x[A1] = DATA + 0xffcn;
    machine.x[A0] = 7n;
    expect(run('ld a0, 0(a1)')).toEqual({ cause: CAUSE.loadPageFault, tval: DATA + 0x1000n });
    expect(machine.x[A0]).toBe(7n);
    expect([machine.pc, machine.retired]).toEqual([BigInt(TEXT), 0n]);
  });

  test('a store that cannot be completed writes nothing', () => {
    machine.x[A1] = DATA + 0xffcn;
    machine.x[A0] = -1n;
    expect(run('sd a0, 0(a1)')).toEqual({ cause: CAUSE.storePageFault, tval: DATA + 0x1000n });
    expect(bytes.get(DATA + 0xffcn)).toBeUndefined();
  });

  test.each([
    ['lr.w a0, (a1)', CAUSE.loadMisaligned],
    ['sc.w a0, a2, (a1)', CAUSE.storeMisaligned],
    ['amoadd.d a0, a2, (a1)', CAUSE.storeMisaligned],
  ])('%s wants an aligned address', (line, cause) => {
    machine.x[A1] = DATA + 2n;
    expect(run(line)).toEqual({ cause, tval: DATA + 2n });
  });

  test.each([
    ['ecall', CAUSE.ecall, 0n],
    ['ebreak', CAUSE.breakpoint, BigInt(TEXT)],
    ['.4byte 0x30200073', CAUSE.illegal, 0x30200073n],
    ['.4byte 0', CAUSE.illegal, 0n],
    ['c.ebreak', CAUSE.breakpoint, BigInt(TEXT)],
  ])('%s', (line, cause, tval) => expect(run(line)).toEqual({ cause, tval }));

  test('code that may not be fetched', () => {
    machine.pc = DATA;
    expect(stepFetched(machine)).toEqual({ cause: CAUSE.fetchPageFault, tval: DATA });
  });

  test('an amo on memory that may not be written changes nothing', () => {
    machine.x[A1] = 0n;
    expect(run('amoswap.w a0, a2, (a1)')).toEqual({ cause: CAUSE.storePageFault, tval: 0n });
  });
});

describe('rounding modes', () => {
  test.each(['0x02c5d553', '0x02c5e553', '0x420dd0d3'])('reserved ones are illegal: %s', (word) =>
    expect(run(`.4byte ${word}`)).toMatchObject({ cause: CAUSE.illegal, tval: BigInt(word) }),
  );

  test.each(['fadd.d fa0, fa1, fa2', 'fcvt.s.d fa0, fa1', 'fcvt.w.s a0, fa0', 'fmadd.s fa0, fa1, fa2, fa3'])(
    '%s with a reserved frm is illegal and leaves the register alone',
    (line) => {
      machine.frm = 5;
      machine.f[FA0] = 3n;
      expect(run(line)).toMatchObject({ cause: CAUSE.illegal });
      expect([machine.f[FA0], machine.flags]).toEqual([3n, 0]);
    },
  );

  test('what does not round ignores frm', () => {
    machine.frm = 7;
    expect(run('fsgnj.d fa0, fa1, fa2', 'feq.d a0, fa1, fa2')).toBe('ok');
  });
});

describe('CSRs', () => {
  test('fcsr is frm over fflags', () => {
    machine.x[A1] = 0xabcdef7fn;
    expect(run('csrrw a0, fcsr, a1', 'csrr a2, frm', 'frflags a1')).toBe('ok');
    expect([machine.x[A0], machine.x[A2], machine.x[A1]]).toEqual([0n, 3n, 31n]);
  });

  test('set and clear', () => {
    expect(run('csrwi fflags, 21', 'csrrsi a0, fflags, 2', 'csrrci a1, fflags, 1', 'frflags a2')).toBe('ok');
    expect([machine.x[A0], machine.x[A1], machine.x[A2]]).toEqual([21n, 23n, 22n]);
  });

  test('counters may be read and not written', () => {
    machine.time = 99n;
    expect(run('nop', 'rdinstret a0', 'rdtime a1', 'rdcycle a2')).toBe('ok');
    expect([machine.x[A0], machine.x[A1], machine.x[A2]]).toEqual([1n, 99n, 3n]);
    expect(run('csrw cycle, zero')).toMatchObject({ cause: CAUSE.illegal });
    expect(run('csrrs a0, cycle, a1')).toMatchObject({ cause: CAUSE.illegal });
  });

  test.each(['csrr a0, 0x300', 'csrr a0, 0xc03', 'csrwi 0x001, 0\ncsrr a0, 0x005'])(
    'unknown ones are illegal: %s',
    (lines) => expect(run(lines)).toMatchObject({ cause: CAUSE.illegal }),
  );
});

describe('reservations', () => {
  test('sc stores once, at the reserved address only', () => {
    machine.x[A1] = DATA;
    machine.x[A2] = 5n;
    expect(run('lr.d a0, (a1)', 'sc.d a3, a2, (a1)', 'sc.d a4, a2, (a1)', 'ld a5, (a1)')).toBe('ok');
    expect([machine.x[13], machine.x[14], machine.x[15]]).toEqual([0n, 1n, 5n]);
    expect(run('lr.d a0, (a1)', 'addi a1, a1, 8', 'sc.d a3, a2, (a1)')).toBe('ok');
    expect([machine.x[13], machine.reservation]).toEqual([1n, undefined]);
  });
});

describe('singles in registers', () => {
  test('one that is not boxed reads as the canonical NaN', () => {
    machine.f[FA1] = 0x3f800000n;
    expect(run('fadd.s fa0, fa1, fa1', 'fsgnj.s fa2, fa1, fa1', 'fmv.x.w a0, fa1')).toBe('ok');
    expect([machine.f[FA0], machine.f[12], machine.x[A0]]).toEqual([NAN32, NAN32, 0x3f800000n]);
  });

  test('fsw stores the low half as it is', () => {
    machine.f[FA1] = 0x12345678n;
    machine.x[A1] = DATA;
    expect(run('fsw fa1, (a1)', 'lw a0, (a1)', 'flw fa0, (a1)')).toBe('ok');
    expect([machine.x[A0], machine.f[FA0]]).toEqual([0x12345678n, 0xffffffff12345678n]);
  });
});

test('jalr reads its base before it writes the link', () => {
  machine.x[1] = BigInt(TEXT + 4);
  expect(run('jalr ra, 4(ra)', 'ebreak', 'nop')).toBe('ok');
  expect(machine.x[1]).toBe(BigInt(TEXT + 4));
});

test('x0 stays zero', () => {
  machine.x[A1] = 9n;
  expect(run('add zero, a1, a1', 'mv a0, zero', 'lui zero, 1', 'csrrw zero, fflags, a1')).toBe('ok');
  expect([machine.x[0], machine.x[A0]]).toEqual([0n, 0n]);
});

test('division as RISC-V has it', () => {
  machine.x[A1] = 1n << 63n;
  machine.x[A2] = 2n ** 64n - 1n;
  run(
    'div a0, a1, a2',
    'rem a3, a1, a2',
    'div a4, a1, zero',
    'rem a5, a1, zero',
    'divuw a6, a2, zero',
    'remw a7, a2, zero',
  );
  expect([...machine.x.slice(13, 18), machine.x[A0]]).toEqual([
    0n,
    2n ** 64n - 1n,
    1n << 63n,
    2n ** 64n - 1n,
    2n ** 64n - 1n,
    1n << 63n,
  ]);
});
