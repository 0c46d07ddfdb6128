/** Random programs with loops, calls, tables of jumps and code that changes itself. For tests. */
import { nextU32, type Random } from '../base/index.ts';
import { BY_NAME, decode, encode, INSNS, type Insn, SHORT_INSNS, type ShortInsn } from '../isa/index.ts';
import { layout } from '../memory/index.ts';
import { randomWord } from './random-state.ts';

const { PAGE_SIZE } = layout;

/** Where what the programs use lies. */
export const PLACE = {
  code: 0x10000,
  codePages: 4,
  /** The frames of the code once more. */
  alias: 0x50000,
  /** And once more, writable, and not to be executed. */
  writable: 0x60000,
  table: 0x20000,
  data: 0x21000,
  copied: 0x24000,
  stack: 0x31000,
  high: 0x3f_ffff_f000,
} as const;

/** Entries of the table of functions: of both places of the code. */
export const TABLE_ENTRIES = 16;

export const below = (random: Random, n: number): number => nextU32(random) % n;
export const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)]!;

const [RA, SP, LINK, TABLE, DEPTH] = [1, 2, 5, 18, 24] as const;
const BASES = [SP, 8, 9] as const;
const COUNTERS = [19, 20, 21, 22] as const;
const FREE = [6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30] as const;
const isKept = (register: number | undefined): boolean =>
  register !== undefined && register !== 0 && !FREE.includes(register as never);

/** A piece of a program: bytes, or something that is known when all has its place. */
type Item =
  | { readonly word: number; readonly size: 2 | 4 }
  | { readonly label: number }
  /** What follows begins so many bytes before the end of a page. */
  | { readonly border: number }
  /** A jump or a branch to a label. */
  | { readonly name: string; readonly args: Record<string, number>; readonly to: number }
  /** The address of a label, in two instructions. */
  | { readonly rd: number; readonly to: number; readonly plus: number };

const SHORT = new Map(SHORT_INSNS.map((r) => [r.name, r]));
const row = (name: string): Insn | ShortInsn => BY_NAME.get(name) ?? SHORT.get(name)!;
const op = (name: string, args: Record<string, number>): Item => {
  const word = encode(row(name), args);
  return { word: typeof word === 'number' ? word : 0x13, size: 4 };
};

const ROWS: readonly (Insn | ShortInsn)[] = [...INSNS, ...SHORT_INSNS];
const isJump = (r: Insn | ShortInsn) => ('ends' in r && r.ends !== undefined) || /^c\.(j|b|e)/.test(r.name);
const touches = ({ asm }: Insn | ShortInsn) => /\((rs1|sp)\)/.test(asm);
const PLAIN = ROWS.filter((r) => !isJump(r) && !touches(r) && r.extension !== 'Zicsr');
const INTEGER = PLAIN.filter((r) => r.extension === 'I' || r.extension === 'M' || r.extension === 'C');
const FLOAT = PLAIN.filter((r) => r.extension === 'F' || r.extension === 'D');
const LOADS = INSNS.filter(({ name }) => /^f?l[bhwd]u?$/.test(name));
const STORES = INSNS.filter(({ name }) => /^f?s[bhwd]$/.test(name));
const SHORT_ACCESSES = SHORT_INSNS.filter(({ name }) => /^c\.f?[ls][wd]sp$/.test(name));
const AMOS = INSNS.filter(({ name }) => name.startsWith('amo'));
const BRANCHES = ['beq', 'bne', 'blt', 'bge', 'bltu', 'bgeu'] as const;

export class ProgramWriter {
  readonly items: Item[] = [];
  private readonly random: Random;
  private labels = 0;
  private readonly functions: number;
  private current = 0;

  constructor(random: Random, functions: number) {
    this.random = random;
    this.functions = functions;
    this.labels = functions;
  }

  private any = (): number => pick(this.random, FREE);

