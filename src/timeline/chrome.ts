/**
 * A timeline in the Trace Event Format, which Chrome's tracing page and Perfetto read: a track for each task with its
 * states, one for each CPU with who had it, arrows, and how many tasks were ready.
 */
import type { Language } from '../words/index.ts';
import { term } from '../words/index.ts';
import { changesIn, countsOf } from './changes.ts';
import { causeText, flowText, label, markText, nameOf, switchText } from './labels.ts';
import type { TaskLane, Timeline } from './model.ts';
import { lanesIn, type Window } from './window.ts';

/** The process that stands for the CPUs: no task has its number. */
const CPUS = 0;
const MICROSECOND = 1000;

/** Names of Chrome's own colours, nearest to those of the states. */
const COLOURS = {
  running: 'thread_state_running',
  ready: 'thread_state_runnable',
  blocked: 'thread_state_iowait',
  stopped: 'thread_state_unknown',
  zombie: 'black',
} as const;

type TraceEvent = Readonly<Record<string, unknown>>;

/** The trace as JSON. */
export function chromeTrace(timeline: Timeline, window: Window, language: Language): string {
  const lanes = lanesIn(timeline, window);
  const names = new Map(lanes.map((lane) => [lane.life.tid, nameOf(lane)]));
  const lines: string[] = [];
  const put = (event: TraceEvent) => void lines.push(JSON.stringify(event));
  for (const event of namesOf(timeline, lanes)) put(event);
  for (const [cpu, stays] of timeline.cpus.entries())
    for (const stay of within(stays, window)) {
      const name = names.get(stay.tid) ?? String(stay.tid);
      put({
        ...complete(stay, window),
        name,
        cat: 'cpu',
        pid: CPUS,
        tid: cpu,
        args: argsOf(switchText(stay, language)),
      });
    }
  for (const { life, slices, marks } of lanes) {
    const who = { pid: life.pid, tid: life.tid };
    for (const slice of within(slices, window)) {
      const [name, cname] = [term(slice.state, language), COLOURS[slice.state]];
      put({
        ...complete(slice, window),
        name,
        cname,
        cat: 'state',
        ...who,
        args: argsOf(causeText(slice.cause, language)),
      });
    }
    for (const mark of marks.filter(({ at }) => at >= window.from && at <= window.to)) {
      const name = `${label(mark.kind, language)} ${markText(mark)}`.trimEnd();
      put({ ph: 'i', ts: mark.at / MICROSECOND, name, cat: mark.kind, ...who, s: 't' });
    }
  }
  for (const event of arrowsOf(timeline, lanes, window, language)) put(event);
  for (const { at, ...counts } of countsOf(changesIn(timeline, window)))
    put({ ph: 'C', ts: at / MICROSECOND, name: term('state', language), pid: CPUS, tid: 0, args: counts });
  return `{"displayTimeUnit":"ns","traceEvents":[\n${lines.join(',\n')}\n]}\n`;
}

const argsOf = (why: string): TraceEvent => (why === '' ? {} : { why });

const within = <T extends { readonly from: number; readonly to: number }>(
  stays: readonly T[],
  { from, to }: Window,
): T[] => stays.filter((stay) => stay.to >= from && stay.from <= to);

const complete = (
  { from, to }: { readonly from: number; readonly to: number },
  window: Window,
): TraceEvent => {
  const begin = Math.max(from, window.from);
  return { ph: 'X', ts: begin / MICROSECOND, dur: (Math.min(to, window.to) - begin) / MICROSECOND };
};

function* namesOf({ cpus }: Timeline, lanes: readonly TaskLane[]): Generator<TraceEvent> {
  const meta = (name: string, pid: number, tid: number, args: TraceEvent): TraceEvent => ({
    ph: 'M',
    name,
    pid,
    tid,
    args,
  });
  yield meta('process_name', CPUS, 0, { name: 'CPU' });
  yield meta('process_sort_index', CPUS, 0, { sort_index: -1 });
  for (const cpu of cpus.keys()) yield meta('thread_name', CPUS, cpu, { name: `CPU ${cpu}` });
  for (const lane of lanes) {
    const { pid, tid } = lane.life;
    if (pid === tid) yield meta('process_name', pid, tid, { name: nameOf(lane) });
    yield meta('thread_name', pid, tid, { name: nameOf(lane) });
  }
}

function* arrowsOf(
  { flows }: Timeline,
  lanes: readonly TaskLane[],
  { from, to }: Window,
  language: Language,
): Generator<TraceEvent> {
  const pids = new Map(lanes.map(({ life }) => [life.tid, life.pid]));
  for (const flow of flows) {
    const [source, target] = [pids.get(flow.from), pids.get(flow.to)];
    if (source === undefined || target === undefined || flow.at < from || flow.at > to) continue;
    const common = {
      ts: flow.at / MICROSECOND,
      name: label(flow.kind, language),
      cat: flow.kind,
      id: flow.event,
    };
    yield { ph: 's', ...common, pid: source, tid: flow.from, args: argsOf(flowText(flow, language)) };
    yield { ph: 'f', bp: 'e', ...common, pid: target, tid: flow.to };
  }
}
