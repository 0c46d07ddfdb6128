/** The lanes of a picture: boxes for the stays of a task in its states, and of tasks on a CPU. */
import { inTime } from '../views/index.ts';
import { STATE_LOOKS, term } from '../words/index.ts';
import { cellsOf, runsOf } from './cells.ts';
import { IDLE_MOSTLY, mostOf, NOBODY, SWITCHING } from './cpu-cells.ts';
import { causeText, instantText, label, switchText } from './labels.ts';
import { timesOf } from './lane-times.ts';
import type { Slice, Stay } from './model.ts';
import { attributes, BOX, box, fillOf, LEFT, type Plane, WIDTH } from './svg-parts.ts';
import { firstAfter } from './window.ts';

/** In a row where there are more stays than a quarter of these, each shows what most of it is. */
const CELLS = 2 * (WIDTH - LEFT);
const SWITCH_FILL = '#000';

function staysIn<T extends { readonly from: number; readonly to: number }>(
  stays: readonly T[],
  { from, to }: Plane,
): T[] {
  const first = firstAfter(stays, from);
  return stays.slice(first, stays.findLastIndex((stay) => stay.from < to) + 1);
}

/** The boxes of a task. */
export function taskBoxes(slices: readonly Slice[], plane: Plane): string {
  const shown = staysIn(slices, plane);
  return shown.length <= CELLS / 4
    ? shown.map((slice) => sliceBox(slice, plane)).join('')
    : manyBoxes(slices, plane);
}

function sliceBox({ state, from, to, cause }: Slice, { x, language, ...window }: Plane): string {
  const when = `${instantText(from, window)} + ${inTime(to - from)}`;
  return box(
    x(from),
    x(to),
    fillOf(state),
    `${term(state, language)}: ${when}\n${causeText(cause, language)}`,
  );
}

const cellX = (at: number, { x, from, to }: Plane): number => x(from + ((to - from) * at) / CELLS);

const manyBoxes = (slices: readonly Slice[], plane: Plane): string =>
  runsOf(cellsOf(timesOf(slices), plane.from, plane.to, CELLS))
    .map(({ cell, at, length }) => {
      if (cell === 'gone') return '';
      const isPartly = cell === 'partly';
      const [from, to] = [cellX(at, plane), cellX(at + length, plane)];
      return box(
        from,
        to,
        fillOf(isPartly ? 'running' : cell),
        term(cell, plane.language),
        isPartly ? BOX / 2 : BOX,
      );
    })
    .join('');

/** The boxes of a CPU, with the number of the task where there is room. */
export function cpuBoxes(stays: readonly Stay[], plane: Plane, nameOf: (tid: number) => string): string {
  const shown = staysIn(stays, plane);
  const { language } = plane;
  if (shown.length <= CELLS / 4)
    return shown
      .map((stay) => {
        const cost = stay.switched?.cost ?? 0;
        const [before, from, to] = [stay.from - cost, stay.from, stay.to].map(plane.x) as [
          number,
          number,
          number,
        ];
        const why = switchText(stay, language);
        const when = `${instantText(stay.from, plane)} + ${inTime(stay.to - stay.from)}`;
        const price = cost === 0 ? '' : box(before, from, SWITCH_FILL, why);
        return price + stayBox(from, to, stay.tid, `${nameOf(stay.tid)}: ${when}\n${why}`);
      })
      .join('');
  return runsOf(mostOf(stays, plane.from, plane.to, CELLS))
    .map(({ cell, at, length }) => {
      const [from, to] = [cellX(at, plane), cellX(at + length, plane)];
      if (cell === NOBODY) return '';
      if (cell === SWITCHING) return box(from, to, SWITCH_FILL, label('switching', language));
      if (cell === IDLE_MOSTLY)
        return box(from, to, STATE_LOOKS.running.fill, term('partly', language), BOX / 2);
      return stayBox(from, to, cell, nameOf(cell));
    })
    .join('');
}

function stayBox(from: number, to: number, tid: number, tip: string): string {
  const drawn = box(from, to, STATE_LOOKS.running.fill, tip);
  const edge = to - from > 2 ? `<path d="M${from.toFixed(2)} 0V${BOX}" stroke="#fff"/>` : '';
  const text = String(tid);
  if (to - from < text.length * 7 + 4) return drawn + edge;
  const at = {
    x: (from + to) / 2,
    y: 12,
    'text-anchor': 'middle',
    fill: STATE_LOOKS.running.text,
    'font-size': 11,
  };
  return `${drawn}${edge}<text${attributes(at)} pointer-events="none">${text}</text>`;
}