  private draw(rows: readonly (Insn | ShortInsn)[]): Item {
    for (;;) {
      const drawn = pick(this.random, rows);
      const word = randomWord(this.random, drawn);
      if (word === undefined) continue;
      const { rd, rm = 0 } = decode(word)!.args;
      if (isKept(rd) || ((rm === 5 || rm === 6) && below(this.random, 20) > 0)) continue;
      return { word, size: drawn.pattern.size as 2 | 4 };
    }
  }

  private access(): void {
    const { random } = this;
    if (below(random, 5) === 0) {
      const item = this.draw(SHORT_ACCESSES);
      this.items.push(item);
      return;
    }
    const base = below(random, 80) === 0 ? this.any() : pick(random, BASES);
    const span = pick(random, [8, 32, 64, 600, 2047]);
    const near = below(random, 2 * span) - span;
    const run = 1 + below(random, 4);
    for (let i = 0; i < run; i++) {
      const isLoad = below(random, 2) === 0;
      const at = near + pick(random, [8 * i, 4 * i, 8 * i, i, -8 * i]);
      const imm = below(random, 4) === 0 ? at : at & ~7;
      if (imm < -2048 || imm > 2047) continue;
      const drawn = isLoad ? pick(random, LOADS) : pick(random, STORES);
      const register = isLoad ? this.any() : below(random, 32);
      this.items.push(
        op(drawn.name, { rd: register, fd: register, rs2: register, fs2: register, rs1: base, imm }),
      );
    }
  }

  /** Moves a pointer, or aims it anew near the border of a page. */
  private aim(): void {
    const { random } = this;
    const base = pick(random, [8, 9]);
    if (below(random, 3) > 0) {
      this.items.push(op('addi', { rd: base, rs1: base, imm: pick(random, [8, -8, 64, 1, -3, 264]) }));
      return;
    }
    const { data, copied, stack, high, table, writable, code } = PLACE;
    const wrong = [copied, copied + 0x1000, table, code, data + 0x2000];
    const right = [data, data + 0x1000, copied + 0x1000, stack, writable, high];
    const places = below(random, 4) === 0 ? wrong : right;
    const page = pick(random, places);
    const offset = below(random, 2) === 0 ? below(random, 2048) & ~7 : below(random, 64) - 32;
    if (page === high)
      this.items.push(op('lui', { rd: base, imm: 1 << 18 }), op('slli', { rd: base, rs1: base, shamt: 8 }));
    else this.items.push(op('lui', { rd: base, imm: page }));
    this.items.push(
      op('addi', { rd: base, rs1: base, imm: page === high ? -(below(random, 1024) + 300) : offset }),
    );
  }

  private counters(): void {
    const { random } = this;
    const csr = pick(random, [0xc00, 0xc01, 0xc02, 1, 2, 3]);
    const rd = this.any();
    if (csr > 3 || below(random, 2) === 0) this.items.push(op('csrrs', { rd, csr, rs1: 0 }));
    else if (csr === 1) this.items.push(op('csrrw', { rd, csr, rs1: this.any() }));
    else this.items.push(op('csrrwi', { rd, csr, uimm: csr === 2 ? below(random, 5) : below(random, 32) }));
  }

  private atomic(): void {
    const { random } = this;
    const base = pick(random, [8, 9]);
    const width = pick(random, ['w', 'd']);
    if (below(random, 6) > 0) this.items.push(op('andi', { rd: base, rs1: base, imm: -8 }));
    if (below(random, 2) === 0) {
      const { name } = pick(random, AMOS);
      this.items.push(op(name, { rd: this.any(), rs1: base, rs2: this.any() }));
      return;
    }
    this.items.push(op(`lr.${width}`, { rd: this.any(), rs1: base }));
    if (below(random, 4) === 0) this.piece(3);
    this.items.push(op(`sc.${width}`, { rd: this.any(), rs1: base, rs2: this.any() }));
  }

