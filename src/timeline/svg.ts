/** A timeline as a picture: lanes of states with arrows between them. What colours tell, patterns tell, too. */
import { escapeHtml } from '../views/index.ts';
import { type Language, term } from '../words/index.ts';
import { flowText, instantText, label, markText, nameOf } from './labels.ts';
import { FLOW_KINDS, type Flow, type TaskLane, type Timeline } from './model.ts';
import { cpuBoxes, taskBoxes } from './svg-lanes.ts';
import {
  ARROWS,
  arrowHeads,
  attributes,
  BOX,
  box,
  fillOf,
  type Plane,
  patterns,
  planeOf,
  ROW,
  WIDTH,
  written,
} from './svg-parts.ts';
import { lanesIn, type Window } from './window.ts';

const TOP = 48;
const TICKS = 8;
/** More would hide the lanes. */
const MOST_ARROWS = 400;

/** The picture as an SVG file. */
export function timelineSvg(timeline: Timeline, window: Window, language: Language): string {
  const plane = planeOf(window, language);
  const lanes = lanesIn(timeline, window);
  const cpus = timeline.cpus.length;
  const bottom = TOP + (cpus + lanes.length) * ROW;
  const names = new Map(lanes.map((lane) => [lane.life.tid, nameOf(lane)]));
  const rowOf = new Map(lanes.map(({ life }, i) => [life.tid, cpus + i]));
  const title = `${label('title', language)}: ${instantText(window.from, window)} – ${instantText(window.to, window)}`;
  const parts = [
    axis(plane, bottom),
    ...timeline.cpus.map((stays, cpu) =>
      row(
        cpu,
        `CPU ${cpu}`,
        cpuBoxes(stays, plane, (tid) => names.get(tid) ?? String(tid)),
      ),
    ),
    ...lanes.map((lane, i) =>
      row(cpus + i, nameOf(lane), taskBoxes(lane.slices, plane) + execs(lane, plane)),
    ),
    arrows(timeline.flows, rowOf, plane),
    legend(plane, bottom + 12),
  ];
  const size = { viewBox: `0 0 ${WIDTH} ${bottom + 36}`, width: WIDTH, height: bottom + 36 };
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg"${attributes(size)} lang="${language}" font-family="system-ui, 'Noto Sans KR', sans-serif" font-size="12">
<title>${title}</title>
<defs>${patterns()}${arrowHeads()}</defs>
<rect width="100%" height="100%" fill="#fff"/>
<text x="8" y="18" font-weight="600">${title}</text>
${parts.join('\n')}
</svg>
`;
}

const row = (at: number, name: string, inside: string): string =>
  `<g transform="translate(0 ${TOP + at * ROW})"><text x="8" y="12">${written(name)}</text>${inside}</g>`;

function axis({ x, ...window }: Plane, bottom: number): string {
  const { from, to } = window;
  return Array.from({ length: TICKS + 1 }, (_, i) => {
    const at = from + ((to - from) * i) / TICKS;
    const anchor = i === 0 ? 'start' : i === TICKS ? 'end' : 'middle';
    const line = attributes({ x1: x(at), x2: x(at), y1: TOP - 6, y2: bottom - 4, stroke: '#d5dae0' });
    const text = attributes({
      x: x(at),
      y: TOP - 10,
      'text-anchor': anchor,
      fill: '#5b6673',
      'font-size': 10,
    });
    return `<line${line}/><text${text}>${instantText(at, window)}</text>`;
  }).join('');
}

/** A diamond where a task executes another program. */
const execs = ({ marks }: TaskLane, { from, to, x, language }: Plane): string =>
  marks
    .filter(({ kind, at }) => kind === 'exec' && at >= from && at <= to)
    .map((mark) => {
      const at = {
        transform: `translate(${x(mark.at).toFixed(2)} ${BOX / 2})`,
        fill: '#fff',
        stroke: '#000',
      };
      const tip = `${label('exec', language)}: ${markText(mark)}`;
      return `<path d="M-5 0L0 -5L5 0L0 5z"${attributes(at)}><title>${escapeHtml(tip)}</title></path>`;
    })
    .join('');

function arrows(flows: readonly Flow[], rowOf: ReadonlyMap<number, number>, plane: Plane): string {
  const { from, to, x, language } = plane;
  const isShown = (flow: Flow) =>
    flow.at >= from && flow.at <= to && rowOf.has(flow.from) && rowOf.has(flow.to);
  return flows
    .filter(isShown)
    .slice(0, MOST_ARROWS)
    .map((flow) => {
      const [a, b] = [rowOf.get(flow.from)!, rowOf.get(flow.to)!];
      const [y1, y2] = a < b ? [a * ROW + BOX, b * ROW] : [a * ROW, b * ROW + BOX];
      const { colour, dash } = ARROWS[flow.kind];
      const line = {
        x1: x(flow.at),
        x2: x(flow.at),
        y1: TOP + y1,
        y2: TOP + y2,
        stroke: colour,
        'stroke-width': 1.5,
      };
      const look = {
        ...line,
        ...(dash && { 'stroke-dasharray': dash }),
        'marker-end': `url(#to-${flow.kind})`,
      };
      const tip = `${label(flow.kind, language)}: ${flowText(flow, language)}, ${instantText(flow.at, plane)}`;
      return `<line${attributes(look)}><title>${escapeHtml(tip)}</title></line>`;
    })
    .join('');
}

const STATES = ['running', 'ready', 'blocked', 'stopped', 'zombie'] as const;
/** The width of an entry of the legend. */
const ENTRY = 110;

function legend({ language }: Plane, y: number): string {
  const at = (i: number, inside: string, text: string) =>
    `<g transform="translate(${8 + i * ENTRY} ${y})">${inside}<text x="26" y="12">${escapeHtml(text)}</text></g>`;
  const states = STATES.map((state, i) => at(i, box(0, 20, fillOf(state), ''), term(state, language)));
  const flows = FLOW_KINDS.map((kind, i) => {
    const { colour, dash } = ARROWS[kind];
    const line = attributes({ x1: 0, x2: 20, y1: 8, y2: 8, stroke: colour, 'stroke-width': 1.5 });
    const look = `${line}${dash && ` stroke-dasharray="${dash}"`} marker-end="url(#to-${kind})"`;
    return at(STATES.length + i, `<line${look}/>`, label(kind, language));
  });
  const exec = at(
    STATES.length + FLOW_KINDS.length,
    '<path d="M5 8L10 3L15 8L10 13z" fill="#fff" stroke="#000"/>',
    label('exec', language),
  );
  return [...states, ...flows, exec].join('');
}
