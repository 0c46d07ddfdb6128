/** Who asks for what the machine does not have gets Linux's errno, and an event says so. */
import { expect, test } from 'vitest';
import { writeElf } from '../../src/elf/index.ts';
import { assemble } from '../../src/isa/index.ts';
import { fileLayer, run } from '../machine-fixture.ts';

const ORIGIN = 0x10000;
const AF_UNIX = 1;
const AF_INET = 2;
const AF_PACKET = 17;
const AF_NONE = 45;

const socket = (family: number) => `
        li a0, ${family}
        li a1, 1
        li a2, 0
        li a7, 198
        ecall
        add s0, s0, a0
`;

test('sockets of a family that is not there are refused, and the refusal is seen', () => {
  const families = [AF_INET, AF_PACKET, AF_NONE, AF_UNIX];
  const assembly = assemble(
    `_start:${families.map(socket).join('')}
        neg a0, s0               # descriptors 3 and 4, and twice EAFNOSUPPORT
        li a7, 94
        ecall
`,
    { origin: ORIGIN },
  );
  if (!('sections' in assembly)) throw new Error(assembly[0]?.sentence);
  const sections = assembly.sections.map(({ name, address, bytes }) => ({ name, address, bytes, prot: 5 }));
  const layers = [fileLayer({ '/bin/net': writeElf({ entry: assembly.entry, sections }) })];
  const { status, machine } = run({ layers, argv: ['/bin/net'] });
  expect(status).toBe(2 * 97 - 3 - 4);
  const seen = machine.events.records({ kinds: ['unsupported'] }).map((event) => machine.events.text(event));
  expect(seen).toEqual(['unsupported: socket(AF_PACKET)']);
});
