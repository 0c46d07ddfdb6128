/** One record in words, and as JSON. */
import { safe } from '../base/index.ts';
import { EVENT_KINDS } from './all.ts';
import type { AnyEventKind, EventJson, EventRecord } from './event.ts';

const BY_NAME: ReadonlyMap<string, AnyEventKind> = new Map(EVENT_KINDS.map((kind) => [kind.name, kind]));

/** A record in words; what programs named themselves is made safe for a terminal. */
export const eventText = (record: EventRecord, nameOf: (id: number) => string): string =>
  BY_NAME.get(record.kind)!.text(record.fields as never, (id) => safe(nameOf(id)));

/** A record with names instead of numbers. */
export function eventJson(record: EventRecord, nameOf: (id: number) => string): EventJson {
  const { seq, at, retired, cpu, tid, kind, fields } = record;
  const json: Record<string, number | string> = { event: seq, time: at, retired, cpu, tid, kind };
  for (const [name, field] of Object.entries(BY_NAME.get(kind)!.fields))
    json[jsonName(name)] = field.json(fields[name]!, nameOf);
  return json as EventJson;
}

/** What a field is called in JSON: an interned text by what it is the name of. */
export const jsonName = (field: string): string => field.replace(/Name$/, '');
