/** What the numbers of an event mean: how each is shown, what it is in JSON, and what the documentation says. */
import { SYSCALL_NAMES, signalName } from '../abi/index.ts';

/** The meaning of a field. */
export interface FieldKind {
  /** For the documentation. */
  readonly means: string;
  /** The number in JSON; `nameOf` gives the text of an interned name. */
  readonly json: (value: number, nameOf: (id: number) => string) => number | string;
}

export const hex = (value: number): string => `0x${value.toString(16)}`;
export const callName = (nr: number): string => SYSCALL_NAMES[nr] ?? `syscall_${nr}`;

const asIs = (means: string): FieldKind => ({ means, json: (value) => value });

/** A number that stands for itself. */
export const COUNT = asIs('a number');
export const BYTES = asIs('a number of bytes');
export const NANOS = asIs('virtual nanoseconds');
/** Of a task, or of a process; 0 for none. */
export const TID = asIs('the number of a task');
export const FD = asIs('a file descriptor');
/** As wait(2) gives it. */
export const STATUS = asIs('a wait status');
export const ADDRESS: FieldKind = { means: 'an address or a bit mask, in hexadecimal', json: hex };
/** Interned: the event holds the number of a text. In JSON the name of the field is without its `Name`. */
export const NAME: FieldKind = { means: 'text', json: (value, nameOf) => nameOf(value) };
export const SIGNO: FieldKind = {
  means: "a signal's name, or 0",
  json: (value) => (value === 0 ? 0 : signalName(value)),
};
export const CALL: FieldKind = { means: "a system call's name", json: callName };

/** One of these words; the event holds its index. */
export const oneOf = (words: readonly string[]): FieldKind => ({
  means: words.map((word) => `\`${word}\``).join(', '),
  json: (value) => words[value] ?? value,
});
