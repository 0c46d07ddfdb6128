/**
 * The Python frames of a thread, read from the memory of an unmodified CPython 3.13. The interpreter says itself
 * where its structures lie: a table of offsets at the beginning of `_PyRuntime`, made for tools that look from outside.
 *
 * CPython: Include/internal/pycore_runtime.h (_Py_DebugOffsets), InternalDocs/code_objects.md (location table)
 */
import { decodeUtf8 } from '../../base/index.ts';
import type { Kernel } from '../../kernel/index.ts';
import { layout, type Mm, type MmId } from '../../memory/index.ts';
import { glance } from './glance.ts';
import type { Symbols } from './symbols.ts';

/** One call of a Python function. */
export interface PythonFrame {
  readonly file: string;
  /** Null where the instruction belongs to no line. */
  readonly line: number | null;
  /** Qualified name: `Class.method`, `<module>`. */
  readonly function: string;
}

const { PAGE_SIZE } = layout;

const COOKIE = 'xdebugpy';
/** Major and minor version in the upper half of PY_VERSION_HEX. */
const PYTHON_3_13 = 0x030d;

/** Where in the table, in words of 64 bits, the offsets are that are needed here. */
const OFFSETS = {
  interpretersHead: 5,
  threadsHead: 9,
  nextInterpreter: 8,
  nextThread: 21,
  currentFrame: 23,
  nativeThreadId: 25,
  previousFrame: 29,
  executable: 30,
  instruction: 31,
  owner: 33,
  filename: 35,
  qualname: 37,
  linetable: 38,
  firstLine: 39,
  code: 43,
  bytesSize: 65,
  bytesValue: 66,
  unicodeState: 68,
  unicodeLength: 69,
  asciiSize: 70,
} as const;
type Offsets = Readonly<Record<keyof typeof OFFSETS, number>>;

const MOST_FRAMES = 1000;
const MOST_THREADS = 10_000;
const MOST_TEXT = 4096;
/** Address spaces that have ended are forgotten in the end. */
const MOST_SPACES = 1000;
/** A frame that only stands for the border to C (FRAME_OWNED_BY_CSTACK). */
const OWNED_BY_C = 3;

/** The innermost frame first; none when the thread runs no Python that is known here. */
export const pythonFrames = (k: Kernel, mm: Mm, symbols: Symbols, tid: number): readonly PythonFrame[] =>
  new PythonStacks(k, symbols).frames(mm, tid);

/** Where an address space has its interpreter; `other` is one whose structures are not known here. */
type Found = { readonly runtime: number; readonly reader: Reader } | 'none' | 'other';

/** Looks at threads again and again: what an address space has is found once. */
export class PythonStacks {
  readonly #k: Kernel;
  readonly #symbols: Symbols;
  readonly #known = new Map<MmId, { readonly mappings: number; readonly found: Found }>();

  constructor(k: Kernel, symbols: Symbols) {
    this.#k = k;
    this.#symbols = symbols;
  }

  /** The innermost frame first. */
  frames(mm: Mm, tid: number): readonly PythonFrame[] {
    const found = this.find(mm);
    if (typeof found === 'string') return [];
    found.reader.renew();
    const thread = found.reader.threadOf(found.runtime, tid);
    return thread === 0 ? [] : found.reader.framesOf(thread);
  }

