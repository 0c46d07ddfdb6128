/** One entry of the glossary. */
import type { Text } from './language.ts';

export interface Entry {
  /** The term itself. */
  readonly term: Text;
  /** Other names for the same thing, in either language. */
  readonly also?: readonly string[];
  /** What it is, in a sentence or two; how this machine does it where that says more than the textbook. */
  readonly meaning: Text;
  /** Keys of entries that belong to it. */
  readonly see?: readonly string[];
}

/** Declares entries; their keys are known to the compiler. */
export const entries = <const K extends string>(
  table: Readonly<Record<K, Entry>>,
): Readonly<Record<K, Entry>> => table;
