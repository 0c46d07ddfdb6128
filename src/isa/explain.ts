/**
 * The `explain` stage: a row's meaning in words, such as `a0 ← a1 + a2`, for `disasm --explain` and the
 * studio. Where several things are written, all right-hand sides are read first. `<ᵤ` compares as unsigned,
 * `>>>` shifts zeros in, `int32[a0]` is memory.
 */
import type { Field } from './bits.ts';
import type { Decoded } from './decode.ts';
import { floatInWords } from './explain-float.ts';
import { atom, compound, infix, inside, known, oneIf, sum, textOf } from './explain-text.ts';
import { X_NAMES } from './names.ts';
import { printOperand } from './operand.ts';
import type { Expr, Sem } from './sem.ts';

const INTEGERS = {
  imm: (i) => known(BigInt(i as unknown as number)),
  constant: (v) => known(BigInt(v)),
  let: (v) => v,
  add: sum,
  sub: (a, b) => (textOf(a).known === 0n ? atom(`−${inside(b)}`) : infix('−')(a, b)),
  and: infix('&'),
  or: infix('|'),
  xor: (a, b) => (textOf(b).known === -1n ? atom(`~${inside(a)}`) : infix('^')(a, b)),
  shl: infix('<<'),
  shrU: infix('>>>'),
  shrS: infix('>>'),
  mul: infix('×'),
  mulhS: (a, b) => atom(`high(${inside(a)} × ${inside(b)})`),
  mulhU: (a, b) => atom(`high(${inside(a)} ×ᵤ ${inside(b)})`),
  mulhSU: (a, b) => atom(`high(${inside(a)} × unsigned ${inside(b)})`),
  divS: infix('÷'),
  divU: infix('÷ᵤ'),
  remS: infix('mod'),
  remU: infix('modᵤ'),
  eq: infix('='),
  ne: infix('≠'),
  ltS: infix('<'),
  ltU: infix('<ᵤ'),
  geS: infix('≥'),
  geU: infix('≥ᵤ'),
  select: (cond, yes, no) => compound(`${textOf(yes).text} if ${textOf(cond).text} else ${textOf(no).text}`),
  bool: oneIf,
  sext32: (a) => atom(`sext32(${textOf(a).text})`),
  zext32: (a) => atom(`zext32(${textOf(a).text})`),
} satisfies Partial<Sem>;

type Say = (statement: string) => void;

const cell = (type: string, addr: Expr<'i64'>): string => `${type}[${textOf(addr).text}]`;

const memory = (say: Say) =>
  ({
    loadS: (width, addr) => atom(cell(`int${width}`, addr)),
    loadU: (width, addr) => atom(cell(`uint${width}`, addr)),
    store: (width, addr, value) => say(`${cell(`int${width}`, addr)} ← ${textOf(value).text}`),
    loadF32: (addr) => atom(cell('single', addr)),
    loadF64: (addr) => atom(cell('double', addr)),
    storeF32: (addr, r) => say(`${cell('single', addr)} ← ${printFloat(r)}`),
    storeF64: (addr, r) => say(`${cell('double', addr)} ← ${printFloat(r)}`),
    loadReserved: (width, addr) => {
      say(`reserve ${textOf(addr).text}`);
      return atom(cell(`int${width}`, addr));
    },
    storeConditional: (width, addr, value) => {
      say(`if ${textOf(addr).text} is still reserved ${cell(`int${width}`, addr)} ← ${textOf(value).text}`);
      return compound('0 if stored else 1');
    },
    amo: (width, addr, f) => {
      const old = atom<'i64'>(cell(`int${width}`, addr));
      say(`${textOf(old).text} ← ${textOf(f(old)).text}`);
      return old;
    },
  }) satisfies Partial<Sem>;

const printFloat = (r: unknown): string => printOperand({ kind: 'f' } as Field, r as number);

const control = (say: Say, size: number, at: bigint | undefined) => {
  const pc = (): Expr<'i64'> => (at === undefined ? atom('pc') : known(at, true));
  const target = (offset: unknown) => textOf(sum(pc(), known(BigInt(offset as number)))).text;
  return {
    pc,
    nextPc: () => sum(pc(), known(BigInt(size))),
    branchIf: (cond, offset) => say(`if ${textOf(cond).text} then pc ← ${target(offset)}`),
    jumpBy: (offset) => say(`pc ← ${target(offset)}`),
    jumpTo: (addr) => say(`pc ← ${textOf(addr).text}`),
    fence: () => say('order memory accesses before and after'),
    fenceI: () => say('see stores as instructions from here on'),
    ecall: () => say('call the operating system'),
    ebreak: () => say('stop for the debugger'),
    illegal: () => say('illegal instruction'),
  } satisfies Partial<Sem>;
};

const UPDATES = { write: '', set: ' |', clear: ' & ~' } as const;

const registers = (say: Say) => {
  const setX: Sem['setX'] = (r, v) => {
    const number = r as unknown as number;
    if (number !== 0) say(`${X_NAMES[number]} ← ${textOf(v).text}`);
  };
  return {
    x: (r) => ((r as unknown as number) === 0 ? known(0n) : atom(X_NAMES[r as unknown as number]!)),
    setX,
    csr: (op, csr, rd, value, source) => {
      const name = printOperand({ kind: 'imm', name: 'csr' } as Field, csr as unknown as number);
      setX(rd, atom(name));
      const update = op === 'write' ? '' : `${name}${UPDATES[op]} `;
      if (op === 'write' || (source as unknown as number) !== 0)
        say(`${name} ← ${update}${inside(value)}`.replace('~ ', '~'));
    },
  } satisfies Partial<Sem>;
};

/** What an instruction does, in words; with its address, targets are addresses. */
export function explain({ insn, args, size }: Decoded, pc?: number | bigint): string {
  const statements: string[] = [];
  const say: Say = (statement) => statements.push(statement);
  const sem: Sem = {
    ...INTEGERS,
    ...registers(say),
    ...memory(say),
    ...floatInWords(say),
    ...control(say, size, pc === undefined ? undefined : BigInt(pc)),
  };
  insn.run(sem, args as never);
  return statements.length > 0 ? statements.join(', ') : 'nothing';
}
