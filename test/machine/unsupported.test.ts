/** Who asks for what the machine does not have gets Linux's errno, and an event says so. */
import { expect, test } from 'vitest';
import { writeElf } from '../../src/elf/index.ts';
import { assemble } from '../../src/isa/index.ts';
import { fileLayer, run } from '../machine-fixture.ts';

const ORIGIN = 0x10000;
const socket = (family: number) => `
        li a0, ${family}
        li a1, 1
        li a2, 0
        li a7, 198
        ecall
        add s0, s0, a0
`;

test('sockets of the internet are refused, and the refusal is seen', () => {
  const assembly = assemble(
    `_start:${[2, 10, 45, 1].map(socket).join('')}
        neg a0, s0               # three times EAFNOSUPPORT, and descriptor 3
        addi a0, a0, -245
        li a7, 94
        ecall
`,
    { origin: ORIGIN },
  );
  if (!('sections' in assembly)) throw new Error(assembly[0]?.sentence);
  const sections = assembly.sections.map(({ name, address, bytes }) => ({ name, address, bytes, prot: 5 }));
  const layers = [fileLayer({ '/bin/net': writeElf({ entry: assembly.entry, sections }) })];
  const { status, machine } = run({ layers, argv: ['/bin/net'] });
  expect(status).toBe(3 * 97 - 3 - 245);
  const seen = machine.events.records({ kinds: ['unsupported'] }).map((event) => machine.events.text(event));
  expect(seen).toEqual(['unsupported: socket(AF_INET)', 'unsupported: socket(AF_INET6)']);
});
