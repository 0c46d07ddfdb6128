/** Runs one assembled program twice: under qemu-riscv64 and on the oracle. Both answer with what it wrote to stdout. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeElf } from '../../src/elf/index.ts';
import {
  type Assembly,
  assemble,
  CAUSE,
  disassembleWord,
  newOracleMachine,
  type OracleMachine,
  stepFetched,
} from '../../src/isa/index.ts';

/** Why the comparison cannot be made here, or undefined. */
export const missing: string | undefined =
  spawnSync('qemu-riscv64', ['--version']).status === 0
    ? undefined
    : 'qemu-riscv64 is not installed (apt-get install qemu-user)';

export function program(source: string): Assembly {
  const assembly = assemble(source);
  if ('sections' in assembly) return assembly;
  throw new Error(
    assembly
      .slice(0, 5)
      .map(({ sentence }) => sentence)
      .join('\n'),
  );
}

const PROT = { '.text': 5, '.rodata': 1, '.data': 3, '.bss': 3 } as const;

/** stdout under QEMU. */
export function runUnderQemu({ entry, sections }: Assembly): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'timeslice-isa-'));
  const file = join(folder, 'program');
  const parts = sections.map(({ name, address, bytes }) => ({ name, address, bytes, prot: PROT[name] }));
  writeFileSync(file, writeElf({ entry, sections: parts }));
  chmodSync(file, 0o755);
  try {
    return execFileSync('qemu-riscv64', [file], { maxBuffer: 2 ** 28 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** stdout on the oracle, which knows write and exit. */
export function runOnOracle(assembly: Assembly): Buffer {
  const { sections, entry } = assembly;
  const base = Math.min(...sections.map(({ address }) => address));
  const end = Math.max(...sections.map(({ address, bytes }) => address + bytes.length));
  const bytes = new Uint8Array(end - base);
  for (const section of sections) bytes.set(section.bytes, section.address - base);
  const machine = newOracleMachine({
    allows: (address) => address >= base && address < end,
    get: (address) => bytes[Number(address) - base]!,
    set: (address, byte) => {
      bytes[Number(address) - base] = byte;
    },
  });
  machine.pc = BigInt(entry);
  const out: Buffer[] = [];
  for (;;) {
    const answer = stepFetched(machine);
    if (answer === 'ok') continue;
    if (answer.cause !== CAUSE.ecall) throw new Error(describe(machine, answer));
    const [buffer, length, call] = [machine.x[11]!, machine.x[12]!, machine.x[17]!];
    if (call === 93n) return Buffer.concat(out);
    out.push(Buffer.from(bytes.slice(Number(buffer) - base, Number(buffer + length) - base)));
    machine.pc += 4n;
  }
}

function describe({ pc, memory }: OracleMachine, trap: { cause: number; tval: bigint }): string {
  const word = [0, 1, 2, 3].reduce((sum, i) => sum | (memory.get(pc + BigInt(i)) << (8 * i)), 0);
  return `cause ${trap.cause}, tval ${trap.tval.toString(16)} at ${pc.toString(16)}: ${disassembleWord(word, pc)}`;
}

/** The end of a program: writes what lies between two labels and exits. */
export const FINISH = `
    li a0, 1
    la a1, out
    li a2, out_end - out
    li a7, 64
    ecall
    li a0, 0
    li a7, 93
    ecall
`;
