/** What an event is: a typed record of something the kernel did, one declaration per kind. */
import type { Nanos } from '../base/index.ts';
import type { FieldKind } from './field.ts';

/** Groups of kinds, by which they are chosen and documented. */
export const EVENT_GROUPS = [
  'scheduling',
  'processes',
  'signals',
  'calls',
  'memory',
  'files',
  'devices',
] as const;
export type EventGroup = (typeof EVENT_GROUPS)[number];

/** A kind of event: its name, its numeric fields, and its text for a person. */
export interface EventKind<
  F extends Readonly<Record<string, FieldKind>> = Readonly<Record<string, FieldKind>>,
> {
  /** Its number in recordings: never reused for another kind. */
  readonly id: number;
  readonly name: string;
  readonly group: EventGroup;
  /** What happened, for the documentation: it is about the task `tid`. */
  readonly means: string;
  /** At most four, in the order in which they are recorded. */
  readonly fields: F;
  /** Scheduling events are always recorded; the others when somebody asks. */
  readonly always: boolean;
  /** `names` gives the text of a field that holds an interned name, safe to be shown. */
  readonly text: (
    fields: Readonly<Record<keyof F & string, number>>,
    names: (id: number) => string,
  ) => string;
}

/** A kind whose fields are not known to the compiler: what the log takes. */
export interface AnyEventKind extends Omit<EventKind, 'text'> {
  readonly text: (fields: never, names: (id: number) => string) => string;
}

/** Declares a kind; its fields type the parameter of `text`. */
export const eventKind = <const F extends Readonly<Record<string, FieldKind>>>(
  kind: EventKind<F>,
): EventKind<F> => kind;

/** One record as a view reads it. */
export interface EventRecord {
  /** Its number among all that happened in the machine, whether recorded or not: the same in every run alike. */
  readonly seq: number;
  /** Virtual time since boot. */
  readonly at: Nanos;
  /** Instructions that the machine had retired. */
  readonly retired: number;
  readonly cpu: number;
  readonly tid: number;
  readonly kind: string;
  readonly fields: Readonly<Record<string, number>>;
}

/** One record as an export has it: names instead of numbers. */
export type EventJson = {
  readonly event: number;
  readonly time: number;
  readonly retired: number;
  readonly cpu: number;
  readonly tid: number;
  readonly kind: string;
} & Readonly<Record<string, number | string>>;
