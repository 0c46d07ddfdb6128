/**
 * How a function's caller is found: the call frame information of `.eh_frame`, which every program of the C
 * library carries, and of `.debug_frame`, which `cc -g` writes for functions without that. Rows with expressions are
 * not followed.
 *
 * Sources: DWARF 5, §6.4; Linux Standard Base, "Exception Frames"; RISC-V DWARF Specification (register numbers)
 */
import { type Common, copyOf, newState, readPointer, run } from './call-frame.ts';
import { DwarfReader } from './dwarf-reader.ts';
import { sectionBytes, sections } from './symbols.ts';

/** Where at an instruction the frame begins, and where the caller's registers were put. */
export interface UnwindRow {
  /** The canonical frame address is this register plus an offset. */
  readonly cfaRegister: number;
  readonly cfaOffset: number;
  /** Saved registers by number (x0 to x31), as offsets from that address. */
  readonly saved: ReadonlyMap<number, number>;
  /** The function was entered by a signal: its caller stands at an instruction, not behind a call. */
  readonly isSignal: boolean;
  /** There is no caller: the outermost function of a thread. */
  readonly isOutermost: boolean;
}

/** One function's part of a table. */
interface Description {
  /** The section. */
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly common: Common;
  readonly begin: number;
  readonly end: number;
}

/** The call frame information of a file, by address before relocation. */
export class UnwindTable {
  readonly #functions: readonly Description[];

  constructor(file: Uint8Array) {
    const all = sections(file).filter(({ flags }) => (flags & COMPRESSED) === 0);
    this.#functions = KINDS.flatMap((kind) => {
      const section = all.find(({ name }) => name === kind.section);
      return section === undefined ? [] : readTable(sectionBytes(file, section), section.address, kind);
    });
  }

  /** The row for an instruction; undefined where the file says nothing or says it by an expression. */
  rowAt(address: number): UnwindRow | undefined {
    const found = this.#functions.find(({ from, to }) => address >= from && address < to);
    if (found === undefined) return undefined;
    const { bytes, common } = found;
    const first = newState();
    const start = run(bytes, common, [common.begin, common.end], first, first, 0, Number.POSITIVE_INFINITY);
    if (start === null) return undefined;
    const row = run(bytes, common, [found.begin, found.end], copyOf(start), start, found.from, address);
    if (row === null) return undefined;
    return { ...row, isSignal: common.isSignal, isOutermost: row.lost.has(common.returnRegister) };
  }
}

/** How the two sections differ. */
interface Kind {
  readonly section: string;
  /** What stands in a common part where a function's part says which common part it has. */
  readonly commonId: number;
  /** That is told as a distance back from there, or else as a place in the section. */
  readonly isRelative: boolean;
}

const COMPRESSED = 0x800;
const KINDS: readonly Kind[] = [
  { section: '.eh_frame', commonId: 0, isRelative: true },
  { section: '.debug_frame', commonId: 0xffffffff, isRelative: false },
];

function readTable(bytes: Uint8Array, address: number, kind: Kind): Description[] {
  const reader = new DwarfReader(bytes);
  const commons = new Map<number, Common>();
  const found: Description[] = [];
  while (!reader.isOver) {
    const begin = reader.at;
    const length = reader.u32();
    // A length of zero ends the table; those of 64 bits are for sections above 4 GiB.
    if (length === 0 || length === 0xffffffff) break;
    const end = begin + 4 + length;
    const field = reader.at;
    const id = reader.u32();
    if (id === kind.commonId) commons.set(begin, readCommon(reader, end));
    else {
      const common = commons.get(kind.isRelative ? field - id : id);
      if (common !== undefined) found.push(readDescription(reader, common, end, address));
    }
    reader.at = end;
  }
  return found;
}

function readCommon(reader: DwarfReader, end: number): Common {
  const version = reader.u8();
  const augmentation = reader.text();
  // Sizes of addresses and of segment selectors, which are 8 and 0 here.
  if (version >= 4) reader.at += 2;
  const codeAlign = reader.uleb();
  const dataAlign = reader.sleb();
  const returnRegister = version === 1 ? reader.u8() : reader.uleb();
  const hasSizes = augmentation.startsWith('z');
  const size = hasSizes ? reader.uleb() : 0;
  const begin = reader.at + size;
  let encoding = 0;
  for (const letter of hasSizes ? augmentation.slice(1) : '') {
    if (letter === 'R') encoding = reader.u8();
    else if (letter === 'L') reader.u8();
    else if (letter === 'P') readPointer(reader, reader.u8(), 0);
  }
  const isSignal = augmentation.includes('S');
  return { codeAlign, dataAlign, returnRegister, encoding, hasSizes, isSignal, begin, end };
}

function readDescription(reader: DwarfReader, common: Common, end: number, address: number): Description {
  const from = readPointer(reader, common.encoding, address);
  const to = from + readPointer(reader, common.encoding & 0x0f, 0);
  if (common.hasSizes) {
    const size = reader.uleb();
    reader.at += size;
  }
  return { bytes: reader.bytes, from, to, common, begin: reader.at, end };
}
