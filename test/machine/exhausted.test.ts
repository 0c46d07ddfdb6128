/** The kernel needs memory in the middle of a call, and there is none: somebody is killed, and the call goes on. */
import { expect, test } from 'vitest';
import { writeElf } from '../../src/elf/index.ts';
import { assemble } from '../../src/isa/index.ts';
import { fileLayer, run } from '../machine-fixture.ts';

const MIB = 2 ** 20;
const ORIGIN = 0x10000;
/** Where the pipe's descriptors are kept. */
const ENDS = 0x20000;

/** Maps so many bytes and leaves their address in s0. */
const map = (bytes: number) => `
        li a0, 0
        li a1, ${bytes}
        li a2, 3
        li a3, 0x22
        li a4, -1
        li a5, 0
        li a7, 222
        ecall
        mv s0, a0
`;

/** A child fills most of the machine and says so; its parent then reads so much that both have no room. */
const source = (mine: number, childs: number) => `
_start: li a0, ${ENDS}
        li a1, 0
        li a7, 59                # pipe2
        ecall
        li a0, 17
        li a1, 0
        li a2, 0
        li a3, 0
        li a4, 0
        li a7, 220               # clone(SIGCHLD)
        ecall
        beqz a0, child
        li t0, ${ENDS}
        lw a0, 0(t0)
        li a1, ${ENDS}
        addi a1, a1, 8
        li a2, 1
        li a7, 63                # read: the child has its memory
        ecall
        ${map(mine)}
        li a0, -100
        la a1, zeros
        li a2, 0
        li a7, 56                # openat
        ecall
        mv a1, s0
        li a2, ${mine}
        li a7, 63
        ecall
        srai a0, a0, 20
        li a7, 94
        ecall
child:  ${map(childs)}
        li t0, ${childs}
        add t0, s0, t0
        li t1, 4096
fill:   sd t1, 0(s0)
        add s0, s0, t1
        bltu s0, t0, fill
        li t0, ${ENDS}
        lw a0, 4(t0)
        la a1, zeros
        li a2, 1
        li a7, 64
        ecall
        li a0, 0
        li a1, 0
        li a2, 0
        li a3, 0
        li a7, 73                # ppoll: for ever
        ecall
        .section .rodata
zeros:  .asciz "/dev/zero"
`;

function go(mine: number, childs: number) {
  const assembly = assemble(
    source(mine, childs)
      .replaceAll('ends', '0x20000')
      .replaceAll('la a0, 0x', 'li a0, 0x')
      .replaceAll('la a1, 0x', 'li a1, 0x')
      .replaceAll('la t0, 0x', 'li t0, 0x'),
    { origin: ORIGIN },
  );
  if (!('sections' in assembly)) throw new Error(assembly[0]?.sentence);
  const code = assembly.sections.map(({ name, address, bytes }) => ({ name, address, bytes, prot: 5 }));
  const data = { name: '.data', address: ENDS, bytes: new Uint8Array(16), prot: 3 };
  const program = writeElf({ entry: assembly.entry, sections: [...code, data] });
  const layers = [fileLayer({ '/bin/hungry': program, '/dev/.keep': '' })];
  return run({ layers, argv: ['/bin/hungry'], machine: { memory: 32 * MIB } });
}

test('a read that finds no page kills the largest other process and goes on', () => {
  const { status, machine } = go(16 * MIB, 20 * MIB);
  expect(status).toBe(16);
  expect(machine.events.records({ kinds: ['oom-kill'] })).toHaveLength(1);
});

test('a read that finds no page for the largest process itself is its end', () => {
  const { status, machine } = go(26 * MIB, 8 * MIB);
  expect(status).toBe(128 + 9);
  expect(machine.events.records({ kinds: ['oom-kill'] })).toHaveLength(1);
});
