/** What an event is: a typed record of something the kernel did, one declaration per kind. */
import type { Nanos } from '../base/index.ts';

/** How many numbers a record has room for. */
export const FIELDS = 4;

/** A kind of event: its name, the names of its numeric fields, and its text for a person. */
export interface EventKind<F extends readonly string[] = readonly string[]> {
  /** Its number in recordings: never reused for another kind. */
  readonly id: number;
  readonly name: string;
  /** At most four. */
  readonly fields: F;
  /** Scheduling events are always recorded; the others when somebody asks. */
  readonly always: boolean;
  /** `names` gives the text of a field that holds an interned name. */
  readonly text: (fields: Readonly<Record<F[number], number>>, names: (id: number) => string) => string;
}

/** A kind whose fields are not known to the compiler: what the log takes. */
export interface AnyEventKind {
  readonly id: number;
  readonly name: string;
  readonly fields: readonly string[];
  readonly always: boolean;
  readonly text: (fields: never, names: (id: number) => string) => string;
}

/** Declares a kind; its fields type the parameter of `text`. */
export const eventKind = <const F extends readonly string[]>(kind: EventKind<F>): EventKind<F> => kind;

/** One record as a view reads it. */
export interface EventRecord {
  readonly seq: number;
  readonly at: Nanos;
  readonly cpu: number;
  readonly tid: number;
  readonly kind: string;
  readonly fields: Readonly<Record<string, number>>;
}