  /** An interpreter that is not there may come with another mapping. */
  find(mm: Mm): Found {
    const known = this.#known.get(mm.id);
    if (known !== undefined && (known.found !== 'none' || known.mappings === mm.vmas.length))
      return known.found;
    const runtime = findRuntime(mm, this.#symbols);
    const at = runtime === undefined ? undefined : readOffsets(this.#k, mm, runtime);
    const reader = at && new Reader(this.#k, mm, at);
    const found = runtime === undefined ? 'none' : reader === undefined ? 'other' : { runtime, reader };
    if (this.#known.size > MOST_SPACES) this.#known.clear();
    this.#known.set(mm.id, { mappings: mm.vmas.length, found });
    return found;
  }
}

/** Where the mapped program or library with `_PyRuntime` has it. */
function findRuntime(mm: Mm, symbols: Symbols): number | undefined {
  for (const { object, start, offset } of mm.vmas) {
    if (object === null || offset !== 0) continue;
    const program = symbols.program(object);
    const symbol = program.symbols.find(({ name }) => name === '_PyRuntime');
    if (symbol !== undefined) return symbol.address + start - program.addressOf(0);
  }
  return undefined;
}

function readOffsets(k: Kernel, mm: Mm, runtime: number): Offsets | undefined {
  const bytes = new Uint8Array(8 * (1 + Math.max(...Object.values(OFFSETS))));
  if (glance(k, mm, runtime, bytes) < bytes.length) return undefined;
  const view = new DataView(bytes.buffer);
  const isKnown = decodeUtf8(bytes, 0, 8) === COOKIE && view.getUint16(10, true) === PYTHON_3_13;
  if (!isKnown) return undefined;
  const entries = Object.entries(OFFSETS).map(([name, word]) => [name, view.getUint32(8 * word, true)]);
  return Object.fromEntries(entries) as Offsets;
}

/** Follows pointers in the interpreter's memory. A wrong one leads to nothing, never astray for ever. */
class Reader {
  readonly #k: Kernel;
  readonly #mm: Mm;
  readonly #at: Offsets;
  readonly #pages = new Map<number, DataView<ArrayBuffer> | null>();

  constructor(k: Kernel, mm: Mm, at: Offsets) {
    this.#k = k;
    this.#mm = mm;
    this.#at = at;
  }

  /** Forgets what memory held when it was read last. */
  renew(): void {
    this.#pages.clear();
  }

  pointer(address: number): number {
    return this.#word(address) + this.#word(address + 4) * 2 ** 32;
  }

  #word(address: number): number {
    const at = address % PAGE_SIZE;
    if (at <= PAGE_SIZE - 4) {
      const page = this.#page(address - at);
      return page === null ? 0 : page.getUint32(at, true);
    }
    const bytes = this.#bytes(address, 4);
    return bytes.length < 4 ? 0 : new DataView(bytes.buffer).getUint32(0, true);
  }

  #bytes(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = (address + done) % PAGE_SIZE;
      const page = this.#page(address + done - at);
      if (page === null) return bytes.subarray(0, done);
      const count = Math.min(PAGE_SIZE - at, length - done);
      bytes.set(new Uint8Array(page.buffer, at, count), done);
      done += count;
    }
    return bytes;
  }

  /** What is looked for lies in few pages. */
  #page(start: number): DataView<ArrayBuffer> | null {
    const known = this.#pages.get(start);
    if (known !== undefined) return known;
    const bytes = new Uint8Array(PAGE_SIZE);
    const page = glance(this.#k, this.#mm, start, bytes) < PAGE_SIZE ? null : new DataView(bytes.buffer);
    this.#pages.set(start, page);
    return page;
  }

  /** The state of a thread of any interpreter; 0 when there is none. */
  threadOf(runtime: number, tid: number): number {
    const at = this.#at;
    let left = MOST_THREADS;
    for (let one = this.pointer(runtime + at.interpretersHead); one !== 0 && left > 0; left--) {
      for (let thread = this.pointer(one + at.threadsHead); thread !== 0 && left > 0; left--) {
        if (this.pointer(thread + at.nativeThreadId) === tid) return thread;
        thread = this.pointer(thread + at.nextThread);
      }
      one = this.pointer(one + at.nextInterpreter);
    }
    return 0;
  }

  framesOf(thread: number): PythonFrame[] {
    const first = this.pointer(thread + this.#at.currentFrame);
    const frames: PythonFrame[] = [];
    for (let frame = first, left = MOST_FRAMES; frame !== 0 && left > 0; left--) {
      if ((this.#word(frame + this.#at.owner) & 0xff) !== OWNED_BY_C) frames.push(this.#frameAt(frame));
      frame = this.pointer(frame + this.#at.previousFrame);
    }
    return frames;
  }

  #frameAt(frame: number): PythonFrame {
    const at = this.#at;
    const code = this.pointer(frame + at.executable);
    const offset = this.pointer(frame + at.instruction) - (code + at.code);
    const table = this.pointer(code + at.linetable);
    const size = Math.min(this.pointer(table + at.bytesSize), MOST_TEXT * 16);
    const lines = this.#bytes(table + at.bytesValue, size);
    return {
      file: this.#text(this.pointer(code + at.filename)),
      line: lineAt(lines, this.#word(code + at.firstLine), offset),
      function: this.#text(this.pointer(code + at.qualname)),
    };
  }

  /** A str: its characters take one, two or four bytes each, behind a header that is shorter for ASCII. */
  #text(address: number): string {
    const at = this.#at;
    const state = this.#word(address + at.unicodeState);
    const [width, isAscii] = [(state >>> 2) & 7, ((state >>> 6) & 1) === 1];
    const length = Math.min(this.pointer(address + at.unicodeLength), MOST_TEXT);
    const begin = address + at.asciiSize + (isAscii ? 0 : UTF8_CACHE);
    const bytes = this.#bytes(begin, length * width);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let text = '';
    for (let i = 0; i + width <= bytes.length && width > 0; i += width)
      text += String.fromCodePoint(
        Math.min(
          width === 1 ? view.getUint8(i) : width === 2 ? view.getUint16(i, true) : view.getUint32(i, true),
          0x10ffff,
        ),
      );
    return text;
  }
}

/** Length and pointer of the cached UTF-8 in a str that is not ASCII. */
const UTF8_CACHE = 16;

/** Forms of an entry of the location table; what they tell of columns is skipped. */
const NO_LOCATION = 15;
const LONG = 14;
const NO_COLUMNS = 13;
const ONE_LINE = 10;

/** The line of the instruction at a byte offset of the code. */
export function lineAt(table: Uint8Array, first: number, offset: number): number | null {
  let line = first;
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 6) {
      const byte = table[at++] ?? 0;
      value |= (byte & 0x3f) << shift;
      if ((byte & 0x40) === 0) return value;
    }
  };
  const signed = (): number => {
    const value = varint();
    return value & 1 ? -(value >>> 1) : value >>> 1;
  };
  for (let end = 0; at < table.length; ) {
    const head = table[at++]!;
    const form = (head >>> 3) & 15;
    end += 2 * ((head & 7) + 1);
    if (form === LONG || form === NO_COLUMNS) line += signed();
    else if (form >= ONE_LINE && form < NO_COLUMNS) line += form - ONE_LINE;
    if (offset < end) return form === NO_LOCATION ? null : line;
    while (at < table.length && (table[at]! & 0x80) === 0) at++;
  }
  return null;
}
