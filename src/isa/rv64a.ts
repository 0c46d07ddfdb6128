/** A: load-reserved, store-conditional and the atomic read-modify-writes. */
import { insn, type Row } from './insn.ts';
import type { Expr, Sem } from './sem.ts';

/** How an AMO makes the new value; `wide` extends the register's word where the order of words matters. */
type Update = (s: Sem, old: Expr<'i64'>, value: Expr<'i64'>) => Expr<'i64'>;

const amo = (width: 32 | 64, name: string, funct5: string, update: Update): Row =>
  insn(name, {
    bits: `${funct5} aq rl rs2 rs1 ${width === 32 ? '010' : '011'} rd 0101111`,
    asm: 'rd, rs2, (rs1)',
    run: (s, { rd, rs1, rs2 }) =>
      s.setX(
        rd,
        s.amo(width, s.x(rs1), (old) => update(s, old, s.x(rs2))),
      ),
  });

const swap: Update = (_, __, value) => value;
const add: Update = (s, old, value) => s.add(old, value);
const xor: Update = (s, old, value) => s.xor(old, value);
const and: Update = (s, old, value) => s.and(old, value);
const or: Update = (s, old, value) => s.or(old, value);

const smaller =
  (less: (s: Sem, a: Expr<'i64'>, b: Expr<'i64'>) => Expr<'i32'>): Update =>
  (s, old, value) => {
    const a = s.let(old);
    const b = s.let(value);
    return s.select(less(s, a, b), a, b);
  };
const min = smaller((s, a, b) => s.ltS(a, b));
const max = smaller((s, a, b) => s.ltS(b, a));
const minu = smaller((s, a, b) => s.ltU(a, b));
const maxu = smaller((s, a, b) => s.ltU(b, a));

/** The register holds more than the word that is meant. Sign extension keeps the unsigned order as well. */
const word =
  (update: Update): Update =>
  (s, old, value) =>
    update(s, old, s.sext32(value));

export const RV64A: readonly Row[] = [
  insn('lr.w', {
    bits: '00010 aq rl 00000 rs1 010 rd 0101111',
    asm: 'rd, (rs1)',
    run: (s, { rd, rs1 }) => s.setX(rd, s.loadReserved(32, s.x(rs1))),
  }),
  insn('sc.w', {
    bits: '00011 aq rl rs2 rs1 010 rd 0101111',
    asm: 'rd, rs2, (rs1)',
    run: (s, { rd, rs1, rs2 }) => s.setX(rd, s.storeConditional(32, s.x(rs1), s.x(rs2))),
  }),
  amo(32, 'amoswap.w', '00001', swap),
  amo(32, 'amoadd.w', '00000', add),
  amo(32, 'amoxor.w', '00100', xor),
  amo(32, 'amoand.w', '01100', and),
  amo(32, 'amoor.w', '01000', or),
  amo(32, 'amomin.w', '10000', word(min)),
  amo(32, 'amomax.w', '10100', word(max)),
  amo(32, 'amominu.w', '11000', word(minu)),
  amo(32, 'amomaxu.w', '11100', word(maxu)),

  insn('lr.d', {
    bits: '00010 aq rl 00000 rs1 011 rd 0101111',
    asm: 'rd, (rs1)',
    run: (s, { rd, rs1 }) => s.setX(rd, s.loadReserved(64, s.x(rs1))),
  }),
  insn('sc.d', {
    bits: '00011 aq rl rs2 rs1 011 rd 0101111',
    asm: 'rd, rs2, (rs1)',
    run: (s, { rd, rs1, rs2 }) => s.setX(rd, s.storeConditional(64, s.x(rs1), s.x(rs2))),
  }),
  amo(64, 'amoswap.d', '00001', swap),
  amo(64, 'amoadd.d', '00000', add),
  amo(64, 'amoxor.d', '00100', xor),
  amo(64, 'amoand.d', '01100', and),
  amo(64, 'amoor.d', '01000', or),
  amo(64, 'amomin.d', '10000', min),
  amo(64, 'amomax.d', '10100', max),
  amo(64, 'amominu.d', '11000', minu),
  amo(64, 'amomaxu.d', '11100', maxu),
];
