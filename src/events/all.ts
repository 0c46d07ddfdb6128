/** Every kind of event, and choosing among them. */
import { isProblem, type Problem, problem } from '../base/index.ts';
import { type AnyEventKind, EVENT_GROUPS } from './event.ts';
import * as first from './kinds.ts';
import * as more from './kinds-more.ts';

/** Every kind, at the index of its id. */
export const EVENT_KINDS: readonly AnyEventKind[] = [
  first.dispatch,
  first.preempt,
  first.yielded,
  first.block,
  first.wake,
  first.contextSwitch,
  first.fork,
  first.exec,
  first.exit,
  first.reap,
  first.reparent,
  first.stop,
  first.signal,
  first.oomKill,
  first.unsupported,
  first.idle,
  first.syscallEnter,
  first.syscallExit,
  first.pageFault,
  first.undeclared,
  more.signalSent,
  more.fdOpen,
  more.fdDup,
  more.fdClose,
  more.transfer,
  more.mapping,
  more.brk,
  more.futex,
  more.ioRequest,
  more.ioComplete,
  more.rename,
];

/** Which kinds: `all`, those always recorded, names of kinds and groups, or none at all, to measure what they cost. */
export type EventChoice = 'all' | 'always' | 'none' | readonly string[];

/** The names of the kinds that are chosen, or what is wrong with the choice. */
export function chosenKinds(choice: EventChoice): ReadonlySet<string> | Problem {
  if (choice === 'all') return new Set(EVENT_KINDS.map(({ name }) => name));
  if (choice === 'always') return new Set(EVENT_KINDS.filter(({ always }) => always).map(({ name }) => name));
  if (choice === 'none') return new Set(['none']);
  const names = new Set<string>();
  for (const word of choice) {
    const kinds = kindsOf(word);
    if (isProblem(kinds)) return kinds;
    for (const { name } of kinds) names.add(name);
  }
  return names;
}

function kindsOf(word: string): readonly AnyEventKind[] | Problem {
  if (word === 'all') return EVENT_KINDS;
  if (word === 'always') return EVENT_KINDS.filter(({ always }) => always);
  const found = EVENT_KINDS.filter(({ name, group }) => name === word || group === word);
  if (found.length > 0) return found;
  return problem(
    'bad-event-kind',
    `there is no kind of event ${JSON.stringify(word)}`,
    `Groups are all, always, ${EVENT_GROUPS.join(', ')}; kinds are ${EVENT_KINDS.map(({ name }) => name).join(', ')}.`,
  );
}
