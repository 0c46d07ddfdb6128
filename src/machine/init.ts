/**
 * The first process of a machine that outlives its programs: it adopts orphans, whom the kernel reaps because it
 * ignores SIGCHLD (man 2 wait, NOTES), and sleeps for ever. In assembly, so that every image has it.
 */
import { bug } from '../base/index.ts';
import { writeElf } from '../elf/index.ts';
import { assemble } from '../isa/index.ts';

const SOURCE = `
        .globl _start
_start: li a0, 17            # rt_sigaction(SIGCHLD, {SIG_IGN}, NULL, 8)
        la a1, ignore
        li a2, 0
        li a3, 8
        li a7, 134
        ecall
sleep:  li a0, 0             # ppoll(NULL, 0, NULL, NULL)
        li a1, 0
        li a2, 0
        li a3, 0
        li a7, 73
        ecall
        j sleep
        .section .rodata
ignore: .dword 1, 0, 0
`;

const READ = 1;
const EXECUTE = 4;

/** Its ELF file. */
export function initProgram(): Uint8Array {
  const assembly = assemble(SOURCE);
  if (!('sections' in assembly)) return bug(assembly[0]?.sentence ?? 'the first process cannot be assembled');
  const sections = assembly.sections.map(({ name, address, bytes }) => ({
    name,
    address,
    bytes,
    prot: name === '.text' ? READ | EXECUTE : READ,
  }));
  return writeElf({ entry: assembly.entry, sections });
}
