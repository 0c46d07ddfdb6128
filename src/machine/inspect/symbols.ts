/** Names for addresses: the function or variable of the mapped file that lies there. */
import {
  type ElfSymbol,
  isElfError,
  LineTable,
  parseElf,
  type SourceLine,
  symbolAt,
  symbols,
  type UnwindRow,
  UnwindTable,
} from '../../elf/index.ts';
import type { Kernel } from '../../kernel/index.ts';
import { type Mm, type PageObjectId, PROT_EXEC, type Vma } from '../../memory/index.ts';
import { glanceObject } from './glance.ts';
import { PerfMaps } from './perf-map.ts';
import { prologueRow } from './prologue.ts';

/** Where an address lies, in words. */
export interface PlaceName {
  /** Path of the mapped file, or `[heap]`, `[stack]`; empty for anonymous memory. */
  readonly file: string;
  /** Empty where the file names nothing. */
  readonly symbol: string;
  /** Bytes behind the symbol, or behind the beginning of the mapping. */
  readonly offset: number;
  /** The line of the source that the instruction comes from; null where the file does not say. */
  readonly source: SourceLine | null;
}

interface Program {
  readonly bytes: Uint8Array;
  readonly symbols: readonly ElfSymbol[];
  /** The address that the file's own tables use for a byte of it. */
  readonly addressOf: (offset: number) => number;
  /** The other way round. */
  readonly offsetOf: (address: number) => number;
}

const same = (place: number): number => place;

const NOTHING: Program = { bytes: new Uint8Array(0), symbols: [], addressOf: same, offsetOf: same };
/** What is larger is no program that anybody wants to see named. */
const MOST_BYTES = 2 ** 28;

/** A file's table, and the rows that were asked for before. */
interface Unwinding {
  readonly table: UnwindTable;
  readonly rows: Map<number, UnwindRow>;
}

/** The symbols of mapped files; each file is read once. */
export class Symbols {
  readonly #k: Kernel;
  readonly #known = new Map<PageObjectId, Program>();
  readonly #unwind = new Map<PageObjectId, Unwinding>();
  readonly #lines = new Map<PageObjectId, LineTable>();
  readonly #compiled: PerfMaps;

  constructor(k: Kernel) {
    this.#k = k;
    this.#compiled = new PerfMaps(k);
  }

  /** What lies at an address; null where nothing is mapped. */
  at(mm: Mm, address: number): PlaceName | null {
    const vma = this.#k.memory.spaces.vmaAt(mm, address);
    if (vma === undefined) return null;
    if (vma.object === null) return this.#atAnonymous(mm, vma, address);
    const { symbols, addressOf } = this.program(vma.object);
    const at = addressOf(vma.offset + address - vma.start);
    const found = symbols.length === 0 ? undefined : symbolAt(symbols, at);
    return {
      file: vma.name,
      symbol: found?.symbol.name ?? '',
      offset: found?.offset ?? address - vma.start,
      source: (vma.prot & PROT_EXEC) === 0 ? null : (this.#linesOf(vma.object).at(at) ?? null),
    };
  }

  #atAnonymous(mm: Mm, { name, start, prot }: Vma, address: number): PlaceName {
    const found = (prot & PROT_EXEC) === 0 ? undefined : this.#compiled.at(mm, address);
    const offset = address - (found?.start ?? start);
    return { file: name, symbol: found?.name ?? '', offset, source: null };
  }

  #linesOf(id: PageObjectId): LineTable {
    const known = this.#lines.get(id) ?? new LineTable(this.program(id).bytes);
    this.#lines.set(id, known);
    return known;
  }

  /** The same for an address behind a call, which may be another function's if the call does not return. */
  behindCall(mm: Mm, address: number): PlaceName | null {
    const at = this.at(mm, address - 1);
    return at && { ...at, offset: at.offset + 1 };
  }

  /** How the caller of the function at an address is found; null where no code is. */
  callerRow(mm: Mm, address: number): UnwindRow | null {
    const vma = this.#k.memory.spaces.vmaAt(mm, address);
    if (vma === undefined || (vma.prot & PROT_EXEC) === 0) return null;
    if (vma.object === null) return this.#byPrologue(mm, address);
    const program = this.program(vma.object);
    const known = this.#unwind.get(vma.object) ?? { table: new UnwindTable(program.bytes), rows: new Map() };
    this.#unwind.set(vma.object, known);
    const at = program.addressOf(vma.offset + address - vma.start);
    const row = known.rows.get(at) ?? known.table.rowAt(at) ?? this.#byPrologue(mm, address);
    known.rows.set(at, row);
    return row;
  }

  #byPrologue(mm: Mm, address: number): UnwindRow {
    const { symbol, offset } = this.at(mm, address)!;
    return prologueRow(this.#k, mm, symbol === '' ? address : address - offset, address);
  }

  /** The program in a file that is mapped; an empty one when there is none. */
  program(id: PageObjectId): Program {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const read = readProgram(this.#k, id);
    this.#known.set(id, read);
    return read;
  }
}

function readProgram(k: Kernel, id: PageObjectId): Program {
  const { size, filled } = k.memory.objects.get(id);
  if (!filled && size === 0) return NOTHING;
  const magic = new Uint8Array(4);
  glanceObject(k, id, 0, magic);
  if (magic.join() !== '127,69,76,70' || size > MOST_BYTES) return NOTHING;
  const bytes = new Uint8Array(size);
  glanceObject(k, id, 0, bytes);
  const image = parseElf((offset, length) => bytes.subarray(offset, offset + length), size);
  if (isElfError(image)) return NOTHING;
  const addressOf = (offset: number): number => {
    const segment = image.segments.find(
      (each) => offset >= each.offset && offset < each.offset + each.fileSize,
    );
    return segment === undefined ? offset : segment.address + offset - segment.offset;
  };
  const offsetOf = (address: number): number => {
    const segment = image.segments.find(
      (each) => address >= each.address && address < each.address + each.fileSize,
    );
    return segment === undefined ? address : segment.offset + address - segment.address;
  };
  return { bytes, symbols: symbols(bytes), addressOf, offsetOf };
}