  /** Stores an instruction somewhere near in the code; fence.i may follow. */
  private change(): void {
    const { random } = this;
    const [at, word] = [6, 7];
    const target = this.labels++;
    const isBehind = below(random, 2) === 0;
    if (isBehind) this.items.push({ label: target });
    const drawn = encode(row('addi'), { rd: this.any(), rs1: this.any(), imm: below(random, 64) }) as number;
    const high = (drawn + 0x800) >> 12;
    if (isBehind) this.items.push(op('addi', { rd: 10, rs1: 10, imm: 1 }));
    this.items.push({ rd: at, to: target, plus: pick(random, [0, 0, 4, 8, -4]) });
    if (below(random, 2) === 0) {
      const delta = PLACE.writable - PLACE.code;
      this.items.push(op('lui', { rd: word, imm: delta }), op('add', { rd: at, rs1: at, rs2: word }));
    }
    this.items.push(op('lui', { rd: word, imm: high << 12 }));
    this.items.push(op('addiw', { rd: word, rs1: word, imm: ((drawn & 0xfff) << 20) >> 20 }));
    this.items.push(op(pick(random, ['sw', 'sw', 'sh', 'sd']), { rs1: at, rs2: word, imm: 0 }));
    if (below(random, 3) === 0) this.items.push(op('fence.i', {}));
    if (!isBehind) this.items.push({ label: target });
    this.items.push(op('addi', { rd: 11, rs1: 11, imm: 1 }), op('addi', { rd: 12, rs1: 12, imm: 1 }));
  }

  private call(): void {
    const { random } = this;
    const rd = below(random, 8) === 0 ? LINK : RA;
    const to = Math.min(this.functions - 1, this.current + 1 + below(random, 3));
    const [way, kept] = [below(random, 5), this.any()];
    // A word that is known before the call and used behind it, where it may be another.
    this.items.push(op('addiw', { rd: kept, rs1: kept, imm: 5 }));
    if (way < 2) this.items.push({ name: 'jal', args: { rd }, to });
    else if (way < 3) {
      const by = pick(random, [6, rd]);
      this.items.push({ rd: by, to, plus: 0 });
      this.items.push(op('jalr', { rd, rs1: by, imm: 0 }));
    } else this.throughTable(rd);
    this.items.push(op('addw', { rd: this.any(), rs1: kept, rs2: this.any() }));
  }

  /** A jump through the table of functions, by a number that changes. */
  private throughTable(rd: number): void {
    const index = this.any();
    this.items.push(
      op('andi', { rd: index, rs1: index, imm: 8 * (TABLE_ENTRIES - 1) }),
      op('add', { rd: 7, rs1: index, rs2: TABLE }),
      op('ld', { rd: 7, rs1: 7, imm: 0 }),
      op('addi', { rd: DEPTH, rs1: DEPTH, imm: -1 }),
      op('bge', { rs1: 0, rs2: DEPTH, imm: 8 }),
      op('jalr', { rd, rs1: 7, imm: 0 }),
    );
  }

  /** A jump to one of four cases, by a number that changes. */
  private choice(): void {
    const { random } = this;
    const [first, over, index] = [this.labels++, this.labels++, this.any()];
    this.items.push(op('andi', { rd: index, rs1: index, imm: 24 }), { rd: 6, to: first, plus: 0 });
    this.items.push(op('add', { rd: 7, rs1: 6, rs2: index }), op('jalr', { rd: 0, rs1: 7, imm: 0 }));
    this.items.push({ label: first });
    for (let i = 0; i < 4; i++) {
      this.items.push(op('addi', { rd: this.any(), rs1: this.any(), imm: below(random, 100) }));
      this.items.push({ name: 'jal', args: { rd: 0 }, to: over });
    }
    this.items.push({ label: over });
  }

