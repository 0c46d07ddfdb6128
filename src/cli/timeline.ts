/** The scheduling of a run as text: a lane per task over virtual time. */
import type { History, TaskHistory } from './history.ts';
import { programOf } from './process-tree.ts';
import { COUNTED, type StateTrack } from './state-track.ts';

export interface TimelineStyle {
  /** Columns of the terminal. */
  readonly width: number;
  readonly isUnicode: boolean;
  /** Colours a mark by its state. */
  readonly colour: (state: Mark, text: string) => string;
}

/** What a column of a lane shows: `some` is a task that ran for less than half of it. */
export type Mark = 'running' | 'some' | 'ready' | 'blocked' | 'stopped' | 'gone';

const UNICODE: Readonly<Record<Mark, string>> = {
  running: '█',
  some: '▄',
  ready: '░',
  blocked: '·',
  stopped: '=',
  gone: ' ',
};
const ASCII: Readonly<Record<Mark, string>> = {
  running: '#',
  some: '+',
  ready: '-',
  blocked: '.',
  stopped: '=',
  gone: ' ',
};

const LEAST_LANE = 20;
/** Lanes that are shown; the rest is counted. */
const MOST_LANES = 40;

/** The lines of the timeline: a scale, the lanes, what the marks mean. */
export function timelineLines(history: History, from: number, style: TimelineStyle): string[] {
  const lanes = [...history.tasks.values()].filter(({ tid }) => tid !== 1 && history.states.has(tid));
  const shown = lanes.slice(0, MOST_LANES);
  const names = shown.map((task) => nameOf(history, task));
  const head = Math.max(...names.map((name) => name.length), 4) + 1;
  const columns = Math.max(LEAST_LANE, style.width - head - 1);
  const marks = style.isUnicode ? UNICODE : ASCII;
  const step = Math.max(1, history.end - from) / columns;
  const lines = [' '.repeat(head) + scale(from, history.end, columns)];
  shown.forEach((task, lane) => {
    const track = history.states.get(task.tid)!;
    const cells = Array.from({ length: columns }, (_, i) =>
      markOf(track, from + i * step, from + (i + 1) * step),
    );
    lines.push(names[lane]!.padEnd(head) + paint(cells, marks, style).trimEnd());
  });
  if (lanes.length > shown.length) lines.push(`… and ${lanes.length - shown.length} more tasks`);
  lines.push(' '.repeat(head) + legend(marks, style));
  return lines;
}

function nameOf(history: History, task: TaskHistory): string {
  const name = task.tid === task.group ? programOf(history, task) : `{${programOf(history, task)}}`;
  return `${name.length > 14 ? `${name.slice(0, 13)}…` : name} ${task.tid}`;
}

function markOf(track: StateTrack, from: number, to: number): Mark {
  if (to <= track.begin) return 'gone';
  const times = track.between(from, to);
  const alive = COUNTED.reduce((sum, state) => sum + times[state], 0);
  if (alive <= 0) return 'gone';
  if (times.running >= alive / 2) return 'running';
  if (times.running > 0) return 'some';
  return COUNTED.reduce((most, state) => (times[state] > times[most] ? state : most));
}

/** Neighbours of the same mark are coloured at once. */
function paint(cells: readonly Mark[], marks: Readonly<Record<Mark, string>>, style: TimelineStyle): string {
  let text = '';
  for (let i = 0; i < cells.length; ) {
    let end = i;
    while (end < cells.length && cells[end] === cells[i]) end++;
    const run = marks[cells[i]!].repeat(end - i);
    text += cells[i] === 'gone' ? run : style.colour(cells[i]!, run);
    i = end;
  }
  return text;
}

const legend = (marks: Readonly<Record<Mark, string>>, { colour }: TimelineStyle): string =>
  (['running', 'some', 'ready', 'blocked'] as const)
    .map((mark) => `${colour(mark, marks[mark])} ${mark === 'some' ? 'partly' : mark}`)
    .join('  ');

function scale(from: number, to: number, columns: number): string {
  const left = inTime(from);
  const right = inTime(to);
  return left + ' '.repeat(Math.max(1, columns - left.length - right.length)) + right;
}

const UNITS = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
] as const;

/** A virtual time with three digits and its unit. */
export function inTime(nanos: number): string {
  if (nanos === 0) return '0';
  const [scale, unit] = UNITS.find(([least]) => nanos >= least) ?? UNITS[3];
  return `${Number((nanos / scale).toPrecision(3))} ${unit}`;
}
