/** Writes static executables: what the assembler's output needs to run and to be disassembled with names. */
import { encodeUtf8 } from '../base/index.ts';
import {
  EF_RISCV_FLOAT_ABI_DOUBLE,
  EF_RISCV_RVC,
  EHDR_SIZE,
  ELFCLASS64,
  ELFDATA2LSB,
  EM_RISCV,
  ET_EXEC,
  PAGE,
  PF_R,
  PF_W,
  PF_X,
  PHDR_SIZE,
  PT_GNU_STACK,
  PT_LOAD,
  SHDR_SIZE,
  SHF_ALLOC,
  SHF_EXECINSTR,
  SHF_WRITE,
  SHT_NOBITS,
  SHT_PROGBITS,
  SHT_STRTAB,
  SHT_SYMTAB,
  STT_FUNC,
  STT_NOTYPE,
  STT_OBJECT,
  SYM_SIZE,
  viewOf,
} from './format.ts';
import type { ElfSymbol } from './types.ts';

/** Bytes at an address, followed by zeros up to `memSize`. */
export interface OutputSection {
  /** `.text`, `.data`, `.bss` … */
  readonly name: string;
  readonly address: number;
  readonly bytes: Uint8Array;
  /** At least `bytes.length`, which is what it is when left out. */
  readonly memSize?: number;
  /** PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4. */
  readonly prot: number;
}

/** A static program. Sections are sorted by address, and those with different rights share no page. */
export interface ElfOutput {
  readonly entry: number;
  readonly sections: readonly OutputSection[];
  readonly symbols?: readonly ElfSymbol[];
}

interface Placed {
  readonly section: OutputSection;
  readonly offset: number;
  readonly memSize: number;
}

const TYPE_NUMBERS = { label: STT_NOTYPE, object: STT_OBJECT, function: STT_FUNC } as const;
const STB_GLOBAL = 1;

/** The bytes of the executable. Each section becomes a segment and a section. */
export function writeElf({ entry, sections, symbols = [] }: ElfOutput): Uint8Array {
  const headers = EHDR_SIZE + (sections.length + 1) * PHDR_SIZE;
  const placed = place(sections, headers);
  const names = stringTable([...sections.map(({ name }) => name), '.symtab', '.strtab', '.shstrtab']);
  const strings = stringTable(symbols.map(({ name }) => name));
  // Local symbols come first: gABI, "Symbol Table".
  const ordered = [...symbols].sort((a, b) => Number(a.global) - Number(b.global));
  const table = symbolTable(ordered, sections, strings);
  const symbolsAt = roundUp(
    placed.reduce((end, p) => Math.max(end, p.offset + p.section.bytes.length), headers),
    8,
  );
  const stringsAt = symbolsAt + table.length;
  const namesAt = stringsAt + strings.bytes.length;
  const sectionsAt = roundUp(namesAt + names.bytes.length, 8);
  const out = new Uint8Array(sectionsAt + (sections.length + 4) * SHDR_SIZE);
  const view = viewOf(out);
  fileHeader(view, { entry, sectionsAt, programHeaders: sections.length + 1, sections: sections.length + 4 });
  for (const [i, p] of placed.entries()) programHeader(view, EHDR_SIZE + i * PHDR_SIZE, p);
  stackHeader(view, EHDR_SIZE + sections.length * PHDR_SIZE);
  for (const { section, offset } of placed) out.set(section.bytes, offset);
  out.set(table, symbolsAt);
  out.set(strings.bytes, stringsAt);
  out.set(names.bytes, namesAt);
  const local = ordered.filter(({ global }) => !global).length + 1;
  const rows = [
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ...placed.map((p) => sectionRow(p, names.at.get(p.section.name)!)),
    [
      names.at.get('.symtab')!,
      SHT_SYMTAB,
      0,
      0,
      symbolsAt,
      table.length,
      sections.length + 2,
      local,
      8,
      SYM_SIZE,
    ],
    [names.at.get('.strtab')!, SHT_STRTAB, 0, 0, stringsAt, strings.bytes.length, 0, 0, 1, 0],
    [names.at.get('.shstrtab')!, SHT_STRTAB, 0, 0, namesAt, names.bytes.length, 0, 0, 1, 0],
  ];
  for (const [i, row] of rows.entries()) sectionHeader(view, sectionsAt + i * SHDR_SIZE, row);
  return out;
}

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/** File offsets that are congruent to the addresses modulo the page size. */
function place(sections: readonly OutputSection[], from: number): readonly Placed[] {
  let end = from;
  return sections.map((section) => {
    const shift = (((section.address - end) % PAGE) + PAGE) % PAGE;
    const offset = end + shift;
    end = offset + section.bytes.length;
    return { section, offset, memSize: Math.max(section.memSize ?? 0, section.bytes.length) };
  });
}

