/** One reading of assembly source: what it knows and what it makes. The assembler and its directives write here. */
import { encodeUtf8, type Problem, problem } from '../base/index.ts';
import { evaluate } from './expression.ts';

/** The sections, in the order of their addresses. */
export const SECTIONS = ['.text', '.rodata', '.data', '.bss'] as const;
export type SectionName = (typeof SECTIONS)[number];

interface LocalLabel {
  readonly name: string;
  readonly statement: number;
  readonly address: bigint;
}

/** What one reading of the source knows and makes. */
export interface Reading {
  readonly sections: Readonly<Record<SectionName, { readonly base: number; readonly bytes: number[] }>>;
  readonly symbols: Map<string, bigint>;
  readonly locals: LocalLabel[];
  readonly globals: Set<string>;
  readonly problems: Problem[];
  readonly pcrel: Map<bigint, bigint>;
  readonly before: Reading | undefined;
  section: SectionName;
  statement: number;
  line: number;
}

/** The current address. */
export function here({ sections, section }: Reading): bigint {
  const { base, bytes } = sections[section];
  return BigInt(base + bytes.length);
}

/** Gives a symbol its value; the second time is a mistake. */
export function define(reading: Reading, name: string, value: bigint): void {
  if (reading.symbols.has(name)) complain(reading, `'${name}' is defined twice`, 'Rename one of them.');
  reading.symbols.set(name, value);
}

/** A symbol's value, as far as this reading or the one before knows it. */
export function find(reading: Reading, name: string): bigint | undefined {
  if (name === '.') return here(reading);
  const local = /^([0-9]+)([fb])$/.exec(name);
  if (!local) return reading.symbols.get(name) ?? reading.before?.symbols.get(name);
  const known = (reading.before ?? reading).locals.filter((label) => label.name === local[1]);
  if (local[2] === 'b') return known.findLast(({ statement }) => statement <= reading.statement)?.address;
  return known.find(({ statement }) => statement > reading.statement)?.address;
}

/** The value of an expression; complains and answers 0 when it has none. */
export function constantOf(reading: Reading, text: string): bigint {
  const value = evaluate(text, (name) => find(reading, name));
  if (typeof value === 'bigint') return value;
  complain(reading, value.reason);
  return 0n;
}

/** Appends a little-endian number. */
export function emit({ sections, section }: Reading, value: bigint, size: number): void {
  for (let i = 0; i < size; i++) sections[section].bytes.push(Number((value >> BigInt(8 * i)) & 255n));
}

/** Appends text as UTF-8. */
export function emitText({ sections, section }: Reading, text: string): void {
  for (const byte of encodeUtf8(text)) sections[section].bytes.push(byte);
}

/** Notes a mistake of the current line. */
export function complain(
  reading: Reading,
  sentence: string,
  hint = 'Mend the line and assemble again.',
): void {
  reading.problems.push(problem('asm', `line ${reading.line}: ${sentence}`, hint));
}
