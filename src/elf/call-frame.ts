/** The instructions of call frame information, and what they work on. DWARF 5, §6.4.2; Linux Standard Base, "DWARF Extensions". */
import { DwarfReader } from './dwarf-reader.ts';

/** What several functions have in common. */
export interface Common {
  readonly codeAlign: number;
  readonly dataAlign: number;
  readonly returnRegister: number;
  readonly encoding: number;
  readonly hasSizes: boolean;
  readonly isSignal: boolean;
  /** Its first instructions, [begin, end) in the section. */
  readonly begin: number;
  readonly end: number;
}

const READ: Readonly<Record<number, (reader: DwarfReader) => number>> = {
  0: (reader) => reader.u64(),
  1: (reader) => reader.uleb(),
  2: (reader) => reader.u16(),
  3: (reader) => reader.u32(),
  4: (reader) => reader.u64(),
  9: (reader) => reader.sleb(),
  11: (reader) => reader.i32(),
  12: (reader) => reader.i64(),
};
const PC_RELATIVE = 0x10;

/** A pointer as the encoding says; `section` is the address of the section's first byte. */
export function readPointer(reader: DwarfReader, encoding: number, section: number): number {
  const here = section + reader.at;
  const value = READ[encoding & 0x0f]?.(reader) ?? 0;
  return (encoding & 0x70) === PC_RELATIVE ? here + value : value;
}

/** The row that instructions build. */
export interface State {
  cfaRegister: number;
  cfaOffset: number;
  saved: Map<number, number>;
  /** Registers whose value of the caller is gone. */
  lost: Set<number>;
}

export const newState = (): State => ({ cfaRegister: 2, cfaOffset: 0, saved: new Map(), lost: new Set() });
export const copyOf = ({ cfaRegister, cfaOffset, saved, lost }: State): State => ({
  cfaRegister,
  cfaOffset,
  saved: new Map(saved),
  lost: new Set(lost),
});

/** What an instruction works on. */
interface Context {
  readonly reader: DwarfReader;
  readonly common: Common;
  readonly first: State;
  readonly kept: State[];
  state: State;
  pc: number;
}

function restore({ state, first }: Context, register: number): void {
  state.lost.delete(register);
  const was = first.saved.get(register);
  if (was === undefined) state.saved.delete(register);
  else state.saved.set(register, was);
}

function save({ state, common }: Context, register: number, factored: number): void {
  state.lost.delete(register);
  state.saved.set(register, factored * common.dataAlign);
}

/** The instructions by their number; those with an operand in the upper bits come before. */
const INSTRUCTIONS: Readonly<Record<number, (c: Context) => void>> = {
  0: () => {},
  1: (c) => {
    c.pc = readPointer(c.reader, c.common.encoding, 0);
  },
  2: (c) => {
    c.pc += c.reader.u8() * c.common.codeAlign;
  },
  3: (c) => {
    c.pc += c.reader.u16() * c.common.codeAlign;
  },
  4: (c) => {
    c.pc += c.reader.u32() * c.common.codeAlign;
  },
  5: (c) => save(c, c.reader.uleb(), c.reader.uleb()),
  6: (c) => restore(c, c.reader.uleb()),
  7: (c) => {
    const register = c.reader.uleb();
    c.state.saved.delete(register);
    c.state.lost.add(register);
  },
  8: (c) => restore(c, c.reader.uleb()),
  10: (c) => {
    c.kept.push(copyOf(c.state));
  },
  11: (c) => {
    c.state = c.kept.pop() ?? c.state;
  },
  12: (c) => {
    c.state.cfaRegister = c.reader.uleb();
    c.state.cfaOffset = c.reader.uleb();
  },
  13: (c) => {
    c.state.cfaRegister = c.reader.uleb();
  },
  14: (c) => {
    c.state.cfaOffset = c.reader.uleb();
  },
  17: (c) => save(c, c.reader.uleb(), c.reader.sleb()),
  18: (c) => {
    c.state.cfaRegister = c.reader.uleb();
    c.state.cfaOffset = c.reader.sleb() * c.common.dataAlign;
  },
  19: (c) => {
    c.state.cfaOffset = c.reader.sleb() * c.common.dataAlign;
  },
  46: (c) => {
    c.reader.uleb();
  },
};

/** Runs instructions until they are past an address; null when one is not known here. */
export function run(
  bytes: Uint8Array,
  common: Common,
  [begin, end]: readonly [number, number],
  state: State,
  first: State,
  from: number,
  address: number,
): State | null {
  const c: Context = { reader: new DwarfReader(bytes, begin), common, first, kept: [], state, pc: from };
  while (c.reader.at < end) {
    const before = copyOf(c.state);
    const code = c.reader.u8();
    const operand = code & 0x3f;
    if (code >>> 6 === 1) c.pc += operand * common.codeAlign;
    else if (code >>> 6 === 2) save(c, operand, c.reader.uleb());
    else if (code >>> 6 === 3) restore(c, operand);
    else if (INSTRUCTIONS[code] === undefined) return null;
    else INSTRUCTIONS[code](c);
    if (c.pc > address) return before;
  }
  return c.state;
}
