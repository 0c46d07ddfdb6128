/** Every way a file can fail to be a program for this machine, in the words its user reads. */
import type { Errno } from '../abi/index.ts';
import { problem } from '../base/index.ts';
import { ELFCLASS64, ELFDATA2LSB, ET_CORE, ET_REL, MACHINES } from './format.ts';
import type { ElfError } from './types.ts';

const BUILD_HINT = 'Compile it with riscv64-linux-gnu-gcc, or take a riscv64 package of it.';
const AGAIN_HINT = 'Build or copy the file again.';

function refuse(code: string, sentence: string, hint: string, errno: Errno = 'ENOEXEC'): ElfError {
  return { kind: 'elf-error', errno, problem: problem(code, sentence, hint) };
}

/** Not the four bytes every ELF file begins with. */
export const notElf = (): ElfError =>
  refuse('not-elf', 'not an ELF file', 'Give a riscv64 Linux program, or a script that begins with #!.');

/** The file ends before what it promises. */
export const truncated = (what: string): ElfError =>
  refuse('truncated-elf', `truncated ELF: ${what}`, AGAIN_HINT);

/** Nothing to map. */
export const noSegment = (): ElfError =>
  refuse('no-segment', 'the ELF has no loadable segment', 'Link it to an executable.');

/** Headers that contradict each other or the format. */
export const malformed = (what: string): ElfError =>
  refuse('malformed-elf', `malformed ELF: ${what}`, AGAIN_HINT);

/** An ELF file of another class, byte order or machine, or undefined when it is one of ours. */
export function wrongMachine(elfClass: number, order: number, machine: number): ElfError | undefined {
  const name = `${MACHINES[machine] ?? 'unknown'} (${machine})`;
  const bits = elfClass === ELFCLASS64 ? '' : '32-bit ';
  const big = order === ELFDATA2LSB ? '' : 'big-endian ';
  if (bits + big === '' && machine === 243) return undefined;
  const code = machine !== 243 ? 'wrong-machine' : bits !== '' ? 'elf-32-bit' : 'elf-big-endian';
  return refuse(code, `not a riscv64 ELF: machine is ${bits}${big}${name}`, BUILD_HINT);
}

/** An ELF file that was never meant to be run as it is. */
export function wrongType(type: number): ElfError {
  if (type === ET_REL) {
    return refuse('elf-object', 'an object file, not a linked program', 'Link it to an executable.');
  }
  if (type === ET_CORE) return refuse('elf-core', 'a core dump, not a program', 'Give the program instead.');
  return malformed(`its type is ${type}`);
}