function stringTable(texts: readonly string[]): { bytes: Uint8Array; at: Map<string, number> } {
  const at = new Map<string, number>();
  const bytes: number[] = [0];
  for (const text of texts) {
    if (at.has(text)) continue;
    at.set(text, bytes.length);
    for (const byte of encodeUtf8(text)) bytes.push(byte);
    bytes.push(0);
  }
  return { bytes: Uint8Array.from(bytes), at };
}

function symbolTable(
  symbols: readonly ElfSymbol[],
  sections: readonly OutputSection[],
  strings: { at: Map<string, number> },
): Uint8Array {
  const bytes = new Uint8Array((symbols.length + 1) * SYM_SIZE);
  const view = viewOf(bytes);
  symbols.forEach(({ name, address, size, type, global }, i) => {
    const at = (i + 1) * SYM_SIZE;
    // A label at the very end of a section belongs to it, not to the next one.
    const home = sections.findLastIndex((section) => section.address <= address);
    view.setUint32(at, strings.at.get(name)!, true);
    view.setUint8(at + 4, (global ? STB_GLOBAL << 4 : 0) | TYPE_NUMBERS[type]);
    view.setUint16(at + 6, home + 1, true);
    setWord64(view, at + 8, address);
    setWord64(view, at + 16, size);
  });
  return bytes;
}

function setWord64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % 2 ** 32, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}

function fileHeader(
  view: DataView,
  {
    entry,
    sectionsAt,
    programHeaders,
    sections,
  }: Record<'entry' | 'sectionsAt' | 'programHeaders' | 'sections', number>,
): void {
  view.setUint32(0, 0x7f454c46);
  for (const [at, byte] of [
    [4, ELFCLASS64],
    [5, ELFDATA2LSB],
    [6, 1],
  ] as const)
    view.setUint8(at, byte);
  view.setUint16(16, ET_EXEC, true);
  view.setUint16(18, EM_RISCV, true);
  view.setUint32(20, 1, true);
  setWord64(view, 24, entry);
  setWord64(view, 32, EHDR_SIZE);
  setWord64(view, 40, sectionsAt);
  view.setUint32(48, EF_RISCV_RVC | EF_RISCV_FLOAT_ABI_DOUBLE, true);
  const halves = [EHDR_SIZE, PHDR_SIZE, programHeaders, SHDR_SIZE, sections, sections - 1];
  for (const [i, half] of halves.entries()) view.setUint16(52 + i * 2, half, true);
}

const flagsOf = (prot: number): number =>
  ((prot & 1) !== 0 ? PF_R : 0) | ((prot & 2) !== 0 ? PF_W : 0) | ((prot & 4) !== 0 ? PF_X : 0);

function programHeader(view: DataView, at: number, { section, offset, memSize }: Placed): void {
  view.setUint32(at, PT_LOAD, true);
  view.setUint32(at + 4, flagsOf(section.prot), true);
  const words = [offset, section.address, section.address, section.bytes.length, memSize, PAGE];
  for (const [i, word] of words.entries()) setWord64(view, at + 8 + i * 8, word);
}

function stackHeader(view: DataView, at: number): void {
  view.setUint32(at, PT_GNU_STACK, true);
  view.setUint32(at + 4, PF_R | PF_W, true);
  setWord64(view, at + 48, 16);
}

function sectionRow({ section, offset, memSize }: Placed, name: number): readonly number[] {
  const flags =
    SHF_ALLOC | ((section.prot & 2) !== 0 ? SHF_WRITE : 0) | ((section.prot & 4) !== 0 ? SHF_EXECINSTR : 0);
  const type = section.bytes.length === 0 ? SHT_NOBITS : SHT_PROGBITS;
  return [name, type, flags, section.address, offset, memSize, 0, 0, 4, 0];
}

/** Where the columns of a row go: name, type, flags, address, offset, size, link, info, alignment, entry size. */
const COLUMNS = [
  { at: 0, bytes: 4 },
  { at: 4, bytes: 4 },
  { at: 8, bytes: 8 },
  { at: 16, bytes: 8 },
  { at: 24, bytes: 8 },
  { at: 32, bytes: 8 },
  { at: 40, bytes: 4 },
  { at: 44, bytes: 4 },
  { at: 48, bytes: 8 },
  { at: 56, bytes: 8 },
] as const;

function sectionHeader(view: DataView, at: number, row: readonly number[]): void {
  for (const [i, column] of COLUMNS.entries()) {
    if (column.bytes === 4) view.setUint32(at + column.at, row[i]!, true);
    else setWord64(view, at + column.at, row[i]!);
  }
}
