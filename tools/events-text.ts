/** The text of docs/events.md. A test compares it with the committed file. */
import { type AnyEventKind, EVENT_GROUPS, EVENT_KINDS, jsonName } from '../src/events/index.ts';

/** What a table cell must not hold as it stands. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

const fieldText = (kind: AnyEventKind): string =>
  Object.entries(kind.fields)
    .map(([name, { means }]) => `\`${jsonName(name)}\`: ${means}`)
    .join('; ');

const rowText = (kind: AnyEventKind): string =>
  `| ${kind.id} | \`${kind.name}\` | ${kind.always ? 'always' : 'asked'} | ${cell(kind.means)} | ${cell(fieldText(kind))} |`;

function groupText(group: string): string {
  const rows = EVENT_KINDS.filter((kind) => kind.group === group).map(rowText);
  const title = group[0]!.toUpperCase() + group.slice(1);
  return `## ${title}\n\n| Id | Kind | Recorded | What happened | Fields |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

const HEAD = `# Events

Generated from the declarations in \`src/events\` by \`npm run events\`; a test holds it to them.

An event is a typed record of something the kernel did. \`timeslice run --events FILE.jsonl\` writes them as lines of
JSON, \`machine.events(query)\` and \`machine.watch(callback, query)\` give them in the library, and a recording holds
those that are always recorded. Which kinds are wanted is said by their names, by the names of the groups below, by
\`all\`, or by \`always\`: \`--events-kinds=always,signals,page-fault\`.

Every record has \`event\`, its number among all that happened in the run (events that are not recorded are counted,
too, so that the number is the same whoever looks, and names an instant: \`event:N\`); \`time\`, virtual nanoseconds since
boot; \`retired\`, the instructions that the machine had executed; \`cpu\`; \`tid\`, the task it is about, 0 for none; and
\`kind\`. Its other fields depend on the kind. Text from programs is as it was in JSON, and escaped in words.

    {"event":1830,"time":5211043,"retired":5211043,"cpu":0,"tid":2,"kind":"fork","child":3,"group":3,"flags":"0x1200011"}
`;

/** The whole page. */
export const eventsText = (): string => [HEAD, ...EVENT_GROUPS.map(groupText)].join('\n');
