export { type AnyEventKind, type EventKind, type EventRecord, eventKind } from './event.ts';
export * as EVENT from './kinds.ts';
export { EVENT_KINDS, FAULT_ACCESSES, FAULT_KINDS, WAKE_REASONS } from './kinds.ts';
export { EventLog, type EventQuery, type SavedEvents } from './log.ts';
