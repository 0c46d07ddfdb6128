export { LineTable, type SourceLine } from './lines.ts';
export { type ElfReader, parseElf } from './parse.ts';
export { sectionBytes, sections, symbolAt, symbols } from './symbols.ts';
export {
  type ElfError,
  type ElfImage,
  type ElfSection,
  type ElfSegment,
  type ElfSymbol,
  type ElfTls,
  isElfError,
} from './types.ts';
export { type UnwindRow, UnwindTable } from './unwind.ts';
export { type ElfOutput, type OutputSection, writeElf } from './write.ts';
