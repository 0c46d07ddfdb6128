/** `timeslice asm`: assembly to a static program that runs here and on any riscv64 Linux. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type ElfSymbol, type OutputSection, writeElf } from '../elf/index.ts';
import { type Assembly, assemble, type Section } from '../isa/index.ts';
import { fileTrouble } from './file-trouble.ts';
import { complain, EXIT, say } from './say.ts';

/** Adds the command. */
export function register(program: Command): void {
  program
    .command('asm')
    .description('assemble a riscv64 program (GNU syntax) to a static ELF')
    .argument('<file>', 'assembly source; it begins at the label _start')
    .option('-o, --output <file>', 'the program to write', 'a.out')
    .addHelpText(
      'after',
      '\nExample:\n  timeslice asm hello.s -o hello && timeslice run --image tiny ./hello',
    )
    .action(assembleFile);
}

function assembleFile(file: string, { output }: { readonly output: string }): void {
  try {
    const result = assemble(readFileSync(file, 'utf8'));
    if ('sections' in result) writeFileSync(output, programOf(result), { mode: 0o755 });
    else {
      for (const { sentence, hint } of result) say(`${file}: ${sentence}${hint === '' ? '' : `. ${hint}`}`);
      process.exitCode = EXIT.ours;
    }
  } catch (error) {
    complain(fileTrouble(error));
  }
}

const READ = 1;
const WRITE = 2;
const EXECUTE = 4;
const RIGHTS: Readonly<Record<Section['name'], number>> = {
  '.text': READ | EXECUTE,
  '.rodata': READ,
  '.data': READ | WRITE,
  '.bss': READ | WRITE,
};

/** The ELF file of an assembly, with its labels as symbols. */
export function programOf({ sections, symbols, globals, entry }: Assembly): Uint8Array {
  const output: OutputSection[] = sections.map(({ name, address, bytes }) => ({
    name,
    address,
    bytes: name === '.bss' ? new Uint8Array(0) : bytes,
    memSize: bytes.length,
    prot: RIGHTS[name],
  }));
  const isInside = (value: bigint) =>
    sections.some(({ address, bytes }) => value >= address && value <= address + bytes.length);
  const labels: ElfSymbol[] = [...symbols]
    .filter(([, value]) => isInside(value))
    .map(([name, value]) => ({
      name,
      address: Number(value),
      size: 0,
      type: 'label',
      global: globals.has(name),
    }));
  return writeElf({ entry, sections: output, symbols: labels });
}
