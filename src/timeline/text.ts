/** `timeline` in the terminal: who had each CPU, what each task did, and what went from one to another. */
import { cut, padEnd, padStart } from '../views/index.ts';
import { IDLE_MOSTLY, mostOf, NOBODY, SWITCHING } from './cpu-cells.ts';
import { flowText, instantText, label, markText, nameOf } from './labels.ts';
import { timesOf } from './lane-times.ts';
import { columnsOf, type LanesStyle, laneLine, legendLines, PARTLY, scaleLine } from './lanes-text.ts';
import { FLOW_KINDS, type TaskLane, type Timeline } from './model.ts';
import { COUNTED } from './state-track.ts';
import { lanesIn, type Window } from './window.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Lanes that are shown; the rest is counted. */
const MOST_LANES = 40;
/** Arrows that are listed; more are counted. */
const MOST_ARROWS = 40;

/** The lines of the picture. */
export function timelineLines(timeline: Timeline, window: Window, style: LanesStyle): string[] {
  const { language } = style;
  const all = lanesIn(timeline, window);
  if (all.length === 0) return [label('empty', language)];
  const shown = all.slice(0, MOST_LANES);
  const letters = new Map(shown.map(({ life }, i) => [life.tid, LETTERS[i] ?? '*']));
  const labels = shown.map((lane) => `${letters.get(lane.life.tid)} ${nameOf(lane)}`);
  const { from, to } = window;
  const columns = columnsOf(labels, style);
  const tasks = shown.map((lane, i) =>
    laneLine({ label: labels[i]!, times: timesOf(lane.slices) }, from, to, columns, style),
  );
  return [
    scaleLine(from, to, columns, style),
    ...cpuLines(timeline, window, letters, columns, style),
    ...tasks,
    ...(all.length > shown.length
      ? [cut(label('more', language, all.length - shown.length), style.width, style)]
      : []),
    ...legendLines(statesOf(shown), columns.head, style),
    '',
    ...arrowLines(timeline, window, new Set(all.map(({ life }) => life.tid)), style),
  ].map((line) => line.trimEnd());
}

const statesOf = (lanes: readonly TaskLane[]) => {
  const seen = new Set<string>(lanes.flatMap(({ slices }) => slices.map(({ state }) => state)));
  return (['running', 'partly', ...COUNTED.slice(1)] as const).filter(
    (state) => state === 'partly' || seen.has(state),
  );
};

function cpuLines(
  timeline: Timeline,
  { from, to }: Window,
  letters: ReadonlyMap<number, string>,
  { head, cells }: { head: number; cells: number },
  { isUnicode }: LanesStyle,
): string[] {
  const signs: Record<number, string> = {
    [NOBODY]: ' ',
    [SWITCHING]: isUnicode ? '×' : 'x',
    [IDLE_MOSTLY]: PARTLY[isUnicode ? 0 : 1],
  };
  return timeline.cpus.map((stays, cpu) => {
    const row = mostOf(stays, from, to, cells).map((tid) => signs[tid] ?? letters.get(tid) ?? '*');
    return padEnd(`CPU ${cpu}`, head) + row.join('');
  });
}

/** Forks, executions, wake-ups, bytes through pipes, signals: one line each, or how many there are. */
function arrowLines(
  timeline: Timeline,
  { from, to }: Window,
  tids: ReadonlySet<number>,
  style: LanesStyle,
): string[] {
  const { language, width } = style;
  const isIn = (at: number) => at >= from && at <= to;
  const flows = timeline.flows.filter((flow) => isIn(flow.at) && (tids.has(flow.from) || tids.has(flow.to)));
  const execs = timeline.lanes
    .filter(({ life }) => tids.has(life.tid))
    .flatMap(({ life, marks }) =>
      marks
        .filter(({ kind, at }) => kind === 'exec' && isIn(at))
        .map((mark) => ({
          at: mark.at,
          event: mark.event,
          kind: mark.kind,
          text: `${life.tid}: ${markText(mark)}`,
        })),
    );
  const count = flows.length + execs.length;
  if (count === 0) return [];
  if (count > MOST_ARROWS) {
    const counts = [...FLOW_KINDS, 'exec' as const]
      .map(
        (kind) =>
          [kind, kind === 'exec' ? execs.length : flows.filter((flow) => flow.kind === kind).length] as const,
      )
      .filter(([, many]) => many > 0)
      .map(([kind, many]) => `${label(kind, language)} ${many}`);
    return [
      cut(`${label('arrows', language)}: ${label('manyArrows', language, counts.join(', '))}`, width, style),
    ];
  }
  const arrow = style.isUnicode ? '→' : '->';
  const told = [
    ...flows.map((flow) => ({ ...flow, text: flowText(flow, language).replace('→', arrow) })),
    ...execs,
  ].sort((a, b) => a.event - b.event);
  const times = told.map(({ at }) => instantText(at, { from, to }));
  const wide = Math.max(...times.map((time) => time.length));
  return told.map(({ kind, text }, i) =>
    cut(`${padStart(times[i]!, wide)}  ${padEnd(label(kind, language), 6)}  ${text}`, width, style),
  );
}