  /** A pointer that steps through memory, from before the end of a page. */
  private stream(depth: number): void {
    const { random } = this;
    const [counter, again, base] = [COUNTERS[depth]!, this.labels++, pick(random, [8, 9])];
    const { data, copied, stack, writable, table, code } = PLACE;
    const page = pick(random, [data, data, data, data + 0x1000, copied, stack, writable, table, code]);
    const step = pick(random, [1, 2, 4, 8, 8, 24, -8, 256]);
    this.items.push(op('addi', { rd: counter, rs1: 0, imm: 4 + below(random, 60) }));
    this.items.push(op('lui', { rd: base, imm: page + 0x1000 }));
    this.items.push(op('addi', { rd: base, rs1: base, imm: -below(random, 300) }), { label: again });
    for (let i = below(random, 3); i >= 0; i--) {
      const { name } = pick(random, below(random, 2) === 0 ? LOADS : STORES);
      const args = { rd: this.any(), fd: this.any(), rs2: this.any(), fs2: this.any() };
      this.items.push(op(name, { ...args, rs1: base, imm: pick(random, [0, 0, 8, 16, -8, 3]) }));
    }
    if (below(random, 4) === 0) this.piece(3);
    this.items.push(op('addi', { rd: base, rs1: base, imm: step }));
    this.items.push(op('addi', { rd: counter, rs1: counter, imm: -1 }));
    this.items.push({ name: 'blt', args: { rs1: 0, rs2: counter }, to: again });
  }

  private skip(depth: number): void {
    const { random } = this;
    const [otherwise, over] = [this.labels++, this.labels++];
    this.items.push(this.branch(otherwise));
    this.piece(depth);
    if (below(random, 2) === 0) {
      const name = pick(random, ['c.j', 'jal']);
      this.items.push({ name, args: { rd: 0 }, to: over }, { label: otherwise });
      this.piece(depth);
    } else this.items.push({ label: otherwise });
    this.items.push({ label: over });
  }

  private branch(to: number): Item {
    const { random } = this;
    const [rs1, rs2] = [this.any(), pick(random, [0, this.any(), this.any()])];
    if (below(random, 4) === 0)
      return { name: pick(random, ['c.beqz', 'c.bnez']), args: { rs1: 10 + below(random, 6) }, to };
    return { name: pick(random, BRANCHES), args: { rs1, rs2 }, to };
  }

  private loop(depth: number): void {
    const { random } = this;
    const counter = COUNTERS[depth]!;
    const again = this.labels++;
    this.items.push(op('addi', { rd: counter, rs1: 0, imm: 1 + below(random, depth === 0 ? 200 : 12) }));
    this.items.push({ label: again });
    this.piece(depth + 1);
    if (below(random, 3) === 0) this.piece(depth + 1);
    if (below(random, 8) === 0) this.items.push(this.branch(again));
    this.items.push(op('addi', { rd: counter, rs1: counter, imm: -1 }));
    this.items.push({ name: 'blt', args: { rs1: 0, rs2: counter }, to: again });
  }

  private rare(): void {
    const { random } = this;
    const word = pick(random, [op('ecall', {}), op('ebreak', {}), { word: 0x9002, size: 2 as const }]);
    this.items.push(below(random, 6) === 0 ? { word: 0, size: 2 } : word);
  }

  /** Some statements at a depth of loops. */
  piece(depth: number): void {
    const { random } = this;
    for (let n = 1 + below(random, 5); n > 0; n--) {
      const kind = below(random, 64);
      if (kind < 22) this.items.push(this.draw(INTEGER));
      else if (kind < 27) this.items.push(this.draw(FLOAT));
      else if (kind < 42) this.access();
      else if (kind < 46) this.aim();
      else if (kind < 48) this.counters();
      else if (kind < 50) this.atomic();
      else if (kind < 55) depth < 3 && this.skip(depth);
      else if (kind < 58) depth < 3 && this.loop(depth);
      else if (kind < 59) this.choice();
      else if (kind < 60) depth < 3 && this.stream(depth);
      else if (kind < 62) this.call();
      else if (kind < 63) below(random, 3) === 0 && this.change();
      else below(random, 3) === 0 && this.rare();
    }
  }

