export { chosenKinds, EVENT_KINDS, type EventChoice } from './all.ts';
export {
  type AnyEventKind,
  EVENT_GROUPS,
  type EventGroup,
  type EventJson,
  type EventKind,
  type EventRecord,
  eventKind,
} from './event.ts';
export * as EVENT from './every.ts';
export { FAULT_ACCESSES, FAULT_KINDS, LEFT, OTHER_SPACE, SWITCH_REASONS, WAKE_REASONS } from './kinds.ts';
export { DIRECTIONS, FUTEX_ACTIONS, MAPPING_CHANGES } from './kinds-more.ts';
export { EventLog, type SavedEvents } from './log.ts';
export { Names } from './names.ts';
export { type EventQuery, matcherOf } from './query.ts';
export {
  AT,
  cpuAt,
  type EventRows,
  FIRST_FIELD,
  fieldNames,
  kindAt,
  RETIRED,
  ROW,
  recordAt,
  SEQ,
  tidAt,
  WHO,
  whoOf,
} from './rows.ts';
export { eventJson, eventText, jsonName } from './show.ts';
