/** The event log: typed records of what the kernel did, one declaration per kind, kept in columns. */
import type { Nanos } from '../base/index.ts';

/** A kind of event: its name, the names of its numeric fields, and its text for a person. */
export interface EventKind<F extends readonly string[] = readonly string[]> {
  readonly name: string;
  readonly fields: F;
  /** Scheduling events are always recorded; the others when somebody asks. */
  readonly always: boolean;
  readonly text: (fields: Readonly<Record<F[number], number>>, names: (id: number) => string) => string;
}

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
