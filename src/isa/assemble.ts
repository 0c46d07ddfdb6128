/**
 * The assembler: GNU syntax, pseudo-instructions, sections and data, into bytes at their addresses. It reads
 * the source again with what the last reading learnt, until every address stands still, so forward
 * references and constants of any length need no special care. No compression, no linking.
 */
import { type Problem, problem } from '../base/index.ts';
import { assembleInsn } from './assemble-insn.ts';
import { DIRECTIVES } from './directives.ts';
import { complain, define, emit, find, here, type Reading, SECTIONS, type SectionName } from './reading.ts';
import { type Statement, statements } from './source-line.ts';

/** Bytes at an address. */
export interface Section {
  readonly name: SectionName;
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** An assembled program. */
export interface Assembly {
  /** Those that hold something; each begins on a page of its own. */
  readonly sections: readonly Section[];
  /** Labels and `.equ` constants; values are 64 bits, unsigned. */
  readonly symbols: ReadonlyMap<string, bigint>;
  /** Names that `.globl` declared. */
  readonly globals: ReadonlySet<string>;
  /** Address of `_start`, or of the first instruction. */
  readonly entry: number;
}

export interface AssembleOptions {
  /** Address of `.text`; 0x10000 unless told. */
  readonly origin?: number;
}

const PAGE = 4096;
const MAX_READINGS = 10;

/** Assembles a source text; an array is the list of what is wrong with it. */
export function assemble(
  text: string,
  { origin = 0x10000 }: AssembleOptions = {},
): Assembly | readonly Problem[] {
  const source = statements(text);
  let reading: Reading | undefined;
  for (let i = 0; i < MAX_READINGS; i++) {
    const next = read(source, origin, reading);
    if (reading && settled(reading, next)) return next.problems.length > 0 ? next.problems : finish(next);
    reading = next;
  }
  return [
    problem('asm-unsettled', 'addresses never settle', 'A constant depends on its own size; use .equ.'),
  ];
}

const settled = (a: Reading, b: Reading): boolean =>
  a.symbols.size === b.symbols.size &&
  [...a.symbols].every(([name, value]) => b.symbols.get(name) === value) &&
  SECTIONS.every((name) => a.sections[name].bytes.length === b.sections[name].bytes.length);

function read(source: readonly Statement[], origin: number, before: Reading | undefined): Reading {
  let base = origin;
  const place = (name: SectionName) => {
    const section = { base, bytes: [] as number[] };
    base += Math.ceil((before?.sections[name].bytes.length ?? 0) / PAGE) * PAGE;
    return section;
  };
  const reading: Reading = {
    sections: {
      '.text': place('.text'),
      '.rodata': place('.rodata'),
      '.data': place('.data'),
      '.bss': place('.bss'),
    },
    symbols: new Map(),
    locals: [],
    globals: new Set(),
    problems: [],
    pcrel: before?.pcrel ?? new Map(),
    before,
    section: '.text',
    statement: 0,
    line: 0,
  };
  for (const [i, statement] of source.entries()) {
    reading.statement = i;
    reading.line = statement.line;
    readStatement(reading, statement);
  }
  return reading;
}

function readStatement(reading: Reading, { labels, name, operands }: Statement): void {
  for (const label of labels) {
    if (/^[0-9]+$/.test(label))
      reading.locals.push({ name: label, statement: reading.statement, address: here(reading) });
    else define(reading, label, here(reading));
  }
  if (name === '') return;
  if (name.startsWith('.')) {
    const directive = DIRECTIVES[name];
    if (directive) directive(reading, operands);
    else complain(reading, `unknown directive '${name}'`, 'The README of the instruction set lists them.');
    return;
  }
  const lookup = (symbol: string) => find(reading, symbol);
  const words = assembleInsn(name, operands, { lookup, pc: here(reading), pcrel: reading.pcrel });
  if ('reason' in words) {
    complain(reading, words.reason);
    emit(reading, 0n, 4);
  } else for (const { word, size } of words) emit(reading, BigInt(word), size);
}

function finish({ sections, symbols, globals }: Reading): Assembly {
  const filled = SECTIONS.filter((name) => sections[name].bytes.length > 0);
  return {
    sections: filled.map((name) => {
      const { base, bytes } = sections[name];
      return { name, address: base, bytes: Uint8Array.from(bytes) };
    }),
    symbols: new Map([...symbols].map(([name, value]) => [name, BigInt.asUintN(64, value)])),
    globals,
    entry: Number(symbols.get('_start') ?? sections['.text'].base),
  };
}
