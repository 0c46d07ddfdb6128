/** `timeslice disasm`: the code of an ELF file, in the layout of objdump -d, with the meaning beside it if asked. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type ElfSymbol, isElfError, parseElf, sectionBytes, sections, symbols } from '../elf/index.ts';
import { decode, disassemble, disassembleWord, explain } from '../isa/index.ts';
import { fileTrouble } from './file-trouble.ts';
import { complain } from './say.ts';

interface Flags {
  readonly explain?: boolean;
  readonly aliases: boolean;
}

/** Adds the command. */
export function register(program: Command): void {
  program
    .command('disasm')
    .description('show the instructions of a riscv64 ELF')
    .argument('<file>', 'an executable, a library, or an object file')
    .option('--explain', 'say what each instruction does')
    .option('--no-aliases', "the instructions' own names instead of the usual ones (addi for li)")
    .addHelpText('after', '\nExample:\n  timeslice disasm --explain ./hello | less')
    .action(disassembleFile);
}

function disassembleFile(file: string, flags: Flags): void {
  try {
    const bytes = readFileSync(file);
    const image = parseElf((offset, length) => sliceOf(bytes, offset, length), bytes.length);
    if (isElfError(image) && image.problem.code !== 'elf-object')
      complain({ ...image.problem, sentence: `${file}: ${image.problem.sentence}` });
    else for (const text of listing(bytes, flags)) process.stdout.write(text);
  } catch (error) {
    complain(fileTrouble(error));
  }
}

const sliceOf = (bytes: Uint8Array, offset: number, length: number): Uint8Array | undefined =>
  offset + length <= bytes.length ? bytes.subarray(offset, offset + length) : undefined;

const EXECUTABLE = 4;
/** Where the explanation begins. */
const EXPLAIN_COLUMN = 64;

/** The lines of all code, a function at a time. */
export function* listing(bytes: Uint8Array, flags: Flags): Generator<string> {
  const names = new Map<number, ElfSymbol>();
  // Of several names at one address the best comes last.
  for (const symbol of symbols(bytes)) names.set(symbol.address, symbol);
  for (const section of sections(bytes)) {
    if ((section.flags & EXECUTABLE) === 0) continue;
    yield `\nDisassembly of section ${section.name}:\n`;
    yield* codeOf(sectionBytes(bytes, section), section.address, names, flags);
  }
}

function* codeOf(
  code: Uint8Array,
  base: number,
  names: ReadonlyMap<number, ElfSymbol>,
  flags: Flags,
): Generator<string> {
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  for (let at = 0; at + 2 <= code.length; ) {
    const label = names.get(base + at);
    if (label !== undefined) yield `\n${(base + at).toString(16).padStart(16, '0')} <${label.name}>:\n`;
    const low = view.getUint16(at, true);
    const isLong = (low & 3) === 3 && at + 4 <= code.length;
    const word = isLong ? view.getUint32(at, true) : low;
    yield lineOf(word, base + at, isLong ? 4 : 2, names, flags);
    at += isLong ? 4 : 2;
  }
}

function lineOf(
  word: number,
  pc: number,
  size: 2 | 4,
  names: ReadonlyMap<number, ElfSymbol>,
  flags: Flags,
): string {
  const decoded = decode(word);
  const text = decoded ? disassemble(decoded, pc, flags) : disassembleWord(word, pc, flags);
  const target = names.get(Number(/0x([0-9a-f]+)$/.exec(text)?.[0] ?? Number.NaN));
  const aim = target === undefined ? '' : ` <${target.name}>`;
  const head = `${pc.toString(16).padStart(8)}:\t${word.toString(16).padStart(size * 2, '0')}`;
  const [name = '', operands = ''] = (text + aim).split('\t');
  const line = `${head.padEnd(22)}\t${name.padEnd(11)} ${operands}`.trimEnd();
  if (!flags.explain || decoded === undefined) return `${line}\n`;
  return `${line.padEnd(EXPLAIN_COLUMN)} # ${explain(decoded)}\n`;
}
