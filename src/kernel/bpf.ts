/**
 * Classic BPF as seccomp takes it: what a program must look like, and running one over the words of a call.
 * Linux: net/core/filter.c, bpf_check_classic(); kernel/seccomp.c, seccomp_check_filter().
 */

/** Four words an instruction: code, how far to jump if true and if false, and a constant. */
export type BpfProgram = Int32Array;

/** How many words an instruction takes. */
export const BPF_WORDS = 4;
/** Bytes of struct seccomp_data: all a program can look at. */
const DATA_SIZE = 64;
const MEMORY_WORDS = 16;

/** The machine of a running program: accumulator, index, scratch memory, and what it looks at. */
interface State {
  a: number;
  x: number;
  readonly memory: Uint32Array;
  readonly data: Uint32Array;
}

const LD_ABS = 0x20;
const LD_MEM = 0x60;
const LDX_MEM = 0x61;
const ST = 0x02;
const STX = 0x03;
const RET_K = 0x06;
const RET_A = 0x16;
const JA = 0x05;

/** Loads, stores and moves by code. */
const MOVES: Readonly<Record<number, (s: State, k: number) => void>> = {
  0: (s, k) => {
    s.a = k;
  },
  1: (s, k) => {
    s.x = k;
  },
  128: (s) => {
    s.a = DATA_SIZE;
  },
  129: (s) => {
    s.x = DATA_SIZE;
  },
  7: (s) => {
    s.x = s.a;
  },
  135: (s) => {
    s.a = s.x;
  },
  [LD_ABS]: (s, k) => {
    s.a = s.data[k >>> 2]!;
  },
  [LD_MEM]: (s, k) => {
    s.a = s.memory[k]!;
  },
  [LDX_MEM]: (s, k) => {
    s.x = s.memory[k]!;
  },
  [ST]: (s, k) => {
    s.memory[k] = s.a;
  },
  [STX]: (s, k) => {
    s.memory[k] = s.x;
  },
};

/** Arithmetic by the operation's bits; the operand is the constant, or x where bit 3 is set. */
const ALU = 4;
const X_BIT = 8;
const ARITHMETIC: Readonly<Record<number, (a: number, b: number) => number>> = {
  0: (a, b) => a + b,
  16: (a, b) => a - b,
  32: (a, b) => Math.imul(a, b),
  48: (a, b) => Math.floor(a / b),
  64: (a, b) => a | b,
  80: (a, b) => a & b,
  // By as much as five bits say, as eBPF shifts a word.
  96: (a, b) => a << b,
  112: (a, b) => a >>> b,
  128: (a) => -a,
  160: (a, b) => a ^ b,
};
const DIV = 48;
const SHIFTS = new Set([96, 112]);
const NEGATE = 128;

const JUMP = 5;
const CONDITIONS: Readonly<Record<number, (a: number, b: number) => boolean>> = {
  16: (a, b) => a === b,
  32: (a, b) => a > b,
  48: (a, b) => a >= b,
  64: (a, b) => (a & b) !== 0,
};

const classOf = (code: number) => code & 7;
const operationOf = (code: number) => code & 0xf0;

/** Is this one of the instructions that seccomp knows, with operands it takes? */
function isKnown(code: number, k: number): boolean {
  if (code > 0xff) return false;
  if (code === RET_K || code === RET_A || code === JA) return true;
  if (code === LD_ABS) return k % 4 === 0 && k < DATA_SIZE;
  if (code === LD_MEM || code === LDX_MEM || code === ST || code === STX) return k < MEMORY_WORDS;
  if (classOf(code) === JUMP) return CONDITIONS[operationOf(code)] !== undefined;
  if (classOf(code) !== ALU) return MOVES[code] !== undefined;
  const operation = operationOf(code);
  if (ARITHMETIC[operation] === undefined || (operation === NEGATE && (code & X_BIT) !== 0)) return false;
  if ((code & X_BIT) !== 0) return true;
  return !(operation === DIV && k === 0) && !(SHIFTS.has(operation) && k >= 32);
}

/** Would it run to an end, and read no scratch memory that it has not written? */
export function isValidBpf(program: BpfProgram): boolean {
  const length = program.length / BPF_WORDS;
  const last = program[(length - 1) * BPF_WORDS];
  if (last !== RET_K && last !== RET_A) return false;
  const written = new Uint16Array(length).fill(0xffff);
  let now = 0;
  for (let at = 0; at < length; at++) {
    const code = program[at * BPF_WORDS]!;
    const k = program[at * BPF_WORDS + 3]! >>> 0;
    if (!isKnown(code, k)) return false;
    now &= written[at]!;
    if (code === ST || code === STX) now |= 1 << k;
    if ((code === LD_MEM || code === LDX_MEM) && (now & (1 << k)) === 0) return false;
    if (classOf(code) !== JUMP) continue;
    const [jt, jf] = [program[at * BPF_WORDS + 1]!, program[at * BPF_WORDS + 2]!];
    for (const to of code === JA ? [k] : [jt, jf]) {
      if (at + 1 + to >= length) return false;
      written[at + 1 + to]! &= now;
    }
    now = 0xffff;
  }
  return true;
}

/** Runs a valid program over a call's words; gives its answer as a signed word. A division by zero answers 0. */
export function runBpf(program: BpfProgram, data: Uint32Array): number {
  const s: State = { a: 0, x: 0, memory: new Uint32Array(MEMORY_WORDS), data };
  for (let at = 0; ; at += BPF_WORDS) {
    const code = program[at]!;
    const k = program[at + 3]! >>> 0;
    if (code === RET_K) return k | 0;
    if (code === RET_A) return s.a | 0;
    const operand = (code & X_BIT) === 0 ? k : s.x;
    if (classOf(code) === ALU) {
      if (operationOf(code) === DIV && operand === 0) return 0;
      s.a = ARITHMETIC[operationOf(code)]!(s.a, operand) >>> 0;
    } else if (code === JA) at += k * BPF_WORDS;
    else if (classOf(code) === JUMP)
      at += program[at + (CONDITIONS[operationOf(code)]!(s.a, operand) ? 1 : 2)]! * BPF_WORDS;
    else MOVES[code]!(s, k);
  }
}