  /** A function without a frame, that comes back soon. */
  private leaf(number: number): void {
    const { random } = this;
    if (below(random, 3) === 0) this.items.push({ border: 2 * below(random, 12) });
    this.items.push({ label: number });
    for (let n = 1 + below(random, 6); n > 0; n--) this.items.push(this.draw(INTEGER));
    if (below(random, 3) === 0) this.access();
    this.items.push(op('jalr', { rd: 0, rs1: RA, imm: 0 }));
  }

  /** One function: a frame, a body, and a way back. */
  function(number: number): void {
    const { random } = this;
    this.current = number;
    if (number > 2 && below(random, 2) === 0) {
      this.leaf(number);
      return;
    }
    const frame = 16 * (2 + below(random, 6));
    const saved = [RA, ...COUNTERS.slice(0, below(random, 5))];
    this.items.push({ label: number }, op('addi', { rd: SP, rs1: SP, imm: -frame }));
    for (const [i, r] of saved.entries())
      this.items.push(op('sd', { rs1: SP, rs2: r, imm: frame - 8 - 8 * (i % 4) }));
    this.piece(0);
    if (below(random, 3) === 0) this.stream(0);
    this.loop(0);
    this.piece(0);
    for (const [i, r] of saved.entries())
      this.items.push(op('ld', { rs1: SP, rd: r, imm: frame - 8 - 8 * (i % 4) }));
    this.items.push(op('addi', { rd: SP, rs1: SP, imm: frame }));
    if (below(random, 10) === 0) this.throughTable(0);
    const back = pick(random, [RA, RA, RA, RA, LINK]);
    this.items.push(op('jalr', { rd: 0, rs1: back, imm: 0 }));
    // Gaps let functions begin anywhere, and lie on two pages.
    for (let gap = below(random, 40); gap > 0; gap--) this.items.push({ word: 0x0001, size: 2 });
  }

  /** The bytes, as they lie at an address, and where each label is. */
  bytes(start: number, room: number): { readonly bytes: Uint8Array; readonly at: readonly number[] } {
    const at: number[] = [];
    let end = start;
    for (const item of this.items)
      if ('label' in item) at[item.label] = end;
      else end += sizeOf(item, end);
    const bytes = new Uint8Array(Math.max(room, end - start));
    const view = new DataView(bytes.buffer);
    let pc = start;
    for (const item of this.items) {
      let to = pc;
      for (const { word, size } of wordsOf(item, pc, at)) {
        if (size === 4) view.setUint32(to - start, word, true);
        else view.setUint16(to - start, word, true);
        to += size;
      }
      pc += sizeOf(item, pc);
    }
    return { bytes: bytes.subarray(0, room), at };
  }
}

function sizeOf(item: Item, at: number): number {
  if ('word' in item) return item.size;
  if ('border' in item) return (2 * PAGE_SIZE - item.border - (at % PAGE_SIZE)) % PAGE_SIZE;
  if ('name' in item) return row(item.name).pattern.size;
  return 'rd' in item ? 8 : 0;
}

type Word = { readonly word: number; readonly size: 2 | 4 };

function wordsOf(item: Item, pc: number, at: readonly number[]): readonly Word[] {
  if ('word' in item) return [item];
  if ('name' in item) {
    const { pattern } = row(item.name);
    const word = encode(row(item.name), { ...item.args, imm: at[item.to]! - pc });
    const size = pattern.size as 2 | 4;
    // Too far: nothing.
    return [{ word: typeof word === 'number' ? word : size === 2 ? 0x0001 : 0x13, size }];
  }
  if (!('rd' in item)) return [];
  const delta = at[item.to]! + item.plus - pc;
  const high = ((delta + 0x800) >> 12) << 12;
  return [
    op('auipc', { rd: item.rd, imm: high }),
    op('addi', { rd: item.rd, rs1: item.rd, imm: delta - high }),
  ] as Word[];
}
