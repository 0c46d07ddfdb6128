/**
 * Source lines for addresses, from the line number programs in `.debug_line`: tables that a compiler wrote as the
 * instructions of a small machine, because most of their rows differ little from the one before.
 *
 * Source: DWARF 5, §6.2
 */
import { DwarfReader } from './dwarf-reader.ts';
import { type LineHeader, type LineStrings, readLineHeader } from './line-header.ts';
import { sectionBytes, sections } from './symbols.ts';

/** A line of a source file. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
}

/** Rows that follow each other in memory; the last one only ends them. */
interface Sequence {
  readonly from: number;
  readonly to: number;
  readonly addresses: readonly number[];
  /** File and line of each row. */
  readonly places: readonly number[];
  readonly files: readonly string[];
}

/** More would be no program that anybody debugs; what is beyond has no lines. */
const MOST_ROWS = 4_000_000;
const COMPRESSED = 0x800;

const STANDARD = {
  copy: 1,
  advance_pc: 2,
  advance_line: 3,
  set_file: 4,
  const_add_pc: 8,
  fixed_advance_pc: 9,
} as const;
const EXTENDED = { end_sequence: 1, set_address: 2 } as const;

/** The source lines of a file, by address before relocation. */
export class LineTable {
  readonly #sequences: readonly Sequence[];

  constructor(file: Uint8Array) {
    const all = sections(file);
    const bytesOf = (name: string): Uint8Array => {
      const section = all.find((each) => each.name === name && (each.flags & COMPRESSED) === 0);
      return section === undefined ? new Uint8Array(0) : sectionBytes(file, section);
    };
    const strings = { lineStrings: bytesOf('.debug_line_str'), strings: bytesOf('.debug_str') };
    this.#sequences = readUnits(bytesOf('.debug_line'), strings).sort((a, b) => a.from - b.from);
  }

  /** The line that an instruction comes from; undefined where the file does not say. */
  at(address: number): SourceLine | undefined {
    // Later ones may begin within an earlier one only in a file that is wrong.
    const sequence =
      this.#sequences[last(this.#sequences.length, (i) => this.#sequences[i]!.from <= address)];
    if (sequence === undefined || address >= sequence.to) return undefined;
    const { addresses, places, files } = sequence;
    const row = last(addresses.length, (i) => addresses[i]! <= address);
    const [file, line] = [files[places[2 * row]!], places[2 * row + 1]];
    return file === undefined || line === undefined || line === 0 ? undefined : { file, line };
  }
}

/** The last of so many for which something holds, if it holds for all before; -1 when for none. */
function last(count: number, holds: (i: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function readUnits(bytes: Uint8Array, strings: LineStrings): Sequence[] {
  const reader = new DwarfReader(bytes);
  const found: Sequence[] = [];
  let room = MOST_ROWS;
  while (!reader.isOver && room > 0) {
    const first = reader.u32();
    const isWide = first === 0xffffffff;
    const length = isWide ? reader.u64() : first;
    const end = Math.min(reader.at + length, bytes.length);
    const version = reader.u16();
    const header =
      version >= 2 && version <= 5 ? readLineHeader(reader, { version, isWide, end }, strings) : undefined;
    if (header !== undefined) {
      const program = new LineProgram(reader, header, end);
      program.run(room);
      room -= program.rows;
      found.push(...program.sequences);
    }
    reader.at = Math.max(end, reader.at);
  }
  return found;
}

/** The machine that makes the rows of a unit. */
class LineProgram {
  readonly sequences: Sequence[] = [];
  rows = 0;
  readonly #reader: DwarfReader;
  readonly #header: LineHeader;
  readonly #end: number;
  #address = 0;
  #file = 1;
  #line = 1;
  #addresses: number[] = [];
  #places: number[] = [];

  constructor(reader: DwarfReader, header: LineHeader, end: number) {
    this.#reader = reader;
    this.#header = header;
    this.#end = end;
  }

  run(room: number): void {
    const { opcodeBase, lineBase, lineRange, begin } = this.#header;
    this.#reader.at = begin;
    while (this.#reader.at < this.#end && this.rows < room) {
      const opcode = this.#reader.u8();
      if (opcode >= opcodeBase) {
        this.#line += lineBase + ((opcode - opcodeBase) % lineRange);
        this.#advance(Math.floor((opcode - opcodeBase) / lineRange));
        this.#row();
      } else if (opcode === 0) this.#extended();
      else this.#standard(opcode);
    }
  }

  #advance(by: number): void {
    this.#address += by * this.#header.minimumLength;
  }

  #row(): void {
    this.rows++;
    this.#addresses.push(this.#address);
    this.#places.push(this.#file, Math.max(0, this.#line));
  }

  #standard(opcode: number): void {
    const reader = this.#reader;
    if (opcode === STANDARD.copy) this.#row();
    else if (opcode === STANDARD.advance_pc) this.#advance(reader.uleb());
    else if (opcode === STANDARD.advance_line) this.#line += reader.sleb();
    else if (opcode === STANDARD.set_file) this.#file = reader.uleb();
    else if (opcode === STANDARD.const_add_pc)
      this.#advance(Math.floor((255 - this.#header.opcodeBase) / this.#header.lineRange));
    else if (opcode === STANDARD.fixed_advance_pc) this.#address += reader.u16();
    else for (let i = this.#header.operands[opcode - 1] ?? 0; i > 0; i--) reader.uleb();
  }

  #extended(): void {
    const reader = this.#reader;
    const length = reader.uleb();
    const end = reader.at + length;
    const opcode = length === 0 ? 0 : reader.u8();
    if (opcode === EXTENDED.set_address) this.#address = length === 5 ? reader.u32() : reader.u64();
    else if (opcode === EXTENDED.end_sequence) this.#endSequence();
    reader.at = end;
  }

  #endSequence(): void {
    const from = this.#addresses[0] ?? 0;
    // What the linker has thrown away lies at zero.
    if (from > 0 && this.#address > from) {
      const { files } = this.#header;
      const [addresses, places] = [this.#addresses, this.#places];
      this.sequences.push({ from, to: this.#address, addresses, places, files });
    }
    this.#addresses = [];
    this.#places = [];
    [this.#address, this.#file, this.#line] = [0, 1, 1];
  }
}
