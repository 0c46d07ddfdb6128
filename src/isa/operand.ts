/** How single operands are written: registers, rounding modes, fence sets and CSRs by name. */
import type { Field } from './bits.ts';
import { CSR, F_BY_NAME, F_NAMES, ROUNDING_NAMES, X_BY_NAME, X_NAMES } from './names.ts';

const FENCE_LETTERS = 'iorw';
const CSR_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(CSR).map(([name, n]) => [n, name]));

const hex = (value: number): string => `0x${value.toString(16)}`;

const fenceSet = (value: number): string =>
  [...FENCE_LETTERS].filter((_, i) => value & (8 >> i)).join('') || 'unknown';

/** An operand's value as assembly writes it. */
export function printOperand(field: Field, value: number): string {
  if (field.kind === 'x') return X_NAMES[value]!;
  if (field.kind === 'f') return F_NAMES[value]!;
  if (field.kind === 'rm') return ROUNDING_NAMES[value] ?? 'unknown';
  if (field.kind === 'hint') return fenceSet(value);
  if (field.name === 'csr') return CSR_NAMES.get(value) ?? hex(value);
  return field.name === 'shamt' ? hex(value) : String(value);
}

/** The value of an operand that is written as a name, or undefined when the word is none. */
export function namedOperand(field: Field, word: string): number | undefined {
  if (field.kind === 'x') return X_BY_NAME.get(word);
  if (field.kind === 'f') return F_BY_NAME.get(word);
  if (field.kind === 'rm') {
    const mode = ROUNDING_NAMES.indexOf(word);
    return mode < 0 ? undefined : mode;
  }
  if (field.kind === 'hint' && /^[iorw]+$/.test(word))
    return [...word].reduce((set, letter) => set | (8 >> FENCE_LETTERS.indexOf(letter)), 0);
  if (field.name === 'csr' && Object.hasOwn(CSR, word)) return CSR[word as keyof typeof CSR];
  return undefined;
}
