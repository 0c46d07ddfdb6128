/**
 * The header of a line number program in `.debug_line`: how its bytes are read, and the names of its files.
 *
 * Source: DWARF 5, §6.2.4 and §7.22; DWARF 4, §6.2.4
 */
import { DwarfReader } from './dwarf-reader.ts';

/** A file of the source, before its folder is put before it. */
interface FileEntry {
  readonly name: string;
  readonly folder: number;
}

/** How to run one line number program. */
export interface LineHeader {
  readonly minimumLength: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Operands of each standard opcode, from 1 on. */
  readonly operands: readonly number[];
  /** Paths, by the program's own numbers. */
  readonly files: readonly string[];
  readonly addressSize: number;
  /** Where its instructions begin. */
  readonly begin: number;
}

/** Sections of strings that names may lie in. */
export interface LineStrings {
  readonly lineStrings: Uint8Array;
  readonly strings: Uint8Array;
}

const FORM = {
  block2: 0x03,
  block4: 0x04,
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  block1: 0x0a,
  data1: 0x0b,
  strp: 0x0e,
  udata: 0x0f,
  data16: 0x1e,
  line_strp: 0x1f,
} as const;
const LNCT = { path: 1, directory: 2 } as const;

/** The header at a place behind the unit's length and version; undefined when it makes no sense. */
export function readLineHeader(
  reader: DwarfReader,
  { version, isWide, end }: { readonly version: number; readonly isWide: boolean; readonly end: number },
  strings: LineStrings,
): LineHeader | undefined {
  const addressSize = version >= 5 ? reader.u8() : 8;
  if (version >= 5) reader.u8();
  const length = isWide ? reader.u64() : reader.u32();
  const begin = reader.at + length;
  const minimumLength = reader.u8();
  if (version >= 4) reader.u8();
  reader.u8();
  const [lineBase, lineRange, opcodeBase] = [reader.i8(), reader.u8(), reader.u8()];
  if (begin > end || lineRange === 0 || opcodeBase === 0) return undefined;
  const operands = Array.from({ length: opcodeBase - 1 }, () => reader.u8());
  const files = version >= 5 ? newFiles(reader, begin, isWide, strings) : oldFiles(reader, begin);
  return { minimumLength, lineBase, lineRange, opcodeBase, operands, files, addressSize, begin };
}

/** DWARF 4: null-terminated lists; number 0 is the unit's own folder, whose name is elsewhere. */
function oldFiles(reader: DwarfReader, end: number): string[] {
  const folders = [''];
  while (reader.at < end) {
    const name = reader.text();
    if (name === '') break;
    folders.push(name);
  }
  const files = [''];
  while (reader.at < end) {
    const name = reader.text();
    if (name === '') break;
    const folder = reader.uleb();
    reader.uleb();
    reader.uleb();
    files.push(joined([folders[folder] ?? '', name]));
  }
  return files;
}

/** DWARF 5: tables that say their own columns; folder 0 is the unit's. */
function newFiles(reader: DwarfReader, end: number, isWide: boolean, strings: LineStrings): string[] {
  const folders = entries(reader, end, isWide, strings).map(({ name }) => name);
  const files = entries(reader, end, isWide, strings);
  return files.map(({ name, folder }) =>
    joined(folder === 0 ? [folders[0] ?? '', name] : [folders[0] ?? '', folders[folder] ?? '', name]),
  );
}

function entries(reader: DwarfReader, end: number, isWide: boolean, strings: LineStrings): FileEntry[] {
  const columns = Array.from({ length: reader.u8() }, () => [reader.uleb(), reader.uleb()] as const);
  const count = reader.uleb();
  const found: FileEntry[] = [];
  // An entry without columns has no bytes, and there may be any number of them.
  while (columns.length > 0 && found.length < count && reader.at < end) {
    let entry: FileEntry = { name: '', folder: 0 };
    for (const [content, form] of columns) {
      const value = readForm(reader, form, isWide, strings);
      if (value === undefined) return found;
      if (content === LNCT.path && typeof value === 'string') entry = { ...entry, name: value };
      if (content === LNCT.directory && typeof value === 'number') entry = { ...entry, folder: value };
    }
    found.push(entry);
  }
  return found;
}

type FormReader = (reader: DwarfReader, isWide: boolean, strings: LineStrings) => string | number;

const skip = (reader: DwarfReader, bytes: number): number => {
  reader.at += bytes;
  return 0;
};
const textIn = (section: Uint8Array, at: number): string => new DwarfReader(section, at).text();
const offset = (reader: DwarfReader, isWide: boolean): number => (isWide ? reader.u64() : reader.u32());

const FORMS: Readonly<Record<number, FormReader>> = {
  [FORM.block1]: (reader) => skip(reader, reader.u8()),
  [FORM.block2]: (reader) => skip(reader, reader.u16()),
  [FORM.block4]: (reader) => skip(reader, reader.u32()),
  [FORM.block]: (reader) => skip(reader, reader.uleb()),
  [FORM.data1]: (reader) => reader.u8(),
  [FORM.data2]: (reader) => reader.u16(),
  [FORM.data4]: (reader) => reader.u32(),
  [FORM.data8]: (reader) => reader.u64(),
  [FORM.data16]: (reader) => skip(reader, 16),
  [FORM.udata]: (reader) => reader.uleb(),
  [FORM.string]: (reader) => reader.text(),
  [FORM.strp]: (reader, isWide, { strings }) => textIn(strings, offset(reader, isWide)),
  [FORM.line_strp]: (reader, isWide, { lineStrings }) => textIn(lineStrings, offset(reader, isWide)),
};

const readForm = (
  reader: DwarfReader,
  form: number,
  isWide: boolean,
  strings: LineStrings,
): string | number | undefined => FORMS[form]?.(reader, isWide, strings);

/** The last part that is absolute, and what comes behind it. */
function joined(parts: readonly string[]): string {
  const first = Math.max(
    0,
    parts.findLastIndex((part) => part.startsWith('/')),
  );
  return parts
    .slice(first)
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
