/** Builds a riscv64 program that makes the calls of errno cases, each case in a child of its own, and prints the answers. */
import { SYSCALL_NAMES } from '../../src/abi/index.ts';
import { writeElf } from '../../src/elf/index.ts';
import { assemble } from '../../src/isa/index.ts';
import { type Argument, BUFFER_SIZE, type ErrnoCase } from './errno-case.ts';

const NUMBERS = new Map(Object.entries(SYSCALL_NAMES).map(([nr, name]) => [name, Number(nr)]));

const STEPS = 0x100000;
const BUFFER = 0x80000;
const RESULTS = 0x90000;
const RESULTS_SIZE = 65536;
/** What a record begins with. */
const [END, CALL, NEW_CASE] = [0, 1, 2];
const RECORD = 64;

/** s0: the record, s1: its place for the answer, s2: is this a child? */
const SOURCE = `
        .globl _start
_start: li a0, ${RESULTS}           # mmap(RESULTS, size, READ|WRITE, SHARED|ANONYMOUS|FIXED, -1, 0)
        li a1, ${RESULTS_SIZE}
        li a2, 3
        li a3, 0x31
        li a4, -1
        li a5, 0
        li a7, 222
        ecall
        li s0, ${STEPS}
        li s1, ${RESULTS}
        li s2, 0
next:   ld t0, 0(s0)
        li t1, ${CALL}
        beq t0, t1, call
        bnez s2, leave              # a child's case is over
        beqz t0, print
        li a0, 17                   # clone(SIGCHLD)
        li a1, 0
        li a2, 0
        li a3, 0
        li a4, 0
        li a7, 220
        ecall
        bnez a0, parent
        li s2, 1
        addi s0, s0, ${RECORD}
        j next
parent: li a1, 0                    # wait4(child, NULL, 0, NULL)
        li a2, 0
        li a3, 0
        li a7, 260
        ecall
skip:   addi s0, s0, ${RECORD}
        ld t0, 0(s0)
        li t1, ${CALL}
        bne t0, t1, next
        addi s1, s1, 8
        j skip
call:   ld a7, 8(s0)
        ld a0, 16(s0)
        ld a1, 24(s0)
        ld a2, 32(s0)
        ld a3, 40(s0)
        ld a4, 48(s0)
        ld a5, 56(s0)
        ecall
        sd a0, 0(s1)
        addi s0, s0, ${RECORD}
        addi s1, s1, 8
        j next
print:  li s3, ${RESULTS}
line:   beq s3, s1, leave
        ld t0, 0(s3)
        li t1, ${BUFFER}
        addi t2, t1, 16
digit:  addi t2, t2, -1             # sixteen hexadecimal digits, the last first
        andi t3, t0, 15
        srli t0, t0, 4
        addi t3, t3, 48
        li t4, 58
        blt t3, t4, put
        addi t3, t3, 39
put:    sb t3, 0(t2)
        bne t2, t1, digit
        li t3, 10
        sb t3, 16(t1)
        li a0, 1
        mv a1, t1
        li a2, 17
        li a7, 64
        ecall
        addi s3, s3, 8
        j line
leave:  li a0, 0
        li a7, 94
        ecall
`;

/** Bytes that arguments point to. */
class Data {
  readonly #start: number;
  readonly bytes: number[] = [];

  constructor(start: number) {
    this.#start = start;
  }

  add(bytes: Iterable<number>): number {
    while (this.bytes.length % 8 !== 0) this.bytes.push(0);
    const at = this.#start + this.bytes.length;
    this.bytes.push(...bytes);
    return at;
  }
}

const wordsOf = (words: readonly number[]): Uint8Array =>
  new Uint8Array(BigInt64Array.from(words, (word) => BigInt.asIntN(64, BigInt(word))).buffer);

/** A word of a record: the argument, or the address of what it stands for. */
function wordOf(argument: Argument, data: Data): number {
  if (typeof argument === 'number') return argument;
  if (typeof argument === 'string') return data.add(new TextEncoder().encode(`${argument}\0`));
  if ('buffer' in argument && typeof argument.buffer === 'number') return BUFFER + argument.buffer;
  return data.add(argument instanceof Uint8Array ? argument : wordsOf(argument as readonly number[]));
}

/** The ELF file. */
export function errnoProgram(cases: readonly ErrnoCase[]): Uint8Array {
  const assembly = assemble(SOURCE);
  if (!('sections' in assembly)) throw new Error(assembly.map(({ sentence }) => sentence).join('\n'));
  const count = cases.reduce((sum, { steps }) => sum + 1 + steps.length, 0) + 1;
  if (count * 8 > RESULTS_SIZE) throw new Error('too many steps');
  const data = new Data(STEPS + count * RECORD);
  const words: number[] = [];
  const record = (...values: readonly number[]) =>
    words.push(...Array.from({ length: RECORD / 8 }, (_, i) => values[i] ?? 0));
  for (const { steps } of cases) {
    record(NEW_CASE);
    for (const [call, args] of steps)
      record(CALL, NUMBERS.get(call)!, ...args.map((argument) => wordOf(argument, data)));
  }
  record(END);
  const table = wordsOf(words);
  return writeElf({
    entry: assembly.entry,
    sections: [
      ...assembly.sections.map(({ name, address, bytes }) => ({ name, address, bytes, prot: 5 })),
      { name: '.bss', address: BUFFER, bytes: new Uint8Array(), memSize: BUFFER_SIZE, prot: 3 },
      { name: '.data', address: STEPS, bytes: Uint8Array.from([...table, ...data.bytes]), prot: 3 },
    ],
  });
}
