/** A heap of a hostile program, whose allocator gives and takes what no allocator does, is told of all the same. */
import { expect, test } from 'vitest';
import { isProblem } from '../../src/base/index.ts';
import { writeElf } from '../../src/elf/index.ts';
import { assemble } from '../../src/isa/index.ts';
import { bootMachine } from '../../src/machine/index.ts';
import { heapLines } from '../../src/views/index.ts';
import { fileLayer } from '../machine-fixture.ts';

const CALLS = 400;

/** Calls the functions of its allocator with any registers, stack pointer included; they return any number. */
const SOURCE = `
.globl malloc
.type malloc, @function
malloc:
  mv a0, s2
  ret
.globl realloc
.type realloc, @function
realloc:
  mv a0, s3
  ret
.globl posix_memalign
.type posix_memalign, @function
posix_memalign:
  li a0, 0
  ret
.globl free
.type free, @function
free:
  ret
.globl _start
_start:
  mv s10, sp
  li s0, ${CALLS}
  li s1, 88172645463325252
1:
  call random
  mv s2, s1
  call random
  mv s3, s1
  call random
  mv sp, s1
  mv a0, s2
  mv a1, s3
  mv a2, s1
  call malloc
  mv sp, s10
  mv a0, s10
  mv a2, s2
  call posix_memalign
  mv a0, s3
  call posix_memalign
  mv a0, s3
  mv a1, s2
  call realloc
  andi a0, s1, -8
  call free
  srli s2, s2, 30
  call malloc
  addi s0, s0, -1
  bnez s0, 1b
  li a0, 0
  li a7, 93
  ecall
random:
  slli t0, s1, 13
  xor s1, s1, t0
  srli t0, s1, 7
  xor s1, s1, t0
  slli t0, s1, 17
  xor s1, s1, t0
  ret
`;

const ALLOCATOR = new Set(['malloc', 'realloc', 'posix_memalign', 'free']);

function program(): Uint8Array {
  const built = assemble(SOURCE);
  if (!('sections' in built)) throw new Error(built[0]!.sentence);
  const { sections, symbols, entry } = built;
  return writeElf({
    entry,
    sections: sections
      .filter(({ bytes }) => bytes.length > 0)
      .map(({ name, address, bytes }) => ({ name, address, bytes, prot: 5 })),
    symbols: [...symbols]
      .filter(([name]) => ALLOCATOR.has(name))
      .map(([name, address]) => ({
        name,
        address: Number(address),
        size: 8,
        type: 'function',
        global: true,
      })),
  });
}

test('a hostile allocator makes a strange report, and the same run', () => {
  const run = (isWatched: boolean) => {
    const machine = bootMachine({
      layers: [fileLayer({ '/bin/hostile': program() })],
      hasInit: true,
      memory: 2 ** 26,
    });
    if (isProblem(machine)) throw new Error(machine.sentence);
    const heap = isWatched ? machine.watchHeap() : null;
    const started = machine.spawn({ argv: ['/bin/hostile'], env: {} });
    if (isProblem(started)) throw new Error(started.sentence);
    machine.run(1e7);
    expect(machine.waitStatus(started.pid)).toBe(0);
    return { heap: heap?.(), hash: `${machine.stateHash()} ${machine.retired}` };
  };
  const { heap, hash } = run(true);
  expect(run(false).hash).toBe(hash);
  const [process] = heap!.processes;
  expect(process!.allocs).toBeGreaterThan(CALLS);
  expect(heapLines(heap!, 'en', { width: 20, isUnicode: false }).length).toBeGreaterThan(5);
  JSON.stringify(heap);
});
