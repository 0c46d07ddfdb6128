/** What each value of packed data begins with. */

/** The first byte of a value. */
export const TAG = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** A whole number from 0 on, and one below 0, as its magnitude. */
  count: 4,
  negative: 5,
  number: 6,
  /** Text whose units fit a byte each, and any other. */
  text: 7,
  wideText: 8,
  list: 9,
  map: 10,
  set: 11,
  /** A record of fields known already, and one whose fields are named first. */
  record: 12,
  newShape: 13,
  numbers: 14,
  /** Something that was written before, by its place in the order of writing. */
  again: 15,
} as const;

/** Arrays of numbers; their place is written. */
export const TYPED = [
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float64Array,
] as const;

export type NumberArray = InstanceType<(typeof TYPED)[number]>;
