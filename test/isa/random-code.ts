/** Random straight-line code that stays inside its scratch memory: what the oracle and QEMU are compared on. */
import { nextU32, type Random } from '../../src/base/index.ts';
import { decode, encode, INSNS, type Insn, type Pattern, SHORT_INSNS } from '../../src/isa/index.ts';

/** Never written: sp and s0 point into the scratch memory, t6 to the block's registers. */
const KEPT = new Set([2, 8, 31]);
const SP = 2;
const S0 = 8;

export const below = (random: Random, n: number): number => nextU32(random) % n;
const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)]!;

const touchesMemory = ({ asm }: Insn): boolean => asm.includes('(rs1)');
const isReservation = ({ name }: Insn): boolean => /^(lr|sc)\./.test(name);
const PLAIN = INSNS.filter(
  (row) => row.extension !== 'Zicsr' && row.ends === undefined && !touchesMemory(row),
);
const MEMORY = INSNS.filter((row) => touchesMemory(row) && row.ends === undefined && !isReservation(row));
const BRANCHES = INSNS.filter((row) => row.ends === 'branch');
const SHORT = SHORT_INSNS.filter(
  ({ name, as }) => name !== 'c.addi16sp' && !/^(jal|jalr|b..|ebreak)\b/.test(as),
);

/** An instruction as the assembler's data directive. */
const text = (word: number): string =>
  (word & 3) === 3 ? `.4byte 0x${word.toString(16)}` : `.2byte 0x${word.toString(16)}`;
const size = (line: string): number => (line.startsWith('.4') ? 4 : 2);

function acceptable(word: number, pattern: Pattern): boolean {
  const decoded = decode(word);
  if (decoded?.row.pattern !== pattern) return false;
  const { rd, rm = 7 } = decoded.args;
  return (rd === undefined || !KEPT.has(rd)) && (rm <= 4 || rm === 7);
}

function fill(random: Random, pattern: Pattern, change: (word: number) => number): number {
  for (;;) {
    const word = change(((nextU32(random) & ~pattern.mask) | pattern.match) >>> 0);
    if (acceptable(word, pattern)) return word;
  }
}

const plain = (random: Random): string => text(fill(random, pick(random, PLAIN).pattern, (word) => word));

const memory = (random: Random): string => {
  const row = pick(random, MEMORY);
  return text(fill(random, row.pattern, (word) => ((word & ~(31 << 15)) | (S0 << 15)) >>> 0));
};

function short(random: Random): string {
  const row = pick(random, SHORT);
  for (;;) {
    const half = fill(random, row.pattern, (word) => word & 0xffff);
    const { args, insn } = decode(half)!;
    if (!touchesMemory(insn) || args.rs1 === SP || args.rs1 === S0) return text(half);
  }
}

/** A jump of some kind over the instruction that follows. */
function skip(random: Random): string[] {
  const over = one(random);
  const [x, y] = [below(random, 32), below(random, 32)];
  const rd = pick(random, [0, 1, 5, 30]);
  const ways = [
    () => [text(encode(pick(random, BRANCHES), { rs1: x, rs2: y, imm: 4 + size(over) }) as number)],
    () => [`jal x${rd}, . + ${4 + size(over)}`],
    () => ['auipc x1, 0', `jalr x${rd}, ${8 + size(over)}(x1)`],
    () => [`c.beqz x${8 + (x & 7)}, . + ${2 + size(over)}`],
    () => [`c.bnez x${8 + (x & 7)}, . + ${2 + size(over)}`],
    () => [`c.j . + ${2 + size(over)}`],
  ];
  return [...pick(random, ways)(), over];
}

const reservation = (random: Random): string[] => {
  const width = pick(random, ['w', 'd']);
  const [a, b] = [pick(random, [5, 6, 7]), below(random, 32)];
  const take = `lr.${width} x${a}, (x8)`;
  const store = `sc.${width}.aqrl x${pick(random, [10, 11])}, x${b}, (x8)`;
  return pick(random, [[take, store], [store], [take, store, store]]);
};

/** CSRs; the rounding mode stays a legal one, since the code around it rounds. */
const csr = (random: Random): string[] => {
  const rd = pick(random, [0, 12, 13, 14]);
  const op = pick(random, ['csrrw', 'csrrs', 'csrrc']);
  return pick(random, [
    [`${op} x${rd}, fflags, x${below(random, 32)}`],
    [`${op}i x${rd}, fflags, ${below(random, 32)}`],
    [`csrrwi x${rd}, frm, ${below(random, 5)}`],
    [`csrrci x${rd}, fcsr, ${below(random, 32)}`],
    [`csrrs x${rd}, fcsr, zero`],
    [`csrrci x${rd}, frm, 0`],
  ]);
};

const one = (random: Random): string => pick(random, [plain, plain, plain, memory, short, short])(random);

/** About `length` instructions, as lines of assembly. */
export function randomBlock(random: Random, length: number): string[] {
  const lines: string[] = [];
  while (lines.length < length) {
    const kind = below(random, 16);
    if (kind === 0) lines.push(...skip(random));
    else if (kind === 1) lines.push(...reservation(random));
    else if (kind === 2) lines.push(...csr(random));
    else lines.push(one(random));
  }
  return lines;
}
